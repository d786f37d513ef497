#include "floor/outbox/outbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/databases.hpp"

namespace barrow::outbox {
namespace {

class Outboxes : public testing::OnBothEngines {
protected:
    SilentLog log;
    Loop loop;
    std::vector<std::string> heard;  // "shop kind key payload", in the order in which handlers ran

    Handler answering(Status answer) {
        return [this, answer](const Promise& promise) -> Task<Status> {
            heard.push_back(promise.shop_id + " " + promise.key + " " + promise.payload);
            co_return answer;
        };
    }
    void make(const char* shop, const char* key, const char* payload = "{}", Duration later = {}) {
        const auto made = db->write_now([&](store::Tx& tx) { return promise(tx, shop, "mail", key, payload, now + later); });
        ASSERT_TRUE(made) << made.error().text;
    }
    Ran run(Outbox& outbox, Instant at) { return loop.wait(outbox.run_due(loop, at)).value(); }
    std::string state(const char* key) {
        return db.sql("SELECT state FROM promise WHERE shop_id = 'a' AND key = $1", {key})[0].text("state");
    }
};
BARROW_BOTH_ENGINES(Outboxes);

TEST_P(Outboxes, keep_what_was_committed_and_only_that) {
    Outbox outbox(*db, log);
    outbox.on("mail", answering({}));
    make("a", "1", R"({"to":"x"})");
    make("a", "1", R"({"to":"y"})");  // promised twice: the first stands
    make("b", "1");
    make("a", "later", "{}", seconds(30));
    EXPECT_FALSE(db->write_now([&](store::Tx& tx) -> Status {
        TRY(promise(tx, "a", "mail", "rolled back", "{}", now));
        return fail(Fault::sold_out, "no");
    }));
    EXPECT_EQ(run(outbox, now), (Ran{.kept = 2}));
    std::ranges::sort(heard);
    EXPECT_EQ(heard, (std::vector<std::string>{R"(a 1 {"to":"x"})", "b 1 {}"}));
    EXPECT_EQ(run(outbox, now + seconds(29)), Ran{});
    EXPECT_EQ(run(outbox, now + seconds(30)), (Ran{.kept = 1}));
    EXPECT_EQ(run(outbox, now + days(9)), Ran{});
    EXPECT_EQ(state("1"), "kept");
}

TEST_P(Outboxes, try_again_by_the_table_and_then_give_up) {
    Outbox outbox(*db, log);
    outbox.on("mail", answering(fail(Fault::outside, "the server does not answer")));
    make("a", "1");
    auto at = now;
    for (const auto wait : backoff) {
        EXPECT_EQ(run(outbox, at), (Ran{.postponed = 1}));
        EXPECT_EQ(run(outbox, at + wait - microseconds(1)), Ran{});
        at = at + wait;
    }
    EXPECT_EQ(run(outbox, at), (Ran{.given_up = 1}));
    EXPECT_EQ(run(outbox, at + days(30)), Ran{});
    const auto list = db->read_now([](store::Tx& tx) { return given_up(tx, "a", 10); }).value();
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].error, "the server does not answer");
    EXPECT_EQ(list[0].tries, static_cast<int>(std::size(backoff)) + 1);
    EXPECT_TRUE(db->read_now([](store::Tx& tx) { return given_up(tx, "b", 10); })->empty());
}

TEST_P(Outboxes, keep_slow_promises_in_a_lane_of_their_own) {
    Outbox outbox(*db, log);
    constexpr Duration own_waits[] = {hours(1)};
    outbox.on("mail", answering({}));
    outbox.on("hook", answering(fail(Fault::outside, "away")), own_waits);
    for (const auto* shop : {"a", "b"}) {
        const auto made = db->write_now([&](store::Tx& tx) { return promise(tx, shop, "hook", "h", "{}", now, Lane::webhooks); });
        ASSERT_TRUE(made) << made.error().text;
        make(shop, "1");
    }
    EXPECT_EQ(run(outbox, now), (Ran{.kept = 2}));
    EXPECT_EQ(loop.wait(outbox.run_due(loop, now, Lane::webhooks)).value(), (Ran{.postponed = 2}));
    EXPECT_EQ(loop.wait(outbox.run_due(loop, now + minutes(59), Lane::webhooks)).value(), Ran{});
    EXPECT_EQ(run(outbox, now + hours(1)), Ran{});
    EXPECT_EQ(loop.wait(outbox.run_due(loop, now + hours(1), Lane::webhooks)).value(), (Ran{.given_up = 2}));
    EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return forget(tx, "a", now + hours(1)); }));
    EXPECT_EQ(db.sql("SELECT key FROM promise WHERE shop_id = 'a'").size(), 0U);
    EXPECT_EQ(db.sql("SELECT key FROM promise WHERE shop_id = 'b'").size(), 2U);
}

