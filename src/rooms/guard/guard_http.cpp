#include "rooms/guard/guard_http.hpp"

#include <algorithm>
#include <array>

#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/guard/touchpoints.hpp"
#include "rooms/links/follow.hpp"

namespace barrow::guard {
namespace {

constexpr std::int64_t ignore_days_max = 365;
constexpr std::size_t rows_shown_max = 300;  // of the inventory on its page; the files have all

std::string minute(const access::Visit& visit, const std::optional<Instant>& at) { return at ? visit.zone().stamp(*at) : std::string(); }
std::string day(const access::Visit& visit, Instant at) { return iso_day(visit.zone().day(at)); }

// ---- health ----------------------------------------------------------------------------------------------------------------

wire::Json place_values(const access::Visit& visit, const Trouble& trouble, const Place& place) {
    const auto& shop = visit.shop();
    const bool link = place.kind == Place::Kind::link;
    const bool bio = !link && place.slug == "bio";
    const bool known = trouble.is_certain();
    return wire::Json::object(
        {{"is_link", link},
         {"name", link  ? "/s/" + place.slug
                  : bio ? std::string("the bio page")
                        : "/" + place.slug},
         {"slug", place.slug},
         {"edit_url", visit.base + (link  ? "/studio/links/" + place.slug
                                    : bio ? std::string("/studio/page")
                                          : "/studio/pages/" + place.slug)},
         {"role", place.words},
         {"clicks", place.lost.clicks == 0   ? std::string("nobody")
                    : place.lost.clicks == 1 ? std::string("1 click")
                                             : wire::grouped(place.lost.clicks) + " clicks"},
         {"money", place.lost.basis == Basis::none || place.lost.clicks == 0 ? "" : display({place.lost.minor, shop.currency})},
         {"sum", link && place.lost.clicks > 0 ? arithmetic(place.lost, shop.currency) : ""},
         {"of_many", place.one_of_many},
         {"led_away", place.led_away},
         {"led_clicks", wire::grouped(place.led_clicks)},
         {"fallback", place.fallback == "/" ? std::string("the bio page") : place.fallback},
         {"keeps", place.keeps_target && !place.led_away},
         {"can_away", link && known && !place.led_away && trouble.target.standing.finding != Finding::expired},
         {"can_back", link && place.led_away}});
}

wire::Json trouble_values(const access::Visit& visit, const Trouble& trouble, Instant now) {
    const auto& standing = trouble.target.standing;
    wire::Json::Array places;
    for (const auto& place : trouble.places) places.push_back(place_values(visit, trouble, place));
    const bool ignored = trouble.target.is_ignored(now);
    const bool broken = standing.state == State::broken;
    const bool outside = trouble.shown.starts_with("http");
    return wire::Json::object({{"target", trouble.target.target},
                               {"shown", trouble.shown},
                               {"href", outside ? trouble.shown : visit.base + trouble.shown},
                               {"words", words(standing.finding)},
                               {"detail", standing.words},
                               {"state", ignored                          ? "not told of until " + day(visit, *trouble.target.ignored)
                                         : broken                         ? std::string("broken")
                                         : standing.state == State::warns ? std::string("look at it")
                                                                          : std::string("once; it is looked at again")},
                               {"state_kind", ignored  ? "muted"
                                              : broken ? "danger"
                                                       : "sale"},
                               {"since", minute(visit, standing.since)},
                               {"looked", minute(visit, trouble.target.looked)},
                               {"clicks", wire::grouped(trouble.lost.clicks)},
                               {"money", trouble.lost.basis == Basis::none ? "" : display({trouble.lost.minor, visit.shop().currency})},
                               {"certain", trouble.is_certain()},
                               {"ignored", ignored},
                               {"places", std::move(places)}});
}

Result<access::StudioPage> health_page(store::Tx& tx, const access::Site& site, const access::Visit& visit, const wire::Json* sent,
                                       const std::string& problem) {
    const auto now = site.clock.now();
    const auto& shop = visit.shop();
    const auto sum = TRY(summary(tx, shop, now));
    wire::Json::Array rows;
    for (const auto& trouble : TRY(troubles(tx, shop, now))) rows.push_back(trouble_values(visit, trouble, now));
    const bool mail_sent = sent != nullptr && access::field(*sent, "act") == "mail";
    const auto good = sum.targets - sum.not_looked - static_cast<std::int64_t>(rows.size());
    return access::StudioPage{
        .place = "links",
        .title = "Health",
        .template_path = "studio/health.html",
        .values = wire::Json::object({{"troubles", std::move(rows)},
                                      {"targets", wire::grouped(sum.targets)},
                                      {"good", wire::grouped(std::max<std::int64_t>(0, good))},
                                      {"not_looked", sum.not_looked == 0 ? "" : wire::grouped(sum.not_looked)},
                                      {"broken", wire::grouped(sum.broken)},
                                      {"warned", wire::grouped(sum.warned)},
                                      {"lost", sum.lost_minor > 0 ? display({sum.lost_minor, shop.currency}) : ""},
                                      {"lost_clicks", wire::grouped(sum.clicks)},
                                      {"takes_mail", site.takes_mail},
                                      {"mail", mail_sent ? access::field(*sent, "address") : TRY(mail_address(tx, shop.id))},
                                      {"mail_problem", mail_sent ? access::sentence(problem) : ""},
                                      {"problem", mail_sent ? "" : access::sentence(problem)}})};
}

// What a button of the page does; returns the words of thanks.
Result<std::string> act(store::Tx& tx, const links::Doors& doors, const access::Visit& visit, const wire::Json& sent, Instant now) {
    const auto& shop = visit.shop().id;
    const auto what = access::field(sent, "act"), target = access::field(sent, "target"), slug = access::field(sent, "slug");
    if (what == "look") {
        TRY(look_again(tx, shop, target, now));
        return std::string("It is looked at within seconds; come back to this page.");
    }
    if (what == "ignore") {
        const auto asked = std::atoll(access::field(sent, "days").c_str());
        const auto until = now + days(std::clamp<std::int64_t>(asked, 1, ignore_days_max));
        TRY(ignore(tx, shop, target, until, now));
        return "You are not told of it until " + day(visit, until) + ", and nobody is led away.";
    }
    if (what == "hear") {
        TRY(ignore(tx, shop, target, std::nullopt, now));
        return std::string("You are told of it again.");
    }
    if (what == "away") {
        TRY(lead_away(tx, shop, slug, target, now));
        return "People who open /s/" + slug + " are led to its fallback until the target recovers.";
    }
    if (what == "back") {
        TRY(lead_back(tx, shop, slug, target, now));
        return "/s/" + slug + " leads to its target again, whatever is there.";
    }
    if (what == "retarget") {
        const auto to = access::field(sent, "to");
        TRY(retarget(tx, shop, slug, target, to, doors.lists.deny, "owner", now));
        return "/s/" + slug + " leads to " + to + " now.";
    }
    if (what == "mail") {
        TRY(set_mail_address(tx, shop, access::field(sent, "address")));
        return std::string(access::field(sent, "address").empty() ? "No mail is sent." : "Kept. A mail comes on days with something new.");
    }
    return fail(Fault::bad_input, "there is no such button");
}

}  // namespace

Task<http::Response> get_health(access::Site& site, access::Visit visit) {
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) { return health_page(tx, site, visit, nullptr, ""); });
}

