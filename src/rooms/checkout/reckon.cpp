#include "rooms/checkout/reckon.hpp"

#include <algorithm>

#include "rooms/access/country.hpp"

namespace barrow::checkout {
namespace {

// Before anybody chose: the shop's own country, else Germany, else the first.
std::string first_choice(const std::vector<std::string>& countries, const std::string& home) {
    for (const auto& code : {home, std::string("DE")}) {
        if (std::ranges::find(countries, code) != countries.end()) return code;
    }
    return countries.front();
}

}  // namespace

Result<Reckoned> reckon(store::Tx& tx, const access::Shop& shop, std::span<const Item> items, const Choice& choice, Instant now) {
    const bool ships = std::ranges::any_of(items, [](const Item& item) { return item.product.ships; });
    Terms terms{.country = {}, .taxes = TRY(tax_table(tx, shop)), .ways = {}, .way = choice.way, .discount = {}};
    const auto sent_to = ships ? TRY(zones(tx, shop)) : std::vector<Zone>();
    const bool asks_country = ships || !terms.taxes.rates.empty();
    std::vector<std::string> countries;
    bool reaches = true;
    if (asks_country) {
        countries = reached(sent_to);
        reaches = choice.country.empty() || std::ranges::find(countries, choice.country) != countries.end();
        terms.country = choice.country.empty() || !reaches ? first_choice(countries, shop.home_country) : choice.country;
        if (const auto* zone = zone_of(sent_to, terms.country)) terms.ways = zone->rates;
    }
    auto code = CodeState::good;
    Money code_from{0, shop.currency};
    if (!choice.code.empty()) {
        auto found = find_discount(tx, shop, choice.code);
        if (!found && found.error().fault != Fault::not_found) return found.error();
        code = found ? TRY(state_of(tx, shop, *found, choice.customer, now)) : CodeState::unknown;
        if (found) code_from = found->goods_min;
        if (code == CodeState::good) terms.discount = std::move(*found);
    }
    auto sum = TRY(total(items, shop.currency, terms));
    if (code == CodeState::good) code = sum.code;
    return Reckoned{.total = std::move(sum),
                    .ships = ships,
                    .asks_country = asks_country,
                    .countries = std::move(countries),
                    .ways = std::move(terms.ways),
                    .reaches = reaches,
                    .code = code,
                    .code_from = code_from};
}

}  // namespace barrow::checkout
