#include "rooms/storefront/storefront_http.hpp"

#include "floor/http/static_files.hpp"
#include "floor/sign/sign.hpp"
#include "floor/wire/markup.hpp"
#include "floor/wire/page.hpp"
#include "rooms/catalog/price_history.hpp"
#include "rooms/catalog/quote.hpp"
#include "rooms/checkout/hold_http.hpp"
#include "rooms/links/address.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/stock/standing.hpp"
#include "rooms/storefront/feeds.hpp"
#include "rooms/storefront/offer.hpp"

namespace barrow::storefront {
namespace {

wire::Json texts(const std::vector<std::string>& list) {
    wire::Json::Array items;
    for (const auto& text : list) items.push_back(wire::Json::object({{"text", text}}));
    return items;
}

wire::Json trust_cue(const access::Site& site, const access::Visit& visit, const snippets::Snippet& snippet) {
    return wire::Json::object({{"doc_url", visit.base + snippets::document_path(snippet)},
                               {"signer", access::authority(site, visit.shop())},
                               {"signed_on", access::long_date(visit.zone(), snippet.published, visit.words())},
                               {"version", snippet.version},
                               {"key", sign::multikey(visit.tenant->signing_key().keys.public_key)},
                               {"title", snippet.words.title}});
}

}  // namespace

Task<http::Response> get_product(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto say = visit.words();
    auto came_with = snippets::came_with(visit, now);
    const auto unit = snippets::unit_of(visit, doors.salt);
    telemetry::Context seen;
    std::string product_id;
    auto values = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto& shop = visit.shop();
        const auto product = TRY(catalog::find(tx, shop.id, slug));
        if (!product.published) return fail(Fault::gone, "This product is not for sale any more.");
        product_id = product.id.text;
        const auto standing = TRY(stock::standing(tx, shop.id, product.id));
        auto current = TRY(snippets::snippet_of(tx, shop.id, product.id, telemetry::Surface::product, now));
        std::optional<snippets::Shown> shown;
        seen = came_with;
        seen.surface = telemetry::Surface::product;
        seen.day = now.day();
        if (current) {
            const auto running = TRY(experiments::running(tx, shop.id));
            shown = TRY(snippets::show(tx, shop, std::move(*current), running, came_with, telemetry::Surface::product, unit, now));
            seen = shown->context;
        }
        const auto prior = TRY(catalog::prior_price(tx, shop.id, product.id, now));
        const auto token = snippets::context_token(*visit.tenant, seen);
        const auto* snippet = shown ? &shown->snippet : nullptr;
        wire::Json::Array questions;
        for (const auto& one : product.page.questions)
            questions.push_back(wire::Json::object({{"question", one.question}, {"answer", one.answer}}));
        auto page =
            wire::Json::object({{"url", access::address(site, shop, "/p/" + product.slug)},
                                {"oembed_url", access::address(site, shop, "/oembed?url=") +
                                                   http::percent_encode(access::address(site, shop, "/p/" + product.slug))},
                                {"json_ld_html", json_ld(site, shop, {product, shown ? &shown->words : nullptr, standing.can_hold()})},
                                {"name", product.name},
                                {"does", snippet != nullptr ? shown->words.title : product.name},
                                {"how", snippet != nullptr ? wire::markup_text(shown->words.how) : ""},
                                {"how_html", snippet != nullptr ? wire::markup_html(shown->words.how) : ""},
                                {"image", product.image.empty() ? "" : visit.base + product.image},
                                {"image_url", product.image.empty() ? "" : access::address(site, shop, product.image)},
                                {"image_alt", product.image_alt},
                                {"price", say.money(product.price)},
                                {"price_note", catalog::price_note(product, say)},
                                {"was", prior ? say.money(*prior) : ""},
                                {"low30", ""},
                                {"state", stock::told(standing, say)},
                                {"state_kind", standing.kind},
                                {"gets", texts(product.page.gets)},
                                {"delivery", product.page.delivery},
                                {"refund", product.page.refund},
                                {"proof_html", snippet != nullptr ? wire::markup_html(shown->words.proof) : ""},
                                {"proof_source", snippet != nullptr ? snippet->words.proof_source : ""},
                                {"proof_url", snippet != nullptr ? snippet->words.proof_url : ""},
                                {"snippet", snippet != nullptr ? trust_cue(site, visit, *snippet) : wire::Json(false)},
                                {"steps", texts(product.page.steps)},
                                {"limits", texts(product.page.limits)},
                                {"questions", std::move(questions)},
                                {"events_url", ""},
                                {"product", product.id.text}});
        const checkout::Offer offer{product, standing, token, "/p/" + product.slug + "/holds"};
        TRY(checkout::set_offer(tx, site, visit, offer, now, page));
        return page;
    });
    if (!values) co_return access::refusal(site, visit, values.error());
    // Who comes with a snippet tapped its card.
    if (came_with.snippet != 0 && came_with.surface != telemetry::Surface::product && visit.request.method == http::Method::get &&
        visit.request.header("sec-purpose").find("prefetch") == std::string_view::npos) {
        doors.counters.note(
            {.shop = visit.shop().id, .day = now.day(), .touch = telemetry::Touch::tap, .context = came_with, .product_id = product_id});
    }
    doors.counters.note(
        {.shop = visit.shop().id, .day = now.day(), .touch = telemetry::Touch::impression, .context = seen, .product_id = product_id});
    co_return access::page(site, visit, "viewer/product.html", std::move(*values));
}

