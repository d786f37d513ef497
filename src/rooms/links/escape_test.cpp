#include "rooms/links/escape.hpp"

#include <gtest/gtest.h>

#include <set>

#include "rooms/links/apps.hpp"
#include "rooms/links/escapes.hpp"

namespace barrow::links {
namespace {

using telemetry::Agent;
using telemetry::AgentKind;
using telemetry::App;
using telemetry::Device;
using telemetry::Os;

RecipeSet all_but(std::initializer_list<std::string_view> off) {
    RecipeSet set;
    for (std::size_t i = 0; i < recipes().size(); ++i) set.set(i);
    for (const auto id : off) set.reset(recipe_named(id).value());
    return set;
}

TEST(Escape, EachAppHasItsWayOut) {
    struct Case {
        App app;
        Os os;
        std::initializer_list<std::string_view> off;
        std::string_view chosen;  // "" for none
    };
    const Case cases[] = {
        {App::instagram, Os::ios, {}, "instagram-ios"},
        {App::instagram, Os::android, {}, "instagram-android"},
        {App::instagram, Os::android, {"instagram-android"}, "instagram-android-intent"},
        {App::instagram, Os::android, {"instagram-android", "instagram-android-intent"}, ""},
        {App::instagram, Os::ios, {"instagram-android"}, "instagram-ios"},
        {App::tiktok, Os::android, {}, "tiktok-android"},
        {App::tiktok, Os::ios, {}, "tiktok-ios"},
        {App::line, Os::ios, {}, "line-ios"},
        {App::kakaotalk, Os::android, {}, "kakaotalk-android"},
        {App::other, Os::android, {}, "other-android"},
        {App::other, Os::ios, {}, ""},     // a page on the home screen looks the same
        {App::facebook, Os::ios, {}, ""},  // none is known to work
        {App::wechat, Os::android, {}, ""},
        {App::none, Os::ios, {}, ""},
        {App::none, Os::android, {}, ""},
        {App::instagram, Os::windows, {}, ""},
    };
    for (const auto& one : cases) {
        const auto* recipe = choose({.device = Device::phone, .os = one.os, .app = one.app}, all_but(one.off));
        EXPECT_EQ(recipe == nullptr ? "" : recipe->id, one.chosen) << name(one.app) << " on " << name(one.os);
    }
    EXPECT_EQ(choose({.kind = AgentKind::preview, .os = Os::ios, .app = App::instagram}, all_but({})), nullptr);
    EXPECT_EQ(choose({.os = Os::ios, .app = App::instagram}, {}), nullptr);
}

TEST(Escape, IdsAreSaidOnceAndHaveWords) {
    std::set<std::string> ids, words;
    for (const auto& recipe : recipes()) {
        EXPECT_TRUE(ids.insert(std::string(recipe.id)).second) << recipe.id;
        EXPECT_TRUE(words.insert(recipe_words(recipe)).second) << recipe_words(recipe);
        EXPECT_EQ(recipe.id.find('.'), std::string_view::npos) << "a token's parts are parted by it";
    }
    EXPECT_EQ(recipe_words(recipes()[recipe_named("instagram-ios").value()]), "Instagram on iPhone");
    EXPECT_NE(recipe_named("nothing").error().text.find("instagram-ios"), std::string::npos);
}

TEST(Escape, AnAddressIsWrittenAsTheAppTakesIt) {
    const std::string url = "https://mira.example/s/lamp?outside=a.b&d=clip7";
    const auto out = [&](std::string_view id, const std::string& of) { return address_out(recipes()[recipe_named(id).value()], of); };
    EXPECT_EQ(out("tiktok-android", url),
              "intent://mira.example/s/lamp?outside=a.b&d=clip7#Intent;scheme=https;S.browser_fallback_url="
              "https%3A%2F%2Fmira.example%2Fs%2Flamp%3Foutside%3Da.b%26d%3Dclip7;end");
    EXPECT_EQ(out("tiktok-android", "http://localhost:8080/s/x"),
              "intent://localhost:8080/s/x#Intent;scheme=http;S.browser_fallback_url=http%3A%2F%2Flocalhost%3A8080%2Fs%2Fx;end");
    EXPECT_EQ(out("tiktok-ios", url), "x-safari-https://mira.example/s/lamp?outside=a.b&d=clip7");
    EXPECT_EQ(out("instagram-ios", url), "instagram://extbrowser/?url=https%3A%2F%2Fmira.example%2Fs%2Flamp%3Foutside%3Da.b%26d%3Dclip7");
    EXPECT_EQ(out("line-ios", url), url + "&openExternalBrowser=1");
    EXPECT_EQ(out("line-android", "https://mira.example/s/x"), "https://mira.example/s/x?openExternalBrowser=1");
    EXPECT_EQ(out("kakaotalk-ios", "https://mira.example/s/x"), "kakaotalk://web/openExternal?url=https%3A%2F%2Fmira.example%2Fs%2Fx");
}

TEST(Escape, ATokenIsOursFreshAndOfThisShop) {
    const std::array<std::uint8_t, 32> key{1}, other_key{2};
    const Id<access::Shop> mira{"mira"}, noa{"noa"};
    const Instant now{1'795'000'000'000'000};
    const Try made{.recipe = "tiktok-ios",
                   .link = 7,
                   .branch = 2,
                   .agent = {.device = Device::phone, .os = Os::ios, .app = App::tiktok},
                   .nonce = "Ab_-09xyzQQ1",
                   .made = now};
    const auto token = write_try(made, mira, key);
    EXPECT_LT(token.size(), 80U);
    const auto read = read_try(token, mira, key, now + minutes(29));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->recipe, "tiktok-ios");
    EXPECT_EQ(read->link, 7);
    EXPECT_EQ(read->branch, 2U);
    EXPECT_EQ(read->agent, made.agent);
    EXPECT_EQ(read->nonce, made.nonce);
    EXPECT_FALSE(read_try(token, mira, key, now + minutes(31))) << "too old";
    EXPECT_FALSE(read_try(token, noa, key, now)) << "another shop's";
    EXPECT_FALSE(read_try(token, mira, other_key, now)) << "another key's";
    for (std::size_t i = 0; i < token.size(); ++i) {
        auto changed = token;
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        EXPECT_FALSE(read_try(changed, mira, key, now)) << changed;
        EXPECT_FALSE(read_try(token.substr(0, i), mira, key, now)) << token.substr(0, i);
    }
    EXPECT_FALSE(read_try(token + ".", mira, key, now));
    EXPECT_FALSE(read_try(std::string(5'000, '.'), mira, key, now));
}

TEST(Escape, ARateHasARange) {
    EXPECT_EQ(arrived_interval(0, 0), "");
    EXPECT_EQ(arrived_interval(0, 10), "0–28 %");
    EXPECT_EQ(arrived_interval(10, 10), "72–100 %");
    EXPECT_EQ(arrived_interval(100, 200), "43–57 %");
}

TEST(Escape, ALinkOffersItWhereItOrTheShopAsks) {
    const auto link = [](std::string target, Outside outside, std::string live = "") {
        return Link{.slug = "x", .target = std::move(target), .live = std::move(live), .outside = outside};
    };
    EXPECT_FALSE(offers(link("https://x.example/", Outside::as_shop), Ask::never));
    EXPECT_FALSE(offers(link("https://x.example/", Outside::as_shop), Ask::selling));
    EXPECT_TRUE(offers(link("https://x.example/", Outside::as_shop), Ask::all));
    EXPECT_TRUE(offers(link("/p/lamp", Outside::as_shop), Ask::selling));
    EXPECT_TRUE(offers(link("/", Outside::as_shop, "*"), Ask::selling));
    EXPECT_FALSE(offers(link("/p/lamp", Outside::as_shop), Ask::never));
    EXPECT_FALSE(offers(link("/p/lamp", Outside::never), Ask::all));
    EXPECT_TRUE(offers(link("https://x.example/", Outside::offer), Ask::never));
}

TEST(Escape, AnAppsAddressIsNoScript) {
    for (const auto* good : {"spotify:album:1", "com.example.tide://lamp/1?x=1", "vnd.youtube:abc", "Spotify://album/1"})
        EXPECT_TRUE(examine_app_target(good)) << good;
    for (const auto* bad : {"javascript:alert(1)",
                            "JAVASCRIPT:alert(1)",
                            "data:text/html,x",
                            "file:///etc/passwd",
                            "intent://x#Intent;end",
                            "https://x.example/",
                            "http://x.example/",
                            "about:blank",
                            "blob:x",
                            "view-source:x",
                            "content://x",
                            "tel:1",
                            "instagram://extbrowser/?url=https://evil.example/",
                            "tide://lamp",
                            "spotify:",
                            "spotify",
                            ":x",
                            ".:x",
                            "a..b:x",
                            "java\nscript:x",
                            "com.example.tide://x;end",
                            "com.example.tide:// x",
                            ""})
        EXPECT_FALSE(examine_app_target(bad)) << bad;
}

TEST(Apps, WhatPhonesAreToldIsChecked) {
    const std::string print = "14:6D:E9:83:C5:73:06:50:D8:EE:B9:95:2F:34:FC:64:16:A0:83:42:E6:1D:BE:A8:8A:04:96:B2:3F:CF:44:E5";
    EXPECT_TRUE(examine(Apps()));
    EXPECT_TRUE(examine(
        Apps{.ios = "9JA89QQLNQ.com.example.tide-app", .paths = {"/p/*"}, .android = "com.example.tide_app", .fingerprints = {print}}));
    for (const auto* bad : {"com.example.tide", "9JA89QQLN.com.example.tide", "9ja89qqlnq.com.example.tide", "9JA89QQLNQ.",
                            "9JA89QQLNQ.tide", "9JA89QQLNQ.com..tide"})
        EXPECT_FALSE(examine(Apps{.ios = bad, .paths = {}, .android = "", .fingerprints = {}})) << bad;
    EXPECT_FALSE(examine(Apps{.ios = "", .paths = {"p/*"}, .android = "", .fingerprints = {}}));
    EXPECT_FALSE(examine(Apps{.ios = "", .paths = {"/a b"}, .android = "", .fingerprints = {}}));
    EXPECT_FALSE(examine(Apps{.ios = "", .paths = {}, .android = "com.example.tide", .fingerprints = {}}));
    EXPECT_FALSE(examine(Apps{.ios = "", .paths = {}, .android = "", .fingerprints = {print}}));
    for (const auto& bad : {print.substr(1), print + ":00", std::string(95, 'A'), std::string("14:6d") + print.substr(5)})
        EXPECT_FALSE(examine(Apps{.ios = "", .paths = {}, .android = "com.example.tide", .fingerprints = {bad}})) << bad;
}

}  // namespace
}  // namespace barrow::links
