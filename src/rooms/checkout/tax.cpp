#include "rooms/checkout/tax.hpp"

#include <algorithm>
#include <set>

#include "rooms/access/country.hpp"
#include "rooms/checkout/checkout.sql.hpp"

namespace barrow::checkout {
namespace {

constexpr int basis_points_max = 5'000;

Result<TaxRate> read_entry(std::string_view text) {
    const auto space = text.find_first_of(" \t:=");
    TaxRate rate{.country = TRY(access::read_country(text.substr(0, space)))};
    auto value = space == std::string_view::npos ? std::string_view() : text.substr(space);
    while (!value.empty() && std::string_view(" \t:=").find(value.front()) != std::string_view::npos) value.remove_prefix(1);
    while (!value.empty() && std::string_view(" \t%").find(value.back()) != std::string_view::npos) value.remove_suffix(1);
    if (value == "own") {
        rate.destination = false;
        return rate;
    }
    const auto percent = read_decimal(value, euro);  // two decimals, as percents have
    if (!percent || percent->minor < 0 || percent->minor > basis_points_max)
        return fail(Fault::bad_input,
                    "rates: \"" + std::string(text.substr(0, 40)) + "\" must be a country and 0 to 50, like FR 20, or FR own");
    rate.basis_points = static_cast<int>(percent->minor);
    return rate;
}

}  // namespace

int TaxTable::rate(int own, std::string_view buyer) const {
    if (rates.empty() || buyer.empty()) return own;
    const auto found = std::ranges::find(rates, buyer, &TaxRate::country);
    if (found != rates.end()) return found->destination ? found->basis_points : own;
    // Where nobody told the home country nothing is known to leave it.
    return home.empty() || buyer == home ? own : 0;
}

std::string TaxTable::country(std::string_view buyer) const {
    if (rates.empty() || buyer.empty()) return home;
    const auto found = std::ranges::find(rates, buyer, &TaxRate::country);
    if (found == rates.end() && home.empty()) return "";
    return found != rates.end() && !found->destination ? home : std::string(buyer);
}

Result<TaxTable> tax_table(store::Tx& tx, const access::Shop& shop) {
    TaxTable table{.home = shop.home_country, .rates = {}};
    for (const auto row : TRY(tx.run(sql::tax_rates, {shop.id}))) {
        table.rates.push_back({.country = row.text("country"),
                               .basis_points = static_cast<int>(row.integer("basis_points")),
                               .destination = row.integer("destination") == 1});
    }
    return table;
}

Status set_tax_rates(store::Tx& tx, const access::Shop& shop, const std::vector<TaxRate>& rates) {
    if (rates.size() > tax_rates_max) return fail(Fault::bad_input, "rates: at most 300 countries");
    if (!rates.empty() && shop.home_country.empty())
        return fail(Fault::bad_input, "home_country: say first where the shop pays its tax; a table of others needs it");
    std::set<std::string> seen;
    std::vector<std::vector<store::Value>> sets;
    for (const auto& rate : rates) {
        TRY(access::read_country(rate.country));
        if (!seen.insert(rate.country).second) return fail(Fault::bad_input, "rates: " + rate.country + " is there twice");
        if (rate.basis_points < 0 || rate.basis_points > basis_points_max)
            return fail(Fault::bad_input, "rates: the tax of " + rate.country + " must be between 0 and 50 %");
        sets.push_back({shop.id, rate.country, rate.basis_points, rate.destination ? 1 : 0});
    }
    TRY(tx.run(sql::remove_tax_rates, {shop.id}));
    if (!sets.empty()) TRY(tx.run_many(sql::add_tax_rate, sets));
    return {};
}

Result<std::vector<TaxRate>> read_tax_rates(std::string_view text) {
    std::vector<TaxRate> rates;
    for (std::size_t at = 0; at <= text.size();) {
        auto end = std::min(text.find_first_of(",;\n", at), text.size());
        // "5,5" is one number.
        while (end < text.size() && text[end] == ',' && end + 1 < text.size() && text[end + 1] >= '0' && text[end + 1] <= '9')
            end = std::min(text.find_first_of(",;\n", end + 1), text.size());
        auto entry = text.substr(at, end - at);
        while (!entry.empty() && (entry.front() == ' ' || entry.front() == '\t')) entry.remove_prefix(1);
        while (!entry.empty() && (entry.back() == ' ' || entry.back() == '\t' || entry.back() == '\r')) entry.remove_suffix(1);
        if (!entry.empty()) rates.push_back(TRY(read_entry(entry)));
        at = end + 1;
    }
    return rates;
}

std::string tax_rates_text(const std::vector<TaxRate>& rates) {
    std::string text;
    for (const auto& rate : rates) {
        auto percent = decimal({rate.basis_points, euro});
        while (percent.ends_with('0')) percent.pop_back();
        if (percent.ends_with('.')) percent.pop_back();
        text += (text.empty() ? "" : "\n") + rate.country + " " + (rate.destination ? percent : "own");
    }
    return text;
}

Money tax_part(Money amount, int tax_basis_points) {
    return {portion(amount.minor, tax_basis_points, 10'000 + tax_basis_points), amount.currency};
}

Money tax_on_top(Money amount, int tax_basis_points) { return {portion(amount.minor, tax_basis_points, 10'000), amount.currency}; }

}  // namespace barrow::checkout