Task<http::Response> get_embed(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto unit = snippets::unit_of(visit, doors.salt);
    telemetry::Context seen;
    auto values = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto& shop = visit.shop();
        auto current = TRY(snippets::find(tx, shop.id, slug, now));
        if (!current.on(telemetry::Surface::embed)) return fail(Fault::gone, "This snippet was taken back by the shop.");
        const auto product = TRY(catalog::find(tx, shop.id, current.product));
        const auto running = TRY(experiments::running(tx, shop.id));
        const auto shown = TRY(snippets::show(tx, shop, std::move(current), running, {}, telemetry::Surface::embed, unit, now));
        const auto standing = TRY(stock::standing(tx, shop.id, product.id));
        seen = shown.context;
        auto card = snippets::card(
            site, visit, shown.snippet, telemetry::Surface::embed, product, stock::told(standing, visit.words()), standing.kind,
            access::address(site, shop, links::with_context("/p/" + product.slug, snippets::context_token(*visit.tenant, seen))));
        return wire::Json::object({{"snippet", std::move(card)}});
    });
    if (!values) co_return access::refusal(site, visit, values.error());
    doors.counters.note(
        {.shop = visit.shop().id, .day = now.day(), .touch = telemetry::Touch::impression, .context = seen, .product_id = {}});
    co_return access::page(site, visit, "viewer/embed.html", std::move(*values), {}, access::Framing::anybody);
}

namespace {
using Feed = std::string (*)(const access::Site&, const access::Shop&, std::span<const FeedItem>);
Task<http::Response> feed(Doors& doors, access::Visit visit, const char* type, Feed write) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto text = co_await site.db.read(
        [&](store::Tx& tx) -> Result<std::string> { return write(site, visit.shop(), TRY(feed_items(tx, visit.shop().id, now))); });
    if (!text) co_return http::problem(text.error());
    const auto tag = "\"" + base64url(sign::sha256(as_bytes(*text))) + "\"";
    http::Response response;
    response.headers = {{"content-type", type}, {"etag", tag}, {"cache-control", "public, no-cache"}, {"access-control-allow-origin", "*"}};
    if (http::has_etag(visit.request, tag))
        response.status = 304;
    else
        response.body = std::move(*text);
    co_return response;
}
}  // namespace

Task<http::Response> get_json_feed(Doors& doors, access::Visit visit) {
    return feed(doors, std::move(visit), "application/feed+json; charset=utf-8", json_feed);
}
Task<http::Response> get_google_feed(Doors& doors, access::Visit visit) {
    return feed(doors, std::move(visit), "application/rss+xml; charset=utf-8", google_feed);
}
Task<http::Response> get_products_jsonl(Doors& doors, access::Visit visit) {
    return feed(doors, std::move(visit), "application/x-ndjson; charset=utf-8", products_jsonl);
}

http::Response get_offline(access::Site& site, const access::Visit& visit) {
    return access::page(site, visit, "viewer/offline.html", wire::Json::object());
}

Task<http::Response> get_oembed(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto url = visit.request.query_value("url").value_or("");
    const auto prefix = access::address(site, visit.shop(), "/p/");
    if (!url.starts_with(prefix))
        co_return http::problem(fail(Fault::not_found, "url must be a product page of this shop: " + prefix + "…"));
    const auto slug = url.substr(prefix.size(), url.find_first_of("?#", prefix.size()) - prefix.size());
    auto answer = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto& shop = visit.shop();
        const auto product = TRY(catalog::find(tx, shop.id, slug));
        const auto snippet = TRY(snippets::snippet_of(tx, shop.id, product.id, telemetry::Surface::embed, now));
        if (!snippet) return fail(Fault::not_found, "this product has no snippet to embed");
        const auto frame = access::address(site, shop, "/embed/" + snippet->slug);
        return wire::Json::object(
            {{"version", "1.0"},
             {"type", "rich"},
             {"provider_name", shop.name},
             {"provider_url", access::address(site, shop, "/")},
             {"title", product.name},
             {"width", 420},
             {"height", 520},
             {"html", "<iframe src=\"" + wire::escape_html(frame) + "\" width=\"420\" height=\"520\" title=\"" +
                          wire::escape_html(product.name) +
                          "\" sandbox=\"allow-scripts allow-popups allow-top-navigation-by-user-activation\" loading=\"lazy\"></iframe>"}});
    });
    if (!answer) co_return http::problem(answer.error());
    co_return http::Response::json(wire::write_json(*answer)).with("access-control-allow-origin", "*");
}

}  // namespace barrow::storefront
