#include "rooms/snippets/snippets_http.hpp"

#include <charconv>

#include "rooms/snippets/show.hpp"
#include "rooms/snippets/snippet.hpp"

namespace barrow::snippets {
namespace {

// "tide-lamp.json" and the version asked for, or 0 for the current one.
Result<Snippet> find_for(store::Tx& tx, const Id<access::Shop>& shop, std::string_view file, std::string_view version_text) {
    constexpr std::string_view ending = ".json";
    if (!file.ends_with(ending)) return fail(Fault::not_found, "snippets are served as SLUG.json");
    auto snippet = TRY(find(tx, shop, file.substr(0, file.size() - ending.size())));
    if (!version_text.empty()) {
        std::int64_t version = 0;
        std::from_chars(version_text.data(), version_text.data() + version_text.size(), version);
        if (version != snippet.version) snippet = TRY(find_version(tx, shop, snippet.id, version));
    }
    if (snippet.revoked) return fail(Fault::gone, "this snippet was taken back by the shop");
    return snippet;
}

constexpr const char* not_as_published = "This document is not what was published. It was changed in the shop's database.";

void tell_broken(const access::Site& site, const Error& error) { site.log.error("snippet_seal_broken", {{"text", error.text}}); }

constexpr std::string_view quote_ending = ".quote.json";

Task<http::Response> get_quote(access::Site& site, access::Visit visit, std::string slug) {
    const auto now = site.clock.now();
    auto quote = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto snippet = TRY(find(tx, visit.shop().id, std::string_view(slug)));
        if (snippet.revoked) return fail(Fault::gone, "this snippet was taken back by the shop");
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
    const std::string file(visit.request.parameter("file"));
    if (file.ends_with(quote_ending)) {
        auto slug = file.substr(0, file.size() - quote_ending.size());
        co_return co_await get_quote(site, std::move(visit), std::move(slug));
    }
    const auto version = visit.request.query_value("v").value_or("");
    auto snippet = co_await site.db.read([&](store::Tx& tx) { return find_for(tx, visit.shop().id, file, version); });
    if (!snippet) co_return http::problem(snippet.error()).with("access-control-allow-origin", "*");
    const auto document = signed_for(site, *visit.tenant, *snippet);
    if (!document) {
        tell_broken(site, document.error());
        co_return http::problem(fail(Fault::storage, not_as_published)).with("access-control-allow-origin", "*");
    }
    auto response = http::Response::json(wire::write_json(*document));
    response.headers.emplace_back("access-control-allow-origin", "*");
    response.headers.emplace_back("cache-control", version.empty() ? "public, max-age=60" : "public, max-age=3600");
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
        auto snippet = co_await site.db.read([&](store::Tx& tx) { return find_for(tx, visit.shop().id, file, version); });
        if (snippet) {
            values.set("found", true)
                .set("title", snippet->words.title)
                .set("signer", access::authority(site, visit.shop()))
                .set("did", access::did(site, visit.shop()))
                .set("key", sign::multikey(visit.tenant->signing_key().keys.public_key))
                .set("signed_on", access::long_date(visit.zone(), snippet->published))
                .set("version", snippet->version);
            const auto document = signed_for(site, *visit.tenant, *snippet);
            if (!document) {
                tell_broken(site, document.error());
                values.set("why", not_as_published).set("body", snippet->document);
                auto refused = access::page(site, visit, "viewer/verify.html", std::move(values));
                refused.status = 500;
                co_return refused;
            }
            const auto held = sign::verify_proof(*document, visit.tenant->signing_key().keys.public_key);
            const bool sealed = seal_of(*snippet, visit.shop().id, site.secrets) == Seal::as_published;
            values.set("ok", held.ok())
                .set("why", !held ? held.error().text
                            : sealed
                                ? std::string()
                                : std::string("This version carries no seal, as those from before there were seals: the signature is the "
                                              "shop's, but the shop's server cannot tell whether the words were changed since that day."))
                .set("body", wire::write_json_pretty(*document));
        } else {
            values.set("why", snippet.error().text);
        }
    }
    co_return access::page(site, visit, "viewer/verify.html", std::move(values));
}

}  // namespace barrow::snippets
