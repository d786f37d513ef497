// The link check of the studio and the API, over a web that is written down; and of a shop's own link, over a real socket.
#include "floor/fetch/url.hpp"
#include "floor/http/server.hpp"
#include "rooms/links/check/linkcheck_http.hpp"
#include "rooms/links/link.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

namespace linkcheck = links::linkcheck;

class LinkCheck : public ::testing::Test {
protected:
    LinkCheck() {
        app.fetcher.answer("https://bit.example/lamp",
                           {.status = 301, .headers = {{"location", "https://shop.example/p/lamp"}}, .address = "8.8.8.8"});
        app.fetcher.answer(
            "https://shop.example/p/lamp",
            {.status = 200, .headers = {{"content-type", "text/html"}}, .body = "<title>Tide lamp</title>", .address = "8.8.4.4"});
    }
    TestApp app{Engine::sqlite};
    Studio mira = app.log_in(app.mira);
};

TEST_F(LinkCheck, TheStudioShowsWhatALinkLoses) {
    const auto empty = app.get(mira, "/studio/linkcheck?url=bit.example/lamp");
    EXPECT_EQ(empty.status, 200);
    EXPECT_NE(empty.body.find(">bit.example/lamp</textarea>"), std::string::npos);
    EXPECT_TRUE(app.fetcher.asked.empty()) << "a link into the studio asks nobody";
    const auto shown = app.post(mira, "/studio/linkcheck", {{"addresses", "bit.example/lamp\r\n\r\nhttps://shop.example/p/lamp"}});
    ASSERT_EQ(shown.status, 200) << shown.body;
    EXPECT_NE(shown.body.find("works, with losses"), std::string::npos);
    EXPECT_NE(shown.body.find("fit for a live"), std::string::npos);
    EXPECT_NE(shown.body.find("Ask for 302 instead of 301"), std::string::npos);
    EXPECT_NE(shown.body.find("utm_source"), std::string::npos);
    EXPECT_EQ(app.fetcher.asked.size(), 15U) << "five browsers, two hops and one";
    for (const auto& request : app.fetcher.asked) {
        EXPECT_EQ(request.peer, fetch::Peer::given_by_user) << request.url;
        EXPECT_EQ(request.redirects_max, 0);
        EXPECT_LE(request.total_ms, linkcheck::walk_ms_max);
    }
}

TEST_F(LinkCheck, OnlyTheShopsOwnOriginMayBePrivate) {
    app.fetcher.answer("http://localhost:8080/s/lamp",
                       {.status = 302, .headers = {{"location", "http://localhost:8081/x"}}, .address = "127.0.0.1"});
    app.post(mira, "/studio/linkcheck", {{"addresses", "http://localhost:8080/s/lamp"}});
    ASSERT_EQ(app.fetcher.asked.size(), 10U);
    for (const auto& request : app.fetcher.asked)
        EXPECT_EQ(request.peer == fetch::Peer::named_in_config, request.url.starts_with("http://localhost:8080/")) << request.url;
}

TEST_F(LinkCheck, WhatIsWrongStandsAtTheField) {
    struct Case {
        std::string typed, says;
    };
    for (const auto& one : {Case{"", "one to 5"}, Case{"ftp://a.example/", "not an address of the web"},
                            Case{"a.example\nb.example\nc\nd\ne\nf", "one to 5"}}) {
        const auto refused = app.post(mira, "/studio/linkcheck", {{"addresses", one.typed}});
        EXPECT_EQ(refused.status, 422) << one.typed;
        EXPECT_NE(refused.body.find(one.says), std::string::npos) << one.typed;
    }
    auto stranger = mira;
    stranger.csrf = "guessed";
    EXPECT_EQ(app.post(stranger, "/studio/linkcheck", {{"addresses", "bit.example/lamp"}}).status, 403);
    stranger.cookie = "";
    EXPECT_EQ(app.post(stranger, "/studio/linkcheck", {{"addresses", "bit.example/lamp"}}).status, 303) << "to the login";
    EXPECT_TRUE(app.fetcher.asked.empty());
}

