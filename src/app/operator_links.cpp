#include "app/operator_links.hpp"

#include <algorithm>
#include <array>

#include "app/operator.hpp"
#include "app/rooms.hpp"
#include "floor/base/text.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/links/doubt.hpp"

namespace barrow::app {
namespace {

constexpr std::int64_t links_listed = 25;  // each is read with its reports
constexpr std::int64_t hosts_listed = 50;
constexpr std::size_t reports_shown = 5;

// A form that came back: what was wrong, where, and what was typed there.
struct Again {
    std::string shop, slug, why, problem;
};

std::string asked(const access::Visit& visit, std::string_view name) { return visit.request.query_value(name).value_or(""); }

// What of the query says which list is shown: forms keep it, so that whoever acts comes back to where they were.
std::string query_of(const access::Visit& visit) {
    std::string query;
    for (const auto* name : {"show", "after", "address"}) {
        if (const auto value = asked(visit, name); !value.empty())
            query += (query.empty() ? "?" : "&") + std::string(name) + "=" + http::percent_encode(value);
    }
    return query;
}

std::string_view without(std::string_view text, std::string_view begin) {
    if (text.starts_with(begin)) text.remove_prefix(begin.size());
    return text;
}

// ---- one link --------------------------------------------------------------------------------------------------------------

// The link of a short address as people send it: "https://mira.example/s/lamp?d=x", "localhost:8080/@otto/lamp".
Result<links::Reported> link_at(store::Tx& tx, const access::Site& site, std::string_view typed) {
    const auto nowhere = [&] {
        return fail(Fault::bad_input, "no link of a shop here has the address \"" + std::string(typed.substr(0, 120)) + "\"");
    };
    auto rest = without(without(typed, "https://"), "http://");
    const auto host = lower(rest.substr(0, std::min(rest.find_first_of(":/?#"), rest.size())));
    rest.remove_prefix(std::min(rest.find_first_of("/?#"), rest.size()));
    rest = rest.substr(0, rest.find_first_of("?#"));
    auto tenant = site.directory.by_host(host);
    if (!tenant && access::is_house_host(site, host)) tenant = site.directory.first();
    if (rest.starts_with("/@")) {
        rest.remove_prefix(2);
        const auto shop = rest.substr(0, rest.find('/'));
        tenant = site.directory.by_slug(shop);
        rest.remove_prefix(shop.size());
    }
    const auto slug = without(without(rest, "/s/"), "/");
    if (!tenant || slug.empty()) return nowhere();
    auto link = TRY(links::find_any(tx, tenant->shop.id, slug, links::Case::ignored));
    if (!link) return nowhere();
    return links::Reported{.shop = tenant->shop.id, .link = std::move(*link), .last = {}};
}

// "phishing 3, scam 1": of those that are kept.
std::string reasons_of(const std::vector<links::Report>& reports) {
    std::string words;
    for (const auto kind : links::report_kinds) {
        const auto count = std::ranges::count(reports, kind, &links::Report::kind);
        if (count > 0) words += (words.empty() ? "" : ", ") + std::string(kind) + " " + std::to_string(count);
    }
    return words;
}

struct State {
    std::string words, kind, says;  // says: to whom, and what
};
State state_of(const links::Link& link, const links::Lists& lists) {
    if (link.removed) return {"removed", "muted", "Its owner took it away; its address says that it is gone."};
    if (!link.blocked.empty()) return {"off", "danger", "Off. Its owner reads: " + link.blocked};
    if (const auto allowed = links::examine_denied(link, lists.deny); !allowed)
        return {"off", "danger", "Off: it leads to a host that is denied."};
    if (!link.warned.empty()) return {"asks first", "sale", "People are asked first: " + link.warned};
    if (const auto doubt = links::doubt_of(link, lists.watch); !doubt.empty())
        return {"asks first", "sale", "People are asked first: " + doubt};
    return {"leads on", "good", ""};
}

using Shops = std::vector<std::shared_ptr<const access::Tenant>>;
Result<wire::Json> link_row(store::Tx& tx, Rooms& rooms, const access::Visit& visit, const Shops& shops, const links::Reported& reported,
                            std::size_t place, const Again& again) {
    const auto& [shop_id, link, last] = reported;
    const auto& site = rooms.site;
    const auto its = std::ranges::find(shops, shop_id, [](const auto& tenant) { return tenant->shop.id; });
    if (its == shops.end()) return wire::Json();
    const auto& shop = (*its)->shop;
    const auto short_url = access::address(site, shop, "/s/" + link.slug);
    const auto reports = TRY(links::reports_of(tx, shop_id, link.number));
    wire::Json::Array words;
    for (const auto& one : reports) {
        if (words.size() == reports_shown) break;
        words.push_back(
            wire::Json::object({{"at", access::date_and_time(visit.zone(), one.at)}, {"kind", one.kind}, {"words", one.words}}));
    }
    const auto state = state_of(link, rooms.links.lists);
    const bool said = !link.blocked.empty() || !link.warned.empty();
    const bool is_again = again.shop == shop.slug && again.slug == link.slug;
    wire::Json::Array also;
    for (const auto& target : links::targets_of(link)) {
        if (target != link.target) also.push_back(wire::Json::object({{"target", target}}));
    }
    return wire::Json::object({{"id", std::to_string(place)},
                               {"short", short_url.substr(short_url.find("//") + 2)},
                               {"slug", link.slug},
                               {"shop", shop.slug},
                               {"shop_name", shop.name},
                               {"shop_closed", !shop.suspended.empty()},
                               {"target", link.target},
                               {"also", std::move(also)},
                               {"reports", link.reports > 0 ? wire::grouped(link.reports) : ""},
                               {"one_report", link.reports == 1},
                               {"reasons", reasons_of(reports)},
                               {"last", last && link.reports > 0 ? access::date_and_time(visit.zone(), *last) : ""},
                               {"said", std::move(words)},
                               {"state", state.words},
                               {"state_kind", state.kind},
                               {"state_says", state.says},
                               {"can_judge", !link.removed},
                               {"can_unblock", said && !link.removed},
                               {"can_dismiss", link.reports > 0 && !link.removed},
                               {"why", is_again ? again.why : ""},
                               {"why_error", is_again ? access::sentence(again.problem) : ""},
                               {"query", query_of(visit)},
                               {"suspend_url", "/operator/shops/" + shop.slug + "/suspend"}});
}

// ---- the list --------------------------------------------------------------------------------------------------------------

Result<access::StudioPage> links_page(store::Tx& tx, Rooms& rooms, const access::Visit& visit, const Again& again) {
    const auto address = trimmed(asked(visit, "address"));
    const bool off = asked(visit, "show") == "off";
    std::vector<links::Reported> found;
    std::string next, address_error;
    if (!address.empty()) {
        auto one = link_at(tx, rooms.site, address);
        if (!one && one.error().fault != Fault::bad_input) return one.error();
        if (one)
            found.push_back(std::move(*one));
        else
            address_error = access::sentence(one.error().text);
    } else {
        const auto behind = links::Mark::read(asked(visit, "after"));
        found = off ? TRY(links::judged_links(tx, behind, links_listed + 1)) : TRY(links::reported_links(tx, behind, links_listed + 1));
        if (static_cast<std::int64_t>(found.size()) > links_listed) {
            found.pop_back();
            next = "/operator/links?" + std::string(off ? "show=off&" : "") + "after=" + found.back().mark().text();
        }
    }
    wire::Json::Array rows;
    bool placed = false;
    const auto shops = rooms.site.directory.all();
    for (const auto& one : found) {
        auto row = TRY(link_row(tx, rooms, visit, shops, one, rows.size(), again));
        if (row.is_null()) continue;
        placed = placed || !row.find("why_error")->text().empty();
        rows.push_back(std::move(row));
    }
    auto values = TRY(operator_values(tx, "links"));
    values.set("address", address)
        .set("address_error", address_error)
        .set("off", off)
        .set("reported", !off && address.empty())
        .set("looked", !address.empty())
        .set("links", std::move(rows))
        .set("next_url", next)
        .set("problem", placed ? "" : access::sentence(again.problem));
    return access::StudioPage{.title = "Reported links",
                              .template_path = "studio/operator_links.html",
                              .values = std::move(values),
                              .toast = {},
                              .status = address_error.empty() ? 200 : 422};
}

// ---- acts ------------------------------------------------------------------------------------------------------------------

struct Act {
    std::string_view name, command, done;
    bool reason;
};
constexpr std::array<Act, 4> acts{{{"warn", "warn_link", " asks people first.", true},
                                   {"block", "block_link", " is off.", true},
                                   {"unblock", "unblock_link", " leads on again.", false},
                                   {"dismiss", "dismiss_reports", ": its reports are settled.", false}}};

Result<access::StudioPage> denied_page(store::Tx& tx, Rooms& rooms, const access::Visit& visit, const wire::Json* sent,
                                       const std::string& problem) {
    const auto from = lower(trimmed(asked(visit, "from")));
    wire::Json::Array rows;
    auto hosts = TRY(links::denied_hosts(tx, from, hosts_listed + 1));
    std::string next;
    if (static_cast<std::int64_t>(hosts.size()) > hosts_listed) {
        next = "/operator/denied?from=" + http::percent_encode(hosts.back().host);
        hosts.pop_back();
    }
    for (const auto& one : hosts) {
        rows.push_back(wire::Json::object({{"host", one.host}, {"why", one.why}, {"added", access::long_date(visit.zone(), one.added)}}));
    }
    const bool removing = visit.request.path.ends_with("/remove");
    const auto typed = [&](const char* name) { return sent != nullptr && !removing ? access::field(*sent, name) : ""; };
    const bool about_why = problem.starts_with("the reason ");
    const auto said = access::sentence(about_why ? access::at_field(problem, "the reason") : problem);
    auto values = TRY(operator_values(tx, "denied"));
    const auto in_file = static_cast<std::int64_t>(rooms.deny.size());
    values.set("count", wire::grouped(TRY(links::count_denied(tx))))
        .set("in_file", in_file > 0 ? wire::grouped(in_file) : "")
        .set("from", from)
        .set("hosts", std::move(rows))
        .set("next_url", next)
        .set("host", typed("host"))
        .set("why", typed("why"))
        .set("host_error", removing || about_why ? "" : said)
        .set("why_error", !removing && about_why ? said : "")
        .set("problem", removing ? said : "");
    return access::StudioPage{.title = "Denied hosts", .template_path = "studio/operator_denied.html", .values = std::move(values)};
}

Task<http::Response> judge_host_by_form(Rooms& rooms, access::Visit visit, std::string_view what) {
    auto& site = rooms.site;
    const auto now = site.clock.now();
    const access::Act act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto typed = trimmed(access::field(sent, "host")), why = trimmed(access::field(sent, "why"));
        const auto host = TRY(judge_host(tx, {site.directory, site.authority}, {.what = what, .host = typed, .why = why, .who = "operator"},
                                         now, site.random));
        return access::with_toast(
            site, visit, "/operator/denied",
            {.text = what == "deny_host" ? "No link leads to " + host + " any more." : "Links may lead to " + host + " again."});
    };
    const access::Again shown_again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
        return denied_page(tx, rooms, visit, &sent, error.text);
    };
    auto response = co_await access::studio_form(site, visit, act, shown_again);
    if (!access::was_done(response)) co_return response;
    const auto read = co_await site.db.read([&](store::Tx& tx) { return links::read_denied(tx, rooms.deny); });
    if (!read) site.log.error("denied_not_read", {{"text", read.error().text}});
    for (const auto& tenant : site.directory.all()) links::announce_change(site.bus, tenant->shop.id);
    co_return response;
}

}  // namespace

