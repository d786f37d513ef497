#include "rooms/checkout/total.hpp"

namespace barrow::checkout {
namespace {

Result<Line> line_of(const Item& item, Currency currency) {
    const auto& product = item.product;
    // A price that binds still sells what was taken off the stall a minute ago: whoever holds it was promised it.
    if (!product.published && !item.quote) return fail(Fault::gone, product.name + " is not for sale any more");
    if (item.pieces < 1 || item.pieces > pieces_per_line_max)
        return fail(Fault::bad_input, "choose between 1 and 999 pieces of " + product.name);
    if (item.quote && item.quote->product != product.id)
        return fail(Fault::bad_input, "the quote is for another product than " + product.name);
    const auto price = item.quote ? item.quote->price : product.price;
    const int rate = item.quote ? item.quote->tax_basis_points : product.tax_basis_points;
    if (price.currency != currency) return fail(Fault::bad_input, product.name + " is priced in another currency than the basket");
    const auto amount = TRY(times(price, item.pieces));
    return Line{product.id, product.name, price, rate, item.pieces, amount, tax_part(amount, rate)};
}

}  // namespace

Money tax_part(Money amount, int tax_basis_points) {
    return {portion(amount.minor, tax_basis_points, 10'000 + tax_basis_points), amount.currency};
}

Result<Total> total(std::span<const Item> items, Currency currency) {
    if (items.empty()) return fail(Fault::bad_input, "the basket is empty");
    if (items.size() > lines_max) return fail(Fault::bad_input, "a basket holds at most 100 different products");
    const Money nothing{0, currency};
    Total total{.lines = {}, .goods = nothing, .shipping = nothing, .tax = nothing, .sum = nothing, .changes = {}};
    for (const auto& item : items) {
        auto line = TRY(line_of(item, currency));
        total.goods = TRY(add(total.goods, line.amount));
        total.tax = TRY(add(total.tax, line.tax));
        if (item.seen && *item.seen != line.price) total.changes.push_back({line.product, line.name, *item.seen, line.price});
        total.lines.push_back(std::move(line));
    }
    total.sum = TRY(add(total.goods, total.shipping));
    return total;
}

}  // namespace barrow::checkout
