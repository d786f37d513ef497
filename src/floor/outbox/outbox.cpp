#include "floor/outbox/outbox.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "floor/outbox/outbox.sql.hpp"

namespace barrow::outbox {
namespace {

Result<std::vector<std::string>> shops_with_due(store::Tx& tx, Instant now, Lane lane) {
    const auto rows =
        TRY(tx.run(sql::shops_with_due, {now, lane == Lane::work ? work_at_once_max : shops_per_run_max, static_cast<std::int64_t>(lane)}));
    std::vector<std::string> shops;
    for (const auto row : rows) shops.push_back(row.text("shop_id"));
    return shops;
}

// Engines answer an UPDATE in an order of their own.
void sort_by_age(std::vector<Promise>& promises) {
    std::ranges::sort(promises, [](const Promise& a, const Promise& b) {
        return std::tie(a.promised, a.kind, a.key) < std::tie(b.promised, b.kind, b.key);
    });
}

Result<std::vector<Promise>> take_lease(store::Tx& tx, const std::string& shop, Instant now, Lane lane) {
    const auto until = now + (lane == Lane::quick ? lease : slow_lease);
    const auto rows =
        TRY(tx.run(sql::lease, {shop, now, until, lane == Lane::work ? 1 : promises_per_shop_max, static_cast<std::int64_t>(lane)}));
    std::vector<Promise> promises;
    for (const auto row : rows) {
        promises.push_back({shop, row.text("kind"), row.text("key"), row.text("payload"), static_cast<int>(row.integer("tries")),
                            row.instant("promised_us")});
    }
    sort_by_age(promises);
    return promises;
}

Result<std::vector<Receiver>> receivers_with_due(store::Tx& tx, Instant now) {
    std::vector<Receiver> receivers;
    for (const auto row : TRY(tx.run(sql::receivers_with_due, {now, receivers_read_max})))
        receivers.push_back({row.text("shop_id"), row.text("receiver"), row.integer("failures") > 0, row.instant("due_us")});
    return receivers;
}

Result<std::vector<Promise>> take_lease(store::Tx& tx, const Receiver& receiver, Instant now, int count_max) {
    const auto rows = TRY(tx.run(sql::lease_of_receiver, {receiver.shop_id, receiver.name, now, now + slow_lease, count_max}));
    std::vector<Promise> promises;
    for (const auto row : rows) {
        promises.push_back({receiver.shop_id, row.text("kind"), row.text("key"), row.text("payload"),
                            static_cast<int>(row.integer("tries")), row.instant("promised_us"), receiver.name});
    }
    sort_by_age(promises);
    return promises;
}

enum class Outcome : std::uint8_t { kept, postponed, given_up };

// What the answer of a handler means.
Outcome judge(const Status& answer, int tries, std::span<const Duration> waits) {
    if (answer) return Outcome::kept;
    if (answer.error().fault == Fault::gone || tries > static_cast<int>(waits.size())) return Outcome::given_up;
    return Outcome::postponed;
}

// Several that were under way at once fail once: only the first of them finds the receiver not resting. What failed on our side says
// nothing of the receiver, and of one that is gone its handler knows what to do.
Status note_receiver(store::Tx& tx, const Promise& promise, const Status& answer, Instant now) {
    if (promise.receiver.empty()) return {};
    if (answer) {
        TRY(tx.run(sql::end_rest, {promise.shop_id, promise.receiver}));
        return {};
    }
    if (answer.error().fault != Fault::outside) return {};
    const auto rows = TRY(tx.run(sql::rest, {promise.shop_id, promise.receiver}));
    if (!rows.empty() && rows[0].instant("rest_us") > now) return {};
    const auto failures = rows.empty() ? 0 : rows[0].integer("failures");
    const auto rest = rests[std::min<std::size_t>(static_cast<std::size_t>(failures), std::size(rests) - 1)];
    TRY(tx.run(sql::put_rest, {promise.shop_id, promise.receiver, failures + 1, now + rest}));
    return {};
}

// True if the lease was still ours.
Result<bool> note(store::Tx& tx, const Promise& promise, Outcome outcome, const std::string& error, Instant now,
                  std::span<const Duration> waits) {
    if (outcome == Outcome::postponed) {
        const auto wait = waits[std::min(static_cast<std::size_t>(promise.tries), waits.size()) - 1];
        return !TRY(tx.run(sql::postpone, {promise.shop_id, promise.kind, promise.key, promise.tries, now + wait, error})).empty();
    }
    const auto* state = outcome == Outcome::kept ? "kept" : "given_up";
    return !TRY(tx.run(sql::end_promise, {promise.shop_id, promise.kind, promise.key, promise.tries, state, now, error})).empty();
}

}  // namespace

Status promise(store::Tx& tx, std::string_view shop_id, std::string_view kind, std::string_view key, std::string_view payload, Instant due,
               Lane lane, std::string_view receiver) {
    check((lane == Lane::webhooks) != receiver.empty());
    TRY(tx.run(sql::make, {shop_id, kind, key, payload, due, static_cast<std::int64_t>(lane), receiver}));
    return {};
}

void Outbox::on(std::string kind, Handler handler, std::span<const Duration> waits) {
    check(!waits.empty());
    const auto added = handlers_.emplace(std::move(kind), Kept{std::move(handler), waits}).second;
    check(added);
}

Task<Result<Ran>> Outbox::run_due(Executor& here, Instant now, Lane lane) {
    check(lane != Lane::webhooks);
    const auto shops = co_await database_.read([&](store::Tx& tx) { return shops_with_due(tx, now, lane); });
    if (!shops) co_return shops.error();
    Ran ran;
    const When when = [now] { return now; };
    std::vector<Promise> all;
    for (const auto& shop : *shops) {
        auto promises = co_await database_.write([&](store::Tx& tx) { return take_lease(tx, shop, now, lane); });
        if (!promises) co_return promises.error();
        if (lane != Lane::quick)
            std::ranges::move(*promises, std::back_inserter(all));
        else
            ran += co_await keep_all(here, std::move(*promises), when);
    }
    if (lane != Lane::quick) ran += co_await keep_all(here, std::move(all), when);
    co_return ran;
}

Task<Result<Ran>> Outbox::run_receivers(Executor& here, const Clock& clock) {
    Ran ran;
    if (choosing_) co_return ran;
    choosing_ = true;
    const auto now = clock.now();
    auto waiting = co_await database_.read([&](store::Tx& tx) { return receivers_with_due(tx, now); });
    choosing_ = false;
    if (!waiting) co_return waiting.error();
    const auto begun = turns_.begin(std::move(*waiting));
    auto left = begun.size();
    if (left == 0) co_return ran;
    co_await Later<bool>([&](Later<bool>::Answer answer) {
        for (const auto& receiver : begun) {
            start<Ran>(here, turn(here, clock, receiver), [&ran, &left, answer](Ran done) {
                ran += done;
                if (--left == 0) answer(true);
            });
        }
    });
    co_return ran;
}

Task<Ran> Outbox::turn(Executor& here, const Clock& clock, Receiver receiver) {
    Ran ran;
    const When when = [&clock] { return clock.now(); };
    auto width = receiver.failing ? 1 : side_by_side_max;
    for (int round = 0; round < rounds_of_turn_max; ++round) {
        const auto now = clock.now();
        auto promises = co_await database_.write([&](store::Tx& tx) { return take_lease(tx, receiver, now, width); });
        if (!promises) {
            log_.error("outbox_failed", {{"shop", receiver.shop_id}, {"text", promises.error().text}});
            break;
        }
        const auto taken = static_cast<int>(promises->size());
        const auto done = co_await keep_all(here, std::move(*promises), when);
        ran += done;
        if (taken == 0 || done.kept < taken) break;
        width = side_by_side_max;
    }
    turns_.end(receiver);
    co_return ran;
}

Task<Ran> Outbox::keep_all(Executor& here, std::vector<Promise> promises, When when) {
    Ran ran;
    auto left = promises.size();
    if (left == 0) co_return ran;  // another node was quicker
    co_await Later<bool>([&](Later<bool>::Answer answer) {
        for (auto& one : promises) {
            start<Ran>(here, keep(std::move(one), when), [&ran, &left, answer](Ran done) {
                ran += done;
                if (--left == 0) answer(true);
            });
        }
    });
    co_return ran;
}

Task<Ran> Outbox::keep(Promise promise, When when) {
    const auto found = handlers_.find(promise.kind);
    Status answer = fail(Fault::not_found, "nobody here keeps promises of the kind " + promise.kind);
    if (found != handlers_.end()) answer = co_await found->second.handler(promise);
    const auto waits = found == handlers_.end() ? std::span<const Duration>(backoff) : found->second.waits;
    const auto outcome = judge(answer, promise.tries, waits);
    const auto error = answer ? std::string() : answer.error().text;
    if (!answer)
        log_.warning("promise_not_kept",
                     {{"kind", promise.kind}, {"key", promise.key}, {"tries", std::int64_t{promise.tries}}, {"why", error}});
    const auto now = when();
    const auto noted = co_await database_.write([&](store::Tx& tx) -> Result<bool> {
        TRY(note_receiver(tx, promise, answer, now));
        return note(tx, promise, outcome, error, now, waits);
    });
    if (!noted) log_.error("promise_not_noted", {{"kind", promise.kind}, {"key", promise.key}, {"why", noted.error().text}});
    // What could not be noted comes up again when its lease ends.
    if (!noted || !*noted) co_return Ran{};
    co_return Ran{outcome == Outcome::kept, outcome == Outcome::postponed, outcome == Outcome::given_up};
}

Result<std::vector<GivenUp>> given_up(store::Tx& tx, std::string_view shop_id, int count_max) {
    const auto rows = TRY(tx.run(sql::given_up, {shop_id, count_max}));
    std::vector<GivenUp> list;
    for (const auto row : rows) {
        list.push_back(
            {row.text("kind"), row.text("key"), row.text("error"), static_cast<int>(row.integer("tries")), row.instant("ended_us")});
    }
    return list;
}

namespace {

Delivery delivery_of(const store::Row& row, const std::optional<Instant>& rests_until, Instant now) {
    using State = Delivery::State;
    const auto& state = row.text("state");
    const auto due = row.instant("due_us");
    Delivery delivery{.kind = row.text("kind"),
                      .key = row.text("key"),
                      .state = state == "kept"       ? State::kept
                               : state == "given_up" ? State::given_up
                                                     : State::waiting,
                      .tries = static_cast<int>(row.integer("tries")),
                      .promised = row.instant("promised_us"),
                      .next = {},
                      .ended = row.maybe_instant("ended_us"),
                      .answer = row.text("answer"),
                      .error = row.text("error")};
    if (delivery.state != State::waiting) return delivery;
    if (delivery.tries > 0 && delivery.error.empty() && due > now)
        delivery.state = State::under_way;
    else
        delivery.next = std::max({due, now, rests_until.value_or(now)});
    return delivery;
}

Result<std::optional<Instant>> rests_until(store::Tx& tx, std::string_view shop_id, std::string_view receiver) {
    const auto rows = TRY(tx.run(sql::rest, {shop_id, receiver}));
    return rows.empty() ? std::optional<Instant>() : rows[0].instant("rest_us");
}

}  // namespace

Result<std::vector<Delivery>> deliveries(store::Tx& tx, std::string_view shop_id, std::string_view receiver, Which which,
                                         const std::optional<Delivery>& after, std::int64_t count_max, Instant now) {
    constexpr Instant never{std::numeric_limits<std::int64_t>::max()};
    const auto rest = TRY(rests_until(tx, shop_id, receiver));
    std::vector<Delivery> list;
    const auto rows = TRY(tx.run(sql::deliveries, {shop_id, receiver, after ? after->promised : never, after ? after->key : std::string(),
                                                   count_max, which == Which::tried ? 1 : 0}));
    for (const auto row : rows) list.push_back(delivery_of(row, rest, now));
    return list;
}

Result<std::int64_t> untried(store::Tx& tx, std::string_view shop_id, std::string_view receiver) {
    return TRY(tx.run(sql::untried, {shop_id, receiver}))[0].integer("n");
}

Result<Delivery> delivery(store::Tx& tx, std::string_view shop_id, std::string_view receiver, std::string_view kind, std::string_view key,
                          Instant now) {
    const auto rows = TRY(tx.run(sql::delivery, {shop_id, kind, key, receiver}));
    if (rows.empty()) return fail(Fault::not_found, "there is no such delivery");
    return delivery_of(rows[0], TRY(rests_until(tx, shop_id, receiver)), now);
}

Status note_answer(store::Tx& tx, const Promise& promise, std::string_view answer) {
    TRY(tx.run(sql::note_answer, {promise.shop_id, promise.kind, promise.key, promise.tries, answer}));
    return {};
}

Status again(store::Tx& tx, std::string_view shop_id, std::string_view receiver, std::string_view kind, std::string_view key, Instant now) {
    TRY(delivery(tx, shop_id, receiver, kind, key, now));
    TRY(tx.run(sql::again, {shop_id, kind, key, now}));
    TRY(tx.run(sql::wake, {shop_id, receiver, now}));
    return {};
}

Result<std::int64_t> failed_again(store::Tx& tx, std::string_view shop_id, std::string_view receiver, Instant since, Instant now) {
    const auto rows = TRY(tx.run(sql::failed_again, {shop_id, receiver, since, now, again_max}));
    TRY(tx.run(sql::wake, {shop_id, receiver, now}));
    return static_cast<std::int64_t>(rows.size());
}

Status give_up(store::Tx& tx, std::string_view shop_id, std::string_view receiver, std::string_view except_key, std::string_view why,
               Instant now) {
    TRY(tx.run(sql::give_up, {shop_id, receiver, except_key, now, why, given_up_max}));
    return {};
}

Status forget(store::Tx& tx, std::string_view shop_id, Instant before) {
    TRY(tx.run(sql::forget, {shop_id, before, forgotten_max}));
    TRY(tx.run(sql::forget_rests, {shop_id, before}));
    return {};
}

Result<Backlog> backlog(store::Tx& tx) {
    const auto rows = TRY(tx.run(sql::backlog, {}));
    return Backlog{.due = rows[0].integer("due_count"), .given_up = rows[0].integer("given_up_count")};
}

}  // namespace barrow::outbox
