// Link: a short address of the shop that leads somewhere and counts its clicks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/links/rules.hpp"

namespace barrow::links {

inline constexpr std::size_t slug_max = 100, target_max = 2'048, title_max = 120, note_max = 500, folder_max = 60, tag_max = 40,
                             tags_max = 20, aliases_max = 50;

// Whether the link offers the way out of an app's own browser (escape.hpp).
enum class Outside : std::uint8_t { as_shop, never, offer };

// Where it opens in an app that is installed; "" for none. The page that offers it leads to the link's target as well.
struct AppTargets {
    std::string ios, android;  // "spotify:album/…", "com.example.tide://lamp": see examine_app_target
    std::string package;       // of the Android app: "com.spotify.music"
    bool operator==(const AppTargets&) const = default;
};

struct Link {
    std::string slug;                  // A-Z a-z 0-9 - _ . in its shop, as it is typed: case counts unless the domain says otherwise
    std::vector<std::string> aliases;  // sorted: other addresses that lead where this one leads and count as it
    std::int64_t number = 0;           // its name in context tokens
    std::string target;  // "https://…", "/p/tide-lamp" or "/live/tuesday": that page says itself whether it is before, live or over
    std::string title;
    bool on_bio = false;

    // Where it leads instead. The first that applies: a rule, the stream's moment, one of the split, the target.
    std::vector<Rule> rules;
    std::string live;               // the slug of a session that it follows, "*" for whichever is next, "" for none
    std::vector<Share> split;       // other targets, in percent of the visitors; the target has the rest
    std::int64_t split_number = 0;  // what names its branches in context tokens; 0 while there was never a split
    std::string utm;                // "utm_source=tiktok&utm_medium=video": added where neither visitor nor target say it
    bool pass_query = true;         // what the visitor's address carries goes on to the target

    bool tell_context = false;  // targets elsewhere get the click's context, to tell leads and sales by (links/conversion.hpp)

    // When it does not lead anywhere.
    std::optional<Instant> starts, ends;
    std::optional<std::int64_t> clicks_max;  // people let through, exactly
    std::int64_t clicks_let = 0;             // so far
    std::string ended_target;                // where it leads after its end or its last click; "": a page that says so
    std::string password_hash;               // argon2id; "" for none
    std::string blocked;                     // the operator's reason to have it off; "" for none

    // When people are asked first.
    std::string warned;        // the operator's words of warning; "" for none
    std::int64_t reports = 0;  // people who reported it since it was last looked at

    // Out of the app, and into another.
    Outside outside = Outside::as_shop;
    AppTargets apps;
    // Where visitors go while a target of the link leads nowhere: the guard finds that out, and leads them back when it recovered.
    std::string fallback;           // "": the bio page
    bool keeps_target = false;      // the creator would rather that they find the dead page
    std::vector<std::string> dead;  // those of its targets, as the guard knows them

    // What link previews and search engines are told; "" leaves it to the target.
    std::string preview_title, preview_text, preview_image;
    bool no_index = false;   // nor may they follow it
    bool may_index = false;  // the short address itself may be found; otherwise they are asked to leave it out

    // The creator's own order.
    std::string folder, note;
    std::vector<std::string> tags;  // sorted, each once
    std::optional<Instant> archived;
    std::optional<Instant> removed;  // only of what find_any and a list of them say

    std::string imported_from;         // "kutt", "yourls" … or ""
    std::int64_t imported_clicks = 0;  // what the other service had counted
    Instant created;

