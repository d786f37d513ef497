#include "rooms/payments/payments.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "floor/wire/json.hpp"
#include "rooms/payments/payments.sql.hpp"

namespace barrow::payments {
namespace {

constexpr std::array<std::string_view, 8> event_names = {"created",       "captured",       "declined",    "refunded",
                                                         "refund_failed", "dispute_opened", "dispute_won", "dispute_lost"};
constexpr std::array<std::string_view, 3> dispute_names = {"open", "won", "lost"};
constexpr std::array<std::string_view, 5> refund_names = {"asked", "sent", "done", "failed", "undone"};
constexpr std::size_t payload_text_max = 200;

State read_state(const std::string& text) {
    if (text == "captured") return State::captured;
    if (text == "declined") return State::declined;
    return text == "refunded" ? State::refunded : State::open;
}

Status apply(store::Tx& tx, const Event& event, Instant now) {
    const auto& [minor, currency] = event.amount;
    const auto end_refund = [&](std::string_view state) {
        return tx.run(sql::end_refund, {event.shop, event.refund, event.payment, minor, currency, state, event.occurred});
    };
    const auto close_dispute = [&](std::string_view state) {
        return tx.run(sql::close_dispute, {event.shop, event.dispute, event.payment, minor, currency, event.reason, state, event.occurred});
    };
    switch (event.kind) {
        case Event::Kind::created:
            return {};
        case Event::Kind::captured:
            TRY(tx.run(sql::captured, {event.shop, event.payment, now}));
            break;
        case Event::Kind::declined:
            TRY(tx.run(sql::declined, {event.shop, event.payment, now}));
            return {};
        case Event::Kind::refunded:
            TRY(end_refund("done"));
            break;
        case Event::Kind::refund_failed:
            TRY(end_refund("failed"));
            break;
        case Event::Kind::dispute_opened:
            TRY(tx.run(sql::open_dispute,
                       {event.shop, event.dispute, event.payment, minor, currency, event.reason, event.occurred, event.due}));
            return {};
        case Event::Kind::dispute_won:
            TRY(close_dispute("won"));
            return {};
        case Event::Kind::dispute_lost:
            TRY(close_dispute("lost"));
            return {};
    }
    TRY(tx.run(sql::settle_state, {event.shop, event.payment, now}));
    return {};
}

RefundNow read_refund_row(const store::Row& row, const Id<access::Shop>& shop) {
    const auto& state = row.text("state");
    return {
        .refund = {row.id<Refund>("id"), shop, row.id<Payment>("payment_id"), row.money("amount_minor", "currency"), row.text("reason")},
        .state = row.maybe_instant("undone_us") ? RefundState::undone
                 : state == "done"              ? RefundState::done
                 : state == "failed"            ? RefundState::failed
                 : row.maybe_instant("sent_us") ? RefundState::sent
                                                : RefundState::asked,
        .asked = row.instant("asked_us"),
        .ended = row.maybe_instant("ended_us")};
}

Dispute read_dispute(const store::Row& row, const Id<access::Shop>& shop) {
    const auto& state = row.text("state");
    return {.id = row.id<Dispute>("id"),
            .shop = shop,
            .payment = row.id<Payment>("payment_id"),
            .amount = row.money("amount_minor", "currency"),
            .reason = row.text("reason"),
            .state = state == "won"    ? Dispute::State::won
                     : state == "lost" ? Dispute::State::lost
                                       : Dispute::State::open,
            .opened = row.instant("opened_us"),
            .due = row.maybe_instant("due_us"),
            .answered = row.maybe_instant("answered_us"),
            .closed = row.maybe_instant("closed_us")};
}

Result<Event> read_event(const store::Row& row, const Id<access::Shop>& shop) {
    return Event{.id = row.text("event_id"),
                 .kind = TRY(read_event_kind(row.text("kind"))),
                 .shop = shop,
                 .payment = row.id<Payment>("payment_id"),
                 .refund = row.id<Refund>("refund_id"),
                 .dispute = row.id<Dispute>("dispute_id"),
                 .amount = row.money("amount_minor", "currency"),
                 .fee_minor = row.integer("fee_minor"),
                 .reason = row.text("reason"),
                 .due = row.maybe_instant("due_us"),
                 .occurred = row.instant("occurred_us")};
}

Result<Refund> find_refund(store::Tx& tx, const Id<access::Shop>& shop, const Id<Refund>& id) {
    const auto rows = TRY(tx.run(sql::read_refund, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no refund " + id.text);
    return read_refund_row(rows[0], shop).refund;
}

// What an event must name, whichever provider tells it.
Status whole(const Event& event) {
    const bool refund = event.kind == Event::Kind::refunded || event.kind == Event::Kind::refund_failed;
    const bool dispute =
        event.kind == Event::Kind::dispute_opened || event.kind == Event::Kind::dispute_won || event.kind == Event::Kind::dispute_lost;
    if (refund == event.refund.empty()) return fail(Fault::bad_input, "an event of a refund names the refund, and no other event does");
    if (refund && event.amount.minor < 1) return fail(Fault::bad_input, "an event of a refund says how much, above zero");
    if (dispute == event.dispute.empty()) return fail(Fault::bad_input, "an event of a dispute names the dispute, and no other event does");
    return {};
}

struct ToRefund {
    Payment payment;
    Refund refund;
};

}  // namespace

std::string_view name(Event::Kind kind) { return event_names[static_cast<std::size_t>(kind)]; }
std::string_view name(Dispute::State state) { return dispute_names[static_cast<std::size_t>(state)]; }
std::string_view name(RefundState state) { return refund_names[static_cast<std::size_t>(state)]; }

Result<Event::Kind> read_event_kind(std::string_view text) {
    const auto* found = std::ranges::find(event_names, text);
    if (found == event_names.end()) return fail(Fault::bad_input, "\"" + std::string(text.substr(0, 40)) + "\" is no event of a payment");
    return static_cast<Event::Kind>(found - event_names.begin());
}

std::string_view Delivery::header(std::string_view name) const {
    const auto found = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Status open(store::Tx& tx, std::span<const Payment> payments, Instant now) {
    std::vector<std::vector<store::Value>> sets;
    for (const auto& one : payments)
        sets.push_back({one.shop, one.id, one.provider, one.subject, one.amount.minor, one.amount.currency, now});
    TRY(tx.run_many(sql::add_payment, sets));
    return {};
}

Result<Payment> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& id) {
    const auto rows = TRY(tx.run(sql::read_payment, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no payment " + id.text);
    const auto row = rows[0];
    return Payment{.shop = shop,
                   .id = id,
                   .provider = row.text("provider"),
                   .subject = row.text("subject"),
                   .amount = row.money("amount_minor", "currency"),
                   .state = read_state(row.text("state")),
                   .provider_ref = row.text("provider_ref"),
                   .page_url = row.text("page_url"),
                   .created = row.instant("created_us")};
}

Task<Result<Payment>> begin(store::Database& database, const Providers& providers, Id<access::Shop> shop, Id<Payment> id,
                            std::string return_url, Instant now) {
    // A write: what a failover could lose must not send a buyer to pay.
    auto found = co_await database.write([&](store::Tx& tx) { return find(tx, shop, id); });
    if (!found || !found->page_url.empty() || found->state != State::open) co_return found;
    const auto provider = providers.find(found->provider);
    if (provider == providers.end()) co_return fail(Fault::outside, "the payment provider " + found->provider + " is not set up here");
    const auto begun = co_await provider->second->create(*found, return_url);
    if (!begun) co_return begun.error();
    co_return co_await database.write([&](store::Tx& tx) -> Result<Payment> {
        TRY(tx.run(sql::begin_payment, {shop, id, begun->provider_ref, begun->page_url, now}));
        if (begun->outcome) TRY(record(tx, found->provider, *begun->outcome, now));
        return find(tx, shop, id);
    });
}

Result<Fresh> record(store::Tx& tx, std::string_view provider, const Event& event, Instant now) {
    const auto payment = TRY(find(tx, event.shop, event.payment));
    if (payment.provider != provider)
        return fail(Fault::not_found, "the provider " + std::string(provider) + " has no payment " + event.payment.text);
    if (payment.amount.currency != event.amount.currency)
        return fail(Fault::conflict, "the payment " + event.payment.text + " is in another currency");
    TRY(whole(event));
    const auto noted =
        TRY(tx.run(sql::note_fact, {event.shop, provider, event.id, name(event.kind), event.payment, event.refund, event.amount.minor,
                                    event.amount.currency, event.occurred, now, event.dispute, event.fee_minor, event.reason, event.due}));
    if (noted.empty()) return Fresh::already_there;
    TRY(apply(tx, event, now));
    const auto payload = wire::write_json(wire::Json::object({{"provider", provider}, {"event", event.id}}));
    TRY(outbox::promise(tx, event.shop.text, fact_kind, std::string(provider) + ":" + event.id, payload, now));
    return Fresh::recorded;
}

Result<std::vector<Told>> told(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment) {
    const auto rows = TRY(tx.run(sql::facts_of_payment, {shop, payment}));
    std::vector<Told> list;
    for (const auto row : rows)
        list.push_back({row.text("provider"), TRY(read_event(row, shop)), row.maybe_instant("booked_us").has_value()});
    return list;
}

Status note_booked(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment, Instant now) {
    TRY(tx.run(sql::note_booked, {shop, payment, now}));
    return {};
}

Result<Money> refundable(store::Tx& tx, const Payment& payment) {
    const auto given = TRY(tx.run(sql::sum_refunds, {payment.shop, payment.id}))[0].integer("amount_minor");
    const auto came = TRY(tx.run(sql::captured_amount, {payment.shop, payment.id}))[0].integer("amount_minor");
    const auto disputed = TRY(tx.run(sql::sum_disputes, {payment.shop, payment.id}))[0].integer("amount_minor");
    return Money{payment.state == State::captured ? std::max<std::int64_t>(came - given - disputed, 0) : 0, payment.amount.currency};
}

Status ask_refund(store::Tx& tx, const Refund& refund, Instant now, Instant send_at) {
    const auto payment = TRY(find(tx, refund.shop, refund.payment));
    const auto known = find_refund(tx, refund.shop, refund.id);
    if (known) return {};
    if (known.error().fault != Fault::not_found) return known.error();
    const auto left = TRY(refundable(tx, payment));
    if (refund.amount.currency != left.currency || refund.amount.minor < 1 || refund.amount.minor > left.minor) {
        return fail(Fault::conflict, "of the payment " + refund.payment.text + " " + display(left) + " is left to give back");
    }
    TRY(tx.run(sql::add_refund, {refund.shop, refund.id, refund.payment, refund.amount.minor, refund.amount.currency, refund.reason, now}));
    return outbox::promise(tx, refund.shop.text, refund_kind, refund.id.text, "{}", send_at);
}

Status undo_refund(store::Tx& tx, const Id<access::Shop>& shop, const Id<Refund>& id, Instant now) {
    if (!TRY(tx.run(sql::undo_refund, {shop, id, now})).empty()) return {};
    const auto rows = TRY(tx.run(sql::read_refund, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no refund " + id.text);
    if (read_refund_row(rows[0], shop).state == RefundState::undone) return {};
    return fail(Fault::conflict, "the refund is on its way already; it cannot be taken back any more");
}

Result<std::vector<RefundNow>> refunds(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment) {
    const auto rows = TRY(tx.run(sql::refunds_of_payment, {shop, payment}));
    std::vector<RefundNow> list;
    for (const auto row : rows) list.push_back(read_refund_row(row, shop));
    return list;
}

Result<std::vector<RefundNow>> failed_refunds(store::Tx& tx, const Id<access::Shop>& shop, Instant since) {
    const auto rows = TRY(tx.run(sql::failed_refunds, {shop, since}));
    std::vector<RefundNow> list;
    for (const auto row : rows) list.push_back(read_refund_row(row, shop));
    return list;
}

Result<std::vector<Dispute>> disputes(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment) {
    const auto rows = TRY(tx.run(sql::disputes_of_payment, {shop, payment}));
    std::vector<Dispute> list;
    for (const auto row : rows) list.push_back(read_dispute(row, shop));
    return list;
}

Result<std::vector<Dispute>> open_disputes(store::Tx& tx, const Id<access::Shop>& shop) {
    const auto rows = TRY(tx.run(sql::open_disputes, {shop}));
    std::vector<Dispute> list;
    for (const auto row : rows) list.push_back(read_dispute(row, shop));
    return list;
}

Result<Dispute> find_dispute(store::Tx& tx, const Id<access::Shop>& shop, const Id<Dispute>& id) {
    const auto rows = TRY(tx.run(sql::find_dispute, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no dispute " + id.text);
    return read_dispute(rows[0], shop);
}

namespace {
struct ToAnswer {
    Payment payment;
    Dispute dispute;
};
}  // namespace

Task<Status> answer_dispute(store::Database& database, const Providers& providers, Id<access::Shop> shop, Id<Dispute> id,
                            std::string evidence, Instant now) {
    if (evidence.empty() || evidence.size() > evidence_max)
        co_return fail(Fault::bad_input, "give evidence of at most " + std::to_string(evidence_max) + " bytes");
    const auto what = co_await database.write([&](store::Tx& tx) -> Result<ToAnswer> {
        auto dispute = TRY(find_dispute(tx, shop, id));
        if (dispute.state != Dispute::State::open)
            return fail(Fault::conflict, "the dispute is decided: " + std::string(name(dispute.state)));
        if (dispute.answered) return fail(Fault::conflict, "the dispute was answered; the provider takes one answer");
        auto payment = TRY(find(tx, shop, dispute.payment));
        return ToAnswer{std::move(payment), std::move(dispute)};
    });
    if (!what) co_return what.error();
    const auto provider = providers.find(what->payment.provider);
    if (provider == providers.end())
        co_return fail(Fault::outside, "the payment provider " + what->payment.provider + " is not set up here");
    const auto sent = co_await provider->second->answer_dispute(what->payment, what->dispute, evidence);
    if (!sent) co_return sent.error();
    co_return co_await database.write([&](store::Tx& tx) -> Status {
        TRY(tx.run(sql::answered_dispute, {shop, id, now}));
        return {};
    });
}

Task<Status> send_refund(store::Database& database, const Providers& providers, const outbox::Promise& promise) {
    // From here on it cannot be undone: that it goes is written before it goes.
    const auto what = co_await database.write([&](store::Tx& tx) -> Result<std::optional<ToRefund>> {
        if (TRY(tx.run(sql::send_refund, {promise.shop_id, promise.key, promise.promised})).empty()) return std::optional<ToRefund>();
        auto refund = TRY(find_refund(tx, {promise.shop_id}, {promise.key}));
        auto payment = TRY(find(tx, {promise.shop_id}, refund.payment));
        return std::optional(ToRefund{std::move(payment), std::move(refund)});
    });
    if (!what) co_return what.error();
    if (!*what) co_return Status();
    const auto& [payment, refund] = **what;
    const auto provider = providers.find(payment.provider);
    if (provider == providers.end()) co_return fail(Fault::outside, "the payment provider " + payment.provider + " is not set up here");
    co_return co_await provider->second->refund(payment, refund);
}

Result<Fact> read_fact(store::Tx& tx, const outbox::Promise& promise) {
    const auto json = TRY(wire::read_json(promise.payload));
    wire::Fields fields(json, "fact");
    const auto provider = TRY(fields.text("provider", payload_text_max));
    const auto id = TRY(fields.text("event", payload_text_max));
    const auto rows = TRY(tx.run(sql::read_fact, {promise.shop_id, provider, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no fact " + id);
    auto event = TRY(read_event(rows[0], {promise.shop_id}));
    auto payment = TRY(find(tx, event.shop, event.payment));
    return Fact{std::move(event), std::move(payment)};
}

}  // namespace barrow::payments
