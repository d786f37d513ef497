// Bringing links in from other services. Reading is pure: a file's text becomes a Batch; take writes it, a piece at a time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/wire/json.hpp"
#include "rooms/links/host_check.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links::import {

// A link of the file, as links::add takes it.
struct Entry {
    std::string where;     // "line 7" or "entry 3"
    Link link;             // with its clicks and birth
    std::string password;  // in clear, where the service exports it so; hash_passwords makes link.password_hash of it
};
struct Refused {
    std::string where, slug, why;
};
// What was counted on one day (UTC, days since 1970-01-01). Nothing of a single visitor is kept.
struct Day {
    std::string slug;
    std::int64_t day = 0, clicks = 0;
};
struct Batch {
    std::string service;  // whose file it is, by name: said or guessed
    std::vector<Entry> links;
    std::vector<Refused> refused;    // what cannot be taken over, with the reason and its mend
    std::vector<Day> days;           // of links in this file or brought before
    std::vector<std::string> notes;  // what is not carried over, and what the file itself says is missing from it
};

inline constexpr std::size_t file_bytes_max = 256 << 20;  // in memory it is some times that
inline constexpr std::size_t entries_max = 1'000'000;

struct Wanted {
    std::string service;      // "" guesses it from the content
    std::string only_domain;  // of a file with several short domains; "" takes all
    Instant now;              // for what a file says without a time
};
// Reads a whole file. Refuses (bad_input, too_large), saying what and where: a file of no or of another service, one that breaks off, is
// not UTF-8, empty, or too large; single bad entries go to `refused`. Two links of one slug: the second is refused.
Result<Batch> read(std::string_view file, const Wanted& wanted);

// "barrow, bitly, …", as `--from` takes them.
std::string services_text();

// About 30 ms each; not on an io thread. Refuses (too_large) more than `passwords_max` of them.
Status hash_passwords(Batch& batch, std::size_t passwords_max);

// elsewhere: the shop has a link of that slug, and it leads to another target. It stays as it is.
enum class State : std::uint8_t { added, same, elsewhere, refused };
std::string_view name(State state);
struct Told {
    State state = State::refused;
    std::string where, slug, target, why;
    std::int64_t clicks = 0;
};

// A batch is written in pieces, one transaction each: others' writes come between two. The links come first, then the days.
inline constexpr std::size_t piece_max = 1'000;
struct Piece {
    std::span<const Entry> links;
    std::span<const Day> days;
};
std::vector<Piece> pieces(const Batch& batch);

struct Taken {
    std::vector<Told> links;  // of each, in order
    std::int64_t days = 0;    // that are kept
};
enum class Write : std::uint8_t { no, yes };
// What becomes of each; with Write::no what would. Nothing that was there is changed, so a second time adds nothing, and an import that
// stopped half-way is done again. What `deny` names is refused. Days of slugs that the shop does not have are left out; the same day again
// keeps the larger count.
Result<Taken> take(store::Tx& tx, const Id<access::Shop>& shop, const Piece& piece, Write how, Instant now, Random& random,
                   const DenyList* deny = nullptr);
// What another service had counted of a link, by day, newest first; at most 4,000 days.
Result<std::vector<Day>> imported_days(store::Tx& tx, const Id<access::Shop>& shop, const Link& link);

// All that is told of an import, while it goes on and after it.
struct Report {
    std::string service;
    bool dry_run = false;
    std::vector<Told> links;  // those of the file in order, then the refused ones
    std::size_t refused_by_the_file = 0;
    std::int64_t days = 0, days_in_the_file = 0;
    std::vector<std::string> notes;
    [[nodiscard]] std::int64_t count(State state) const;
};
// A report that has the refused and the notes of the batch, and no links yet.
Report begin_report(const Batch& batch, Write how);
void tell(Report& report, Taken taken);
// {"service", "dry_run", "added", "same", "elsewhere", "refused", "clicks", "days", "notes": […], "links": [{…}], "left_out"}: at most
// `rows_max` links, those that need a look first.
wire::Json report_json(const Report& report, std::size_t rows_max);
// A piece on its way from the command to a running server, and what became of it on the way back. Passwords are hashed before.
wire::Json piece_json(const Piece& piece);
Result<Batch> read_piece(const wire::Json& json);
wire::Json taken_json(const Taken& taken);
Result<Taken> read_taken(const wire::Json& json);
// "would add 3, already there 1, leads elsewhere here 0, not taken 2".
std::string summary_words(const Report& report);

}  // namespace barrow::links::import
