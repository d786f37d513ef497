#include "rooms/storefront/snippet_places.hpp"

#include <algorithm>
#include <array>

#include "floor/base/bytes.hpp"
#include "floor/wire/markup.hpp"
#include "floor/wire/page.hpp"
#include "floor/wire/qr.hpp"
#include "rooms/access/times.hpp"
#include "rooms/experiments/tally.hpp"
#include "rooms/links/address.hpp"
#include "rooms/snippets/show.hpp"

namespace barrow::storefront {

using telemetry::Surface;

Result<wire::Json> places_of(store::Tx& tx, const access::Visit& visit, const snippets::Snippet& current,
                             const std::vector<std::int64_t>& tried) {
    struct Row {
        Surface surface;
        std::string_view label;
    };
    static constexpr std::array<Row, 7> rows{{{Surface::bio, "Your page"},
                                              {Surface::product, "Product page"},
                                              {Surface::live, "Live page"},
                                              {Surface::overlay, "Overlay"},
                                              {Surface::embed, "Other people's pages"},
                                              {Surface::card, "Pinned card"},
                                              {Surface::feed, "Feeds"}}};
    const auto all = TRY(experiments::tallies_by_surface(tx, visit.shop().id, current.number));
    std::string versions;
    for (const auto version : tried) versions += (versions.empty() ? "" : ", ") + std::to_string(version);
    wire::Json::Array lines;
    for (const auto& row : rows) {
        experiments::Tally sum;
        for (const auto& one : all) {
            if (one.surface != static_cast<std::int64_t>(row.surface)) continue;
            if (tried.empty() ? one.version != current.version : std::ranges::find(tried, one.version) == tried.end()) continue;
            sum.seen += one.tally.seen;
            sum.taps += one.tally.taps;
            sum.orders += one.tally.orders;
        }
        const bool shows = current.on(row.surface);
        const auto is_counted = row.surface != Surface::overlay && row.surface != Surface::feed && row.surface != Surface::card;
        const auto of_seen = [&](std::int64_t n) {
            if (!is_counted) return std::string();
            if (sum.seen == 0) return std::string("–");
            const auto tenths = std::min<std::int64_t>(n * 1'000 / sum.seen, 1'000);
            return wire::grouped(n) + " (" + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %)";
        };
        lines.push_back(wire::Json::object({{"surface", row.label},
                                            {"version", !shows          ? ""
                                                        : tried.empty() ? std::to_string(current.version)
                                                                        : versions},
                                            {"since", shows && tried.empty() ? access::date_and_time(visit.zone(), current.starts) : ""},
                                            {"seen", is_counted ? wire::grouped(sum.seen) : "not counted"},
                                            {"taps", row.surface == Surface::product ? "" : of_seen(sum.taps)},
                                            {"orders", of_seen(sum.orders)}}));
    }
    return wire::Json(std::move(lines));
}

Result<wire::Json> pinned_card(const access::Site& site, const access::Visit& visit, const snippets::Snippet& current,
                               const catalog::Product& product) {
    const auto words = snippets::on(current.words, Surface::card);
    const telemetry::Context context{
        .surface = Surface::card, .snippet = current.number, .snippet_version = current.version, .day = site.clock.now().day()};
    const auto path = "/p/" + product.slug;
    const auto plain = access::address(site, visit.shop(), path);
    const auto code = TRY(
        wire::qr_png(access::address(site, visit.shop(), links::with_context(path, snippets::context_token(*visit.tenant, context))), 230));
    const auto how = wire::markup_text(words.how), proof = wire::markup_text(words.proof);
    auto text = words.title + "\n";
    if (!how.empty()) text += how + "\n";
    if (!proof.empty()) text += proof + " — " + words.proof_source + "\n";
    text += plain;
    return wire::Json::object({{"name", "card-" + current.slug},
                               {"product", product.name},
                               {"title", words.title},
                               {"how", how},
                               {"proof", proof},
                               {"source", words.proof_source},
                               {"image", product.image.empty() ? "" : visit.base + product.image},
                               {"code", "data:image/png;base64," + base64(as_bytes(code))},
                               {"address", plain.substr(plain.find("//") + 2)},
                               {"signed", "Signed by " + access::authority(site, visit.shop())},
                               {"text", text}});
}

}  // namespace barrow::storefront
