#include "rooms/checkout/shipping.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "floor/wire/form.hpp"
#include "rooms/access/country.hpp"
#include "rooms/checkout/checkout.sql.hpp"

namespace barrow::checkout {
namespace {

std::vector<std::string> codes_in(const std::string& text) {
    std::vector<std::string> codes;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        if (end > at) codes.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return codes;
}

std::string joined(const std::vector<std::string>& codes) {
    std::string text;
    for (const auto& code : codes) text += (text.empty() ? "" : " ") + code;
    return text;
}

Status examine(const Rate& rate, const access::Shop& shop) {
    if (rate.name.empty()) return fail(Fault::bad_input, "rates: each way to send needs a name, such as Standard");
    TRY(wire::fits("rates: a name", rate.name, 40));
    if (rate.price.currency != shop.currency || (rate.free_from && rate.free_from->currency != shop.currency))
        return fail(Fault::bad_input, "rates: amounts of this shop are in " + std::string(shop.currency.code()));
    if (rate.price.minor < 0 || rate.price.minor > 100'000'000'000 || (rate.free_from && rate.free_from->minor < 0))
        return fail(Fault::bad_input, "rates: the price of " + rate.name + " must be between 0 and 1,000,000,000.00");
    if (rate.days_min < 0 || rate.days_max > shipping_days_max || rate.days_max < rate.days_min)
        return fail(Fault::bad_input, "rates: the days of " + rate.name + " go from 0 to 99, the smaller number first");
    return {};
}

Status examine(const Zone& zone, const access::Shop& shop, const std::vector<Zone>& others) {
    if (zone.name.empty()) return fail(Fault::bad_input, "name: the zone needs one, such as Europe");
    TRY(wire::fits("name: the zone's", zone.name, 60));
    if (zone.countries.empty())
        return fail(Fault::bad_input, "countries: name them by two letters each, like DE AT FR; * is everywhere else");
    if (zone.rates.empty()) return fail(Fault::bad_input, "rates: a zone needs one way to send at least");
    if (zone.rates.size() > rates_per_zone_max) return fail(Fault::bad_input, "rates: at most 10 ways to send in a zone");
    std::set<std::string> seen;
    for (const auto& country : zone.countries) {
        if (country == "*" && zone.countries.size() > 1)
            return fail(Fault::bad_input, "countries: * stands alone: it is everywhere that no other zone names");
        if (country != "*") TRY(access::read_country(country));
        if (!seen.insert(country).second) return fail(Fault::bad_input, "countries: " + country + " is there twice");
        for (const auto& other : others) {
            if (other.id != zone.id && std::ranges::find(other.countries, country) != other.countries.end())
                return fail(Fault::bad_input, "countries: " + country + " is in the zone " + other.name + " already");
        }
    }
    std::set<std::string> names;
    for (const auto& rate : zone.rates) {
        TRY(examine(rate, shop));
        if (!names.insert(rate.name).second) return fail(Fault::bad_input, "rates: there are two of the name " + rate.name);
    }
    return {};
}

}  // namespace

Result<std::vector<Zone>> zones(store::Tx& tx, const access::Shop& shop) {
    std::vector<Zone> list;
    const auto rows = TRY(tx.run(sql::zones, {shop.id}));
    if (rows.empty()) return list;
    std::map<std::string, std::vector<Rate>> rates;
    for (const auto row : TRY(tx.run(sql::rates, {shop.id}))) {
        const auto free_from = row.maybe_integer("free_from_minor");
        rates[row.text("zone_id")].push_back({.name = row.text("name"),
                                              .price = {row.integer("price_minor"), shop.currency},
                                              .free_from = free_from ? std::optional(Money{*free_from, shop.currency}) : std::nullopt,
                                              .days_min = static_cast<int>(row.integer("days_min")),
                                              .days_max = static_cast<int>(row.integer("days_max"))});
    }
    for (const auto row : rows) {
        list.push_back({.id = row.id<Zone>("id"),
                        .name = row.text("name"),
                        .countries = codes_in(row.text("countries")),
                        .rates = std::move(rates[row.text("id")])});
    }
    return list;
}

Result<Zone> put_zone(store::Tx& tx, const access::Shop& shop, Zone zone, Instant now, Random& random) {
    const auto others = TRY(zones(tx, shop));
    if (zone.id.empty() && others.size() >= zones_max) return fail(Fault::bad_input, "zones: at most 20; put countries together");
    if (!zone.id.empty() && std::ranges::find(others, zone.id, &Zone::id) == others.end())
        return fail(Fault::not_found, "there is no shipping zone " + zone.id.text);
    TRY(examine(zone, shop, others));
    if (zone.id.empty()) zone.id = Id<Zone>::make(now, random);
    TRY(tx.run(sql::put_zone, {shop.id, zone.id, zone.name, joined(zone.countries)}));
    TRY(tx.run(sql::remove_rates, {shop.id, zone.id}));
    std::vector<std::vector<store::Value>> sets;
    for (const auto& rate : zone.rates) {
        const auto free_from = rate.free_from ? store::Value(rate.free_from->minor) : store::Value(nullptr);
        sets.push_back({shop.id, zone.id, static_cast<std::int64_t>(sets.size()), rate.name, rate.price.minor, free_from, rate.days_min,
                        rate.days_max});
    }
    TRY(tx.run_many(sql::add_rate, sets));
    return zone;
}

Status remove_zone(store::Tx& tx, const Id<access::Shop>& shop, const Id<Zone>& id) {
    TRY(tx.run(sql::remove_rates, {shop, id}));
    if (TRY(tx.run(sql::remove_zone, {shop, id})).empty()) return fail(Fault::not_found, "there is no shipping zone " + id.text);
    return {};
}

Result<std::vector<std::string>> read_countries(std::string_view text) {
    constexpr std::string_view union_of_27 = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE";
    std::vector<std::string> codes;
    const auto add = [&](std::string code) {
        if (std::ranges::find(codes, code) == codes.end()) codes.push_back(std::move(code));
    };
    constexpr std::string_view between = " ,;\t\r\n";
    for (std::size_t at = text.find_first_not_of(between); at < text.size(); at = text.find_first_not_of(between, at)) {
        const auto end = std::min(text.find_first_of(between, at), text.size());
        const auto word = text.substr(at, end - at);
        at = end;
        if (word == "*") {
            add("*");
        } else if (word == "EU" || word == "eu") {
            for (auto& code : codes_in(std::string(union_of_27))) add(std::move(code));
        } else {
            auto code = access::read_country(word);
            if (!code)
                return fail(Fault::bad_input, "countries: \"" + std::string(word.substr(0, 20)) + "\" is none; two letters each, EU, or *");
            add(std::move(*code));
        }
    }
    return codes;
}

std::vector<std::string> reached(const std::vector<Zone>& zones) {
    std::vector<std::string> codes;
    const bool everywhere = zones.empty() || std::ranges::any_of(zones, &Zone::is_rest);
    for (const auto& country : access::countries()) {
        if (everywhere || zone_of(zones, country.code) != nullptr) codes.emplace_back(country.code);
    }
    return codes;
}

const Zone* zone_of(const std::vector<Zone>& zones, std::string_view country) {
    const Zone* rest = nullptr;
    for (const auto& zone : zones) {
        if (zone.is_rest()) rest = &zone;
        if (std::ranges::find(zone.countries, country) != zone.countries.end()) return &zone;
    }
    return rest;
}

std::string rate_words(const Rate& rate, const wire::Words& say) {
    if (rate.days_max == 0) return rate.name;
    const auto least = std::to_string(rate.days_min), most = std::to_string(rate.days_max);
    if (rate.days_min == rate.days_max || rate.days_min == 0)
        return rate.name + ", " + say.count(rate.days_max, "with you in a day", "with you in {n} days");
    return rate.name + ", " + say("with you in {least}–{most} days", {{"least", least}, {"most", most}});
}

}  // namespace barrow::checkout
