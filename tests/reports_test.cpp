// The week's figures from the tables that they are read from.
#include <algorithm>
#include <span>

#include "rooms/reports/week.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class Reports : public ::testing::TestWithParam<Engine> {
protected:
    void touch(std::vector<std::vector<store::Value>> rows) {
        const store::Query add{"",
                               "INSERT INTO touch_count (shop_id, day, kind, link, surface, snippet, snippet_version, arms, live_session, "
                               "product_id, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', $9)"};
        const auto added = app.db->write_now([&](store::Tx& tx) -> Status {
            constexpr std::size_t at_once = 1'000;
            for (std::size_t i = 0; i < rows.size(); i += at_once)
                TRY(tx.run_many(add, std::span(rows).subspan(i, std::min(at_once, rows.size() - i))));
            return {};
        });
        ASSERT_TRUE(added) << added.error().text;
    }
    std::vector<store::Value> row(const char* kind, std::int64_t link, std::int64_t surface, std::int64_t snippet, const std::string& arms,
                                  std::int64_t n) const {
        return {app.mira.id, monday + link % 7, kind, link, surface, snippet, snippet == 0 ? 0 : 1, arms, n};
    }
    reports::Week week() {
        return reports::week(app.db->read_now([&](store::Tx& tx) { return reports::read_facts(tx, app.mira.id, monday); }).value(), euro);
    }

    TestApp app{GetParam()};
    std::int64_t monday = reports::monday_of(app.clock.now());
};
BARROW_BOTH_ENGINES(Reports);

TEST_P(Reports, ACrawlerThatWalkedEveryLinkHidesNoClick) {
    std::vector<std::vector<store::Value>> rows;
    for (std::int64_t link = 1; link <= 10'100; ++link) rows.push_back(row("bot", link, 8, 0, "", 1));
    for (std::int64_t link = 1; link <= 10'100; ++link) rows.push_back(row("click", link, 8, 0, "", 2));
    rows.push_back(row("impression", 0, 1, 4, "", 30));
    touch(std::move(rows));
    const auto found = week();
    EXPECT_EQ(found.clicks, 20'200) << "more links than any list holds";
    EXPECT_EQ(found.impressions, 30) << "a crawler is no viewer";
    EXPECT_EQ(found.snippet_conversion.of, 30);
}

TEST_P(Reports, EveryArmIsCountedHoweverManyPagesItTakes) {
    std::vector<std::vector<store::Value>> rows;
    for (std::int64_t experiment = 1; experiment <= 2'500; ++experiment)
        rows.push_back(row("impression", 0, 1, 4, std::to_string(experiment) + ":" + std::to_string(experiment % 2), 3));
    rows.push_back(row("impression", 0, 2, 4, "1:1,2:0", 5));
    rows.push_back(row("impression", 0, 2, 0, "", 7));
    touch(std::move(rows));
    const auto found = week();
    EXPECT_EQ(found.impressions, 2'500 * 3 + 5 + 7);
    EXPECT_EQ(found.snippet_conversion.of, 2'500 * 3 + 5) << "of times that a snippet was shown";
    ASSERT_EQ(found.arms.size(), 2'500U);
    EXPECT_EQ(found.arms[0].conversion.of, 8);
    EXPECT_EQ(found.arms[1].conversion.of, 8);
    EXPECT_EQ(found.arms[2].conversion.of, 3);
}

}  // namespace
}  // namespace barrow::testing
