// The sandbox provider: it moves no money. Its page lets whoever tries the shop choose how a payment goes: approved, declined, approved too
// late, told in a muddle, disputed by the buyer's bank, or approved by a provider that cannot give back. It tells what happens as real
// providers do: by signed webhooks to our own path, sent through the outbox. A dispute is won when it was answered in time, else lost.
#pragma once

#include <array>
#include <functional>

#include "floor/base/time.hpp"
#include "rooms/payments/payments.hpp"

namespace barrow::payments {

class Sandbox final : public Provider {
public:
    enum class Decision : std::uint8_t { approve, decline, approve_late, approve_muddled, approve_disputed, approve_no_refund };
    static constexpr Duration late = minutes(20);            // beyond every deadline for payment
    static constexpr Duration dispute_after = seconds(10);   // from the approval until the bank takes it back
    static constexpr Duration dispute_life = hours(7 * 24);  // from then on until it must be answered
    static constexpr Duration verdict_after = seconds(10);   // from our answer until it is won
    static constexpr int usual_fee_basis_points = 290;       // what it keeps of a payment, as real providers keep something
    static constexpr std::int64_t dispute_fee_percent = 20;  // of the amount; given back when it is won
    static constexpr std::string_view webhook_kind = "sandbox.webhook";

    Sandbox(store::Database& database, std::array<std::uint8_t, 32> webhook_key, const Clock& clock, int fee_basis_points = 0)
        : database_(database), key_(webhook_key), clock_(clock), fee_basis_points_(fee_basis_points) {}

    [[nodiscard]] std::string_view name() const override { return "sandbox"; }
    // The page is /pay/sandbox/PAYMENT on the shop's host.
    Task<Result<Begun>> create(const Payment& payment, const std::string& return_url) override;
    Task<Status> capture(const Payment& payment) override;
    Task<Status> refund(const Payment& payment, const Refund& refund) override;
    Task<Status> answer_dispute(const Payment& payment, const Dispute& dispute, const std::string& evidence) override;
    Result<Event> read_webhook(const Delivery& delivery, Instant now) override;

    // What the page shows.
    struct Page {
        Money amount;
        std::string return_url;
        std::optional<Decision> decision;
    };
    static Result<Page> page(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment);
    // What the page's buttons do. The first decision stands: another one is Fault::conflict.
    static Status decide(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment, Decision decision, Instant now);
    static Result<Decision> read_decision(std::string_view text);  // "approve", "decline", "approve_late" …

    // What keeps a promise `sandbox.webhook`: `deliver` brings the request to our webhook path.
    using Deliver = std::function<Task<Status>(const Delivery&)>;
    outbox::Handler webhook_sender(Deliver deliver);

private:
    store::Database& database_;
    std::array<std::uint8_t, 32> key_;
    const Clock& clock_;
    int fee_basis_points_;
};

}  // namespace barrow::payments
