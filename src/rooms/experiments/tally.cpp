#include "rooms/experiments/tally.hpp"

#include "rooms/experiments/tally.sql.hpp"

namespace barrow::experiments {

Result<std::unordered_map<std::int64_t, Tally>> tallies(store::Tx& tx, const Id<access::Shop>& shop) {
    std::unordered_map<std::int64_t, Tally> found;
    for (const auto row : TRY(tx.run(tally::sql::touched, {shop}))) {
        auto& one = found[row.integer("snippet")];
        if (row.text("kind") == "impression") one.seen = row.integer("n");
        if (row.text("kind") == "tap") one.taps = row.integer("n");
    }
    for (const auto row : TRY(tx.run(tally::sql::ordered, {shop}))) found[row.integer("snippet")].orders = row.integer("n");
    return found;
}

}  // namespace barrow::experiments
