// Stories of orders, from the first tap to the ledger, on both engines.
#include <gtest/gtest.h>

#include "floor/store/batch.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/orders/order.hpp"
#include "rooms/orders/place.hpp"
#include "rooms/payments/sandbox.hpp"
#include "support/databases.hpp"

namespace barrow::orders {
namespace {

const Id<access::Shop> mira{"mira"}, tom{"tom"};

catalog::Product product_of(const char* id, std::int64_t minor, int tax_basis_points = 1'900) {
    return {.id = {id}, .slug = id, .name = id, .price = {minor, euro}, .tax_basis_points = tax_basis_points, .created = {}};
}
const catalog::Product lamp = product_of("lamp", 2'400), mug = product_of("mug", 1'001, 700), leaflet = product_of("leaflet", 0);

class Orders : public testing::OnBothEngines {
protected:
    VirtualClock clock{now};
    SilentLog log;
    Loop loop;
    payments::Sandbox sandbox{*db, {1, 2, 3}, clock};
    payments::Providers providers{{"sandbox", &sandbox}};
    outbox::Outbox box{*db, log};

    void SetUp() override {
        box.on(std::string(payments::Sandbox::webhook_kind),
               sandbox.webhook_sender([this](const payments::Delivery& delivery) -> Task<Status> {
                   const auto event = sandbox.read_webhook(delivery, clock.now());
                   if (!event) co_return event.error();
                   const auto recorded =
                       co_await db->write([&](store::Tx& tx) { return payments::record(tx, "sandbox", *event, clock.now()); });
                   co_return recorded ? Status() : Status(recorded.error());
               }));
        box.on(std::string(payments::fact_kind), [this](const outbox::Promise& promise) -> Task<Status> {
            co_return co_await db->write([&](store::Tx& tx) -> Status {
                const auto fact = TRY(payments::read_fact(tx, promise));
                SystemRandom anew;  // promises are kept on several threads; the seeded one is for one
                return on_payment(tx, fact, clock.now(), anew);
            });
        });
        box.on(std::string(payments::refund_kind),
               [this](const outbox::Promise& promise) { return payments::send_refund(*db, providers, promise); });
        box.on(std::string(stock::left_changed_kind), [](const outbox::Promise&) -> Task<Status> { co_return Status(); });
    }

