#include "floor/media/sniff.hpp"

#include <gtest/gtest.h>

#include <string>

namespace barrow::media {
namespace {

using namespace std::string_literals;

std::string number(std::size_t value, int bytes) {
    std::string out;
    for (int i = bytes; i > 0; --i) out += static_cast<char>(value >> 8 * (i - 1) & 255);
    return out;
}
std::string png(std::size_t width, std::size_t height) {
    return "\x89PNG\r\n\x1a\n"s + number(13, 4) + "IHDR" + number(width, 4) + number(height, 4) + "\x08\x02\0\0\0"s;
}
std::string jpeg(std::size_t width, std::size_t height) {
    return "\xff\xd8\xff\xe0\0\x04\x01\x02\xff\xc0\0\x11\x08"s + number(height, 2) + number(width, 2) + "\x03";
}
std::string gif(std::size_t width, std::size_t height) {
    const auto little = [](std::size_t value) { return std::string{static_cast<char>(value & 255), static_cast<char>(value >> 8)}; };
    return "GIF89a" + little(width) + little(height) + "\0\0\0;"s;
}
std::string iso(const std::string& brand) { return number(20, 4) + "ftyp" + brand + number(0, 4) + brand + "moov"; }

struct Case {
    std::string what, bytes;
    std::string says;  // "" is taken; else words of the refusal
};

TEST(Sniff, knows_a_file_by_its_bytes_and_says_what_to_do_with_others) {
    const Case cases[] = {
        {"a PNG", png(800, 600), ""},
        {"a JPEG", jpeg(800, 600), ""},
        {"a GIF", gif(800, 600), ""},
        {"an AVIF", iso("avif"), ""},
        {"an MP4", iso("isom"), ""},
        {"a QuickTime film", iso("qt  "), ""},
        {"a WebM", "\x1a\x45\xdf\xa3 and more of it", ""},
        {"nothing", "", "empty"},
        {"an SVG", "<?xml version=\"1.0\"?><svg xmlns=\"…\" onload=\"alert(1)\"/>", "SVG picture can hold scripts"},
        {"an SVG behind a byte order mark", "\xef\xbb\xbf <svg/>", "SVG"},
        {"a page", "<!doctype html><script>alert(1)</script>", "a page, no picture"},
        {"a PDF", "%PDF-1.7", "PDF; export the page as PNG"},
        {"a HEIC", iso("heic"), "HEIC pictures cannot be shown"},
        {"a TIFF", "II*\0"s + std::string(20, 'x'), "TIFF"},
        {"a BMP", "BM" + std::string(30, 'x'), "BMP"},
        {"an AVI", "RIFF0000AVI LIST", "AVI video"},
        {"a program", "\x7f"s + "ELF" + std::string(40, '\0'), "no picture or video that we know"},
        {"a text that is called lamp.png", "just words", "no picture or video that we know"},
        {"captions as SubRip", "1\r\n00:00:01,000 --> 00:00:04,000\r\nA lamp.", "save them as .vtt"},
        {"a JPEG of three bytes", "\xff\xd8\xff", "breaks off"},
        {"a PNG that breaks off in its header", png(800, 600).substr(0, 18), "breaks off"},
        {"a picture of no width", png(0, 600), "no width"},
        {"a flood of pixels in some bytes", png(60'000, 60'000), "60000 × 60000 pixels"},
        {"a width beyond 31 bits", png(0xffffffff, 1), "pixels"},
        {"a strip", png(16'384, 1), "16,383 a side"},
        {"a flood as GIF", gif(65'535, 65'535), "65535 × 65535"},
        {"a flood as JPEG", jpeg(65'535, 65'535), "65535 × 65535"},
        {"50 million pixels", png(10'000, 5'000), ""},
        {"one row more", png(10'000, 5'001), "50 million"},
        {"a page that is a GIF, too", gif(20, 20) + "<script>alert(1)</script>", ""},  // decoded and written anew: the script is gone
    };
    for (const auto& one : cases) {
        const auto type = sniff(one.bytes);
        EXPECT_EQ(type.ok(), one.says.empty()) << one.what;
        const auto says = type ? std::string() : type.error().text;
        EXPECT_NE(says.find(one.says), std::string::npos) << one.what << ": " << says;
    }
}

TEST(Sniff, has_a_size_for_each_kind) {
    EXPECT_TRUE(sniff(png(10, 10) + std::string(picture_bytes_max - 33, 'x')));
    const auto large = sniff(png(10, 10) + std::string(picture_bytes_max, 'x'));
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().fault, Fault::too_large);
    EXPECT_TRUE(sniff(iso("isom") + std::string(picture_bytes_max, 'x')));
    EXPECT_FALSE(sniff(iso("isom") + std::string(video_bytes_max, 'x')));
}

}  // namespace
}  // namespace barrow::media
