#include "rooms/snippets/snippet.hpp"

#include <algorithm>

#include "floor/outbox/outbox.hpp"
#include "floor/sign/sign.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/snippets/changed.hpp"
#include "rooms/snippets/lint.hpp"
#include "rooms/snippets/snippets.sql.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/uploads/upload.hpp"

namespace barrow::snippets {
namespace {

std::vector<Variant> variants_of(const std::string& text) {
    const auto json = text.empty() ? Result<wire::Json>(wire::Json()) : wire::read_json(text);
    return json ? read_variants(*json) : std::vector<Variant>();  // what was changed there breaks the seal
}

// Without what the time makes of it.
Snippet read(const store::Row& row) {
    const bool revoked = !row.is_null("revoked_us");
    return {.id = row.id<Snippet>("id"),
            .number = row.integer("number"),
            .slug = row.text("slug"),
            .product = row.id<catalog::Product>("product_id"),
            .surfaces = row.integer("surfaces"),
            .revoked = revoked,
            .state = revoked ? State::revoked : State::published,
            .version = row.integer("version"),
            .words = {.title = row.text("title"),
                      .how = row.text("how"),
                      .proof = row.text("proof"),
                      .proof_source = row.text("proof_source"),
                      .proof_url = row.text("proof_url"),
                      .action = row.text("action"),
                      .variants = variants_of(row.text("variants"))},
            .document = row.text("document"),
            .published = row.instant("published_us"),
            .starts = row.instant("starts_us"),
            .ends = row.maybe_instant("ends_us"),
            .nothing_after = row.integer("nothing_after") != 0,
            .called_off = !row.is_null("called_off_us"),
            .digest = row.text("digest"),
            .seal = row.text("seal")};
}

Snippet read_at(const store::Row& row, Instant now) {
    auto snippet = read(row);
    if (snippet.state == State::published && snippet.starts > now) snippet.state = State::scheduled;
    if (snippet.state == State::published && snippet.ends && *snippet.ends <= now) snippet.state = State::expired;
    return snippet;
}

struct Span {
    Instant starts;
    std::optional<Instant> ends;
};
Result<Span> span_of(const Publication& wanted, Instant now) {
    const auto starts = wanted.starts && *wanted.starts > now ? *wanted.starts : now;
    if (starts > now + days(schedule_days_max) || (wanted.ends && *wanted.ends > now + days(schedule_days_max)))
        return fail(Fault::bad_input, "starts: at most " + std::to_string(schedule_days_max) + " days from now, and so the end");
    if (wanted.ends && *wanted.ends <= starts) return fail(Fault::bad_input, "ends: the end must come after the beginning, and after now");
    return Span{starts, wanted.ends};
}

wire::Json document(const Words& words, std::int64_t version, const Span& span, const catalog::Product& product,
                    const std::string& image_digest, const access::Shop& shop, Instant now) {
    auto document = wire::Json::object({{"type", "Snippet"},
                                        {"version", version},
                                        {"created", iso(now)},
                                        {"lang", shop.language},
                                        {"shop", shop.name},
                                        {"product", wire::Json::object({{"slug", product.slug}, {"name", product.name}})},
                                        {"url", "../p/" + product.slug},
                                        {"does", words.title}});
    if (span.starts > now) document.set("valid_from", iso(span.starts));
    if (span.ends) document.set("valid_until", iso(*span.ends));
    if (!words.how.empty()) document.set("how", words.how);
    if (!words.proof.empty()) {
        auto evidence = wire::Json::object({{"text", words.proof}, {"source", words.proof_source}});
        if (!words.proof_url.empty()) evidence.set("source_url", words.proof_url);
        document.set("evidence", std::move(evidence));
    }
    if (!words.action.empty()) document.set("action", words.action);
    if (!words.variants.empty()) document.set("variants", variants_json(words.variants));
    if (!product.image.empty()) document.set("image", ".." + product.image).set("image_alt", product.image_alt);
    if (!image_digest.empty()) document.set("image_digest", image_digest);
    return document;
}

std::string make_seal(const Id<access::Shop>& shop, const access::Secrets& secrets, const Id<Snippet>& id, std::int64_t version,
                      const Words& words, const std::string& document, Instant published) {
    auto sealed = wire::Json::array(
        {id.text, version, words.title, words.how, words.proof, words.proof_source, words.proof_url, words.action, document, published.us});
    if (!words.variants.empty()) sealed.push(variants_json(words.variants));
    const auto all = wire::write_canonical(sealed);
    return base64url(sign::hmac_sha256(secrets.derive(shop, "snippet seal"), as_bytes(all)));
}

// `key` names the occasion.
Status promise_change(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, const std::string& key,
                      Instant due) {
    return outbox::promise(tx, shop.text, changed_kind, key, wire::write_json(wire::Json::object({{"product", product.text}})), due);
}
// A turn that may come again: the clock tells one from another.
Status promise_turn(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, Instant now) {
    const auto current = TRY(find(tx, shop, id, now));
    return promise_change(tx, shop, current.product, id.text + ".turn." + std::to_string(now.us), now);
}

Error none(std::string_view named) { return fail(Fault::not_found, "there is no snippet \"" + std::string(named) + "\" in this shop"); }

}  // namespace

std::string_view name(State state) {
    switch (state) {
        case State::scheduled:
            return "scheduled";
        case State::published:
            return "published";
        case State::expired:
            return "expired";
        case State::revoked:
            return "revoked";
    }
    return "";
}

Result<Snippet> publish(store::Tx& tx, const access::Shop& shop, const NewSnippet& wanted, const access::Secrets& secrets, Instant now,
                        Random& random) {
    if (!access::is_slug(wanted.slug, 60)) return fail(Fault::bad_input, "slug: 2 to 60 of a-z, 0-9 and inner hyphens");
    if (wanted.slug.starts_with("sha256-")) return fail(Fault::bad_input, "slug: \"sha256-\" begins the names of versions; choose another");
    TRY(catalog::find(tx, shop.id, wanted.product));
    const auto id = Id<Snippet>::make(now, random);
    const auto number = TRY(telemetry::next_number(tx, shop.id, "snippet"));
    const auto added = tx.run(sql::add_snippet, {shop.id, id, number, wanted.slug, wanted.product, wanted.publication.surfaces, now});
    if (!added) {
        if (added.error().fault == Fault::conflict)
            return fail(Fault::conflict, "slug: this shop has a snippet \"" + wanted.slug + "\" already");
        return added.error();
    }
    return publish_again(tx, shop, id, wanted.publication, secrets, now);
}

Result<Snippet> publish_again(store::Tx& tx, const access::Shop& shop, const Id<Snippet>& id, const Publication& publication,
                              const access::Secrets& secrets, Instant now) {
    const auto words = cleaned(publication.words);
    TRY(examine(words));
    TRY(first_that_blocks(lint(words)));
    const auto span = TRY(span_of(publication, now));
    const auto rows = TRY(tx.run(sql::next_version, {shop.id, id, publication.surfaces & everywhere}));
    if (rows.empty()) return fail(Fault::not_found, "there is no such snippet, or it was taken back");
    const auto version = rows[0].integer("current_version");
    const auto product = TRY(catalog::find(tx, shop.id, rows[0].id<catalog::Product>("product_id")));
    const auto image_digest = TRY(uploads::picture_digest(tx, shop.id, product.image));
    const auto content = document(words, version, span, product, image_digest, shop, now);
    const auto text = wire::write_json(content);
    if (text.size() > document_bytes_max) {
        return fail(Fault::bad_input, "the snippet has " + std::to_string(text.size()) + " bytes; at most " +
                                          std::to_string(document_bytes_max) + " are signed: shorten the words, or those of a surface");
    }
    TRY(tx.run(sql::add_version, {shop.id, id, version, words.title, words.how, words.proof, words.proof_source, words.proof_url,
                                  words.action, text, now, make_seal(shop.id, secrets, id, version, words, text, now),
                                  words.variants.empty() ? std::string() : wire::write_json(variants_json(words.variants)), span.starts,
                                  span.ends, publication.nothing_after && span.ends ? 1 : 0, digest_of(content)}));
    const auto occasion = id.text + "." + std::to_string(version);
    TRY(promise_change(tx, shop.id, product.id, occasion, span.starts));
    if (span.ends) TRY(promise_change(tx, shop.id, product.id, occasion + ".end", *span.ends));
    return find(tx, shop.id, id, now);
}

Result<Snippet> roll_back(store::Tx& tx, const access::Shop& shop, const Id<Snippet>& id, std::int64_t version,
                          const access::Secrets& secrets, Instant now) {
    const auto earlier = TRY(find_version(tx, shop.id, id, version));
    if (seal_of(earlier, shop.id, secrets) == Seal::broken)
        return fail(Fault::storage, "version " + std::to_string(version) + " is not what was published: it is not signed again");
    Publication again{.surfaces = earlier.surfaces, .words = earlier.words, .starts = {}, .ends = {}};
    if (earlier.ends && *earlier.ends > now) {  // what was to end still ends
        again.ends = earlier.ends;
        again.nothing_after = earlier.nothing_after;
    }
    return publish_again(tx, shop, id, again, secrets, now);
}

Status call_off(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, std::int64_t version, Instant now) {
    const auto lines = TRY(versions(tx, shop, id));
    if (std::ranges::none_of(lines, [&](const auto& line) { return line.version != version && !line.called_off; }))
        return fail(Fault::conflict, "this version is the snippet's only one: take the snippet back instead");
    if (TRY(tx.run(sql::call_off, {shop, id, version, now})).empty())
        return fail(Fault::not_found, "there is no version " + std::to_string(version) + " that waits for its time");
    return promise_turn(tx, shop, id, now);
}

Seal seal_of(const Snippet& snippet, const Id<access::Shop>& shop, const access::Secrets& secrets) {
    if (snippet.seal.empty()) return Seal::none;
    const auto made = make_seal(shop, secrets, snippet.id, snippet.version, snippet.words, snippet.document, snippet.published);
    return sign::equal(as_bytes(made), as_bytes(snippet.seal)) ? Seal::as_published : Seal::broken;
}

Status revoke(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, Instant now) {
    if (TRY(tx.run(sql::revoke, {shop, id, now})).empty())
        return fail(Fault::not_found, "there is no such snippet, or it was taken back already");
    return promise_turn(tx, shop, id, now);
}
Status restore(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, Instant now) {
    if (TRY(tx.run(sql::restore, {shop, id})).empty()) return fail(Fault::not_found, "there is no such snippet that was taken back");
    return promise_turn(tx, shop, id, now);
}

Result<Snippet> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Instant now) {
    const auto rows = TRY(tx.run(sql::current_by_slug, {shop, slug, now}));
    return rows.empty() ? Result<Snippet>(none(slug)) : read_at(rows[0], now);
}
Result<Snippet> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, Instant now) {
    const auto rows = TRY(tx.run(sql::current_by_id, {shop, id, now}));
    return rows.empty() ? Result<Snippet>(none(id.text)) : read_at(rows[0], now);
}
Result<std::vector<Snippet>> all(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    std::vector<Snippet> snippets;
    for (const auto row : TRY(tx.run(sql::current_of_shop, {shop, now}))) snippets.push_back(read_at(row, now));
    return snippets;
}
Result<std::vector<Snippet>> of_product(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, Instant now) {
    std::vector<Snippet> snippets;
    for (const auto row : TRY(tx.run(sql::current_of_product, {shop, product, now}))) snippets.push_back(read_at(row, now));
    return snippets;
}
Result<Snippet> find_version(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number, std::int64_t version) {
    const auto rows = TRY(tx.run(sql::by_number, {shop, number, version}));
    return rows.empty() ? Result<Snippet>(none(std::to_string(number))) : read(rows[0]);
}
Result<Snippet> find_version(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, std::int64_t version) {
    const auto rows = TRY(tx.run(sql::one_version, {shop, id, version}));
    return rows.empty() ? Result<Snippet>(none(id.text)) : read(rows[0]);
}
Result<Snippet> find_digest(store::Tx& tx, const Id<access::Shop>& shop, std::string_view digest) {
    const auto rows = TRY(tx.run(sql::by_digest, {shop, digest}));
    return rows.empty() ? Result<Snippet>(none(digest)) : read(rows[0]);
}

