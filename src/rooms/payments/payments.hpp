// Payments: what a provider collects for us, and what it tells us about it. Whoever sells opens a payment in the transaction
// that promises the goods, begins it at the provider after the commit, and learns of the outcome by a promise of the kind
// `payment.fact` that wiring hands to it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/id.hpp"
#include "floor/base/money.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"
#include "floor/outbox/outbox.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::payments {

enum class State : std::uint8_t { open, captured, declined, refunded };

struct Payment {
    Id<access::Shop> shop;
    Id<Payment> id;
    std::string provider;
    std::string subject;  // the order that it pays; payments does not know what that is
    Money amount{0, euro};
    State state = State::open;
    std::string provider_ref;  // how the provider calls it; "" until begun
    std::string page_url;      // where the buyer pays; "" until begun
    Instant created;
};

struct Refund {
    Id<Refund> id;
    Id<access::Shop> shop;
    Id<Payment> payment;
    Money amount{0, euro};
    std::string reason;
};

// A buyer's bank takes a payment back until somebody decides. What became of it is told by events, in any order.
struct Dispute {
    enum class State : std::uint8_t { open, won, lost };
    Id<Dispute> id;  // the provider's
    Id<access::Shop> shop;
    Id<Payment> payment;
    Money amount{0, euro};
    std::string reason;  // "fraudulent", "product_not_received" … as the provider says
    State state = State::open;
    Instant opened;
    std::optional<Instant> due, answered, closed;  // answer until; our evidence went out; decided
};
std::string_view name(Dispute::State state);

// What a provider tells us. An event's id is the same each time that it is told. Events come in any order, and again.
struct Event {
    enum class Kind : std::uint8_t { created, captured, declined, refunded, refund_failed, dispute_opened, dispute_won, dispute_lost };
    std::string id;
    Kind kind = Kind::captured;
    Id<access::Shop> shop;
    Id<Payment> payment;
    Id<Refund> refund;    // for refunds; one that we did not ask for has the provider's id
    Id<Dispute> dispute;  // for disputes
    Money amount{0, euro};
    std::int64_t fee_minor = 0;  // what the provider keeps for itself with this event; below zero: gives back
    std::string reason;          // of a dispute, of a refund that failed
    std::optional<Instant> due;  // of a dispute: evidence until
    Instant occurred;            // by the provider's clock
};
std::string_view name(Event::Kind kind);  // "captured" …
Result<Event::Kind> read_event_kind(std::string_view text);

// A request to our webhook path.
struct Delivery {
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;
    [[nodiscard]] std::string_view header(std::string_view name) const;  // "" for none
};

struct Begun {
    std::string provider_ref;
    std::string page_url;          // send the buyer there; "" if there is nothing to do for them
    std::optional<Event> outcome;  // providers that answer at once
};

// One file per provider. All calls may come twice and must do their work once (by the payment's or the refund's id). Errors:
// outside (try again later), gone (never).
class Provider {
public:
    virtual ~Provider() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    virtual Task<Result<Begun>> create(const Payment& payment, const std::string& return_url) = 0;
    // For providers that only authorise at first.
    virtual Task<Status> capture(const Payment& payment) = 0;
    virtual Task<Status> refund(const Payment& payment, const Refund& refund) = 0;
    // Answers a dispute with evidence, a text of at most evidence_max bytes. Refuses (conflict) one that is decided.
    virtual Task<Status> answer_dispute(const Payment& payment, const Dispute& dispute, const std::string& evidence) = 0;
    // Refuses (forbidden) what the provider did not sign, (bad_input) what it should not have said.
    virtual Result<Event> read_webhook(const Delivery& delivery, Instant now) = 0;
};
using Providers = std::map<std::string, Provider*, std::less<>>;

// Writes payments in state open, all of one shop. The amount is above zero.
Status open(store::Tx& tx, std::span<const Payment> payments, Instant now);
Result<Payment> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& id);

// Asks the provider to collect; after the commit that opened the payment. Called again (a second tap, a crash in between) it
// gives the same page.
Task<Result<Payment>> begin(store::Database& database, const Providers& providers, Id<access::Shop> shop, Id<Payment> payment,
                            std::string return_url, Instant now);

enum class Fresh : std::uint8_t { recorded, already_there };
// Records an event as a fact, moves the payment's state, and promises `payment.fact`. The same event again changes nothing.
// Refuses (not_found) a payment that we never opened; (conflict) another currency.
Result<Fresh> record(store::Tx& tx, std::string_view provider, const Event& event, Instant now);

// All that was told of a payment, the first to be told first; at most 10,000. `booked` are in the books of whoever the payment belongs to,
// who says so by note_booked.
struct Told {
    std::string provider;
    Event event;
    bool booked = false;
};
Result<std::vector<Told>> told(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment);
Status note_booked(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment, Instant now);

// Promises `payment.refund`, due at `send_at`: until then it can be undone. Refuses (conflict) a payment that is not captured, or more than
// is left of what came (not: of what was asked for) to give back, less what disputes hold of it; the same refund again is the same refund.
Status ask_refund(store::Tx& tx, const Refund& refund, Instant now, Instant send_at);
inline Status ask_refund(store::Tx& tx, const Refund& refund, Instant now) { return ask_refund(tx, refund, now, now); }
// It is not sent after all. Refuses (conflict) what is on its way already. Twice is once.
Status undo_refund(store::Tx& tx, const Id<access::Shop>& shop, const Id<Refund>& refund, Instant now);
enum class RefundState : std::uint8_t { asked, sent, done, failed, undone };
std::string_view name(RefundState state);
struct RefundNow {
    Refund refund;
    RefundState state = RefundState::asked;
    Instant asked;
    std::optional<Instant> ended;
};
// Of a payment, the first first; at most 1,000.
Result<std::vector<RefundNow>> refunds(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment);
// Of a shop: those that failed at the provider since `since` and nothing was asked back since, the newest first; at most 20.
Result<std::vector<RefundNow>> failed_refunds(store::Tx& tx, const Id<access::Shop>& shop, Instant since);
// What can still be given back.
Result<Money> refundable(store::Tx& tx, const Payment& payment);

// Of a payment, the first first; and a shop's open ones, whose time ends first; at most 1,000 each.
Result<std::vector<Dispute>> disputes(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment);
Result<std::vector<Dispute>> open_disputes(store::Tx& tx, const Id<access::Shop>& shop);
Result<Dispute> find_dispute(store::Tx& tx, const Id<access::Shop>& shop, const Id<Dispute>& id);
inline constexpr std::size_t evidence_max = 20'000;
// Sends evidence and notes that it went. Refuses (bad_input) none or too much, (conflict) a dispute that is decided or was answered:
// providers take one answer.
Task<Status> answer_dispute(store::Database& database, const Providers& providers, Id<access::Shop> shop, Id<Dispute> dispute,
                            std::string evidence, Instant now);

// What keeps a promise `payment.refund`; one that was undone is not sent.
Task<Status> send_refund(store::Database& database, const Providers& providers, const outbox::Promise& promise);

// The payload of a promise `payment.fact`, read back: wiring gives it to the room that the payment's subject belongs to.
struct Fact {
    Event event;
    Payment payment;  // as it is now
};
Result<Fact> read_fact(store::Tx& tx, const outbox::Promise& promise);

inline constexpr std::string_view fact_kind = "payment.fact";
inline constexpr std::string_view refund_kind = "payment.refund";

}  // namespace barrow::payments
