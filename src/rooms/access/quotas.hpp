// Quotas: how much one shop of many may make. Who runs the installation sets them; without one there is no end but those of the rooms.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::access {

// Counted over the shop's life: what was archived or removed keeps its number, so nobody makes and removes without end.
inline constexpr std::array<std::string_view, 3> quota_kinds{"links", "pages", "products"};

struct Quota {
    std::string what;  // one of quota_kinds
    std::int64_t most = 0;
};
Result<std::vector<Quota>> quotas(store::Tx& tx, const Id<Shop>& shop);
// None takes it off. Refuses (bad_input) a kind that there is not, and numbers below 0.
Status set_quota(store::Tx& tx, const Id<Shop>& shop, std::string_view what, std::optional<std::int64_t> most);
// Refuses (conflict) the `number`-th of a kind where fewer are allowed. Costs one query by key.
Status within_quota(store::Tx& tx, const Id<Shop>& shop, std::string_view what, std::int64_t number);

}  // namespace barrow::access
