// What stands in the books after any set of events: no unit of money is made or lost, and the order of the events does not matter.
#include "rooms/orders/books.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace barrow::orders {
namespace {

using Kind = payments::Event::Kind;
using Part = Books::Part;
using ledger::AccountKind;

payments::Event event(Kind kind, std::int64_t minor, std::string about = "", std::int64_t second = 0, std::int64_t fee = 0) {
    payments::Event one{.id = std::string(payments::name(kind)) + about, .kind = kind, .amount = {minor, euro}, .fee_minor = fee};
    one.occurred = Instant{} + seconds(second);
    if (kind == Kind::refunded || kind == Kind::refund_failed) one.refund = {about};
    if (kind >= Kind::dispute_opened) one.dispute = {about};
    return one;
}

// 100.00 with 8.00 tax: of the 92.00 that are left, 85 parts go to the creator, 10 to the platform, 5 to an affiliate.
const std::vector<ledger::Share> shares = {{{AccountKind::creator_payable, ""}, 8'500},
                                           {{AccountKind::platform_revenue, ""}, 1'000},
                                           {{AccountKind::affiliate_payable, "ana"}, 500}};
Sale sale_of_100() { return {.lines = {{10'000, 800, shares}}, .tax_owner = "US-NY"}; }

std::int64_t at(const Books& books, Part part, AccountKind kind, const char* owner = "") {
    const auto found = books.debit_minor.find({part, kind, owner});
    return found == books.debit_minor.end() ? 0 : found->second;
}

struct Expected {
    const char* what;
    std::vector<payments::Event> told;
    std::int64_t clearing, hold, tax, creator, platform, affiliate, frozen_creator, payment_fee, dispute_fee;
};

TEST(Books, each_event_has_its_postings) {
    const auto captured = event(Kind::captured, 10'000, "", 1, 160);
    const auto opened = event(Kind::dispute_opened, 10'000, "d", 5, 2'000);
    const Expected table[] = {
        {"nothing before the capture", {opened, event(Kind::refunded, 500, "r")}, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {"captured", {captured}, 10'000 - 160, 0, 800, 7'820, 920, 460, 0, 160, 0},
        {"a fourth goes back", {captured, event(Kind::refunded, 2'500, "r")}, 7'500 - 160, 0, 600, 5'865, 690, 345, 0, 160, 0},
        {"all goes back, the fee stays lost", {captured, event(Kind::refunded, 10'000, "r")}, -160, 0, 0, 0, 0, 0, 0, 160, 0},
        {"a refund that failed never was",
         {captured, event(Kind::refunded, 2'500, "r", 2), event(Kind::refund_failed, 2'500, "r", 3)},
         10'000 - 160,
         0,
         800,
         7'820,
         920,
         460,
         0,
         160,
         0},
        {"disputed: held, and the shares are frozen", {captured, opened}, -160 - 2'000, 10'000, 800, 7'820, 920, 460, 7'820, 160, 2'000},
        {"won: all is as before, and the fee of the dispute came back",
         {captured, opened, event(Kind::dispute_won, 10'000, "d", 9, -2'000)},
         10'000 - 160,
         0,
         800,
         7'820,
         920,
         460,
         0,
         160,
         0},
        {"lost: by the original split",
         {captured, opened, event(Kind::dispute_lost, 10'000, "d", 9)},
         -160 - 2'000,
         0,
         0,
         0,
         0,
         0,
         0,
         160,
         2'000},
        {"a dispute after a whole refund takes nothing twice",
         {captured, event(Kind::refunded, 10'000, "r"), opened, event(Kind::dispute_lost, 10'000, "d", 9)},
         -160 - 2'000,
         0,
         0,
         0,
         0,
         0,
         0,
         160,
         2'000},
        {"refund and dispute together take no more than came",
         {captured, event(Kind::refunded, 7'500, "r"), event(Kind::dispute_lost, 10'000, "d", 9)},
         -160,
         0,
         0,
         0,
         0,
         0,
         0,
         160,
         0},
    };
    for (const auto& one : table) {
        SCOPED_TRACE(one.what);
        const auto result = books(sale_of_100(), one.told);
        EXPECT_EQ(at(result, Part::principal, AccountKind::psp_clearing) + at(result, Part::fee, AccountKind::psp_clearing), one.clearing);
        EXPECT_EQ(at(result, Part::principal, AccountKind::dispute_hold), one.hold);
        EXPECT_EQ(-at(result, Part::principal, AccountKind::tax_payable, "US-NY"), one.tax);
        EXPECT_EQ(-at(result, Part::principal, AccountKind::creator_payable), one.creator);
        EXPECT_EQ(-at(result, Part::principal, AccountKind::platform_revenue), one.platform);
        EXPECT_EQ(-at(result, Part::principal, AccountKind::affiliate_payable, "ana"), one.affiliate);
        EXPECT_EQ(at(result, Part::frozen, AccountKind::creator_payable), one.frozen_creator);
        EXPECT_EQ(at(result, Part::fee, AccountKind::psp_fee_expense), one.payment_fee);
        EXPECT_EQ(at(result, Part::fee, AccountKind::dispute_fee_expense), one.dispute_fee);
    }
}

TEST(Books, money_that_is_not_kept_is_owed_to_the_buyer) {
    auto sale = sale_of_100();
    sale.kept = false;
    const auto captured = event(Kind::captured, 9'000);
    EXPECT_EQ(-at(books(sale, std::vector{captured}), Part::principal, AccountKind::refund_liability), 9'000);
    const auto gone = books(sale, std::vector{captured, event(Kind::refunded, 9'000, "late")});
    EXPECT_TRUE(gone.debit_minor.empty());
}

TEST(Books, a_refund_of_a_line_takes_from_that_line) {
    Sale sale{.lines = {{2'400, 383, {{{AccountKind::creator_payable, ""}, 10'000}}},
                        {1'001, 65, {{{AccountKind::partner_payable, "tom"}, 10'000}}}},
              .shipping_minor = 500};
    sale.refund_lines["r"] = {{1, 1'001}, {shipping_line, 200}};
    const auto result = books(sale, std::vector{event(Kind::captured, 3'901), event(Kind::refunded, 1'201, "r")});
    EXPECT_EQ(-at(result, Part::principal, AccountKind::creator_payable), 2'400 - 383);
    EXPECT_EQ(at(result, Part::principal, AccountKind::partner_payable, "tom"), 0);
    EXPECT_EQ(-at(result, Part::principal, AccountKind::tax_payable), 383);
    EXPECT_EQ(-at(result, Part::principal, AccountKind::shipping_payable), 300);
}

// Any sale and any events about it: three refunds, two disputes, each told wrongly, twice, in part, or not at all.
struct Case {
    Sale sale;
    std::vector<payments::Event> told;
};
Case any_case() {
    Case one;
    const auto line_count = *rc::gen::inRange(1, 4);
    std::int64_t sum = 0;
    for (int i = 0; i < line_count; ++i) {
        // As small as one yen and as large as a house in a currency of four decimals.
        const auto amount = *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 20), rc::gen::inRange<std::int64_t>(0, 3'000'000'000));
        const auto first = *rc::gen::inRange(1, 10'000);
        const auto second = *rc::gen::inRange(0, 10'000 - first);
        std::vector<ledger::Share> parts = {{{AccountKind::creator_payable, ""}, 10'000 - first - second},
                                            {{AccountKind::partner_payable, "p"}, first}};
        if (second > 0) parts.push_back({{AccountKind::affiliate_payable, "a"}, second});
        one.sale.lines.push_back({amount, amount == 0 ? 0 : *rc::gen::inRange<std::int64_t>(0, amount / 3 + 1), parts});
        sum += amount;
    }
    one.sale.shipping_minor = *rc::gen::inRange<std::int64_t>(0, 2'000);
    one.sale.shipping_tax_minor = one.sale.shipping_minor == 0 ? 0 : *rc::gen::inRange<std::int64_t>(0, one.sale.shipping_minor / 3 + 1);
    sum += one.sale.shipping_minor;
    one.sale.kept = *rc::gen::inRange(0, 8) != 0;
    if (sum > 0) one.told.push_back(event(Kind::captured, sum, "", 1, *rc::gen::inRange<std::int64_t>(0, 500)));
    for (const char* id : {"r1", "r2", "r3"}) {
        const auto amount = *rc::gen::inRange<std::int64_t>(1, sum + 2);
        if (*rc::gen::arbitrary<bool>()) one.told.push_back(event(Kind::refunded, amount, id, *rc::gen::inRange(2, 9)));
        if (*rc::gen::inRange(0, 4) == 0) one.told.push_back(event(Kind::refund_failed, amount, id, *rc::gen::inRange(2, 9)));
        if (*rc::gen::arbitrary<bool>())
            one.sale.refund_lines[id] = {{*rc::gen::inRange(-1, line_count), *rc::gen::inRange<std::int64_t>(0, amount + 1)}};
    }
    for (const char* id : {"d1", "d2"}) {
        const auto amount = *rc::gen::inRange<std::int64_t>(1, sum + 2);
        if (*rc::gen::arbitrary<bool>())
            one.told.push_back(event(Kind::dispute_opened, amount, id, *rc::gen::inRange(2, 9), *rc::gen::inRange<std::int64_t>(0, 50)));
        if (*rc::gen::inRange(0, 3) == 0) one.told.push_back(event(Kind::dispute_won, amount, id, *rc::gen::inRange(2, 9)));
        if (*rc::gen::inRange(0, 3) == 0) one.told.push_back(event(Kind::dispute_lost, amount, id, *rc::gen::inRange(2, 9)));
    }
    return one;
}

RC_GTEST_PROP(Books, balance_and_lose_nothing_whatever_is_told, ()) {
    const auto one = any_case();
    const auto result = books(one.sale, one.told);
    for (const auto part : {Part::principal, Part::fee, Part::frozen}) {
        std::int64_t sum = 0;
        for (const auto& [slot, minor] : result.debit_minor) {
            if (slot.part == part) sum += minor;
            RC_ASSERT(minor != 0);
        }
        RC_ASSERT(sum == 0);
    }
    RC_ASSERT(result.refunded_minor + result.lost_minor + result.held_minor <= result.captured_minor);
    RC_ASSERT(at(result, Part::principal, AccountKind::psp_clearing) ==
              result.captured_minor - result.refunded_minor - result.lost_minor - result.held_minor);
    // Nobody's share of one sale is below nothing, and nobody's frozen part is more than their share.
    for (const auto& [slot, minor] : result.debit_minor) {
        if (slot.part == Part::principal && slot.kind >= AccountKind::creator_payable) RC_ASSERT(minor < 0);
        if (slot.part == Part::frozen && slot.kind != AccountKind::dispute_hold) RC_ASSERT(minor > 0);
    }
}

RC_GTEST_PROP(Books, are_the_same_in_whatever_order_and_however_often_it_is_told, ()) {
    const auto one = any_case();
    auto again = one.told;
    again.insert(again.end(), one.told.begin(), one.told.end());
    const auto shuffled = *rc::gen::container<std::vector<int>>(again.size(), rc::gen::arbitrary<int>());
    std::vector<std::size_t> order(again.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return shuffled[i]; });
    std::vector<payments::Event> told;
    for (const auto i : order) told.push_back(again[i]);
    RC_ASSERT(books(one.sale, told) == books(one.sale, one.told));
}

RC_GTEST_PROP(Books, of_a_whole_refund_in_any_parts_nothing_is_left, ()) {
    auto one = any_case();
    std::int64_t sum = one.sale.shipping_minor;
    for (const auto& line : one.sale.lines) sum += line.amount_minor;
    RC_PRE(sum > 0);
    std::vector<payments::Event> told = {event(Kind::captured, sum)};
    for (int i = 0; sum > 0; ++i) {
        const auto part = i < 20 ? *rc::gen::inRange<std::int64_t>(1, sum + 1) : sum;
        told.push_back(event(Kind::refunded, part, "p" + std::to_string(i)));
        sum -= part;
    }
    one.sale.refund_lines.clear();
    RC_ASSERT(books(one.sale, told).debit_minor.empty());
}

TEST(Shares, are_read_as_they_were_written) {
    EXPECT_EQ(write_shares(shares), R"([["creator_payable","",8500],["platform_revenue","",1000],["affiliate_payable","ana",500]])");
    EXPECT_EQ(*read_shares(write_shares(shares)), shares);
    for (const char* broken : {"", "{}", "[1]", R"([["creator_payable",""]])", R"([["nobody","",1]])"})
        EXPECT_FALSE(read_shares(broken)) << broken;
}

}  // namespace
}  // namespace barrow::orders
