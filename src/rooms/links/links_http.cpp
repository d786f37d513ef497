#include "rooms/links/links_http.hpp"

#include <qrcodegen/qrcodegen.hpp>

#include "floor/wire/page.hpp"
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

Task<http::Response> get_qr(Doors& doors, access::Visit visit) {
    auto slug = visit.request.parameter("file");
    constexpr std::string_view ending = ".svg";
    if (!slug.ends_with(ending)) co_return access::refusal(doors.site, visit, fail(Fault::not_found, "QR codes are served as SLUG.svg"));
    slug.resize(slug.size() - ending.size());
    auto found = co_await doors.site.db.read([&](store::Tx& tx) { return find(tx, visit.shop().id, slug); });
    if (!found) co_return access::refusal(doors.site, visit, found.error());
    const auto address = access::address(doors.site, visit.shop(), "/s/" + slug);
    http::Response response;
    response.body = qr_svg(address, "QR code of " + address);
    response.headers = {{"content-type", "image/svg+xml"}, {"cache-control", "public, max-age=3600"}};
    co_return response;
}

std::string qr_svg(std::string_view text, std::string_view title) {
    using qrcodegen::QrCode;
    if (text.size() > 1'000) text = text.substr(0, 1'000);  // beyond it no phone reads it from a screen
    const auto code = QrCode::encodeText(std::string(text).c_str(), QrCode::Ecc::MEDIUM);
    constexpr int quiet = 4;
    const auto side = std::to_string(code.getSize() + 2 * quiet);
    std::string path;
    for (int y = 0; y < code.getSize(); ++y) {
        for (int x = 0; x < code.getSize(); ++x) {
            if (!code.getModule(x, y)) continue;
            int run = 1;
            while (code.getModule(x + run, y)) ++run;  // outside the code every module is light
            path += "M" + std::to_string(x + quiet) + " " + std::to_string(y + quiet) + "h" + std::to_string(run) + "v1h-" +
                    std::to_string(run) + "z";
            x += run;
        }
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
           "\" role=\"img\" shape-rendering=\"crispEdges\"><title>" + wire::escape_html(title) + "</title><path fill=\"#fff\" d=\"M0 0h" +
           side + "v" + side + "H0z\"/><path fill=\"#000\" d=\"" + path + "\"/></svg>";
}

}  // namespace barrow::links
