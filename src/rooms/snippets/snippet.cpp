#include "rooms/snippets/snippet.hpp"

#include "floor/sign/sign.hpp"
#include "floor/wire/form.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/snippets/snippets.sql.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::snippets {
namespace {

using wire::fits;

Snippet read(const store::Row& row) {
    return {.id = row.id<Snippet>("id"),
            .number = row.integer("number"),
            .slug = row.text("slug"),
            .product = row.id<catalog::Product>("product_id"),
            .surfaces = row.integer("surfaces"),
            .revoked = !row.is_null("revoked_us"),
            .version = row.integer("version"),
            .words = {.title = row.text("title"),
                      .how = row.text("how"),
                      .proof = row.text("proof"),
                      .proof_source = row.text("proof_source"),
                      .proof_url = row.text("proof_url"),
                      .action = row.text("action")},
            .document = row.text("document"),
            .published = row.instant("published_us"),
            .seal = row.text("seal")};
}

std::string document(const Words& words, std::int64_t version, const catalog::Product& product, const access::Shop& shop, Instant now) {
    auto document = wire::Json::object({{"type", "Snippet"},
                                        {"version", version},
                                        {"created", iso(now)},
                                        {"lang", shop.language},
                                        {"shop", shop.name},
                                        {"product", wire::Json::object({{"slug", product.slug}, {"name", product.name}})},
                                        {"does", words.title}});
    if (!words.how.empty()) document.set("how", words.how);
    if (!words.proof.empty()) {
        auto evidence = wire::Json::object({{"text", words.proof}, {"source", words.proof_source}});
        if (!words.proof_url.empty()) evidence.set("source_url", words.proof_url);
        document.set("evidence", std::move(evidence));
    }
    if (!words.action.empty()) document.set("action", words.action);
    if (!product.image.empty()) document.set("image", product.image).set("image_alt", product.image_alt);
    return wire::write_json(document);
}

std::string make_seal(const Id<access::Shop>& shop, const access::Secrets& secrets, const Id<Snippet>& id, std::int64_t version,
                      const Words& words, const std::string& document, Instant published) {
    const auto all = wire::write_canonical(wire::Json::array({id.text, version, words.title, words.how, words.proof, words.proof_source,
                                                              words.proof_url, words.action, document, published.us}));
    return base64url(sign::hmac_sha256(secrets.derive(shop, "snippet seal"), as_bytes(all)));
}

Result<Snippet> one(const store::Rows& rows, std::string_view named) {
    if (rows.empty()) return fail(Fault::not_found, "there is no snippet \"" + std::string(named) + "\" in this shop");
    return read(rows[0]);
}

}  // namespace

Status examine(const Words& words) {
    if (words.title.empty()) return fail(Fault::bad_input, "title: say what it does, for whom");
    TRY(fits("title", words.title, title_max));
    TRY(fits("how", words.how, how_max));
    TRY(fits("proof", words.proof, proof_max));
    TRY(fits("proof_source", words.proof_source, proof_source_max));
    TRY(fits("action", words.action, action_max));
    if (!words.proof.empty() && words.proof_source.empty())
        return fail(Fault::bad_input, "proof_source: say whose words or measurement it is");
    if (words.proof_url.size() > proof_url_max) return fail(Fault::bad_input, "proof_url: at most 200 bytes");
    if (!words.proof_url.empty() && !words.proof_url.starts_with("https://"))
        return fail(Fault::bad_input, "proof_url: must begin with https://");
    return {};
}

Result<Snippet> publish(store::Tx& tx, const access::Shop& shop, const NewSnippet& wanted, const access::Secrets& secrets, Instant now,
                        Random& random) {
    TRY(examine(wanted.words));
    if (!access::is_slug(wanted.slug, 60)) return fail(Fault::bad_input, "slug: 2 to 60 of a-z, 0-9 and inner hyphens");
    TRY(catalog::find(tx, shop.id, wanted.product));
    const auto id = Id<Snippet>::make(now, random);
    const auto number = TRY(telemetry::next_number(tx, shop.id, "snippet"));
    const auto added = tx.run(sql::add_snippet, {shop.id, id, number, wanted.slug, wanted.product, wanted.surfaces, now});
    if (!added) {
        if (added.error().fault == Fault::conflict)
            return fail(Fault::conflict, "slug: this shop has a snippet \"" + wanted.slug + "\" already");
        return added.error();
    }
    return publish_again(tx, shop, id, wanted.surfaces, wanted.words, secrets, now);
}

