// Claims: units held for a buyer, taken at payment, let go otherwise.
#include <algorithm>
#include <map>
#include <set>

#include "rooms/stock/movement.hpp"
#include "rooms/stock/stock.hpp"
#include "rooms/stock/stock.sql.hpp"

namespace barrow::stock {
namespace {

ClaimState read_state(const std::string& text) {
    if (text == "held") return ClaimState::held;
    return text == "taken" ? ClaimState::taken : ClaimState::let_go;
}

ClaimNow read(const store::Row& row) {
    return {.held = {.id = row.id<Held>("id"),
                     .allotment = row.id<Allotment>("allotment_id"),
                     .product = row.id<catalog::Product>("product_id"),
                     .pieces = row.integer("pieces"),
                     .expires = row.instant("expires_us")},
            .buyer = row.text("buyer"),
            .state = read_state(row.text("state"))};
}

// What a batch knows before it decides. Deciding is arithmetic over this; the conditional update is the guard.
struct Shelf {
    std::optional<Allotment> allotment;
    std::int64_t left = 0;                         // while the batch decides
    std::map<std::string, std::int64_t> of_buyer;  // pieces held or taken
    std::int64_t holding = 0;                      // what this batch takes out
    std::string cause;                             // the first claim that does
};

// Why a claim is refused, or nothing.
std::optional<Error> refusal(const Claim& claim, const Shelf& shelf, Instant now) {
    if (claim.pieces < 1 || claim.pieces > pieces_max) return fail(Fault::bad_input, "ask for at least one piece");
    if (!shelf.allotment) return fail(Fault::not_found, "there is no allotment " + claim.allotment.text);
    if (!shelf.allotment->runs(now)) return fail(Fault::gone, "this drop has ended");
    if (const auto most = shelf.allotment->per_buyer_max; most && !claim.buyer.empty()) {
        const auto found = shelf.of_buyer.find(claim.buyer);
        if ((found == shelf.of_buyer.end() ? 0 : found->second) + claim.pieces > *most) {
            return fail(Fault::conflict, "each buyer may have " + std::to_string(*most) + " of this");
        }
    }
    if (shelf.left == 0) return fail(Fault::sold_out, "nothing is left");
    if (shelf.left < claim.pieces) return fail(Fault::sold_out, "only " + std::to_string(shelf.left) + " left");
    return std::nullopt;
}

Result<std::map<std::string, Shelf>> shelves_of(store::Tx& tx, std::span<const Claim> claims) {
    std::map<std::string, Shelf> shelves;
    std::set<std::pair<std::string, std::string>> limited;
    for (const auto& claim : claims) {
        auto [at, fresh] = shelves.try_emplace(claim.allotment.text);
        if (fresh) {
            auto found = find(tx, claim.shop, claim.allotment);
            if (!found && found.error().fault != Fault::not_found) return std::move(found).error();
            if (found) {
                at->second.left = found->left_count;
                at->second.allotment = std::move(*found);
            }
        }
        if (at->second.allotment && at->second.allotment->per_buyer_max && !claim.buyer.empty())
            limited.emplace(claim.allotment.text, claim.buyer);
    }
    std::vector<std::vector<store::Value>> asked;
    for (const auto& [allotment, buyer] : limited) asked.push_back({claims[0].shop, allotment, buyer});
    const auto answers = TRY(tx.run_many(sql::pieces_of_buyer, asked));
    std::size_t i = 0;
    for (const auto& [allotment, buyer] : limited) shelves[allotment].of_buyer[buyer] = answers[i++][0].integer("pieces");
    return shelves;
}

// The answer to a claim that is there already: asked twice, held once.
Result<Held> again(const ClaimNow& known, std::int64_t left_count) {
    if (known.state == ClaimState::let_go) return fail(Fault::gone, "this claim was let go");
    auto held = known.held;
    held.left_count = left_count;
    return held;
}

Result<Freed> give_back(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& allotment, std::int64_t pieces,
                        std::string_view subject, Instant now) {
    const auto rows = TRY(tx.run(sql::give_back, {shop, allotment, pieces}));
    check(!rows.empty());
    Freed freed{allotment, rows[0].id<catalog::Product>("product_id"), pieces, rows[0].integer("left_count")};
    TRY(promise_left(tx, shop, allotment, freed.product, "let_go:" + std::string(subject), now));
    if (rows[0].is_null("closed_us")) return freed;
    TRY(return_leftover(tx, shop, allotment, freed.product, pieces, subject, now));
    const auto open = TRY(find(tx, shop, open_allotment(freed.product)));
    freed.allotment = open.id;
    freed.left_count = open.left_count;
    return freed;
}

}  // namespace

Result<std::vector<Result<Held>>> claim(store::Tx& tx, std::span<const Claim> claims, Instant now) {
    std::vector<Result<Held>> replies;
    if (claims.empty()) return replies;
    auto shelves = TRY(shelves_of(tx, claims));

    std::vector<std::vector<store::Value>> ids;
    for (const auto& claim : claims) {
        check(claim.shop == claims[0].shop);
        ids.push_back({claim.shop, claim.id});
    }
    const auto known_rows = TRY(tx.run_many(sql::read_claim, ids));
    std::map<std::string, ClaimNow> known;
    for (const auto& rows : known_rows) {
        if (!rows.empty()) known.emplace(rows[0].text("id"), read(rows[0]));
    }

    std::vector<std::vector<store::Value>> new_claims, new_movements;
    for (const auto& claim : claims) {
        auto& shelf = shelves[claim.allotment.text];
        if (const auto found = known.find(claim.id.text); found != known.end()) {
            replies.push_back(again(found->second, shelf.left));
            continue;
        }
        if (auto no = refusal(claim, shelf, now)) {
            replies.emplace_back(std::move(*no));
            continue;
        }
        shelf.left -= claim.pieces;
        if (shelf.holding == 0) shelf.cause = claim.id.text;
        shelf.holding += claim.pieces;
        shelf.of_buyer[claim.buyer] += claim.pieces;
        const Held held{claim.id, claim.allotment, shelf.allotment->product, claim.pieces, claim.expires, 0};
        known.emplace(claim.id.text, ClaimNow{held, claim.buyer, ClaimState::held});
        new_claims.push_back({claim.shop, claim.id, claim.allotment, held.product, claim.pieces, claim.buyer, now, claim.expires});
        new_movements.push_back({claim.shop, claim.allotment, "held", claim.id, claim.pieces, now});
        replies.emplace_back(held);
    }

    for (const auto& [allotment, shelf] : shelves) {
        if (shelf.holding == 0) continue;
        const auto held = TRY(tx.run(sql::hold, {claims[0].shop, allotment, shelf.holding}));
        // Only where transactions see one another's rows: someone took units between our look and our hand.
        if (held.empty()) return fail(Fault::busy, "these pieces moved at the same moment; try again");
        TRY(promise_left(tx, claims[0].shop, {allotment}, shelf.allotment->product, "held:" + shelf.cause, now));
    }
    TRY(tx.run_many(sql::add_claim, new_claims));
    TRY(tx.run_many(sql::add_movement, new_movements));
    for (auto& reply : replies) {
        if (reply) reply->left_count = shelves[reply->allotment.text].left;
    }
    return replies;
}

Result<ClaimNow> find_claim(store::Tx& tx, const Id<access::Shop>& shop, const Id<Held>& id) {
    const auto rows = TRY(tx.run(sql::read_claim, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no claim " + id.text);
    return read(rows[0]);
}

Result<std::optional<Instant>> first_end(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id) {
    const auto rows = TRY(tx.run(sql::first_end, {shop, id}));
    return rows.empty() ? std::nullopt : std::optional(rows[0].instant("expires_us"));
}

Status extend(store::Tx& tx, const Id<access::Shop>& shop, const Id<Held>& id, Instant until) {
    TRY(tx.run(sql::extend_claim, {shop, id, until}));
    return {};
}

Status take(store::Tx& tx, const Id<access::Shop>& shop, const Id<Held>& id, Instant now) {
    const auto rows = TRY(tx.run(sql::take_claim, {shop, id, now}));
    if (rows.empty()) {
        const auto found = TRY(find_claim(tx, shop, id));
        if (found.state == ClaimState::taken) return {};
        return fail(Fault::gone, "this claim was let go");
    }
    const auto allotment = rows[0].id<Allotment>("allotment_id");
    const auto pieces = rows[0].integer("pieces");
    const auto taken = TRY(tx.run(sql::taken, {shop, allotment, pieces}));
    check(!taken.empty());
    return note(tx, shop, allotment, "taken", id.text, pieces, now);
}

Result<std::optional<Freed>> let_go(store::Tx& tx, const Id<access::Shop>& shop, const Id<Held>& id, Instant now) {
    const auto rows = TRY(tx.run(sql::let_go_claim, {shop, id, now}));
    if (rows.empty()) {
        const auto found = TRY(find_claim(tx, shop, id));
        if (found.state == ClaimState::taken) return fail(Fault::conflict, "this claim was taken: its pieces are sold");
        return std::optional<Freed>();
    }
    const auto allotment = rows[0].id<Allotment>("allotment_id");
    const auto pieces = rows[0].integer("pieces");
    TRY(note(tx, shop, allotment, "let_go", id.text, pieces, now));
    return std::optional(TRY(give_back(tx, shop, allotment, pieces, id.text, now)));
}

Result<std::vector<Freed>> expire_due(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    const auto rows = TRY(tx.run(sql::due_claims, {shop, now, expire_batch_max}));
    std::vector<std::vector<store::Value>> new_movements;
    std::map<std::string, std::pair<std::int64_t, std::string>> sums;  // allotment → pieces, one of its claims
    for (const auto row : rows) {
        new_movements.push_back({shop, row.text("allotment_id"), "let_go", row.text("id"), row.integer("pieces"), now});
        auto& [pieces, subject] = sums[row.text("allotment_id")];
        pieces += row.integer("pieces");
        subject = std::max(subject, row.text("id"));
    }
    TRY(tx.run_many(sql::add_movement, new_movements));
    std::vector<Freed> freed;
    for (const auto& [allotment, sum] : sums) freed.push_back(TRY(give_back(tx, shop, {allotment}, sum.first, sum.second, now)));
    return freed;
}

Result<std::vector<Id<access::Shop>>> shops_with_due_claims(store::Tx& tx, Instant now, int count_max) {
    const auto rows = TRY(tx.run(sql::shops_with_due_claims, {now, count_max}));
    std::vector<Id<access::Shop>> shops;
    for (const auto row : rows) shops.push_back(row.id<access::Shop>("shop_id"));
    return shops;
}

Task<Status> tick(store::Database& database, Instant now) {
    constexpr int shops_max = 100;  // of one tick; the rest comes with the next
    struct Due {
        std::vector<Id<access::Shop>> drops, claims;
    };
    const auto due = co_await database.read([&](store::Tx& tx) -> Result<Due> {
        return Due{TRY(shops_with_due_drops(tx, now, shops_max)), TRY(shops_with_due_claims(tx, now, shops_max))};
    });
    if (!due) co_return due.error();
    Status first;
    // A drop closes before its claims are let go, so that their units find their way to plain sale at once.
    for (const auto& shop : due->drops) {
        const auto closed = co_await database.write([&](store::Tx& tx) { return close_due(tx, shop, now); });
        if (!closed && first) first = fail(closed.error().fault, "drops of shop " + shop.text + ": " + closed.error().text);
    }
    for (const auto& shop : due->claims) {
        const auto freed = co_await database.write([&](store::Tx& tx) { return expire_due(tx, shop, now); });
        if (!freed && first) first = fail(freed.error().fault, "claims of shop " + shop.text + ": " + freed.error().text);
    }
    co_return first;
}

}  // namespace barrow::stock
