#include "rooms/links/links_http.hpp"

#include <algorithm>

#include "floor/wire/page.hpp"
#include "floor/wire/qr.hpp"
#include "rooms/links/address.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/stock/standing.hpp"

namespace barrow::links {

Task<http::Response> get_bio(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto came_with = snippets::came_with(visit, now);
    const auto unit = snippets::unit_of(visit, doors.salt);
    std::vector<telemetry::Context> seen;
    auto values = co_await doors.site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        seen.clear();
        const auto& shop = visit.shop();
        const auto running = TRY(experiments::running(tx, shop.id));
        wire::Json::Array cards, rows;
        for (auto& snippet : TRY(snippets::all(tx, shop.id))) {
            if (!snippet.on(telemetry::Surface::bio)) continue;
            const auto product = TRY(catalog::find(tx, shop.id, snippet.product));
            if (!product.published) continue;
            auto shown = TRY(snippets::show(tx, shop, snippet, running, came_with, telemetry::Surface::bio, unit, now));
            const auto standing = TRY(stock::standing(tx, shop.id, product.id));
            auto href = visit.base + with_context("/p/" + product.slug, snippets::context_token(*visit.tenant, shown.context));
            cards.push_back(snippets::card(doors.site, visit, shown.snippet, product, standing.words, standing.kind, std::move(href)));
            seen.push_back(std::move(shown.context));
        }
        for (const auto& link : TRY(on_bio(tx, shop.id))) {
            rows.push_back(wire::Json::object({{"href", visit.base + "/s/" + link.slug},
                                               {"label", link.title.empty() ? link.target : link.title},
                                               {"note", access::authority(doors.site, shop) + visit.base + "/s/" + link.slug}}));
        }
        auto live = wire::Json(false);
        if (const auto moment = TRY(next_moment(tx, shop.id, now))) {
            const bool on_air = moment->stage != Stage::before;
            live = wire::Json::object(
                {{"href", visit.base + "/live/" + moment->live_slug},
                 {"title", moment->title},
                 {"on_air", on_air},
                 {"when", on_air ? std::string("on air now")
                                 : snippets::long_date(moment->starts) + ", " + clock_time(moment->starts).substr(0, 5) + " UTC"}});
        }
        return wire::Json::object({{"url", access::address(doors.site, shop, "/")},
                                   {"bio", shop.bio},
                                   {"avatar", ""},
                                   {"initial", access::first_letter(shop.name)},
                                   {"live", std::move(live)},
                                   {"snippets", std::move(cards)},
                                   {"links", std::move(rows)}});
    });
    if (!values) co_return access::refusal(doors.site, visit, values.error());
    for (auto& context : seen) {
        doors.counters.note({.shop = visit.shop().id,
                             .day = now.day(),
                             .touch = telemetry::Touch::impression,
                             .context = std::move(context),
                             .product_id = {}});
    }
    co_return access::page(doors.site, visit, "viewer/bio.html", std::move(*values));
}

// "lamp.svg", "lamp.png": the slug and how the picture is written.
Task<http::Response> get_qr(Doors& doors, access::Visit visit) {
    const auto file = visit.request.parameter("file");
    const bool png = file.ends_with(".png");
    if (!png && !file.ends_with(".svg"))
        co_return access::refusal(doors.site, visit, fail(Fault::not_found, "QR codes are served as SLUG.svg and SLUG.png"));
    const auto slug = file.substr(0, file.size() - 4);
    auto found = co_await doors.site.db.read([&](store::Tx& tx) { return find(tx, visit.shop().id, slug); });
    if (!found) co_return access::refusal(doors.site, visit, found.error());
    const auto asked = [&](std::string_view name) { return visit.request.query_value(name).value_or(""); };
    wire::QrLook look{.level = wire::qr_level_named(asked("level")).value_or(wire::QrLook::Level::medium), .logo_colour = {}};
    if (asked("logo") == "1") look.logo_colour = visit.shop().accent.empty() ? "#0b6b4b" : visit.shop().accent;
    auto address = access::address(doors.site, visit.shop(), "/s/" + slug);
    if (const auto tag = asked("d"); !tag.empty()) address += "?d=" + http::percent_encode(tag.substr(0, 60));
    http::Response response;
    if (png) {
        const auto side = asked("side").empty() ? std::int64_t{1'024} : std::atoll(asked("side").c_str());
        auto picture = wire::qr_png(address, static_cast<int>(std::clamp<std::int64_t>(side, 0, 100'000)), look);
        if (!picture) co_return access::refusal(doors.site, visit, picture.error());
        response.body = std::move(*picture);
    } else {
        response.body = wire::qr_svg(address, "QR code of " + address, look);
    }
    response.headers = {{"content-type", png ? "image/png" : "image/svg+xml"}, {"cache-control", "public, max-age=3600"}};
    co_return response;
}

}  // namespace barrow::links