Result<Snippet> publish_again(store::Tx& tx, const access::Shop& shop, const Id<Snippet>& id, std::int64_t surfaces, const Words& words,
                              const access::Secrets& secrets, Instant now) {
    TRY(examine(words));
    const auto rows = TRY(tx.run(sql::next_version, {shop.id, id, surfaces & everywhere}));
    if (rows.empty()) return fail(Fault::not_found, "there is no such snippet, or it was taken back");
    const auto version = rows[0].integer("current_version");
    const auto product = TRY(catalog::find(tx, shop.id, rows[0].id<catalog::Product>("product_id")));
    const auto text = document(words, version, product, shop, now);
    if (text.size() > document_bytes_max) {
        return fail(Fault::bad_input, "the snippet has " + std::to_string(text.size()) + " bytes; at most " +
                                          std::to_string(document_bytes_max) + " are signed");
    }
    TRY(tx.run(sql::add_version, {shop.id, id, version, words.title, words.how, words.proof, words.proof_source, words.proof_url,
                                  words.action, text, now, make_seal(shop.id, secrets, id, version, words, text, now)}));
    return find(tx, shop.id, id);
}

Seal seal_of(const Snippet& snippet, const Id<access::Shop>& shop, const access::Secrets& secrets) {
    if (snippet.seal.empty()) return Seal::none;
    const auto made = make_seal(shop, secrets, snippet.id, snippet.version, snippet.words, snippet.document, snippet.published);
    return sign::equal(as_bytes(made), as_bytes(snippet.seal)) ? Seal::as_published : Seal::broken;
}

Status revoke(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, Instant now) {
    if (TRY(tx.run(sql::revoke, {shop, id, now})).empty())
        return fail(Fault::not_found, "there is no such snippet, or it was taken back already");
    return {};
}
Status restore(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id) {
    if (TRY(tx.run(sql::restore, {shop, id})).empty()) return fail(Fault::not_found, "there is no such snippet that was taken back");
    return {};
}

Result<Snippet> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug) {
    return one(TRY(tx.run(sql::current_by_slug, {shop, slug})), slug);
}
Result<Snippet> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id) {
    return one(TRY(tx.run(sql::current_by_id, {shop, id})), id.text);
}
Result<Snippet> find_version(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number, std::int64_t version) {
    return one(TRY(tx.run(sql::by_number, {shop, number, version})), std::to_string(number));
}
Result<Snippet> find_version(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, std::int64_t version) {
    return one(TRY(tx.run(sql::one_version, {shop, id, version})), id.text);
}
Result<std::vector<Snippet>> all(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Snippet> snippets;
    for (const auto row : TRY(tx.run(sql::current_of_shop, {shop}))) snippets.push_back(read(row));
    return snippets;
}

Result<std::vector<VersionLine>> versions(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id) {
    std::vector<VersionLine> lines;
    for (const auto row : TRY(tx.run(sql::versions, {shop, id}))) {
        lines.push_back({.version = row.integer("version"), .title = row.text("title"), .published = row.instant("published_us")});
    }
    return lines;
}

Result<wire::Json> signed_document(const Snippet& snippet, const std::string& origin, const std::string& path, const sign::ProofKey& key) {
    auto read = wire::read_json(snippet.document);
    const auto* product = read && read->is_object() ? read->find("product") : nullptr;
    const auto* slug = product != nullptr ? product->find("slug") : nullptr;
    // We wrote it: what cannot be read was changed since, in a version of before the seals.
    if (slug == nullptr || !slug->is_text() || read->find("proof") != nullptr)
        return fail(Fault::storage, "the document of snippet " + snippet.id.text + " cannot be read");
    const auto page = origin + "/p/" + slug->text();
    auto document = std::move(*read);
    document.members().insert(document.members().begin(), {"id", wire::Json(origin + path)});
    document.set("url", page);
    if (const auto* image = document.find("image"); image != nullptr && image->is_text()) document.set("image", origin + image->text());
    return sign::with_proof(std::move(document), key, snippet.published);
}

}  // namespace barrow::snippets
