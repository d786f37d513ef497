// Retention: how long clicks are kept one by one, and what stays of them. The days of a month that is older than the months kept become
// that month, the parts of its clicks (app, country, referrer, source …) go, and so do the blocks and seals of the click log. The shop's
// key signs what went, with its sums, so that the audit knows a log whose beginning was let go from one whose beginning was taken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "floor/store/store.hpp"
#include "rooms/access/directory.hpp"

namespace barrow::telemetry {

// Two years and the month that is compared with them; `click_months` in barrow.toml says another number.
inline constexpr int click_months_usual = 25;
inline constexpr int click_months_least = 2, click_months_most = 1'200;

// The first day that is kept as it is: the first of a month, so that a month is whole or gone.
std::int64_t kept_from(Instant now, int months);

// One bounded step for one shop, in one transaction: some hundred blocks, or two thousand rows. True while there is more to do. Costs a
// query by key where there is nothing. A chain that does not fit its hashes is not let go: it is what the audit needs.
Result<bool> let_go(store::Tx& tx, const access::Tenant& shop, Instant now, int months);

// What a shop, or one of its chains, let go.
struct LetGo {
    std::string chain;                    // "" for all of the shop's together
    std::int64_t before_day = 0;          // days before it
    std::int64_t number = 0;              // blocks: the last one of the chain, how many of the shop
    std::string hash;                     // of the chain's last one
    std::int64_t clicks = 0, others = 0;  // what they held; of the shop alone
    std::int64_t done_day = 0, folded_day = 0;
    bool good = false;  // the shop's key signed it
};
std::string let_go_text(const Id<access::Shop>& shop, const LetGo& gone);  // what is signed
Result<std::optional<LetGo>> find_let_go(store::Tx& tx, const access::Tenant& shop, std::string_view chain);

}  // namespace barrow::telemetry
