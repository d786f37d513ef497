// Clicks: every opening of a short link and of a page, with why it is not counted where it is not. Gathered in memory, written within a
// second as blocks of a hash-chained log; the totals that pages and reports read are made from the log and can be made again from it. No
// line of it is about a person: no address, no agent, no identifier, and openings of one kind within one block are one line with their
// number.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/directory.hpp"
#include "rooms/telemetry/agent.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::telemetry {

// Why an opening is no click. `no` is counted.
enum class WhyNot : std::uint8_t {
    no,
    head,      // only the headers were asked for
    prefetch,  // a browser fetched ahead; nobody tapped
    preview,   // a link preview
    crawler,
    tool,
    own,       // the creator's own browser, logged in to the studio
    repeated,  // the same browser a moment ago
    ended,     // somebody tapped, and the link had ended
    early,     // likewise, before its start
    full,      // likewise, all its places were taken
    locked,    // likewise, and was asked for its password
    blocked,   // likewise, and the operator has it off
    warned,    // likewise, and was asked first whether to go on
    outside,   // the same person once more, in a browser outside the app
    check,     // the link check or the guard looked: nobody tapped
    removed,   // somebody tapped, and the link had been removed
    flood,     // more of this link from one address within a minute than people make
};
std::string_view name(WhyNot why);  // "" for no
std::optional<WhyNot> why_named(std::string_view name);

// A page's views stand in the same log: where a link has its number, a page has one below zero.
inline constexpr std::int64_t bio_subject = -1;
constexpr std::int64_t page_subject(std::int64_t page) { return bio_subject - page; }  // of a page by its number, from 1
constexpr bool is_page(std::int64_t subject) { return subject < 0; }

// What is in it is not kept unless it is a kind that was not there yet.
struct Click {
    std::string_view shop;
    std::int64_t link = 0;  // or a page's subject
    WhyNot why = WhyNot::no;
    std::int64_t experiment = 0, arm = 0;  // of a split; 0 for none
    Device device = Device::other;
    Os os = Os::other;
    App app = App::none;
    std::string_view country;   // "DE" or ""
    std::string_view referrer;  // a host or ""
    std::string_view source;    // the private tag or ""
};

class Clicks {
public:
    // `chain` names this process's chains: a new one for each start and, with the month behind it, for each month, so that a chain whose
    // month is let go is over and goes as a whole.
    explicit Clicks(std::string chain) : chain_(std::move(chain)) {}

    // One more. From any thread; costs a hash, a short lock, and no allocation when its kind was noted since the last flush.
    void note(const Click& click);

    // Writes one block for each shop with clicks, in one transaction. Called by one thread at a time, several times a second. What cannot
    // be written is tried again as it is, and before anything else: where a commit's answer was lost, it may stand there already.
    Later<Status> flush(store::Database& db, Instant now);

    [[nodiscard]] std::int64_t noted_total() const { return total_.load(std::memory_order_relaxed); }

private:
    struct Kept {
        std::int64_t link;
        WhyNot why;
        std::int64_t experiment, arm;
        Device device;
        Os os;
        App app;
        std::string shop, country, referrer, source;
        [[nodiscard]] Click view() const;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const Click& click) const;
        std::size_t operator()(const Kept& kept) const { return (*this)(kept.view()); }
    };
    struct Same {
        using is_transparent = void;
        static bool same(const Click& a, const Click& b);
        bool operator()(const Kept& a, const Kept& b) const { return same(a.view(), b.view()); }
        bool operator()(const Click& a, const Kept& b) const { return same(a, b.view()); }
        bool operator()(const Kept& a, const Click& b) const { return same(a.view(), b); }
    };
    using Map = std::unordered_map<Kept, std::int64_t, Hash, Same>;
    // Where clicks of a link came from today: anybody can make up source tags and referrers, and each would be a row for good.
    class Origins {
    public:
        // Whether this one is, or may become, one of the link's; "" always is.
        bool known(const Click& click, std::string_view part, std::string_view value);
        void clear();

    private:
        static constexpr std::size_t values_max = 50;       // of a link, a part and a stripe; eight stripes make 400
        static constexpr std::size_t origins_max = 50'000;  // of all links
        std::unordered_set<std::size_t> origins_;
        std::unordered_map<std::size_t, std::size_t> values_;
    };
    struct Stripe {
        Mutex mutex;
        Map counts guarded_by(mutex);
        Origins origins guarded_by(mutex);
        std::int64_t day guarded_by(mutex) = 0;
    };
    struct Block {
        std::string shop;
        std::int64_t number = 0;
        std::string lines, hash;
    };
    struct Blocks {
        std::string chain;
        Instant at;
        std::vector<Block> list;
    };
    std::shared_ptr<const Blocks> take_blocks(Instant now);
    struct Head {
        std::int64_t number = 0;
        std::string hash;
    };
    static constexpr std::size_t kinds_max = 200'000;  // between two flushes; beyond, where a click came from is not kept apart
    void add(const Click& click, std::int64_t n);

    const std::string chain_;
    std::array<Stripe, 8> stripes_;  // so that io threads seldom wait for each other
    std::atomic<std::int64_t> total_ = 0;
    std::string chain_now_;                    // of the flushing thread, as are the next two
    std::map<std::string, Head> heads_;        // by shop
    std::shared_ptr<const Blocks> unwritten_;  // what the last flush could not write, or does not know whether it did
};

