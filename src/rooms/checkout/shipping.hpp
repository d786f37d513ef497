// Shipping: where a shop sends to, by which ways and for how much. A shop without a zone sends everywhere for nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/id.hpp"
#include "floor/base/money.hpp"
#include "floor/base/time.hpp"
#include "floor/store/store.hpp"
#include "floor/wire/words.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::checkout {

inline constexpr std::size_t zones_max = 20, rates_per_zone_max = 10;
inline constexpr int shipping_days_max = 99;

// One way to send: "Standard". Its name is its identity: a buyer who chose it keeps it when the country changes.
struct Rate {
    std::string name;
    Money price{0, euro};            // what the buyer pays, tax in it
    std::optional<Money> free_from;  // goods, after the discount, from which it costs nothing
    int days_min = 0, days_max = 0;  // working days until it is there; 0 and 0: not said

    [[nodiscard]] Money price_for(Money goods) const {
        return free_from && goods.minor >= free_from->minor ? Money{0, price.currency} : price;
    }
};

struct Zone {
    Id<Zone> id;
    std::string name;                    // "Europe"
    std::vector<std::string> countries;  // ISO codes; one "*" alone: the rest of the world
    std::vector<Rate> rates;

    [[nodiscard]] bool is_rest() const { return countries.size() == 1 && countries.front() == "*"; }
};

// All zones of a shop with their rates, oldest first.
Result<std::vector<Zone>> zones(store::Tx& tx, const access::Shop& shop);
// A new one where the id is empty, else the whole zone anew. Refuses (bad_input) a zone without name, countries or rates, what is no
// country, a country or the rest of the world that another zone has, a way's name twice, amounts in another currency, days out of 0 to 99
// or the wrong way round, more than zones_max and rates_per_zone_max; (not_found) an id that is none.
Result<Zone> put_zone(store::Tx& tx, const access::Shop& shop, Zone zone, Instant now, Random& random);
// Refuses (not_found) an id that is none. The last one gone, everything is sent everywhere for nothing again.
Status remove_zone(store::Tx& tx, const Id<access::Shop>& shop, const Id<Zone>& id);

// "DE, at EU" → the codes, "EU" as its 27 countries, each once. Refuses (bad_input) what is no country, EU or *.
Result<std::vector<std::string>> read_countries(std::string_view text);

// Where may be sent to: the countries of the zones, all that Barrow knows where one is the rest of the world or there is no zone.
std::vector<std::string> reached(const std::vector<Zone>& zones);
// The zone of a country: the one that names it, else the rest of the world; nullptr for none.
const Zone* zone_of(const std::vector<Zone>& zones, std::string_view country);
// "Standard, with you in 3–5 days", "Express" where days are not told.
std::string rate_words(const Rate& rate, const wire::Words& say);

}  // namespace barrow::checkout
