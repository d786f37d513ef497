// The public pages as files: what stands in them, what is left to Barrow, and what a second time changes.
#include <filesystem>
#include <fstream>

#include "app/static_site.hpp"
#include "rooms/links/edge.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/stock/stock.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

namespace fs = std::filesystem;

app::Config for_files() {
    app::Config config;
    config.for_files = true;
    return config;
}

class StaticSites : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        folder = fs::temp_directory_path() / ("barrow-static-" + std::string(app.random.token(9)));
        const auto made = app.db->write_now([&](store::Tx& tx) -> Status {
            const auto lamp = TRY(catalog::add(tx, app.mira, {.slug = "tide-lamp", .name = "Tide lamp", .price = {2'450, euro}},
                                               app.clock.now(), app.random));
            TRY(stock::receive(tx, app.mira.id, lamp.id, 7, "opening stock", app.clock.now()));
            TRY(snippets::publish(
                tx, app.mira,
                {.slug = "tide-lamp", .product = lamp.id, .publication = {.words = {.title = "Bring the tide in", .action = "See it"}}},
                app.secrets(), app.clock.now(), app.random));
            return {};
        });
        ASSERT_TRUE(made) << made.error().text;
        add({.slug = "plain", .aliases = {"also"}, .target = "https://x.example/?a=1"});
        add({.slug = "lamp", .target = "/p/tide-lamp", .utm = "utm_source={slug}"});
    }
    void TearDown() override { fs::remove_all(folder); }

    void add(links::Link link) {
        const auto added =
            app.db->write_now([&](store::Tx& tx) { return links::add(tx, app.mira.id, std::move(link), app.clock.now(), app.random); });
        ASSERT_TRUE(added) << added.error().text;
    }
    Result<app::StaticSite> write() {
        return app::write_static_site(*app.app, *app.db, app.mira, "http://localhost:8080",
                                      {.directory = folder.string(), .barrow_at = "http://127.0.0.1:9"}, app.clock.now(),
                                      [](std::int64_t, std::int64_t) {});
    }
    std::string file(const std::string& name) {
        std::ifstream in(folder / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    TestApp app{GetParam(), for_files()};
    fs::path folder;
};
BARROW_BOTH_ENGINES(StaticSites);

TEST_P(StaticSites, NothingStandsInAFileThatHoldsForAMomentOnly) {
    const auto told = write();
    ASSERT_TRUE(told) << told.error().text;
    for (const std::string name :
         {"public/index.html", "public/p/tide-lamp/index.html", "public/embed/tide-lamp/index.html", "public/404.html"}) {
        const auto page = file(name);
        ASSERT_NE(page, "") << name;
        EXPECT_EQ(page.find("nonce"), std::string::npos) << name;
        EXPECT_EQ(page.find("7 left"), std::string::npos) << name;
        EXPECT_EQ(page.find("name=\"quote\""), std::string::npos) << name;
        EXPECT_NE(page.find("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"),
                  std::string::npos)
            << name;
    }
    const auto page = file("public/p/tide-lamp/index.html");
    EXPECT_NE(page.find("href=\"/p/tide-lamp/now\""), std::string::npos) << "what sells asks Barrow";
    EXPECT_NE(page.find("Bring the tide in"), std::string::npos);
    EXPECT_EQ(app.get("/p/tide-lamp/now").status, 200);
    EXPECT_EQ(wire::read_json(file("public/snippets/tide-lamp.json"))->find("does")->text(), "Bring the tide in");
    EXPECT_EQ(file("public/.well-known/did.json"), body_of(app.get("/.well-known/did.json")));
}

TEST_P(StaticSites, LinksThatAreTheSameForEverybodyAreInTheMapsAndTheOthersAreNamed) {
    add({.slug = "secret", .target = "https://x.example/", .password_hash = "$argon2id$x"});
    add({.slug = "fifty", .target = "https://x.example/", .clicks_max = 50});
    add({.slug = "soon", .target = "https://x.example/", .starts = app.clock.now() + hours(1)});
    add({.slug = "money", .target = "https://x.example/$a"});
    add({.slug = "brace", .target = "https://x.example/{a}"});
    add({.slug = "Case", .target = "https://x.example/1"});
    add({.slug = "case", .target = "https://x.example/2"});
    add({.slug = "told", .target = "https://x.example/", .tell_context = true});
    const auto told = write();
    ASSERT_TRUE(told) << told.error().text;
    EXPECT_EQ(told->redirects, 2);
    EXPECT_EQ(file("redirects.nginx"),
              "/s/plain \"https://x.example/?a=1\";\n/s/also \"https://x.example/?a=1\";\n/s/lamp \"/p/tide-lamp?utm_source=lamp\";\n");
    EXPECT_EQ(file("redirects.caddy"),
              "/s/plain \"https://x.example/?a=1\"\n/s/also \"https://x.example/?a=1\"\n/s/lamp \"/p/tide-lamp?utm_source=lamp\"\n");
    std::map<std::string, std::string> why;
    for (const auto& one : told->left) why[one.path] = one.why;
    EXPECT_EQ(why["/s/secret"], "it has a password");
    EXPECT_EQ(why["/s/fifty"], "its clicks are limited");
    EXPECT_EQ(why["/s/soon"], "it begins or ends");
    EXPECT_EQ(why["/s/money"], "its target has signs that mean something else there");
    EXPECT_EQ(why["/s/brace"], why["/s/money"]);
    EXPECT_EQ(why["/s/Case"], "another one differs in its case only");
    EXPECT_EQ(why["/s/case"], why["/s/Case"]);
    EXPECT_EQ(why["/s/told"], "its target is told of the click");
}

TEST_P(StaticSites, ASecondTimeWritesWhatChangedAndTakesAwayWhatIsGone) {
    const auto first = write();
    ASSERT_TRUE(first) << first.error().text;
    EXPECT_GT(first->written, 20);
    const auto again = write();
    EXPECT_EQ(again->written, 0);
    EXPECT_EQ(again->unchanged, first->written);
    EXPECT_EQ(again->bytes, first->bytes);
    const auto hidden = app.db->write_now([&](store::Tx& tx) -> Status {
        auto product = TRY(catalog::find(tx, app.mira.id, "tide-lamp"));
        product.published = false;
        TRY(catalog::change(tx, app.mira, product, app.clock.now()));
        return {};
    });
    ASSERT_TRUE(hidden) << hidden.error().text;
    const auto then = write();
    EXPECT_GE(then->removed, 1);
    EXPECT_FALSE(fs::exists(folder / "public/p/tide-lamp")) << "with its empty folder";
    EXPECT_TRUE(fs::exists(folder / "public/index.html"));
}

TEST_P(StaticSites, WhatTheOperatorsFileDeniesIsLeftToBarrow) {
    const auto list = folder.string() + ".deny";
    std::ofstream(list) << "x.example\n";
    auto config = for_files();
    config.deny_file = list;
    TestApp other{GetParam(), config};
    const auto added = other.db->write_now([&](store::Tx& tx) {
        return links::add(tx, other.mira.id, {.slug = "denied", .target = "https://x.example/"}, other.clock.now(), other.random);
    });
    ASSERT_TRUE(added) << added.error().text;
    const auto told = app::write_static_site(*other.app, *other.db, other.mira, "http://localhost:8080", {.directory = folder.string()},
                                             other.clock.now(), [](std::int64_t, std::int64_t) {});
    ASSERT_TRUE(told) << told.error().text;
    EXPECT_EQ(told->redirects, 0);
    EXPECT_EQ(file("redirects.nginx"), "");
    fs::remove(list);
}

TEST_P(StaticSites, WordsThatBeginOrEndSayWhenTheFilesAreOld) {
    EXPECT_FALSE(write()->next);
    const auto ends = app.clock.now() + hours(5);
    const auto again = app.db->write_now([&](store::Tx& tx) -> Status {
        const auto snippet = TRY(snippets::find(tx, app.mira.id, "tide-lamp", app.clock.now()));
        TRY(snippets::publish_again(tx, app.mira, snippet.id, {.words = {.title = "Until five", .action = "See it"}, .ends = ends},
                                    app.secrets(), app.clock.now()));
        return {};
    });
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(write()->next, ends);
}

TEST_P(StaticSites, AListOfFilesThatNamesOthersIsNotBelieved) {
    ASSERT_TRUE(write());
    const auto outside = folder.string() + ".mine";
    std::ofstream(outside) << "mine";
    for (const auto& name : {"../" + fs::path(outside).filename().string(), outside, std::string()}) {
        std::ofstream(folder / "files.json") << wire::write_json(wire::Json::object({{"files", wire::Json::array({name})}}));
        const auto told = write();
        ASSERT_FALSE(told) << name;
        EXPECT_NE(told.error().text.find("is damaged"), std::string::npos) << told.error().text;
    }
    EXPECT_TRUE(fs::exists(outside));
    fs::remove(outside);
}

TEST_P(StaticSites, AnAddressThatIsNoneAndAClosedShopWriteNothing) {
    const auto wrong = app::write_static_site(*app.app, *app.db, app.mira, "http://nonsense:::", {.directory = folder.string()},
                                              app.clock.now(), [](std::int64_t, std::int64_t) {});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().text, "no viewer can reach the shop at http://nonsense:::; say its address like https://shop.example");
    ASSERT_TRUE(app.app->command("suspend_shop", wire::Json::object({{"shop", "mira"}, {"why", "a trial"}})).ok());
    const auto closed = write();
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().text, "the shop is closed: nothing of it is public");
    EXPECT_FALSE(fs::exists(folder));
}

