// Total: what a basket costs, all of it. Pure: prices are quotes that bind, or the price of now; where that is another one than the buyer
// saw, the total says so, and whoever shows it asks before taking money.
//
// The order of things: each line's gross amount (an exclusive price has its tax put on top first), then the discount off it, then the tax
// inside what is left; shipping by the goods that are left; its tax at the rate of the most expensive line. Each line is rounded once, half
// away from zero, and sums are sums of lines.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rooms/catalog/product.hpp"
#include "rooms/checkout/discount.hpp"
#include "rooms/checkout/shipping.hpp"
#include "rooms/checkout/tax.hpp"

namespace barrow::checkout {

inline constexpr std::size_t lines_max = 100;
inline constexpr std::int64_t pieces_per_line_max = 999;

struct Item {
    catalog::Product product;  // as it is now
    std::int64_t pieces = 1;
    std::optional<catalog::Quote> quote;  // one that catalog::read_quote let through: signed by us and not past its time
    std::optional<Money> seen;            // the price of one that the buyer was shown, when that one does not bind
};

// What else the total hangs on, as it is in force.
struct Terms {
    std::string country;  // the buyer's; "" while it does not matter
    TaxTable taxes;
    std::vector<Rate> ways;            // to send there; none: nothing is asked for it
    std::string way;                   // the chosen one's name; another text is the cheapest
    std::optional<Discount> discount;  // one that state_of calls good
};

struct Line {
    Id<catalog::Product> product;
    std::string name;
    Money price;  // of one, as its page says
    int tax_basis_points = 0;
    catalog::TaxBehavior tax_behavior = catalog::TaxBehavior::inclusive;
    std::int64_t pieces = 1;
    Money amount;    // what the buyer pays for it: discount off, tax in it
    Money tax;       // the part of the amount that is tax
    Money discount;  // what was taken off, gross

    [[nodiscard]] Money before() const { return {amount.minor + discount.minor, amount.currency}; }
};

struct Change {
    Id<catalog::Product> product;
    std::string name;
    Money was, is;
};

struct Total {
    std::vector<Line> lines;
    // goods is the lines' amounts, shipping gross, tax inside both and never added to the sum, sum is goods and shipping.
    Money goods, shipping, shipping_tax, tax, sum;
    Money discount;             // of the lines, and of shipping
    Money shipping_discount;    // the part of it that was shipping's
    std::string shipping_name;  // "Standard"; "" where nothing is sent or nothing is asked for it
    std::string discount_code;  // the code that counts, "" for none
    Id<Discount> discount_id;
    std::string creator;               // whose code it is
    CodeState code = CodeState::good;  // why the code of the terms does not count for this basket
    std::string country, tax_country;  // the buyer's; whose tax it is
    std::vector<Change> changes;       // show these before payment
};
// Refuses: no items, too many, a number of pieces outside 1 to 999, another currency, a quote of another product (bad_input); a
// product that is not for sale any more, unless a quote of before binds (gone); a sum beyond all amounts (too_large).
Result<Total> total(std::span<const Item> items, Currency currency, const Terms& terms = {});

}  // namespace barrow::checkout