Result<std::vector<VersionLine>> versions(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id) {
    std::vector<VersionLine> lines;
    for (const auto row : TRY(tx.run(sql::versions, {shop, id}))) {
        lines.push_back({.version = row.integer("version"),
                         .title = row.text("title"),
                         .published = row.instant("published_us"),
                         .starts = row.instant("starts_us"),
                         .ends = row.maybe_instant("ends_us"),
                         .called_off = !row.is_null("called_off_us"),
                         .digest = row.text("digest")});
    }
    return lines;
}

std::string digest_of(wire::Json document) {
    std::erase_if(document.members(), [](const auto& member) { return member.first == "id" || member.first == "proof"; });
    return "sha256-" + base64url(sign::sha256(as_bytes(wire::write_canonical(document))));
}

Result<wire::Json> signed_document(const Snippet& snippet, const std::string& origin, const std::string& path, const sign::ProofKey& key) {
    auto read = wire::read_json(snippet.document);
    const auto* product = read && read->is_object() ? read->find("product") : nullptr;
    const auto* slug = product != nullptr ? product->find("slug") : nullptr;
    // We wrote it: what cannot be read was changed since, in a version of before the seals.
    if (slug == nullptr || !slug->is_text() || read->find("proof") != nullptr)
        return fail(Fault::storage, "the document of snippet " + snippet.id.text + " cannot be read");
    auto document = std::move(*read);
    document.members().insert(document.members().begin(), {"id", wire::Json(origin + path)});
    if (document.find("url") == nullptr) {  // of before there were digests
        document.set("url", "../p/" + slug->text());
        if (const auto* image = document.find("image"); image != nullptr && image->is_text()) document.set("image", ".." + image->text());
    }
    return sign::with_proof(std::move(document), key, snippet.published);
}

}  // namespace barrow::snippets
