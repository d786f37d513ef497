#include "floor/outbox/outbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

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
        const auto made = db->write_now([&](store::Tx& tx) { return promise(tx, shop, "hook", "h", "{}", now, Lane::mails); });
        ASSERT_TRUE(made) << made.error().text;
        make(shop, "1");
    }
    EXPECT_EQ(run(outbox, now), (Ran{.kept = 2}));
    EXPECT_EQ(loop.wait(outbox.run_due(loop, now, Lane::mails)).value(), (Ran{.postponed = 2}));
    EXPECT_EQ(loop.wait(outbox.run_due(loop, now + minutes(59), Lane::mails)).value(), Ran{});
    EXPECT_EQ(run(outbox, now + hours(1)), Ran{});
    EXPECT_EQ(loop.wait(outbox.run_due(loop, now + hours(1), Lane::mails)).value(), (Ran{.given_up = 2}));
    EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return forget(tx, "a", now + hours(1)); }));
    EXPECT_EQ(db.sql("SELECT key FROM promise WHERE shop_id = 'a'").size(), 0U);
    EXPECT_EQ(db.sql("SELECT key FROM promise WHERE shop_id = 'b'").size(), 2U);
}

// Receivers: each with promises of its own, which its handler answers as it likes.
class Receivers : public testing::OnBothEngines {
protected:
    SilentLog log;
    Loop loop;
    VirtualClock clock{now};
    Outbox outbox{*db, log};
    std::vector<std::string> heard;                                 // "shop receiver key"
    std::vector<std::pair<std::string, Later<bool>::Answer>> open;  // of a receiver that hangs
    std::map<std::string, Status> answers;                          // "hangs" is none of them
    int running = 0;

