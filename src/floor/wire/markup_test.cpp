// The tiny markup, and lines as they are kept.
#include "floor/wire/markup.hpp"

#include <gtest/gtest.h>

namespace barrow::wire {
namespace {

TEST(Markup, MarksWordsAndNothingElse) {
    struct Case {
        std::string text, html, plain;
    };
    const std::vector<Case> cases{
        {"plain", "plain", "plain"},
        {"", "", ""},
        {"a *quiet* lamp", "a <em>quiet</em> lamp", "a quiet lamp"},
        {"a **quiet** lamp", "a <strong>quiet</strong> lamp", "a quiet lamp"},
        {"*a* and *b c*", "<em>a</em> and <em>b c</em>", "a and b c"},
        {"2 * 3 * 4", "2 * 3 * 4", "2 * 3 * 4"},
        {"* a*", "* a*", "* a*"},
        {"*a *", "*a *", "*a *"},
        {"a*b", "a*b", "a*b"},
        {"*open", "*open", "*open"},
        {"**a*", "*<em>a</em>", "*a"},
        {"*a**", "<em>a</em>*", "a*"},
        {"***a***", "*<strong>a</strong>*", "*a*"},
        {"**", "**", "**"},
        {"****", "****", "****"},
        {"<b>&\"'*x*", "&lt;b&gt;&amp;&quot;&#39;<em>x</em>", "<b>&\"'x"},
        {"*<script>*", "<em>&lt;script&gt;</em>", "<script>"},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(markup_html(one.text), one.html) << one.text;
        EXPECT_EQ(markup_text(one.text), one.plain) << one.text;
    }
}

TEST(OneLine, IsCleanedOnce) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"  a \t b\r\n\nc  ", "a b c"},
        {"a\u2028b\u3000c", "a b c"},
        {"24\u00a0cm", "24\u00a0cm"},
        {std::string("a\0b\x01\x7f", 5), "ab"},
        {"safe\u202etxt.exe", "safetxt.exe"},
        {"\u2066a\u2069\ufeff\ufffb", "a"},
        {"\u200fשלום", "\u200fשלום"},
        {"👩‍🚀", "👩‍🚀"},
        {"a\xff\xc3", "a"},
        {"\xc0\xaf\xed", ""},
        {"   ", ""},
    };
    for (const auto& [text, line] : cases) {
        EXPECT_EQ(one_line(text), line) << text;
        EXPECT_EQ(one_line(line), line) << "and once is enough";
    }
}

}  // namespace
}  // namespace barrow::wire
