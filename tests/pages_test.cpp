// Pages: what is edited in the studio and by the API, and what visitors see of it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "rooms/catalog/product.hpp"
#include "rooms/links/pages/page.hpp"
#include "rooms/telemetry/clicks.hpp"
#include "support/app.hpp"
#include "support/smtp.hpp"

namespace barrow::testing {
namespace {

constexpr auto phone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 "
    "Safari/604.1";

class Pages : public ::testing::TestWithParam<Engine> {
protected:
    http::Response put(const std::string& slug, const std::string& json) {
        return app.api(http::Method::put, "/api/v1/pages/" + slug, key, json);
    }
    void publish(const std::string& slug, const std::string& blocks) {
        const auto done = put(slug, R"({"title":"Lamp","publish":true,"blocks":)" + blocks + "}");
        ASSERT_EQ(done.status, 200) << body_of(done);
    }
    void expect_shown(const std::string& path, const std::string& text, bool shown = true) {
        EXPECT_EQ(app.get(path).body.find(text) != std::string::npos, shown) << text;
    }

    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);
    Studio mira = app.log_in(app.mira);
};
BARROW_BOTH_ENGINES(Pages);

TEST_P(Pages, VisitorsSeeWhatIsPublishedAndNothingElse) {
    expect_shown("/", "The stall is being set up");
    ASSERT_EQ(put("bio", R"({"blocks":[{"kind":"text","text":"First <b>words</b>"}]})").status, 200);
    expect_shown("/", "First", false);
    expect_shown("/", "The stall is being set up");
    EXPECT_NE(app.get(mira, "/studio/pages/bio/preview").body.find("First &lt;b&gt;words"), std::string::npos) << "no HTML of a creator's";
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/publish", {}).status, 303);
    expect_shown("/", "First &lt;b&gt;words");
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/blocks/1", {{"act", "remove"}}).status, 303);
    expect_shown("/", "First");
    const auto json = json_of(app.api(http::Method::get, "/api/v1/pages/bio", key));
    EXPECT_TRUE(json.find("differs")->boolean());
    // The draft before the change is the newest of the past.
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/put-back", {{"past", "3"}}).status, 303);
    EXPECT_NE(app.get(mira, "/studio/pages/bio/preview").body.find("First"), std::string::npos);
}

TEST_P(Pages, TheDraftIsTheOwnersAlone) {
    const auto stranger = app.get("/studio/pages/bio/preview");
    EXPECT_EQ(stranger.status, 303);
    EXPECT_EQ(stranger.header("location"), "/studio/login");
    const auto own = app.get(mira, "/studio/pages/bio/preview");
    EXPECT_NE(own.header("content-security-policy").find("frame-ancestors 'self'"), std::string::npos);
    EXPECT_NE(app.get("/").header("content-security-policy").find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_NE(app.get(mira, "/studio/page").header("content-security-policy").find("frame-src 'self'"), std::string::npos);
    EXPECT_EQ(app.post({}, "/studio/pages/bio/publish", {}).status, 303) << "to the login";
    EXPECT_EQ(app.api(http::Method::put, "/api/v1/pages/bio", "", "{}").status, 401);
}

TEST_P(Pages, BlocksShowInTheirTimeOnly) {
    const auto now = app.clock.now();
    const auto at = [&](Duration later) { return iso(now + later); };
    publish("bio", R"([{"kind":"heading","text":"Soon","from":")" + at(hours(1)) + R"("},{"kind":"heading","text":"Ends","until":")" +
                       at(hours(1)) + R"("},{"kind":"heading","text":"Hidden","hidden":true},
                       {"kind":"countdown","label":"It opens","at":")" +
                       at(hours(1)) + R"(","after":"It is open"}])");
    expect_shown("/", ">Soon<", false);
    expect_shown("/", ">Ends<");
    expect_shown("/", ">Hidden<", false);
    expect_shown("/", "data-until");
    expect_shown("/", "Then: It is open");
    app.clock.advance(hours(1));
    expect_shown("/", ">Soon<");
    expect_shown("/", ">Ends<", false);
    expect_shown("/", "data-until", false);
    expect_shown("/", "It is open");
}

