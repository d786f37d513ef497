#include "rooms/reports/week.hpp"

#include <gtest/gtest.h>

namespace barrow::reports {
namespace {

TEST(Week, PeriodNamesEachMonthAndYearThatItTouches) {
    struct Case {
        std::string_view week, words;
    };
    const Case cases[] = {
        {"2026-W47", "16 – 22 November 2026"},
        {"2026-W40", "28 September – 4 October 2026"},
        {"2020-W01", "30 December 2019 – 5 January 2020"},
        {"2026-W53", "28 December 2026 – 3 January 2027"},
    };
    for (const auto& [week, words] : cases) EXPECT_EQ(period_words(read_week(week).value()), words) << week;
}

}  // namespace
}  // namespace barrow::reports
