#include "floor/media/frame_score.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace barrow::media {
namespace {

constexpr int wide = 160, high = 90;

double score(const std::function<int(int, int)>& value) {
    std::vector<std::uint8_t> luma;
    for (int y = 0; y < high; ++y) {
        for (int x = 0; x < wide; ++x) luma.push_back(static_cast<std::uint8_t>(value(x, y)));
    }
    return frame_score(luma, wide, high);
}

// A stall with stripes, and what may happen to it.
int scene(int x, int y) { return (x / 8 + y / 8) % 2 == 0 ? 60 : 200; }
int blurred(int x, int y) {
    int sum = 0;
    for (int dy = -4; dy <= 4; ++dy) {
        for (int dx = -4; dx <= 4; ++dx) sum += scene(x + dx + 8, y + dy + 8);
    }
    return sum / 81;
}

TEST(FrameScore, a_sharp_lit_frame_is_better_than_what_is_not) {
    const auto good = score(scene);
    EXPECT_GT(good, score([](int x, int y) { return blurred(x, y); })) << "blurred";
    EXPECT_GT(good, score([](int x, int y) { return scene(x, y) / 8; })) << "fading in from black";
    EXPECT_GT(good, score([](int x, int y) { return 255 - scene(x, y) / 8; })) << "fading out to white";
    EXPECT_GT(score([](int x, int y) { return scene(x, y) / 2; }), score([](int x, int y) { return scene(x, y) / 8; })) << "half way in";
    EXPECT_EQ(score([](int, int) { return 0; }), 0) << "black";
    EXPECT_EQ(score([](int, int) { return 255; }), 0) << "white";
    EXPECT_EQ(score([](int, int) { return 128; }), 0) << "one colour";
    EXPECT_EQ(frame_score({}, 0, 0), 0);
}

}  // namespace
}  // namespace barrow::media