TEST_F(LinkCheck, ProgramsAskTheApi) {
    EXPECT_EQ(app.api(http::Method::get, "/api/v1/linkcheck?url=bit.example/lamp", "").status, 401);
    EXPECT_TRUE(app.fetcher.asked.empty());
    const auto key = app.make_key(app.mira);
    EXPECT_EQ(app.api(http::Method::get, "/api/v1/linkcheck", key).status, 400);
    EXPECT_EQ(app.api(http::Method::get, "/api/v1/linkcheck?url=ftp://a.example/", key).status, 400);
    const auto answer = app.api(http::Method::get, "/api/v1/linkcheck?url=bit.example/lamp", key);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto told = json_of(answer);
    EXPECT_EQ(told.find("verdict")->text(), "with_losses");
    EXPECT_EQ(told.find("walks")->items().size(), 5U);
    EXPECT_EQ(told.find("walks")->items()[0].find("hops")->items()[0].find("status")->integer(), 301);
    // What the file describes is what is sent.
    const auto schemas = json_of(app.get("/api/v1/openapi.json"));
    const auto& check = *schemas.find("components")->find("schemas")->find("LinkCheck");
    for (const auto& name : check.find("required")->items()) EXPECT_NE(told.find(name.text()), nullptr) << name.text();
    EXPECT_EQ(told.members().size(), check.find("required")->items().size());
}

// Never answers before it is told to.
class WaitingFetcher final : public fetch::Fetcher {
public:
    Later<Result<fetch::FetchResponse>> fetch(fetch::FetchRequest) override {
        return Later<Result<fetch::FetchResponse>>([this](const auto& answer) { waiting.push_back(answer); });
    }
    std::vector<Later<Result<fetch::FetchResponse>>::Answer> waiting;
};

TEST_F(LinkCheck, OneAtATimeInAShop) {
    WaitingFetcher slow;
    const auto other = app.make_shop("ola");
    access::Directory directory(app.secrets());
    access::Site site{.db = *app.db,
                      .clock = app.clock,
                      .random = app.random,
                      .log = app.log,
                      .secrets = app.secrets(),
                      .directory = directory,
                      .bus = *app.bus,
                      .events = app.events,
                      .fetcher = slow,
                      .authority = "localhost:8080"};
    linkcheck::Turns turns;
    linkcheck::Doors doors{site, turns};
    std::vector<std::string> ends;
    const auto begin = [&](const access::Shop& shop, const std::string& address) {
        start<Result<std::vector<linkcheck::Told>>>(app.loop, linkcheck::check_for_shop(doors, shop, {address}), [&](const auto& told) {
            ends.push_back(told ? "told" : std::string(name(told.error().fault)));
        });
    };
    begin(app.mira, "a.example");
    begin(app.mira, "b.example");
    begin(other, "c.example");
    EXPECT_EQ(ends, (std::vector<std::string>{"rate_limited"}));
    for (const auto& answer : std::exchange(slow.waiting, {})) answer(fail(Fault::outside, "Nothing."));
    app.loop.run_ready();
    EXPECT_EQ(ends, (std::vector<std::string>{"rate_limited", "told", "told"}));
    begin(app.mira, "b.example");
    EXPECT_EQ(slow.waiting.size(), 5U) << "the turn was given back";
    for (const auto& answer : std::exchange(slow.waiting, {})) answer(fail(Fault::outside, "Nothing."));
    app.loop.run_ready();
}

TEST_F(LinkCheck, AShopsOwnLinkIsFitForALive) {
    ASSERT_TRUE(app.db->write_now(
        [&](store::Tx& tx) { return links::add(tx, app.mira.id, {.slug = "home", .target = "/"}, app.clock.now(), app.random); }));
    SystemClock clock;
    auto server = http::Server::open({.port = 0, .threads = 1}, app.app->front(), clock, app.log).value();
    server->start();
    const auto asked = linkcheck::ask("http://127.0.0.1:" + std::to_string(server->port()) + "/s/home").value();
    linkcheck::How how{.agents = {}, .own_origins = {fetch::origin(asked.url)}};
    for (const auto& agent : linkcheck::agents()) how.agents.push_back(agent.agent);
    const auto fetcher = fetch::open_fetcher();
    Loop loop;
    auto checked = loop.wait(linkcheck::follow(*fetcher, asked, how));
    const auto verdict = linkcheck::judge(checked, clock.now());
    EXPECT_EQ(verdict.fitness, linkcheck::Fitness::fit) << linkcheck::to_text({checked, verdict});
    EXPECT_EQ(checked.walks[0].hops.size(), 2U);
    EXPECT_EQ(verdict.kept(), 2U);
    server->stop();
}

}  // namespace
}  // namespace barrow::testing
