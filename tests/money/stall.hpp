// A shop with a lamp to sell on both engines, and short words for what happens to its money.
#pragma once

#include <gtest/gtest.h>

#include "floor/outbox/outbox.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/orders/order.hpp"
#include "rooms/orders/place.hpp"
#include "rooms/orders/refund.hpp"
#include "rooms/payments/sandbox.hpp"
#include "support/databases.hpp"

namespace barrow {

class Stall : public testing::OnBothEngines {
protected:
    using Kind = payments::Event::Kind;
    using AccountKind = ledger::AccountKind;
    const Id<access::Shop> shop{"mira"};
    VirtualClock clock{now};
    SilentLog log;
    Loop loop;
    payments::Sandbox sandbox{*db, {1, 2, 3}, clock, payments::Sandbox::usual_fee_basis_points};
    payments::Providers providers{{"sandbox", &sandbox}};
    outbox::Outbox box{*db, log};
    int gone = 0;  // promises that are given up at once

    static catalog::Product product(const char* id, std::int64_t minor, int tax_basis_points) {
        return {.id = {id}, .slug = id, .name = id, .price = {minor, euro}, .tax_basis_points = tax_basis_points, .created = {}};
    }
    const catalog::Product lamp = product("lamp", 2'400, 1'900), mug = product("mug", 1'001, 700);

    template <class Fn>
    auto write(Fn fn) {
        return db->write_now(fn);
    }
    template <class Fn>
    auto read(Fn fn) {
        return db->read_now(fn);
    }
    void SetUp() override {
        box.on(std::string(payments::Sandbox::webhook_kind),
               sandbox.webhook_sender([this](const payments::Delivery& delivery) -> Task<Status> {
                   const auto event = sandbox.read_webhook(delivery, clock.now());
                   if (!event) co_return event.error();
                   co_return co_await db->write([&](store::Tx& tx) -> Status {
                       TRY(payments::record(tx, "sandbox", *event, clock.now()));
                       return {};
                   });
               }));
        box.on(std::string(payments::fact_kind), [this](const outbox::Promise& promise) -> Task<Status> {
            co_return co_await db->write([&](store::Tx& tx) -> Status {
                const auto fact = TRY(payments::read_fact(tx, promise));
                SystemRandom anew;
                return orders::on_payment(tx, fact, clock.now(), anew);
            });
        });
        box.on(std::string(payments::refund_kind),
               [this](const outbox::Promise& promise) { return payments::send_refund(*db, providers, promise); });
        box.on(std::string(stock::left_changed_kind), [](const outbox::Promise&) -> Task<Status> { co_return Status(); });
        for (const auto& what : {lamp, mug})
            ASSERT_TRUE(write([&](store::Tx& tx) { return stock::receive(tx, shop, what.id, 1'000'000, "delivery", clock.now()); }));
        ASSERT_TRUE(write([&](store::Tx& tx) {
            return ledger::set_split(tx, shop.text, "lamp",
                                     {{{AccountKind::creator_payable, ""}, 8'500},
                                      {{AccountKind::platform_revenue, ""}, 1'000},
                                      {{AccountKind::partner_payable, "tom"}, 500}});
        }));
    }
    Result<orders::Receipt> place(store::Tx& tx, const std::string& key, std::vector<std::pair<catalog::Product, std::int64_t>> basket) {
        std::vector<checkout::Item> items;
        items.reserve(basket.size());
        for (const auto& [what, pieces] : basket) items.push_back({.product = what, .pieces = pieces, .quote = {}, .seen = {}});
        const orders::Place wanted{.shop = shop,
                                   .id = Id<orders::Order>::make(clock.now(), random),
                                   .idempotency_key = key,
                                   .token = random.token(),
                                   .payment = Id<payments::Payment>::make(clock.now(), random),
                                   .provider = "sandbox",
                                   .buyer = {.key = "", .email = "ana@x.example", .name = "Ana", .address = ""},
                                   .total = checkout::total(items, euro).value(),
                                   .sources = std::vector<orders::Source>(basket.size()),
                                   .context = {}};
        return TRY(orders::place(tx, {&wanted, 1}, clock.now()))[0];
    }
    // The event as the provider tells it: recorded, and handed to its order where it is new.
    Status tell(store::Tx& tx, const payments::Event& event) {
        if (TRY(payments::record(tx, "sandbox", event, clock.now())) == payments::Fresh::already_there) return {};
        const auto payment = TRY(payments::find(tx, event.shop, event.payment));
        return orders::on_payment(tx, {event, payment}, clock.now(), random);
    }
    void pay(const orders::Receipt& receipt, payments::Sandbox::Decision decision = payments::Sandbox::Decision::approve) {
        ASSERT_TRUE(loop.wait(payments::begin(*db, providers, shop, receipt.payment, "/orders/x", clock.now())));
        ASSERT_TRUE(write([&](store::Tx& tx) { return payments::Sandbox::decide(tx, shop, receipt.payment, decision, clock.now()); }));
        run();
    }
    orders::Receipt sold(const std::string& key, std::vector<std::pair<catalog::Product, std::int64_t>> basket,
                         payments::Sandbox::Decision decision = payments::Sandbox::Decision::approve) {
        const auto receipt = write([&](store::Tx& tx) { return place(tx, key, basket); }).value();
        pay(receipt, decision);
        return receipt;
    }
    void run() {
        for (auto ran = loop.wait(box.run_due(loop, clock.now())); *ran != outbox::Ran{}; ran = loop.wait(box.run_due(loop, clock.now())))
            gone += ran->given_up + ran->postponed;
    }
    orders::Order order(const orders::Receipt& receipt) {
        return read([&](store::Tx& tx) { return orders::find(tx, shop, receipt.id); }).value();
    }
    std::int64_t balance(AccountKind kind, const char* owner = "") {
        return read([&](store::Tx& tx) { return ledger::balance(tx, shop.text, {kind, owner}, euro); })->minor;
    }
    std::int64_t available(AccountKind kind, const char* owner = "") {
        return read([&](store::Tx& tx) { return ledger::available(tx, shop.text, {kind, owner}, euro); })->minor;
    }
    // "left/held/taken"
    std::string on_shelf(const catalog::Product& what) {
        return read([&](store::Tx& tx) -> Result<std::string> {
                   const auto found = TRY(stock::find(tx, shop, stock::open_allotment(what.id)));
                   EXPECT_TRUE(TRY(stock::adds_up(tx, shop, found.id)));
                   return std::to_string(found.left_count) + "/" + std::to_string(found.held_count) + "/" +
                          std::to_string(found.taken_count);
               })
            .value();
    }
    void ledger_is_sound() {
        const auto report = read([&](store::Tx& tx) { return ledger::check(tx, shop.text); }).value();
        EXPECT_TRUE(report.sound());
        std::int64_t sum = 0, pending = 0;
        for (const auto& one : report.sums) {
            sum += one.debit_minor - one.credit_minor;
            pending += one.pending_debit_minor - one.pending_credit_minor;
        }
        EXPECT_EQ(sum, 0);
        EXPECT_EQ(pending, 0);
    }
};

}  // namespace barrow
