// The flood rule where many are at it: nobody honest is taken for a flood, and a flood does not hide among them.
#include "rooms/telemetry/repeats.hpp"

#include <gtest/gtest.h>

namespace barrow::telemetry {
namespace {

const Instant noon{1'763'899'200'000'000};  // 2025-11-23T12:00:00Z

std::string address_of(int i) {
    return "185." + std::to_string(i / 65'536) + "." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256);
}

TEST(Repeats, a_flood_does_not_hide_among_a_hundred_thousand_others) {
    SeededRandom random(3);
    Repeats repeats(random);
    int honest_refused = 0, counted = 0;
    constexpr int others = 100'000, flood = 3'000;
    const auto script = repeats.place_of("mira", 1, "203.0.114.9");
    for (int i = 0; i < others; ++i) {
        const auto address = address_of(i);
        if (repeats.floods(repeats.place_of("mira", 1, address), address, noon)) ++honest_refused;
        if (i % (others / flood) == 0 && !repeats.floods(script, "203.0.114.9", noon)) ++counted;
    }
    EXPECT_EQ(honest_refused, 0);
    EXPECT_GE(counted, flood_usual);
    EXPECT_LE(counted, flood_usual + 50) << "what others in the same slot took from its count";
}

TEST(Repeats, crowds_do_not_add_up) {
    SeededRandom random(4);
    Repeats repeats(random);
    for (int viewer = 0; viewer < flood_usual; ++viewer) {
        for (int address = 0; address < 1'000; ++address) {
            const auto peer = address_of(address);
            ASSERT_FALSE(repeats.floods(repeats.place_of("mira", 1, peer), peer, noon)) << viewer;
        }
    }
}

TEST(Repeats, the_operator_says_how_many) {
    struct Case {
        std::int64_t limit;
        int counted;
    };
    for (const auto& [limit, counted] : {Case{10, 10}, Case{0, 1'000}, Case{flood_most, 1'000}}) {
        SeededRandom random(5);
        Repeats repeats(random, limit);
        const auto place = repeats.place_of("mira", 1, "203.0.114.9");
        int seen = 0;
        for (int i = 0; i < 1'000; ++i) seen += repeats.floods(place, "203.0.114.9", noon) ? 0 : 1;
        EXPECT_EQ(seen, counted) << limit;
    }
}

TEST(Repeats, the_same_browser_is_known_for_two_seconds_and_its_neighbour_is_somebody_else) {
    SeededRandom random(6);
    Repeats repeats(random);
    struct Case {
        const char* peer;
        const char* agent;
        Duration later;
        bool again;
    };
    for (const auto& [peer, agent, later, again] :
         {Case{"2a03:2880::1", "a", {}, false}, Case{"2a03:2880::1", "a", milliseconds(1'900), true}, Case{"2a03:2880::2", "a", {}, false},
          Case{"2a03:2880::2", "b", {}, false}, Case{"2a03:2880::1", "a", seconds(9), false}}) {
        EXPECT_EQ(repeats.again(repeats.place_of("mira", 1, peer), peer, agent, noon + later), again) << peer << agent;
    }
}

}  // namespace
}  // namespace barrow::telemetry
