// The dead-offer guard: knows everywhere that a shop's links and pages lead to, how each stood when it was last looked at, leads visitors
// to a link's fallback while its target is dead, and tells what that costs. How somebody's page is looked at is in rounds.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/access/site.hpp"
#include "rooms/guard/finding.hpp"
#include "rooms/links/doubt.hpp"
#include "rooms/links/link.hpp"

namespace barrow::guard {

inline constexpr Duration first_look_after = minutes(1);  // of what is new: a link is often changed again just after it was made
inline constexpr int troubles_max = 200;                  // on one page, the busiest first
inline constexpr int places_max = 50;                     // of one target; a thousand links to one dead page are one trouble
inline constexpr std::int64_t money_days = 30;            // revenue per click is of so many days before

// ---- what leads where ------------------------------------------------------------------------------------------------------

// Notes what these links lead to, those with a number above `after` and up to `until`, and forgets what they no longer do. Archived links
// work and are looked at; those that the operator has off are not. An ended link without a target for afterwards is looked at itself.
// True: something was written. Costs one read where nothing changed.
Result<bool> note_links(store::Tx& tx, const Id<access::Shop>& shop, const std::vector<links::Link>& links, std::int64_t after,
                        std::int64_t until, Instant now);
// Likewise all blocks of the published pages; and then forgets targets that nothing leads to.
Result<bool> note_pages(store::Tx& tx, const Id<access::Shop>& shop, Instant now);
Status drop_unused(store::Tx& tx, const Id<access::Shop>& shop);

struct Target {
    std::string target;  // as the link has it; "#7" is the shop's link of that number
    Standing standing;
    std::optional<Instant> looked, ignored;  // until when its owner does not want to hear of it
    Instant next;
    std::int64_t clicks = 0;  // of a week, of all links that lead there
    std::string etag, modified;
    [[nodiscard]] bool is_ignored(Instant now) const { return ignored && now < *ignored; }
};
// Refuses (not_found) what nothing of the shop leads to.
Result<Target> find_target(store::Tx& tx, const Id<access::Shop>& shop, std::string_view target);

// ---- judging and noting ----------------------------------------------------------------------------------------------------

// Writes what a look saw: the standing and the next look; when it is certain, the links' switch and the shop's webhooks (link.broken,
// link.recovered) in the same transaction. True: links switched, announce_change is due.
Result<bool> note_look(store::Tx& tx, const Id<access::Shop>& shop, const Target& before, const Look& look, bool own, Instant now);

// ---- what is wrong, in money -----------------------------------------------------------------------------------------------

// What leads to a target that is not right.
struct Place {
    enum class Kind : std::uint8_t { link, block } kind = Kind::link;
    std::int64_t subject = 0, part = 0;
    std::string slug;          // the link's, or the page's: "bio"
    std::string words;         // "the target", "a rule", "its split", "after its end", "the fallback"; of a block its kind
    bool one_of_many = false;  // the link has other targets, and its clicks are not counted apart
    bool led_away = false;     // visitors go to the fallback
    bool keeps_target = false;
    std::string fallback;         // "/" for the bio page
    std::int64_t led_clicks = 0;  // people who were
    Lost lost;
};
struct Trouble {
    Target target;
    std::string shown;          // the target as people know it: "/s/lamp" for "#7"
    std::vector<Place> places;  // at most places_max
    Lost lost;                  // clicks and money of all places; the basis is that of the first with money
    [[nodiscard]] bool is_certain() const { return target.standing.known.has_value(); }
};
// The broken and the warned of, and those that are looked at a second time; the busiest first.
Result<std::vector<Trouble>> troubles(store::Tx& tx, const access::Shop& shop, Instant now);

struct Summary {
    std::int64_t broken = 0, warned = 0;       // certain, and not ignored
    std::int64_t clicks = 0, lost_minor = 0;   // of the broken
    std::optional<Instant> since;              // of the oldest
    std::int64_t targets = 0, not_looked = 0;  // all there are, and those that no look was at yet
};
Result<Summary> summary(store::Tx& tx, const access::Shop& shop, Instant now);

// ---- the owner's hand ------------------------------------------------------------------------------------------------------

// Each refuses (not_found) what is not there.
Status look_again(store::Tx& tx, const Id<access::Shop>& shop, std::string_view target, Instant now);
// Until then nobody is told, and no visitor led away; no time: it counts again.
Status ignore(store::Tx& tx, const Id<access::Shop>& shop, std::string_view target, std::optional<Instant> until, Instant now);
// Of one link: visitors go to the fallback until the target recovers, or to the target again whatever it is.
Status lead_away(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target, Instant now);
Status lead_back(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target, Instant now);
// The link leads elsewhere where it led to `target`: itself, its rules, its split. Refuses what links::change and
// links::examine_denied do.
Status retarget(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target, std::string_view to,
                const links::DenyList& deny, std::string_view who, Instant now);

// Where the digest goes, "" for nowhere. Refuses (bad_input) what is no address.
Result<std::string> mail_address(store::Tx& tx, const Id<access::Shop>& shop);
Status set_mail_address(store::Tx& tx, const Id<access::Shop>& shop, std::string_view address);
inline constexpr std::string_view mail_kind = "guard.mail";  // its payload is {}
// Promises the day's digest where an address is set and something became certain since the last one, a day ago or more.
Status promise_digest(store::Tx& tx, const Id<access::Shop>& shop, Instant now);
// Subject and text of the digest.
struct Digest {
    std::string subject, text;
};
Digest digest(const access::Shop& shop, const std::vector<Trouble>& troubles, const std::string& health_url, Instant now);

wire::Json json(const Trouble& trouble, const access::Shop& shop);

}  // namespace barrow::guard
