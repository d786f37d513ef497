// Each code is read back by zbar, a reader that others wrote.
#include "floor/wire/qr.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace barrow::wire {
namespace {

std::string decoded(const std::string& png) {
    const auto file = std::filesystem::temp_directory_path() / ("barrow-qr-" + std::to_string(getpid()) + ".png");
    std::ofstream(file, std::ios::binary) << png;
    auto* reader = popen(("zbarimg --quiet --raw " + file.string() + " 2>/dev/null").c_str(), "r");
    std::string text;
    std::array<char, 4'096> buffer{};
    while (const auto n = std::fread(buffer.data(), 1, buffer.size(), reader)) text.append(buffer.data(), n);
    pclose(reader);
    std::filesystem::remove(file);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

TEST(Qr, is_read_back_at_every_level_with_and_without_a_logo) {
    ASSERT_EQ(std::system("command -v zbarimg > /dev/null"), 0) << "zbarimg reads the codes back: apt install zbar-tools";
    using Level = QrLook::Level;
    const std::string texts[] = {"https://mira.example/s/today", "https://mira.example/s/lamp?d=poster", std::string(300, 'x')};
    for (const auto& text : texts) {
        for (const auto level : {Level::low, Level::medium, Level::quartile, Level::high}) {
            // A picture of stripes, which is as bad a neighbour as there is.
            std::string stripes;
            for (int i = 0; i < QrLook::logo_side * QrLook::logo_side; ++i)
                stripes += i / 4 % 2 == 0 ? std::string("\0\0\0", 3) : "\xff\xff\xff";
            const QrLook looks[] = {{.level = level, .logo_colour = {}, .logo_pixels = {}},
                                    {.level = level, .logo_colour = "#0b6b4b", .logo_pixels = {}},
                                    {.level = level, .logo_colour = {}, .logo_pixels = stripes}};
            for (const auto& look : looks) {
                const auto png = qr_png(text, 400, look);
                ASSERT_TRUE(png);
                EXPECT_EQ(decoded(*png), text) << static_cast<int>(level) << look.logo_colour;
            }
        }
    }
}

TEST(Qr, has_whole_pixels_and_an_end) {
    const auto png = qr_png("https://mira.example/", 1'000).value();
    const auto number = [&](std::size_t at) { return static_cast<unsigned char>(png[at]) << 8U | static_cast<unsigned char>(png[at + 1]); };
    EXPECT_GE(number(18), 1'000) << "as wide as was asked for";
    EXPECT_EQ(number(18) % 33, 0) << "25 modules and two quiet zones of 4";
    EXPECT_FALSE(qr_png("x", 5'000));
    EXPECT_FALSE(qr_png("x", 0));
    EXPECT_EQ(qr_level_named("h"), QrLook::Level::high);
    EXPECT_EQ(qr_level_named("M"), QrLook::Level::medium);
    EXPECT_EQ(qr_level_named("X"), std::nullopt);
}

TEST(Qr, as_SVG_holds_no_markup_of_others) {
    const auto svg = qr_svg("x", "<script>", {.level = {}, .logo_colour = "\"/><script>", .logo_pixels = {}});
    EXPECT_EQ(svg.find("<script>"), std::string::npos);
    EXPECT_NE(svg.find("<title>&lt;script&gt;</title>"), std::string::npos);
}

}  // namespace
}  // namespace barrow::wire