Task<http::Response> post_health(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto response = co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            auto words = TRY(act(tx, doors, visit, sent, now));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "guard_" + access::field(sent, "act").substr(0, 20),
                                   access::field(sent, "slug").substr(0, 100), now, site.random));
            return access::with_toast(site, visit, "/studio/health", {.text = std::move(words)});
        },
        [&](store::Tx& tx, const wire::Json& sent, const Error& error) { return health_page(tx, site, visit, &sent, error.text); });
    links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

// ---- touchpoints -----------------------------------------------------------------------------------------------------------

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kinds{{{"link", "Links"},
                                                                              {"page", "Pages"},
                                                                              {"block", "Blocks"},
                                                                              {"surface", "Snippets on their surfaces"},
                                                                              {"product", "Products"},
                                                                              {"session", "Live sessions"},
                                                                              {"outside", "Outside profiles"}}};

Choice choice_of(const access::Visit& visit) {
    const auto text = [&](std::string_view name) { return visit.request.query_value(name).value_or(""); };
    return {.kind = text("kind"), .words = text("words").substr(0, 200), .live = text("live")};
}

std::string query_of(const Choice& choice) {
    return "?kind=" + http::percent_encode(choice.kind) + "&words=" + http::percent_encode(choice.words) +
           "&live=" + http::percent_encode(choice.live);
}

