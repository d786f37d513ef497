#include "rooms/links/links_http.hpp"

#include <algorithm>

#include "floor/wire/page.hpp"
#include "floor/wire/qr.hpp"

namespace barrow::links {

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
    wire::QrLook look{
        .level = wire::qr_level_named(asked("level")).value_or(wire::QrLook::Level::medium), .logo_colour = {}, .logo_pixels = {}};
    if (asked("logo") == "1") {
        const auto logo = uploads::shown(visit.shop().logo);
        if (logo && doors.uploads.workshop != nullptr) look.logo_pixels = doors.uploads.workshop->stamp(visit.shop().id.text, logo->stem);
        if (look.logo_pixels.empty()) look.logo_colour = visit.shop().accent.empty() ? "#0b6b4b" : visit.shop().accent;
    }
    auto address = access::address(doors.site, visit.shop(), "/s/" + slug);
    if (const auto tag = asked("d"); !tag.empty()) address += "?d=" + http::percent_encode(tag.substr(0, 60));
    http::Response response;
    if (png) {
        const auto side = asked("side").empty() ? std::int64_t{1'024} : std::atoll(asked("side").c_str());
        // On a reader thread: a large one takes as long as a thousand clicks.
        auto picture = co_await doors.site.db.read(
            [&](store::Tx&) { return wire::qr_png(address, static_cast<int>(std::clamp<std::int64_t>(side, 0, 100'000)), look); });
        if (!picture) co_return access::refusal(doors.site, visit, picture.error());
        response.body = std::move(*picture);
    } else {
        response.body = wire::qr_svg(address, visit.words()("QR code of {address}", {{"address", address}}), look);
    }
    response.headers = {{"content-type", png ? "image/png" : "image/svg+xml"}, {"cache-control", "public, max-age=3600"}};
    co_return response;
}

}  // namespace barrow::links
