// Link: a short address of the shop that leads somewhere and counts its clicks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::links {

inline constexpr std::size_t slug_max = 100, target_max = 2'048, title_max = 120;

struct Link {
    std::string slug;         // A-Z a-z 0-9 - _ . in its shop, as it is typed: case counts
    std::int64_t number = 0;  // its name in context tokens
    std::string target;       // "https://…", "/p/tide-lamp" or "/live/tuesday": that page says itself whether it is before, live or over
    std::string title;
    bool on_bio = false;
    std::string imported_from;         // "kutt", "yourls" or ""
    std::int64_t imported_clicks = 0;  // what the other service had counted
    Instant created;
    std::optional<Instant> ends;
};

// Everything but number. An empty slug gets seven random characters. Refuses a bad slug or target (bad_input), and a slug
// in use (conflict).
Result<Link> add(store::Tx& tx, const Id<access::Shop>& shop, Link link, Instant now, Random& random);
Status retarget(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target);
// From `at` on the link says that it ended; no time: it goes on. Its clicks stay.
Status set_end(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::optional<Instant> at);

Result<Link> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug);
// Newest first, 100 at a time: those with a number below `before` (0: from the newest).
Result<std::vector<Link>> newest(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t before = 0);
Result<std::vector<Link>> on_bio(store::Tx& tx, const Id<access::Shop>& shop);

Status examine_slug(std::string_view slug);
// "https://…", "http://…" with a host, or a path of this shop. Refuses javascript:, data:, "//host" and control characters.
Status examine_target(std::string_view target);

// Where a live session is now. Live is the higher room and knows the session; the bio page shows this line of it.
struct Moment {
    std::string live_slug, title;
    enum class State : std::uint8_t { before, live, after } state = State::before;
    Instant starts;
};
// Written by live whenever the session changes.
Status set_moment(store::Tx& tx, const Id<access::Shop>& shop, const Moment& moment);
// The one on air, else the next one that is announced.
Result<std::optional<Moment>> next_moment(store::Tx& tx, const Id<access::Shop>& shop, Instant now);

}  // namespace barrow::links