TEST_P(Pages, PartsOfASecondEndNoProgram) {
    const auto page = [&](const std::string& block) {
        return put("when", R"({"title":"T","publish":true,"blocks":[)" + block + "]}").status;
    };
    EXPECT_EQ(page(R"({"kind":"heading","text":"A","from":"2026-12-01T00:00:00.1Z","until":"2026-12-01T00:00:00.9Z"})"), 400);
    EXPECT_EQ(page(R"({"kind":"countdown","label":"A","at":"9999-12-31T23:59:59-14:00"})"), 400);
    EXPECT_EQ(page(R"({"kind":"heading","text":"A","from":"2020-12-01T00:00:00.1Z"})"), 200);
    EXPECT_EQ(app.get("/sitemap.xml").status, 200);
    expect_shown("/when", ">A<");
    app.db.sql("UPDATE page SET draft = 'no json', published = '{\"blocks\":7}'");
    EXPECT_EQ(app.get("/sitemap.xml").status, 200);
    EXPECT_LT(app.get("/when").status, 500);
}

TEST_P(Pages, TheBioListsLinksThatLeadOn) {
    const auto link = [&](const std::string& json) { app.api(http::Method::post, "/api/v1/links", key, json); };
    link(R"({"slug":"good","target":"https://a.example/","title":"Good one","on_bio":true})");
    link(R"({"slug":"over","target":"https://a.example/","title":"Over one","on_bio":true,"ends":"2020-01-01T00:00:00Z"})");
    link(
        R"({"slug":"moved","target":"https://a.example/","title":"Moved one","on_bio":true,"ends":"2020-01-01T00:00:00Z","ended_target":"/p/x"})");
    link(R"({"slug":"soon","target":"https://a.example/","title":"Soon one","on_bio":true,"starts":"2199-01-01T00:00:00Z"})");
    expect_shown("/", "Good one");
    expect_shown("/", "Moved one");
    expect_shown("/", "Over one", false);
    expect_shown("/", "Soon one", false);
}

TEST_P(Pages, ASlugIsALinksOrAPagesNeverBoth) {
    publish("Lamp", R"([{"kind":"heading","text":"Of beech"}])");
    expect_shown("/lamp", ">Of beech<");
    expect_shown("/LAMP", ">Of beech<");
    expect_shown("/lamp", "<link rel=\"canonical\" href=\"http://localhost:8080/lamp\">");
    EXPECT_EQ(app.get("/s/Lamp?x=1").header("location"), "/lamp?x=1");
    EXPECT_EQ(app.get("/bio").status, 404);
    const auto link = app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"lAmp","target":"/"})");
    EXPECT_EQ(link.status, 409) << body_of(link);
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"Bowl","target":"/p/bowl"})").status, 201);
    EXPECT_EQ(put("bowl", R"({"title":"Bowl"})").status, 409);
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/links/Bowl", key, R"({"slug":"lamp"})").status, 409);
    for (const auto* slug : {"studio", "p", "sitemap.xml"}) EXPECT_EQ(put(slug, R"({"title":"x"})").status, 400) << slug;
    EXPECT_EQ(put("note", R"({"blocks":[]})").status, 400) << "a page has a title";
    // Taken away, its address is free; while nobody took it, it comes back.
    ASSERT_EQ(app.post(mira, "/studio/pages/lamp/remove", {}).status, 303);
    EXPECT_EQ(app.get("/lamp").status, 404);
    ASSERT_EQ(app.post(mira, "/studio/pages/lamp/restore", {}).status, 303);
    expect_shown("/lamp", ">Of beech<");
    ASSERT_EQ(app.post(mira, "/studio/pages/lamp/remove", {}).status, 303);
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"lamp","target":"/p/lamp"})").status, 201);
    EXPECT_EQ(app.get("/lamp").status, 302);
    EXPECT_EQ(app.post(mira, "/studio/pages/lamp/restore", {}).status, 422);
}

