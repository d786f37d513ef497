// What viewers meet at the addresses they have: links, addresses where nothing stands, holds that they come back to.
#include <gtest/gtest.h>

#include "rooms/links/import/import.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class Viewer : public ::testing::TestWithParam<Engine> {
protected:
    http::Response browse(const std::string& target) {
        return app.call({.target = target, .headers = {{"accept", "text/html,application/xhtml+xml,*/*;q=0.8"}}});
    }

    TestApp app{GetParam()};
};
BARROW_BOTH_ENGINES(Viewer);

TEST_P(Viewer, AnImportedLinkAnswersWhereItAlwaysWas) {
    const auto batch = links::import::read_yourls(
        "keyword\turl\ttitle\ttimestamp\tip\tclicks\nd4ftsfY\thttps://x.example/\tt\t\t\t2\n"
        "studio\thttps://x.example/\tt\t\t\t0\n");
    ASSERT_TRUE(batch);
    const auto taken = app.db->write_now([&](store::Tx& tx) -> Status {
        TRY(links::import::take(tx, app.mira.id, *batch, app.clock.now(), app.random));
        return {};
    });
    ASSERT_TRUE(taken);
    for (const std::string path : {"/d4ftsfY", "/s/d4ftsfY", "/@mira/d4ftsfY"}) {
        const auto answer = browse(path);
        EXPECT_EQ(answer.status, 302) << path;
        EXPECT_EQ(answer.header("location"), "https://x.example/") << path;
    }
    app.tick();
    const auto clicks = app.db->read_now([&](store::Tx& tx) -> Result<std::int64_t> {
        return TRY(tx.run(store::Query{"", "SELECT CAST(SUM(n) AS BIGINT) AS n FROM touch_count WHERE kind = 'click'"}))[0].integer("n");
    });
    EXPECT_EQ(clicks.value(), 3) << "a click counts the same at either address";
    EXPECT_EQ(browse("/studio").header("location"), "/studio/login") << "a page of the shop wins over a link of its name";
    EXPECT_EQ(browse("/s/studio").status, 302);
}

TEST_P(Viewer, WhereNothingStandsAPageSaysSo) {
    for (const std::string path :
         {"/none", "/none/at/all", "/@nobody/", "/@nobody/p/lamp", "/p/none", "/orders/none", "/p//", "/\\evil.example/"}) {
        const auto answer = browse(path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_TRUE(answer.header("content-type").starts_with("text/html")) << path;
        EXPECT_NE(answer.body.find("Nothing stands here"), std::string::npos) << path;
        EXPECT_EQ(answer.body.find("barrow demo"), std::string::npos) << path;
    }
    EXPECT_NE(browse("/@nobody/").body.find("There is no such shop here."), std::string::npos);
    for (const std::string path : {"/api/v1/none", "/api/", "/api/v1/products/"}) {
        EXPECT_EQ(browse(path).header("content-type"), "application/json") << path;
        EXPECT_EQ(browse(path).status, 404) << path;
    }
    EXPECT_EQ(app.get("/none/at/all").header("content-type"), "application/json") << "who does not ask for HTML gets the short answer";
    const auto wrong = app.call({.target = "/p/lamp/holds", .headers = {{"accept", "text/html"}}});
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.header("allow"), "POST");
    EXPECT_NE(wrong.body.find("That did not work"), std::string::npos);
}

TEST_P(Viewer, ASlashTooManyLeadsToThePage) {
    for (const auto& [path, to] : {std::pair<std::string, std::string>{"/studio/", "/studio"},
                                   {"/p/lamp/?c=x", "/p/lamp?c=x"},
                                   {"/@mira/studio/", "/@mira/studio"},
                                   {"/p/", "/p"}}) {
        const auto answer = browse(path);
        EXPECT_EQ(answer.status, 308) << path;
        EXPECT_EQ(answer.header("location"), to) << path;
    }
    EXPECT_EQ(browse("/@mira/").status, 200);
    EXPECT_EQ(browse("//evil.example/").status, 404) << "no way to another site";
}

TEST_P(Viewer, BrowsersAndSearchEnginesFindTheirFiles) {
    EXPECT_EQ(browse("/favicon.ico").header("content-type"), "image/svg+xml");
    const auto robots = browse("/robots.txt");
    EXPECT_EQ(robots.header("content-type"), "text/plain; charset=utf-8");
    EXPECT_NE(body_of(robots).find("Disallow: /holds/"), std::string::npos);
}

}  // namespace
}  // namespace barrow::testing
