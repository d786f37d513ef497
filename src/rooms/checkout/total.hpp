// Total: what a basket costs. Pure: prices are quotes that bind, or the price of now; where that is another one than the buyer
// saw, the total says so, and whoever shows it asks before taking money.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rooms/catalog/product.hpp"

namespace barrow::checkout {

inline constexpr std::size_t lines_max = 100;
inline constexpr std::int64_t pieces_per_line_max = 999;

struct Item {
    catalog::Product product;  // as it is now
    std::int64_t pieces = 1;
    std::optional<catalog::Quote> quote;  // one that catalog::read_quote let through: signed by us and not past its time
    std::optional<Money> seen;            // the price of one that the buyer was shown, when that one does not bind
};

struct Line {
    Id<catalog::Product> product;
    std::string name;
    Money price;  // of one, tax included
    int tax_basis_points = 0;
    std::int64_t pieces = 1;
    Money amount;  // price × pieces
    Money tax;     // the part of the amount that is tax, rounded half up once a line
};

struct Change {
    Id<catalog::Product> product;
    std::string name;
    Money was, is;
};

struct Total {
    std::vector<Line> lines;
    Money goods, shipping, tax, sum;  // tax is part of the sum, never added to it
    std::vector<Change> changes;      // show these before payment
};
// Refuses: no items, too many, a number of pieces outside 1 to 999, another currency, a quote of another product (bad_input); a
// product that is not for sale any more, unless a quote of before binds (gone); a sum beyond all amounts (too_large).
Result<Total> total(std::span<const Item> items, Currency currency);

// The part of `amount` that is tax at this rate.
Money tax_part(Money amount, int tax_basis_points);

}  // namespace barrow::checkout
