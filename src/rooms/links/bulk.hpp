// Many links at once: a list that is made, and the chosen ones of the studio's list that are changed. All of them, or none.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/links/doubt.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// ---- making ----------------------------------------------------------------------------------------------------------------
inline constexpr std::size_t bulk_max = 1'000;  // links of one list and one transaction

// As add does it, in the order of the list. Refuses what add and examine_denied refuse, as "link 7: …" of the first that is refused; then
// none is made. Costs about 60 µs a link on SQLite.
Result<std::vector<Link>> add_all(store::Tx& tx, const Id<access::Shop>& shop, std::vector<Link> links, const DenyList& deny, Instant now,
                                  Random& random);

// A list as people paste it: a link a line, "TARGET", "SLUG,TARGET" or "SLUG,TARGET,TITLE"; cells may be quoted, a tab parts them too. A
// line that begins like an address is a target as a whole, with its commas.
struct Line {
    std::size_t number = 0;  // of the text, from 1 on; empty lines are counted and left out
    Link link;
    std::string why;  // why it is no link, or ""
};
// Refuses (bad_input) a text without a link, (too_large) more than bulk_max of them.
Result<std::vector<Line>> read_lines(std::string_view text);
// Writes into each line's `why` what add_all would say of it, and what the list itself says twice.
Status look_at(store::Tx& tx, const Id<access::Shop>& shop, std::vector<Line>& lines, const DenyList& deny);

// ---- changing --------------------------------------------------------------------------------------------------------------
inline constexpr std::size_t chosen_max = 100;  // as many as a page of the list has

enum class Doing : std::uint8_t { archive, unarchive, move, tag, untag };
struct Chosen {
    std::vector<std::string> slugs;
    Doing doing = Doing::archive;
    std::string word;  // the folder ("": out of its folder), or the tag
};
// Which change of which link: what undoes it.
struct Made {
    std::int64_t link = 0, change = 0;
};
// Each link's change stands in its own history. What is so already stays as it is, and is not among what was made. Refuses (bad_input) no
// link, more than chosen_max, a folder or a tag that is none; (conflict) in one line for each link that cannot be so, "\"lamp\": …": then
// none is changed.
Result<std::vector<Made>> change_chosen(store::Tx& tx, const Id<access::Shop>& shop, const Chosen& chosen, std::string_view who,
                                        Instant now);
// Each is again as it was before that change. Refuses what put_back does; then none is.
Status undo_chosen(store::Tx& tx, const Id<access::Shop>& shop, std::span<const Made> made, const Change& why);
// "12.3 14.1", as a form carries them; at most chosen_max are read.
std::string made_text(std::span<const Made> made);
std::vector<Made> read_made(std::string_view text);

}  // namespace barrow::links
