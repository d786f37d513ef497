#include "floor/outbox/turns.hpp"

#include <gtest/gtest.h>

namespace barrow::outbox {
namespace {

std::vector<Receiver> many(const std::string& shop, int count, bool failing = false, Instant due = {}) {
    std::vector<Receiver> list;
    list.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) list.push_back({shop, shop + std::to_string(i), failing, due});
    return list;
}
std::vector<Receiver> together(std::vector<std::vector<Receiver>> lists) {
    std::vector<Receiver> all;
    for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
    return all;
}
std::string names(const std::vector<Receiver>& list) {
    std::string all;
    for (const auto& one : list) all += (all.empty() ? "" : " ") + one.name;
    return all;
}

TEST(Turns, go_shop_after_shop_and_no_shop_has_more_than_its_part) {
    Turns turns;
    EXPECT_EQ(names(turns.begin(together({many("a", 9), many("b", 2)}))), "a0 b0 a1 b1 a2 a3");
    EXPECT_EQ(names(turns.begin(together({many("a", 9), many("b", 3)}))), "b2") << "those under way are left alone";
}

TEST(Turns, are_for_who_had_none_before_who_waits_longest) {
    Turns turns;
    const auto busy = many("a", 9);
    const auto first = turns.begin(busy);
    EXPECT_EQ(names(first), "a0 a1 a2 a3");
    for (const auto& one : first) turns.end(one);
    EXPECT_EQ(names(turns.begin(together({busy, many("new", 1, false, Instant{} + days(1))}))), "new0 a4 a5 a6 a7");
}

TEST(Turns, are_kept_for_shops_that_have_none) {
    Turns turns;
    std::vector<Receiver> waiting;
    for (char shop = 'a'; shop < 'm'; ++shop) waiting = together({waiting, many(std::string(1, shop), 9)});
    EXPECT_EQ(turns.begin(waiting).size(), std::size_t{turns_max - first_turns_kept});
    std::vector<Receiver> late;
    for (char shop = 'A'; shop < 'M'; ++shop) late = together({late, many(std::string(1, shop), 9)});
    EXPECT_EQ(turns.begin(together({waiting, late})).size(), std::size_t{first_turns_kept});
    EXPECT_TRUE(turns.begin(together({waiting, late, many("z", 1)})).empty()) << "all are taken";
}

TEST(Turns, of_those_that_fail_leave_half_to_the_others) {
    Turns turns;
    std::vector<Receiver> waiting;
    for (char shop = 'a'; shop < 'z'; ++shop) waiting = together({waiting, many(std::string(1, shop), 5, true)});
    const auto failing = turns.begin(waiting);
    EXPECT_EQ(failing.size(), std::size_t{failing_turns_max});
    EXPECT_EQ(names(turns.begin(together({waiting, many("y", 1)}))), "y0");
    turns.end(failing[0]);
    EXPECT_EQ(turns.begin(waiting).size(), 1U);
    Turns alone;
    EXPECT_EQ(names(alone.begin(many("a", 5, true))), "a0 a1") << "of one shop";
}

}  // namespace
}  // namespace barrow::outbox
