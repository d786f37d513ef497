#include "rooms/guard/touchpoints.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "floor/base/text.hpp"
#include "floor/fetch/url.hpp"
#include "floor/wire/form.hpp"
#include "rooms/access/domains.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/guard/touchpoints.sql.hpp"
#include "rooms/links/check/agents.hpp"
#include "rooms/links/pages/page.hpp"
#include "rooms/live/session.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::guard {
namespace {

constexpr int due_profiles_max = 4;  // in one step
constexpr std::size_t robots_bytes_max = 64 * 1024, profile_bytes_max = 512 * 1024;
constexpr std::int64_t looked_rows_max = 100'000;
constexpr std::int64_t count_days = 30;

constexpr std::array<std::string_view, 5> seen_names{"not_yet", "there", "gone", "hidden", "no_answer"};
constexpr std::array<std::string_view, 5> seen_words{"not looked at yet", "our link stands there", "our link stood there, and does no more",
                                                     "cannot be seen from outside", "the page does not answer"};

Profile read_profile(const store::Row& row) {
    const auto seen = std::ranges::find(seen_names, row.text("seen"));
    check(seen != seen_names.end());
    return {.id = row.text("id"),
            .name = row.text("name"),
            .address = row.text("address"),
            .link = row.integer("link"),
            .source = row.text("source"),
            .owner = row.text("owner"),
            .created = row.instant("created_us"),
            .seen = static_cast<Seen>(seen - seen_names.begin()),
            .looked = row.maybe_instant("looked_us"),
            .next = row.maybe_instant("next_us")};
}

Status examine(store::Tx& tx, const Id<access::Shop>& shop, const Profile& profile) {
    if (profile.name.empty()) return fail(Fault::bad_input, "name: say what it is, like \"Instagram bio\"");
    TRY(wire::fits("name", profile.name, profile_name_max));
    TRY(wire::fits("address", profile.address, profile_address_max));
    TRY(wire::fits("owner", profile.owner, profile_owner_max));
    TRY(wire::fits("source", profile.source, source_max));
    if (profile.has_page()) TRY(links::examine_target(profile.address));
    if (profile.link != 0 && !TRY(links::find_numbered(tx, shop, profile.link))) return fail(Fault::not_found, "there is no such link");
    return {};
}

// What has no page cannot be looked at.
void plan(Profile& profile, Instant now) {
    profile.seen = profile.has_page() ? Seen::not_yet : Seen::hidden;
    profile.next = profile.has_page() ? std::optional(now) : std::nullopt;
}

std::string replaced(std::string_view text, char from, std::string_view to) {
    std::string out;
    for (const char c : text) c == from ? out += to : out += c;
    return out;
}

}  // namespace

std::string_view name(Seen seen) { return seen_names.at(static_cast<std::size_t>(seen)); }
std::string_view words(Seen seen) { return seen_words.at(static_cast<std::size_t>(seen)); }

Result<std::vector<Profile>> profiles(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Profile> all;
    for (const auto row : TRY(tx.run(touchpoints::sql::profiles, {shop, profiles_max}))) all.push_back(read_profile(row));
    return all;
}