    bool operator==(const Link&) const = default;
};

// Everything but number and split_number. An empty slug gets seven random characters; "" for created is now. Refuses what examine() does
// (bad_input), and a slug or an alias that a link or a page has (conflict).
enum class Tell : std::uint8_t { webhooks, nobody };  // an import of thousands tells nobody of each
Result<Link> add(store::Tx& tx, const Id<access::Shop>& shop, Link link, Instant now, Random& random, Tell whom = Tell::webhooks);
// Whether add would refuse the link, in the same words, as far as it can be told beforehand.
Status may_add(store::Tx& tx, const Id<access::Shop>& shop, const Link& link);

// Who changes a link, and in which words its history says so: {"owner", "now leads to /p/lamp"}.
struct Change {
    std::string_view who;
    std::string what;
    Instant at;
};
// Writes all of `link` but what is not the creator's to change (number, created, clicks_let, imported_…, blocked, warned, reports, dead),
// and keeps the link as it was. A slug that it had before becomes an alias: printed addresses go on leading here. Refuses as add does, and
// not_found. A change that changes nothing is not written down. Returns the link as it is now.
Result<Link> change(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Link link, const Change& why);
// Likewise, of one thing.
Status retarget(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target, const Change& why);
// From `at` on the link says that it ended; no time: it goes on. Its clicks stay.
Status set_end(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::optional<Instant> at, const Change& why);

enum class Case : std::uint8_t { counts, ignored };

// Takes the link away: its address says that it is gone (410), and leads nowhere, whatever ended_target says; who wants it to lead on ends
// it. What it counted stays. Its addresses may be taken again from now on; until then, and for removed_kept, put_removed_back brings it
// back with all that it had. Refuses not_found, and (forbidden) a link that the operator has off or people are asked about: its address
// stays with it until that is settled.
inline constexpr Duration removed_kept = days(30);
Result<Link> remove(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, const Change& why);
// Refuses not_found, and (conflict) an address that a page has now. What was taken of its addresses meanwhile stays with who has it.
Result<Link> put_removed_back(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, const Change& why);
// The slugs of those that were removed at that very moment, together; at most 1,000.
Result<std::vector<std::string>> removed_at(store::Tx& tx, const Id<access::Shop>& shop, Instant at);
// As find, and also one that was removed, behind those that are there; none is no error.
Result<std::optional<Link>> find_any(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how = Case::counts);
// Of one shop, 100 at a time: what was removed longer than removed_kept ago.
Status forget_removed(store::Tx& tx, const Id<access::Shop>& shop, Instant now);

// What was done to a link, newest first: the last changes_kept_max.
struct Past {
    std::int64_t number = 0;
    Instant at;
    std::string who, what;
    Link before;
};
inline constexpr std::int64_t changes_kept_max = 50;  // of each link; older ones are forgotten
Result<std::vector<Past>> history(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link);
// The link is again as it was before that change; that is a change of its own, so an undo can be undone. Addresses that were its slug in
// the meantime stay aliases. Refuses not_found.
Result<Link> put_back(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::int64_t change, const Change& why);
// The guard's hand: visitors who would be led to one of `dead` go to the fallback from now on. Stands in the history, and changes nothing
// of what the creator set. Refuses not_found.
Status set_dead(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link, std::vector<std::string> dead, const Change& why);
// The operator switches a link off (a reason) or on again (""). Refuses not_found.
Status block(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view reason);

// By its slug or an alias. Refuses not_found. `ignored`: the slug as it is typed wins, then the alias, else the oldest that differs in case
// only.
Result<Link> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how = Case::counts);

// Refuses (conflict) a slug that leads to a link already, in words that name the link. `except`: the number of a link that may have it.
Status examine_free(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how = Case::counts, std::int64_t except = 0);
// Likewise, for who takes it now: a link that was removed lets go of it, and is forgotten where it was its slug.
Status make_room(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how = Case::counts, std::int64_t except = 0);

// By its number in context tokens; none is no error.
Result<std::optional<Link>> find_numbered(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number);

// Their numbers, as telemetry knows them.
std::vector<std::int64_t> numbers_of(std::span<const Link> links);

