#include "rooms/payments/sandbox.hpp"

#include "floor/sign/standard_webhook.hpp"
#include "floor/wire/json.hpp"
#include "rooms/payments/payments.sql.hpp"

namespace barrow::payments {
namespace {

constexpr std::size_t id_length_max = 64;

std::string_view text_of(Sandbox::Decision decision) {
    switch (decision) {
        case Sandbox::Decision::approve:
            return "approve";
        case Sandbox::Decision::decline:
            return "decline";
        case Sandbox::Decision::approve_late:
            return "approve_late";
    }
    return "";
}

// Promises to tell of it. The event's id is the promise's key: told twice, it is the same event.
Status tell(store::Tx& tx, const Event& event, Instant due) {
    const auto body = wire::Json::object({{"type", "payment." + std::string(name(event.kind))},
                                          {"shop", event.shop.text},
                                          {"payment", event.payment.text},
                                          {"refund", event.refund.text},
                                          {"amount_minor", event.amount.minor},
                                          {"currency", event.amount.currency.code()},
                                          {"occurred_us", event.occurred.us}});
    return outbox::promise(tx, event.shop.text, Sandbox::webhook_kind, event.id, wire::write_json(body), due);
}

}  // namespace

Task<Result<Begun>> Sandbox::create(const Payment& payment, const std::string& return_url) {
    const auto made = co_await database_.write([&](store::Tx& tx) {
        return tx.run(sql::sandbox_add, {payment.shop, payment.id, payment.amount.minor, payment.amount.currency, return_url});
    });
    if (!made) co_return made.error();
    Begun begun{.provider_ref = "sandbox-" + payment.id.text, .page_url = "/pay/sandbox/" + payment.id.text, .outcome = {}};
    co_return begun;
}

Task<Status> Sandbox::capture(const Payment&) {
    co_return Status();  // its approval is the capture
}

Task<Status> Sandbox::refund(const Payment& payment, const Refund& refund) {
    const auto now = clock_.now();
    const Event event{.id = "refunded-" + refund.id.text,
                      .kind = Event::Kind::refunded,
                      .shop = payment.shop,
                      .payment = payment.id,
                      .refund = refund.id,
                      .amount = refund.amount,
                      .occurred = now};
    co_return co_await database_.write([&](store::Tx& tx) { return tell(tx, event, now); });
}

Result<Event> Sandbox::read_webhook(const Delivery& delivery, Instant now) {
    const sign::WebhookHeaders headers{std::string(delivery.header("webhook-id")), std::string(delivery.header("webhook-timestamp")),
                                       std::string(delivery.header("webhook-signature"))};
    TRY(sign::check_webhook(key_, headers, delivery.body, now));
    const auto json = TRY(wire::read_json(delivery.body));
    wire::Fields fields(json, "webhook");
    const auto type = TRY(fields.text("type", id_length_max));
    if (!type.starts_with("payment.")) return fail(Fault::bad_input, "the webhook is of a type that nobody asked for");
    Event event;
    event.id = headers.id;
    event.kind = TRY(read_event_kind(std::string_view(type).substr(8)));
    event.shop = {TRY(fields.text("shop", id_length_max))};
    event.payment = {TRY(fields.text("payment", id_length_max))};
    event.refund = {TRY(fields.text_or("refund", "", id_length_max))};
    event.amount = {TRY(fields.integer("amount_minor", 0, amount_minor_max)), TRY(Currency::read(TRY(fields.text("currency", 3))))};
    event.occurred = {TRY(fields.integer("occurred_us", 0, amount_minor_max))};
    TRY(fields.done());
    return event;
}

Result<Sandbox::Decision> Sandbox::read_decision(std::string_view text) {
    for (const auto decision : {Decision::approve, Decision::decline, Decision::approve_late}) {
        if (text == text_of(decision)) return decision;
    }
    return fail(Fault::bad_input, "choose approve, decline or approve_late");
}

Result<Sandbox::Page> Sandbox::page(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment) {
    const auto rows = TRY(tx.run(sql::sandbox_read, {shop, payment}));
    if (rows.empty()) return fail(Fault::not_found, "the sandbox knows no payment " + payment.text);
    Page page{rows[0].money("amount_minor", "currency"), rows[0].text("return_url"), {}};
    if (const auto decision = rows[0].maybe_text("decision")) page.decision = TRY(read_decision(*decision));
    return page;
}

Status Sandbox::decide(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment, Decision decision, Instant now) {
    const auto rows = TRY(tx.run(sql::sandbox_decide, {shop, payment, text_of(decision), now}));
    if (rows.empty()) {
        const auto known = TRY(page(tx, shop, payment));
        if (known.decision == decision) return {};
        return fail(Fault::conflict, "this payment was decided before");
    }
    const bool yes = decision != Decision::decline;
    const Instant due = decision == Decision::approve_late ? now + late : now;
    return tell(tx,
                {.id = (yes ? "captured-" : "declined-") + payment.text,
                 .kind = yes ? Event::Kind::captured : Event::Kind::declined,
                 .shop = shop,
                 .payment = payment,
                 .refund = {},
                 .amount = rows[0].money("amount_minor", "currency"),
                 .occurred = due},
                due);
}

outbox::Handler Sandbox::webhook_sender(Deliver deliver) {
    return [this, deliver = std::move(deliver)](const outbox::Promise& promise) -> Task<Status> {
        const auto headers = sign::sign_webhook(key_, promise.key, promise.payload, clock_.now());
        Delivery delivery;
        delivery.headers = {{"webhook-id", headers.id}, {"webhook-timestamp", headers.timestamp}, {"webhook-signature", headers.signature}};
        delivery.body = promise.payload;
        co_return co_await deliver(delivery);
    };
}

}  // namespace barrow::payments
