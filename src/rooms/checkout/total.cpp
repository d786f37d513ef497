#include "rooms/checkout/total.hpp"

#include <algorithm>

namespace barrow::checkout {
namespace {

Result<Line> line_of(const Item& item, Currency currency, const Terms& terms) {
    const auto& product = item.product;
    // A price that binds still sells what was taken off the stall a minute ago: whoever holds it was promised it.
    if (!product.published && !item.quote) return fail(Fault::gone, product.name + " is not for sale any more");
    if (item.pieces < 1 || item.pieces > pieces_per_line_max)
        return fail(Fault::bad_input, "choose between 1 and 999 pieces of " + product.name);
    if (item.quote && item.quote->product != product.id)
        return fail(Fault::bad_input, "the quote is for another product than " + product.name);
    const auto price = item.quote ? item.quote->price : product.price;
    const auto behavior = item.quote ? item.quote->tax_behavior : product.tax_behavior;
    const int rate = terms.taxes.rate(item.quote ? item.quote->tax_basis_points : product.tax_basis_points, terms.country);
    if (price.currency != currency) return fail(Fault::bad_input, product.name + " is priced in another currency than the basket");
    auto amount = TRY(times(price, item.pieces));
    if (behavior == catalog::TaxBehavior::exclusive) amount = TRY(add(amount, tax_on_top(amount, rate)));
    return Line{.product = product.id,
                .name = product.name,
                .price = price,
                .tax_basis_points = rate,
                .tax_behavior = behavior,
                .pieces = item.pieces,
                .amount = amount,
                .tax = tax_part(amount, rate),
                .discount = {0, currency}};
}

// What the discount takes off each line, in their order; never more than the line costs.
std::vector<std::int64_t> taken_off(const Discount& discount, const std::vector<Line>& lines) {
    std::vector<std::int64_t> weights, off(lines.size(), 0);
    std::int64_t whole = 0;
    for (const auto& line : lines) {
        weights.push_back(discount.covers(line.product) ? line.amount.minor : 0);
        whole += weights.back();
    }
    if (whole == 0) return off;
    if (discount.kind == Discount::Kind::amount) return split(std::min(discount.amount.minor, whole), weights);
    if (discount.kind == Discount::Kind::percent) {
        for (std::size_t i = 0; i < lines.size(); ++i) off[i] = portion(weights[i], discount.basis_points, 10'000);
    }
    return off;
}

Status take_discount_off(Total& total, const Discount& discount) {
    auto goods = Money{0, total.sum.currency};
    for (const auto& line : total.lines) goods = TRY(add(goods, line.amount));
    total.code = goods.minor < discount.goods_min.minor ? CodeState::too_little
                 : std::ranges::none_of(
                       total.lines, [&](const Line& line) { return discount.covers(line.product); })
                     ? CodeState::other_products
                     : CodeState::good;
    if (total.code != CodeState::good) return {};
    total.discount_code = discount.code;
    total.discount_id = discount.id;
    total.creator = discount.creator;
    const auto off = taken_off(discount, total.lines);
    for (std::size_t i = 0; i < off.size(); ++i) {
        auto& line = total.lines[i];
        line.discount.minor = off[i];
        line.amount = TRY(subtract(line.amount, line.discount));
        line.tax = tax_part(line.amount, line.tax_basis_points);
        total.discount = TRY(add(total.discount, line.discount));
    }
    return {};
}

Status send(Total& total, const Terms& terms) {
    if (terms.ways.empty()) return {};
    const auto price = [&](const Rate& rate) { return rate.price_for(total.goods).minor; };
    const auto cheapest = std::ranges::min_element(terms.ways, {}, price);
    const auto named = std::ranges::find(terms.ways, terms.way, &Rate::name);
    const auto& chosen = named == terms.ways.end() ? *cheapest : *named;
    total.shipping_name = chosen.name;
    total.shipping.minor = price(chosen);
    if (!total.discount_code.empty() && terms.discount->kind == Discount::Kind::shipping) {
        total.shipping_discount.minor = price(*cheapest);
        total.shipping = TRY(subtract(total.shipping, total.shipping_discount));
        total.discount = TRY(add(total.discount, total.shipping_discount));
    }
    const auto dearest = std::ranges::max_element(total.lines, {}, [](const Line& line) { return line.amount.minor; });
    total.shipping_tax = tax_part(total.shipping, dearest->tax_basis_points);
    return {};
}

}  // namespace

Result<Total> total(std::span<const Item> items, Currency currency, const Terms& terms) {
    if (items.empty()) return fail(Fault::bad_input, "the basket is empty");
    if (items.size() > lines_max) return fail(Fault::bad_input, "a basket holds at most 100 different products");
    const Money nothing{0, currency};
    Total total{.lines = {},
                .goods = nothing,
                .shipping = nothing,
                .shipping_tax = nothing,
                .tax = nothing,
                .sum = nothing,
                .discount = nothing,
                .shipping_discount = nothing,
                .shipping_name = {},
                .discount_code = {},
                .discount_id = {},
                .creator = {},
                .country = terms.country,
                .tax_country = terms.taxes.country(terms.country),
                .changes = {}};
    bool ships = false;
    for (const auto& item : items) {
        auto line = TRY(line_of(item, currency, terms));
        ships = ships || item.product.ships;
        if (item.seen && *item.seen != line.price) total.changes.push_back({line.product, line.name, *item.seen, line.price});
        total.lines.push_back(std::move(line));
    }
    if (terms.discount) TRY(take_discount_off(total, *terms.discount));
    for (const auto& line : total.lines) {
        total.goods = TRY(add(total.goods, line.amount));
        total.tax = TRY(add(total.tax, line.tax));
    }
    if (ships) TRY(send(total, terms));
    total.tax = TRY(add(total.tax, total.shipping_tax));
    total.sum = TRY(add(total.goods, total.shipping));
    return total;
}

}  // namespace barrow::checkout
