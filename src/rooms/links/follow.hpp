// Following a link: a snapshot in memory, a reader connection on a miss, no write.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "floor/base/mutex.hpp"
#include "floor/bus/bus.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// Where a link leads now.
struct Destination {
    std::int64_t number = 0;
    std::string target;
    std::optional<Instant> ends;
    [[nodiscard]] bool ours() const { return target.starts_with('/'); }
};

// Reads the link. Refuses (not_found) an unknown slug.
Result<Destination> look_up(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug);

// "/p/tide-lamp?x=1" and a token → "/p/tide-lamp?x=1&c=TOKEN"; a fragment stays last.
std::string with_context(std::string_view target, std::string_view token);

// What was looked up lately. Entries live `life`: an announcement that was lost costs no more than that.
class Cache {
public:
    static constexpr Duration life = seconds(15);
    static constexpr std::size_t entries_max = 200'000;

    [[nodiscard]] std::shared_ptr<const Destination> find(const Id<access::Shop>& shop, std::string_view slug, Instant now) const;
    void keep(const Id<access::Shop>& shop, std::string_view slug, Destination destination, Instant now);
    // A lookup under way may still keep the old one for `life`.
    void forget(const Id<access::Shop>& shop);

private:
    struct Entry {
        std::shared_ptr<const Destination> destination;
        Instant until;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Slugs = std::unordered_map<std::string, Entry, Hash, std::equal_to<>>;
    mutable Mutex mutex_;
    std::unordered_map<std::string, Slugs, Hash, std::equal_to<>> shops_ guarded_by(mutex_);
    std::size_t count_ guarded_by(mutex_) = 0;
};

// After a change of any link or moment of the shop: every node's cache forgets it.
void announce_change(bus::Bus& bus, const Id<access::Shop>& shop);
// While the ear lives, the cache hears of changes at any node.
[[nodiscard]] bus::Bus::Ear forget_changed(bus::Bus& bus, Cache& cache);

}  // namespace barrow::links
