// What became of the ways out of apps: tries and arrivals by recipe, the switches of shop and operator, and the one that a recipe turns by
// itself. A try is a tap on the button; it arrived when the same page's token was opened in a browser of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/links/escape.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// What a shop wants of links that say nothing of it themselves. Without a choice: never, so that nothing surprises.
enum class Ask : std::uint8_t { never, selling, all };  // selling: links to /p/… and /live/…
std::string_view name(Ask ask);
Result<Ask> ask_of(store::Tx& tx, const Id<access::Shop>& shop);
// Refuses (bad_input) another word than never, selling and all.
Status set_ask(store::Tx& tx, const Id<access::Shop>& shop, std::string_view word);

// Whether this link offers the way out.
bool offers(const Link& link, Ask ask);

// What neither the shop nor the operator has off. Costs two small queries.
Result<RecipeSet> in_force(store::Tx& tx, const Id<access::Shop>& shop);

// ---- counting ------------------------------------------------------------------------------------------------------------
// A recipe is judged by its last tries_judged tries that are older than `settles`, since it was last switched on: below half of them
// arrived, and it is off. Check and change are one statement, so it happens once.
inline constexpr std::int64_t tries_judged = 200;  // as escape.sql has it
inline constexpr Duration settles = minutes(2);    // who arrives does so within seconds

// A tap. True when the recipe switched itself off by it: the audit has a line, and every node should hear of it (announce_change). The
// same page's second tap is not counted.
Result<bool> note_tap(store::Tx& tx, const Id<access::Shop>& shop, const Try& tapped, Instant now, Random& random);
// The token was opened outside. True the first time. A tap that was not heard of is counted with it.
Result<bool> note_arrival(store::Tx& tx, const Id<access::Shop>& shop, const Try& arrived, Instant now);

// ---- switches ------------------------------------------------------------------------------------------------------------
// `recipe`: an id, or "*" for all. On begins a new count. Refuses (bad_input) an unknown id.
enum class Turn : std::uint8_t { off, on };
Status turn(store::Tx& tx, const Id<access::Shop>& shop, std::string_view recipe, Turn to, Instant now);
// The operator's, for every shop; the shops' own stay as they are. "*" on takes every one of the operator's back.
Status turn_everywhere(store::Tx& tx, std::string_view recipe, Turn to, Instant now);

// ---- what is told --------------------------------------------------------------------------------------------------------
struct Standing {
    const Recipe* recipe = nullptr;
    std::int64_t tries = 0, arrived = 0;
    bool off_by_shop = false, off_by_operator = false;
    std::string why;  // of the shop's switch
    [[nodiscard]] bool in_force() const { return !off_by_shop && !off_by_operator; }
};
struct Standings {
    std::vector<Standing> recipes;  // in the order of recipes()
    bool all_off_by_shop = false, all_off_by_operator = false;
};
inline constexpr std::int64_t days_told = 30;
// Of one shop, the last thirty days.
Result<Standings> standings(store::Tx& tx, const Id<access::Shop>& shop, Instant now);
// Of the whole installation.
Result<Standings> standings_everywhere(store::Tx& tx, Instant now);

// Forgets the figures of days before `day`.
Status forget_days(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t day);

// "62–75 %" (Wilson's score interval, 95 %; Wilson 1927); "" without tries.
std::string arrived_interval(std::int64_t arrived, std::int64_t tries);

}  // namespace barrow::links
