#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/links/bulk.hpp"
#include "rooms/links/import/import.hpp"
#include "rooms/links/link_json.hpp"
#include "rooms/links/links_http.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::app::api {
namespace {

using Counted = std::unordered_map<std::int64_t, telemetry::ClickCounts>;

// Clicks of the whole life and of the last seven days.
Result<Counted> counted(store::Tx& tx, const Id<access::Shop>& shop, const std::vector<links::Link>& links, Instant now) {
    return telemetry::clicks_of(tx, shop, links::numbers_of(links), now.day() - 6);
}

// What the API says of a link beside the link itself; the password's hash stays here.
wire::Json link_json(const access::Site& site, const access::Shop& shop, const links::Link& link, Counted& clicks) {
    const auto& count = clicks[link.number];
    auto json = links::link_json(link);
    auto& members = json.members();
    std::erase_if(members, [](const auto& member) {
        return member.first == "password_hash" || member.first == "split_number" || member.first == "imported_clicks";
    });
    json.set("aliases", wire::Json::Array(link.aliases.begin(), link.aliases.end()))
        .set("title", link.title)
        .set("on_bio", link.on_bio)
        .set("imported_from", link.imported_from)
        .set("ends", time_json(link.ends))
        .set("removed", time_json(link.removed))
        .set("has_password", !link.password_hash.empty())
        .set("blocked", link.blocked)
        .set("warned", link.warned)
        .set("reports", link.reports)
        .set("dead", wire::Json::Array(link.dead.begin(), link.dead.end()))
        .set("short_url", access::address(site, shop, "/s/" + link.slug))
        .set("clicks", wire::Json::object({{"all", count.all + link.imported_clicks},
                                           {"week", count.recent},
                                           {"not_counted", count.bots},
                                           {"imported", link.imported_clicks}}));
    return json;
}

Result<wire::Json> one_json(store::Tx& tx, const access::Site& site, const access::Shop& shop, std::string_view slug, Instant now) {
    const auto link = TRY(links::find(tx, shop.id, slug));
    auto clicks = TRY(counted(tx, shop.id, {link}, now));
    auto json = link_json(site, shop, link, clicks);
    wire::Json::Array days;
    for (const auto& day : TRY(links::import::imported_days(tx, shop.id, link)))
        days.push_back(wire::Json::object({{"day", iso_day(day.day)}, {"clicks", day.clicks}}));
    if (!days.empty()) json.set("imported_days", std::move(days));
    return json;
}

// Passwords in a body by their hashes, "" by "". Hashing takes 30 ms and 64 MiB each: on a reader thread, before the one writer is asked.
using Hashed = std::map<std::string, std::string>;
constexpr std::size_t passwords_max = 20;  // of one request

void note_password(const wire::Json& body, Hashed& hashed) {
    const auto* password = body.is_object() ? body.find("password") : nullptr;
    if (password != nullptr && password->is_text() && !password->text().empty()) hashed.emplace(password->text(), "");
}

// Of a link, or of {"links": […]}. What is no JSON has none; the write says so.
Task<Result<Hashed>> hash_passwords(access::Site& site, const access::Visit& visit) {
    Hashed hashed;
    if (const auto body = wire::read_json(visit.request.body); body && body->is_object()) {
        note_password(*body, hashed);
        if (const auto* links = body->find("links"); links != nullptr && links->is_array()) {
            for (const auto& one : links->items()) note_password(one, hashed);
        }
    }
    if (hashed.empty()) co_return Result<Hashed>(std::move(hashed));
    if (hashed.size() > passwords_max)
        co_return Result<Hashed>(fail(Fault::too_large, "at most 20 different passwords in one request; send the rest in another"));
    const auto now = site.clock.now();
    const auto done = co_await site.db.read([&](store::Tx& tx) -> Status {
        TRY(access::api_caller(tx, visit, now));
        for (auto& [password, hash] : hashed) {
            links::Link link;
            TRY(links::set_password(link, password));
            hash = link.password_hash;
        }
        return {};
    });
    if (!done) co_return Result<Hashed>(done.error());
    co_return Result<Hashed>(std::move(hashed));
}

// The body over `base`.
Result<links::Link> read_body(const wire::Json& body, links::Link base, const Hashed& hashed) {
    if (!body.is_object()) return fail(Fault::bad_input, "the body must be an object like {\"target\": \"https://…\"}");
    auto rest = wire::Json::object();
    std::optional<std::string> hash;
    for (const auto& [name, value] : body.members()) {
        if (name != "password") {
            rest.set(name, value);
        } else if (value.is_null() || (value.is_text() && value.text().empty())) {
            hash = "";
        } else if (const auto known = value.is_text() ? hashed.find(value.text()) : hashed.end(); known != hashed.end()) {
            hash = known->second;
        } else {
            return fail(Fault::bad_input, "link: \"password\" must be a text, or null for none");
        }
    }
    auto link = TRY(links::read_link(rest, std::move(base), links::Writer::caller));
    if (hash) link.password_hash = *hash;
    return link;
}

std::string asked(const access::Visit& visit, std::string_view name) { return visit.request.query_value(name).value_or(""); }

}  // namespace

