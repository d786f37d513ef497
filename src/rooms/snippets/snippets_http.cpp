#include "rooms/snippets/snippets_http.hpp"

#include <charconv>
#include <map>

#include "floor/http/static_files.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/snippets/snippet.hpp"

namespace barrow::snippets {
namespace {

constexpr std::string_view ending = ".json", quote_ending = ".quote.json", digest_start = "sha256-";

// "tide-lamp" with the version asked for, or 0 for the one shown now; or "sha256-…".
Result<Snippet> find_named(store::Tx& tx, const Id<access::Shop>& shop, std::string_view name, std::string_view version_text, Instant now) {
    auto snippet = TRY(name.starts_with(digest_start) ? find_digest(tx, shop, name) : find(tx, shop, name, now));
    if (!version_text.empty()) {
        std::int64_t version = 0;
        std::from_chars(version_text.data(), version_text.data() + version_text.size(), version);
        if (version != snippet.version) snippet = TRY(find_version(tx, shop, snippet.id, version));
    }
    if (snippet.called_off) return fail(Fault::gone, "this version was called off before it was shown");
    if (snippet.starts > now) return fail(Fault::not_found, "this snippet is not published yet");
    if (snippet.state == State::revoked) return fail(Fault::gone, "this snippet was taken back by the shop");
    if (snippet.state == State::expired) return fail(Fault::gone, "this snippet has ended");
    return snippet;
}

const std::string not_as_published(wire::said("This document is not what was published. It was changed in the shop's database."));

void tell_broken(const access::Site& site, const Error& error) { site.log.error("snippet_seal_broken", {{"text", error.text}}); }

Task<http::Response> get_quote(access::Site& site, access::Visit visit, std::string slug) {
    const auto now = site.clock.now();
    auto quote = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto snippet = TRY(find_named(tx, visit.shop().id, slug, "", now));
        const auto product = TRY(catalog::find(tx, visit.shop().id, snippet.product));
        if (!product.published) return fail(Fault::gone, "this product is not for sale any more");
        return signed_quote(site, *visit.tenant, snippet, product, now);
    });
    if (!quote) co_return http::problem(quote.error()).with("access-control-allow-origin", "*");
    // Whoever gets it from a cache still has most of its time.
    co_return http::Response::json(wire::write_json(*quote))
        .with("access-control-allow-origin", "*")
        .with("cache-control", "public, max-age=60");
}

}  // namespace

Task<http::Response> get_document(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    std::string file(visit.request.parameter("file"));
    if (file.ends_with(quote_ending)) {
        auto slug = file.substr(0, file.size() - quote_ending.size());
        co_return co_await get_quote(site, std::move(visit), std::move(slug));
    }
    if (!file.ends_with(ending)) co_return http::problem(fail(Fault::not_found, "snippets are served as SLUG.json"));
    file.resize(file.size() - ending.size());
    const auto version = visit.request.query_value("v").value_or("");
    auto snippet = co_await site.db.read([&](store::Tx& tx) { return find_named(tx, visit.shop().id, file, version, now); });
    if (!snippet) co_return http::problem(snippet.error()).with("access-control-allow-origin", "*");
    const auto document = signed_for(site, *visit.tenant, *snippet);
    if (!document) {
        tell_broken(site, document.error());
        co_return http::problem(fail(Fault::storage, not_as_published)).with("access-control-allow-origin", "*");
    }
    // What is shown now is asked for each time, and mostly answered by "as before": what is published reaches everybody at once. A version
    // never changes, but it can be taken back.
    const auto tag = "\"" + digest_of(*document).substr(digest_start.size()) + "\"";
    const bool fixed = !version.empty() || file.starts_with(digest_start);
    auto response = http::has_etag(visit.request, tag)
                        ? http::Response{.status = 304, .headers = {}, .body = {}, .shared_body = {}, .events = {}}
                        : http::Response::json(wire::write_json(*document));
    response.headers.emplace_back("access-control-allow-origin", "*");
    response.headers.emplace_back("etag", tag);
    response.headers.emplace_back("cache-control", fixed ? "public, max-age=3600" : "public, no-cache");
    co_return response;
}