inline constexpr std::size_t search_words_max = 8;  // the statement looks for so many
struct Filter {
    std::string words;   // each must stand somewhere in slug, aliases, title, target, folder, note or tags; case is ignored
    std::string folder;  // "" for all
    std::string tag;     // "" for all
    bool archived = false;
    bool removed = false;     // those that were removed and can be put back, archived or not
    std::int64_t before = 0;  // those with a number below it; 0: from the newest
    bool operator==(const Filter&) const = default;
};
// Newest first, 100 at a time. Refuses (bad_input) more than search_words_max words.
Result<std::vector<Link>> list(store::Tx& tx, const Id<access::Shop>& shop, const Filter& filter = {});
// All of them, archived ones too, in the order they were made: at most 1,000 whose number is above `after`.
Result<std::vector<Link>> made_after(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t after);
Result<std::vector<Link>> on_bio(store::Tx& tx, const Id<access::Shop>& shop);
// In alphabetical order, with how many links each has; at most 500.
struct Shelf {
    std::string name;
    std::int64_t links = 0;
};
Result<std::vector<Shelf>> folders(store::Tx& tx, const Id<access::Shop>& shop);
Result<std::vector<Shelf>> tags(store::Tx& tx, const Id<access::Shop>& shop);

// A click that wants one of the places of a link with clicks_max.
struct Place {
    Id<access::Shop> shop;
    std::string slug;
};
// True while it may go through. Exact: the check and the change are one statement, and a batch of clicks of one link is one row change. All
// of one batch are of one shop; an unknown slug goes through nowhere.
Result<std::vector<Result<bool>>> let_through(store::Tx& tx, std::span<const Place> wanted);

// What add and change refuse (bad_input), each with its mend.
Status examine(const Link& link);
Status examine_slug(std::string_view slug);
// A first part of the shop's own addresses ("studio", "p", "live" …), case ignored: a new link cannot have it, since /studio would never be
// its. What was imported keeps it and answers at /s/studio.
bool is_reserved(std::string_view slug);
// The address of an app: a scheme of the list of known apps, or one that is written like a package ("com.example.tide:…"), which no browser
// takes for itself. Never javascript:, data:, file:, intent: and the like (an intent: is written here, from android and package).
Status examine_app_target(std::string_view target);
// Everywhere that visitors may be led to, each once: target, rules, split, after its end, fallback. What only a stream decides is not in
// it.
std::vector<std::string> targets_of(const Link& link);
// "https://…", "http://…" with a host, or a path of this shop. Refuses javascript:, data:, "//host" and control characters.
Status examine_target(std::string_view target);

// "https://example.com/lamp" of "example.com/lamp", which is what people type; all else stays as it is.
std::string with_scheme(std::string target);

// A set of UTM values that a creator uses again: "utm_source=tiktok&utm_medium=video&utm_campaign={slug}". {slug} stands for the link's.
struct UtmTemplate {
    std::string name, utm;
};
inline constexpr std::size_t utm_templates_max = 100;
Result<std::vector<UtmTemplate>> utm_templates(store::Tx& tx, const Id<access::Shop>& shop);
// Makes or replaces; an empty utm removes. Refuses names and values that are none (bad_input).
Status set_utm_template(store::Tx& tx, const Id<access::Shop>& shop, const UtmTemplate& wanted);

// Where a live session is now. Live is the higher room and knows the session; links that follow it lead to `target`.
struct Moment {
    std::string live_slug, title;
    Stage stage = Stage::before;
    Instant starts;
    std::string target;  // "/live/tuesday", "/p/tide-lamp" …: a path of this shop; "" is the session's own page
};
// Written by live whenever the session changes; announce_change after the commit switches every node.
Status set_moment(store::Tx& tx, const Id<access::Shop>& shop, const Moment& moment);
// The one on air, else the next one that is announced.
Result<std::optional<Moment>> next_moment(store::Tx& tx, const Id<access::Shop>& shop, Instant now);
// That of one session, "*" for next_moment; none is no error.
Result<std::optional<Moment>> moment_of(store::Tx& tx, const Id<access::Shop>& shop, std::string_view live_slug, Instant now);

}  // namespace barrow::links
