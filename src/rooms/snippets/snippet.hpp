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
#include "rooms/snippets/words.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::snippets {

enum class State : std::uint8_t {
    scheduled,  // nothing of it has begun
    published,
    expired,  // what was shown has ended, and nothing comes after it
    revoked   // taken back by the shop
};
std::string_view name(State state);

struct Snippet {
    Id<Snippet> id;
    std::int64_t number = 0;  // its name in context tokens
    std::string slug;
    Id<catalog::Product> product;
    std::int64_t surfaces = 0;  // a bit for each telemetry::Surface: 1 << surface
    bool revoked = false;
    State state = State::published;  // at the time it was asked for
    std::int64_t version = 0;
    Words words;
    std::string document;  // JSON as it was published, without id and proof
    Instant published, starts;
    std::optional<Instant> ends;
    bool nothing_after = false, called_off = false;
    std::string digest;  // "sha256-…" of the document: see digest_of; "" of a version from before there were digests
    std::string seal;    // made when it was published; "" before there were seals

    [[nodiscard]] bool on(telemetry::Surface surface) const {
        return state == State::published && (surfaces >> static_cast<int>(surface) & 1) != 0;
    }
};

inline constexpr std::int64_t everywhere = 0x3fe;

// What is published: words, where they show, and when.
struct Publication {
    std::int64_t surfaces = everywhere;
    Words words;                    // cleaned here
    std::optional<Instant> starts;  // later than now, or none: at once
    std::optional<Instant> ends;    // of these words; none: until others take their place
    bool nothing_after = false;     // when they end nothing is shown; else what was shown before them, where that still holds
};

// A new snippet of a product with its first version. Refuses what examine() and lint() refuse; (conflict) a slug in use; (bad_input) an end
// that is not after the beginning, and a time more than schedule_days_max away.
struct NewSnippet {
    std::string slug;
    Id<catalog::Product> product;
    Publication publication;
};
Result<Snippet> publish(store::Tx& tx, const access::Shop& shop, const NewSnippet& wanted, const access::Secrets& secrets, Instant now,
                        Random& random);
// One more version. It is shown from its beginning on, for as long as no version with a later beginning has begun. Refuses (not_found) an
// unknown or revoked snippet.
Result<Snippet> publish_again(store::Tx& tx, const access::Shop& shop, const Id<Snippet>& id, const Publication& publication,
                              const access::Secrets& secrets, Instant now);
inline constexpr std::int64_t schedule_days_max = 400;
// The words of an earlier version as a new one, from now on: history only grows. Refuses (not_found) a version that is not there.
Result<Snippet> roll_back(store::Tx& tx, const access::Shop& shop, const Id<Snippet>& id, std::int64_t version,
                          const access::Secrets& secrets, Instant now);
// A version that waits for its time never shows. Refuses (not_found) one that does not wait; (conflict) the only one: revoke that.
Status call_off(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, std::int64_t version, Instant now);
Status revoke(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, Instant now);
Status restore(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, Instant now);

// With the version that is shown at `now`: the one that began last and has not ended; where each has, the last (state expired); where none
// has begun, the last to come (scheduled).
Result<Snippet> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Instant now);
Result<Snippet> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, Instant now);
Result<std::vector<Snippet>> all(store::Tx& tx, const Id<access::Shop>& shop, Instant now);  // at most 1,000
// Of one product, oldest first; at most 100.
Result<std::vector<Snippet>> of_product(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, Instant now);
// A version that a context or an address names, whatever is shown now; its state is published or revoked.
Result<Snippet> find_version(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number, std::int64_t version);
Result<Snippet> find_version(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id, std::int64_t version);
Result<Snippet> find_digest(store::Tx& tx, const Id<access::Shop>& shop, std::string_view digest);

// Whether a version is still what was published. The seal is an HMAC under a key that the database does not hold, over its words and its
// document: who can write to the database alone cannot make one. A version of before the seals has none, and a seal that somebody
// empties looks like that: it is never called `as_published`.
enum class Seal : std::uint8_t { as_published, none, broken };
Seal seal_of(const Snippet& snippet, const Id<access::Shop>& shop, const access::Secrets& secrets);

struct VersionLine {
    std::int64_t version;
    std::string title;
    Instant published, starts;
    std::optional<Instant> ends;
    bool called_off = false;
    std::string digest;
};
Result<std::vector<VersionLine>> versions(store::Tx& tx, const Id<access::Shop>& shop, const Id<Snippet>& id);

// The document of a version with its id and its proof. `origin` is the shop's (with its /@slug), `path` where the document is served below
// it. Product page and image are named relative to the id, "../p/tide-lamp", so that what the digest covers stays the same when the shop
// moves to a domain of its own. The same version gives the same bytes at each call: it is kept as it was published, and Ed25519 has no
// chance in it. There is no price in it, since prices move; the quote beside it carries that. About 40 µs.
Result<wire::Json> signed_document(const Snippet& snippet, const std::string& origin, const std::string& path, const sign::ProofKey& key);

// "sha256-" and the base64url of SHA-256 over the document's canonical form (RFC 8785) without `id` and `proof`: anybody who holds the
// document can compute it.
std::string digest_of(wire::Json document);

}  // namespace barrow::snippets
