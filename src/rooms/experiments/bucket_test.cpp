#include "rooms/experiments/bucket.hpp"

#include <gtest/gtest.h>

#include "floor/wire/json.hpp"
#include "rooms/experiments/experiments.hpp"
#include "support/vectors.hpp"

namespace barrow::experiments {
namespace {

std::vector<double> doubles(const wire::Json& list) {
    std::vector<double> out;
    if (!list.is_array()) return out;
    for (const auto& item : list.items()) out.push_back(item.number());
    return out;
}

TEST(Bucket, hashes_as_the_published_cases_do) {
    NEED_VECTORS(file, "experiments/growthbook_sdk_cases.json");
    const auto cases = wire::read_json(*file, {.bytes_max = 16 << 20, .depth_max = 64}).value();
    for (const auto& test : cases.find("hash")->items()) {
        const auto& row = test.items();
        const auto n = bucket_hash(row[0].text(), row[1].text(), static_cast<int>(row[2].integer()));
        if (row[3].is_null())
            EXPECT_FALSE(n);
        else
            EXPECT_DOUBLE_EQ(*n, row[3].number()) << row[0].text() << " " << row[1].text();
    }
    for (const auto& test : cases.find("getBucketRange")->items()) {
        const auto& row = test.items();
        const auto& in = row[1].items();
        const auto ranges = bucket_ranges(static_cast<int>(in[0].integer()), in[1].number(), doubles(in[2]));
        ASSERT_EQ(ranges.size(), row[2].items().size()) << row[0].text();
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            EXPECT_NEAR(ranges[i].from, row[2].items()[i].items()[0].number(), 1e-9) << row[0].text();
            EXPECT_NEAR(ranges[i].to, row[2].items()[i].items()[1].number(), 1e-9) << row[0].text();
        }
    }
    for (const auto& test : cases.find("chooseVariation")->items()) {
        const auto& row = test.items();
        std::vector<BucketRange> ranges;
        for (const auto& range : row[2].items()) ranges.push_back({range.items()[0].number(), range.items()[1].number()});
        EXPECT_EQ(choose_arm(row[1].number(), ranges), row[3].integer()) << row[0].text();
    }
}

TEST(Bucket, two_known_values_stay_where_they_are) {  // of GrowthBook's published cases
    EXPECT_DOUBLE_EQ(*bucket_hash("", "a", 1), 0.22);
    EXPECT_DOUBLE_EQ(*bucket_hash("b", "a", 1), 0.946);
    EXPECT_FALSE(bucket_hash("", "a", 99));
}

Experiment halves() {
    return {.id = {"01hexperiment0000000000000"}, .number = 4, .name = "words", .snippet_id = "s", .arms = {{500'000, 1}, {500'000, 2}}};
}

TEST(Arm, in_the_context_wins_over_the_hash) {
    const auto experiment = halves();
    telemetry::Context context;
    context.arms = {{4, 1}};
    for (const char* unit : {"a", "b", "c", "d", "e", "f"}) EXPECT_EQ(arm_of(experiment, context, unit), 1);
    context.arms = {{4, 7}};  // an arm that is no more
    EXPECT_LT(*arm_of(experiment, context, "a"), 2);
}

TEST(Arm, is_the_same_for_a_unit_and_even_over_many) {
    const auto experiment = halves();
    int second = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto arm = arm_of(experiment, {}, "unit" + std::to_string(i));
        EXPECT_EQ(arm, arm_of(experiment, {}, "unit" + std::to_string(i)));
        second += static_cast<int>(*arm);
    }
    EXPECT_NEAR(second, 5'000, 200);  // four standard deviations
}

}  // namespace
}  // namespace barrow::experiments
