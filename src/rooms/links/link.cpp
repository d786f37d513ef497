#include "rooms/links/link.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "floor/base/text.hpp"
#include "floor/wire/form.hpp"
#include "rooms/access/quotas.hpp"
#include "rooms/links/address.hpp"
#include "rooms/links/doubt.hpp"
#include "rooms/links/host_check.hpp"
#include "rooms/links/link_json.hpp"
#include "rooms/links/links.sql.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/webhooks/webhooks.hpp"

namespace barrow::links {
namespace {

// One target a line: no target has a line end in it.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out += (out.empty() ? "" : "\n") + line;
    return out;
}

Link read(const store::Row& row) {
    Link link{.slug = row.text("slug"),
              .number = row.integer("number"),
              .target = row.text("target"),
              .title = row.text("title"),
              .on_bio = row.integer("on_bio") == 1,
              .starts = row.maybe_instant("starts_us"),
              .ends = row.maybe_instant("ends_us"),
              .clicks_max = row.maybe_integer("clicks_max"),
              .clicks_let = row.integer("clicks_let"),
              .blocked = row.text("blocked"),
              .warned = row.text("warned"),
              .reports = row.integer("reports"),
              .dead = lines_of(row.text("dead")),
              .folder = row.text("folder"),
              .archived = row.maybe_instant("archived_us"),
              .removed = row.maybe_instant("removed_us"),
              .imported_from = row.text("imported_from"),
              .imported_clicks = row.integer("imported_clicks"),
              .created = row.instant("created_us")};
    read_settings(row.text("settings"), link);
    return link;
}

Moment read_moment(const store::Row& row) {
    const auto stage = stage_named(row.text("state"));
    check(stage.has_value());
    Moment moment{.live_slug = row.text("live_slug"),
                  .title = row.text("title"),
                  .stage = *stage,
                  .starts = row.instant("starts_us"),
                  .target = row.text("target")};
    if (moment.target.empty()) moment.target = "/live/" + moment.live_slug;
    return moment;
}

Error no_link(std::string_view slug) { return fail(Fault::not_found, "there is no link \"" + std::string(slug.substr(0, 120)) + "\""); }

// What a search looks through.
std::string words_of(const Link& link) {
    auto words = link.slug + " " + link.title + " " + link.target + " " + link.folder + " " + link.note;
    for (const auto& tag : link.tags) words += " " + tag;
    for (const auto& alias : link.aliases) words += " " + alias;
    return lower(words);
}

Status write_tags(store::Tx& tx, const Id<access::Shop>& shop, const Link& link) {
    for (const auto& tag : link.tags) TRY(tx.run(sql::add_tag, {shop, tag, link.number}));
    return {};
}

Error in_use(const std::string& slug) {
    return fail(Fault::conflict, "this shop has a link \"" + slug + "\" already; choose another address");
}

// A page of that address, which no link can have: `/lamp` leads to one of them. A page's slug is lower case, and case is ignored for it.
Status no_page(store::Tx& tx, const Id<access::Shop>& shop, const std::string& slug) {
    if (TRY(tx.run(sql::page_there, {shop, lower(slug)})).empty()) return {};
    return fail(Fault::conflict, "this shop has a page \"" + lower(slug) + "\" already; choose another address");
}

// What the link has now and `had` not (sorted) may be its own: nobody else has it. `take` says what is done about a removed link that had
// it.
using Take = Status (*)(store::Tx&, const Id<access::Shop>&, std::string_view slug, Case, std::int64_t except);
Status examine_addresses(store::Tx& tx, const Id<access::Shop>& shop, const Link& link, const std::vector<std::string>& had, Take take) {
    const auto examine_one = [&](const std::string& slug) -> Status {
        if (std::ranges::binary_search(had, slug)) return {};
        if (link.imported_from.empty() && is_reserved(slug))
            return fail(Fault::bad_input, "the address \"" + slug + "\" is one of the shop's own pages; choose another");
        TRY(take(tx, shop, slug, Case::counts, link.number));
        return no_page(tx, shop, slug);
    };
    TRY(examine_one(link.slug));
    for (const auto& alias : link.aliases) TRY(examine_one(alias));
    return {};
}

// All addresses of a link, sorted.
std::vector<std::string> addresses_of(const Link& link) {
    auto addresses = link.aliases;
    addresses.insert(std::ranges::lower_bound(addresses, link.slug), link.slug);
    return addresses;
}

// Nobody gets rid of the operator's word, or of what people reported, by taking the address for something else.
Status examine_settled(const Link& link) {
    if (link.blocked.empty() && link.warned.empty() && link.reports < reports_doubted) return {};
    return fail(Fault::forbidden,
                "the operator switched this link off, or people are asked before they go on to it; its addresses stay with it until that "
                "is settled");
}

Status write_aliases(store::Tx& tx, const Id<access::Shop>& shop, const Link& link) {
    for (const auto& alias : link.aliases) TRY(tx.run(sql::add_alias, {shop, alias, lower(alias), link.number}));
    return {};
}

// Sorted, each once, and none that is the slug itself.
void tidy_aliases(Link& link) {
    std::ranges::sort(link.aliases);
    const auto again = std::ranges::unique(link.aliases);
    link.aliases.erase(again.begin(), again.end());
    std::erase(link.aliases, link.slug);
}

std::string random_slug(Random& random) {
    constexpr std::string_view letters = "23456789abcdefghjkmnpqrstuvwxyz";  // none that look alike
    std::string slug;
    for (int i = 0; i < 7; ++i) slug += letters[random.below(letters.size())];
    return slug;
}

}  // namespace

