#include "rooms/orders/order.hpp"

#include <array>

#include "rooms/checkout/discount.hpp"
#include "rooms/orders/orders.sql.hpp"
#include "rooms/orders/settle.hpp"

namespace barrow::orders {
namespace {

constexpr std::array<std::string_view, 4> state_names = {"placed", "paid", "fulfilled", "cancelled"};
constexpr int expire_batch_max = 200;  // orders of one shop and one step
constexpr int shops_per_tick_max = 100;

State read_state(const std::string& text) {
    for (std::size_t i = 0; i < state_names.size(); ++i) {
        if (text == state_names[i]) return static_cast<State>(i);
    }
    check(false);
    return State::placed;
}

OrderLine read_line(const store::Row& row, Currency currency) {
    const auto money = [&](std::string_view column) { return Money{row.integer(column), currency}; };
    return {.product = row.id<catalog::Product>("product_id"),
            .product_name = row.text("product_name"),
            .pieces = row.integer("pieces"),
            .price = money("price_minor"),
            .amount = money("amount_minor"),
            .tax = money("tax_minor"),
            .discount = money("discount_minor"),
            .tax_basis_points = static_cast<int>(row.integer("tax_basis_points")),
            .allotment = row.id<stock::Allotment>("allotment_id"),
            .claim = row.id<stock::Held>("claim_id"),
            .snippet = row.id<snippets::Snippet>("snippet_id"),
            .context = {.link = row.integer("link"),
                        .surface = static_cast<telemetry::Surface>(row.integer("surface")),
                        .snippet = row.integer("snippet"),
                        .snippet_version = row.integer("snippet_version"),
                        .arms = telemetry::read_arms(row.text("arms")),
                        .live_session = row.integer("live_session"),
                        .day = row.integer("touch_day")}};
}

Status let_go_all(store::Tx& tx, const Order& order, Instant now) {
    for (const auto& line : order.lines) TRY(stock::let_go(tx, order.shop, line.claim, now));
    return {};
}

}  // namespace

std::string_view name(State state) { return state_names[static_cast<std::size_t>(state)]; }

Result<Order> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id) {
    const auto rows = TRY(tx.run(sql::read_order, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no order " + id.text);
    const auto row = rows[0];
    const auto currency = TRY(Currency::read(row.text("currency")));
    Order order{.shop = shop,
                .id = id,
                .number = row.integer("number"),
                .token = row.text("token"),
                .state = read_state(row.text("state")),
                .payment = row.id<payments::Payment>("payment_id"),
                .goods = {row.integer("goods_minor"), currency},
                .shipping = {row.integer("shipping_minor"), currency},
                .tax = {row.integer("tax_minor"), currency},
                .sum = {row.integer("sum_minor"), currency},
                .shipping_tax = {row.integer("shipping_tax_minor"), currency},
                .discount = {row.integer("discount_minor"), currency},
                .shipping_name = row.text("shipping_name"),
                .discount_code = row.text("discount_code"),
                .country = row.text("country"),
                .tax_country = row.text("tax_country"),
                .buyer = {row.text("buyer"), row.text("email"), row.text("name"), row.text("address")},
                .placed = row.instant("placed_us"),
                .deadline = row.instant("deadline_us"),
                .paid = row.maybe_instant("paid_us"),
                .fulfilled = row.maybe_instant("fulfilled_us"),
                .cancelled = row.maybe_instant("cancelled_us"),
                .cancel_reason = row.text("cancel_reason"),
                .refunded = {row.integer("refunded_minor"), currency},
                .disputed = {row.integer("disputed_minor"), currency},
                .lines = {}};
    const auto lines = TRY(tx.run(sql::read_lines, {shop, id}));
    for (const auto line : lines) order.lines.push_back(read_line(line, currency));
    return order;
}

Result<Order> find_by_token(store::Tx& tx, const Id<access::Shop>& shop, std::string_view token) {
    const auto rows = TRY(tx.run(sql::order_of_token, {shop, token}));
    if (rows.empty()) return fail(Fault::not_found, "there is no such order; check the address in your mail");
    return find(tx, shop, rows[0].id<Order>("id"));
}

Result<std::vector<Order>> newest(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t before, int count_max) {
    const auto rows = TRY(tx.run(sql::newest_orders, {shop, before == 0 ? amount_minor_max : before, std::min(count_max, page_size_max)}));
    std::vector<Order> list;
    for (const auto row : rows) list.push_back(TRY(find(tx, shop, row.id<Order>("id"))));
    return list;
}

Status fulfil(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id, Instant now) {
    const auto done = TRY(tx.run(sql::set_fulfilled, {shop, id, now}));
    if (!done.empty()) return {};
    const auto order = TRY(find(tx, shop, id));
    if (order.state == State::fulfilled) return {};
    return fail(Fault::conflict, "the order " + std::to_string(order.number) + " is " + std::string(name(order.state)) + ", not paid");
}

Status not_fulfilled(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id) {
    if (!TRY(tx.run(sql::set_not_fulfilled, {shop, id})).empty()) return {};
    const auto order = TRY(find(tx, shop, id));
    if (order.state == State::paid) return {};
    return fail(Fault::conflict, "the order " + std::to_string(order.number) + " is " + std::string(name(order.state)) + ", not sent");
}

Status cancel(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id, std::string_view reason, Instant now) {
    const auto order = TRY(find(tx, shop, id));
    if (order.state == State::cancelled) return {};
    const auto done = TRY(tx.run(sql::set_cancelled, {shop, id, now, reason}));
    if (done.empty()) return fail(Fault::conflict, "the order " + std::to_string(order.number) + " is paid already; refund it instead");
    if (!order.discount_code.empty()) TRY(checkout::give_back(tx, shop, id.text, now));
    return let_go_all(tx, order, now);
}

Result<int> expire_due(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    const auto rows = TRY(tx.run(sql::unpaid_orders, {shop, now, expire_batch_max}));
    for (const auto row : rows) TRY(cancel(tx, shop, row.id<Order>("id"), "unpaid", now));
    return static_cast<int>(rows.size());
}

Task<Status> tick(store::Database& database, Instant now) {
    const auto shops = co_await database.read([&](store::Tx& tx) { return tx.run(sql::shops_with_unpaid, {now, shops_per_tick_max}); });
    if (!shops) co_return shops.error();
    Status first;
    for (const auto row : *shops) {
        const auto shop = row.id<access::Shop>("shop_id");
        const auto count = co_await database.write([&](store::Tx& tx) { return expire_due(tx, shop, now); });
        if (!count && first) first = fail(count.error().fault, "unpaid orders of shop " + shop.text + ": " + count.error().text);
    }
    co_return first;
}

Status take_all(store::Tx& tx, const Order& order, Instant now) {
    for (const auto& line : order.lines) TRY(stock::take(tx, order.shop, line.claim, now));
    return {};
}

Status set_paid(store::Tx& tx, const Order& order, Instant now) {
    const auto done = TRY(tx.run(sql::set_paid, {order.shop, order.id, now}));
    check(!done.empty());
    // Paid late: its code was somebody else's to use meanwhile, and counts again.
    if (!order.discount_code.empty()) TRY(checkout::use_again(tx, order.shop, order.id.text));
    return {};
}

}  // namespace barrow::orders
