#include "rooms/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include "support/databases.hpp"

namespace barrow::ledger {
namespace {

constexpr auto debit = Side::debit;
constexpr auto credit = Side::credit;
const Account clearing{AccountKind::psp_clearing, ""}, creator{AccountKind::creator_payable, ""}, tax{AccountKind::tax_payable, "DE"},
    platform{AccountKind::platform_revenue, ""}, partner{AccountKind::partner_payable, "tom"};

class Ledgers : public testing::OnBothEngines {
protected:
    Result<Posted> post_now(const char* shop, const char* key, std::vector<Leg> legs) {
        return db->write_now([&](store::Tx& tx) {
            return post(tx, shop,
                        {.idempotency_key = key, .kind = "captured", .subject = "order", .provider_ref = "", .occurred = now, .legs = legs},
                        now, random);
        });
    }
    std::int64_t balance_of(const char* shop, const Account& account) {
        return db->read_now([&](store::Tx& tx) { return balance(tx, shop, account, euro); })->minor;
    }
    Report report(const char* shop) {
        return db->read_now([&](store::Tx& tx) { return check(tx, shop); }).value();
    }
};
BARROW_BOTH_ENGINES(Ledgers);

TEST_P(Ledgers, post_what_balances_in_every_currency_and_nothing_else) {
    struct Case {
        const char* why;
        std::vector<Leg> legs;
        bool good;
    };
    const Case cases[] = {
        {"two legs", {{debit, clearing, {100, euro}}, {credit, creator, {100, euro}}}, true},
        {"three legs", {{debit, clearing, {100, euro}}, {credit, creator, {92, euro}}, {credit, tax, {8, euro}}}, true},
        {"a leg of nothing", {{debit, clearing, {100, euro}}, {credit, creator, {100, euro}}, {credit, tax, {0, euro}}}, true},
        {"two currencies",
         {{debit, clearing, {1, euro}}, {credit, creator, {1, euro}}, {debit, clearing, {2, us_dollar}}, {credit, creator, {2, us_dollar}}},
         true},
        {"a cent short", {{debit, clearing, {100, euro}}, {credit, creator, {99, euro}}}, false},
        {"balanced only across currencies", {{debit, clearing, {100, euro}}, {credit, creator, {100, us_dollar}}}, false},
        {"negative", {{debit, clearing, {-100, euro}}, {credit, creator, {-100, euro}}}, false},
        {"no legs", {}, false},
        {"only nothing", {{debit, clearing, {0, euro}}, {credit, creator, {0, euro}}}, false},
    };
    std::int64_t good_count = 0;
    for (const auto& [why, legs, good] : cases) {
        const auto outcome = post_now("a", why, legs);
        EXPECT_EQ(outcome.ok(), good) << why;
        EXPECT_TRUE(outcome || outcome.error().fault == Fault::bad_input) << why;
        good_count += good ? 1 : 0;
    }
    const auto found = report("a");
    EXPECT_EQ(found.journals_count, good_count);
    EXPECT_TRUE(found.sound());
}

TEST_P(Ledgers, post_a_key_once_in_each_shop) {
    const std::vector<Leg> legs = {{debit, clearing, {100, euro}}, {credit, creator, {92, euro}}, {credit, tax, {8, euro}}};
    const auto one = post_now("a", "k", legs).value();
    const auto two = post_now("a", "k", legs).value();
    EXPECT_EQ(one.fresh, Fresh::posted);
    EXPECT_EQ(two.fresh, Fresh::already_there);
    EXPECT_EQ(one.journal_id, two.journal_id);
    EXPECT_EQ(post_now("a", "k", {{debit, clearing, {101, euro}}, {credit, creator, {101, euro}}}).error().fault, Fault::conflict);
    EXPECT_EQ(post_now("b", "k", legs)->fresh, Fresh::posted);
    for (const char* shop : {"a", "b"}) {
        EXPECT_EQ(balance_of(shop, clearing), 100);
        EXPECT_EQ(balance_of(shop, creator), 92);
        EXPECT_EQ(balance_of(shop, tax), 8);
    }
}

TEST_P(Ledgers, find_what_somebody_changed_behind_our_back) {
    const auto journal = post_now("a", "k", {{debit, clearing, {100, euro}}, {credit, creator, {100, euro}}}).value().journal_id;
    ASSERT_TRUE(post_now("a", "l", {{debit, clearing, {5, euro}}, {credit, creator, {5, euro}}}));
    ASSERT_TRUE(post_now("b", "k", {{debit, clearing, {7, euro}}, {credit, creator, {7, euro}}}));
    EXPECT_TRUE(report("a").sound());
    db.sql("UPDATE entry SET amount_minor = 90 WHERE shop_id = 'a' AND journal_id = $1 AND side = 'credit'", {journal});
    db.sql(
        "INSERT INTO journal (shop_id, id, idempotency_key, kind, subject, provider_ref, occurred_us, posted_us) VALUES ('a', 'hollow', "
        "'h', 'x', 'x', '', 0, 0)");
    db.sql("UPDATE account SET currency = 'USD' WHERE shop_id = 'b' AND kind = 'psp_clearing'");
    const auto found = report("a");
    EXPECT_FALSE(found.sound());
    ASSERT_EQ(found.imbalances.size(), 1U);
    EXPECT_EQ(found.imbalances[0].journal_id, journal);
    EXPECT_EQ(found.imbalances[0].debit_minor, 100);
    EXPECT_EQ(found.imbalances[0].credit_minor, 90);
    EXPECT_EQ(found.empty_journals, std::vector<std::string>{"hollow"});
    EXPECT_EQ(report("b").orphan_entries.size(), 1U);
}

TEST_P(Ledgers, give_every_cent_of_a_split_to_somebody) {
    const auto set = [&](std::vector<Share> shares) {
        return db->write_now([&](store::Tx& tx) { return set_split(tx, "a", "lamp", shares); });
    };
    const auto get = [&](const char* shop) { return db->read_now([&](store::Tx& tx) { return split_of(tx, shop, "lamp"); }).value(); };
    EXPECT_EQ(get("a"), (std::vector<Share>{{creator, 10'000}}));
    EXPECT_EQ(set({{creator, 9'999}}).error().fault, Fault::bad_input);
    EXPECT_EQ(set({{tax, 10'000}}).error().fault, Fault::bad_input);
    EXPECT_EQ(set({{creator, 10'001}, {partner, -1}}).error().fault, Fault::bad_input);
    const std::vector<Share> shares = {{creator, 8'500}, {platform, 1'000}, {partner, 500}};
    ASSERT_TRUE(set({{creator, 10'000}}));
    ASSERT_TRUE(set(shares));
    EXPECT_EQ(get("a"), shares);
    EXPECT_EQ(get("b"), (std::vector<Share>{{creator, 10'000}}));
    const auto legs = credits({9'200, euro}, shares);
    EXPECT_EQ(legs[0].amount.minor, 7'820);
    EXPECT_EQ(legs[1].amount.minor, 920);
    EXPECT_EQ(legs[2].amount.minor, 460);
    for (std::int64_t net = 0; net < 40; ++net) {
        std::int64_t sum = 0;
        for (const auto& leg : credits({net, euro}, shares)) sum += leg.amount.minor;
        EXPECT_EQ(sum, net);
    }
}

TEST(Accounts, have_names_that_are_read_back) {
    for (int i = 0; i <= static_cast<int>(AccountKind::reserve); ++i) {
        const auto kind = static_cast<AccountKind>(i);
        EXPECT_EQ(read_account_kind(name(kind)).value(), kind);
    }
    EXPECT_FALSE(read_account_kind("piggy_bank"));
    EXPECT_EQ(normal_side(AccountKind::payout_in_transit), Side::debit);
    EXPECT_EQ(normal_side(AccountKind::creator_payable), Side::credit);
}

}  // namespace
}  // namespace barrow::ledger