Status examine_slug(std::string_view slug) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    if (slug.empty() || slug.size() > slug_max || !std::ranges::all_of(slug, good) || slug == "." || slug == "..") {
        return fail(Fault::bad_input,
                    "the address \"" + std::string(slug.substr(0, 120)) + "\" must be 1 to 100 of letters, digits, - _ and .");
    }
    return {};
}

bool is_reserved(std::string_view slug) {
    constexpr std::array<std::string_view, 43> words{
        "api",     "assets", "demo",     "did.json",   "embed",       "embed.js",      "favicon.ico", "feed.json",   "healthz",
        "holds",   "images", "live",     "login",      "media",       "metrics",       "oembed",      "orders",      "overlay",
        "p",       "pay",    "qr",       "robots.txt", "s",           "sitemap.xml",   "snippets",    "studio",      "sw.js",
        "trust",   "verify", "webhooks", "proof",      "replay",      "subscriptions", "letters",     ".well-known", "admin",
        "outside", "report", "operator", "offline",    "bundle.json", "feed",          "drafts-sw.js"};
    return std::ranges::find(words, lower(slug)) != words.end();
}

Status examine_target(std::string_view target) {
    const auto refuse = [&](const std::string& why) {
        return fail(Fault::bad_input, "the target \"" + std::string(target.substr(0, 120)) + "\" " + why);
    };
    if (target.empty()) return fail(Fault::bad_input, "say where the link leads: https://… or a path of this shop like /p/tide-lamp");
    if (target.size() > target_max) return refuse("is longer than 2,048 bytes");
    if (std::ranges::any_of(target, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\'; })) {
        return refuse("holds a space, a control character or a backslash; write them as %20 and so on");
    }
    if (target.starts_with("//")) return refuse("must name its scheme: https:" + std::string(target.substr(0, 80)));
    if (target.starts_with("/")) return {};
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (target.starts_with(scheme) && target.size() > scheme.size() && target[scheme.size()] != '/' && target[scheme.size()] != '?')
            return examine_host(target);
    }
    return refuse("must begin with https:// or be a path of this shop");
}

std::string with_scheme(std::string target) {
    const auto host = target.substr(0, target.find_first_of("/?#"));
    const bool bare = host.find('.') != host.npos && host.find_first_of(": @") == host.npos && host.front() != '.';
    return bare ? "https://" + target : target;
}

