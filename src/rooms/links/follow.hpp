// Following a link: a snapshot in memory, a reader connection on a miss, no write (but for a link with clicks_max).
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "floor/base/mutex.hpp"
#include "floor/bus/bus.hpp"
#include "floor/wire/words.hpp"
#include "rooms/links/doubt.hpp"
#include "rooms/links/escape.hpp"
#include "rooms/links/host_check.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// What there is to decide about a link.
struct Choices {
    Link link;
    std::optional<Moment> moment;  // of the session that it follows, or that its rules ask about
    RecipeSet recipes;             // the ways out of apps that it offers; none for a link that offers none
    std::string doubt;             // why people are asked first, "" for no reason
};
// A link made ready to be followed. Most lead to one target whoever comes: a million of those stay in memory at about 200 bytes each.
struct Destination {
    std::int64_t number = 0;
    std::string target;
    std::shared_ptr<const Choices> choices;  // nullptr: there is nothing to decide, and the visitor's query is passed on

    [[nodiscard]] const Link* link() const { return choices ? &choices->link : nullptr; }
    [[nodiscard]] const Moment* moment() const { return choices && choices->moment ? &*choices->moment : nullptr; }
    // A password stands before it, or each click takes a place: a moment's work beside the redirect.
    [[nodiscard]] bool has_password() const { return choices && !choices->link.password_hash.empty(); }
    [[nodiscard]] bool counts_places() const { return choices && choices->link.clicks_max.has_value(); }
    // People are asked whether to go on, or offered the way out of the app or into another, before anything else.
    [[nodiscard]] std::string_view doubt() const { return choices ? std::string_view(choices->doubt) : std::string_view(); }
    [[nodiscard]] bool offers_out() const { return choices && choices->recipes.any(); }
    [[nodiscard]] bool has_split() const { return choices && !choices->link.split.empty(); }
};
// The operator's lists.
struct Lists {
    const DenyList& deny;
    const DenyList& watch;
};
// Reads the link. One with a target that the deny list names is blocked, one that the watch list names is doubted. One that was removed is
// found, too, and leads nowhere. Refuses (not_found) an unknown slug.
Result<Destination> look_up(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how, const Lists& lists,
                            const wire::Words& say, Instant now);
Destination prepare(Choices choices);

// What a visit comes to, as far as it can be told without a password and without taking a place.
struct Outcome {
    enum class Kind : std::uint8_t { go, early, ended, full, blocked, removed } kind = Kind::go;
    std::string_view target;  // where it leads, the link's fallback where the guard found that dead; for ended and full the link's
                              // ended_target, "" for a page that says so
    std::size_t branch = 0;   // of a split, for go
    bool split = false;       // the branch was drawn: no rule and no stream came before it
};
// `unit`: whose branch is asked for; read only where has_split().
Outcome decide(const Destination& destination, const Visitor& visitor, std::string_view unit);

// What was looked up lately. Entries live `life`: an announcement that was lost costs no more than that.
class Cache {
public:
    static constexpr Duration life = seconds(15);
    static constexpr std::size_t entries_max = 1'100'000;

    [[nodiscard]] std::optional<Destination> find(const Id<access::Shop>& shop, std::string_view slug, Instant now) const;
    // Ask before the lookup, and hand it to keep: what was read before a change is not kept after it.
    [[nodiscard]] std::uint64_t epoch() const { return epoch_.load(); }
    void keep(const Id<access::Shop>& shop, std::string_view slug, Destination destination, Instant now, std::uint64_t epoch);
    void forget(const Id<access::Shop>& shop);
    void forget(const Id<access::Shop>& shop, std::string_view slug);
    void forget_all();
    [[nodiscard]] std::size_t size() const;

private:
    struct Entry {
        Destination destination;
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
    std::atomic<std::uint64_t> epoch_ = 0;  // changes of any shop: a lookup that overlaps one is made again, which is cheap
};

// After a change of any link or moment of the shop: every node's cache forgets it.
void announce_change(bus::Bus& bus, const Id<access::Shop>& shop);
// While the ear lives, the cache hears of changes at any node.
[[nodiscard]] bus::Bus::Ear forget_changed(bus::Bus& bus, Cache& cache);

}  // namespace barrow::links