TEST_P(Pages, TapsGoThroughLinksThatSayWhereFrom) {
    const std::string blocks = R"([{"kind":"link","link":"https://map.example/","label":"Map"},
        {"kind":"clips","items":[{"label":"Tide by night","picture":"/demo/tide-lamp.svg","link":"/p/lamp"}]},
        {"kind":"social","items":[{"network":"mail","address":"mailto:hello@mira.example"}]}])";
    publish("bio", blocks);
    const auto body = app.get("/").body;
    const auto slug = between(body, "href=\"/s/", "?d=bio\"");
    ASSERT_NE(slug, "");
    EXPECT_EQ(app.get("/s/" + slug + "?d=bio").header("location"), "https://map.example/");
    EXPECT_NE(body.find("?d=clip%3Atide-by-night"), std::string::npos) << "each clip is its own source";
    EXPECT_NE(body.find("href=\"mailto:hello@mira.example\""), std::string::npos);
    const auto count = [&] { return json_of(app.api(http::Method::get, "/api/v1/links", key)).find("items")->items().size(); };
    EXPECT_EQ(count(), 2U);
    publish("bio", blocks);
    EXPECT_EQ(count(), 2U) << "the same page sent again makes no new links";
    ASSERT_EQ(app.api(http::Method::patch, "/api/v1/links/" + slug, key, R"({"slug":"map"})").status, 200);
    expect_shown("/", "/s/map?d=bio");
    const auto refused = put("bio", R"({"blocks":[{"kind":"links"},{"kind":"link","link":"nowhere"}]})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(body_of(refused).find("blocks[2].link: there is no link"), std::string::npos) << body_of(refused);
    EXPECT_EQ(put("bio", R"({"blocks":[{"kind":"link","link":"javascript:x"}]})").status, 400);
}

TEST_P(Pages, ABlockWhoseLinkIsRemovedShowsNothingAndComesBackWithIt) {
    ASSERT_EQ(
        app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"map","target":"https://map.example/","title":"The map"})").status,
        201);
    publish("bio", R"([{"kind":"link","link":"map"},{"kind":"heading","text":"Below"}])");
    expect_shown("/", "The map");
    ASSERT_EQ(app.api(http::Method::del, "/api/v1/links/map", key).status, 200);
    expect_shown("/", "The map", false);
    expect_shown("/", "Below");
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/blocks/2", {{"act", "save"}, {"text", "Further down"}}).status, 303)
        << "the rest of the page can be changed";
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/publish", {}).status, 303);
    expect_shown("/", "Further down");
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/links/map/restore", key, "{}").status, 200);
    expect_shown("/", "The map");
}

TEST_P(Pages, ViewsAndTapsAreCountedAsClicksAreAndTheLogBearsThemOut) {
    using Headers = std::vector<std::pair<std::string, std::string>>;
    const auto open = [&](const std::string& path, Headers headers = {}, const std::string& agent = phone,
                          http::Method method = http::Method::get) {
        app.clock.advance(seconds(3));
        headers.emplace_back("user-agent", agent);
        return app.call({.method = method, .target = path, .headers = std::move(headers)}).status;
    };
    publish("lamp", R"([{"kind":"link","link":"https://a.example/","label":"A"},{"kind":"link","link":"https://b.example/","label":"B"},
        {"kind":"clips","items":[{"label":"Night","picture":"/demo/tide-lamp.svg","link":"https://c.example/"}]}])");
    const auto body = app.call({.target = "/lamp", .headers = {{"user-agent", "curl/8.5.0"}}}).body;
    const auto first = between(body, "href=\"/s/", "?d=lamp\"");
    const auto clip = between(body, "href=\"/s/", "?d=clip%3Anight\"");
    for (int i = 0; i < 4; ++i) EXPECT_EQ(open("/lamp"), 200);
    EXPECT_EQ(open("/"), 200);
    // What is no view, by the same reasons as with clicks; the curl above is one.
    open("/lamp", {}, phone, http::Method::head);
    open("/lamp", {{"sec-purpose", "prefetch"}});
    open("/lamp", {}, "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)");
    open("/lamp", {{"cookie", mira.cookie}});
    open("/lamp");
    app.call({.target = "/lamp", .headers = {{"user-agent", phone}}});  // reloaded at once
    open("/s/" + first + "?d=lamp");
    open("/s/" + first + "?d=lamp");
    open("/s/" + first);
    open("/s/" + clip.substr(clip.rfind('/') + 1) + "?d=clip:night");
    app.tick();
    const auto page = json_of(app.api(http::Method::get, "/api/v1/pages/lamp", key));
    EXPECT_EQ(wire::write_json(*page.find("views")), R"({"week":5,"month":5,"not_counted":6})");
    EXPECT_EQ(wire::write_json(*page.find("taps")), R"({"week":3,"month":3})")
        << "two with the page's tag, one of the clip; not the one from elsewhere";
    EXPECT_EQ(wire::write_json(*page.find("block_taps")),
              R"([{"block":1,"taps":{"week":2,"month":2}},{"block":2,"taps":{"week":0,"month":0}},)"
              R"({"block":3,"taps":{"week":1,"month":1}}])");
    const auto bio = json_of(app.api(http::Method::get, "/api/v1/pages/bio", key));
    EXPECT_EQ(bio.find("views")->find("month")->integer(), 1);
    const auto listed = json_of(app.api(http::Method::get, "/api/v1/pages", key));
    EXPECT_EQ(listed.find("items")->items()[1].find("views")->find("week")->integer(), 5);
    EXPECT_EQ(json_of(app.api(http::Method::get, "/api/v1/links/" + first, key)).find("clicks")->find("all")->integer(), 3)
        << "views are no clicks";
    EXPECT_NE(app.get(mira, "/studio/pages/lamp").body.find("60.0 %"), std::string::npos);
    const auto numbers = app.get(mira, "/studio/numbers").body;
    EXPECT_NE(numbers.find("60.0 %"), std::string::npos);
    EXPECT_NE(numbers.find("/studio/pages/lamp"), std::string::npos);
    const auto audited = [&] {
        return app.db
            ->read_now([&](store::Tx& tx) -> Result<telemetry::Audit> {
                access::Directory directory(app.secrets());
                TRY(directory.reload(tx));
                return telemetry::audit(tx, *directory.by_slug("mira"), {});
            })
            .value();
    };
    EXPECT_TRUE(audited().good());
    EXPECT_EQ(audited().views, 6);
    EXPECT_EQ(audited().views_not_counted, 6);
    EXPECT_EQ(audited().clicks, 4);
    app.db.sql("UPDATE touch_count SET n = n + 1 WHERE kind = 'view'");
    ASSERT_FALSE(audited().good());
    EXPECT_NE(audited().wrong[0].what.find("view of "), std::string::npos) << audited().wrong[0].what;
    app.clock.advance(days(7));
    const auto later = json_of(app.api(http::Method::get, "/api/v1/pages/lamp", key));
    EXPECT_EQ(later.find("views")->find("week")->integer(), 0);
    EXPECT_EQ(later.find("taps")->find("month")->integer(), 3);
}