namespace {

// Schemes that their makers have published for opening a page of their app. Those of Instagram and Facebook are not here: they open any
// web address that stands in them, past every check of ours.
constexpr std::array<std::string_view, 16> app_schemes{"spotify",    "vnd.youtube", "youtube",   "snssdk1233", "twitter", "whatsapp",
                                                       "tg",         "snapchat",    "pinterest", "reddit",     "twitch",  "discord",
                                                       "soundcloud", "deezer",      "etsy",      "ebay"};

bool is_name(std::string_view text, bool dotted) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto fits = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.'; };
    if (text.size() > 150 || !std::ranges::all_of(text, fits)) return false;
    std::size_t parts = 0;
    for (std::size_t from = 0; from <= text.size(); ++parts) {
        const auto end = std::min(text.find('.', from), text.size());
        if (end == from || !letter(text[from])) return false;
        from = end + 1;
    }
    return !dotted || parts > 1;
}
bool is_package(std::string_view text) { return is_name(text, true); }

}  // namespace

Status examine_app_target(std::string_view target) {
    const auto refuse = [&](const std::string& why) {
        return fail(Fault::bad_input, "the app's address \"" + std::string(target.substr(0, 120)) + "\" " + why);
    };
    if (target.size() > target_max) return refuse("is longer than 2,048 bytes");
    if (std::ranges::any_of(target, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\' || c == ';'; }))
        return refuse("holds a space, a control character, a semicolon or a backslash; write them as %20 and so on");
    const auto colon = target.find(':');
    const auto scheme = lower(target.substr(0, std::min(colon, target.size())));
    const bool known = std::ranges::find(app_schemes, scheme) != app_schemes.end() || is_package(scheme);
    if (colon == target.npos || !known)
        return refuse(
            "must begin with a scheme of an app that is known (spotify:, twitch: …) or one like com.example.tide:; web pages "
            "go into the target");
    if (colon + 1 == target.size()) return refuse("says nothing after its scheme");
    return {};
}

Status examine(const Link& link) {
    TRY(examine_slug(link.slug));
    if (link.aliases.size() > aliases_max) return fail(Fault::bad_input, "the address: a link has at most 50 others; let one go first");
    for (const auto& alias : link.aliases) TRY(examine_slug(alias));
    TRY(examine_target(link.target));
    if (!link.ended_target.empty()) TRY(examine_target(link.ended_target));
    if (!link.fallback.empty()) TRY(examine_target(link.fallback));
    TRY(wire::fits("the title", link.title, title_max));
    TRY(wire::fits("the note", link.note, note_max));
    TRY(wire::fits("the folder's name", link.folder, folder_max));
    if (link.tags.size() > tags_max) return fail(Fault::bad_input, "a link has at most 20 tags");
    for (const auto& tag : link.tags) {
        TRY(wire::fits("a tag", tag, tag_max));
        if (tag.find_first_of(",|") != tag.npos) return fail(Fault::bad_input, "the tag \"" + tag + "\" must have no comma and no bar");
    }
    if (link.rules.size() > rules_max) return fail(Fault::bad_input, "a link has at most 50 rules");
    if (link.split.size() > split_max) return fail(Fault::bad_input, "a split has at most 7 targets beside the link's own");
    std::int64_t percent = 0;
    for (const auto& share : link.split) {
        TRY(examine_target(share.target));
        percent += share.percent;
        if (share.percent < 1 || percent > 99)
            return fail(Fault::bad_input, "the split's targets must have 1 to 99 percent together: the link's own has the rest");
    }
    if (link.starts && link.ends && *link.ends <= *link.starts)
        return fail(Fault::bad_input, "the link's end must be later than its start");
    if (!link.utm.empty()) TRY(examine_utm(link.utm));
    if (!link.preview_image.empty()) TRY(examine_target(link.preview_image));
    for (const auto* target : {&link.apps.ios, &link.apps.android}) {
        if (!target->empty()) TRY(examine_app_target(*target));
    }
    if (!link.apps.package.empty() && !is_package(link.apps.package))
        return fail(Fault::bad_input,
                    "the Android package \"" + link.apps.package.substr(0, 80) + "\" must be written like com.example.tide");
    if (link.apps.android.empty() != link.apps.package.empty())
        return fail(Fault::bad_input, "an Android app needs both its address (com.example.tide://lamp) and its package (com.example.tide)");
    if (link.no_index && link.may_index)
        return fail(Fault::bad_input, "a link is either kept out of search engines or may be found; choose one");
    TRY(read_link(link_json(link), {}, Writer::ours));  // what is kept can be read again: its limits hold for whoever writes
    return {};
}

// ---- making and changing ---------------------------------------------------------------------------------------------------

namespace {
// The shop's webhooks: the link as it is now, without its password's hash.
Status tell(store::Tx& tx, const Id<access::Shop>& shop, const Link& link, std::string_view type, std::string key, Instant at) {
    auto data = link_json(link);
    std::erase_if(data.members(), [](const auto& member) { return member.first == "password_hash"; });
    data.set("number", link.number);
    return webhooks::tell(tx, shop, {.type = type, .key = std::move(key), .data = std::move(data)}, at);
}

// All of the row that change writes.
Status write(store::Tx& tx, const Id<access::Shop>& shop, const Link& link) {
    TRY(tx.run(sql::change_link, {shop, link.number, link.slug, link.target, link.title, link.on_bio ? 1 : 0, link.ends, lower(link.slug),
                                  words_of(link), link.folder, link.starts, link.archived, link.clicks_max, settings_text(link)}));
    return {};
}

// The link as it was, kept in its history; returns the change's number.
Result<std::int64_t> note_change(store::Tx& tx, const Id<access::Shop>& shop, const Link& before, const Change& why) {
    const auto number = TRY(tx.run(sql::last_change, {shop, before.number}))[0].integer("number") + 1;
    TRY(tx.run(sql::add_change, {shop, before.number, number, why.at, why.who, why.what, wire::write_json(link_json(before))}));
    TRY(tx.run(sql::forget_changes, {shop, before.number, number - changes_kept_max}));
    return number;
}
}  // namespace

Status may_add(store::Tx& tx, const Id<access::Shop>& shop, const Link& link) {
    TRY(examine(link));
    return examine_addresses(tx, shop, link, {}, examine_free);
}

Result<Link> add(store::Tx& tx, const Id<access::Shop>& shop, Link link, Instant now, Random& random, Tell whom) {
    if (link.slug.empty()) link.slug = random_slug(random);
    tidy_aliases(link);
    TRY(examine(link));
    TRY(examine_addresses(tx, shop, link, {}, make_room));
    if (link.created == Instant()) link.created = now;
    link.number = TRY(telemetry::next_number(tx, shop, "link"));
    TRY(access::within_quota(tx, shop, "links", link.number));
    link.split_number = link.split.empty() ? 0 : TRY(telemetry::next_number(tx, shop, "experiment"));
    const auto added =
        tx.run(sql::add_link, {shop, link.slug, link.number, link.target, link.title, link.on_bio ? 1 : 0, link.imported_from,
                               link.imported_clicks, link.created, link.ends, lower(link.slug), words_of(link), link.folder, link.starts,
                               link.archived, link.clicks_max, link.clicks_let, settings_text(link)});
    if (!added) {
        if (added.error().fault == Fault::conflict) return in_use(link.slug);
        return added.error();
    }
    TRY(write_tags(tx, shop, link));
    TRY(write_aliases(tx, shop, link));
    if (whom == Tell::webhooks) TRY(tell(tx, shop, link, "link.created", std::to_string(link.number), now));
    return link;
}

Result<Link> change(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Link link, const Change& why) {
    const auto before = TRY(find(tx, shop, slug));
    if (link.slug != before.slug) link.aliases.push_back(before.slug);
    tidy_aliases(link);
    link.number = before.number;
    link.created = before.created;
    link.clicks_let = before.clicks_let;
    link.imported_from = before.imported_from;
    link.imported_clicks = before.imported_clicks;
    link.blocked = before.blocked;
    link.warned = before.warned;
    link.reports = before.reports;
    link.dead = before.dead;
    const auto targets = targets_of(link);
    std::erase_if(link.dead, [&](const std::string& target) { return std::ranges::find(targets, target) == targets.end(); });
    TRY(examine(link));
    const auto had = addresses_of(before), has = addresses_of(link);
    if (link.slug != before.slug && !before.blocked.empty())
        return fail(Fault::forbidden, "the operator switched this link off; its address stays as it is until it works again");
    if (!std::ranges::includes(has, had)) TRY(examine_settled(before));
    TRY(examine_addresses(tx, shop, link, had, examine_free));
    // Who stood in a branch of the old split stays countable: other targets or shares are another experiment.
    link.split_number = before.split_number;
    if (link.split != before.split && !link.split.empty()) link.split_number = TRY(telemetry::next_number(tx, shop, "experiment"));
    if (link == before) return link;
    TRY(examine_addresses(tx, shop, link, had, make_room));
    const auto last = TRY(note_change(tx, shop, before, why));
    const auto changed = write(tx, shop, link);
    if (!changed) {
        if (changed.error().fault == Fault::conflict) return in_use(link.slug);
        return changed.error();
    }
    if (link.dead != before.dead) TRY(tx.run(sql::set_dead, {shop, link.number, joined(link.dead)}));
    if (link.aliases != before.aliases) {
        TRY(tx.run(sql::drop_aliases, {shop, link.number}));
        TRY(write_aliases(tx, shop, link));
    }
    if (link.tags != before.tags) {
        TRY(tx.run(sql::drop_tags, {shop, link.number}));
        TRY(write_tags(tx, shop, link));
    }
    TRY(tell(tx, shop, link, "link.updated", std::to_string(link.number) + "." + std::to_string(last), why.at));
    return link;
}

Status retarget(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target, const Change& why) {
    auto link = TRY(find(tx, shop, slug));
    link.target = target;
    TRY(change(tx, shop, slug, std::move(link), why));
    return {};
}

Status set_end(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::optional<Instant> at, const Change& why) {
    auto link = TRY(find(tx, shop, slug));
    link.ends = at;
    TRY(change(tx, shop, slug, std::move(link), why));
    return {};
}

Result<Link> remove(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, const Change& why) {
    auto link = TRY(find(tx, shop, slug));
    TRY(examine_settled(link));
    const auto last = TRY(note_change(tx, shop, link, why));
    TRY(tx.run(sql::remove_link, {shop, link.number, why.at}));
    TRY(tell(tx, shop, link, "link.removed", std::to_string(link.number) + "." + std::to_string(last), why.at));
    link.removed = why.at;
    return link;
}

Result<Link> put_removed_back(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, const Change& why) {
    auto link = TRY(find_any(tx, shop, slug, Case::counts));
    if (!link || !link->removed || *link->removed < why.at - removed_kept)
        return fail(Fault::not_found,
                    "there is no removed link \"" + std::string(slug.substr(0, 120)) + "\" to put back; they are kept for 30 days");
    TRY(no_page(tx, shop, link->slug));
    const auto last = TRY(note_change(tx, shop, *link, why));
    TRY(tx.run(sql::restore_link, {shop, link->number}));
    link->removed.reset();
    TRY(tell(tx, shop, *link, "link.updated", std::to_string(link->number) + "." + std::to_string(last), why.at));
    return std::move(*link);
}

Result<std::vector<std::string>> removed_at(store::Tx& tx, const Id<access::Shop>& shop, Instant at) {
    std::vector<std::string> slugs;
    for (const auto row : TRY(tx.run(sql::removed_at, {shop, at}))) slugs.push_back(row.text("slug"));
    return slugs;
}

namespace {
Status forget(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number) {
    if (TRY(tx.run(sql::forget_link, {shop, number})).empty()) return {};
    TRY(tx.run(sql::drop_tags, {shop, number}));
    TRY(tx.run(sql::drop_aliases, {shop, number}));
    TRY(tx.run(sql::forget_changes, {shop, number, INT64_MAX}));
    TRY(tx.run(sql::forget_reports, {shop, number, INT64_MAX}));
    TRY(tx.run(sql::forget_import_days, {shop, number}));
    return {};
}
}  // namespace

Status forget_removed(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    for (const auto row : TRY(tx.run(sql::removed_before, {shop, now - removed_kept}))) TRY(forget(tx, shop, row.integer("number")));
    return {};
}

std::vector<std::int64_t> numbers_of(std::span<const Link> links) {
    std::vector<std::int64_t> numbers;
    for (const auto& link : links) numbers.push_back(link.number);
    return numbers;
}

Status block(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view reason) {
    const auto link = TRY(find(tx, shop, slug));
    TRY(tx.run(sql::block_link, {shop, link.slug, reason}));
    return {};
}

Status set_dead(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number, std::vector<std::string> dead, const Change& why) {
    const auto link = TRY(find_numbered(tx, shop, number));
    if (!link) return fail(Fault::not_found, "there is no such link");
    if (link->dead == dead) return {};
    TRY(tx.run(sql::set_dead, {shop, number, joined(dead)}));
    TRY(note_change(tx, shop, *link, why));
    return {};
}

std::vector<std::string> targets_of(const Link& link) {
    std::vector<std::string> targets{link.target};
    const auto add = [&](const std::string& target) {
        if (!target.empty() && std::ranges::find(targets, target) == targets.end()) targets.push_back(target);
    };
    for (const auto& rule : link.rules) add(rule.target);
    for (const auto& share : link.split) add(share.target);
    add(link.ended_target);
    add(link.fallback);
    return targets;
}

// ---- what was ----------------------------------------------------------------------------------------------------------------

namespace {
Past read_past(const store::Row& row) {
    const auto json = wire::read_json(row.text("before"));
    const auto before = json ? read_link(*json, {}, Writer::ours) : Result<Link>(json.error());
    return {.number = row.integer("number"),
            .at = row.instant("at_us"),
            .who = row.text("who"),
            .what = row.text("what"),
            .before = before ? *before : Link()};
}
}  // namespace

Result<std::vector<Past>> history(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link) {
    std::vector<Past> changes;
    for (const auto row : TRY(tx.run(sql::changes, {shop, link}))) changes.push_back(read_past(row));
    return changes;
}

Result<Link> put_back(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::int64_t change_number, const Change& why) {
    const auto link = TRY(find(tx, shop, slug));
    const auto rows = TRY(tx.run(sql::find_change, {shop, link.number, change_number}));
    if (rows.empty())
        return fail(Fault::not_found,
                    "this change of the link is not kept any more; the last " + std::to_string(changes_kept_max) + " are");
    auto wanted = read_past(rows[0]).before;
    // An address that was its slug since then may be printed somewhere.
    for (const auto& past : TRY(history(tx, shop, link.number))) {
        if (std::ranges::binary_search(link.aliases, past.before.slug)) wanted.aliases.push_back(past.before.slug);
    }
    return change(tx, shop, slug, std::move(wanted), why);
}

// ---- finding -----------------------------------------------------------------------------------------------------------------

Result<std::optional<Link>> find_any(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how) {
    std::optional<Link> removed;
    for (const auto* query : {&sql::find_link, &sql::find_alias, &sql::find_folded, &sql::find_folded_alias}) {
        const bool folds = query == &sql::find_folded || query == &sql::find_folded_alias;
        if (folds && how == Case::counts) break;
        const auto rows = TRY(tx.run(*query, {shop, folds ? lower(slug) : std::string(slug)}));
        if (rows.empty()) continue;
        auto link = read(rows[0]);
        if (!link.removed) return std::optional(std::move(link));
        if (!removed) removed = std::move(link);
    }
    return removed;
}

Result<Link> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how) {
    auto link = TRY(find_any(tx, shop, slug, how));
    if (!link || link->removed) return no_link(slug);
    return std::move(*link);
}

namespace {
Status taken(const Link& there, std::string_view slug, Case how) {
    const bool is_own = there.slug == slug || (how == Case::ignored && lower(there.slug) == lower(slug));
    if (is_own) return in_use(there.slug);
    return fail(Fault::conflict, "the address \"" + std::string(slug) + "\" leads to the link \"" + there.slug +
                                     "\" already; let it go there, or choose another address");
}
}  // namespace

Status examine_free(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how, std::int64_t except) {
    const auto there = TRY(find_any(tx, shop, slug, how));
    return !there || there->removed || there->number == except ? Status() : taken(*there, slug, how);
}

Status make_room(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how, std::int64_t except) {
    // Each turn lets go of one address, so this has an end.
    while (auto gone = TRY(find_any(tx, shop, slug, how))) {
        if (!gone->removed) return gone->number == except ? Status() : taken(*gone, slug, how);
        const auto same = [&](const std::string& one) { return one == slug || (how == Case::ignored && lower(one) == lower(slug)); };
        if (same(gone->slug)) {
            TRY(forget(tx, shop, gone->number));
            continue;
        }
        const auto alias = std::ranges::find_if(gone->aliases, same);
        if (alias == gone->aliases.end()) return fail(Fault::storage, "an address of a removed link is not in what it says of itself");
        TRY(tx.run(sql::drop_alias, {shop, *alias}));
        gone->aliases.erase(alias);
        TRY(write(tx, shop, *gone));
    }
    return {};
}

Result<std::optional<Link>> find_numbered(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number) {
    const auto rows = TRY(tx.run(sql::find_numbered, {shop, number}));
    return rows.empty() ? std::nullopt : std::optional(read(rows[0]));
}

namespace {

// "%lamp%" with % _ and ! taken for themselves; "%" where there is no such word.
std::string like(std::string_view word) {
    std::string out = "%";
    for (const char c : word) {
        if (c == '%' || c == '_' || c == '!') out += '!';
        out += c;
    }
    return word.empty() ? out : out + "%";
}

Result<std::array<std::string, search_words_max>> search_words(std::string_view text) {
    std::array<std::string, search_words_max> words;
    std::size_t n = 0;
    std::string word;
    for (const char c : lower(text) + " ") {
        if (c != ' ') {
            word += c;
        } else if (!word.empty()) {
            if (n == search_words_max)
                return fail(Fault::bad_input, "a search takes at most " + std::to_string(search_words_max) + " words; leave some out");
            words[n++] = std::exchange(word, "");
        }
    }
    for (auto& one : words) one = like(one);
    return words;
}

}  // namespace

Result<std::vector<Link>> list(store::Tx& tx, const Id<access::Shop>& shop, const Filter& filter) {
    const auto words = TRY(search_words(filter.words));
    const auto before = filter.before > 0 ? filter.before : INT64_MAX;
    const auto shelf = filter.removed ? 2 : filter.archived ? 1 : 0;
    std::vector<Link> links;
    for (const auto row : TRY(tx.run(sql::list_links, {shop, before, filter.folder, filter.tag, words[0], words[1], words[2], words[3],
                                                       words[4], words[5], words[6], words[7], shelf}))) {
        links.push_back(read(row));
    }
    return links;
}

Result<std::vector<Link>> made_after(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t after) {
    std::vector<Link> links;
    for (const auto row : TRY(tx.run(sql::links_after, {shop, after}))) links.push_back(read(row));
    return links;
}

Result<std::vector<Link>> on_bio(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Link> links;
    for (const auto row : TRY(tx.run(sql::bio_links, {shop}))) links.push_back(read(row));
    return links;
}

namespace {
Result<std::vector<Shelf>> shelves(store::Tx& tx, const Id<access::Shop>& shop, const store::Query& query) {
    std::vector<Shelf> shelves;
    for (const auto row : TRY(tx.run(query, {shop}))) shelves.push_back({row.text("name"), row.integer("links")});
    return shelves;
}
}  // namespace
Result<std::vector<Shelf>> folders(store::Tx& tx, const Id<access::Shop>& shop) { return shelves(tx, shop, sql::folders); }
Result<std::vector<Shelf>> tags(store::Tx& tx, const Id<access::Shop>& shop) { return shelves(tx, shop, sql::tags); }

// ---- a cap -------------------------------------------------------------------------------------------------------------------

Result<std::vector<Result<bool>>> let_through(store::Tx& tx, std::span<const Place> wanted) {
    std::map<std::string_view, std::int64_t> clicks, granted;
    for (const auto& place : wanted) ++clicks[place.slug];
    const auto& shop = wanted.front().shop;
    for (const auto& [slug, n] : clicks) {
        auto places = n;
        if (TRY(tx.run(sql::let_all_through, {shop, slug, n})).empty()) {
            const auto left = TRY(tx.run(sql::places_left, {shop, slug}));
            places = left.empty() ? 0 : std::max<std::int64_t>(left[0].integer("places"), 0);
            if (places > 0 && TRY(tx.run(sql::let_all_through, {shop, slug, places})).empty())
                return fail(Fault::storage, "the places of a link changed within one transaction");
        }
        granted[slug] = places;
    }
    std::vector<Result<bool>> replies;
    replies.reserve(wanted.size());
    for (const auto& place : wanted) replies.emplace_back(granted[place.slug]-- > 0);
    return replies;
}

// ---- UTM templates -----------------------------------------------------------------------------------------------------------

Result<std::vector<UtmTemplate>> utm_templates(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<UtmTemplate> templates;
    for (const auto row : TRY(tx.run(sql::utm_templates, {shop}))) templates.push_back({row.text("name"), row.text("utm")});
    return templates;
}

Status set_utm_template(store::Tx& tx, const Id<access::Shop>& shop, const UtmTemplate& wanted) {
    if (wanted.name.empty()) return fail(Fault::bad_input, "give the template a name");
    TRY(wire::fits("the template's name", wanted.name, folder_max));
    if (wanted.utm.empty()) {
        TRY(tx.run(sql::drop_utm_template, {shop, wanted.name}));
        return {};
    }
    TRY(examine_utm(wanted.utm));
    const auto there = TRY(utm_templates(tx, shop));
    const bool replaces = std::ranges::find(there, wanted.name, &UtmTemplate::name) != there.end();
    if (!replaces && there.size() >= utm_templates_max) return fail(Fault::too_large, "a shop has at most 100 templates; remove one first");
    TRY(tx.run(sql::set_utm_template, {shop, wanted.name, wanted.utm}));
    return {};
}

// ---- moments -----------------------------------------------------------------------------------------------------------------

Status set_moment(store::Tx& tx, const Id<access::Shop>& shop, const Moment& moment) {
    TRY(tx.run(sql::set_moment, {shop, moment.live_slug, moment.title, name(moment.stage), moment.starts, moment.target}));
    return {};
}

Result<std::optional<Moment>> next_moment(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    const auto rows = TRY(tx.run(sql::next_moment, {shop, now - hours(12)}));
    return rows.empty() ? std::nullopt : std::optional(read_moment(rows[0]));
}

Result<std::optional<Moment>> moment_of(store::Tx& tx, const Id<access::Shop>& shop, std::string_view live_slug, Instant now) {
    if (live_slug == "*") return next_moment(tx, shop, now);
    const auto rows = TRY(tx.run(sql::find_moment, {shop, live_slug}));
    return rows.empty() ? std::nullopt : std::optional(read_moment(rows[0]));
}

}  // namespace barrow::links
