// Outbox: what must happen after a commit (a mail, a webhook, a message to the overlay) is a promise, written in the
// transaction that decides it and kept afterwards: at least once, so whoever receives it must bear it twice.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/log.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"
#include "floor/outbox/turns.hpp"
#include "floor/store/store.hpp"

namespace barrow::outbox {

// Quick ones are kept within the clockwork's step, which waits for them. Those of others (a webhook's receiver, a mail server) may take
// long, and nobody waits for them: no step, mails not for receivers that do not answer, and no receiver for another. The numbers are in
// rows; never change one. What is long work of our own (a file of many thousand lines) has a lane, too: work_at_once_max of them at a time.
enum class Lane : std::uint8_t { quick = 0, webhooks = 1, mails = 2, work = 3 };

// Promises that `kind` will be done for `key` at `due` or soon after. The same kind and key a second time is the same
// promise, and the first one stands. `payload` is JSON of the kind's own making. `receiver` names who is waited for, in the lane of
// webhooks alone and always there. Costs one insert.
Status promise(store::Tx& tx, std::string_view shop_id, std::string_view kind, std::string_view key, std::string_view payload, Instant due,
               Lane lane = Lane::quick, std::string_view receiver = {});

struct Promise {
    std::string shop_id, kind, key, payload;
    int tries = 0;  // this one included
    Instant promised;
    std::string receiver{};
};

// What becomes of a promise. Success: kept. Fault::gone: it never will be kept, give up at once. Other errors: later again.
using Handler = std::function<Task<Status>(const Promise&)>;

// The waits after each failed try; after the last the promise is given up, three days after it was made, and shown to people.
inline constexpr Duration backoff[] = {seconds(2), seconds(10), minutes(1), minutes(5), minutes(30),
                                       hours(2),   hours(5),    hours(10),  hours(24),  hours(24)};
inline constexpr Duration lease = minutes(1), slow_lease = minutes(5);  // longer than any handler's own timeout
// A receiver that failed rests so long, after each failure in a row the next of these, and all that waits for it rests with it. The next
// try is of one promise alone.
inline constexpr Duration rests[] = {seconds(5), seconds(15), minutes(1), minutes(2), minutes(5)};
inline constexpr int work_at_once_max = 2;  // of a run, each of another shop: each may hold a large file in memory
inline constexpr int shops_per_run_max = 64;
inline constexpr int promises_per_shop_max = 32;  // of one run: no shop may keep the others waiting

struct Ran {
    int kept = 0, postponed = 0, given_up = 0;
    bool operator==(const Ran&) const = default;
    Ran& operator+=(const Ran& more) {
        kept += more.kept;
        postponed += more.postponed;
        given_up += more.given_up;
        return *this;
    }
};

class Outbox {
public:
    Outbox(store::Database& database, Log& log) : database_(database), log_(log) {}

    // Said once for each kind, before the first run. `waits` in place of backoff above, where a kind has its own.
    void on(std::string kind, Handler handler, std::span<const Duration> waits = backoff);

    // Keeps what is due at `now` in the lanes of the quick ones, of mails and of work: up to the bounds above, all of a shop's side by
    // side; of mails all shops' side by side. `here` is the executor that this task was started on. Several nodes may run at once; each
    // promise is leased to one of them.
    Task<Result<Ran>> run_due(Executor& here, Instant now, Lane lane = Lane::quick);
    // The lane of webhooks: begins turns of receivers that have something due, as far as turns.hpp lets them, and ends when these have
    // ended. May be started again before that, always on one thread: those under way are left alone.
    Task<Result<Ran>> run_receivers(Executor& here, const Clock& clock);

private:
    struct Kept {
        Handler handler;
        std::span<const Duration> waits;
    };
    using When = std::function<Instant()>;  // what time it is when a promise was tried
    Task<Ran> keep_all(Executor& here, std::vector<Promise> promises, When when);
    Task<Ran> keep(Promise promise, When when);
    Task<Ran> turn(Executor& here, const Clock& clock, Receiver receiver);

    store::Database& database_;
    Log& log_;
    std::map<std::string, Kept, std::less<>> handlers_;
    Turns turns_;
    bool choosing_ = false;  // of run_receivers alone, as turns_ is
};

// A promise as its receiver's people see it.
struct Delivery {
    enum class State : std::uint8_t { waiting, under_way, kept, given_up };
    std::string kind, key;
    State state = State::waiting;
    int tries = 0;  // ended ones, and the one under way
    Instant promised;
    std::optional<Instant> next, ended;  // when it is tried again; when it was kept or given up
    std::string answer, error;           // of the last try: as note_answer wrote it; "" when it arrived
};
// Newest first, older than the one of `after` where there is one. `tried`: without those that untried() counts.
enum class Which : std::uint8_t { all, tried };
Result<std::vector<Delivery>> deliveries(store::Tx& tx, std::string_view shop_id, std::string_view receiver, Which which,
                                         const std::optional<Delivery>& after, std::int64_t count_max, Instant now);
// How many wait for their first try, but for those that again() sent to the front.
Result<std::int64_t> untried(store::Tx& tx, std::string_view shop_id, std::string_view receiver);
// Refuses (not_found) what is not there or another receiver's.
Result<Delivery> delivery(store::Tx& tx, std::string_view shop_id, std::string_view receiver, std::string_view kind, std::string_view key,
                          Instant now);
// For handlers: what the receiver answered to this try.
Status note_answer(store::Tx& tx, const Promise& promise, std::string_view answer);

// Once more, whether it was kept or not, before all others of the receiver, which rests no longer. What ended has all its tries again.
Status again(store::Tx& tx, std::string_view shop_id, std::string_view receiver, std::string_view kind, std::string_view key, Instant now);
// Likewise those promised since `since` that were given up or wait for their next try: again_max of them, oldest first. Says how many.
inline constexpr std::int64_t again_max = 1'000;
Result<std::int64_t> failed_again(store::Tx& tx, std::string_view shop_id, std::string_view receiver, Instant since, Instant now);
// Gives up given_up_max of what waits for a receiver that is told nothing any more, but for `except_key`.
inline constexpr std::int64_t given_up_max = 1'000;
Status give_up(store::Tx& tx, std::string_view shop_id, std::string_view receiver, std::string_view except_key, std::string_view why,
               Instant now);

// What a shop's people should look at: the newest first.
struct GivenUp {
    std::string kind, key, error;
    int tries = 0;
    Instant ended;
};
Result<std::vector<GivenUp>> given_up(store::Tx& tx, std::string_view shop_id, int count_max);

// Forgets forgotten_max of those that ended before `before`; of the quick lane only those that were kept. Whoever promises the same key
// again has let its own row go by then: each kind's key is that of a row which is written in the same transaction. With them go the rests
// of receivers that nobody asked since.
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