Result<Profile> find_profile(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    const auto rows = TRY(tx.run(touchpoints::sql::find_profile, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no such profile");
    return read_profile(rows[0]);
}

Result<Profile> add_profile(store::Tx& tx, const Id<access::Shop>& shop, Profile profile, Instant now, Random& random) {
    TRY(examine(tx, shop, profile));
    if (TRY(profiles(tx, shop)).size() >= static_cast<std::size_t>(profiles_max))
        return fail(Fault::too_large, "a shop has at most 500 outside profiles; remove one first");
    profile.id = new_id_text(now, random);
    profile.created = now;
    plan(profile, now);
    TRY(tx.run(touchpoints::sql::add_profile,
               {shop, profile.id, profile.name, profile.address, profile.link, profile.source, profile.owner, now, profile.next}));
    if (profile.seen == Seen::hidden)
        TRY(tx.run(touchpoints::sql::set_seen, {shop, profile.id, name(profile.seen), profile.looked, profile.next}));
    return profile;
}

Status change_profile(store::Tx& tx, const Id<access::Shop>& shop, Profile profile, Instant now) {
    TRY(find_profile(tx, shop, profile.id));
    TRY(examine(tx, shop, profile));
    plan(profile, now);
    TRY(tx.run(touchpoints::sql::change_profile, {shop, profile.id, profile.name, profile.address, profile.link, profile.source,
                                                  profile.owner, name(profile.seen), profile.next}));
    return {};
}

Status remove_profile(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    if (TRY(tx.run(touchpoints::sql::remove_profile, {shop, id})).empty()) return fail(Fault::not_found, "there is no such profile");
    return {};
}

// ---- looking at them -------------------------------------------------------------------------------------------------------

bool stands_in(std::string_view page, const std::vector<std::string>& addresses) {
    const auto lowered = lower(page);
    const std::string_view text = lowered;
    const auto goes_on = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    for (const auto& address : addresses) {
        const auto plain = lower(address);
        for (const auto& form : {plain, replaced(plain, '/', "%2f"), replaced(plain, '/', "\\/"), replaced(plain, '/', "\\u002f")}) {
            for (auto at = text.find(form); at != text.npos; at = text.find(form, at + 1)) {
                const auto end = at + form.size();
                if ((end == text.size() || !goes_on(text[end])) &&
                    (at == 0 || !goes_on(text[at - 1]) || text.substr(0, at).ends_with("%2f")))
                    return true;
            }
        }
    }
    return false;
}

namespace {

// How the link may be written there: the shop's host and each of its domains, with and without /s/, by any of its addresses.
Result<std::vector<std::string>> addresses_of(store::Tx& tx, const access::Site& site, const access::Shop& shop, const Profile& profile) {
    std::vector<std::string> slugs;
    if (profile.link != 0) {
        if (const auto link = TRY(links::find_numbered(tx, shop.id, profile.link))) {
            slugs = link->aliases;
            slugs.push_back(link->slug);
        }
    }
    const auto own = access::address(site, shop, "");
    std::vector<std::string> hosts{own.substr(own.find("://") + 3)};
    for (const auto& domain : TRY(access::domains_of(tx, shop.id))) hosts.push_back(domain.name);
    std::vector<std::string> addresses;
    for (auto& host : hosts) {
        while (host.ends_with('/')) host.pop_back();
        if (slugs.empty()) addresses.push_back(host);
        for (const auto& slug : slugs) {
            addresses.push_back(host + "/s/" + slug);
            addresses.push_back(host + "/" + slug);
        }
    }
    return addresses;
}

fetch::FetchRequest page_request(const std::string& url, std::size_t bytes_max) {
    return {.url = url,
            .headers = {{"User-Agent", std::string(links::linkcheck::check_agent)}, {"Accept", "text/html,text/plain,*/*;q=0.5"}},
            .body_bytes_max = bytes_max,
            .beyond = fetch::Beyond::cut,
            .total_ms = look_ms_max,
            .redirects_max = 3};
}

Seen not_found_there(Seen before) { return before == Seen::there || before == Seen::gone ? Seen::gone : Seen::hidden; }

// What a look at the page comes to.
Task<Seen> see(fetch::Fetcher& fetcher, std::string url, std::vector<std::string> addresses, Seen before) {
    const auto parts = fetch::read_url(url);
    if (!parts) co_return Seen::hidden;
    auto robots_request = page_request(fetch::origin(url) + "/robots.txt", robots_bytes_max);
    const auto robots = co_await fetcher.fetch(std::move(robots_request));
    // RFC 9309: without an answer nothing is allowed; where there is no such file, everything is.
    if (!robots || robots->status >= 500) co_return robots ? Seen::hidden : Seen::no_answer;
    const auto path = (parts->path.empty() ? "/" : parts->path) + (parts->query.empty() ? "" : "?" + parts->query);
    if (robots->status < 300 && !may_look(robots->body, path)) co_return Seen::hidden;
    auto request = page_request(url, profile_bytes_max);
    const auto page = co_await fetcher.fetch(std::move(request));
    if (!page) co_return Seen::no_answer;
    const auto finding = of_status(page->status);
    if (finding == Finding::unsure) co_return Seen::hidden;
    if (finding != Finding::good) co_return Seen::no_answer;
    co_return stands_in(page->body, addresses) ? Seen::there : not_found_there(before);
}

struct DueProfile {
    std::shared_ptr<const access::Tenant> tenant;
    std::string id;
};

Task<Status> look_at_profile(Doors& doors, DueProfile due, Instant now) {
    auto& db = doors.site.db;
    const auto& shop = due.tenant->shop;
    std::vector<std::string> addresses;
    const auto claimed = co_await db.write([&](store::Tx& tx) -> Result<std::optional<Profile>> {
        const auto profile = TRY(find_profile(tx, shop.id, due.id));
        const auto parts = fetch::read_url(profile.address);
        const auto free = parts ? doors.hosts.free_at(parts->host) : Instant();
        TRY(tx.run(touchpoints::sql::claim_profile, {shop.id, due.id, now, now < free ? free : now + look_lease}));
        if (now < free) return std::optional<Profile>();
        addresses = TRY(addresses_of(tx, doors.site, shop, profile));
        return std::optional(profile);
    });
    if (!claimed) co_return claimed.error().fault == Fault::not_found ? Status() : Status(claimed.error());
    if (!*claimed) co_return Status();
    const auto& profile = **claimed;
    if (const auto parts = fetch::read_url(profile.address)) doors.hosts.take(parts->host, now);
    auto looking = see(doors.site.fetcher, profile.address, addresses, profile.seen);
    const auto seen = co_await looking;
    co_return co_await db.write([&](store::Tx& tx) -> Status {
        TRY(tx.run(touchpoints::sql::set_seen, {shop.id, due.id, name(seen), now, now + profile_every}));
        return {};
    });
}

}  // namespace

Task<Status> look_outside(Doors& doors, Instant now) {
    const auto due = co_await doors.site.db.read([&](store::Tx& tx) -> Result<std::vector<DueProfile>> {
        std::vector<DueProfile> found;
        for (const auto row : TRY(tx.run(touchpoints::sql::due_profiles, {now, due_profiles_max})))
            found.push_back({.tenant = tenant_of(doors.site, row.text("shop_id")), .id = row.text("id")});
        return found;
    });
    if (!due) co_return due.error();
    for (const auto& one : *due) {
        if (one.tenant == nullptr) continue;
        const auto looked = co_await look_at_profile(doors, one, now);
        if (!looked) co_return looked;
    }
    co_return Status();
}

// ---- the inventory ---------------------------------------------------------------------------------------------------------

namespace {

// How what something leads to stood at its oldest look, and the worst that was found.
struct Stood {
    std::optional<Instant> looked;
    State state = State::good;
    Finding finding = Finding::good;
    bool not_looked = false;
};
using Standings = std::map<std::pair<std::int64_t, std::int64_t>, Stood>;  // by subject and part

int weight(State state) { return state == State::broken ? 3 : state == State::warns ? 2 : state == State::failing ? 1 : 0; }

void add(Stood& stood, const store::Row& row) {
    const auto state = state_named(row.text("state"));
    const auto finding = finding_named(row.text("finding"));
    check(state && finding);
    const auto looked = row.maybe_instant("looked_us");
    stood.not_looked = stood.not_looked || !looked;
    if (looked && (!stood.looked || *looked < *stood.looked)) stood.looked = looked;
    if (weight(*state) > weight(stood.state)) {
        stood.state = *state;
        stood.finding = *finding;
    }
}

// "broken: is gone", or the thing's own word.
void apply(Touchpoint& touchpoint, const Standings& standings, std::int64_t subject, std::int64_t part) {
    const auto found = standings.find({subject, part});
    if (found == standings.end()) return;
    if (!found->second.not_looked) touchpoint.looked = found->second.looked;
    if (weight(found->second.state) == 0 || !touchpoint.live) return;
    const bool broken = found->second.state == State::broken;
    touchpoint.state = std::string(broken ? "broken: " : "look at it: ") + std::string(words(found->second.finding));
    if (broken) touchpoint.live = false;
}

struct Counts {
    std::map<std::tuple<std::string, std::int64_t, std::int64_t>, std::int64_t> by_snippet;  // kind, snippet, surface
    std::map<std::string, std::int64_t> shown_product;
    std::map<std::int64_t, std::int64_t> shown_session;
};

constexpr std::array<std::pair<telemetry::Surface, std::string_view>, 7> snippet_surfaces{{{telemetry::Surface::bio, "bio page"},
                                                                                           {telemetry::Surface::product, "product page"},
                                                                                           {telemetry::Surface::overlay, "overlay"},
                                                                                           {telemetry::Surface::live, "live page"},
                                                                                           {telemetry::Surface::embed, "embed"},
                                                                                           {telemetry::Surface::card, "pinned card"},
                                                                                           {telemetry::Surface::feed, "feed"}}};

class Listing {
public:
    Listing(store::Tx& tx, const std::string& root, const access::Shop& shop, Instant now) : tx_(tx), root_(root), shop_(shop), now_(now) {}

    Result<Inventory> make() {
        TRY(read_standings());
        TRY(read_touches());
        TRY(outside());
        TRY(pages());
        TRY(products());
        TRY(surfaces());
        TRY(sessions());
        TRY(links());
        // What changes most stands first, whatever was read first.
        constexpr std::array<std::string_view, 7> order{"outside", "page", "link", "block", "session", "product", "surface"};
        Inventory sorted{.all = {}, .cut = out_.cut};
        for (const auto kind : order) {
            for (auto& one : out_.all) {
                if (one.kind == kind) sorted.all.push_back(std::move(one));
            }
        }
        return sorted;
    }

private:
    void add_one(Touchpoint touchpoint) {
        if (out_.all.size() >= touchpoints_max) {
            out_.cut = true;
            return;
        }
        if (touchpoint.owner.empty()) touchpoint.owner = shop_.seller();
        out_.all.push_back(std::move(touchpoint));
    }
    [[nodiscard]] std::string address(const std::string& path) const { return root_ + path; }

    Status read_standings() {
        for (const auto row : TRY(tx_.run(touchpoints::sql::looked_at, {shop_.id, looked_rows_max})))
            add((row.text("kind") == "link" ? of_links_ : of_blocks_)[{row.integer("subject"), row.integer("part")}], row);
        return {};
    }
    Status read_touches() {
        for (const auto row : TRY(tx_.run(touchpoints::sql::touches_since, {shop_.id, now_.day() - count_days + 1}))) {
            const auto n = row.integer("n");
            counts_.by_snippet[{row.text("kind"), row.integer("snippet"), row.integer("surface")}] += n;
            if (row.text("kind") != "impression") continue;
            if (row.integer("surface") == static_cast<std::int64_t>(telemetry::Surface::product))
                counts_.shown_product[row.text("product_id")] += n;
            if (row.integer("surface") == static_cast<std::int64_t>(telemetry::Surface::live))
                counts_.shown_session[row.integer("live_session")] += n;
        }
        return {};
    }

    // A link's clicks by their tag.
    Result<std::int64_t> of_source(std::int64_t link, const std::string& source) {
        if (!sources_.contains(link)) {
            auto& by = sources_[link];
            for (const auto row : TRY(tx_.run(touchpoints::sql::source_clicks, {shop_.id, link, now_.day() - count_days + 1})))
                by[row.text("source")] = row.integer("n");
        }
        const auto& by = sources_[link];
        const auto found = by.find(source);
        return found == by.end() ? 0 : found->second;
    }
    Result<std::int64_t> of_link(std::int64_t link) {
        std::int64_t sum = 0;
        TRY(of_source(link, ""));
        for (const auto& [source, n] : sources_[link]) sum += n;
        return sum;
    }

    Status outside() {
        for (const auto& profile : TRY(profiles(tx_, shop_.id))) {
            Touchpoint one{.kind = "outside",
                           .name = profile.name,
                           .where = profile.address,
                           .owner = profile.owner,
                           .live = profile.seen != Seen::gone && profile.seen != Seen::no_answer,
                           .state = std::string(words(profile.seen)),
                           .looked = profile.looked,
                           .edit = "/studio/touchpoints/" + profile.id};
            if (profile.link != 0) {
                if (const auto link = TRY(links::find_numbered(tx_, shop_.id, profile.link))) {
                    one.destination = "/s/" + link->slug;
                    one.clicks = profile.source.empty() ? TRY(of_link(profile.link)) : TRY(of_source(profile.link, profile.source));
                    if (!profile.source.empty()) one.destination += "?d=" + profile.source;
                } else {
                    one.state = "its link is not there any more";
                    one.live = false;
                }
            }
            add_one(std::move(one));
        }
        return {};
    }

    Status pages() {
        for (const auto& page : TRY(pages::all(tx_, shop_.id))) {
            const auto name = page.is_bio() ? std::string(pages::bio_name) : page.slug;
            const auto path = page.is_bio() ? std::string("/") : "/" + page.slug;
            const auto edit = page.is_bio() ? std::string("/studio/page") : "/studio/pages/" + page.slug;
            add_one({.kind = "page",
                     .name = path,
                     .where = address(path),
                     .live = page.published.has_value(),
                     .state = page.published ? "published" : "not published",
                     .edit = edit});
            if (!page.published) continue;
            for (const auto& block : page.published->blocks) TRY(add_block(page, block, name, path, edit));
        }
        return {};
    }
    Status add_block(const pages::Page& page, const pages::Block& block, const std::string& name, const std::string& path,
                     const std::string& edit) {
        Touchpoint one{.kind = "block",
                       .name = std::string(block.kind->label),
                       .where = address(path),
                       .live = block.shows(now_),
                       .state = block.shows(now_) ? "shows" : "does not show now",
                       .edit = edit};
        if (const auto& label = block.value("label"); !label.empty()) one.name += ": " + label;
        if (const auto& product = block.value("product"); !product.empty()) one.destination = "/p/" + product;
        if (const auto& snippet = block.value("snippet"); !snippet.empty()) one.destination = "/snippets/" + snippet + ".json";
        if (const auto link = TRY(pages::link_of(tx_, shop_.id, block.value("link")))) {
            one.destination = "/s/" + link->slug;
            one.clicks = TRY(of_source(link->number, name));
        }
        apply(one, of_blocks_, page.number, block.id);
        add_one(std::move(one));
        return {};
    }

    Status products() {
        for (const auto& product : TRY(catalog::all(tx_, shop_.id))) {
            products_[product.id.text] = product.slug;
            const auto shown = counts_.shown_product.find(product.id.text);
            add_one({.kind = "product",
                     .name = product.name,
                     .where = address("/p/" + product.slug),
                     .live = product.published,
                     .state = product.published ? "shown" : "not shown",
                     .shown = shown == counts_.shown_product.end() ? 0 : shown->second,
                     .edit = "/studio/products/" + product.slug});
        }
        return {};
    }

    Status surfaces() {
        for (const auto& snippet : TRY(snippets::all(tx_, shop_.id, now_))) {
            for (const auto& [surface, label] : snippet_surfaces) {
                if ((snippet.surfaces >> static_cast<int>(surface) & 1) == 0) continue;
                const auto count = [&](std::string_view kind) {
                    const auto found = counts_.by_snippet.find({std::string(kind), snippet.number, static_cast<std::int64_t>(surface)});
                    return found == counts_.by_snippet.end() ? 0 : found->second;
                };
                const auto product = products_.find(snippet.product.text);
                add_one({.kind = "surface",
                         .name = snippet.words.title,
                         .where = surface == telemetry::Surface::embed ? address("/embed/" + snippet.slug) : std::string(label),
                         .destination = product == products_.end() ? "" : "/p/" + product->second,
                         .live = !snippet.revoked,
                         .state = snippet.revoked ? "revoked" : "on the " + std::string(label),
                         .clicks = count("tap"),
                         .shown = count("impression"),
                         .edit = "/studio/snippets/" + snippet.id.text});
            }
        }
        return {};
    }

    Status sessions() {
        for (const auto& session : TRY(live::newest(tx_, shop_.id))) {
            using S = live::Session::State;
            const auto shown = counts_.shown_session.find(session.number);
            add_one({.kind = "session",
                     .name = session.title,
                     .where = address("/live/" + session.slug),
                     .destination = session.watch_url,
                     .live = session.state != S::ended,
                     .state = session.state == S::live    ? "on air"
                              : session.state == S::ended ? "over"
                                                          : "announced",
                     .shown = shown == counts_.shown_session.end() ? 0 : shown->second,
                     .edit = "/studio/live/" + session.id.text});
        }
        return {};
    }

    Status links() {
        for (std::int64_t after = 0; !out_.cut;) {
            const auto some = TRY(links::made_after(tx_, shop_.id, after));
            if (some.empty()) break;
            after = some.back().number;
            const auto clicks = telemetry::clicks_of(tx_, shop_.id, links::numbers_of(some), now_.day() - count_days + 1);
            if (!clicks) return clicks.error();
            for (const auto& link : some) add_link(link, *clicks);
        }
        return {};
    }
    void add_link(const links::Link& link, const std::unordered_map<std::int64_t, telemetry::ClickCounts>& clicks) {
        const bool ended = link.ends && *link.ends <= now_;
        const bool full = link.clicks_max && link.clicks_let >= *link.clicks_max;
        const auto count = clicks.find(link.number);
        Touchpoint one{.kind = "link",
                       .name = "/s/" + link.slug,
                       .where = address("/s/" + link.slug),
                       .destination = link.target,
                       .live = link.blocked.empty() && !((ended || full) && link.ended_target.empty()),
                       .state = !link.blocked.empty() ? "off"
                                : ended               ? "ended"
                                : full                ? "all places taken"
                                : link.archived       ? "in the archive, works"
                                                      : "works",
                       .clicks = count == clicks.end() ? 0 : count->second.recent,
                       .edit = "/studio/links/" + link.slug};
        const auto more = links::targets_of(link).size() - 1;
        if (more > 0) one.destination += " and " + std::to_string(more) + " more";
        apply(one, of_links_, link.number, 0);
        if (!link.dead.empty()) {
            one.live = true;
            one.state += "; leads to its fallback";
        }
        add_one(std::move(one));
    }

    store::Tx& tx_;
    const std::string& root_;
    const access::Shop& shop_;
    const Instant now_;
    Standings of_links_, of_blocks_;
    Counts counts_;
    std::map<std::int64_t, std::map<std::string, std::int64_t>> sources_;
    std::map<std::string, std::string> products_;  // slugs by id
    Inventory out_;
};

}  // namespace

Result<Inventory> inventory(store::Tx& tx, const std::string& root, const access::Shop& shop, Instant now) {
    return Listing(tx, root, shop, now).make();
}

std::vector<Touchpoint> choose(std::vector<Touchpoint> all, const Choice& choice) {
    std::vector<std::string> wanted(1);
    for (const char c : lower(choice.words)) {
        if (c == ' ')
            wanted.emplace_back();
        else
            wanted.back() += c;
    }
    std::erase_if(all, [&](const Touchpoint& one) {
        if (!choice.kind.empty() && one.kind != choice.kind) return true;
        if (!choice.live.empty() && one.live != (choice.live == "yes")) return true;
        const auto text = lower(one.name + " " + one.where + " " + one.destination + " " + one.owner);
        return std::ranges::any_of(wanted, [&](const std::string& word) { return text.find(word) == text.npos; });
    });
    return all;
}

wire::Json json(const Touchpoint& one) {
    const auto count = [](const std::optional<std::int64_t>& n) { return n ? wire::Json(*n) : wire::Json(); };
    return wire::Json::object({{"kind", one.kind},
                               {"name", one.name},
                               {"where", one.where},
                               {"destination", one.destination},
                               {"owner", one.owner},
                               {"live", one.live},
                               {"state", one.state},
                               {"looked", one.looked ? wire::Json(iso_ms(*one.looked)) : wire::Json()},
                               {"clicks", count(one.clicks)},
                               {"shown", count(one.shown)}});
}

wire::Json json(const Profile& profile, const std::string& link_slug) {
    return wire::Json::object({{"id", profile.id},
                               {"name", profile.name},
                               {"address", profile.address},
                               {"link", link_slug},
                               {"source", profile.source},
                               {"owner", profile.owner},
                               {"seen", name(profile.seen)},
                               {"looked", profile.looked ? wire::Json(iso_ms(*profile.looked)) : wire::Json()},
                               {"created", iso_ms(profile.created)}});
}

std::string csv(const std::vector<Touchpoint>& all) {
    std::string out = "kind,name,where,destination,owner,live,state,last_checked,clicks_30_days,shown_30_days\r\n";
    for (const auto& one : all) {
        for (const auto& cell : {one.kind, one.name, one.where, one.destination, one.owner, std::string(one.live ? "yes" : "no"), one.state,
                                 one.looked ? iso(*one.looked) : std::string()})
            out += wire::csv_cell(cell) + ",";
        out += (one.clicks ? std::to_string(*one.clicks) : "") + "," + (one.shown ? std::to_string(*one.shown) : "") + "\r\n";
    }
    return out;
}

}  // namespace barrow::guard