TEST_P(Pages, WhatWouldShowNothingIsSaidAndMayBePublished) {
    ASSERT_TRUE(app.db->write_now([&](store::Tx& tx) -> Status {
        TRY(catalog::add(tx, app.mira, {.slug = "bowl", .name = "Bowl", .price = {1850, euro}}, app.clock.now(), app.random));
        return {};
    }));
    const auto link = [&](const std::string& json) { ASSERT_EQ(app.api(http::Method::post, "/api/v1/links", key, json).status, 201); };
    link(R"({"slug":"over","target":"https://a.example/","ends":"2020-01-01T00:00:00Z"})");
    link(R"({"slug":"shelved","target":"https://a.example/","archived":"2020-01-01T00:00:00Z"})");
    link(R"({"slug":"soon","target":"https://a.example/","starts":"2199-01-01T00:00:00Z"})");
    link(R"({"slug":"going","target":"https://a.example/"})");
    link(R"({"slug":"good","target":"https://a.example/"})");
    const auto done = put(
        "bio", R"({"publish":true,"blocks":[{"kind":"link","link":"over"},{"kind":"link","link":"shelved"},{"kind":"link","link":"soon"},
        {"kind":"link","link":"going"},{"kind":"link","link":"good"},{"kind":"product","product":"bowl"},{"kind":"product","product":"cup"},
        {"kind":"links"},{"kind":"snippets"},{"kind":"live"},{"kind":"today"},{"kind":"link","link":"over","hidden":true},
        {"kind":"social","items":[{"network":"youtube","address":"over"}]},{"kind":"snippet","snippet":"none"}]})");
    ASSERT_EQ(done.status, 200) << body_of(done);
    ASSERT_EQ(app.api(http::Method::del, "/api/v1/links/going", key).status, 200);
    std::map<std::int64_t, std::string> said;
    const auto shown = json_of(app.api(http::Method::get, "/api/v1/pages/bio", key));
    for (const auto& one : shown.find("shows_nothing")->items()) said[one.find("block")->integer()] = one.find("words")->text();
    const std::map<std::int64_t, std::string> wanted{
        {1, "its link over has ended"},  {2, "its link shelved is in the archive"}, {3, "its link soon opens on"},
        {4, "its link was removed"},     {7, "there is no product \"cup\""},        {8, "no link that leads on is set"},
        {9, "no snippet of a product"},  {10, "no live session is planned"},        {11, "today's link is not set"},
        {13, "its link over has ended"}, {14, "the snippet \"none\" is gone"}};
    ASSERT_EQ(said.size(), wanted.size()) << wire::write_json(*shown.find("shows_nothing"));
    for (const auto& [block, words] : wanted) EXPECT_TRUE(said[block].starts_with(words)) << block << ": " << said[block];
    const auto editor = app.get(mira, "/studio/page").body;
    EXPECT_NE(editor.find("These blocks show nothing."), std::string::npos);
    EXPECT_NE(editor.find("Shows nothing: its link was removed"), std::string::npos);
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/blocks/5", {{"act", "hide"}, {"link", "good"}}).status, 303);
    const auto published = app.post(mira, "/studio/pages/bio/publish", {});
    ASSERT_EQ(published.status, 303) << "it may be published all the same";
    EXPECT_NE(app.get(mira, std::string(published.header("location"))).body.find("Published. 11 blocks show nothing"), std::string::npos);
}

TEST_P(Pages, TheDenyListIsAskedForWhatBlocksLeadTo) {
    const auto file = std::filesystem::temp_directory_path() / ("deny-pages-" + std::to_string(::getpid()));
    std::ofstream(file) << "bad.example\n";
    app::Config config;
    config.deny_file = file;
    TestApp other(GetParam(), config);
    other.tick();
    const auto its_key = other.make_key(other.mira);
    const auto owner = other.log_in(other.mira);
    const auto send = [&](const std::string& link) {
        return other.api(http::Method::put, "/api/v1/pages/bio", its_key,
                         R"({"blocks":[{"kind":"heading","text":"A"},{"kind":"link","link":")" + link + R"("}]})");
    };
    const auto refused = send("https://bad.example/x");
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(body_of(refused).find("blocks[2].link: the target's host bad.example is on the deny list"), std::string::npos)
        << body_of(refused);
    const auto typed = other.post(owner, "/studio/pages/bio/blocks", {{"kind", "link"}, {"link", "https://bad.example/x"}});
    EXPECT_EQ(typed.status, 422);
    EXPECT_NE(typed.body.find("is on the deny list of whoever runs this site"), std::string::npos);
    ASSERT_EQ(send("https://fair.example/").status, 200);
    std::ofstream(file) << "bad.example\nfair.example\n";
    std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + std::chrono::seconds(5));
    other.tick();
    EXPECT_EQ(other.post(owner, "/studio/pages/bio/blocks/1", {{"act", "save"}, {"text", "B"}}).status, 303)
        << "what stood there before it was listed holds up nothing: the link itself is off";
    std::filesystem::remove(file);
}

TEST_P(Pages, TheStudioKeepsWhatWasTyped) {
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/blocks", {{"kind", "heading"}, {"text", "Spring"}}).status, 303);
    const auto refused = app.post(mira, "/studio/pages/bio/blocks/4", {{"act", "save"}, {"text", std::string(81, 'x')}});
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find(std::string(81, 'x')), std::string::npos);
    EXPECT_NE(refused.body.find("This has 81 characters; 80 are the most."), std::string::npos);
    const auto no_alt = app.post(mira, "/studio/pages/bio/blocks", {{"kind", "image"}, {"picture", "/demo/tide-lamp.svg"}});
    EXPECT_EQ(no_alt.status, 422);
    EXPECT_NE(no_alt.body.find("value=\"/demo/tide-lamp.svg\""), std::string::npos);
    EXPECT_EQ(app.post(mira, "/studio/pages/bio/blocks", {{"kind", "links"}}).status, 422) << "it is there once";
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/order", {{"order", "4,3,2,1"}, {"moved", "4"}}).status, 303);
    const auto preview = [&] { return app.get(mira, "/studio/pages/bio/preview").body; };
    EXPECT_NE(preview().find(">Spring<"), std::string::npos);
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/blocks/4", {{"act", "hide"}, {"text", "Spring"}}).status, 303);
    EXPECT_EQ(preview().find(">Spring<"), std::string::npos);
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/style", {{"style", "press"}}).status, 303);
    EXPECT_NE(preview().find("--shop-tone:#"), std::string::npos);
    EXPECT_EQ(app.post(mira, "/studio/pages/bio/style", {{"style", "neon"}}).status, 422);
    EXPECT_EQ(app.post(mira, "/studio/pages", {{"title", "Spring drop"}, {"slug", ""}}).header("location").substr(0, 26),
              "/studio/pages/spring-drop?");
    EXPECT_EQ(app.post(mira, "/studio/pages", {{"title", "Again"}, {"slug", "spring-drop"}}).status, 422);
    EXPECT_EQ(app.get("/spring-drop").status, 404) << "nobody sees a draft";
}

TEST_P(Pages, APageThatIsFullSaysSo) {
    const auto made = app.db->write_now([&](store::Tx& tx) -> Status {
        for (std::size_t i = 0; i < pages::pages_max; ++i) {
            pages::Content content;
            content.title = "x";
            TRY(pages::add(tx, app.mira.id, "page-" + std::to_string(i), content, app.clock.now(), app.random));
        }
        return {};
    });
    ASSERT_TRUE(made);
    EXPECT_EQ(put("one-more", R"({"title":"x"})").status, 413);
    for (int i = 0; i < 25; ++i) ASSERT_EQ(put("page-0", R"({"title":"x)" + std::to_string(i) + R"(","publish":true})").status, 200);
    const auto kept = app.db->read_now([&](store::Tx& tx) -> Result<std::size_t> {
        const auto page = TRY(pages::find(tx, app.mira.id, "page-0"));
        EXPECT_EQ(TRY(pages::history(tx, app.mira.id, page, pages::PastKind::published)).front().content.title, "x24");
        return TRY(tx.run(store::Query{"", "SELECT number FROM page_past"}, {})).values.size();
    });
    EXPECT_EQ(kept.value(), 40U) << "twenty drafts and twenty publications";
}

TEST_P(Pages, SearchEnginesFindPagesAndProductsButNoLinks) {
    ASSERT_TRUE(app.db->write_now([&](store::Tx& tx) -> Status {
        TRY(catalog::add(tx, app.mira, {.slug = "bowl", .name = "Bowl", .price = {1850, euro}}, app.clock.now(), app.random));
        return {};
    }));
    publish("lamp", R"([{"kind":"product","product":"bowl"}])");
    ASSERT_EQ(put("draft", R"({"title":"Draft"})").status, 200);
    ASSERT_EQ(put("quiet", R"({"title":"Quiet","no_index":true,"publish":true})").status, 200);
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"map","target":"/"})").status, 201);
    const auto map = body_of(app.get("/sitemap.xml"));
    for (const auto* there : {"<loc>http://localhost:8080/</loc>", "/lamp</loc><lastmod>", "/p/bowl</loc>"})
        EXPECT_NE(map.find(there), std::string::npos) << there;
    for (const auto* absent : {"/draft", "/quiet", "/map"}) EXPECT_EQ(map.find(absent), std::string::npos) << absent;
    EXPECT_NE(body_of(app.get("/robots.txt")).find("Sitemap: http://localhost:8080/sitemap.xml\n"), std::string::npos);
    expect_shown("/quiet", "noindex");
    expect_shown("/", "\"ProfilePage\"");
    expect_shown("/lamp", "€18.50");
}