    void SetUp() override {
        outbox.on("hook", [this](const Promise& promise) -> Task<Status> { return asked(promise); });
    }
    Task<Status> asked(Promise promise) {
        heard.push_back(promise.shop_id + " " + promise.receiver + " " + promise.key);
        if (promise.receiver == "hangs") {
            co_await Later<bool>([&](const Later<bool>::Answer& answer) { open.emplace_back(promise.key, answer); });
            co_return fail(Fault::outside, "nobody answered");
        }
        co_return answers.contains(promise.receiver) ? answers.at(promise.receiver) : Status();
    }
    void make(const char* shop, const char* receiver, int count) {
        const auto made = db->write_now([&](store::Tx& tx) -> Status {
            for (int i = 0; i < count; ++i) {
                const auto key = std::to_string(1'000 + i) + " " + receiver;
                TRY(promise(tx, shop, "hook", key, "{}", clock.now(), Lane::webhooks, receiver));
            }
            return {};
        });
        ASSERT_TRUE(made) << made.error().text;
    }
    // As the clockwork does: one that waits for another's answer goes on beside it.
    void step() {
        ++running;
        start<Result<Ran>>(loop, outbox.run_receivers(loop, clock), [this](const Result<Ran>& ran) {
            EXPECT_TRUE(ran);
            --running;
        });
        settle();
    }
    // Until all rounds are over; with a receiver that hangs, until nothing has happened for long: the store's threads answer when they
    // like.
    void settle() {
        constexpr int long_quiet = 150, ever = 10'000;
        for (int i = 0, quiet = 0; i < ever; ++i) {
            quiet = loop.run_ready() > 0 ? 0 : quiet + 1;
            if ((running == 0 && quiet > 0) || (!open.empty() && quiet >= long_quiet)) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        ADD_FAILURE() << "a round did not end";
    }
    void answer_all() {
        for (auto& [key, answer] : std::exchange(open, {})) answer(true);
        settle();
    }
    std::int64_t count(const std::string& where) {
        return db.sql("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM promise WHERE " + where)[0].integer("n");
    }
};
BARROW_BOTH_ENGINES(Receivers);

TEST_P(Receivers, one_that_hangs_holds_up_nobody_else) {
    make("a", "hangs", 1'000);
    step();
    EXPECT_EQ(open.size(), 4U) << "side_by_side_max";
    make("b", "quick", 100);
    make("a", "other", 3);
    for (int i = 0; i < 4; ++i) step();
    EXPECT_EQ(count("receiver = 'quick' AND state = 'kept'"), 100);
    EXPECT_EQ(count("receiver = 'other' AND state = 'kept'"), 3) << "of the same shop";
    EXPECT_EQ(open.size(), 4U);
    answer_all();
}

TEST_P(Receivers, what_waits_for_one_that_failed_rests_with_it) {
    make("a", "hangs", 10);
    step();
    clock.advance(seconds(20));
    answer_all();
    EXPECT_EQ(heard.size(), 4U);
    const Duration expected[] = {seconds(5), seconds(15), minutes(1), minutes(2), minutes(5), minutes(5)};
    for (const auto& rest : expected) {
        const auto before = heard.size();
        clock.advance({rest.us - 1});
        step();
        EXPECT_EQ(heard.size(), before) << "it rests";
        clock.advance(microseconds(1));
        step();
        EXPECT_EQ(heard.size(), before + 1) << "one alone, to see whether it is back";
        answer_all();
    }
    EXPECT_EQ(count("tries > 2"), 0) << "those that waited used up no try";
}

TEST_P(Receivers, one_that_is_back_gets_all_at_once) {
    answers["back"] = fail(Fault::outside, "away");
    make("a", "back", 40);
    step();
    EXPECT_EQ(heard.size(), 4U);
    answers.clear();
    step();
    EXPECT_EQ(heard.size(), 4U);
    clock.advance(seconds(5));
    step();
    EXPECT_EQ(heard.size(), 4U + 1 + 7 * 4) << "one, then four side by side, eight rounds in a turn";
    step();
    EXPECT_EQ(count("state = 'kept'"), 40);
    EXPECT_EQ(db.sql("SELECT receiver FROM promise_receiver WHERE shop_id = 'a'").size(), 0U);
}

TEST_P(Receivers, what_failed_on_our_side_is_not_laid_to_them) {
    answers["fine"] = fail(Fault::busy, "we have too much to do");
    make("a", "fine", 1);
    step();
    make("a", "fine", 2);
    step();
    EXPECT_EQ(heard.size(), 2U) << "no rest";
}

TEST_P(Receivers, show_what_was_sent_and_send_it_again) {
    using State = Delivery::State;
    const auto list = [&](const std::optional<Delivery>& after = {}, int most = 10) {
        return db->read_now([&](store::Tx& tx) { return deliveries(tx, "a", "x", Which::all, after, most, clock.now()); }).value();
    };
    const auto write = [&](auto what) { return db->write_now([&](store::Tx& tx) -> Status { return what(tx); }); };
    answers["x"] = fail(Fault::outside, "away");
    make("a", "x", 3);
    make("a", "y", 1);
    step();
    ASSERT_EQ(list().size(), 3U);
    EXPECT_EQ(list()[0].key, "1002 x") << "the newest first";
    EXPECT_EQ(list(list()[0], 1).at(0).key, "1001 x");
    EXPECT_EQ(list()[0].state, State::waiting);
    EXPECT_EQ(list()[0].error, "away");
    EXPECT_EQ(list()[0].next, clock.now() + seconds(5)) << "the receiver's rest is longer than the promise's wait";
    // Nobody is asked any more.
    EXPECT_TRUE(write([&](store::Tx& tx) { return give_up(tx, "a", "x", "1001 x", "switched off", clock.now()); }));
    EXPECT_EQ(count("receiver = 'x' AND state = 'given_up' AND error = 'switched off'"), 2);
    EXPECT_EQ(count("state = 'due'"), 1) << "but for the one that was named";
    answers.clear();
    EXPECT_FALSE(write([&](store::Tx& tx) { return again(tx, "a", "y", "hook", "1000 x", clock.now()); })) << "another's";
    EXPECT_FALSE(write([&](store::Tx& tx) { return again(tx, "b", "x", "hook", "1000 x", clock.now()); })) << "another shop's";
    EXPECT_TRUE(write([&](store::Tx& tx) { return again(tx, "a", "x", "hook", "1002 x", clock.now()); }));
    heard.clear();
    step();
    EXPECT_EQ(heard, (std::vector<std::string>{"a x 1002 x"})) << "at once and first; the others have their time";
    EXPECT_EQ(list()[0].state, State::kept);
    EXPECT_EQ(list()[0].tries, 1) << "counted anew";
    const auto failed = [&](Instant since) {
        return db->write_now([&](store::Tx& tx) { return failed_again(tx, "a", "x", since, clock.now()); }).value();
    };
    EXPECT_EQ(failed(clock.now() + seconds(1)), 0);
    EXPECT_EQ(failed(clock.now()), 2) << "the one that was given up and the one that waited";
    step();
    EXPECT_EQ(count("state = 'kept'"), 4);
    EXPECT_EQ(failed(clock.now()), 0);
}

TEST_P(Receivers, nothing_is_sent_twice_at_once) {
    make("a", "hangs", 1);
    step();
    ASSERT_EQ(open.size(), 1U);
    EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return again(tx, "a", "hangs", "hook", "1000 hangs", clock.now()); }));
    const auto seen = db->read_now([&](store::Tx& tx) { return delivery(tx, "a", "hangs", "hook", "1000 hangs", clock.now()); }).value();
    EXPECT_EQ(seen.state, Delivery::State::under_way);
    EXPECT_FALSE(seen.next);
    step();
    EXPECT_EQ(open.size(), 1U);
    answer_all();
}

TEST_P(Receivers, rests_are_forgotten_when_nobody_asks_any_more) {
    answers["x"] = fail(Fault::outside, "away");
    make("a", "x", 1);
    step();
    const auto rests = [&] { return db.sql("SELECT receiver FROM promise_receiver WHERE shop_id = 'a'").size(); };
    EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return forget(tx, "a", clock.now()); }));
    EXPECT_EQ(rests(), 1U);
    EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return forget(tx, "a", clock.now() + seconds(5)); }));
    EXPECT_EQ(rests(), 0U);
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