// ---- what is made from the log ---------------------------------------------------------------------------------------------

// Adds what blocks hold that no total has yet, at most `blocks_max` of them. Returns how many it took; 0: all is up to date.
// `heard` is told in the same transaction what came in: a chain's clicks since it was last added up, by link; `key` is never said twice.
struct RolledUp {
    std::string shop, key;
    std::map<std::int64_t, std::int64_t> clicks;  // of each link's number
};
using Heard = std::function<Status(const RolledUp&)>;
Result<std::int64_t> roll_up(store::Tx& tx, std::int64_t blocks_max = 200, const Heard& heard = {});
// Signs the heads of chains that moved since their last seal, with their shops' keys: at most chains_sealed_max of them, behind the last
// one of the turn before. Returns the last of this turn, or nothing when all is sealed. The clockwork begins anew once an hour.
inline constexpr std::int64_t chains_sealed_max = 500;
struct ChainName {
    std::string shop, chain;
};
Result<std::optional<ChainName>> seal_chains(store::Tx& tx, const access::Directory& directory, const ChainName& after, Instant now);

// What a block says, line by line. Refuses (storage) what is none.
struct Line {
    Click click;  // views into the block's text
    std::int64_t n = 0;
};
Result<std::vector<Line>> read_lines(std::string_view lines);

// What a block's hash is over. Names and numbers are in it, so that no block can stand in another's place.
struct HashedBlock {
    std::string_view previous, shop, chain;
    std::int64_t number = 0;
    Instant at;
    std::string_view lines;
};
std::string block_hash(const HashedBlock& block);
// Whether the shop's key of this number signed the text.
bool signed_by(const access::Tenant& shop, std::string_view text, std::int64_t key_number, std::string_view signature);

struct Audit {
    std::int64_t chains = 0, blocks = 0, seals = 0;
    std::int64_t clicks = 0, not_counted = 0;       // what the log holds of links
    std::int64_t views = 0, views_not_counted = 0;  // and of pages
    std::map<std::string, std::int64_t> reasons;    // why not, by name
    // What was let go with its time (retention.hpp): of days before `before_day`, 0 for nothing. The totals of those days are compared in
    // sum.
    struct Gone {
        std::int64_t before_day = 0, blocks = 0, clicks = 0, others = 0;
    } gone;
    struct Wrong {
        std::string what;  // one line each: a block that was changed, one that is missing, a total that the log does not bear out
    };
    std::vector<Wrong> wrong;
    [[nodiscard]] bool good() const { return wrong.empty(); }
};
// Walks every chain of a shop, checks each hash and seal, counts again and compares with every total. Reads the whole log: about a second
// for a million lines. Where the beginning of the log was let go, what is left is checked so, and the rest by its signed sums. `progress`
// is told how many blocks were read, of how many.
Result<Audit> audit(store::Tx& tx, const access::Tenant& shop, const std::function<void(std::int64_t, std::int64_t)>& progress);

// How often pages were seen by people, in seven and in thirty days, today with them; by the page's subject.
struct Views {
    std::int64_t week = 0, month = 0;
    std::int64_t not_counted = 0;  // in thirty days: previews, crawlers, own looks …
};
Result<std::map<std::int64_t, Views>> views_of(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t today);
// Clicks that carried this source tag, by link; a page's taps carry its name.
struct Taps {
    std::int64_t week = 0, month = 0;
};
Result<std::map<std::int64_t, Taps>> taps_from(store::Tx& tx, const Id<access::Shop>& shop, std::string_view source, std::int64_t today);

// Where a link's clicks came from: one part ("app", "device", "country", "referrer", "source", "why", "hour") by its values.
struct Part {
    std::string part, value;
    std::int64_t n = 0;
};
// Of one link since a day, the most first; at most 20 values a part.
Result<std::vector<Part>> parts_of(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link, std::int64_t since_day);

}  // namespace barrow::telemetry
