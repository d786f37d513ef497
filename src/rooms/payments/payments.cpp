#include "rooms/payments/payments.hpp"

#include <algorithm>
#include <array>

#include "floor/wire/json.hpp"
#include "rooms/payments/payments.sql.hpp"

namespace barrow::payments {
namespace {

constexpr std::array<std::string_view, 4> event_names = {"captured", "declined", "refunded", "refund_failed"};
constexpr std::size_t payload_text_max = 200;

State read_state(const std::string& text) {
    if (text == "captured") return State::captured;
    if (text == "declined") return State::declined;
    return text == "refunded" ? State::refunded : State::open;
}

Status apply(store::Tx& tx, const Event& event, Instant now) {
    switch (event.kind) {
        case Event::Kind::captured:
            TRY(tx.run(sql::captured, {event.shop, event.payment, now}));
            break;
        case Event::Kind::declined:
            TRY(tx.run(sql::declined, {event.shop, event.payment, now}));
            break;
        case Event::Kind::refunded:
            TRY(tx.run(sql::end_refund, {event.shop, event.refund, "done", now}));
            TRY(tx.run(sql::refunded, {event.shop, event.payment, now}));
            break;
        case Event::Kind::refund_failed:
            TRY(tx.run(sql::end_refund, {event.shop, event.refund, "failed", now}));
            break;
    }
    return {};
}

Result<Refund> find_refund(store::Tx& tx, const Id<access::Shop>& shop, const Id<Refund>& id) {
    const auto rows = TRY(tx.run(sql::read_refund, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no refund " + id.text);
    return Refund{id, shop, rows[0].id<Payment>("payment_id"), rows[0].money("amount_minor", "currency"), rows[0].text("reason")};
}

struct ToRefund {
    Payment payment;
    Refund refund;
};

}  // namespace

std::string_view name(Event::Kind kind) { return event_names[static_cast<std::size_t>(kind)]; }

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
    const auto noted = TRY(tx.run(sql::note_fact, {event.shop, provider, event.id, name(event.kind), event.payment, event.refund,
                                                   event.amount.minor, event.amount.currency, event.occurred, now}));
    if (noted.empty()) return Fresh::already_there;
    TRY(apply(tx, event, now));
    const auto payload = wire::write_json(wire::Json::object({{"provider", provider}, {"event", event.id}}));
    TRY(outbox::promise(tx, event.shop.text, fact_kind, std::string(provider) + ":" + event.id, payload, now));
    return Fresh::recorded;
}

Status ask_refund(store::Tx& tx, const Refund& refund, Instant now) {
    const auto payment = TRY(find(tx, refund.shop, refund.payment));
    const auto known = find_refund(tx, refund.shop, refund.id);
    if (known) return {};
    if (known.error().fault != Fault::not_found) return known.error();
    const auto given = TRY(tx.run(sql::sum_refunds, {refund.shop, refund.payment}))[0].integer("amount_minor");
    const auto came = TRY(tx.run(sql::captured_amount, {refund.shop, refund.payment}))[0].integer("amount_minor");
    if (payment.state != State::captured || refund.amount.currency != payment.amount.currency || refund.amount.minor < 1 ||
        refund.amount.minor > came - given) {
        return fail(Fault::conflict, "of the payment " + refund.payment.text + " less than that is left to give back");
    }
    TRY(tx.run(sql::add_refund, {refund.shop, refund.id, refund.payment, refund.amount.minor, refund.amount.currency, refund.reason, now}));
    return outbox::promise(tx, refund.shop.text, refund_kind, refund.id.text, "{}", now);
}

Task<Status> send_refund(store::Database& database, const Providers& providers, const outbox::Promise& promise) {
    const auto what = co_await database.read([&](store::Tx& tx) -> Result<ToRefund> {
        auto refund = TRY(find_refund(tx, {promise.shop_id}, {promise.key}));
        auto payment = TRY(find(tx, {promise.shop_id}, refund.payment));
        return ToRefund{std::move(payment), std::move(refund)};
    });
    if (!what) co_return what.error();
    const auto provider = providers.find(what->payment.provider);
    if (provider == providers.end())
        co_return fail(Fault::outside, "the payment provider " + what->payment.provider + " is not set up here");
    co_return co_await provider->second->refund(what->payment, what->refund);
}

Result<Fact> read_fact(store::Tx& tx, const outbox::Promise& promise) {
    const auto json = TRY(wire::read_json(promise.payload));
    wire::Fields fields(json, "fact");
    const auto provider = TRY(fields.text("provider", payload_text_max));
    const auto id = TRY(fields.text("event", payload_text_max));
    const auto rows = TRY(tx.run(sql::read_fact, {promise.shop_id, provider, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no fact " + id);
    const auto row = rows[0];
    Event event{.id = id,
                .kind = TRY(read_event_kind(row.text("kind"))),
                .shop = {promise.shop_id},
                .payment = row.id<Payment>("payment_id"),
                .refund = row.id<Refund>("refund_id"),
                .amount = row.money("amount_minor", "currency"),
                .occurred = row.instant("occurred_us")};
    auto payment = TRY(find(tx, event.shop, event.payment));
    return Fact{std::move(event), std::move(payment)};
}

}  // namespace barrow::payments
