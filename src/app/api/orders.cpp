#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/orders/order.hpp"
#include "rooms/reports/week.hpp"

namespace barrow::app::api {
namespace {

// What brought the buyer, as numbers of this shop; no person is named by it.
wire::Json context_json(const telemetry::Context& context) {
    return wire::Json::object({{"surface", telemetry::name(context.surface)},
                               {"link", context.link},
                               {"snippet", context.snippet},
                               {"snippet_version", context.snippet_version},
                               {"live_session", context.live_session}});
}

wire::Json order_json(const access::Site& site, const access::Shop& shop, const orders::Order& order) {
    wire::Json::Array lines;
    for (const auto& line : order.lines) {
        lines.push_back(wire::Json::object({{"product", line.product.text},
                                            {"name", line.product_name},
                                            {"pieces", line.pieces},
                                            {"price", money_json(line.price)},
                                            {"amount", money_json(line.amount)},
                                            {"tax", money_json(line.tax)},
                                            {"discount", money_json(line.discount)},
                                            {"tax_basis_points", line.tax_basis_points},
                                            {"context", context_json(line.context)}}));
    }
    return wire::Json::object(
        {{"id", order.id.text},
         {"number", order.number},
         {"state", orders::name(order.state)},
         {"lines", std::move(lines)},
         {"goods", money_json(order.goods)},
         {"shipping", money_json(order.shipping)},
         {"shipping_name", order.shipping_name},
         {"shipping_tax", money_json(order.shipping_tax)},
         {"discount", money_json(order.discount)},
         {"discount_code", order.discount_code},
         {"country", order.country},
         {"tax_country", order.tax_country},
         {"tax", money_json(order.tax)},
         {"sum", money_json(order.sum)},
         {"refunded", money_json(order.refunded)},
         {"disputed", money_json(order.disputed)},
         {"buyer", wire::Json::object({{"name", order.buyer.name}, {"email", order.buyer.email}, {"address", order.buyer.address}})},
         {"placed", time_json(order.placed)},
         {"paid", time_json(order.paid)},
         {"fulfilled", time_json(order.fulfilled)},
         {"cancelled", time_json(order.cancelled)},
         {"cancel_reason", order.cancel_reason},
         {"receipt_url", access::address(site, shop, "/orders/" + order.token)}});
}

}  // namespace

Task<http::Response> get_orders(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        const auto found = TRY(orders::newest(tx, visit.shop().id, TRY(number_after(visit)), static_cast<int>(limit)));
        wire::Json::Array items;
        for (const auto& order : found) items.push_back(order_json(site, visit.shop(), order));
        std::string next;
        // Order numbers run down to 1: behind it there is nothing.
        if (static_cast<std::int64_t>(found.size()) == limit && found.back().number > 1) next = std::to_string(found.back().number);
        return listed(visit, std::move(items), limit, next);
    });
}

Task<http::Response> get_order(access::Site& site, access::Visit visit) {
    const Id<orders::Order> id{visit.request.parameter("id")};
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        return order_json(site, visit.shop(), TRY(orders::find(tx, visit.shop().id, id)));
    });
}

Task<http::Response> post_fulfil(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const Id<orders::Order> id{visit.request.parameter("id")};
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        TRY(wire::Fields(body, "fulfil").done());
        TRY(orders::fulfil(tx, visit.shop().id, id, now));
        TRY(access::note_audit(tx, visit.shop().id, who, "fulfil", id.text, now, site.random));
        return order_json(site, visit.shop(), TRY(orders::find(tx, visit.shop().id, id)));
    };
    co_return co_await write(site, visit, work);
}

Task<http::Response> get_week(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto asked = visit.request.query_value("week").value_or("");
        const auto monday = asked.empty() ? reports::monday_of(now) : TRY(reports::read_week(asked));
        return reports::to_json(reports::week(TRY(reports::read_facts(tx, visit.shop().id, monday)), visit.shop().currency));
    });
}

}  // namespace barrow::app::api