// A profile as its form has it; the link by its slug. Refuses (bad_input) a link that is not there, at its field.
Result<Profile> profile_of(store::Tx& tx, const Id<access::Shop>& shop, const wire::Json& sent, Profile base) {
    base.name = access::field(sent, "name");
    base.address = access::field(sent, "address");
    base.source = access::field(sent, "source");
    base.owner = access::field(sent, "owner");
    auto slug = access::field(sent, "link");
    if (slug.starts_with("/s/")) slug.erase(0, 3);
    base.link = 0;
    if (!slug.empty()) {
        const auto link = links::find(tx, shop, slug);
        if (!link)
            return link.error().fault == Fault::not_found ? fail(Fault::bad_input, "link: there is no link \"" + slug.substr(0, 100) + "\"")
                                                          : link.error();
        base.link = link->number;
    }
    return base;
}

// The values of studio/profile_fields.html.
Result<wire::Json> profile_values(store::Tx& tx, const Id<access::Shop>& shop, const wire::Json& form, const std::string& problem) {
    wire::Json::Array slugs;
    for (const auto& link : TRY(links::list(tx, shop))) slugs.push_back(wire::Json::object({{"slug", link.slug}}));
    return wire::Json::object({{"name", access::field(form, "name")},
                               {"address", access::field(form, "address")},
                               {"link", access::field(form, "link")},
                               {"source", access::field(form, "source")},
                               {"owner", access::field(form, "owner")},
                               {"links", std::move(slugs)},
                               {"problem", access::sentence(problem)}});
}

Result<access::StudioPage> touchpoints_page(store::Tx& tx, const access::Site& site, const access::Visit& visit, const wire::Json* sent,
                                            const std::string& problem) {
    const auto now = site.clock.now();
    const auto choice = choice_of(visit);
    const auto found = TRY(inventory(tx, access::address(site, visit.shop(), ""), visit.shop(), now));
    const auto all = choose(found.all, choice);
    wire::Json::Array rows, choices;
    for (const auto& one : all) {
        if (rows.size() >= rows_shown_max) break;
        const auto* kind = std::ranges::find(kinds, one.kind, &std::pair<std::string_view, std::string_view>::first);
        const bool web = one.where.starts_with("http");
        rows.push_back(wire::Json::object({{"name", one.name},
                                           {"kind", kind == kinds.end() ? "" : kind->second},
                                           {"where", one.where},
                                           {"href", web ? one.where : ""},
                                           {"destination", one.destination},
                                           {"owner", one.owner},
                                           {"state", one.state},
                                           {"state_kind", one.state.starts_with("broken") ? "danger"
                                                          : one.state.starts_with("look") ? "sale"
                                                          : one.live                      ? "good"
                                                                                          : "muted"},
                                           {"looked", minute(visit, one.looked)},
                                           {"clicks", one.clicks ? wire::grouped(*one.clicks) : "–"},
                                           {"shown", one.shown ? wire::grouped(*one.shown) : "–"},
                                           {"edit_url", visit.base + one.edit}}));
    }
    for (const auto& [value, label] : kinds) {
        const auto n = std::ranges::count(found.all, value, &Touchpoint::kind);
        choices.push_back(
            wire::Json::object({{"value", value}, {"label", label}, {"n", wire::grouped(n)}, {"selected", value == choice.kind}}));
    }
    const auto count = std::ssize(all);
    auto form = TRY(profile_values(tx, visit.shop().id, sent != nullptr ? *sent : wire::Json::object(), problem));
    return access::StudioPage{.place = "links",
                              .title = "Touchpoints",
                              .template_path = "studio/touchpoints.html",
                              .values = wire::Json::object({{"rows", std::move(rows)},
                                                            {"kinds", std::move(choices)},
                                                            {"words", choice.words},
                                                            {"live_yes", choice.live == "yes"},
                                                            {"live_no", choice.live == "no"},
                                                            {"count", wire::grouped(count)},
                                                            {"more", count > static_cast<std::ptrdiff_t>(rows_shown_max)},
                                                            {"shown_max", wire::grouped(static_cast<std::int64_t>(rows_shown_max))},
                                                            {"cut", found.cut},
                                                            {"csv_url", visit.base + "/studio/touchpoints.csv" + query_of(choice)},
                                                            {"json_url", visit.base + "/studio/touchpoints.json" + query_of(choice)},
                                                            {"form_open", sent != nullptr},
                                                            {"form", std::move(form)}})};
}

