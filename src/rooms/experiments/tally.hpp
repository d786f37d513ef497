// Tally: what came of each snippet, from the facts.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::experiments {

struct Tally {
    std::int64_t seen = 0;    // times a surface showed it
    std::int64_t taps = 0;    // times its card led to the product's page
    std::int64_t orders = 0;  // paid orders that carry it
};
// By the snippet's number; snippets that nobody saw are left out. Counts are written within a second.
Result<std::unordered_map<std::int64_t, Tally>> tallies(store::Tx& tx, const Id<access::Shop>& shop);

// Of one snippet, by surface and version, in their order.
struct SurfaceTally {
    std::int64_t surface = 0, version = 0;
    Tally tally;
};
Result<std::vector<SurfaceTally>> tallies_by_surface(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t snippet);

}  // namespace barrow::experiments