Task<http::Response> get_operator_links(Rooms& rooms, access::Visit visit) {
    return operator_page(rooms.site, visit, [&rooms, visit](store::Tx& tx) { return links_page(tx, rooms, visit, {}); });
}

Task<http::Response> post_operator_link(Rooms& rooms, access::Visit visit) {
    auto& site = rooms.site;
    const auto now = site.clock.now();
    const auto* which = std::ranges::find(acts, visit.request.parameter("act"), &Act::name);
    if (which == acts.end()) co_return access::refusal(site, visit, fail(Fault::not_found, "The address may be mistyped."));
    Id<access::Shop> changed;
    const access::Act act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto shop = access::field(sent, "shop"), slug = access::field(sent, "slug"), why = trimmed(access::field(sent, "why"));
        const auto tenant = site.directory.by_slug(shop);
        if (!tenant) return fail(Fault::bad_input, "there is no shop \"" + shop.substr(0, 40) + "\" here any more");
        if (which->reason && why.empty()) return fail(Fault::bad_input, "say why: people or the shop's owner read it");
        const auto judged =
            judge_link(tx, tenant->shop.id, {.what = which->command, .slug = slug, .why = which->reason ? why : "", .who = "operator"}, now,
                       site.random);
        if (!judged) return fail(judged.error().fault == Fault::not_found ? Fault::bad_input : judged.error().fault, judged.error().text);
        changed = tenant->shop.id;
        const auto short_url = access::address(site, tenant->shop, "/s/" + slug);
        return access::with_toast(site, visit, "/operator/links" + query_of(visit),
                                  {.text = short_url.substr(short_url.find("//") + 2) + std::string(which->done)});
    };
    const access::Again shown_again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
        return links_page(tx, rooms, visit,
                          {.shop = access::field(sent, "shop"),
                           .slug = access::field(sent, "slug"),
                           .why = access::field(sent, "why"),
                           .problem = error.text.starts_with("the reason ") ? access::at_field(error.text, "the reason") : error.text});
    };
    auto response = co_await access::studio_form(site, visit, act, shown_again);
    if (access::was_done(response)) links::announce_change(site.bus, changed);
    co_return response;
}

Task<http::Response> get_denied(Rooms& rooms, access::Visit visit) {
    return operator_page(rooms.site, visit, [&rooms, visit](store::Tx& tx) { return denied_page(tx, rooms, visit, nullptr, ""); });
}
Task<http::Response> post_denied(Rooms& rooms, access::Visit visit) { return judge_host_by_form(rooms, std::move(visit), "deny_host"); }
Task<http::Response> post_allowed(Rooms& rooms, access::Visit visit) { return judge_host_by_form(rooms, std::move(visit), "allow_host"); }

}  // namespace barrow::app
