// Counters: what was served, counted in memory and written in batches. Nothing about a person is in them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/store/store.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::telemetry {

// impression: shown; click: a short link followed; tap: a snippet's card followed; order: placed; bot: a short link opened by
// something that nobody tapped (a preview, a crawler, a browser fetching ahead).
enum class Touch : std::uint8_t { impression, click, tap, order, bot };
std::string_view name(Touch touch);

struct TouchKey {
    Id<access::Shop> shop;
    std::int64_t day;
    Touch touch;
    Context context;         // its day is not used
    std::string product_id;  // "" for none
    bool operator==(const TouchKey&) const = default;
};

class Counters {
public:
    // One more of it. From any thread; costs a hash, a short lock and no allocation when the key is known.
    void note(const TouchKey& key);

    // Writes what has gathered, in one transaction; app calls it every half second, so that a count is durable within a
    // second. What cannot be written is kept and tried again.
    Later<Status> flush(store::Database& db);
    [[nodiscard]] std::int64_t noted_total() const;

private:
    struct Hash {
        std::size_t operator()(const TouchKey& key) const;
    };
    using Map = std::unordered_map<TouchKey, std::int64_t, Hash>;
    static constexpr std::size_t keys_max = 100'000;  // distinct counts between two flushes; beyond, impressions are dropped
    struct Stripe {
        Mutex mutex;
        Map counts guarded_by(mutex);
        std::int64_t total guarded_by(mutex) = 0;
    };
    void add(const TouchKey& key, std::int64_t n, bool anew);
    mutable std::array<Stripe, 8> stripes_;  // so that io threads seldom wait for each other
};

// The next of a shop's short numbers of one kind ("link", "snippet"), from 1.
Result<std::int64_t> next_number(store::Tx& tx, const Id<access::Shop>& shop, std::string_view kind);

// How many of a kind were given so far; 0 for none.
Result<std::int64_t> numbers_given(store::Tx& tx, const Id<access::Shop>& shop, std::string_view kind);
// Clicks of all links since a day.
Result<std::int64_t> clicks_since(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t since_day);

struct ClickCounts {
    std::int64_t all = 0, recent = 0;
    std::int64_t bots = 0;  // left out of both
};
// Clicks of links by their numbers; `recent` are those since `since_day`. Those that were never clicked are not in it. One query for 32.
Result<std::unordered_map<std::int64_t, ClickCounts>> clicks_of(store::Tx& tx, const Id<access::Shop>& shop,
                                                                std::span<const std::int64_t> links, std::int64_t since_day);

}  // namespace barrow::telemetry
