// Pages that send their reader on, and pages that only look so.
#include "rooms/links/check/page_signs.hpp"

#include <gtest/gtest.h>

namespace barrow::links::linkcheck {
namespace {

std::string told(const std::optional<PageJump>& jump) {
    if (!jump) return "stays";
    return std::string(jump->way == PageJump::Way::meta ? "meta" : "script") + " " + std::to_string(jump->delay_s) + " " + jump->target;
}

TEST(PageSigns, finds_where_a_page_sends_on) {
    struct Case {
        std::string html, says;
    };
    const Case cases[] = {
        {R"(<meta http-equiv="refresh" content="0;url=https://a.example/p?x=1&amp;y=2">)", "meta 0 https://a.example/p?x=1&y=2"},
        {R"(<META HTTP-EQUIV='Refresh' CONTENT='5; URL="/next"'>)", "meta 5 /next"},
        {"<meta content=3,/bare http-equiv=refresh>", "meta 3 /bare"},
        {R"(<noscript><meta http-equiv="refresh" content="0;URL=https://b.example/"></noscript>)", "meta 0 https://b.example/"},
        {R"(<meta http-equiv="refresh" content="30">)", "stays"},
        {R"(<meta http-equiv="refresh" content="30; url=/later">)", "stays"},
        {R"(<!-- <meta http-equiv="refresh" content="0;url=/old"> --><p>hello</p>)", "stays"},
        {R"(<meta name="description" content="0;url=/no">)", "stays"},
        {R"(<script>location.replace("https:\/\/c.example\/p?a=1&b=2")</script>)", "script 0 https://c.example/p?a=1&b=2"},
        {"<script>window.location = '/d'</script>", "script 0 /d"},
        {"<script>top.location.href=\"\\u002fe\\x3fq=1\";</script>", "script 0 /e?q=1"},
        {"<script>document.location.assign( 'https://f.example' )</script>", "script 0 https://f.example"},
        {"<script>if (location == '/g') go()</script>", "stays"},
        {"<script>location.replace('https://g.example/' + slug)</script>", "stays"},
        {"<script>location.href = `https://h.example/${slug}`</script>", "stays"},
        {"<script>location.hash = 'top'; location = '#top'</script>", "stays"},
        {"<script>location.replace('unfinished</script>", "stays"},
        {"<p>" + std::string(500, 'w') + "</p><script>location.href='/tap'</script>", "stays"},
        {std::string(20'000, ' ') + "<script>location.href='/big'</script>", "stays"},
        {"<style>" + std::string(500, 'w') + "</style>Wait <a href=/i>here</a><script>location.href='/i'</script>", "script 0 /i"},
        {"", "stays"},
        {"<meta http-equiv=\"refresh\" content=\"", "stays"},
        {"<script", "stays"},
    };
    for (const auto& one : cases) EXPECT_EQ(told(find_jump(one.html)), one.says) << one.html.substr(0, 120);
}

TEST(PageSigns, reads_the_header_of_the_same_name) {
    EXPECT_EQ(told(read_refresh("0; url=/a")), "meta 0 /a");
    EXPECT_EQ(told(read_refresh("0;/a")), "meta 0 /a");
    EXPECT_EQ(told(read_refresh("0;url='/a b'")), "meta 0 /a b");
    for (const auto* text : {"", "0", "0;", "99999999999;url=/a", "0;url="}) EXPECT_EQ(told(read_refresh(text)), "stays") << text;
}

TEST(PageSigns, knows_pages_that_stand_in_the_way_by_their_title) {
    EXPECT_EQ(page_title("<head><TITLE lang=en>\n A lamp &amp; more </TITLE>"), "A lamp & more");
    EXPECT_EQ(page_title("<title"), "");
    EXPECT_EQ(page_title("<title>" + std::string(500, 'x') + "</title>").size(), 200U);
    for (const auto* title : {"Just a moment...", "Attention Required! | Cloudflare", "Access Denied"})
        EXPECT_TRUE(is_challenge_title(title)) << title;
    for (const auto* title : {"Tide lamp", "A moment for tea", ""}) EXPECT_FALSE(is_challenge_title(title)) << title;
    for (const auto* title : {"You are leaving Linktree", "Redirecting…", "External link"})
        EXPECT_TRUE(is_interstitial_title(title)) << title;
    for (const auto* title : {"Tide lamp", "Autumn leaves"}) EXPECT_FALSE(is_interstitial_title(title)) << title;
}

TEST(PageSigns, says_what_it_is_called_where_it_is_shown) {
    const auto face = page_face(R"(<html><head><title>Lamp | Shop</title><meta name="description" content="A lamp.">
        <meta property="og:title" content="Tide lamp &amp; friends"><meta property="og:image" content="/a.jpg"></head>)");
    EXPECT_EQ(face.title, "Tide lamp & friends");
    EXPECT_EQ(face.text, "A lamp.");
    EXPECT_EQ(face.image, "/a.jpg");
    EXPECT_EQ(page_face("<title>\n Only   this\n</title>").title, "Only this");
    EXPECT_EQ(page_face("<meta property=og:title content='").title, "");
    std::string endless;
    for (int i = 0; i < 40'000; ++i) endless += "<meta ";
    EXPECT_EQ(page_face(endless).title, "");
    const auto longish = page_face("<meta property=\"og:title\" content=\"" + std::string(500, 'a') + "\">").title;
    EXPECT_EQ(longish.size(), 120U);
}

TEST(PageSigns, says_whether_what_it_offers_can_be_had) {
    const auto ld = [](const std::string& json) { return "<script type=\"application/ld+json\">" + json + "</script>"; };
    const std::string out = R"({"@type":"Product","offers":{"availability":"https://schema.org/OutOfStock"}})";
    const std::string in = R"({"@graph":[{"@type":"Product","offers":[{"availability":"http://schema.org/InStock"}]}]})";
    struct Case {
        std::string html;
        Offered wanted;
    };
    for (const auto& one :
         {Case{ld(out), Offered::out}, Case{ld(in), Offered::in}, Case{ld(out) + ld(in), Offered::in}, Case{ld(in) + ld(out), Offered::in},
          Case{ld(R"({"offers":{"availability":"SoldOut"}})"), Offered::out}, Case{ld("{broken"), Offered::unknown},
          Case{ld(R"({"offers":{"availability":"https://schema.org/PreOrder"}})"), Offered::in},
          Case{"<link itemprop=\"availability\" href=\"http://schema.org/OutOfStock\">", Offered::out},
          Case{"<meta property=\"product:availability\" content=\"out of stock\">", Offered::out},
          Case{"<meta property=\"product:availability\" content=\"in stock\">", Offered::in}, Case{"<p>Sold out</p>", Offered::unknown},
          Case{"", Offered::unknown}, Case{"<script type=\"application/ld+json\">", Offered::unknown}})
        EXPECT_EQ(offered_on(one.html), one.wanted) << one.html;
}

}  // namespace
}  // namespace barrow::links::linkcheck
