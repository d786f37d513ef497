// Drafts of a shop's snippets as the server keeps them: what devices send is merged, what the studio's forms say is written beside it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/base/random.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/drafts/merge.hpp"

namespace barrow::drafts {

inline constexpr std::int64_t drafts_max = 200;  // being written on
inline constexpr std::int64_t kept_max = 2'000;  // with those that ended within ended_kept_for
inline constexpr Duration ended_kept_for = days(30);

struct Kept {
    Document document;
    std::string digest;  // of the canonical text
    std::string studio;  // a device as which the studio's forms may write into it: see Pen
    Instant changed;
    std::optional<Instant> ended;
};

// The 200 that are being written on, changed last first.
Result<std::vector<Kept>> all(store::Tx& tx, const Id<access::Shop>& shop);
// Whatever its life is. Refuses (not_found).
Result<Kept> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);
// Id, digest and whether it is being written on, of all that are kept.
struct Line {
    std::string id, digest;
    bool written_on = true;
};
Result<std::vector<Line>> lines(store::Tx& tx, const Id<access::Shop>& shop);

// A device's copy, merged into the shop's: sent again, nothing changes. Refuses what examine() refuses, of the copy and of what would come
// of it; (too_large) one draft too many.
Result<Kept> take(store::Tx& tx, const Id<access::Shop>& shop, const Document& sent, Instant now, Random& random);

// What a form showed of a field: the heads that it lays before its reader, and the value in it.
struct Shown {
    std::string value;
    std::vector<Dot> dots;
};
using Seen = std::map<std::string, Shown>;
// As a hidden field of that form; what cannot be read back counts as not seen, so that nothing is taken the place of.
std::string write_seen(const Document& document);
Seen read_seen(std::string_view text);

// As which device a form writes. A database that was put back from a backup, or a node that took over without the last commits, has
// forgotten writings whose names devices know; words under such a name would pass for seen ones there. So a name is written under only by
// the process that drew it, and only while the draft holds the last writing under it of which that process knows that it was committed.
// Otherwise a new name is drawn: one for each run of a process that writes into the draft. Where a draft knows as many devices as it may,
// its oldest name is better than none.
class Pens {
public:
    explicit Pens(std::size_t pens_max = 1'000) : pens_max_(pens_max) {}

private:
    friend class Pen;
    Mutex mutex_;
    std::map<std::string, Dot, std::less<>> last_ guarded_by(mutex_);  // of "SHOP/DRAFT"
    std::size_t pens_max_;                                             // the next one begins anew: it costs a name
};
// Of one form. It may be asked again, when the transaction runs again.
class Pen {
public:
    explicit Pen(Pens& pens) : pens_(pens) {}
    // Nobody else writes under the name that this takes, until committed().
    std::string device(const Id<access::Shop>& shop, const Kept& kept, Instant now, Random& random);
    void wrote(const Id<access::Shop>& shop, std::string_view draft, const Dot& dot);
    // What was written last is in the database for sure.
    void committed();

private:
    Pens& pens_;
    std::string of_;  // "SHOP/DRAFT"
    std::optional<Dot> last_, wrote_;
};

// A form's fields. Written are those that were changed in it, and those of which it showed several values: what stands in it was chosen.
// What other devices wrote since it was shown stays beside that. Without an id: a new one.
struct Typed {
    std::string id;
    std::vector<std::pair<std::string, std::string>> values;
    Seen seen;
    std::string by;
};
Result<Kept> keep(store::Tx& tx, const Id<access::Shop>& shop, const Typed& typed, Pen& pen, Instant now, Random& random);
// Its life, over what the form showed of it: removed, published, or draft again. Refuses (not_found).
Result<Kept> turn(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, std::string_view life, const Seen& seen, Pen& pen,
                  Instant now, Random& random);

// Those that ended thirty days ago.
Status forget(store::Tx& tx, const Id<access::Shop>& shop, Instant now);

}  // namespace barrow::drafts
