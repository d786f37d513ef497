// Many shops: what who runs the installation decides of one of them, and what that leaves its owner, its viewers and its buyers.
#include <gtest/gtest.h>

#include "app/shop_export.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class Shops : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        ASSERT_EQ(make("lamp"), 201);
        otto = app.make_shop("otto");
        ASSERT_EQ(app.api(http::Method::post, "/@otto/api/v1/links", app.make_key(otto), R"({"slug":"lamp","target":"https://o.example/"})")
                      .status,
                  201);
    }
    int make(const std::string& slug) {
        return app.api(http::Method::post, "/api/v1/links", key, R"({"slug":")" + slug + R"(","target":"https://a.example/"})").status;
    }
    void suspend(const std::string& why) {
        ASSERT_TRUE(app.app->command("suspend_shop", wire::Json::object({{"shop", "mira"}, {"why", why}})));
    }

    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);
    Studio mira = app.log_in(app.mira);
    access::Shop otto;
};
BARROW_BOTH_ENGINES(Shops);

TEST_P(Shops, ASuspendedShopIsClosedToViewersAndOpenToItsOwnersEyes) {
    suspend("complaints about fakes");
    for (const auto* path :
         {"/", "/s/lamp", "/lamp", "/p/lamp", "/live/tuesday", "/qr/lamp.svg", "/sitemap.xml", "/letters", "/report/lamp",
          "/snippets/lamp.json", "/snippets/lamp.quote.json", "/embed/lamp", "/oembed", "/overlay/tuesday"}) {
        const auto answer = app.get(path);
        EXPECT_EQ(answer.status, 503) << path;
        EXPECT_EQ(answer.body.find("complaints"), std::string::npos) << "viewers are not told why";
        EXPECT_EQ(answer.header("cache-control"), "no-store");
    }
    EXPECT_EQ(app.get("/@otto/s/lamp").status, 302) << "another shop goes on";
    EXPECT_EQ(app.get(mira, "/studio/links").status, 200);
    EXPECT_EQ(app.get(mira, "/studio/link-export.csv").status, 200);
    EXPECT_EQ(app.api(http::Method::get, "/api/v1/links", key).status, 200);
    const auto refused = app.api(http::Method::post, "/api/v1/links", key, R"({"target":"https://a.example/"})");
    EXPECT_EQ(refused.status, 403);
    EXPECT_NE(body_of(refused).find("complaints about fakes"), std::string::npos) << "the owner is told why";
    EXPECT_EQ(app.post(mira, "/studio/links", {{"target", "https://a.example/"}}).status, 403);
    EXPECT_EQ(app.get("/.well-known/did.json").status, 200) << "proofs that were given can be checked";
    suspend("");
    EXPECT_EQ(app.get("/s/lamp").status, 302);
    EXPECT_EQ(make("again"), 201);
}

TEST_P(Shops, AQuotaIsForTheShopsWholeLife) {
    const auto quota = [&](const std::string& what, std::int64_t most) {
        return app.app->command("set_quota", wire::Json::object({{"shop", "mira"}, {"what", what}, {"most", most}}));
    };
    EXPECT_TRUE(quota("links", 2));
    EXPECT_EQ(make("second"), 201);
    EXPECT_EQ(make("third"), 409);
    EXPECT_EQ(
        app.api(http::Method::post, "/@otto/api/v1/links", app.make_key(otto), R"({"slug":"b","target":"https://o.example/"})").status, 201)
        << "it is mira's alone";
    EXPECT_TRUE(quota("links", -1));
    EXPECT_EQ(make("third"), 201);
    EXPECT_TRUE(quota("pages", 0));
    EXPECT_EQ(app.api(http::Method::put, "/api/v1/pages/lamps", key, R"({"title":"L","blocks":[]})").status, 409);
    EXPECT_TRUE(quota("products", 0));
    EXPECT_EQ(
        app.api(http::Method::post, "/api/v1/products", key, R"({"slug":"tea","name":"Tea bowl","price":{"minor":2400,"currency":"EUR"}})")
            .status,
        409);
}

TEST_P(Shops, WhoRunsTheInstallationSeesAllShopsAndNobodyElseDoes) {
    EXPECT_NE(app.get("/operator").body.find("barrow operator"), std::string::npos) << "it says how to come in";
    EXPECT_EQ(app.get(mira, "/operator").body.find("otto"), std::string::npos) << "a shop's owner is nobody here";
    const auto url = app.app->command("operator_login", wire::Json::object()).value().find("url")->text();
    const auto token = url.substr(url.find("token=") + 6);
    const auto login = [&] {
        return app.call({.method = http::Method::post,
                         .target = "/operator/login",
                         .body = "token=" + token,
                         .headers = {{"content-type", "application/x-www-form-urlencoded"}}});
    };
    const auto inside = login();
    ASSERT_EQ(inside.status, 303);
    EXPECT_EQ(login().status, 401) << "a link works once";
    const auto cookie = std::string(inside.header("set-cookie"));
    Studio desk{.base = "", .cookie = cookie.substr(0, cookie.find(';')), .csrf = ""};
    const auto page = app.get(desk, "/operator");
    EXPECT_NE(page.body.find("otto"), std::string::npos);
    desk.csrf = between(page.body, "name=\"csrf\" value=\"", "\"");
    EXPECT_EQ(app.get(desk, "/studio/links").status, 303) << "it is no way into a shop's studio";
    EXPECT_EQ(app.call({.target = "/operator", .authority = "links.example"}).status, 404) << "nor is it on a shop's domain";

    EXPECT_EQ(app.post(desk, "/operator/shops/otto/suspend", {{"why", ""}}).status, 422);
    EXPECT_EQ(app.post(desk, "/operator/shops/otto/suspend", {{"why", "fakes"}}).status, 303);
    EXPECT_EQ(app.get("/@otto/s/lamp").status, 503);
    EXPECT_EQ(app.get("/s/lamp").status, 302);
    EXPECT_EQ(app.post(desk, "/operator/shops/otto/resume", {}).status, 303);
    EXPECT_EQ(app.get("/@otto/s/lamp").status, 302);
    EXPECT_EQ(app.post(desk, "/operator/shops/mira/quota", {{"links", "1"}}).status, 303);
    EXPECT_EQ(make("second"), 409);
    EXPECT_EQ(app.post(desk, "/operator/shops/mira/quota", {{"links", "many"}}).status, 422);
    EXPECT_EQ(app.post(desk, "/operator/shops/mira/quota", {{"mails", "100"}, {"files", "20"}, {"megabytes", "500"}}).status, 303);
    const auto limited = app.get(desk, "/operator").body;
    for (const auto* words :
         {"0 mails today", "0 files kept", "0 megabytes kept", "Most mails a day", "value=\"500\"", "placeholder=\"2048\""})
        EXPECT_NE(limited.find(words), std::string::npos) << words;
    EXPECT_EQ(app.post(desk, "/operator/shops", {{"slug", "ada"}, {"name", "Ada"}}).status, 303);
    EXPECT_EQ(app.get("/@ada/").status, 200);
    EXPECT_EQ(app.post(mira, "/operator/shops/otto/suspend", {{"why", "revenge"}}).status, 401);
}

TEST_P(Shops, TheExportHoldsEveryTableOfTheShopAndNothingOfAnother) {
    for (int i = 0; i < 1'100; ++i) {  // more than a page
        app.db.sql("INSERT INTO utm_template (shop_id, name, utm) VALUES ($1, $2, 'utm_source=x')",
                   {app.mira.id, "template " + std::to_string(i)});
    }
    std::string text;
    std::map<std::string, std::int64_t, std::less<>> counts;
    const auto done = app::export_shop(
        *app.db, app.mira, app.clock.now(),
        [&](const std::string& piece) {
            text += piece;
            return true;
        },
        [&](std::string_view table, std::int64_t rows) { counts[std::string(table)] = rows; });
    ASSERT_TRUE(done) << done.error().text;
    EXPECT_EQ(counts["utm_template"], 1'100);
    EXPECT_EQ(counts["link"], 1);
    EXPECT_EQ(counts["api_key"], 1);
    for (const auto* one : {"account", "orders", "product", "snippet_version", "click_block", "conversion", "page", "letter_subscriber"})
        EXPECT_TRUE(counts.contains(one)) << one;
    for (const auto* one : {"login_link", "studio_session", "promise"}) EXPECT_FALSE(counts.contains(one)) << one;
    EXPECT_EQ(text.find("o.example"), std::string::npos) << "another shop's link";
    EXPECT_EQ(text.find("_secret"), std::string::npos);
    EXPECT_EQ(text.find("_hash\""), std::string::npos) << "no token's hash";
    std::size_t lines = 0;
    for (std::size_t at = 0; at < text.size(); ++lines) {
        const auto end = text.find('\n', at);
        ASSERT_NE(end, std::string::npos);
        ASSERT_TRUE(wire::read_json(text.substr(at, end - at))) << text.substr(at, 200);
        at = end + 1;
    }
    EXPECT_GT(lines, 1'102U);
    const auto cut = app::export_shop(*app.db, app.mira, app.clock.now(), [](const std::string&) { return false; }, {});
    EXPECT_FALSE(cut) << "a full disk is told";
}

}  // namespace
}  // namespace barrow::testing
