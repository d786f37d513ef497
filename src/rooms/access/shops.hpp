// Making and changing shops.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/secrets.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::access {

// A new shop with its first signing key. `shop.id` is ignored. Refuses: a bad slug (a-z, 0-9, -, 2 to 40), name, host,
// colour, language, time zone or seller (bad_input); a slug or host that another shop has (conflict).
Result<Shop> make_shop(store::Tx& tx, Shop shop, const Secrets& secrets, Instant now, Random& random);

// Everything but slug and currency, which links and prices hang on.
Result<Shop> change_shop(store::Tx& tx, Shop shop);

// The clock of its times, by IANA name. Refuses (bad_input) one that is none.
Status set_zone(store::Tx& tx, const Id<Shop>& shop, std::string_view name);

// What its pages speak, by BCP 47 tag. Refuses (bad_input) what is none; a language that has no catalogue is fine: the shop's own texts are
// in it, ours in English (floor/wire/words.hpp).
Status set_language(store::Tx& tx, const Id<Shop>& shop, std::string_view tag);

// Where it pays its tax, by ISO code in either case; "" takes it back. Refuses (bad_input) a country that is not known.
Status set_home_country(store::Tx& tx, const Id<Shop>& shop, std::string_view code);

// Closes it to viewers (a reason, which its owner reads) or opens it again (""). Its owner still reads and exports everything.
Status suspend_shop(store::Tx& tx, const Id<Shop>& shop, std::string_view why);

// In order of birth; the first one answers for unknown hosts.
Result<std::vector<Shop>> all_shops(store::Tx& tx);

// True for a-z, 0-9 and inner hyphens, 2 to `length_max` characters: what may stand in a URL of ours.
bool is_slug(std::string_view text, std::size_t length_max = 40);

// One line of the shop's history. `who` is "owner", "key:ID" or "command".
Status note_audit(store::Tx& tx, const Id<Shop>& shop, std::string_view who, std::string_view act, std::string_view subject, Instant now,
                  Random& random);
// Forgets audit_forgotten_max lines from before `before`, the oldest first.
inline constexpr std::int64_t audit_forgotten_max = 500;
Status forget_audit(store::Tx& tx, const Id<Shop>& shop, Instant before);

}  // namespace barrow::access
