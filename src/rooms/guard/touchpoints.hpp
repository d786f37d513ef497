// The touchpoint inventory: everywhere that people meet the shop, ours and elsewhere, with where it leads and whether it is alive. Outside
// profiles are what the creator typed: an Instagram bio, a video's description, a flyer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/guard/rounds.hpp"

namespace barrow::guard {

// ---- outside profiles ------------------------------------------------------------------------------------------------------

inline constexpr int profiles_max = 500;
inline constexpr std::size_t profile_name_max = 80, profile_address_max = 500, profile_owner_max = 80, source_max = 60;
inline constexpr Duration profile_every = days(1);

// What the last look at the page found. Most networks show their pages to people with an account only: that is `hidden`, and no alarm.
enum class Seen : std::uint8_t { not_yet, there, gone, hidden, no_answer };
std::string_view name(Seen seen);
std::string_view words(Seen seen);

struct Profile {
    std::string id;
    std::string name;       // "Instagram bio", "Flyer for the market"
    std::string address;    // https://… or words: "on the stall"; or ""
    std::int64_t link = 0;  // the number of the link that stands there; 0: the shop's own address
    std::string source;     // the tag behind it (?d=flyer), or ""
    std::string owner;      // who can change it
    Instant created;
    Seen seen = Seen::not_yet;
    std::optional<Instant> looked, next;
    [[nodiscard]] bool has_page() const { return address.starts_with("https://") || address.starts_with("http://"); }
};
// Oldest first; at most profiles_max.
Result<std::vector<Profile>> profiles(store::Tx& tx, const Id<access::Shop>& shop);
Result<Profile> find_profile(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);
// Everything but id, created and what was seen. Refuses (bad_input) an empty name, long words, an address that begins like one of the web
// and is none; (not_found) a link that is not there; (too_large) one profile too many.
Result<Profile> add_profile(store::Tx& tx, const Id<access::Shop>& shop, Profile profile, Instant now, Random& random);
Status change_profile(store::Tx& tx, const Id<access::Shop>& shop, Profile profile, Instant now);
Status remove_profile(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);

// Whether one of the addresses stands in the page, as a browser, JSON or a forwarding link would write it: "mira.example/s/lamp", also with
// %2F or \/ for the slash. What only begins like it does not count.
bool stands_in(std::string_view page, const std::vector<std::string>& addresses);

// Of what is due a few: robots.txt is asked first, and counts. One request each, bounded, under the address rules.
Task<Status> look_outside(Doors& doors, Instant now);

// ---- the inventory ---------------------------------------------------------------------------------------------------------

inline constexpr std::size_t touchpoints_max = 20'000;  // of one list; the busiest shops have a few thousand

struct Touchpoint {
    std::string kind;         // "link", "page", "block", "surface", "product", "session", "outside"
    std::string name;         // "/s/lamp", "Tide lamp", "Instagram bio"
    std::string where;        // its address, or the page that it stands on
    std::string destination;  // "" where it leads nowhere by itself
    std::string owner;
    bool live = false;
    std::string state;                          // "works", "ended", "broken: is gone" …
    std::optional<Instant> looked;              // when it was last checked
    std::optional<std::int64_t> clicks, shown;  // in the last 30 days; none where nothing is counted apart
    std::string edit;                           // a path of the studio
};
struct Inventory {
    std::vector<Touchpoint> all;
    bool cut = false;  // there are more than touchpoints_max
};
// `root` is the shop's own address, "https://mira.example" or with "/@mira" behind it.
Result<Inventory> inventory(store::Tx& tx, const std::string& root, const access::Shop& shop, Instant now);

struct Choice {
    std::string kind, words;  // "" for all; words: each must stand in name, where, destination or owner
    std::string live;         // "yes", "no" or ""
};
std::vector<Touchpoint> choose(std::vector<Touchpoint> all, const Choice& choice);

wire::Json json(const Touchpoint& touchpoint);
wire::Json json(const Profile& profile, const std::string& link_slug);
std::string csv(const std::vector<Touchpoint>& all);

}  // namespace barrow::guard
