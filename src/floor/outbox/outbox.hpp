// Outbox: what must happen after a commit (a mail, a webhook, a message to the overlay) is a promise, written in the
// transaction that decides it and kept afterwards: at least once, so whoever receives it must bear it twice.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/log.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"
#include "floor/store/store.hpp"

namespace barrow::outbox {

// Quick ones are kept within the clockwork's step, which waits for them. Those of others (a webhook's receiver, a mail server) may take
// long, and nobody waits for them: no step, and mails not for receivers that do not answer. The numbers are in rows; never change one.
enum class Lane : std::uint8_t { quick = 0, webhooks = 1, mails = 2 };

// Promises that `kind` will be done for `key` at `due` or soon after. The same kind and key a second time is the same
// promise, and the first one stands. `payload` is JSON of the kind's own making. Costs one insert.
Status promise(store::Tx& tx, std::string_view shop_id, std::string_view kind, std::string_view key, std::string_view payload, Instant due,
               Lane lane = Lane::quick);

struct Promise {
    std::string shop_id, kind, key, payload;
    int tries = 0;  // this one included
    Instant promised;
};

// What becomes of a promise. Success: kept. Fault::gone: it never will be kept, give up at once. Other errors: later again.
using Handler = std::function<Task<Status>(const Promise&)>;

// The waits after each failed try; after the last the promise is given up, three days after it was made, and shown to people.
inline constexpr Duration backoff[] = {seconds(2), seconds(10), minutes(1), minutes(5), minutes(30),
                                       hours(2),   hours(5),    hours(10),  hours(24),  hours(24)};
inline constexpr Duration lease = minutes(1), slow_lease = minutes(5);  // longer than any handler's own timeout
inline constexpr int shops_per_run_max = 64;
inline constexpr int promises_per_shop_max = 32;  // of one run: no shop may keep the others waiting

struct Ran {
    int kept = 0, postponed = 0, given_up = 0;
    bool operator==(const Ran&) const = default;
};

class Outbox {
public:
    Outbox(store::Database& database, Log& log) : database_(database), log_(log) {}

    // Said once for each kind, before the first run. `waits` in place of backoff above, where a kind has its own.
    void on(std::string kind, Handler handler, std::span<const Duration> waits = backoff);

    // Keeps what is due at `now`: up to the bounds above, all of a shop's side by side; but for the quick lane all shops' side by side.
    // `here` is the executor that this task was started on. Several nodes may run at once; each promise is leased to one of them.
    Task<Result<Ran>> run_due(Executor& here, Instant now, Lane lane = Lane::quick);

private:
    struct Kept {
        Handler handler;
        std::span<const Duration> waits;
    };
    Task<Ran> keep_all(Executor& here, std::vector<Promise> promises, Instant now);
    Task<Ran> keep(Promise promise, Instant now);

    store::Database& database_;
    Log& log_;
    std::map<std::string, Kept, std::less<>> handlers_;
};

// What a shop's people should look at: the newest first.
struct GivenUp {
    std::string kind, key, error;
    int tries = 0;
    Instant ended;
};
Result<std::vector<GivenUp>> given_up(store::Tx& tx, std::string_view shop_id, int count_max);

// Forgets forgotten_max of those that ended before `before`; of the quick lane only those that were kept. Whoever promises the same key
// again has let its own row go by then: each kind's key is that of a row which is written in the same transaction.
inline constexpr std::int64_t forgotten_max = 500;
Status forget(store::Tx& tx, std::string_view shop_id, Instant before);

// Of all shops together: what who runs the program should watch.
struct Backlog {
    std::int64_t due = 0;       // not kept yet, whether its time has come or not
    std::int64_t given_up = 0;  // never will be: a refund among them is money that somebody waits for
};
Result<Backlog> backlog(store::Tx& tx);

// Something that happens by the clock and not by a request. The app calls each at every tick, one after another.
using Clockwork = std::function<Task<Status>(Instant now)>;

}  // namespace barrow::outbox
