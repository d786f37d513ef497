#include <gtest/gtest.h>

#include "rooms/links/follow.hpp"

namespace barrow::links {
namespace {

TEST(Link, takes_only_targets_that_lead_somewhere_safe) {
    const struct {
        const char* target;
        bool good;
    } cases[] = {{"https://shop.example/p/1?a=b", true},
                 {"http://shop.example", true},
                 {"/p/tide-lamp", true},
                 {"/", true},
                 {"", false},
                 {"javascript:alert(1)", false},
                 {"data:text/html,x", false},
                 {"//evil.example", false},
                 {"https://", false},
                 {"https:///x", false},
                 {"https://a.example/a b", false},
                 {"https://a.example/\r\nset-cookie: x", false},
                 {"/\\evil.example", false},
                 {"ftp://a", false}};
    for (const auto& c : cases) EXPECT_EQ(static_cast<bool>(examine_target(c.target)), c.good) << c.target;
}

TEST(Cache, keeps_for_its_life_and_forgets_one_shop) {
    Cache cache;
    const Id<access::Shop> mira{"a"}, tom{"b"};
    const Instant now{1'000'000'000};
    const auto to = [](const char* target) { return Destination{.target = target}; };
    cache.keep(mira, "x", to("/p/a"), now, cache.epoch());
    cache.keep(tom, "x", to("/p/b"), now, cache.epoch());
    EXPECT_EQ(cache.find(mira, "x", now)->target, "/p/a");
    EXPECT_EQ(cache.find(tom, "x", now)->target, "/p/b");
    EXPECT_FALSE(cache.find(mira, "x", now + Cache::life + seconds(1)));
    cache.forget(mira);
    EXPECT_FALSE(cache.find(mira, "x", now));
    EXPECT_TRUE(cache.find(tom, "x", now));
    const auto before = cache.epoch();
    cache.forget(tom);
    cache.keep(mira, "x", to("/p/old"), now, before);
    EXPECT_FALSE(cache.find(mira, "x", now)) << "what was read before a change is not kept after it";
    EXPECT_EQ(cache.size(), 0U);
}

}  // namespace
}  // namespace barrow::links
