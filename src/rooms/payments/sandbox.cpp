#include "rooms/payments/sandbox.hpp"

#include <utility>

#include "floor/sign/standard_webhook.hpp"
#include "floor/wire/json.hpp"
#include "rooms/payments/payments.sql.hpp"

namespace barrow::payments {
namespace {

constexpr std::size_t id_length_max = 64, reason_length_max = 200;

struct Named {
    Sandbox::Decision decision;
    std::string_view text;    // of the form
    std::string_view row;     // schema/0010_payments.sql: what became of it
    std::string_view script;  // how it goes on
};
constexpr Named decisions[] = {
    {Sandbox::Decision::approve, "approve", "approve", ""},
    {Sandbox::Decision::decline, "decline", "decline", ""},
    {Sandbox::Decision::approve_late, "approve_late", "approve_late", ""},
    {Sandbox::Decision::approve_muddled, "approve_muddled", "approve", "muddled"},
    {Sandbox::Decision::approve_disputed, "approve_disputed", "approve", "disputed"},
    {Sandbox::Decision::approve_no_refund, "approve_no_refund", "approve", "no_refund"},
};
const Named& named(Sandbox::Decision decision) { return decisions[static_cast<std::size_t>(decision)]; }

// How a payment that was approved goes on.
Result<std::string> script_of(store::Tx& tx, const Payment& payment) {
    const auto rows = TRY(tx.run(sql::sandbox_read, {payment.shop, payment.id}));
    return rows.empty() ? "" : rows[0].text("script");
}

// Promises to tell of it. The event's id is the promise's key: told twice, it is the same event.
Status tell(store::Tx& tx, const Event& event, Instant due) {
    const auto body = wire::Json::object({{"type", "payment." + std::string(name(event.kind))},
                                          {"shop", event.shop.text},
                                          {"payment", event.payment.text},
                                          {"refund", event.refund.text},
                                          {"dispute", event.dispute.text},
                                          {"fee_minor", event.fee_minor},
                                          {"reason", event.reason},
                                          {"due_us", event.due ? event.due->us : 0},
                                          {"amount_minor", event.amount.minor},
                                          {"currency", event.amount.currency.code()},
                                          {"occurred_us", event.occurred.us}});
    return outbox::promise(tx, event.shop.text, Sandbox::webhook_kind, event.id, wire::write_json(body), due);
}

}  // namespace

Task<Result<Begun>> Sandbox::create(const Payment& payment, const std::string& return_url) {
    const auto made = co_await database_.write([&](store::Tx& tx) {
        return tx.run(sql::sandbox_add, {payment.shop, payment.id, payment.amount.minor, payment.amount.currency, return_url,
                                         portion(payment.amount.minor, fee_basis_points_, 10'000)});
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
    co_return co_await database_.write([&](store::Tx& tx) -> Status {
        const bool fails = TRY(script_of(tx, payment)) == "no_refund";
        return tell(tx,
                    {.id = (fails ? "refund-failed-" : "refunded-") + refund.id.text,
                     .kind = fails ? Event::Kind::refund_failed : Event::Kind::refunded,
                     .shop = payment.shop,
                     .payment = payment.id,
                     .refund = refund.id,
                     .amount = refund.amount,
                     .reason = fails ? "the buyer's account is closed" : "",
                     .occurred = now},
                    now);
    });
}

Task<Status> Sandbox::answer_dispute(const Payment& payment, const Dispute& dispute, const std::string&) {
    const auto now = clock_.now();
    co_return co_await database_.write([&](store::Tx& tx) -> Status {
        TRY(tx.run(sql::sandbox_answered, {payment.shop, payment.id, now}));
        return tell(tx,
                    {.id = "won-" + payment.id.text,
                     .kind = Event::Kind::dispute_won,
                     .shop = payment.shop,
                     .payment = payment.id,
                     .dispute = dispute.id,
                     .amount = dispute.amount,
                     .fee_minor = -portion(dispute.amount.minor, dispute_fee_percent, 100),
                     .occurred = now + verdict_after},
                    now + verdict_after);
    });
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
    event.dispute = {TRY(fields.text_or("dispute", "", id_length_max))};
    event.fee_minor = TRY(fields.integer_or("fee_minor", 0, -amount_minor_max, amount_minor_max));
    event.reason = TRY(fields.text_or("reason", "", reason_length_max));
    if (const auto due = TRY(fields.integer_or("due_us", 0, 0, amount_minor_max)); due > 0) event.due = Instant{due};
    event.amount = {TRY(fields.integer("amount_minor", 0, amount_minor_max)), TRY(Currency::read(TRY(fields.text("currency", 3))))};
    event.occurred = {TRY(fields.integer("occurred_us", 0, amount_minor_max))};
    TRY(fields.done());
    return event;
}

Result<Sandbox::Decision> Sandbox::read_decision(std::string_view text) {
    for (const auto& one : decisions) {
        if (text == one.text) return one.decision;
    }
    return fail(Fault::bad_input, "choose one of the page's buttons: approve, decline, approve_late …");
}

Result<Sandbox::Page> Sandbox::page(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment) {
    const auto rows = TRY(tx.run(sql::sandbox_read, {shop, payment}));
    if (rows.empty()) return fail(Fault::not_found, "the sandbox knows no payment " + payment.text);
    Page page{rows[0].money("amount_minor", "currency"), rows[0].text("return_url"), {}};
    const auto script = rows[0].text("script");
    for (const auto& one : decisions) {
        if (one.row == rows[0].maybe_text("decision") && one.script == script) page.decision = one.decision;
    }
    return page;
}

Status Sandbox::decide(store::Tx& tx, const Id<access::Shop>& shop, const Id<Payment>& payment, Decision decision, Instant now) {
    const auto& choice = named(decision);
    const auto rows = TRY(tx.run(sql::sandbox_decide, {shop, payment, choice.row, choice.script, now}));
    if (rows.empty()) {
        const auto known = TRY(page(tx, shop, payment));
        if (known.decision == decision) return {};
        return fail(Fault::conflict, "this payment was decided before");
    }
    const auto amount = rows[0].money("amount_minor", "currency");
    const bool yes = decision != Decision::decline;
    const Instant due = decision == Decision::approve_late ? now + late : now;
    Event event{.id = (yes ? "captured-" : "declined-") + payment.text,
                .kind = yes ? Event::Kind::captured : Event::Kind::declined,
                .shop = shop,
                .payment = payment,
                .amount = amount,
                .fee_minor = yes ? rows[0].integer("fee_minor") : 0,
                .occurred = due};
    TRY(tell(tx, event, due));
    if (decision == Decision::approve_muddled) {
        // One capture under two names, and afterwards that it was begun.
        event.id = "captured-again-" + payment.text;
        TRY(tell(tx, event, due));
        event.id = "created-" + payment.text;
        event.kind = Event::Kind::created;
        event.fee_minor = 0;
        TRY(tell(tx, event, due + seconds(1)));
    }
    if (decision == Decision::approve_disputed) {
        event.id = "disputed-" + payment.text;
        event.kind = Event::Kind::dispute_opened;
        event.dispute = {"dispute-" + payment.text};
        event.fee_minor = portion(amount.minor, dispute_fee_percent, 100);
        event.reason = "product_not_received";
        event.occurred = due + dispute_after;
        event.due = event.occurred + dispute_life;
        TRY(tell(tx, event, event.occurred));
        event.id = "lost-" + payment.text;
        event.kind = Event::Kind::dispute_lost;
        event.fee_minor = 0;
        event.occurred = *std::exchange(event.due, {});
        TRY(tell(tx, event, event.occurred));
    }
    return {};
}

outbox::Handler Sandbox::webhook_sender(Deliver deliver) {
    return [this, deliver = std::move(deliver)](const outbox::Promise& promise) -> Task<Status> {
        // A dispute that was answered is not lost when its time is over.
        if (promise.key.starts_with("lost-")) {
            const auto answered = co_await database_.read([&](store::Tx& tx) -> Result<bool> {
                const auto rows = TRY(tx.run(sql::sandbox_read, {promise.shop_id, promise.key.substr(5)}));
                return !rows.empty() && rows[0].maybe_instant("answered_us").has_value();
            });
            if (!answered) co_return answered.error();
            if (*answered) co_return Status();
        }
        const auto headers = sign::sign_webhook(key_, promise.key, promise.payload, clock_.now());
        Delivery delivery;
        delivery.headers = {{"webhook-id", headers.id}, {"webhook-timestamp", headers.timestamp}, {"webhook-signature", headers.signature}};
        delivery.body = promise.payload;
        co_return co_await deliver(delivery);
    };
}

}  // namespace barrow::payments
