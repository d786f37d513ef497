// The prior price of a reduction (Directive 98/6/EC, Article 6a).
#include "rooms/catalog/price_history.hpp"

#include <gtest/gtest.h>

namespace barrow::catalog {
namespace {

// Prices as {day, minor units}; today's date; what may be crossed out, or 0.
struct Case {
    const char* what;
    std::vector<std::pair<int, std::int64_t>> prices;
    int today;
    std::int64_t prior;
};

TEST(PriorPrice, IsTheLowestOfTheThirtyDaysBefore) {
    const std::vector<Case> cases{
        {"never changed", {{0, 2'900}}, 40, 0},
        {"lowered once", {{0, 2'900}, {40, 2'400}}, 41, 2'900},
        {"a dearer price just before does not count", {{0, 2'900}, {38, 3'900}, {40, 2'400}}, 41, 2'900},
        {"a cheaper price within thirty days does", {{0, 2'500}, {30, 2'900}, {40, 2'400}}, 41, 2'500},
        {"one that ended more than thirty days before does not", {{0, 2'000}, {5, 2'900}, {40, 2'400}}, 41, 2'900},
        {"one that ended thirty days before to the day does not", {{0, 2'000}, {10, 2'900}, {40, 2'400}}, 41, 2'900},
        {"one that ended a day later does", {{0, 2'000}, {11, 2'900}, {40, 2'400}}, 41, 0},
        {"raised and lowered to what it was: nothing is reduced", {{0, 2'400}, {35, 2'900}, {40, 2'400}}, 41, 0},
        {"raised and lowered to more than it was", {{0, 2'400}, {35, 2'900}, {40, 2'600}}, 41, 0},
        {"raised", {{0, 2'400}, {40, 2'900}}, 41, 0},
        {"lowered and raised again", {{0, 2'900}, {40, 2'400}, {45, 2'900}}, 46, 0},
        {"sold for ten days alone", {{0, 2'900}, {10, 2'400}}, 11, 2'900},
        {"thirty days later the price is what it costs", {{0, 2'900}, {40, 2'400}}, 70, 0},
        {"a day before that it is still lowered", {{0, 2'900}, {40, 2'400}}, 69, 2'900},
        {"lowered twice: the lowest before the last time", {{0, 2'900}, {40, 2'600}, {45, 2'400}}, 46, 2'600},
        {"what comes later is not known yet", {{0, 2'900}, {40, 2'400}}, 39, 0},
        {"no price at all", {}, 39, 0},
    };
    const auto at = [](int day) { return Instant{} + days(20'000 + day); };
    for (const auto& one : cases) {
        std::vector<PriceSince> history;
        for (const auto& [day, minor] : one.prices) history.push_back({at(day), {minor, euro}});
        const auto prior = prior_price(history, at(one.today));
        EXPECT_EQ(prior ? prior->minor : 0, one.prior) << one.what;
    }
}

}  // namespace
}  // namespace barrow::catalog
