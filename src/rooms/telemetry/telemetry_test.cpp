#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "rooms/telemetry/context.hpp"

namespace barrow::telemetry {
namespace {

const Id<access::Shop> mira{"01hmira0000000000000000000"}, tom{"01htom00000000000000000000"};
const std::array<std::uint8_t, 32> key{1, 2, 3};
const Instant noon{1'763'899'200'000'000};  // 2025-11-23T12:00:00Z

Context sample() {
    return {
        .link = 300, .surface = Surface::live, .snippet = 7, .snippet_version = 3, .arms = {{12, 1}}, .live_session = 2, .day = noon.day()};
}

TEST(Context, comes_back_as_it_was_written_and_is_short) {
    const auto token = write_context(sample(), mira, key);
    EXPECT_LE(token.size(), 32U);
    EXPECT_EQ(read_context(token, mira, key, noon).value(), sample());
}

TEST(Context, is_good_for_its_shop_and_thirty_days) {
    const auto token = write_context(sample(), mira, key);
    EXPECT_FALSE(read_context(token, tom, key, noon));
    EXPECT_FALSE(read_context(token, mira, std::array<std::uint8_t, 32>{9}, noon));
    EXPECT_TRUE(read_context(token, mira, key, noon + days(30)));
    EXPECT_FALSE(read_context(token, mira, key, noon + days(31)));
    EXPECT_EQ(context_or_none("rubbish", mira, key, noon), Context());
}

TEST(Context, refuses_every_changed_character) {
    const auto token = write_context(sample(), mira, key);
    for (std::size_t i = 0; i < token.size(); ++i) {
        auto changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(read_context(changed, mira, key, noon)) << i;
    }
}

TEST(Context, every_context_comes_back) {
    EXPECT_TRUE(rc::check("context round trip", [](std::uint32_t link, std::uint16_t snippet, std::uint8_t version, bool with_arm) {
        Context context{.link = link,
                        .surface = Surface::bio,
                        .snippet = snippet,
                        .snippet_version = version,
                        .arms = {},
                        .live_session = 0,
                        .day = noon.day()};
        if (with_arm) context.arms = {{snippet, 1}, {3, 0}};
        RC_ASSERT(read_context(write_context(context, mira, key), mira, key, noon).value() == context);
        RC_ASSERT(read_arms(write_arms(context.arms)) == context.arms);
    }));
}

}  // namespace
}  // namespace barrow::telemetry
