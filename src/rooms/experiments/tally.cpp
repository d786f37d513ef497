#include "rooms/experiments/tally.hpp"

#include <map>

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

Result<std::vector<SurfaceTally>> tallies_by_surface(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t snippet) {
    std::map<std::pair<std::int64_t, std::int64_t>, Tally> found;
    const auto of = [&](const store::Row& row) -> Tally& { return found[{row.integer("surface"), row.integer("snippet_version")}]; };
    for (const auto row : TRY(tx.run(tally::sql::touched_by_surface, {shop, snippet})))
        (row.text("kind") == "tap" ? of(row).taps : of(row).seen) = row.integer("n");
    for (const auto row : TRY(tx.run(tally::sql::ordered_by_surface, {shop, snippet}))) of(row).orders = row.integer("n");
    std::vector<SurfaceTally> all;
    for (const auto& [key, tally] : found) all.push_back({key.first, key.second, tally});
    return all;
}

}  // namespace barrow::experiments
