#include "app/operator.hpp"

#include <algorithm>
#include <charconv>

#include "app/operator_links.hpp"
#include "app/rooms.hpp"
#include "floor/outbox/outbox.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/quotas.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/links/doubt.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/uploads/upload.hpp"

namespace barrow::app {
namespace {

constexpr std::size_t page_size = 50;

// Pages and forms of the studio want a shop; this one is nobody's.
std::shared_ptr<const access::Tenant> house() {
    auto tenant = std::make_shared<access::Tenant>();
    tenant->shop.id = operators();
    tenant->shop.slug = "-operator";  // of its cookie; no shop has it
    tenant->shop.name = "Barrow";
    return tenant;
}

// What a shop has of a kind that a quota limits.
Result<std::int64_t> used(store::Tx& tx, const Id<access::Shop>& shop, std::string_view what, Instant now) {
    if (what == "products") return catalog::count(tx, shop);
    if (what == "mails") return access::mails_today(tx, shop, now);
    if (what == "files") return TRY(uploads::totals(tx, shop)).count;
    if (what == "megabytes") return TRY(uploads::totals(tx, shop)).bytes >> 20;
    return telemetry::numbers_given(tx, shop, what.substr(0, what.size() - 1));
}

// "12 mails today", and what holds where the operator says nothing.
struct QuotaWords {
    std::string verb, otherwise;
};
QuotaWords words_of(std::string_view what) {
    if (what == "mails") return {.verb = "today", .otherwise = "no end"};
    if (what == "files") return {.verb = "kept", .otherwise = std::to_string(uploads::shop_count_max)};
    if (what == "megabytes") return {.verb = "kept", .otherwise = std::to_string(uploads::shop_bytes_max >> 20)};
    return {.verb = "made", .otherwise = "no end"};
}

Result<wire::Json> shop_row(store::Tx& tx, const access::Site& site, const access::Shop& shop, Instant now) {
    wire::Json::Array quotas;
    const auto set = TRY(access::quotas(tx, shop.id));
    for (const auto what : access::quota_kinds) {
        const auto quota = std::ranges::find(set, what, &access::Quota::what);
        const auto& [verb, otherwise] = words_of(what);
        quotas.push_back(wire::Json::object({{"what", what},
                                             {"made", wire::grouped(TRY(used(tx, shop.id, what, now)))},
                                             {"verb", verb},
                                             {"per", what == "mails" ? " a day" : ""},
                                             {"otherwise", otherwise},
                                             {"most", quota == set.end() ? "" : std::to_string(quota->most)}}));
    }
    const auto own = "/operator/shops/" + shop.slug;
    const auto address = access::address(site, shop, "/");
    return wire::Json::object({{"slug", shop.slug},
                               {"name", shop.name},
                               {"href", address},
                               {"host", address.substr(address.find("//") + 2)},
                               {"suspended", shop.suspended},
                               {"clicks", wire::grouped(TRY(telemetry::clicks_since(tx, shop.id, now.day() - 29)))},
                               {"quotas", std::move(quotas)},
                               {"suspend_url", own + "/suspend"},
                               {"resume_url", own + "/resume"},
                               {"quota_url", own + "/quota"}});
}

Result<access::StudioPage> shops_page(store::Tx& tx, const access::Site& site, const access::Visit& visit, const wire::Json* sent,
                                      const std::string& problem) {
    const auto all = site.directory.all();
    const auto words = visit.request.query_value("words").value_or("");
    const auto after = visit.request.query_value("after").value_or("");
    wire::Json::Array rows;
    std::string next;
    bool begun = after.empty();
    for (const auto& tenant : all) {
        const auto& shop = tenant->shop;
        if (!begun) {
            begun = shop.slug == after;
            continue;
        }
        if (!words.empty() && (shop.slug + " " + shop.name + " " + shop.host).find(words) == std::string::npos) continue;
        if (rows.size() == page_size) {
            next = "/operator?after=" + rows.back().find("slug")->text() + (words.empty() ? "" : "&words=" + http::percent_encode(words));
            break;
        }
        rows.push_back(TRY(shop_row(tx, site, shop, site.clock.now())));
    }
    const auto backlog = TRY(outbox::backlog(tx));
    const auto typed = [&](const char* name) { return sent != nullptr ? access::field(*sent, name) : ""; };
    auto values = TRY(operator_values(tx, "shops"));
    values.set("shops", std::move(rows))
        .set("count", wire::grouped(static_cast<std::int64_t>(all.size())))
        .set("words", words)
        .set("next_url", next)
        .set("waiting", wire::grouped(backlog.due))
        .set("given_up", backlog.given_up > 0 ? wire::grouped(backlog.given_up) : "")
        .set("slug", typed("slug"))
        .set("name", typed("name"))
        .set("problem", access::sentence(problem));
    return access::StudioPage{.title = "Shops", .template_path = "studio/operator.html", .values = std::move(values)};
}

http::Response login_page(access::Site& site, const access::Visit& visit, std::string token, const std::string& problem) {
    auto response = access::page(
        site, visit, "studio/operator_login.html",
        wire::Json::object({{"token", std::move(token)}, {"problem", access::sentence(problem)}, {"command", "barrow operator"}}));
    if (!problem.empty()) response.status = 401;
    return response;
}

Task<http::Response> get_shops(access::Site& site, access::Visit visit) {
    return operator_page(site, visit, [&site, visit](store::Tx& tx) { return shops_page(tx, site, visit, nullptr, ""); });
}

Task<http::Response> get_login(access::Site& site, access::Visit visit) {
    co_return login_page(site, visit, visit.request.query_value("token").value_or(""), "");
}

Task<http::Response> post_login(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto allowed = access::same_site(visit);
    if (!allowed) co_return access::refusal(site, visit, allowed.error());
    const auto sent = access::form(visit);
    if (!sent) co_return access::refusal(site, visit, sent.error());
    const auto token = access::field(*sent, "token");
    const auto session = co_await site.db.write([&](store::Tx& tx) { return access::log_in(tx, operators(), token, now, site.random); });
    if (!session) co_return login_page(site, visit, "", "this link was used already or is older than 15 minutes");
    auto response = access::see_other(visit, "/operator");
    response.headers.emplace_back(
        "set-cookie", http::host_cookie(access::session_cookie(visit.shop()), session->token, access::session_life.us / 1'000'000));
    co_return response;
}

// Runs `act`, reads the directory anew, and comes back to the list or to the form with what was wrong.
Task<http::Response> act_on_shops(access::Site& site, access::Visit visit,
                                  std::function<Result<std::string>(store::Tx&, const wire::Json&)> act) {
    auto response = co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            const auto said = TRY(act(tx, sent));
            const bool from_links = access::field(sent, "back") == "links";
            return access::with_toast(site, visit, from_links ? "/operator/links" : "/operator", {.text = said});
        },
        [&](store::Tx& tx, const wire::Json& sent, const Error& error) { return shops_page(tx, site, visit, &sent, error.text); });
    if (response.status == 303) {
        const auto read = co_await site.db.read([&](store::Tx& tx) { return site.directory.reload(tx); });
        if (!read) site.log.error("shops_not_read", {{"text", read.error().text}});
    }
    co_return response;
}

