// Hold: some units are the buyer's for ten minutes, at the price that they saw. A hold is a claim of stock together with the
// terms it was made on; both have one id, which is also the secret of its page (80 random bits).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/stock/stock.hpp"

namespace barrow::checkout {

inline constexpr Duration hold_life = minutes(10);

struct Hold {
    Id<access::Shop> shop;
    Id<stock::Held> id;
    Id<catalog::Product> product;
    Id<stock::Allotment> allotment;
    std::int64_t pieces = 1;
    std::string quote;      // catalog's token, read already: it binds when the order is placed
    std::string context;    // telemetry's token, or ""
    std::string back_path;  // where "hold again" leads: "/p/tide-lamp"
    Instant expires;
    std::optional<std::int64_t> seen_minor;  // the price of one that the page showed, in the shop's currency, when another one binds
};

// The hot verb; answers as stock::claim does. One batch is of one shop.
Result<std::vector<Result<stock::Held>>> hold(store::Tx& tx, std::span<const Hold> wanted, Instant now);

// The terms of a hold; not_found when there is none of the id.
Result<Hold> find_hold(store::Tx& tx, const Id<access::Shop>& shop, const Id<stock::Held>& id);
// Those that ended before `before`; their claims are stock's to expire.
Status forget_holds(store::Tx& tx, const Id<access::Shop>& shop, Instant before);

}  // namespace barrow::checkout
