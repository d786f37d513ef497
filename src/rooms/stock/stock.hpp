// Stock: what is on hand, who holds some of it, and every movement. All selling doors claim through an allotment, so none of
// them can promise what another one sold: left = on hand − held.
//
// A product's *open* allotment serves plain sale and carries the product's own id. A *drop* is an allotment that took its
// units out of the open one; what it did not sell goes back there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/id.hpp"
#include "floor/base/time.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::catalog {
struct Product;  // its name is enough for an id: stock opens no door to catalog
}

namespace barrow::stock {

// Whatever changes what is left of an allotment promises this kind: {"allotment": …, "product": …}. Who keeps it reads what is
// left then, so that promises may come late, twice or out of order.
inline constexpr std::string_view left_changed_kind = "overlay.left";

inline constexpr std::int64_t pieces_max = 1'000'000'000;  // of anything; schema/0007_stock.sql says so too

struct Allotment {
    Id<Allotment> id;
    Id<catalog::Product> product;
    enum class Kind : std::uint8_t { open, drop } kind = Kind::open;
    std::int64_t left_count = 0, held_count = 0, taken_count = 0;
    std::optional<std::int64_t> per_buyer_max;
    std::optional<Instant> closes;  // a real deadline: no claim at or after it
    std::optional<Instant> closed;
    [[nodiscard]] bool runs(Instant now) const { return !closed && !(closes && *closes <= now); }
};
// The id under which plain sale claims.
inline Id<Allotment> open_allotment(const Id<catalog::Product>& product) { return {product.text}; }

// `pieces` more (a delivery) or fewer (breakage) for plain sale. `subject` names the delivery or the correction: the same one
// twice is Fault::conflict. Refuses fewer than are left (sold_out). Returns what is left.
Result<std::int64_t> receive(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, std::int64_t pieces,
                             std::string_view subject, Instant now);

// What `receive` was told under this subject before; none: nothing yet.
Result<std::optional<std::int64_t>> received_under(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product,
                                                   std::string_view subject);

// What is known of an allotment; not_found. An open allotment that never received anything is not_found too.
Result<Allotment> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id);
// All of a product, the newest first, at most 200.
Result<std::vector<Allotment>> allotments(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product);

struct Drop {
    Id<Allotment> id;  // made by the caller
    Id<catalog::Product> product;
    std::int64_t units = 0;
    std::optional<std::int64_t> per_buyer_max;
    std::optional<Instant> closes;
};
// Moves the units from plain sale into an allotment of their own. Refuses more than are left there (sold_out).
Result<Allotment> open_drop(store::Tx& tx, const Id<access::Shop>& shop, const Drop& drop, Instant now);
// No further claims; what is left goes back to plain sale, and what is still held follows when it is let go. Twice is once.
Status close_drop(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id, Instant now);

inline constexpr int close_batch_max = 50;  // drops of one shop and one step
// The same for every drop whose deadline has come; returns how many.
Result<int> close_due(store::Tx& tx, const Id<access::Shop>& shop, Instant now);
Result<std::vector<Id<access::Shop>>> shops_with_due_drops(store::Tx& tx, Instant now, int count_max);

// Rises with every change of any allotment of the product. Read in the transaction that reads the counts, it tells which of two
// answers is the later one, however late either of them arrives.
Result<std::int64_t> version_of(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product);

struct Held {
    Id<Held> id;
    Id<Allotment> allotment;
    Id<catalog::Product> product;
    std::int64_t pieces = 0;
    Instant expires;
    std::int64_t left_count = 0;  // of the allotment, after the batch that this claim was part of
};

struct Claim {
    Id<access::Shop> shop;  // the same for all of a batch
    Id<Held> id;            // made by the caller: the same id again gets the same answer
    Id<Allotment> allotment;
    std::int64_t pieces = 1;
    std::string buyer;  // an opaque name for the per-buyer limit; "" counts nobody
    Instant expires;
};
// The hot verb: first come, first served within the span. For each: the units held, or sold_out (too few left), gone (closed,
// past its deadline, or this claim was let go), conflict (over the per-buyer limit), not_found, bad_input (pieces). An
// allotment's row is written once for the whole span, under the condition that the units are there.
Result<std::vector<Result<Held>>> claim(store::Tx& tx, std::span<const Claim> claims, Instant now);

enum class ClaimState : std::uint8_t { held, taken, let_go };
struct ClaimNow {
    Held held;
    std::string buyer;
    ClaimState state = ClaimState::held;
};
Result<ClaimNow> find_claim(store::Tx& tx, const Id<access::Shop>& shop, const Id<Held>& id);
// When the first of the claims held of an allotment ends; none: nothing is held.
Result<std::optional<Instant>> first_end(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id);

// Held until `until` if that is later than before.
Status extend(store::Tx& tx, const Id<access::Shop>& shop, const Id<Held>& id, Instant until);
// Sold: the units leave. Twice is once. A claim that was let go is Fault::gone: its units may be somebody else's by now.
// One that is past its time but still held is taken.
Status take(store::Tx& tx, const Id<access::Shop>& shop, const Id<Held>& id, Instant now);

// Units that are free again.
struct Freed {
    Id<Allotment> allotment;
    Id<catalog::Product> product;
    std::int64_t pieces = 0;
    std::int64_t left_count = 0;  // of the allotment, or of the open one when the drop had closed
};
// Not wanted any more. Nothing when it was let go before; Fault::conflict when it was taken.
Result<std::optional<Freed>> let_go(store::Tx& tx, const Id<access::Shop>& shop, const Id<Held>& id, Instant now);

inline constexpr int expire_batch_max = 500;  // claims of one shop and one step
// Lets go of what nobody came back for; one Freed an allotment.
Result<std::vector<Freed>> expire_due(store::Tx& tx, const Id<access::Shop>& shop, Instant now);
Result<std::vector<Id<access::Shop>>> shops_with_due_claims(store::Tx& tx, Instant now, int count_max);

// What the app's clock calls: close_due and expire_due for the shops that need them, each shop in a transaction of its own. One
// that fails is left for the next step and does not stop the others; the first of them is what comes back, for the log.
Task<Status> tick(store::Database& database, Instant now);

struct Movement {
    std::string kind, subject;
    std::int64_t pieces = 0;
    Instant at;
};
// In the order in which they happened: what a drop's public page shows.
Result<std::vector<Movement>> movements(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id, int count_max);
// True if the movements add up to what the allotment's row says.
Result<bool> adds_up(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id);

inline constexpr std::size_t contact_length_max = 254;
// Tells `contact` when the product is there again. Joining twice is joining once.
Status join_waitlist(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, std::string_view contact,
                     Instant now);
Result<std::int64_t> waiting_count(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product);
// The next `count` who wait, longest first; they are noted as told.
Result<std::vector<std::string>> tell_waiting(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, int count,
                                              Instant now);
// Forgets who was told before `before`: they asked for one mail.
Status forget_told(store::Tx& tx, const Id<access::Shop>& shop, Instant before);

}  // namespace barrow::stock