Task<http::Response> post_shop(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        access::Shop wanted{.slug = access::field(sent, "slug"), .name = access::field(sent, "name")};
        const auto made = TRY(access::make_shop(tx, wanted, site.secrets, now, site.random));
        TRY(access::note_audit(tx, made.id, "operator", "create_shop", made.slug, now, site.random));
        return "Made: " + made.slug + ". Its owner comes in with: barrow login --shop " + made.slug;
    };
    std::function<Result<std::string>(store::Tx&, const wire::Json&)> named = act;
    co_return co_await act_on_shops(site, std::move(visit), std::move(named));
}

Status set_quotas(store::Tx& tx, const Id<access::Shop>& shop, const wire::Json& sent) {
    for (const auto what : access::quota_kinds) {
        const auto typed = access::field(sent, what);
        std::int64_t most = 0;
        const auto read = std::from_chars(typed.data(), typed.data() + typed.size(), most);
        if (!typed.empty() && (read.ec != std::errc() || read.ptr != typed.data() + typed.size()))
            return fail(Fault::bad_input, "the most " + std::string(what) + " must be a whole number, or empty for no end");
        TRY(access::set_quota(tx, shop, what, typed.empty() ? std::nullopt : std::optional(most)));
    }
    return {};
}

Task<http::Response> post_act(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto what = visit.request.parameter("act");
    const auto tenant = site.directory.by_slug(slug);
    if (!tenant || (what != "suspend" && what != "resume" && what != "quota"))
        co_return access::refusal(site, visit, fail(Fault::not_found, "There is no such shop here."));
    const auto act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto& shop = tenant->shop.id;
        const auto why = access::field(sent, "why");
        if (what == "suspend" && why.empty()) return fail(Fault::bad_input, "say why " + slug + " is suspended: its owner reads it");
        if (what == "quota")
            TRY(set_quotas(tx, shop, sent));
        else
            TRY(access::suspend_shop(tx, shop, what == "suspend" ? why : ""));
        TRY(access::note_audit(tx, shop, "operator", what + "_shop", why, now, site.random));
        return what == "suspend" ? slug + " is closed to viewers." : what == "resume" ? slug + " is open again." : slug + ": kept.";
    };
    std::function<Result<std::string>(store::Tx&, const wire::Json&)> named = act;
    co_return co_await act_on_shops(site, std::move(visit), std::move(named));
}

}  // namespace

