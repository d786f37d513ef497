#include "floor/media/box.hpp"

#include <gtest/gtest.h>

namespace barrow::media {
namespace {

const std::string webp = "RIFF____WEBPVP8 x", jpg = "\xff\xd8\xff\xe0 x", mp4 = std::string("\0\0\0\x14", 4) + "ftypisom____isom";

std::string piece(const std::string& ending, const std::string& bytes) {
    return ending + " " + std::to_string(bytes.size()) + "\n" + bytes;
}

TEST(Box, comes_back_as_it_was_written) {
    const Box box{
        .video = true, .width = 1'080, .height = 1'920, .duration_ms = 6'000, .pieces = {{".webp", webp}, {".jpg", jpg}, {".mp4", mp4}}};
    const auto text = write_box(box);
    const auto read = read_box(text);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_TRUE(read->video);
    EXPECT_EQ(read->height, 1'920);
    ASSERT_EQ(read->pieces.size(), 3U);
    EXPECT_EQ(read->pieces[2].bytes, mp4);
    const auto refusal = read_box(write_box(fail(Fault::bad_input, "the picture is broken")));
    ASSERT_FALSE(refusal);
    EXPECT_EQ(refusal.error().text, "the picture is broken");
    EXPECT_EQ(refusal.error().fault, Fault::bad_input);
}

TEST(Box, takes_nothing_on_trust) {
    const auto whole = "picture 20 10 0\n" + piece(".webp", webp) + piece(".jpg", jpg);
    ASSERT_TRUE(read_box(whole));
    ASSERT_TRUE(read_box(whole + piece("-96.ppm", std::string(stamp_header) + std::string(3 * stamp_side * stamp_side, 'x'))));
    const std::pair<const char*, std::string> cases[] = {
        {"nothing", ""},
        {"no line", "picture 20 10 0"},
        {"another word", "page 20 10 0\n" + piece(".webp", webp) + piece(".jpg", jpg)},
        {"a size of 0", "picture 0 10 0\n" + piece(".webp", webp) + piece(".jpg", jpg)},
        {"a size below 0", "picture -20 10 0\n" + piece(".webp", webp) + piece(".jpg", jpg)},
        {"a size that is a path", "picture ../x 10 0\n" + piece(".webp", webp) + piece(".jpg", jpg)},
        {"an ending of its own", whole + piece(".html", "<script>")},
        {"an ending that is a path", whole + piece("/../../x.webp", webp)},
        {"a piece twice", whole + piece(".webp", webp)},
        {"a page that is called a picture", "picture 20 10 0\n" + piece(".webp", "<script>") + piece(".jpg", jpg)},
        {"a video in a picture", whole + piece(".mp4", mp4)},
        {"a stamp of another size", whole + piece("-96.ppm", std::string(stamp_header) + "xyz")},
        {"a stamp that is none", whole + piece("-96.ppm", std::string(stamp_header.size() + 3 * stamp_side * stamp_side, '<'))},
        {"no largest picture", "picture 20 10 0\n" + piece(".jpg", jpg)},
        {"a video without itself", "video 20 10 5\n" + piece(".webp", webp) + piece(".jpg", jpg)},
        {"a piece beyond the end", "picture 20 10 0\n.webp 999999\n" + webp},
        {"half a box", whole.substr(0, whole.size() - 1)},
        {"a refusal with a fault of another kind", "no forbidden log in\n"},
        {"a refusal with control characters", "no bad_input a\rb\n"},
    };
    for (const auto& [what, text] : cases) {
        const auto read = read_box(text);
        ASSERT_FALSE(read) << what;
        EXPECT_EQ(read.error().fault, Fault::outside) << what;
    }
}

}  // namespace
}  // namespace barrow::media
