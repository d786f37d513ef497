#include <algorithm>
#include <array>

#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/experiments/tally.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/storefront/publish.hpp"

namespace barrow::app::api {
namespace {

using telemetry::Surface;
constexpr std::array<Surface, 8> surfaces{Surface::bio,   Surface::product, Surface::overlay, Surface::live,
                                          Surface::embed, Surface::card,    Surface::feed,    Surface::mail};

wire::Json surfaces_json(const snippets::Snippet& snippet) {
    wire::Json::Array names;
    for (const auto surface : surfaces) {
        if ((snippet.surfaces >> static_cast<int>(surface) & 1) != 0) names.emplace_back(telemetry::name(surface));
    }
    return names;
}

Result<std::int64_t> read_surfaces(wire::Fields& fields) {
    if (!fields.has("surfaces")) return snippets::everywhere;
    std::int64_t bits = 0;
    for (const auto& one : TRY(fields.array("surfaces", surfaces.size()))->items()) {
        const auto found = one.is_text()
                               ? std::ranges::find_if(surfaces, [&](auto surface) { return telemetry::name(surface) == one.text(); })
                               : surfaces.end();
        if (found == surfaces.end())
            return fail(Fault::bad_input, "snippet: \"surfaces\" may hold bio, product, overlay, live, embed, card, feed, mail");
        bits |= std::int64_t{1} << static_cast<int>(*found);
    }
    return bits;
}

wire::Json snippet_json(const access::Site& site, const access::Shop& shop, const snippets::Snippet& snippet,
                        const catalog::Product& product, const experiments::Tally& tally) {
    const auto& words = snippet.words;
    return wire::Json::object({{"id", snippet.id.text},
                               {"slug", snippet.slug},
                               {"product", product.slug},
                               {"version", snippet.version},
                               {"title", words.title},
                               {"how", words.how},
                               {"proof", words.proof},
                               {"proof_source", words.proof_source},
                               {"proof_url", words.proof_url},
                               {"action", words.action},
                               {"surfaces", surfaces_json(snippet)},
                               {"revoked", snippet.revoked},
                               {"published", time_json(snippet.published)},
                               {"document_url", access::address(site, shop, snippets::document_path(snippet))},
                               {"embed_url", access::address(site, shop, "/embed/" + snippet.slug)},
                               {"seen", tally.seen},
                               {"taps", tally.taps},
                               {"orders", tally.orders}});
}

Result<wire::Json> one_json(store::Tx& tx, const access::Site& site, const access::Shop& shop, const snippets::Snippet& snippet) {
    auto tallies = TRY(experiments::tallies(tx, shop.id));
    const auto product = TRY(catalog::find(tx, shop.id, snippet.product));
    return snippet_json(site, shop, snippet, product, tallies[snippet.number]);
}

}  // namespace

Task<http::Response> get_snippets(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        const auto after = after_of(visit);
        auto tallies = TRY(experiments::tallies(tx, visit.shop().id));
        wire::Json::Array items;
        std::string next, last;
        for (const auto& snippet : TRY(snippets::all(tx, visit.shop().id))) {
            if (snippet.id.text <= after) continue;
            if (static_cast<std::int64_t>(items.size()) == limit) {
                next = last;
                break;
            }
            const auto product = TRY(catalog::find(tx, visit.shop().id, snippet.product));
            items.push_back(snippet_json(site, visit.shop(), snippet, product, tallies[snippet.number]));
            last = snippet.id.text;
        }
        return listed(visit, std::move(items), limit, next);
    });
}

Task<http::Response> post_snippet(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "snippet");
        const auto product = catalog::find(tx, visit.shop().id, std::string_view(TRY(fields.text("product", 60))));
        if (!product) return fail(Fault::bad_input, "snippet: \"product\" must be the slug of a product of this shop");
        snippets::NewSnippet wanted{.slug = TRY(fields.text_or("slug", "", 60)),
                                    .product = product->id,
                                    .surfaces = TRY(read_surfaces(fields)),
                                    .words = {.title = TRY(fields.text("title", 200)),
                                              .how = TRY(fields.text_or("how", "", 500)),
                                              .proof = TRY(fields.text_or("proof", "", 500)),
                                              .proof_source = TRY(fields.text_or("proof_source", "", 300)),
                                              .proof_url = TRY(fields.text_or("proof_url", "", 300)),
                                              .action = TRY(fields.text_or("action", "", 100))}};
        TRY(fields.done());
        const auto snippet = TRY(storefront::publish(tx, visit.shop(), std::move(wanted), site.secrets, now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, who, "publish_snippet", snippet.id.text, now, site.random));
        return one_json(tx, site, visit.shop(), snippet);
    };
    co_return co_await write(site, visit, work, 201);
}

Task<http::Response> get_snippet(access::Site& site, access::Visit visit) {
    const auto slug = visit.request.parameter("slug");
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        return one_json(tx, site, visit.shop(), TRY(snippets::find(tx, visit.shop().id, std::string_view(slug))));
    });
}

}  // namespace barrow::app::api
