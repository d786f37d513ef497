// The sandbox provider: it moves no money. Its page lets whoever tries the shop approve, decline, or approve too late, and it
// tells the outcome as a real provider does: by a signed webhook to our own path, sent through the outbox.
#pragma once

#include <array>
#include <functional>

#include "floor/base/time.hpp"
#include "rooms/payments/payments.hpp"

namespace barrow::payments {

class Sandbox final : public Provider {
public:
    enum class Decision : std::uint8_t { approve, decline, approve_late };
    static constexpr Duration late = minutes(20);  // beyond every deadline for payment
    static constexpr std::string_view webhook_kind = "sandbox.webhook";

    Sandbox(store::Database& database, std::array<std::uint8_t, 32> webhook_key, const Clock& clock)
        : database_(database), key_(webhook_key), clock_(clock) {}

    [[nodiscard]] std::string_view name() const override { return "sandbox"; }
    // The page is /pay/sandbox/PAYMENT on the shop's host.
    Task<Result<Begun>> create(const Payment& payment, const std::string& return_url) override;
    Task<Status> capture(const Payment& payment) override;
    Task<Status> refund(const Payment& payment, const Refund& refund) override;
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
    static Result<Decision> read_decision(std::string_view text);  // "approve", "decline", "approve_late"

    // What keeps a promise `sandbox.webhook`: `deliver` brings the request to our webhook path.
    using Deliver = std::function<Task<Status>(const Delivery&)>;
    outbox::Handler webhook_sender(Deliver deliver);

private:
    store::Database& database_;
    std::array<std::uint8_t, 32> key_;
    const Clock& clock_;
};

}  // namespace barrow::payments