Task<http::Response> get_bundle(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    auto list = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        wire::Json::Array items;
        std::map<std::string, std::string> for_sale;  // the slugs of products, by id
        for (const auto& product : TRY(catalog::all(tx, visit.shop().id)))
            if (product.published) for_sale.emplace(product.id.text, product.slug);
        for (const auto& snippet : TRY(all(tx, visit.shop().id, now))) {
            if (snippet.state != State::published || snippet.digest.empty() || items.size() == bundle_max) continue;
            const auto product = for_sale.find(snippet.product.text);
            if (product == for_sale.end()) continue;
            items.push_back(wire::Json::object({{"slug", snippet.slug},
                                                {"digest", snippet.digest},
                                                {"bytes", snippet.document.size()},
                                                {"document", visit.base + document_path(snippet)},
                                                {"product", visit.base + "/p/" + product->second}}));
        }
        return wire::Json(std::move(items));
    });
    if (!list) co_return http::problem(list.error());
    const auto version = base64url(sign::sha256(as_bytes(wire::write_canonical(*list))));
    const auto tag = "\"" + version + "\"";
    auto response = http::has_etag(visit.request, tag)
                        ? http::Response{.status = 304, .headers = {}, .body = {}, .shared_body = {}, .events = {}}
                        : http::Response::json(wire::write_json(wire::Json::object({{"version", version},
                                                                                    {"shop", visit.shop().name},
                                                                                    {"did", access::did(site, visit.shop())},
                                                                                    {"snippets", std::move(*list)}})));
    response.headers.emplace_back("etag", tag);
    response.headers.emplace_back("cache-control", "public, no-cache");
    co_return response;
}

http::Response get_did(access::Site& site, const access::Visit& visit) {
    auto document = access::did_document(access::did(site, visit.shop()), visit.tenant->keys);
    auto response = http::Response::json(wire::write_json(document));
    response.headers.emplace_back("access-control-allow-origin", "*");
    response.headers.emplace_back("cache-control", "public, max-age=300");
    return response;
}

Task<http::Response> get_verify(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto doc = visit.request.query_value("doc").value_or("");
    auto values = wire::Json::object({{"doc", doc},
                                      {"found", false},
                                      {"ok", false},
                                      {"why", ""},
                                      {"title", ""},
                                      {"signer", ""},
                                      {"did", ""},
                                      {"key", ""},
                                      {"signed_on", ""},
                                      {"version", ""},
                                      {"body", ""}});
    const auto own = access::address(site, visit.shop(), "");
    std::string path = doc.starts_with(own) ? doc.substr(own.size()) : doc;
    if (!visit.base.empty() && path.starts_with(visit.base + "/")) path = path.substr(visit.base.size());
    constexpr std::string_view folder = "/snippets/";
    if (path.starts_with(folder)) {
        const auto question = std::min(path.find('?'), path.size());
        const auto file = path.substr(folder.size(), question - folder.size());
        const auto v = path.find("v=", question);
        const auto version = v == std::string::npos ? std::string() : path.substr(v + 2);
        const std::string name(file.substr(0, file.ends_with(ending) ? file.size() - ending.size() : 0));
        auto snippet = co_await site.db.read([&](store::Tx& tx) { return find_named(tx, visit.shop().id, name, version, now); });
        if (snippet) {
            values.set("found", true)
                .set("title", snippet->words.title)
                .set("signer", access::authority(site, visit.shop()))
                .set("did", access::did(site, visit.shop()))
                .set("key", sign::multikey(visit.tenant->signing_key().keys.public_key))
                .set("signed_on", access::long_date(visit.zone(), snippet->published, visit.words()))
                .set("version", snippet->version);
            const auto document = signed_for(site, *visit.tenant, *snippet);
            if (!document) {
                tell_broken(site, document.error());
                values.set("why", visit.words()(not_as_published)).set("body", snippet->document);
                auto refused = access::page(site, visit, "viewer/verify.html", std::move(values));
                refused.status = 500;
                co_return refused;
            }
            const auto held = sign::verify_proof(*document, visit.tenant->signing_key().keys.public_key);
            const bool sealed = seal_of(*snippet, visit.shop().id, site.secrets) == Seal::as_published;
            values.set("ok", held.ok())
                .set("why", !held ? access::told(visit, held.error())
                            : sealed
                                ? std::string()
                                : visit.words()("This version carries no seal, as those from before there were seals: the signature is the "
                                                "shop's, but the shop's server cannot tell whether the words were changed since that day."))
                .set("body", wire::write_json_pretty(*document));
        } else {
            values.set("why", snippet.error().text);
        }
    }
    co_return access::page(site, visit, "viewer/verify.html", std::move(values));
}

}  // namespace barrow::snippets