TEST_P(Outboxes, forget_what_was_kept_and_never_what_money_may_wait_for) {
    Outbox outbox(*db, log);
    outbox.on("mail", answering({}));
    outbox.on("refund", answering(fail(Fault::gone, "the card is closed")));
    make("a", "1");
    EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return promise(tx, "a", "refund", "r", "{}", now); }));
    EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return promise(tx, "a", "refund", "later", "{}", now + days(9)); }));
    EXPECT_EQ(run(outbox, now), (Ran{.kept = 1, .given_up = 1}));
    EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return forget(tx, "a", now - microseconds(1)); }));
    EXPECT_EQ(db.sql("SELECT key FROM promise WHERE shop_id = 'a'").size(), 3U) << "not before its time";
    EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return forget(tx, "a", now + days(90)); }));
    EXPECT_EQ(db.sql("SELECT key FROM promise WHERE shop_id = 'a' AND kind = 'refund'").size(), 2U);
    EXPECT_EQ(db.sql("SELECT key FROM promise WHERE shop_id = 'a'").size(), 2U);
}

TEST_P(Outboxes, give_up_at_once_on_what_can_never_be) {
    Outbox outbox(*db, log);
    outbox.on("mail", answering(fail(Fault::gone, "the address is closed")));
    make("a", "1");
    EXPECT_EQ(run(outbox, now), (Ran{.given_up = 1}));
    EXPECT_EQ(state("1"), "given_up");
    // Who runs the program sees it among those of all shops.
    make("b", "1", "{}", days(1));
    const auto waiting = db->read_now([](store::Tx& tx) { return backlog(tx); }).value();
    EXPECT_EQ(waiting.due, 1);
    EXPECT_EQ(waiting.given_up, 1);
}

TEST_P(Outboxes, wait_for_a_kind_that_nobody_knows_yet) {
    Outbox outbox(*db, log);
    make("a", "1");
    EXPECT_EQ(run(outbox, now), (Ran{.postponed = 1}));
    outbox.on("mail", answering({}));
    EXPECT_EQ(run(outbox, now + backoff[0]), (Ran{.kept = 1}));
}

TEST_P(Outboxes, share_the_work_with_another_node) {
    Outbox one(*db, log), other(*db, log);
    Ran meanwhile;
    one.on("mail", [&](const Promise&) -> Task<Status> {
        const auto ran = co_await other.run_due(loop, now + seconds(1));
        meanwhile = *ran;
        co_return Status();
    });
    other.on("mail", answering({}));
    make("a", "1");
    EXPECT_EQ(run(one, now), (Ran{.kept = 1}));
    EXPECT_EQ(meanwhile, Ran{});
    EXPECT_TRUE(heard.empty());
}

TEST_P(Outboxes, let_another_node_keep_what_a_dead_one_had_leased) {
    Outbox slow(*db, log), other(*db, log);
    other.on("mail", answering({}));
    slow.on("mail", [&](const Promise&) -> Task<Status> {
        const auto ran = co_await other.run_due(loop, now + lease);
        EXPECT_EQ(*ran, (Ran{.kept = 1}));
        co_return fail(Fault::outside, "too late to say anything");
    });
    make("a", "1");
    EXPECT_EQ(run(slow, now), Ran{});
    EXPECT_EQ(state("1"), "kept");
}

}  // namespace
}  // namespace barrow::outbox
