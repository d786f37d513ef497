// Who hears what.
#include "floor/bus/bus.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace barrow::bus {
namespace {

TEST(Bus, patterns_fit_as_in_nats) {
    struct Case {
        const char* pattern;
        const char* subject;
        bool fits;
    };
    for (const auto& [pattern, subject, expected] : {Case{"live.7.stock", "live.7.stock", true},
                                                     {"live.7.stock", "live.7.stocks", false},
                                                     {"live.*.stock", "live.7.stock", true},
                                                     {"live.*", "live.7.stock", false},
                                                     {"live.>", "live.7.stock", true},
                                                     {"live.>", "live", false},
                                                     {">", "live", true},
                                                     {"*", "live", true},
                                                     {"*", "live.7", false},
                                                     {"live", "live.7", false},
                                                     {"live.7.*", "live.7", false}}) {
        EXPECT_EQ(fits(pattern, subject), expected) << pattern << " " << subject;
    }
    for (const char* bad : {"", ".", "a.", ".a", "a..b", "a b", "a.*", "a.>", "ä"}) EXPECT_FALSE(is_subject(bad)) << bad;
    for (const char* bad : {"", "a.>.b", "a*", "a.b*", ">."}) EXPECT_FALSE(is_pattern(bad)) << bad;
    EXPECT_FALSE(is_subject(std::string(256, 'a')));
    EXPECT_TRUE(is_subject(std::string(255, 'a')));
}

TEST(Bus, tells_everyone_who_listens_and_one_of_a_group) {
    const auto bus = open_in_process();
    std::string heard;
    std::vector<int> group(2);
    auto one = bus->listen("live.*.stock", [&](const Message& message) { heard += "1" + message.payload; });
    const auto two = bus->listen("live.>", [&](const Message& message) { heard += "2" + message.subject; });
    const auto a = bus->listen("work.>", [&](const Message&) { ++group[0]; }, "workers");
    const auto b = bus->listen("work.>", [&](const Message&) { ++group[1]; }, "workers");
    bus->publish("live.7.stock", "x");
    EXPECT_EQ(heard, "1x2live.7.stock");
    one.reset();
    bus->publish("live.7.stock", "y");
    EXPECT_EQ(heard, "1x2live.7.stock2live.7.stock");
    for (int i = 0; i < 10; ++i) bus->publish("work.now", "");
    EXPECT_EQ(group, (std::vector{5, 5}));
    EXPECT_DEATH(bus->publish("not a subject", ""), "");
}

TEST(Bus, a_listener_may_publish_listen_and_stop) {
    const auto bus = open_in_process();
    int count = 0;
    Bus::Ear inner;
    auto outer = bus->listen("a", [&](const Message&) {
        inner = bus->listen("b", [&](const Message&) {
            ++count;
            inner.reset();
        });
        bus->publish("b", "");
        bus->publish("b", "");
    });
    bus->publish("a", "");
    EXPECT_EQ(count, 1);
}

TEST(Bus, threads_publish_at_once) {
    const auto bus = open_in_process();
    std::atomic<int> heard = 0;
    const auto ear = bus->listen("n.*", [&](const Message&) { ++heard; });
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            for (int n = 0; n < 500; ++n) {
                const auto other = bus->listen("other", [](const Message&) {});
                bus->publish("n." + std::to_string(i), "x");
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(heard, 2000);
}

}  // namespace
}  // namespace barrow::bus