TEST_P(Pages, SigningUpIsOfferedWhereMailCanBeSent) {
    const std::string page = R"({"publish":true,"blocks":[{"kind":"letters","label":"From the shed","purpose":"Once a month."}]})";
    ASSERT_EQ(put("bio", page).status, 200);
    expect_shown("/", "action=\"/letters\"", false);
    EXPECT_EQ(app.get(mira, "/studio/page").body.find("?add=letters"), std::string::npos);
    app::Config config;
    config.smtp = "smtp://mail.example:587";
    config.mail_from = "stall@mira.example";
    ScriptedSmtp smtp;
    TestApp other(GetParam(), config, &smtp);
    ASSERT_EQ(other.api(http::Method::put, "/api/v1/pages/bio", other.make_key(other.mira), page).status, 200);
    const auto form = between(other.get("/").body, "action=\"/letters\"", "</form>");
    ASSERT_NE(form, "");
    const auto context = between(form, "name=\"context\" value=\"", "\"");
    const auto sent =
        other.post({}, "/letters", {{"email", "noa@example.org"}, {"list", "letters"}, {"context", context}, {"website", ""}});
    EXPECT_NE(body_of(sent).find("Look into your mail"), std::string::npos) << sent.status;
    other.tick();
    EXPECT_EQ(smtp.sent.size(), 1U);
}

}  // namespace
}  // namespace barrow::testing
