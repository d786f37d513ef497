// Money that goes back: refunds that the shop asks for, and disputes that a buyer's bank opens.
#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/orders/orders_http.hpp"
#include "rooms/orders/refund.hpp"

namespace barrow::app::api {
namespace {

constexpr std::size_t key_length_max = 100;
constexpr std::size_t refund_lines_max = 100;

wire::Json refund_json(const orders::MoneyBack& one) {
    const auto currency = one.refund.refund.amount.currency;
    wire::Json::Array lines;
    Money shipping{0, currency};
    for (const auto& [line, minor, pieces] : one.lines) {
        if (line == orders::shipping_line)
            shipping.minor += minor;
        else
            lines.push_back(wire::Json::object({{"line", line}, {"amount", money_json({minor, currency})}, {"pieces_back", pieces}}));
    }
    return wire::Json::object({{"id", one.refund.refund.id.text},
                               {"state", payments::name(one.refund.state)},
                               {"amount", money_json(one.refund.refund.amount)},
                               {"reason", one.refund.refund.reason},
                               {"lines", std::move(lines)},
                               {"shipping", money_json(shipping)},
                               {"asked", time_json(one.refund.asked)},
                               {"ended", time_json(one.refund.ended)}});
}

Result<wire::Json> refunds_json(store::Tx& tx, const orders::Order& order) {
    wire::Json::Array items;
    for (const auto& one : TRY(orders::refunds_of(tx, order))) items.push_back(refund_json(one));
    orders::RefundLeft left{.lines = {}, .shipping_minor = 0, .sum = {0, order.sum.currency}, .fee_lost = {0, order.sum.currency}};
    if (order.paid && !order.payment.empty()) left = TRY(orders::refund_left(tx, order));
    return wire::Json::object({{"items", std::move(items)}, {"left", money_json(left.sum)}, {"fee_lost", money_json(left.fee_lost)}});
}

wire::Json dispute_json(const payments::Dispute& dispute) {
    return wire::Json::object({{"id", dispute.id.text},
                               {"payment", dispute.payment.text},
                               {"amount", money_json(dispute.amount)},
                               {"reason", dispute.reason},
                               {"state", payments::name(dispute.state)},
                               {"opened", time_json(dispute.opened)},
                               {"answer_until", time_json(dispute.due)},
                               {"answered", time_json(dispute.answered)},
                               {"closed", time_json(dispute.closed)}});
}

Result<orders::RefundWish> read_wish(const wire::Json& body, std::string_view key) {
    if (key.size() > key_length_max) return fail(Fault::bad_input, "Idempotency-Key: at most 100 bytes, such as a UUID");
    wire::Fields fields(body, "refund");
    orders::RefundWish wish{.key = std::string(key),
                            .lines = {},
                            .shipping_minor = TRY(fields.integer_or("shipping_minor", 0, 0, amount_minor_max)),
                            .reason = TRY(fields.text("reason", 40))};
    const wire::Json none = wire::Json::array();
    const auto* lines = fields.has("lines") ? TRY(fields.array("lines", refund_lines_max)) : &none;
    for (const auto& one : lines->items()) {
        wire::Fields line(one, "refund line");
        wish.lines.push_back({static_cast<int>(TRY(line.integer("line", 0, 999))), TRY(line.integer("amount_minor", 0, amount_minor_max)),
                              TRY(line.integer_or("pieces_back", 0, 0, 999))});
        TRY(line.done());
    }
    TRY(fields.done());
    return wish;
}

}  // namespace

Task<http::Response> get_refunds(access::Site& site, access::Visit visit) {
    const Id<orders::Order> id{visit.request.parameter("id")};
    co_return co_await read(
        site, visit, [&](store::Tx& tx) -> Result<wire::Json> { return refunds_json(tx, TRY(orders::find(tx, visit.shop().id, id))); });
}

Task<http::Response> post_refund(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const Id<orders::Order> id{visit.request.parameter("id")};
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        const auto wish = TRY(read_wish(body, visit.request.header("idempotency-key")));
        const auto made = TRY(orders::refund(tx, visit.shop().id, id, wish, now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, who, "refund", made.text, now, site.random));
        for (const auto& one : TRY(orders::refunds_of(tx, TRY(orders::find(tx, visit.shop().id, id)))))
            if (one.refund.refund.id == made) return refund_json(one);
        return fail(Fault::not_found, "there is no refund " + made.text);
    };
    co_return co_await write(site, visit, work, 201);
}

Task<http::Response> delete_refund(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const Id<orders::Order> id{visit.request.parameter("id")};
    const Id<payments::Refund> refund{visit.request.parameter("refund")};
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        TRY(wire::Fields(body, "refund").done());
        TRY(orders::undo_refund(tx, visit.shop().id, id, refund, now));
        TRY(access::note_audit(tx, visit.shop().id, who, "refund_undone", refund.text, now, site.random));
        return refunds_json(tx, TRY(orders::find(tx, visit.shop().id, id)));
    };
    co_return co_await write(site, visit, work);
}

Task<http::Response> get_disputes(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        wire::Json::Array items;
        for (const auto& one : TRY(payments::open_disputes(tx, visit.shop().id))) items.push_back(dispute_json(one));
        return wire::Json::object({{"items", std::move(items)}, {"next", wire::Json()}});
    });
}

Task<http::Response> post_evidence(orders::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<payments::Dispute> id{visit.request.parameter("id")};
    const auto work = [&]() -> Task<Result<wire::Json>> {
        const auto body = wire::read_json(visit.request.body);
        if (!body) co_return body.error();
        wire::Fields fields(*body, "evidence");
        auto text = fields.text("evidence", payments::evidence_max);
        if (!text) co_return text.error();
        const auto done = fields.done();
        if (!done) co_return done.error();
        const auto sent = co_await payments::answer_dispute(site.db, doors.providers, visit.shop().id, id, std::move(*text), now);
        if (!sent) co_return sent.error();
        co_return co_await site.db.write([&](store::Tx& tx) -> Result<wire::Json> {
            TRY(access::note_audit(tx, visit.shop().id, "api", "dispute_answer", id.text, now, site.random));
            return dispute_json(TRY(payments::find_dispute(tx, visit.shop().id, id)));
        });
    };
    co_return co_await ask(site, visit, work);
}

}  // namespace barrow::app::api