Id<access::Shop> operators() { return {"operator"}; }

Task<http::Response> operator_page(access::Site& site, access::Visit visit, std::function<Result<access::StudioPage>(store::Tx&)> make) {
    const auto now = site.clock.now();
    const auto inside = co_await site.db.read([&](store::Tx& tx) { return access::owner(tx, visit, now); });
    if (!inside) co_return login_page(site, visit, "", "");
    co_return co_await access::studio_page(site, visit, std::move(make));
}

Result<wire::Json> operator_values(store::Tx& tx, std::string_view place) {
    const auto open = TRY(links::count_reported(tx));
    return wire::Json::object({{"on_shops", place == "shops"},
                               {"on_links", place == "links"},
                               {"on_denied", place == "denied"},
                               {"open_reports", open > 0 ? wire::grouped(open) : ""}});
}

void add_operator_routes(http::Router& router, Rooms& rooms) {
    const auto tenant = house();
    auto& site = rooms.site;
    const auto add = [&]<class Doors>(http::Method method, std::string pattern, Doors& doors,
                                      Task<http::Response> (*handler)(Doors&, access::Visit)) {
        router.add(
            {method, std::move(pattern), http::Slow([&site, &doors, tenant, handler](http::Request& request) -> Task<http::Response> {
                 if (!access::is_house_host(site, request.host)) {
                     const auto visit = access::visit(site, request);
                     return [](http::Response response) -> Task<http::Response> {
                         co_return response;
                     }(access::refusal(site, visit, fail(Fault::not_found, "The address may be mistyped.")));
                 }
                 return handler(doors, {tenant, "", request});
             })});
    };
    add(http::Method::get, "/operator", site, get_shops);
    add(http::Method::get, "/operator/login", site, get_login);
    add(http::Method::post, "/operator/login", site, post_login);
    add(http::Method::post, "/operator/shops", site, post_shop);
    add(http::Method::post, "/operator/shops/:slug/:act", site, post_act);
    add(http::Method::get, "/operator/links", rooms, get_operator_links);
    add(http::Method::post, "/operator/links/:act", rooms, post_operator_link);
    add(http::Method::get, "/operator/denied", rooms, get_denied);
    add(http::Method::post, "/operator/denied", rooms, post_denied);
    add(http::Method::post, "/operator/denied/remove", rooms, post_allowed);
}

}  // namespace barrow::app
