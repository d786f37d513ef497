#include "rooms/orders/refund.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "rooms/orders/orders.sql.hpp"

namespace barrow::orders {
namespace {

Status paid_for(const Order& order) {
    if (order.paid && !order.payment.empty()) return {};
    return fail(Fault::conflict, "the order " + std::to_string(order.number) + (order.paid ? " cost nothing" : " was not paid") +
                                     "; there is nothing to give back");
}

std::string delivery_of(const Id<payments::Refund>& refund, int line) { return "refund:" + refund.text + ":" + std::to_string(line); }

// More than is left of a line cannot go back, whatever was asked before.
Status fits(const Order& order, const RefundLeft& left, const RefundWish& wish) {
    std::set<int> seen;
    for (const auto& [line, amount, pieces] : wish.lines) {
        if (line < 0 || line >= static_cast<int>(order.lines.size()) || !seen.insert(line).second)
            return fail(Fault::bad_input, "the order has " + std::to_string(order.lines.size()) + " lines, counted from 0; name each once");
        const auto& there = left.lines[static_cast<std::size_t>(line)];
        const auto& what = order.lines[static_cast<std::size_t>(line)].product_name;
        if (amount < 0 || amount > there.amount_minor)
            return fail(Fault::conflict, "of " + what + " " + display({there.amount_minor, order.sum.currency}) + " is left to give back");
        if (pieces < 0 || pieces > there.pieces)
            return fail(Fault::conflict, "of " + what + " " + std::to_string(there.pieces) + " can come back to the shelf");
    }
    if (wish.shipping_minor < 0 || wish.shipping_minor > left.shipping_minor)
        return fail(Fault::conflict, "of the shipping " + display({left.shipping_minor, order.sum.currency}) + " is left to give back");
    if (std::ranges::none_of(refund_reasons, [&](const auto& one) { return one.key == wish.reason; }))
        return fail(Fault::bad_input, "say why: changed_mind, damaged, not_as_described, never_arrived, sold_out or other");
    return {};
}

}  // namespace

Result<RefundLeft> refund_left(store::Tx& tx, const Order& order) {
    TRY(paid_for(order));
    RefundLeft left{
        .lines = {}, .shipping_minor = order.shipping.minor, .sum = {0, order.sum.currency}, .fee_lost = {0, order.sum.currency}};
    for (const auto& line : order.lines) left.lines.push_back({line.pieces, line.amount.minor});
    for (const auto& one : TRY(refunds_of(tx, order))) {
        if (one.refund.state == payments::RefundState::failed || one.refund.state == payments::RefundState::undone) continue;
        for (const auto& [line, amount, pieces] : one.lines) {
            if (line == shipping_line) {
                left.shipping_minor -= amount;
            } else if (line < static_cast<int>(left.lines.size())) {
                auto& there = left.lines[static_cast<std::size_t>(line)];
                there.amount_minor -= amount;
                there.pieces -= pieces;
            }
        }
    }
    const auto payment = TRY(payments::find(tx, order.shop, order.payment));
    left.sum = TRY(payments::refundable(tx, payment));
    std::int64_t fee = 0;
    for (const auto& one : TRY(payments::told(tx, order.shop, order.payment))) {
        if (one.event.kind == payments::Event::Kind::captured) fee = std::max(fee, one.event.fee_minor);
    }
    left.fee_lost.minor = fee;
    return left;
}

Result<Id<payments::Refund>> refund(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id, const RefundWish& wish, Instant now,
                                    Random& random) {
    const auto order = TRY(find(tx, shop, id));
    const Id<payments::Refund> refund{wish.key.empty() ? new_id_text(now, random) : id.text + "-" + wish.key};
    const auto known = TRY(refunds_of(tx, order));
    if (std::ranges::any_of(known, [&](const auto& one) { return one.refund.refund.id == refund; })) return refund;
    const auto left = TRY(refund_left(tx, order));
    TRY(fits(order, left, wish));
    auto lines = wish.lines;
    auto shipping = wish.shipping_minor;
    if (lines.empty() && shipping == 0) {
        // What was refunded at the provider or lost to a bank is of no line: then less is left than the lines say, and the rest goes as one
        // sum.
        std::int64_t sum = left.shipping_minor;
        for (const auto& line : left.lines) sum += line.amount_minor;
        if (sum == left.sum.minor) {
            for (std::size_t i = 0; i < left.lines.size(); ++i) lines.push_back({static_cast<int>(i), left.lines[i].amount_minor, 0});
            shipping = left.shipping_minor;
        }
    }
    std::int64_t amount = shipping;
    for (const auto& line : lines) amount += line.amount_minor;
    if (wish.lines.empty() && wish.shipping_minor == 0) amount = left.sum.minor;
    if (amount == 0) return fail(Fault::bad_input, "nothing is chosen to give back, or all of it went back already");
    TRY(payments::ask_refund(
        tx, {.id = refund, .shop = shop, .payment = order.payment, .amount = {amount, order.sum.currency}, .reason = wish.reason}, now,
        now + undo_time));
    if (shipping > 0) lines.push_back({shipping_line, shipping, 0});
    for (const auto& [line, minor, pieces] : lines) {
        TRY(tx.run(sql::add_refund_line, {shop, refund, line, id, minor, pieces}));
        if (pieces > 0)
            TRY(stock::receive(tx, shop, order.lines[static_cast<std::size_t>(line)].product, pieces, delivery_of(refund, line), now));
    }
    if (amount == left.sum.minor) TRY(tx.run(sql::set_refunded, {shop, id, now, "refunded"}));
    return refund;
}

Status undo_refund(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id, const Id<payments::Refund>& refund, Instant now) {
    const auto order = TRY(find(tx, shop, id));
    const auto all = TRY(refunds_of(tx, order));
    const auto found = std::ranges::find_if(all, [&](const auto& one) { return one.refund.refund.id == refund; });
    if (found == all.end()) return fail(Fault::not_found, "the order has no refund " + refund.text);
    if (found->refund.state == payments::RefundState::undone) return {};
    TRY(payments::undo_refund(tx, shop, refund, now));
    for (const auto& [line, minor, pieces] : found->lines) {
        if (pieces == 0) continue;
        const auto taken = stock::receive(tx, shop, order.lines[static_cast<std::size_t>(line)].product, -pieces,
                                          delivery_of(refund, line) + ":undone", now);
        if (!taken && taken.error().fault == Fault::sold_out)
            return fail(Fault::conflict, "somebody holds what came back to the shelf; the refund goes out");
        if (!taken) return taken.error();
    }
    if (order.cancel_reason == "refunded") TRY(tx.run(sql::set_not_refunded, {shop, id}));
    return {};
}

Result<std::vector<MoneyBack>> refunds_of(store::Tx& tx, const Order& order) {
    std::vector<MoneyBack> list;
    if (order.payment.empty()) return list;
    std::map<std::string, std::vector<RefundWish::Line>> lines;
    for (const auto row : TRY(tx.run(sql::refund_lines, {order.shop, order.id})))
        lines[row.text("refund_id")].push_back({static_cast<int>(row.integer("line")), row.integer("amount_minor"), row.integer("pieces")});
    for (auto& one : TRY(payments::refunds(tx, order.shop, order.payment))) {
        auto id = one.refund.id.text;
        list.push_back({std::move(one), std::move(lines[id])});
    }
    return list;
}

}  // namespace barrow::orders
