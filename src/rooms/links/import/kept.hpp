// A file between the studio's first look at it and its import, and how far the import is. In the database, so that any node goes on.
#pragma once

#include <string>
#include <string_view>

#include "rooms/links/import/import.hpp"

namespace barrow::links::import {

inline constexpr std::size_t kept_bytes_max = 4 << 20;
inline constexpr std::size_t kept_count_max = 3;  // files of a shop that wait for a word; another one takes the place of the oldest
inline constexpr std::int64_t going_max = 3;      // imports of a shop at once
inline constexpr Duration kept_for = hours(1);    // until somebody says the word
inline constexpr Duration told_for = days(7);     // what became of it

enum class Stage : std::uint8_t { looked, going, done, stopped };
struct Kept {
    std::string id;
    Instant created;
    std::string service, only_domain;
    Stage stage = Stage::looked;
    std::int64_t links = 0, pieces = 0, pieces_done = 0;  // pieces: those of import::pieces, of the links and then of the days
    std::int64_t added = 0, same = 0, elsewhere = 0, refused = 0;
    std::string why;  // it stopped
};

// Keeps the file that was looked at, of which that was told; returns its id. Refuses (too_large) more than kept_bytes_max.
Result<std::string> keep(store::Tx& tx, const Id<access::Shop>& shop, const Report& report, std::string_view only_domain,
                         std::string_view file, Instant now, Random& random);
// Refuses not_found, also what waited longer than kept_for.
Result<Kept> find_kept(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, Instant now);
Result<std::string> kept_file(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);
// From now on it goes. False: it was told so before, and nothing is to be done. Refuses (conflict) more than going_max at once.
Result<bool> begin(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);
// The next piece is in, in the same transaction. Refuses (gone) when another node was faster: no piece is in twice.
Status advance(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, std::int64_t piece, const Taken& taken);
// Done, or stopped with the reason. The file goes now.
Status end(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, std::string_view why = "");
// What nobody said the word for, and what is over long since: 100 at a time.
Status forget_kept(store::Tx& tx, const Id<access::Shop>& shop, Instant now);

}  // namespace barrow::links::import
