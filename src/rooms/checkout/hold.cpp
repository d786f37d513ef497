#include "rooms/checkout/hold.hpp"

#include "rooms/checkout/checkout.sql.hpp"

namespace barrow::checkout {

Result<std::vector<Result<stock::Held>>> hold(store::Tx& tx, std::span<const Hold> wanted, Instant now) {
    std::vector<stock::Claim> claims;
    for (const auto& one : wanted) {
        claims.push_back(
            {.shop = one.shop, .id = one.id, .allotment = one.allotment, .pieces = one.pieces, .buyer = "", .expires = one.expires});
    }
    auto answers = TRY(stock::claim(tx, claims, now));
    std::vector<std::vector<store::Value>> sets;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto& one = wanted[i];
        if (answers[i])
            sets.push_back({one.shop, one.id, one.product, one.pieces, one.quote, one.context, one.back_path, one.expires, one.seen_minor});
    }
    if (!sets.empty()) TRY(tx.run_many(sql::add_hold, sets));
    return answers;
}

Result<Hold> find_hold(store::Tx& tx, const Id<access::Shop>& shop, const Id<stock::Held>& id) {
    const auto rows = TRY(tx.run(sql::find_hold, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no such hold; go back to the product and hold again");
    const auto row = rows[0];
    return Hold{.shop = shop,
                .id = id,
                .product = row.id<catalog::Product>("product_id"),
                .allotment = {},
                .pieces = row.integer("pieces"),
                .quote = row.text("quote"),
                .context = row.text("context"),
                .back_path = row.text("back_path"),
                .expires = row.instant("expires_us"),
                .seen_minor = row.maybe_integer("seen_minor")};
}

Status forget_holds(store::Tx& tx, const Id<access::Shop>& shop, Instant before) {
    TRY(tx.run(sql::forget_holds, {shop, before}));
    return {};
}

}  // namespace barrow::checkout