Result<access::StudioPage> profile_page(store::Tx& tx, const access::Visit& visit, const wire::Json* sent, const std::string& problem) {
    const auto& shop = visit.shop().id;
    const auto profile = TRY(find_profile(tx, shop, visit.request.parameter("profile")));
    std::string slug;
    if (const auto link = TRY(links::find_numbered(tx, shop, profile.link))) slug = link->slug;
    const auto own = json(profile, slug);
    return access::StudioPage{
        .place = "links",
        .title = profile.name,
        .template_path = "studio/profile.html",
        .values = wire::Json::object({{"action", visit.base + "/studio/touchpoints/" + profile.id},
                                      {"seen", access::sentence(std::string(words(profile.seen)))},
                                      {"looked", minute(visit, profile.looked)},
                                      {"form", TRY(profile_values(tx, shop, sent != nullptr ? *sent : own, problem))}})};
}

// A file for a logged-in owner. Same door as the pages.
using MakeFile = std::function<http::Response(const std::vector<Touchpoint>&)>;
Task<http::Response> send_file(access::Site& site, access::Visit visit, MakeFile make) {
    const auto now = site.clock.now();
    const auto found = co_await site.db.read([&](store::Tx& tx) -> Result<Inventory> {
        TRY(access::owner(tx, visit, now));
        return inventory(tx, access::address(site, visit.shop(), ""), visit.shop(), now);
    });
    if (!found) co_return access::refusal(site, visit, found.error());
    co_return make(choose(found->all, choice_of(visit)));
}

http::Response file(std::string type, std::string name, std::string body) {
    http::Response response;
    response.headers = {{"content-type", std::move(type)},
                        {"content-disposition", "attachment; filename=\"" + std::move(name) + "\""},
                        {"cache-control", "no-store"}};
    response.body = std::move(body);
    return response;
}

}  // namespace

Task<http::Response> get_touchpoints(access::Site& site, access::Visit visit) {
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) { return touchpoints_page(tx, site, visit, nullptr, ""); });
}

Task<http::Response> get_touchpoints_csv(access::Site& site, access::Visit visit) {
    const MakeFile make = [](const std::vector<Touchpoint>& all) { return file("text/csv; charset=utf-8", "touchpoints.csv", csv(all)); };
    co_return co_await send_file(site, std::move(visit), make);
}

Task<http::Response> get_touchpoints_json(access::Site& site, access::Visit visit) {
    const MakeFile make = [](const std::vector<Touchpoint>& all) {
        wire::Json::Array items;
        for (const auto& one : all) items.push_back(json(one));
        return file("application/json", "touchpoints.json",
                    wire::write_json_pretty(wire::Json::object({{"touchpoints", std::move(items)}})));
    };
    co_return co_await send_file(site, std::move(visit), make);
}

Task<http::Response> post_profile(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            const auto& shop = visit.shop().id;
            const auto made = TRY(add_profile(tx, shop, TRY(profile_of(tx, shop, sent, {})), now, site.random));
            TRY(access::note_audit(tx, shop, "owner", "add_profile", made.id, now, site.random));
            return access::with_toast(site, visit, "/studio/touchpoints?kind=outside", {.text = "Kept: " + made.name + "."});
        },
        [&](store::Tx& tx, const wire::Json& sent, const Error& error) { return touchpoints_page(tx, site, visit, &sent, error.text); });
}

Task<http::Response> get_profile(access::Site& site, access::Visit visit) {
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) { return profile_page(tx, visit, nullptr, ""); });
}

Task<http::Response> post_profile_change(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            const auto& shop = visit.shop().id;
            const auto before = TRY(find_profile(tx, shop, visit.request.parameter("profile")));
            TRY(change_profile(tx, shop, TRY(profile_of(tx, shop, sent, before)), now));
            TRY(access::note_audit(tx, shop, "owner", "change_profile", before.id, now, site.random));
            return access::with_toast(site, visit, "/studio/touchpoints?kind=outside", {.text = "Saved."});
        },
        [&](store::Tx& tx, const wire::Json& sent, const Error& error) { return profile_page(tx, visit, &sent, error.text); });
}

Task<http::Response> post_profile_remove(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        const auto& shop = visit.shop().id;
        const auto profile = TRY(find_profile(tx, shop, visit.request.parameter("profile")));
        TRY(remove_profile(tx, shop, profile.id));
        TRY(access::note_audit(tx, shop, "owner", "remove_profile", profile.id, now, site.random));
        return access::with_toast(site, visit, "/studio/touchpoints?kind=outside", {.text = "Removed: " + profile.name + "."});
    });
}

}  // namespace barrow::guard
