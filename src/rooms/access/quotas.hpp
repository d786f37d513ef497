// Quotas: how much one shop of many may make, send and keep. Who runs the installation sets them; without one there is no end but those of
// the rooms.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::access {

// links, pages, products are counted over the shop's life: what was archived or removed keeps its number, so nobody makes and removes
// without end. mails are of a day (UTC), whoever they go to. files and megabytes are what the shop's pictures and videos have now; they
// stand in place of the uploads' own limits, higher or lower.
inline constexpr std::array<std::string_view, 6> quota_kinds{"links", "pages", "products", "mails", "files", "megabytes"};

struct Quota {
    std::string what;  // one of quota_kinds
    std::int64_t most = 0;
};
Result<std::vector<Quota>> quotas(store::Tx& tx, const Id<Shop>& shop);
// None: nobody set one. Costs one query by key.
Result<std::optional<std::int64_t>> quota_of(store::Tx& tx, const Id<Shop>& shop, std::string_view what);
// None takes it off. Refuses (bad_input) a kind that there is not, and numbers below 0.
Status set_quota(store::Tx& tx, const Id<Shop>& shop, std::string_view what, std::optional<std::int64_t> most);
// Refuses (conflict) the `number`-th of a kind where fewer are allowed. Costs one query by key.
Status within_quota(store::Tx& tx, const Id<Shop>& shop, std::string_view what, std::int64_t number);

// One more mail that the shop sends today. Refuses (rate_limited) one too many, in words that its viewers may read. Costs a write by key.
Status use_mail(store::Tx& tx, const Id<Shop>& shop, Instant now);
Result<std::int64_t> mails_today(store::Tx& tx, const Id<Shop>& shop, Instant now);

}  // namespace barrow::access