TEST_P(StaticSites, AFolderThatHoldsSomethingElseIsLeftAlone) {
    fs::create_directories(folder);
    std::ofstream(folder / "mine.txt") << "mine";
    const auto told = write();
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().fault, Fault::conflict);
    EXPECT_NE(told.error().text.find("holds other files; choose an empty folder"), std::string::npos) << told.error().text;
    EXPECT_EQ(file("mine.txt"), "mine");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST(Edge, a_line_of_a_map_is_left_out_where_its_server_would_read_it_otherwise) {
    EXPECT_EQ(links::nginx_map_line("/s/a", "https://x.example/{b}"), "/s/a \"https://x.example/{b}\";\n");
    EXPECT_EQ(links::caddy_map_line("/s/a", "https://x.example/$b"), "/s/a \"https://x.example/$b\"\n");
    for (const std::string bad : {"https://x.example/\"", "https://x.example/\\", "https://x.example/ b", "https://x.example/\n",
                                  "https://x.example/`", "https://x.example/\xc3\xa9"}) {
        EXPECT_EQ(links::nginx_map_line("/s/a", bad), "") << bad;
        EXPECT_EQ(links::caddy_map_line("/s/a", bad), "") << bad;
    }
    EXPECT_EQ(links::nginx_map_line("/s/a", "https://x.example/$b"), "");
    EXPECT_EQ(links::caddy_map_line("/s/a", "https://x.example/{b}"), "");
}

}  // namespace
}  // namespace barrow::testing
