#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

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

Result<std::optional<Instant>> read_time(wire::Fields& fields, std::string_view name) {
    if (!fields.has(name)) return std::optional<Instant>();
    const auto time = read_iso(TRY(fields.text(name, 40)));
    if (!time) return fail(Fault::bad_input, "snippet: \"" + std::string(name) + "\" must be a time such as 2026-12-01T18:00:00Z");
    return std::optional(*time);
}

Result<std::vector<snippets::Variant>> read_variants(wire::Fields& fields) {
    std::vector<snippets::Variant> variants;
    if (!fields.has("variants")) return variants;
    const auto* given = TRY(fields.object("variants"));
    for (const auto& [surface, words] : given->members()) {
        const auto found = std::ranges::find(snippets::varied, surface, [](auto one) { return telemetry::name(one); });
        if (found == snippets::varied.end())
            return fail(Fault::bad_input, "snippet: \"variants\" may hold bio, product, live, embed, card, feed; not \"" + surface + "\"");
        wire::Fields said(words, "variants." + surface);
        variants.push_back({.surface = *found,
                            .title = TRY(said.text_or("title", "", 200)),
                            .how = TRY(said.text_or("how", "", 500)),
                            .action = TRY(said.text_or("action", "", 100))});
        TRY(said.done());
    }
    return variants;
}

// What the limits of the words refuse is said by them; here stand bounds of what is read at all.
Result<snippets::Publication> read_publication(wire::Fields& fields) {
    return snippets::Publication{.surfaces = TRY(read_surfaces(fields)),
                                 .words = {.title = TRY(fields.text("title", 200)),
                                           .how = TRY(fields.text_or("how", "", 500)),
                                           .proof = TRY(fields.text_or("proof", "", 500)),
                                           .proof_source = TRY(fields.text_or("proof_source", "", 300)),
                                           .proof_url = TRY(fields.text_or("proof_url", "", 300)),
                                           .action = TRY(fields.text_or("action", "", 100)),
                                           .variants = TRY(read_variants(fields))},
                                 .starts = TRY(read_time(fields, "starts")),
                                 .ends = TRY(read_time(fields, "ends")),
                                 .nothing_after = TRY(fields.boolean_or("nothing_after", false))};
}

wire::Json otherwise_json(const std::vector<snippets::Variant>& variants) {
    auto json = wire::Json::object();
    for (const auto& one : variants) {
        auto said = wire::Json::object();
        if (!one.title.empty()) said.set("title", one.title);
        if (!one.how.empty()) said.set("how", one.how);
        if (!one.action.empty()) said.set("action", one.action);
        json.set(std::string(telemetry::name(one.surface)), std::move(said));
    }
    return json;
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
                               {"variants", otherwise_json(words.variants)},
                               {"surfaces", surfaces_json(snippet)},
                               {"state", name(snippet.state)},
                               {"revoked", snippet.revoked},
                               {"published", time_json(snippet.published)},
                               {"starts", time_json(snippet.starts)},
                               {"ends", snippet.ends ? wire::Json(time_json(*snippet.ends)) : wire::Json()},
                               {"digest", snippet.digest},
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
    const auto now = site.clock.now();
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        const auto after = after_of(visit);
        auto tallies = TRY(experiments::tallies(tx, visit.shop().id));
        wire::Json::Array items;
        std::string next, last;
        for (const auto& snippet : TRY(snippets::all(tx, visit.shop().id, now))) {
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
        snippets::NewSnippet wanted{
            .slug = TRY(fields.text_or("slug", "", 60)), .product = product->id, .publication = TRY(read_publication(fields))};
        TRY(fields.done());
        const auto snippet = TRY(storefront::publish(tx, visit.shop(), std::move(wanted), site.secrets, now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, who, "publish_snippet", snippet.id.text, now, site.random));
        return one_json(tx, site, visit.shop(), snippet);
    };
    co_return co_await write(site, visit, work, 201);
}

Task<http::Response> get_snippet(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        return one_json(tx, site, visit.shop(), TRY(snippets::find(tx, visit.shop().id, std::string_view(slug), now)));
    });
}

