#include "rooms/links/pages/page_http.hpp"

#include "floor/wire/assets.hpp"
#include "floor/wire/page.hpp"
#include "rooms/links/address.hpp"
#include "rooms/links/opening.hpp"
#include "rooms/links/pages/numbers.hpp"
#include "rooms/links/pages/show.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/telemetry/agent.hpp"

namespace barrow::pages {
namespace {

// As clicks: programs, prefetches and the creator's own looks are no impressions.
bool is_seen_by_a_person(const access::Visit& visit) {
    const auto& request = visit.request;
    if (request.method != http::Method::get || telemetry::read_agent(request.header("user-agent")).kind != telemetry::AgentKind::person)
        return false;
    if (!request.header("purpose").empty() || !request.header("sec-purpose").empty() || !request.header("x-moz").empty()) return false;
    return request.cookie("__Host-" + access::session_cookie(visit.shop())).empty();
}

// In memory, as a click is: the same log, the same reasons for not counting.
void count_view(const links::Doors& doors, const access::Visit& visit, std::int64_t subject, Instant now) {
    const auto said = links::said_by(visit.request);
    const auto agent = telemetry::read_agent(said.agent);
    const auto country = doors.countries.of(visit.request), source = links::source_tag(visit.request.query),
               referrer = links::referrer_host(said.referrer);
    doors.clicks.note({.shop = visit.shop().id.text,
                       .link = subject,
                       .why = links::why_not(doors, visit, links::opened(doors, visit, said, subject, agent, now), now),
                       .device = agent.device,
                       .os = agent.os,
                       .app = agent.app,
                       .country = country,
                       .referrer = referrer,
                       .source = source});
}

Task<http::Response> show_published(links::Doors& doors, access::Visit visit, std::string slug) {
    const auto now = doors.site.clock.now();
    const Viewer viewer{.came_with = snippets::came_with(visit, now), .unit = snippets::unit_of(visit, doors.salt)};
    std::int64_t subject = 0;
    auto shown = co_await doors.site.db.read([&](store::Tx& tx) -> Result<Shown> {
        const auto page = TRY(find(tx, visit.shop().id, slug));
        if (!page.published) return fail(Fault::not_found, "there is no page here yet");
        subject = subject_of(page);
        return show(tx, doors, visit, page, *page.published, viewer, now);
    });
    if (!shown && shown.error().fault == Fault::not_found)
        co_return access::refusal(doors.site, visit, fail(Fault::not_found, "The address may be mistyped, or what stood here has moved."));
    if (!shown) co_return access::refusal(doors.site, visit, shown.error());
    count_view(doors, visit, subject, now);
    if (is_seen_by_a_person(visit)) {
        for (const auto& key : shown->seen) doors.counters.note(key);
    }
    co_return page_response(doors, visit, std::move(shown->values));
}

std::string sitemap_line(const std::string& url, const std::optional<Instant>& changed) {
    return "<url><loc>" + wire::escape_html(url) + "</loc>" + (changed ? "<lastmod>" + iso(*changed) + "</lastmod>" : "") + "</url>\n";
}

}  // namespace

http::Response page_response(const links::Doors& doors, const access::Visit& visit, wire::Json values, access::Framing framing) {
    return access::page(doors.site, visit, "viewer/bio.html", std::move(values), {}, framing);
}

Task<http::Response> get_bio(links::Doors& doors, access::Visit visit) {
    std::string slug;  // named: see ARCHITECTURE.md, g++ 12 and co_await
    co_return co_await show_published(doors, std::move(visit), std::move(slug));
}

Task<http::Response> get_page(links::Doors& doors, access::Visit visit) {
    auto slug = visit.request.parameter("slug");
    if (slug == bio_name)
        co_return access::refusal(doors.site, visit, fail(Fault::not_found, "The address may be mistyped, or what stood here has moved."));
    if (!visit.request.path.starts_with("/s/")) co_return co_await show_published(doors, std::move(visit), std::move(slug));
    const auto page = co_await doors.site.db.read([&](store::Tx& tx) { return find(tx, visit.shop().id, slug); });
    if (!page || !page->published) {
        const bool missing = page || page.error().fault == Fault::not_found;
        co_return access::refusal(
            doors.site, visit,
            missing ? fail(Fault::not_found, "The address may be mistyped, or what stood here has moved.") : page.error());
    }
    auto to = visit.base + "/" + page->slug;
    if (!visit.request.query.empty()) to += "?" + std::string(visit.request.query);
    co_return http::Response::redirect(std::move(to), 302).with("cache-control", "private, no-store");
}

Task<http::Response> get_sitemap(links::Doors& doors, access::Visit visit) {
    const auto& shop = visit.shop();
    const auto lines = co_await doors.site.db.read([&](store::Tx& tx) -> Result<std::string> {
        std::string text;
        const auto line = [&](const std::string& path, const std::optional<Instant>& changed) {
            text += sitemap_line(access::address(doors.site, shop, path), changed);
        };
        for (const auto& page : TRY(all(tx, shop.id))) {
            if (page.published && !page.published->no_index) line("/" + page.slug, page.published_at);
        }
        for (const auto& product : TRY(catalog::all(tx, shop.id))) {
            if (product.published) line("/p/" + product.slug, std::nullopt);
        }
        return text;
    });
    if (!lines) co_return access::refusal(doors.site, visit, lines.error());
    http::Response response;
    response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n" +
                    *lines + "</urlset>\n";
    response.headers = {{"content-type", "application/xml; charset=utf-8"}, {"cache-control", "public, max-age=3600"}};
    co_return response;
}

Task<http::Response> get_robots(links::Doors& doors, access::Visit visit) {
    const auto* rules = wire::find_asset("viewer/robots.txt");
    check(rules != nullptr);
    http::Response response;
    response.body = std::string(rules->plain) + "Sitemap: " + access::address(doors.site, visit.shop(), "/sitemap.xml") + "\n";
    response.headers = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "public, max-age=3600"}};
    co_return response;
}

}  // namespace barrow::pages
