// Stories of money that goes back: refunds that the shop asks for, and disputes that a buyer's bank opens.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "money/stall.hpp"

namespace barrow {
namespace {

using Decision = payments::Sandbox::Decision;

class Refunds : public Stall {
protected:
    Result<Id<payments::Refund>> ask(const orders::Receipt& receipt, orders::RefundWish wish) {
        if (wish.reason.empty()) wish.reason = "changed_mind";
        return write([&](store::Tx& tx) { return orders::refund(tx, shop, receipt.id, wish, clock.now(), random); });
    }
    static std::string said(const auto& answer) { return answer ? "ok" : std::string(name(answer.error().fault)); }
    orders::RefundLeft left(const orders::Receipt& receipt) {
        return read([&](store::Tx& tx) -> Result<orders::RefundLeft> {
                   return orders::refund_left(tx, TRY(orders::find(tx, shop, receipt.id)));
               })
            .value();
    }
    void wait(Duration time) {
        clock.advance(time);
        run();
    }
};
BARROW_BOTH_ENGINES(Refunds);

TEST_P(Refunds, go_out_after_the_time_to_take_them_back) {
    const auto receipt = sold("a", {{lamp, 2}, {mug, 1}});
    EXPECT_EQ(left(receipt).fee_lost.minor, 168);
    const auto creator = balance(AccountKind::creator_payable);
    ASSERT_TRUE(ask(receipt, {.key = "k", .lines = {{0, 2'400, 1}}}));
    EXPECT_EQ(on_shelf(lamp), "999999/0/2") << "one came back to the shelf at once";
    run();
    EXPECT_EQ(order(receipt).refunded.minor, 0) << "not before it is sent";
    EXPECT_EQ(left(receipt).lines[0].amount_minor, 2'400) << "and it cannot be promised twice";
    wait(orders::undo_time);
    EXPECT_EQ(order(receipt).refunded.minor, 2'400);
    EXPECT_EQ(order(receipt).state, orders::State::paid);
    // Half of the lamps' line went back, and half of everybody's share of it.
    EXPECT_EQ(balance(AccountKind::partner_payable, "tom"), 101);
    EXPECT_EQ(creator - balance(AccountKind::creator_payable), 1'715);
    EXPECT_EQ(balance(AccountKind::psp_clearing), 5'801 - 168 - 2'400);
    ASSERT_TRUE(ask(receipt, {.key = "k", .lines = {{0, 2'400, 1}}})) << "the same key is the same refund";
    wait(minutes(1));
    EXPECT_EQ(order(receipt).refunded.minor, 2'400);
    ledger_is_sound();
}

TEST_P(Refunds, can_be_taken_back_until_they_are_sent) {
    const auto receipt = sold("a", {{lamp, 1}});
    const auto refund = ask(receipt, {.lines = {{0, 2'400, 1}}}).value();
    EXPECT_EQ(order(receipt).state, orders::State::cancelled) << "all of it went back before it was sent";
    const auto undo = [&] { return write([&](store::Tx& tx) { return orders::undo_refund(tx, shop, receipt.id, refund, clock.now()); }); };
    ASSERT_TRUE(undo());
    ASSERT_TRUE(undo());
    EXPECT_EQ(order(receipt).state, orders::State::paid);
    EXPECT_EQ(on_shelf(lamp), "999999/0/1");
    wait(minutes(1));
    EXPECT_EQ(order(receipt).refunded.minor, 0);
    const auto again = ask(receipt, {.lines = {{0, 2'400, 0}}}).value();
    wait(orders::undo_time);
    EXPECT_EQ(said(write([&](store::Tx& tx) { return orders::undo_refund(tx, shop, receipt.id, again, clock.now()); })), "conflict");
    EXPECT_EQ(order(receipt).state, orders::State::cancelled);
    EXPECT_EQ(order(receipt).refunded.minor, 2'400);
    EXPECT_EQ(balance(AccountKind::creator_payable), 0);
    ledger_is_sound();
}

TEST_P(Refunds, are_refused_where_there_is_nothing_to_give) {
    const auto receipt = sold("a", {{lamp, 1}, {mug, 2}});
    const auto unpaid = write([&](store::Tx& tx) { return place(tx, "b", {{lamp, 1}}); }).value();
    struct Case {
        const char* what;
        const orders::Receipt* receipt;
        orders::RefundWish wish;
        const char* fault;
    };
    const Case table[] = {
        {"nobody paid", &unpaid, {.lines = {{0, 1, 0}}}, "conflict"},
        {"more than the line cost", &receipt, {.lines = {{0, 2'401, 0}}}, "conflict"},
        {"more pieces than were sold", &receipt, {.lines = {{1, 100, 3}}}, "conflict"},
        {"a line that is not there", &receipt, {.lines = {{2, 1, 0}}}, "bad_input"},
        {"a line twice", &receipt, {.lines = {{0, 1, 0}, {0, 1, 0}}}, "bad_input"},
        {"below nothing", &receipt, {.lines = {{0, -1, 0}}}, "conflict"},
        {"shipping that was not paid", &receipt, {.shipping_minor = 1}, "conflict"},
        {"no known reason", &receipt, {.lines = {{0, 1, 0}}, .reason = "because"}, "bad_input"},
        {"nothing chosen", &receipt, {.lines = {{0, 0, 0}}}, "bad_input"},
        {"part of it", &receipt, {.key = "1", .lines = {{1, 1'002, 1}}}, "ok"},
        {"more than is left of the line", &receipt, {.key = "2", .lines = {{1, 1'001, 0}}}, "conflict"},
        {"the rest of all", &receipt, {.key = "3"}, "ok"},
        {"once more", &receipt, {.key = "4"}, "bad_input"},
    };
    for (const auto& [what, whose, wish, fault] : table) EXPECT_EQ(said(ask(*whose, wish)), fault) << what;
    wait(orders::undo_time);
    EXPECT_EQ(order(receipt).refunded, order(receipt).sum);
    ledger_is_sound();
}

TEST_P(Refunds, that_the_provider_cannot_make_stand_in_the_books_as_never_made) {
    const auto receipt = sold("a", {{lamp, 1}}, Decision::approve_no_refund);
    ASSERT_TRUE(ask(receipt, {.key = "k"}));
    wait(orders::undo_time);
    const auto all = read([&](store::Tx& tx) -> Result<std::vector<orders::MoneyBack>> {
                         return orders::refunds_of(tx, TRY(orders::find(tx, shop, receipt.id)));
                     }).value();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(payments::name(all[0].refund.state), "failed");
    EXPECT_EQ(order(receipt).refunded.minor, 0);
    EXPECT_EQ(balance(AccountKind::psp_clearing), 2'400 - 70);
    EXPECT_EQ(left(receipt).sum.minor, 2'400) << "it is still owed, and can be tried again";
    const auto waiting = [&] { return read([&](store::Tx& tx) { return payments::failed_refunds(tx, shop, now); })->size(); };
    EXPECT_EQ(waiting(), 1U) << "the home page names it";
    ASSERT_TRUE(ask(receipt, {.key = "again"}));
    EXPECT_EQ(waiting(), 0U) << "until it is asked for again";
    wait(orders::undo_time);
    EXPECT_EQ(waiting(), 1U) << "and when that fails too, once";
    ledger_is_sound();
}

TEST_P(Refunds, a_muddle_of_webhooks_is_one_sale) {
    const auto receipt = sold("a", {{lamp, 1}}, Decision::approve_muddled);
    wait(minutes(1));
    EXPECT_EQ(order(receipt).state, orders::State::paid);
    EXPECT_EQ(balance(AccountKind::psp_clearing), 2'400 - 70) << "one capture under two names, and one fee";
    ledger_is_sound();
}

TEST_P(Refunds, a_dispute_freezes_shares_until_it_is_decided) {
    struct Case {
        const char* key;
        bool answered;
        std::int64_t back_minor, clearing_minor;
    };
    for (const auto& [key, answered, back, clearing] : {Case{"answered", true, 0, 2'400 - 70}, Case{"silent", false, 2'400, -70 - 480}}) {
        SCOPED_TRACE(key);
        const auto before_clearing = balance(AccountKind::psp_clearing), before_creator = balance(AccountKind::creator_payable);
        const auto receipt = sold(key, {{lamp, 1}}, Decision::approve_disputed);
        const auto earned = balance(AccountKind::creator_payable) - before_creator;
        EXPECT_EQ(earned, 1'714);
        wait(payments::Sandbox::dispute_after);
        EXPECT_EQ(order(receipt).disputed.minor, 2'400);
        EXPECT_EQ(balance(AccountKind::dispute_hold), 2'400);
        EXPECT_EQ(balance(AccountKind::creator_payable) - before_creator, earned) << "still theirs";
        EXPECT_EQ(available(AccountKind::creator_payable) - before_creator, 0) << "and not to be paid out";
        EXPECT_EQ(said(ask(receipt, {.key = "k"})), "bad_input") << "the bank has it: nothing is left to give back";
        const auto open = read([&](store::Tx& tx) { return payments::open_disputes(tx, shop); }).value();
        ASSERT_EQ(open.size(), 1U);
        EXPECT_EQ(open[0].reason, "product_not_received");
        if (answered) {
            const auto answer = [&] {
                return loop.wait(payments::answer_dispute(*db, providers, shop, open[0].id, "sent on Tuesday", clock.now()));
            };
            ASSERT_TRUE(answer());
            EXPECT_EQ(said(answer()), "conflict") << "a provider takes one answer";
        }
        wait(payments::Sandbox::dispute_life);
        wait(minutes(1));
        EXPECT_EQ(payments::name(read([&](store::Tx& tx) { return payments::find_dispute(tx, shop, open[0].id); })->state),
                  answered ? "won" : "lost");
        EXPECT_EQ(order(receipt).refunded.minor, back);
        EXPECT_EQ(order(receipt).disputed.minor, 0);
        EXPECT_EQ(balance(AccountKind::dispute_hold), 0);
        EXPECT_EQ(balance(AccountKind::psp_clearing) - before_clearing, clearing);
        EXPECT_EQ(available(AccountKind::creator_payable), balance(AccountKind::creator_payable));
        ledger_is_sound();
    }
    EXPECT_EQ(gone, 0);
}

// Anything that can happen to three orders, in any order: after each step the books are those of what was told, and no unit of goods or
// money is made or lost.
TEST_P(Refunds, whatever_happens_the_books_and_the_shelf_agree) {
    int round = 0;
    const bool held = rc::check("any sequence of refunds, disputes and mistakes", [&] {
        ++round;
        // A hundred stories on SQLite, the first thirty on PostgreSQL, which takes four times as long for the same code.
        if (GetParam() == testing::Engine::postgres && round > 30) return;
        std::vector<orders::Receipt> sales;
        for (int i = 0; i < 2; ++i)
            sales.push_back(sold("p" + std::to_string(round) + "." + std::to_string(i), {{lamp, *rc::gen::inRange(1, 4)}, {mug, 1}}));
        std::vector<std::pair<std::size_t, Id<payments::Refund>>> asked;
        for (int step = *rc::gen::inRange(3, 12); step > 0; --step) {
            const auto which = *rc::gen::inRange<std::size_t>(0, sales.size());
            const auto& sale = sales[which];
            const auto minor = *rc::gen::inRange<std::int64_t>(1, 5'000);
            const auto bank = [&](Kind kind, const char* id) {
                payments::Event event{.id = std::string(payments::name(kind)) + id + std::to_string(step) + sale.payment.text,
                                      .kind = kind,
                                      .shop = shop,
                                      .payment = sale.payment,
                                      .amount = {minor, euro},
                                      .fee_minor = minor % 7,
                                      .occurred = clock.now()};
                (kind >= Kind::dispute_opened ? event.dispute.text : event.refund.text) = id + sale.payment.text;
                RC_ASSERT(write([&](store::Tx& tx) { return tell(tx, event); }));
            };
            switch (*rc::gen::inRange(0, 9)) {
                case 0:
                case 1:
                case 2: {
                    const auto refund = ask(sale, {.lines = {{*rc::gen::inRange(0, 2), minor, *rc::gen::inRange(0, 2)}}});
                    if (refund) asked.emplace_back(which, *refund);
                    break;
                }
                case 3:
                    if (asked.empty()) break;
                    (void)write([&](store::Tx& tx) {
                        return orders::undo_refund(tx, shop, sales[asked.back().first].id, asked.back().second, clock.now());
                    });
                    break;
                case 4:
                    wait(orders::undo_time);
                    break;
                case 5:
                    bank(Kind::dispute_opened, "d");
                    break;
                case 6:
                    bank(*rc::gen::element(Kind::dispute_won, Kind::dispute_lost), "d");
                    break;
                case 7:
                    bank(Kind::refunded, "at the provider");
                    break;
                default:
                    if (!asked.empty()) bank(Kind::refund_failed, asked.back().second.text.substr(0, 3).c_str());
            }
            for (const auto& one : sales) {
                const auto stands = order(one);
                RC_ASSERT(stands.refunded.minor + stands.disputed.minor <= stands.sum.minor);
                RC_ASSERT(left(one).sum.minor >= 0);
                for (const auto& line : left(one).lines) RC_ASSERT(line.amount_minor >= 0 && line.pieces >= 0);
            }
            ledger_is_sound();
            on_shelf(lamp);
            RC_ASSERT(!HasFailure());
        }
        wait(minutes(5));
        // Told once more, from the first word to the last: nothing moves.
        const auto clearing = balance(AccountKind::psp_clearing);
        db.sql("UPDATE promise SET state = 'due', due_us = 0 WHERE kind = 'payment.fact'");
        run();
        RC_ASSERT(balance(AccountKind::psp_clearing) == clearing);
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace barrow