namespace {
Result<snippets::Snippet> named(store::Tx& tx, const access::Visit& visit, Instant now) {
    return snippets::find(tx, visit.shop().id, std::string_view(visit.request.parameter("slug")), now);
}
Result<std::int64_t> version_of(const access::Visit& visit) {
    const auto text = visit.request.parameter("version");
    std::int64_t version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error != std::errc() || end != text.data() + text.size()) return fail(Fault::not_found, "a version is a number");
    return version;
}
// What changes the snippet of the address, with its word for the audit.
using Change = std::function<Status(store::Tx&, const snippets::Snippet&, const wire::Json& body)>;
Task<http::Response> change(access::Site& site, access::Visit visit, Instant now, std::string word, Change act, int status) {
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        const auto snippet = TRY(named(tx, visit, now));
        TRY(act(tx, snippet, body));
        TRY(access::note_audit(tx, visit.shop().id, who, word, snippet.id.text, now, site.random));
        return one_json(tx, site, visit.shop(), TRY(snippets::find(tx, visit.shop().id, snippet.id, now)));
    };
    co_return co_await write(site, visit, work, status);
}
}  // namespace

Task<http::Response> get_snippet_versions(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        auto snippet = TRY(named(tx, visit, now));
        wire::Json::Array items;
        for (const auto& line : TRY(snippets::versions(tx, visit.shop().id, snippet.id))) {
            const bool shown = line.version == snippet.version && snippet.state == snippets::State::published;
            auto of_line = snippet;
            of_line.version = line.version;
            of_line.digest = line.digest;
            items.push_back(wire::Json::object({{"version", line.version},
                                                {"title", line.title},
                                                {"published", time_json(line.published)},
                                                {"starts", time_json(line.starts)},
                                                {"ends", line.ends ? wire::Json(time_json(*line.ends)) : wire::Json()},
                                                {"called_off", line.called_off},
                                                {"shown", shown},
                                                {"digest", line.digest},
                                                {"document_url", access::address(site, visit.shop(), snippets::document_path(of_line))}}));
        }
        return wire::Json::object({{"items", std::move(items)}});
    });
}

Task<http::Response> post_snippet_version(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto shop = visit.shop();
    return change(
        site, std::move(visit), now, "publish_snippet",
        [&site, shop, now](store::Tx& tx, const snippets::Snippet& snippet, const wire::Json& body) -> Status {
            wire::Fields fields(body, "snippet");
            auto wanted = TRY(read_publication(fields));
            if (!fields.has("surfaces")) wanted.surfaces = snippet.surfaces;
            TRY(fields.done());
            TRY(snippets::publish_again(tx, shop, snippet.id, wanted, site.secrets, now));
            return {};
        },
        201);
}

Task<http::Response> post_snippet_version_show(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto version = version_of(visit);
    const auto shop = visit.shop();
    return change(
        site, std::move(visit), now, "roll_back_snippet",
        [&site, shop, now, version](store::Tx& tx, const snippets::Snippet& snippet, const wire::Json& body) -> Status {
            TRY(wire::Fields(body, "snippet").done());
            TRY(snippets::roll_back(tx, shop, snippet.id, TRY(version), site.secrets, now));
            return {};
        },
        201);
}

Task<http::Response> post_snippet_version_call_off(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto version = version_of(visit);
    const auto shop = visit.shop().id;
    return change(
        site, std::move(visit), now, "call_off_snippet",
        [shop, now, version](store::Tx& tx, const snippets::Snippet& snippet, const wire::Json& body) -> Status {
            TRY(wire::Fields(body, "snippet").done());
            return snippets::call_off(tx, shop, snippet.id, TRY(version), now);
        },
        200);
}

Task<http::Response> post_snippet_revoke(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto shop = visit.shop().id;
    return change(
        site, std::move(visit), now, "revoke_snippet",
        [shop, now](store::Tx& tx, const snippets::Snippet& snippet, const wire::Json& body) -> Status {
            TRY(wire::Fields(body, "snippet").done());
            return snippets::revoke(tx, shop, snippet.id, now);
        },
        200);
}

Task<http::Response> post_snippet_restore(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto shop = visit.shop().id;
    return change(
        site, std::move(visit), now, "restore_snippet",
        [shop, now](store::Tx& tx, const snippets::Snippet& snippet, const wire::Json& body) -> Status {
            TRY(wire::Fields(body, "snippet").done());
            return snippets::restore(tx, shop, snippet.id, now);
        },
        200);
}

}  // namespace barrow::app::api
