#include "floor/outbox/outbox.hpp"

#include <algorithm>
#include <iterator>

#include "floor/outbox/outbox.sql.hpp"

namespace barrow::outbox {
namespace {

Result<std::vector<std::string>> shops_with_due(store::Tx& tx, Instant now, Lane lane) {
    const auto rows = TRY(tx.run(sql::shops_with_due, {now, shops_per_run_max, static_cast<std::int64_t>(lane)}));
    std::vector<std::string> shops;
    for (const auto row : rows) shops.push_back(row.text("shop_id"));
    return shops;
}

Result<std::vector<Promise>> take_lease(store::Tx& tx, const std::string& shop, Instant now, Lane lane) {
    const auto until = now + (lane == Lane::quick ? lease : slow_lease);
    const auto rows = TRY(tx.run(sql::lease, {shop, now, until, promises_per_shop_max, static_cast<std::int64_t>(lane)}));
    std::vector<Promise> promises;
    for (const auto row : rows) {
        promises.push_back({shop, row.text("kind"), row.text("key"), row.text("payload"), static_cast<int>(row.integer("tries")),
                            row.instant("promised_us")});
    }
    // Engines answer an UPDATE in an order of their own.
    std::ranges::sort(promises, [](const Promise& a, const Promise& b) {
        return std::tie(a.promised, a.kind, a.key) < std::tie(b.promised, b.kind, b.key);
    });
    return promises;
}

enum class Outcome : std::uint8_t { kept, postponed, given_up };

// What the answer of a handler means.
Outcome judge(const Status& answer, int tries, std::span<const Duration> waits) {
    if (answer) return Outcome::kept;
    if (answer.error().fault == Fault::gone || tries > static_cast<int>(waits.size())) return Outcome::given_up;
    return Outcome::postponed;
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
               Lane lane) {
    TRY(tx.run(sql::make, {shop_id, kind, key, payload, due, static_cast<std::int64_t>(lane)}));
    return {};
}

void Outbox::on(std::string kind, Handler handler, std::span<const Duration> waits) {
    check(!waits.empty());
    const auto added = handlers_.emplace(std::move(kind), Kept{std::move(handler), waits}).second;
    check(added);
}

Task<Result<Ran>> Outbox::run_due(Executor& here, Instant now, Lane lane) {
    const auto shops = co_await database_.read([&](store::Tx& tx) { return shops_with_due(tx, now, lane); });
    if (!shops) co_return shops.error();
    Ran ran;
    const auto add = [&ran](const Ran& done) {
        ran.kept += done.kept;
        ran.postponed += done.postponed;
        ran.given_up += done.given_up;
    };
    std::vector<Promise> all;
    for (const auto& shop : *shops) {
        auto promises = co_await database_.write([&](store::Tx& tx) { return take_lease(tx, shop, now, lane); });
        if (!promises) co_return promises.error();
        if (lane != Lane::quick)
            std::ranges::move(*promises, std::back_inserter(all));
        else
            add(co_await keep_all(here, std::move(*promises), now));
    }
    if (lane != Lane::quick) add(co_await keep_all(here, std::move(all), now));
    co_return ran;
}

Task<Ran> Outbox::keep_all(Executor& here, std::vector<Promise> promises, Instant now) {
    Ran ran;
    auto left = promises.size();
    if (left == 0) co_return ran;  // another node was quicker
    co_await Later<bool>([&](Later<bool>::Answer answer) {
        for (auto& one : promises) {
            start<Ran>(here, keep(std::move(one), now), [&ran, &left, answer](Ran done) {
                ran.kept += done.kept;
                ran.postponed += done.postponed;
                ran.given_up += done.given_up;
                if (--left == 0) answer(true);
            });
        }
    });
    co_return ran;
}

Task<Ran> Outbox::keep(Promise promise, Instant now) {
    const auto found = handlers_.find(promise.kind);
    Status answer = fail(Fault::not_found, "nobody here keeps promises of the kind " + promise.kind);
    if (found != handlers_.end()) answer = co_await found->second.handler(promise);
    const auto waits = found == handlers_.end() ? std::span<const Duration>(backoff) : found->second.waits;
    const auto outcome = judge(answer, promise.tries, waits);
    const auto error = answer ? std::string() : answer.error().text;
    if (!answer)
        log_.warning("promise_not_kept",
                     {{"kind", promise.kind}, {"key", promise.key}, {"tries", std::int64_t{promise.tries}}, {"why", error}});
    const auto noted = co_await database_.write([&](store::Tx& tx) { return note(tx, promise, outcome, error, now, waits); });
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

Status forget(store::Tx& tx, std::string_view shop_id, Instant before) {
    TRY(tx.run(sql::forget, {shop_id, before, forgotten_max}));
    return {};
}

Result<Backlog> backlog(store::Tx& tx) {
    const auto rows = TRY(tx.run(sql::backlog, {}));
    return Backlog{.due = rows[0].integer("due_count"), .given_up = rows[0].integer("given_up_count")};
}

}  // namespace barrow::outbox