    template <class Fn>
    auto write(Fn fn) {
        return db->write_now(fn);
    }
    void deliver(const catalog::Product& product, std::int64_t pieces, const Id<access::Shop>& shop = mira) {
        ASSERT_TRUE(write([&](store::Tx& tx) { return stock::receive(tx, shop, product.id, pieces, "delivery", clock.now()); }));
    }
    Place wish(const std::string& key, std::vector<std::pair<catalog::Product, std::int64_t>> basket, const Id<access::Shop>& shop = mira) {
        std::vector<checkout::Item> items;
        items.reserve(basket.size());
        for (const auto& [product, pieces] : basket) items.push_back({.product = product, .pieces = pieces, .quote = {}, .seen = {}});
        return {.shop = shop,
                .id = Id<Order>::make(clock.now(), random),
                .idempotency_key = key,
                .token = random.token(),
                .payment = Id<payments::Payment>::make(clock.now(), random),
                .provider = "sandbox",
                .buyer = {.key = key, .email = key + "@x.example", .name = "Ana", .address = ""},
                .total = checkout::total(items, euro).value(),
                .sources = std::vector<Source>(basket.size()),
                .context = {.link = 3,
                            .surface = telemetry::Surface::live,
                            .snippet = 7,
                            .snippet_version = 2,
                            .arms = {{12, 1}},
                            .live_session = 5,
                            .day = 20'000}};
    }
    std::vector<Result<Receipt>> place_all(const std::vector<Place>& wishes) {
        auto replies = write([&](store::Tx& tx) { return place(tx, wishes, clock.now()); });
        EXPECT_TRUE(replies) << replies.error().text;
        return replies ? std::move(*replies) : std::vector<Result<Receipt>>();
    }
    Result<Receipt> place_one(const Place& one) { return place_all({one})[0]; }
    static std::string said(const Result<Receipt>& reply) { return reply ? "ok" : std::string(name(reply.error().fault)); }
    void pay(const Receipt& receipt, payments::Sandbox::Decision decision = payments::Sandbox::Decision::approve,
             const Id<access::Shop>& shop = mira) {
        const auto begun = loop.wait(payments::begin(*db, providers, shop, receipt.payment, "/orders/x", clock.now()));
        ASSERT_TRUE(begun) << begun.error().text;
        ASSERT_TRUE(write([&](store::Tx& tx) { return payments::Sandbox::decide(tx, shop, receipt.payment, decision, clock.now()); }));
    }
    void run() {
        for (auto ran = loop.wait(box.run_due(loop, clock.now())); *ran != outbox::Ran{}; ran = loop.wait(box.run_due(loop, clock.now()))) {
            ASSERT_EQ(ran->postponed + ran->given_up, 0);
        }
    }
    Order order(const Receipt& receipt, const Id<access::Shop>& shop = mira) {
        return db->read_now([&](store::Tx& tx) { return find(tx, shop, receipt.id); }).value();
    }
    std::string left(const catalog::Product& product, const Id<access::Shop>& shop = mira) {
        return db
            ->read_now([&](store::Tx& tx) -> Result<std::string> {
                const auto found = TRY(stock::find(tx, shop, stock::open_allotment(product.id)));
                EXPECT_TRUE(TRY(stock::adds_up(tx, shop, found.id)));
                return std::to_string(found.left_count) + "/" + std::to_string(found.held_count) + "/" + std::to_string(found.taken_count);
            })
            .value();
    }
    std::int64_t balance(ledger::AccountKind kind, const char* owner = "", const Id<access::Shop>& shop = mira) {
        return db->read_now([&](store::Tx& tx) { return ledger::balance(tx, shop.text, {kind, owner}, euro); })->minor;
    }
    // Sound, and debits equal credits over all accounts; returns the number of journals.
    std::int64_t ledger_is_sound(const Id<access::Shop>& shop = mira) {
        const auto report = db->read_now([&](store::Tx& tx) { return ledger::check(tx, shop.text); }).value();
        EXPECT_TRUE(report.sound());
        std::int64_t sum = 0;
        for (const auto& one : report.sums) sum += one.debit_minor - one.credit_minor;
        EXPECT_EQ(sum, 0);
        return report.journals_count;
    }
};
BARROW_BOTH_ENGINES(Orders);

using ledger::AccountKind;
using Decision = payments::Sandbox::Decision;

TEST_P(Orders, are_placed_paid_and_fulfilled) {
    deliver(lamp, 5);
    deliver(mug, 5);
    ASSERT_TRUE(write([&](store::Tx& tx) {
        return ledger::set_split(tx, mira.text, "lamp",
                                 {{{AccountKind::creator_payable, ""}, 8'500},
                                  {{AccountKind::platform_revenue, ""}, 1'000},
                                  {{AccountKind::partner_payable, "tom"}, 500}});
    }));
    const auto wanted = wish("a", {{lamp, 2}, {mug, 1}});
    const auto receipt = place_one(wanted).value();
    EXPECT_EQ(receipt.number, 1);
    EXPECT_EQ(receipt.sum.minor, 5'801);
    EXPECT_EQ(receipt.deadline, clock.now() + payment_window);
    EXPECT_EQ(left(lamp), "3/2/0");
    EXPECT_EQ(write([&](store::Tx& tx) { return fulfil(tx, mira, receipt.id, clock.now()); }).error().fault, Fault::conflict);
    pay(receipt);
    run();
    const auto paid = order(receipt);
    EXPECT_EQ(paid.state, State::paid);
    EXPECT_EQ(paid.lines[0].context, wanted.context);
    EXPECT_EQ(paid.lines[1].product_name, "mug");
    EXPECT_EQ(left(lamp), "3/0/2");
    EXPECT_EQ(left(mug), "4/0/1");
    const std::int64_t lamp_tax = 766, mug_tax = 65, lamp_net = 4'800 - lamp_tax;
    EXPECT_EQ(balance(AccountKind::psp_clearing), 5'801);
    EXPECT_EQ(balance(AccountKind::tax_payable), lamp_tax + mug_tax);
    EXPECT_EQ(balance(AccountKind::partner_payable, "tom"), portion(lamp_net, 500, 10'000));
    EXPECT_EQ(balance(AccountKind::creator_payable) + balance(AccountKind::platform_revenue) + balance(AccountKind::partner_payable, "tom"),
              5'801 - lamp_tax - mug_tax);
    EXPECT_EQ(ledger_is_sound(), 1);
    const auto done = [&] { return write([&](store::Tx& tx) { return fulfil(tx, mira, receipt.id, clock.now()); }); };
    EXPECT_TRUE(done());
    EXPECT_TRUE(done());
    EXPECT_EQ(db->read_now([&](store::Tx& tx) { return find_by_token(tx, mira, receipt.token); })->state, State::fulfilled);
    EXPECT_FALSE(db->read_now([&](store::Tx& tx) { return find_by_token(tx, tom, receipt.token); }));
}

TEST_P(Orders, two_hundred_people_want_twenty_lamps) {
    deliver(lamp, 20);
    store::Batcher<Place, Receipt> line(*db, [&](store::Tx& tx, std::span<const Place> wishes) { return place(tx, wishes, clock.now()); });
    std::vector<Receipt> won;
    int sold_out = 0, answered = 0;
    auto buyer = [](store::Batcher<Place, Receipt>& queue, Place wanted) -> Task<Result<Receipt>> {
        co_return co_await queue.add(wanted.shop.text, wanted);
    };
    for (int i = 0; i < 200; ++i) {
        start<Result<Receipt>>(loop, buyer(line, wish("buyer" + std::to_string(i), {{lamp, 1}})), [&](Result<Receipt> reply) {
            ++answered;
            if (reply)
                won.push_back(*reply);
            else
                sold_out += reply.error().fault == Fault::sold_out ? 1 : 0;
        });
    }
    while (answered < 200) loop.run_ready();
    db->drain();
    EXPECT_EQ(won.size(), 20U);
    EXPECT_EQ(sold_out, 180);
    EXPECT_EQ(left(lamp), "0/20/0");
    for (const auto& receipt : won) pay(receipt);
    run();
    EXPECT_EQ(left(lamp), "0/0/20");
    EXPECT_EQ(balance(AccountKind::psp_clearing), 20 * 2'400);
    EXPECT_EQ(balance(AccountKind::tax_payable), 20 * 383);
    EXPECT_EQ(ledger_is_sound(), 20);
    std::set<std::int64_t> numbers;
    for (const auto& receipt : won) numbers.insert(receipt.number);
    EXPECT_EQ(numbers.size(), 20U);
    EXPECT_EQ(*numbers.rbegin(), 20);
}

TEST_P(Orders, a_second_tap_gets_the_same_order) {
    deliver(lamp, 5);
    const auto one = wish("tap", {{lamp, 1}}), two = wish("tap", {{lamp, 1}}), other = wish("tap", {{lamp, 2}});
    const auto replies = place_all({one, two, other});
    EXPECT_EQ(replies[0]->fresh, Fresh::placed);
    EXPECT_EQ(replies[1]->fresh, Fresh::already_there);
    EXPECT_EQ(replies[1]->token, replies[0]->token);
    EXPECT_EQ(said(replies[2]), "conflict");
    const auto later = place_one(two).value();
    EXPECT_EQ(later.id, one.id);
    EXPECT_EQ(later.token, one.token);
    EXPECT_EQ(later.payment, one.payment);
    EXPECT_EQ(said(place_one(other)), "conflict");
    EXPECT_EQ(left(lamp), "4/1/0");
    pay(later);
    run();
    EXPECT_EQ(place_one(two)->state, State::paid);
    EXPECT_EQ(left(lamp), "4/0/1");
    EXPECT_EQ(said(place_one(wish("tap2", {{lamp, 5}}))), "sold_out");
}

TEST_P(Orders, two_shops_side_by_side_do_not_see_each_other) {
    deliver(lamp, 1, mira);
    deliver(lamp, 1, tom);
    const auto hers = place_one(wish("same key", {{lamp, 1}}, mira)).value();
    const auto his = place_one(wish("same key", {{lamp, 1}}, tom)).value();
    EXPECT_NE(hers.id, his.id);
    EXPECT_EQ(his.number, 1);
    pay(hers);
    run();
    EXPECT_EQ(order(hers).state, State::paid);
    EXPECT_EQ(order(his, tom).state, State::placed);
    EXPECT_EQ(left(lamp, tom), "0/1/0");
    EXPECT_EQ(balance(AccountKind::psp_clearing, "", tom), 0);
    EXPECT_EQ(db->read_now([&](store::Tx& tx) { return find(tx, tom, hers.id); }).error().fault, Fault::not_found);
    EXPECT_EQ(db->read_now([&](store::Tx& tx) { return newest(tx, tom, 0, 10); })->size(), 1U);
}

TEST_P(Orders, a_hold_becomes_one_order) {
    deliver(lamp, 3);
    const auto hold = [&](const char* id, std::int64_t pieces) {
        const stock::Claim claim{.shop = mira,
                                 .id = {id},
                                 .allotment = stock::open_allotment(lamp.id),
                                 .pieces = pieces,
                                 .buyer = "",
                                 .expires = clock.now() + minutes(10)};
        ASSERT_TRUE(write([&](store::Tx& tx) { return stock::claim(tx, {&claim, 1}, clock.now()); }));
    };
    hold("h1", 2);
    const auto with = [&](const char* key, const char* id, std::int64_t pieces, const catalog::Product& product = lamp) {
        auto wanted = wish(key, {{product, pieces}});
        wanted.sources[0].hold = {id};
        return wanted;
    };
    EXPECT_EQ(said(place_one(with("a", "h1", 1))), "bad_input");
    EXPECT_EQ(said(place_one(with("b", "h1", 2, mug))), "bad_input");
    EXPECT_EQ(said(place_one(with("c", "nobody's", 2))), "not_found");
    const auto replies = place_all({with("d", "h1", 2), with("e", "h1", 2)});
    EXPECT_EQ(said(replies[0]), "ok");
    EXPECT_EQ(said(replies[1]), "conflict");
    EXPECT_EQ(said(place_one(with("f", "h1", 2))), "conflict");
    EXPECT_EQ(order(*replies[0]).lines[0].allotment, stock::open_allotment(lamp.id));
    // The order outlives the hold's own ten minutes.
    clock.advance(minutes(11));
    ASSERT_TRUE(loop.wait(stock::tick(*db, clock.now())));
    EXPECT_EQ(left(lamp), "1/2/0");
    pay(*replies[0]);
    run();
    EXPECT_EQ(left(lamp), "1/0/2");
    hold("h2", 1);
    clock.advance(minutes(10));
    EXPECT_EQ(said(place_one(with("g", "h2", 1))), "gone");
}

TEST_P(Orders, are_placed_whole_or_not_at_all) {
    deliver(lamp, 5);
    deliver(mug, 1);
    const auto replies = place_all({wish("a", {{lamp, 2}, {mug, 2}}), wish("b", {{mug, 1}, {lamp, 1}})});
    EXPECT_EQ(said(replies[0]), "sold_out");
    EXPECT_EQ(said(replies[1]), "ok");
    EXPECT_EQ(left(lamp), "4/1/0");
    EXPECT_EQ(left(mug), "0/1/0");
}

TEST_P(Orders, what_is_not_paid_in_time_is_let_go) {
    deliver(lamp, 1);
    const auto receipt = place_one(wish("a", {{lamp, 1}})).value();
    clock.advance(microseconds(payment_window.us - 1));
    ASSERT_TRUE(loop.wait(tick(*db, clock.now())));
    EXPECT_EQ(order(receipt).state, State::placed);
    clock.advance(microseconds(1));
    ASSERT_TRUE(loop.wait(tick(*db, clock.now())));
    EXPECT_EQ(order(receipt).state, State::cancelled);
    EXPECT_EQ(order(receipt).cancel_reason, "unpaid");
    EXPECT_EQ(left(lamp), "1/0/0");
    EXPECT_EQ(said(place_one(wish("b", {{lamp, 1}}))), "ok");
}

TEST_P(Orders, a_no_after_the_yes_changes_nothing) {
    // Both facts wait side by side, and the later one is read first.
    deliver(lamp, 1);
    const auto receipt = place_one(wish("ana", {{lamp, 1}})).value();
    const auto told = [&](payments::Event::Kind kind, std::string id) {
        const payments::Event event{.id = std::move(id),
                                    .kind = kind,
                                    .shop = mira,
                                    .payment = receipt.payment,
                                    .refund = {},
                                    .amount = receipt.sum,
                                    .occurred = clock.now()};
        ASSERT_TRUE(write([&](store::Tx& tx) { return payments::record(tx, "sandbox", event, clock.now()); }));
    };
    told(payments::Event::Kind::captured, "yes");
    told(payments::Event::Kind::declined, "no");
    const auto handle = [&](const std::string& id) {
        const auto handled = write([&](store::Tx& tx) -> Status {
            const outbox::Promise promise{.shop_id = mira.text,
                                          .kind = std::string(payments::fact_kind),
                                          .key = id,
                                          .payload = R"({"provider":"sandbox","event":")" + id + R"("})",
                                          .promised = clock.now()};
            const auto fact = TRY(payments::read_fact(tx, promise));
            return on_payment(tx, fact, clock.now(), random);
        });
        ASSERT_TRUE(handled) << handled.error().text;
    };
    handle("no");
    EXPECT_EQ(left(lamp), "0/1/0") << "the units of a paid order were let go";
    handle("yes");
    EXPECT_EQ(order(receipt).state, State::paid);
    ledger_is_sound();
}

TEST_P(Orders, a_declined_payment_lets_the_units_go) {
    deliver(lamp, 1);
    const auto receipt = place_one(wish("a", {{lamp, 1}})).value();
    pay(receipt, Decision::decline);
    run();
    EXPECT_EQ(order(receipt).cancel_reason, "declined");
    EXPECT_EQ(left(lamp), "1/0/0");
    EXPECT_EQ(ledger_is_sound(), 0);
}

TEST_P(Orders, a_late_payment_still_gets_what_is_there) {
    deliver(lamp, 1);
    const auto receipt = place_one(wish("a", {{lamp, 1}})).value();
    pay(receipt, Decision::approve_late);
    clock.advance(payment_window);
    ASSERT_TRUE(loop.wait(tick(*db, clock.now())));
    clock.advance(payments::Sandbox::late);
    run();
    EXPECT_EQ(order(receipt).state, State::paid);
    EXPECT_EQ(left(lamp), "0/0/1");
    EXPECT_EQ(ledger_is_sound(), 1);
}

TEST_P(Orders, a_late_payment_goes_back_when_somebody_else_has_the_units) {
    deliver(lamp, 1);
    const auto receipt = place_one(wish("a", {{lamp, 1}})).value();
    pay(receipt, Decision::approve_late);
    clock.advance(payment_window);
    ASSERT_TRUE(loop.wait(tick(*db, clock.now())));
    const auto quicker = place_one(wish("b", {{lamp, 1}})).value();
    pay(quicker);
    run();
    clock.advance(payments::Sandbox::late);
    run();
    EXPECT_EQ(order(receipt).state, State::cancelled);
    EXPECT_EQ(order(receipt).cancel_reason, "sold_out_late");
    EXPECT_EQ(order(quicker).state, State::paid);
    EXPECT_EQ(left(lamp), "0/0/1");
    EXPECT_EQ(db->read_now([&](store::Tx& tx) { return payments::find(tx, mira, receipt.payment); })->state, payments::State::refunded);
    EXPECT_EQ(balance(AccountKind::refund_liability), 0);
    EXPECT_EQ(balance(AccountKind::psp_clearing), 2'400);
    EXPECT_EQ(ledger_is_sound(), 3);
}

TEST_P(Orders, a_payment_of_another_amount_is_in_the_books_and_goes_back) {
    struct Case {
        const char* key;
        std::int64_t came_minor;
        bool late;
    };
    std::int64_t journals = 0;
    deliver(lamp, 1);
    for (const auto& [key, came_minor, late] : {Case{"less", 2'000, false}, Case{"more", 2'500, false}, Case{"late", 1, true}}) {
        const auto receipt = place_one(wish(key, {{lamp, 1}})).value();
        ASSERT_TRUE(loop.wait(payments::begin(*db, providers, mira, receipt.payment, "/orders/x", clock.now())));
        if (late) {
            clock.advance(payment_window);
            ASSERT_TRUE(loop.wait(tick(*db, clock.now())));
            EXPECT_EQ(order(receipt).cancel_reason, "unpaid");
        }
        const payments::Event event{.id = key,
                                    .kind = payments::Event::Kind::captured,
                                    .shop = mira,
                                    .payment = receipt.payment,
                                    .refund = {},
                                    .amount = {came_minor, euro},
                                    .occurred = clock.now()};
        ASSERT_TRUE(write([&](store::Tx& tx) { return payments::record(tx, "sandbox", event, clock.now()); }));
        run();
        EXPECT_EQ(order(receipt).state, State::cancelled) << key;
        EXPECT_EQ(order(receipt).cancel_reason, "wrong_amount") << key;
        EXPECT_EQ(left(lamp), "1/0/0") << key;
        EXPECT_EQ(db->read_now([&](store::Tx& tx) { return payments::find(tx, mira, receipt.payment); })->state, payments::State::refunded)
            << key;
        EXPECT_EQ(balance(AccountKind::refund_liability), 0) << key;
        EXPECT_EQ(balance(AccountKind::psp_clearing), 0) << key;
        journals += 2;  // it came, it went
        EXPECT_EQ(ledger_is_sound(), journals) << key;
        db.sql("UPDATE promise SET state = 'due', due_us = 0 WHERE kind = 'payment.fact'");
        run();
        EXPECT_EQ(ledger_is_sound(), journals) << key << ": told twice, booked once";
    }
}

TEST_P(Orders, one_shop_that_fails_does_not_keep_the_others_waiting) {
    deliver(lamp, 1);
    deliver(lamp, 1, tom);
    const auto broken = place_one(wish("a", {{lamp, 1}})).value();
    clock.advance(seconds(1));
    const auto sound = place_one(wish("b", {{lamp, 1}}, tom)).value();
    db.sql("UPDATE order_line SET claim_id = 'lost' WHERE shop_id = 'mira'");
    clock.advance(payment_window);
    const auto ticked = loop.wait(tick(*db, clock.now()));
    ASSERT_FALSE(ticked);
    EXPECT_NE(ticked.error().text.find("shop mira"), std::string::npos) << ticked.error().text;
    EXPECT_EQ(order(broken).state, State::placed);
    EXPECT_EQ(order(sound, tom).state, State::cancelled);
    EXPECT_EQ(left(lamp, tom), "1/0/0");
}

TEST_P(Orders, the_same_fact_twice_changes_nothing) {
    deliver(lamp, 2);
    const auto receipt = place_one(wish("a", {{lamp, 1}})).value();
    pay(receipt);
    run();
    db.sql("UPDATE promise SET state = 'due', due_us = 0 WHERE kind = 'payment.fact'");
    run();
    EXPECT_EQ(left(lamp), "1/0/1");
    EXPECT_EQ(ledger_is_sound(), 1);
    EXPECT_EQ(balance(AccountKind::psp_clearing), 2'400);
    EXPECT_EQ(write([&](store::Tx& tx) { return cancel(tx, mira, receipt.id, "changed my mind", clock.now()); }).error().fault,
              Fault::conflict);
}

// A code for whatever is placed with it.
class Codes : public Orders {
protected:
    checkout::Discount make(checkout::Discount discount) {
        access::Shop shop;
        shop.id = mira;
        discount.amount.currency = discount.goods_min.currency = euro;
        return write([&](store::Tx& tx) { return checkout::add_discount(tx, shop, discount, clock.now(), random); }).value();
    }
    Place with(const std::string& key, const checkout::Discount& discount, std::vector<std::pair<catalog::Product, std::int64_t>> basket) {
        auto wanted = wish(key, basket);
        std::vector<checkout::Item> items;
        for (const auto& [product, pieces] : basket) items.push_back({.product = product, .pieces = pieces, .quote = {}, .seen = {}});
        const checkout::Rate way{.name = "Standard", .price = {490, euro}, .free_from = {}};
        wanted.total = checkout::total(items, euro,
                                       {.country = "AT", .taxes = {"DE", {{"AT", 2'000}}}, .ways = {way}, .way = {}, .discount = discount})
                           .value();
        wanted.customer = key;
        return wanted;
    }
    std::int64_t uses(const checkout::Discount& discount) {
        access::Shop shop;
        shop.id = mira;
        return db->read_now([&](store::Tx& tx) { return checkout::find_discount(tx, shop, discount.code); }).value().uses;
    }
};
BARROW_BOTH_ENGINES(Codes);

TEST_P(Codes, what_the_buyer_was_shown_is_what_the_order_keeps) {
    deliver(lamp, 5);
    deliver(mug, 5);
    const auto five =
        make({.code = "FIVE", .kind = checkout::Discount::Kind::amount, .amount = {500, euro}, .starts = clock.now(), .creator = "noa"});
    const auto wanted = with("a", five, {{lamp, 2}, {mug, 1}});
    const auto receipt = place_one(wanted).value();
    const auto kept = order(receipt);
    const auto& total = wanted.total;
    EXPECT_EQ(kept.sum.minor, 4'800 + 1'001 - 500 + 490);
    EXPECT_EQ(kept.sum, total.sum);
    EXPECT_EQ(kept.goods, total.goods);
    EXPECT_EQ(kept.discount.minor, 500);
    EXPECT_EQ(kept.shipping.minor, 490);
    EXPECT_EQ(kept.shipping_tax, total.shipping_tax);
    EXPECT_EQ(kept.tax.minor, kept.lines[0].tax.minor + kept.lines[1].tax.minor + kept.shipping_tax.minor);
    EXPECT_EQ(kept.lines[0].discount.minor + kept.lines[1].discount.minor, 500);
    EXPECT_EQ(kept.lines[0].amount.minor + kept.lines[1].amount.minor, kept.goods.minor);
    EXPECT_EQ(kept.lines[0].tax_basis_points, 2'000);
    EXPECT_EQ(kept.shipping_name, "Standard");
    EXPECT_EQ(kept.discount_code, "FIVE");
    EXPECT_EQ(kept.country, "AT");
    EXPECT_EQ(kept.tax_country, "AT");
    EXPECT_EQ(db->read_now([&](store::Tx& tx) { return checkout::attribution(tx, mira, kept.id.text); }).value()->creator, "noa");
    EXPECT_EQ(place_one(with("a", five, {{lamp, 2}, {mug, 1}}))->fresh, Fresh::already_there);
    EXPECT_EQ(uses(five), 1) << "tapped twice: used once";
    pay(receipt);
    run();
    EXPECT_EQ(order(receipt).state, State::paid);
    ledger_is_sound();
}

TEST_P(Codes, two_want_the_last_use_and_one_has_it) {
    deliver(lamp, 5);
    const auto last = make({.code = "LAST", .basis_points = 1'000, .starts = clock.now(), .uses_max = 1});
    store::Batcher<Place, Receipt> line(*db, [&](store::Tx& tx, std::span<const Place> wishes) { return place(tx, wishes, clock.now()); });
    int placed = 0, refused = 0;
    auto buyer = [](store::Batcher<Place, Receipt>& queue, Place wanted) -> Task<Result<Receipt>> {
        co_return co_await queue.add(wanted.shop.text, wanted);
    };
    for (const auto* who : {"a", "b", "c"}) {
        start<Result<Receipt>>(loop, buyer(line, with(who, last, {{lamp, 1}})), [&](Result<Receipt> reply) {
            placed += reply ? 1 : 0;
            refused += !reply && reply.error().fault == Fault::conflict ? 1 : 0;
        });
    }
    while (placed + refused < 3) loop.run_ready();
    db->drain();
    EXPECT_EQ(placed, 1);
    EXPECT_EQ(uses(last), 1);
    EXPECT_EQ(left(lamp), "4/1/0") << "who did not get the price holds nothing";
    EXPECT_EQ(said(place_one(with("d", last, {{lamp, 1}}))), "conflict");
    EXPECT_EQ(left(lamp), "4/1/0");
}

TEST_P(Codes, an_order_that_is_let_go_gives_its_use_back) {
    deliver(lamp, 5);
    const auto last = make({.code = "LAST", .basis_points = 1'000, .starts = clock.now(), .uses_max = 1, .per_customer_max = 1});
    const auto late = place_one(with("a", last, {{lamp, 1}})).value();
    pay(late, Decision::approve_late);
    clock.advance(payment_window);
    ASSERT_TRUE(loop.wait(tick(*db, clock.now())));
    EXPECT_EQ(order(late).state, State::cancelled);
    EXPECT_EQ(uses(last), 0);
    EXPECT_EQ(said(place_one(with("b", last, {{lamp, 1}}))), "ok");
    EXPECT_EQ(uses(last), 1);
    clock.advance(payments::Sandbox::late);
    run();
    EXPECT_EQ(order(late).state, State::paid);
    EXPECT_EQ(uses(last), 2) << "paid late: it has its price, and is counted";
}

TEST_P(Codes, no_order_is_placed_when_its_code_ended_on_the_way) {
    deliver(lamp, 5);
    const auto brief = make({.code = "BRIEF", .basis_points = 1'000, .starts = clock.now(), .ends = clock.now() + minutes(1)});
    const auto shown = with("a", brief, {{lamp, 1}});
    clock.advance(minutes(1));
    EXPECT_EQ(said(place_one(shown)), "conflict");
    EXPECT_EQ(uses(brief), 0);
    EXPECT_EQ(left(lamp), "5/0/0");
}

TEST_P(Orders, what_costs_nothing_is_paid_at_once) {
    deliver(leaflet, 2);
    const auto receipt = place_one(wish("a", {{leaflet, 1}})).value();
    EXPECT_EQ(receipt.state, State::paid);
    EXPECT_TRUE(receipt.payment.empty());
    EXPECT_EQ(left(leaflet), "1/0/1");
    EXPECT_EQ(place_one(wish("a", {{leaflet, 1}}))->fresh, Fresh::already_there);
}

}  // namespace
}  // namespace barrow::orders
