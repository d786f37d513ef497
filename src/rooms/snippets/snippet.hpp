// Snippet: one tiny explanation of one product. A published version never changes; it is signed when it is shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/sign/proof.hpp"
#include "floor/store/store.hpp"
#include "floor/wire/json.hpp"
#include "rooms/access/secrets.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::snippets {

// Limits in characters; the signed document is at most document_bytes_max bytes.
inline constexpr std::size_t title_max = 60, how_max = 140, proof_max = 140, proof_source_max = 80, proof_url_max = 200, action_max = 24;
inline constexpr std::size_t document_bytes_max = 2'048;

struct Words {
    std::string title;         // what it does, for whom: verb first
    std::string how;           // one sentence
    std::string proof;         // a named quote or a measured fact, or ""
    std::string proof_source;  // whose it is; needed with proof
    std::string proof_url;     // https://…, or ""
    std::string action;        // words of the call: "See it"
};

struct Snippet {
    Id<Snippet> id;
    std::int64_t number = 0;  // its name in context tokens
    std::string slug;
    Id<catalog::Product> product;
    std::int64_t surfaces = 0;  // a bit for each telemetry::Surface: 1 << surface
    bool revoked = false;
    std::int64_t version = 0;
    Words words;
    std::string document;  // JSON as it was published, without id and proof
    Instant published;
    std::string seal;  // made when it was published; "" before there were seals

    [[nodiscard]] bool on(telemetry::Surface surface) const { return !revoked && (surfaces >> static_cast<int>(surface) & 1) != 0; }
};

inline constexpr std::int64_t everywhere = 0x3fe;

// Ok when the words keep the limits. Refuses (bad_input), naming the field.
Status examine(const Words& words);

// A new snippet of a product with its first version. Refuses what examine() refuses; (conflict) a slug in use.
struct NewSnippet {
    std::string slug;
    Id<catalog::Product> product;
    std::int64_t surfaces = everywhere;
    Words words;
};
Result<Snippet> publish(store::Tx& tx, const access::Shop& shop, const NewSnippet& wanted, const access::Secrets& secrets, Instant now,
                        Random& random);
// One more version; it is the current one from now on. Refuses (not_found) an unknown or revoked snippet.
Result<Snippet> publish_again(store::Tx& tx, const access::Shop& shop, const Id<Snippet>& id, std::int64_t surfaces, const Words& words,
                              const access::Secrets& secrets, Instant now);
Status revoke(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, Instant now);
Status restore(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id);

Result<Snippet> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug);
Result<Snippet> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id);
// The version that a context names.
Result<Snippet> find_version(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number, std::int64_t version);
Result<Snippet> find_version(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, std::int64_t version);
Result<std::vector<Snippet>> all(store::Tx& tx, const Id<access::Shop>& shop);  // at most 1,000

// Whether a version is still what was published. The seal is an HMAC under a key that the database does not hold, over its words and its
// document: who can write to the database alone cannot make one. A version of before the seals has none, and a seal that somebody
// empties looks like that: it is never called `as_published`.
enum class Seal : std::uint8_t { as_published, none, broken };
Seal seal_of(const Snippet& snippet, const Id<access::Shop>& shop, const access::Secrets& secrets);

struct VersionLine {
    std::int64_t version;
    std::string title;
    Instant published;
};
Result<std::vector<VersionLine>> versions(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id);

// The document of a version with its id, its product page and image as addresses, and its proof. `origin` is the shop's (with its /@slug),
// `path` where the document is served below it. The same version gives the same bytes at each call: it is kept as it was published, and
// Ed25519 has no chance in it. There is no price in it, since prices move; the quote beside it carries that. About 40 µs.
Result<wire::Json> signed_document(const Snippet& snippet, const std::string& origin, const std::string& path, const sign::ProofKey& key);

}  // namespace barrow::snippets
