// Tax: which rate a sale has. A product has its own, that of the shop's country; a table may say others by the buyer's country.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "floor/base/money.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::checkout {

inline constexpr std::size_t tax_rates_max = 300;

struct TaxRate {
    std::string country;
    int basis_points = 0;     // 1900 is 19 %
    bool destination = true;  // false: buyers there pay the product's own rate, as within a small seller's limit or where rates are reduced
};

// What is in force for a shop.
struct TaxTable {
    std::string home;  // the shop's country
    std::vector<TaxRate> rates;

    // The rate of a product that has `own` for a buyer there. An entry counts; without one: `own` at home and where the table is empty,
    // else 0: it leaves the country.
    [[nodiscard]] int rate(int own, std::string_view buyer) const;
    // Whose tax that is: "" where the buyer's country is not known.
    [[nodiscard]] std::string country(std::string_view buyer) const;
};

Result<TaxTable> tax_table(store::Tx& tx, const access::Shop& shop);
// The whole table anew. Refuses (bad_input) a country that is not known or there twice, a rate above 50 %, more than tax_rates_max, and any
// entry while the shop has no home country.
Status set_tax_rates(store::Tx& tx, const access::Shop& shop, const std::vector<TaxRate>& rates);

// "DE own, FR 20" with commas or lines between ↔ the table. Percents have up to two decimals. Refuses (bad_input) what cannot be read,
// naming the entry.
Result<std::vector<TaxRate>> read_tax_rates(std::string_view text);
std::string tax_rates_text(const std::vector<TaxRate>& rates);

// The part of `amount` that is tax at this rate, and what comes on top of an amount without it: half away from zero, in 128 bits.
Money tax_part(Money amount, int tax_basis_points);
Money tax_on_top(Money amount, int tax_basis_points);

}  // namespace barrow::checkout
