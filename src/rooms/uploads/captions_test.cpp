#include "rooms/uploads/captions.hpp"

#include <gtest/gtest.h>

namespace barrow::uploads {
namespace {

struct Case {
    std::string what, bytes;
    std::string says;  // "" is taken; else words of the refusal
};

TEST(Captions, are_cues_with_times_and_nothing_else) {
    const std::string cue = "\n00:01.000 --> 00:04.000\nA lamp.\n";
    const Case cases[] = {
        {"one cue", "WEBVTT\n" + cue, ""},
        {"a byte order mark, a title, a name and a setting",
         "\xef\xbb\xbfWEBVTT Tide lamp\r\n\r\nintro\r\n00:00:01.000 --> 00:00:04.000 align:start\r\nA lamp.\r\n", ""},
        {"lines that end in a carriage return", "WEBVTT\r\r00:01.000 --> 00:04.000\rA lamp.\r", ""},
        {"a cue without words", "WEBVTT\n\n00:01.000 --> 00:04.000\n", ""},
        {"four digits of hours", "WEBVTT\n\n1000:00:01.000 --> 1000:00:04.000\nLate.\n", ""},
        {"SubRip", "1\n00:00:01,000 --> 00:00:04,000\nA lamp.\n", "the first line of a WebVTT file is WEBVTT"},
        {"a page", "<!doctype html><script>alert(1)</script>", "the first line of a WebVTT file is WEBVTT"},
        {"another word", "WEBVTTX\n" + cue, "the first line of a WebVTT file is WEBVTT"},
        {"the first line alone", "WEBVTT", "not one caption"},
        {"notes alone", "WEBVTT\n\nNOTE nothing yet\n", "not one caption"},
        {"a page below the first line", "WEBVTT\n\n<script>alert(1)</script>\n", "line 3 has no time above it"},
        {"a comma in a time", "WEBVTT\n\n00:01,000 --> 00:04.000\nA lamp.\n",
         "line 3 has the time \"00:01,000\"; write it like 00:01:02.500"},
        {"sixty seconds", "WEBVTT\n\n00:01.000 --> 00:60.000\nA lamp.\n", "line 3 has the time \"00:60.000\""},
        {"no end", "WEBVTT\n\n00:01.000 -->\nA lamp.\n", "line 3 has the time \"\""},
        {"an end before the begin", "WEBVTT\n\n00:04.000 --> 00:01.000\nA lamp.\n", "line 3 ends before it begins"},
        {"no empty line above the first", "WEBVTT\n00:01.000 --> 00:04.000\nA lamp.\n", "line 2 needs an empty line before it"},
        {"no empty line between", "WEBVTT\n" + cue + "00:05.000 --> 00:06.000\nA bowl.\n", "line 5 needs an empty line before it"},
        {"Latin 1", "WEBVTT\n\n00:01.000 --> 00:04.000\nB\xe4r\n", "not UTF-8"},
        {"a zero byte", "WEBVTT\n\n00:01.000 --> 00:04.000\n" + std::string(1, '\0'), "not UTF-8"},
        {"the largest", "WEBVTT\n" + cue + std::string(captions_bytes_max - 7 - cue.size(), 'x'), ""},
        {"a byte more", "WEBVTT\n" + cue + std::string(captions_bytes_max - 6 - cue.size(), 'x'), "larger than 1 MB"},
    };
    for (const auto& one : cases) {
        const auto read = read_captions(one.bytes);
        EXPECT_EQ(read.ok(), one.says.empty()) << one.what << (read ? "" : ": " + read.error().text);
        if (!read) { EXPECT_NE(read.error().text.find(one.says), std::string::npos) << one.what << ": " << read.error().text; }
    }
}

TEST(Captions, are_written_anew) {
    const auto read = read_captions(
        "WEBVTT Title\nX-Made-By: a person\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:r\n\nNOTE where\nit was made\n\n"
        "one\n00:01.000\t-->\t00:04.000 line:90% region:r bad:\"x\"\n<v Mira>A lamp.\nOf beech.\n\n\n01:00:00.000 --> 01:00:02.250\nEnd.");
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read->text,
              "WEBVTT\n\n00:01.000 --> 00:04.000 line:90%\n<v Mira>A lamp.\nOf beech.\n\n01:00:00.000 --> 01:00:02.250\nEnd.\n");
    EXPECT_EQ(read->cues, 2);
    EXPECT_EQ(read->ends_ms, 3'602'250);
    EXPECT_EQ(read_captions(read->text)->text, read->text);
}

}  // namespace
}  // namespace barrow::uploads
