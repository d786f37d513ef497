// Five events of one payment, in every order, each told once or twice: 120 × 32 histories. All end in one state, with the books in balance.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "money/stall.hpp"

namespace barrow {
namespace {

class Histories : public Stall {
protected:
    // What stands in the books of an order, as one line.
    static std::string words(const std::vector<ledger::Standing>& standing) {
        std::map<std::string, std::int64_t> sums;
        for (const auto& one : standing)
            sums[std::string(one.phase == ledger::Phase::pending ? "frozen " : "") + std::string(ledger::name(one.account.kind)) + ":" +
                 one.account.owner] += one.debit.minor;
        std::string text;
        for (const auto& [account, minor] : sums)
            if (minor != 0) text += account + " " + std::to_string(minor) + ", ";
        return text;
    }
};
BARROW_BOTH_ENGINES(Histories);

TEST_P(Histories, all_3840_end_in_one_state_and_a_balanced_ledger) {
    constexpr std::array kinds = {Kind::created, Kind::captured, Kind::refunded, Kind::dispute_opened, Kind::dispute_lost};
    std::array<int, 5> order = {0, 1, 2, 3, 4};
    std::map<std::string, int> endings;
    int histories = 0;
    do {
        const auto one_history = [&](store::Tx& tx, int twice) -> Result<std::string> {
            const auto receipt = TRY(place(tx, "h" + std::to_string(histories + twice), {{lamp, 1}, {mug, 1}}));
            const auto event = [&](int which) {
                const auto kind = kinds[static_cast<std::size_t>(which)];
                payments::Event one{.id = std::string(payments::name(kind)) + receipt.payment.text,
                                    .kind = kind,
                                    .shop = shop,
                                    .payment = receipt.payment,
                                    .amount = receipt.sum,
                                    .occurred = clock.now() + seconds(which)};
                if (kind == Kind::captured) one.fee_minor = 99;
                if (kind == Kind::refunded) {
                    one.refund.text = "r" + receipt.payment.text;
                    one.amount.minor = 601;
                }
                if (kind >= Kind::dispute_opened) one.dispute.text = "d" + receipt.payment.text;
                if (kind == Kind::dispute_opened) one.fee_minor = 1'500;
                return one;
            };
            // Once in this order; who is told twice is told again at the end.
            for (const int which : order) TRY(tell(tx, event(which)));
            for (const int which : order)
                if ((twice >> which & 1) != 0) TRY(tell(tx, event(which)));
            const auto ended = TRY(orders::find(tx, shop, receipt.id));
            const auto payment = TRY(payments::find(tx, shop, receipt.payment));
            const auto disputes = TRY(payments::disputes(tx, shop, receipt.payment));
            const auto refunds = TRY(payments::refunds(tx, shop, receipt.payment));
            if (disputes.size() != 1 || refunds.size() != 1) return std::string("not one dispute and one refund");
            return std::string(orders::name(ended.state)) + ", back " + std::to_string(ended.refunded.minor) + ", held " +
                   std::to_string(ended.disputed.minor) + ", payment " + std::to_string(static_cast<int>(payment.state)) + ", dispute " +
                   std::string(payments::name(disputes[0].state)) + " of " + std::to_string(disputes[0].opened.us - clock.now().us) +
                   ", refund " + std::string(payments::name(refunds[0].state)) + ": " +
                   words(TRY(ledger::standing_of(tx, shop.text, receipt.id.text)));
        };
        const auto told = write([&](store::Tx& tx) -> Result<std::vector<std::string>> {
            std::vector<std::string> all;
            for (int twice = 0; twice < 32; ++twice) all.push_back(TRY(one_history(tx, twice)));
            return all;
        });
        ASSERT_TRUE(told) << told.error().text;
        for (const auto& ending : *told) ++endings[ending];
        histories += static_cast<int>(told->size());
    } while (std::ranges::next_permutation(order).found);
    EXPECT_EQ(histories, 3'840);
    ASSERT_EQ(endings.size(), 1U) << endings.begin()->first << "\n" << endings.rbegin()->first;
    // All of 34.01 is gone: 6.01 back to the buyer, the rest to their bank; both fees stay lost.
    EXPECT_EQ(endings.begin()->first,
              "paid, back 3401, held 0, payment 1, dispute lost of 3000000, refund done: dispute_fee_expense: 1500, psp_clearing: -1599, "
              "psp_fee_expense: 99, ");
    ledger_is_sound();
    EXPECT_EQ(on_shelf(lamp), std::to_string(1'000'000 - 3'840) + "/0/3840");
}

}  // namespace
}  // namespace barrow
