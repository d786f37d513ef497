#include "rooms/payments/payments.hpp"

#include <gtest/gtest.h>

#include "floor/base/bytes.hpp"
#include "floor/sign/standard_webhook.hpp"
#include "rooms/payments/sandbox.hpp"
#include "support/databases.hpp"

namespace barrow::payments {
namespace {

const Id<access::Shop> mira{"mira"}, tom{"tom"};
const Id<Payment> first{"first"};

// The whole way: a payment is opened, begun, decided on the sandbox's page, told by webhook, recorded, and known as a fact.
class Payments : public testing::OnBothEngines {
protected:
    VirtualClock clock{now};
    SilentLog log;
    Loop loop;
    Sandbox sandbox{*db, {1, 2, 3}, clock};
    Providers providers{{"sandbox", &sandbox}};
    outbox::Outbox box{*db, log};
    std::vector<std::string> facts;  // "captured first 4800"
    int deliveries_lost = 0;         // our webhook path fails so often before it answers
    bool answer_lost = false;        // … or does its work and the answer is lost once

    void SetUp() override {
        box.on(std::string(Sandbox::webhook_kind), sandbox.webhook_sender([this](const Delivery& delivery) -> Task<Status> {
            if (deliveries_lost > 0) {
                --deliveries_lost;
                co_return fail(Fault::outside, "no answer");
            }
            const auto event = sandbox.read_webhook(delivery, clock.now());
            if (!event) co_return event.error();
            const auto recorded = co_await db->write([&](store::Tx& tx) { return record(tx, "sandbox", *event, clock.now()); });
            if (!recorded) co_return recorded.error();
            if (std::exchange(answer_lost, false)) co_return fail(Fault::outside, "the answer was lost");
            co_return Status();
        }));
        box.on(std::string(fact_kind), [this](const outbox::Promise& promise) -> Task<Status> {
            const auto fact = co_await db->write([&](store::Tx& tx) { return read_fact(tx, promise); });
            if (!fact) co_return fact.error();
            facts.push_back(std::string(name(fact->event.kind)) + " " + fact->payment.subject + " " +
                            std::to_string(fact->event.amount.minor));
            co_return Status();
        });
        box.on(std::string(refund_kind), [this](const outbox::Promise& promise) { return send_refund(*db, providers, promise); });
    }
    void make(const Id<access::Shop>& shop) {
        const Payment payment{.shop = shop, .id = first, .provider = "sandbox", .subject = "order", .amount = {4'800, euro}};
        ASSERT_TRUE(db->write_now([&](store::Tx& tx) { return open(tx, {&payment, 1}, clock.now()); }));
    }
    Payment begin_it() { return loop.wait(begin(*db, providers, mira, first, "/orders/x", clock.now())).value(); }
    Status decide(Sandbox::Decision decision) {
        return db->write_now([&](store::Tx& tx) { return Sandbox::decide(tx, mira, first, decision, clock.now()); });
    }
    // Everything that is due now, and what that makes due.
    void run() {
        for (auto ran = loop.wait(box.run_due(loop, clock.now())); *ran != outbox::Ran{}; ran = loop.wait(box.run_due(loop, clock.now()))) {
        }
    }
    State state(const Id<access::Shop>& shop = mira) {
        return db->read_now([&](store::Tx& tx) { return find(tx, shop, first); })->state;
    }
};
BARROW_BOTH_ENGINES(Payments);

TEST_P(Payments, are_approved_on_the_page_and_told_once) {
    make(mira);
    make(tom);
    const auto page = begin_it();
    EXPECT_EQ(page.page_url, "/pay/sandbox/first");
    EXPECT_EQ(begin_it().page_url, page.page_url);
    EXPECT_EQ(db->read_now([&](store::Tx& tx) { return Sandbox::page(tx, mira, first); })->amount, (Money{4'800, euro}));
    EXPECT_FALSE(db->read_now([&](store::Tx& tx) { return Sandbox::page(tx, tom, first); }));
    ASSERT_TRUE(decide(Sandbox::Decision::approve));
    EXPECT_TRUE(decide(Sandbox::Decision::approve));
    EXPECT_EQ(decide(Sandbox::Decision::decline).error().fault, Fault::conflict);
    deliveries_lost = 2;
    answer_lost = true;
    for (const auto wait : {seconds(0), seconds(2), seconds(10), minutes(1), minutes(5)}) {
        clock.advance(wait);
        run();
    }
    EXPECT_EQ(facts, std::vector<std::string>{"captured order 4800"});
    EXPECT_EQ(state(), State::captured);
    EXPECT_EQ(state(tom), State::open);
}

TEST_P(Payments, are_declined_or_approved_too_late) {
    make(mira);
    begin_it();
    ASSERT_TRUE(decide(Sandbox::Decision::approve_late));
    run();
    clock.advance(microseconds(Sandbox::late.us - 1));
    run();
    EXPECT_EQ(state(), State::open);
    EXPECT_TRUE(facts.empty());
    clock.advance(microseconds(1));
    run();
    EXPECT_EQ(facts, std::vector<std::string>{"captured order 4800"});
}

TEST_P(Payments, a_declined_one_stays_declined_until_a_late_yes) {
    make(mira);
    begin_it();
    ASSERT_TRUE(decide(Sandbox::Decision::decline));
    run();
    EXPECT_EQ(state(), State::declined);
    const Event yes{.id = "late yes",
                    .kind = Event::Kind::captured,
                    .shop = mira,
                    .payment = first,
                    .refund = {},
                    .amount = {4'800, euro},
                    .occurred = now};
    const auto say = [&](const Event& event) { return db->write_now([&](store::Tx& tx) { return record(tx, "sandbox", event, now); }); };
    EXPECT_EQ(*say(yes), Fresh::recorded);
    EXPECT_EQ(*say(yes), Fresh::already_there);
    EXPECT_EQ(state(), State::captured);
    auto no = yes;
    no.id = "early no";
    no.kind = Event::Kind::declined;
    EXPECT_EQ(*say(no), Fresh::recorded);
    EXPECT_EQ(state(), State::captured);
    auto stranger = yes;
    stranger.id = "stranger";
    stranger.payment = {"nobody's"};
    EXPECT_EQ(say(stranger).error().fault, Fault::not_found);
    auto dollars = yes;
    dollars.id = "dollars";
    dollars.amount = {4'800, us_dollar};
    EXPECT_EQ(say(dollars).error().fault, Fault::conflict);
}

TEST_P(Payments, are_never_given_back_twice) {
    make(mira);
    begin_it();
    const auto ask = [&](const char* id, std::int64_t minor) {
        const Refund refund{.id = {id}, .shop = mira, .payment = first, .amount = {minor, euro}, .reason = "broken"};
        const auto asked = db->write_now([&](store::Tx& tx) { return ask_refund(tx, refund, clock.now()); });
        return asked ? "ok" : std::string(name(asked.error().fault));
    };
    EXPECT_EQ(ask("early", 100), "conflict");
    ASSERT_TRUE(decide(Sandbox::Decision::approve));
    run();
    EXPECT_EQ(ask("r1", 4'000), "ok");
    EXPECT_EQ(ask("r1", 4'000), "ok");
    EXPECT_EQ(ask("r2", 801), "conflict");
    run();
    EXPECT_EQ(state(), State::captured);
    EXPECT_EQ(ask("r3", 800), "ok");
    run();
    EXPECT_EQ(state(), State::refunded);
    EXPECT_EQ(ask("r4", 1), "conflict");
    EXPECT_EQ(facts, (std::vector<std::string>{"captured order 4800", "refunded order 4000", "refunded order 800"}));
}

TEST(Webhook, is_trusted_only_as_it_was_signed) {
    const std::array<std::uint8_t, 4> key{1, 2, 3, 4};
    const Instant at{1'795'000'000'000'000};
    const auto good = sign::sign_webhook(key, "msg_1", "{}", at);
    EXPECT_TRUE(sign::check_webhook(key, good, "{}", at));
    EXPECT_TRUE(sign::check_webhook(key, good, "{}", at + minutes(5)));
    auto rotated = good;
    rotated.signature = "v1,AAAA " + good.signature;
    EXPECT_TRUE(sign::check_webhook(key, rotated, "{}", at));
    EXPECT_FALSE(sign::check_webhook(key, good, "{}", at + minutes(5) + seconds(1)));
    EXPECT_FALSE(sign::check_webhook(key, good, "{} ", at));
    EXPECT_FALSE(sign::check_webhook(std::array<std::uint8_t, 4>{9}, good, "{}", at));
    auto other = good;
    other.id = "msg_2";
    EXPECT_FALSE(sign::check_webhook(key, other, "{}", at));
    EXPECT_FALSE(sign::check_webhook(key, {}, "{}", at));
    // The example of standardwebhooks.com's reference library.
    const auto secret = read_base64url("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
    EXPECT_EQ(sign::sign_webhook(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", R"({"test": 2432232314})", {1'614'265'330'000'000}).signature,
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

}  // namespace
}  // namespace barrow::payments