Task<http::Response> get_links(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        links::Filter filter{.words = asked(visit, "words"),
                             .folder = asked(visit, "folder"),
                             .tag = asked(visit, "tag"),
                             .archived = asked(visit, "archived") == "true",
                             .removed = asked(visit, "removed") == "true",
                             .before = TRY(number_after(visit))};
        wire::Json::Array items;
        std::string next;
        // A page holds 100, the most that are asked for; one more shows whether there is a next page.
        const auto page = TRY(links::list(tx, visit.shop().id, filter));
        auto clicks = TRY(counted(tx, visit.shop().id, page, now));
        for (const auto& link : page) {
            if (static_cast<std::int64_t>(items.size()) == limit) break;
            items.push_back(link_json(site, visit.shop(), link, clicks));
            filter.before = link.number;
        }
        const bool more = page.size() > items.size() || (!page.empty() && static_cast<std::int64_t>(items.size()) == page_size_max &&
                                                         !TRY(links::list(tx, visit.shop().id, filter)).empty());
        if (more) next = std::to_string(filter.before);
        return listed(visit, std::move(items), limit, next);
    });
}

Task<http::Response> post_link(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto passwords = hash_passwords(site, visit);
    const auto hashed = co_await passwords;
    if (!hashed) co_return refused(site, visit, hashed.error());
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        auto wanted = TRY(read_body(body, {}, *hashed));
        TRY(links::examine_denied(wanted, doors.lists.deny));
        const auto link = TRY(links::add(tx, visit.shop().id, std::move(wanted), now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, who, "add_link", link.slug, now, site.random));
        return one_json(tx, site, visit.shop(), link.slug, now);
    };
    auto response = co_await write(site, visit, work, 201);
    if (response.status < 300) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> post_links(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto passwords = hash_passwords(site, visit);
    const auto hashed = co_await passwords;
    if (!hashed) co_return refused(site, visit, hashed.error());
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "links");
        const auto* sent = TRY(fields.array("links", links::bulk_max));
        TRY(fields.done());
        std::vector<links::Link> wanted;
        for (const auto& item : sent->items()) {
            auto link = read_body(item, {}, *hashed);
            if (!link) return fail(link.error().fault, "link " + std::to_string(wanted.size() + 1) + ": " + link.error().text);
            wanted.push_back(std::move(*link));
        }
        wire::Json::Array made;
        for (const auto& link : TRY(links::add_all(tx, visit.shop().id, std::move(wanted), doors.lists.deny, now, site.random)))
            made.push_back(
                wire::Json::object({{"slug", link.slug}, {"short_url", access::address(site, visit.shop(), "/s/" + link.slug)}}));
        TRY(access::note_audit(tx, visit.shop().id, who, "add_links", std::to_string(made.size()), now, site.random));
        return wire::Json::object({{"made", std::move(made)}});
    };
    auto response = co_await write(site, visit, work, 201);
    if (response.status < 300) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> get_link(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    co_return co_await read(site, visit, [&](store::Tx& tx) { return one_json(tx, site, visit.shop(), slug, now); });
}

Task<http::Response> patch_link(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    auto passwords = hash_passwords(site, visit);
    const auto hashed = co_await passwords;
    if (!hashed) co_return refused(site, visit, hashed.error());
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        auto wanted = TRY(read_body(body, TRY(links::find(tx, visit.shop().id, slug)), *hashed));
        TRY(links::examine_denied(wanted, doors.lists.deny));
        std::string what = "changed by the API:";
        for (const auto& member : body.members()) what += " " + member.first;
        const auto link = TRY(links::change(tx, visit.shop().id, slug, std::move(wanted), {.who = who, .what = what, .at = now}));
        TRY(access::note_audit(tx, visit.shop().id, who, "change_link", link.slug, now, site.random));
        return one_json(tx, site, visit.shop(), link.slug, now);
    };
    auto response = co_await write(site, visit, work);
    if (response.status < 300) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> delete_link(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view who) -> Result<wire::Json> {
        const auto link = TRY(links::remove(tx, visit.shop().id, slug, {.who = who, .what = "removed", .at = now}));
        TRY(access::note_audit(tx, visit.shop().id, who, "remove_link", link.slug, now, site.random));
        return wire::Json::object({{"removed", link.slug}, {"kept_until", time_json(now + links::removed_kept)}});
    };
    auto response = co_await write(site, visit, work);
    if (response.status < 300) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> post_link_restore(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view who) -> Result<wire::Json> {
        const auto link = TRY(links::put_removed_back(tx, visit.shop().id, slug, {.who = who, .what = "put back", .at = now}));
        TRY(access::note_audit(tx, visit.shop().id, who, "restore_link", link.slug, now, site.random));
        return one_json(tx, site, visit.shop(), link.slug, now);
    };
    auto response = co_await write(site, visit, work);
    if (response.status < 300) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> get_link_changes(access::Site& site, access::Visit visit) {
    const auto slug = visit.request.parameter("slug");
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto link = TRY(links::find(tx, visit.shop().id, slug));
        wire::Json::Array changes;
        for (const auto& past : TRY(links::history(tx, visit.shop().id, link.number))) {
            auto before = links::link_json(past.before);
            std::erase_if(before.members(), [](const auto& member) { return member.first == "password_hash"; });
            changes.push_back(wire::Json::object({{"number", past.number},
                                                  {"at", time_json(past.at)},
                                                  {"who", past.who},
                                                  {"what", past.what},
                                                  {"before", std::move(before)}}));
        }
        return wire::Json::object({{"items", std::move(changes)}});
    });
}

Task<http::Response> post_link_put_back(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "put back");
        const auto number = TRY(fields.integer("change", 1, INT64_MAX));
        TRY(fields.done());
        const auto link = TRY(links::put_back(tx, visit.shop().id, slug, number,
                                              {.who = who, .what = "put back to before change " + std::to_string(number), .at = now}));
        TRY(access::note_audit(tx, visit.shop().id, who, "put_back_link", link.slug, now, site.random));
        return one_json(tx, site, visit.shop(), link.slug, now);
    };
    auto response = co_await write(site, visit, work);
    if (response.status < 300) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

}  // namespace barrow::app::api
