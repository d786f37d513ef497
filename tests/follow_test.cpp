// Following short links: where each leads for whom, what is counted, what is not and why, and that the log proves it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "floor/base/limiter.hpp"
#include "rooms/links/follow_http.hpp"
#include "rooms/links/link_json.hpp"
#include "rooms/telemetry/clicks.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

constexpr auto iphone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 "
    "Safari/604.1";
constexpr auto instagram =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22B83 Instagram 359.0.0.0.1 "
    "(iPhone15,2; iOS 18_1; de_DE; de; scale=3.00; 1179x2556; 1)";
constexpr auto preview = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)";

using Headers = std::vector<std::pair<std::string, std::string>>;

class Follow : public ::testing::TestWithParam<Engine> {
protected:
    void make(const std::string& json) {
        const auto made = app.api(http::Method::post, "/api/v1/links", key, json);
        ASSERT_EQ(made.status, 201) << body_of(made);
    }
    void patch(const std::string& slug, const std::string& json) {
        const auto changed = app.api(http::Method::patch, "/api/v1/links/" + slug, key, json);
        ASSERT_EQ(changed.status, 200) << body_of(changed);
    }
    http::Response open(const std::string& target, const std::string& agent = iphone, Headers headers = {},
                        http::Method method = http::Method::get) {
        app.clock.advance(seconds(3));  // no repetition of the last one
        return open_at_once(target, agent, std::move(headers), method);
    }
    http::Response open_at_once(const std::string& target, const std::string& agent = iphone, Headers headers = {},
                                http::Method method = http::Method::get) {
        headers.emplace_back("user-agent", agent);
        return app.call({.method = method, .target = target, .headers = std::move(headers)});
    }
    std::string leads(const std::string& target, const std::string& agent = iphone, Headers headers = {}) {
        const auto answer = open(target, agent, std::move(headers));
        EXPECT_EQ(answer.status, 302) << target;
        return std::string(answer.header("location"));
    }
    telemetry::Audit audited() {
        app.tick();
        auto audit = app.db->read_now([&](store::Tx& tx) -> Result<telemetry::Audit> {
            access::Directory directory(app.secrets());
            TRY(directory.reload(tx));
            return telemetry::audit(tx, *directory.by_slug("mira"), {});
        });
        return audit.value();
    }
    std::string told(const std::string& what_wrong) {
        std::string all;
        for (const auto& wrong : audited().wrong) all += wrong.what + "\n";
        EXPECT_NE(all.find(what_wrong), std::string::npos) << all;
        return all;
    }

    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);
};
BARROW_BOTH_ENGINES(Follow);

TEST_P(Follow, ARuleLeadsElsewhere) {
    make(R"({"slug":"lamp","target":"https://desk.example/","rules":[
        {"if":{"app":["instagram"]},"to":"https://insta.example/"},
        {"if":{"device":["phone"],"language":["de"]},"to":"https://phone.example/"},
        {"if":{"query":{"from":"poster"}},"to":"/p/lamp"}]})");
    EXPECT_EQ(leads("/s/lamp", instagram), "https://insta.example/");
    EXPECT_EQ(leads("/s/lamp", iphone, {{"accept-language", "de-DE,de;q=0.9"}}), "https://phone.example/");
    EXPECT_EQ(leads("/s/lamp", iphone, {{"accept-language", "en"}}), "https://desk.example/");
    EXPECT_TRUE(leads("/lamp?from=poster").starts_with("/p/lamp?from=poster&c="));
    const auto answer = open("/s/lamp");
    EXPECT_EQ(answer.header("cache-control"), "private, no-store") << "a redirect that somebody keeps cannot be pointed elsewhere";
}

TEST_P(Follow, ALinkOpensEndsAndSaysSo) {
    make(R"({"slug":"sale","target":"https://shop.example/","starts":")" + iso(app.clock.now() + hours(1)) + R"(","ends":")" +
         iso(app.clock.now() + hours(2)) + R"("})");
    const auto early = open("/s/sale");
    EXPECT_EQ(early.status, 404);
    EXPECT_NE(early.body.find("Not open yet"), std::string::npos);
    app.clock.advance(hours(1));
    EXPECT_EQ(leads("/s/sale"), "https://shop.example/");
    app.clock.advance(hours(1));
    EXPECT_EQ(open("/s/sale").status, 410);
    patch("sale", R"({"ended_target":"/p/next"})");
    EXPECT_TRUE(leads("/s/sale").starts_with("/p/next?c="));
    const auto audit = audited();
    EXPECT_EQ(audit.clicks, 1);
    EXPECT_EQ(audit.reasons.at("early"), 1);
    EXPECT_EQ(audit.reasons.at("ended"), 2);
}

TEST_P(Follow, APasswordIsAskedForAndTriesHaveAnEnd) {
    make(R"({"slug":"vip","target":"https://vip.example/","password":"sesame"})");
    const auto asked = open("/s/vip");
    EXPECT_EQ(asked.status, 200);
    EXPECT_NE(asked.body.find("asks for a password"), std::string::npos);
    const auto send = [&](const std::string& password) {
        return app.call(
            {.method = http::Method::post,
             .target = "/s/vip",
             .body = "password=" + password,
             .headers = {
                 {"content-type", "application/x-www-form-urlencoded"}, {"user-agent", iphone}, {"sec-fetch-site", "same-origin"}}});
    };
    EXPECT_EQ(send("simsim").status, 422);
    const auto let_in = send("sesame");
    EXPECT_EQ(let_in.status, 303);
    EXPECT_EQ(let_in.header("location"), "https://vip.example/");
    for (int i = 1; i < links::password_tries_max; ++i) EXPECT_EQ(send("wrong").status, 422) << i;
    EXPECT_EQ(send("sesame").status, 429) << "even the right one waits after too many tries";
    app.clock.advance(minutes(1));
    EXPECT_EQ(send("sesame").status, 303);
    const auto shown = body_of(app.api(http::Method::get, "/api/v1/links/vip", key));
    EXPECT_NE(shown.find("\"has_password\":true"), std::string::npos);
    EXPECT_EQ(shown.find("argon2"), std::string::npos) << "the hash stays here";
}

TEST_P(Follow, TheRightPasswordIsNoTry) {
    make(R"({"slug":"Secret","target":"https://a.example/","password":"sesame"})");
    const auto tried = [&](const std::string& password, const std::string& peer) {
        return app
            .call({.method = http::Method::post,
                   .target = "/s/Secret",
                   .body = "password=" + password,
                   .headers = {{"user-agent", iphone}, {"content-type", "application/x-www-form-urlencoded"}},
                   .peer = peer})
            .status;
    };
    for (int i = 0; i < 12; ++i) EXPECT_EQ(tried("sesame", "203.0.113.9"), 303) << "a carrier's address, buyer " << i;
    for (int i = 0; i < 5; ++i) EXPECT_EQ(tried("open", "2001:db8::" + std::to_string(i + 1)), 422);
    EXPECT_EQ(tried("open", "2001:db8::6"), 429) << "one network, however many addresses it takes";
    EXPECT_EQ(tried("open", "2001:db8:0:1::1"), 422) << "another network";
}

TEST_P(Follow, PlacesAreForPeopleAndTheLastIsTheLast) {
    make(R"({"slug":"first","target":"https://drop.example/","clicks_max":3})");
    EXPECT_EQ(open("/s/first", preview).status, 200) << "a preview takes no place";
    EXPECT_EQ(open("/s/first", iphone, {}, http::Method::head).status, 200);
    const auto owner = app.log_in(app.mira);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(open("/s/first", iphone, {{"cookie", owner.cookie}}).status, 302) << "its owner tries it";
    for (int i = 0; i < 3; ++i) EXPECT_EQ(leads("/s/first"), "https://drop.example/");
    for (int i = 0; i < 2; ++i) {
        const auto late = open("/s/first");
        EXPECT_EQ(late.status, 410);
        EXPECT_NE(late.body.find("All places are taken"), std::string::npos);
    }
    patch("first", R"({"clicks_max":4})");
    EXPECT_EQ(open("/s/first").status, 302) << "one more place, one more person";
    EXPECT_EQ(open("/s/first").status, 410);
    EXPECT_EQ(audited().reasons.at("full"), 3);
}

TEST_P(Follow, ASplitKeepsAVisitorAndTellsTheBranchToTheOrder) {
    make(R"({"slug":"ab","target":"/p/a","split":[{"target":"/p/b","percent":50}]})");
    int a = 0, b = 0;
    for (int i = 0; i < 60; ++i) {
        const auto agent = iphone + std::to_string(i);
        const auto first = leads("/s/ab", agent);
        EXPECT_EQ(leads("/s/ab", agent), first) << "the same browser, the same day, the same branch and token";
        ++(first.starts_with("/p/a?c=") ? a : b);
    }
    EXPECT_EQ(a + b, 60);
    EXPECT_GT(a, 15);
    EXPECT_GT(b, 15);
    app.tick();
    const auto rows =
        app.db.sql("SELECT arms, CAST(SUM(n) AS BIGINT) AS n FROM touch_count WHERE kind = 'click' GROUP BY arms ORDER BY arms");
    ASSERT_EQ(rows.size(), 2U) << "the clicks of each branch are counted apart";
    EXPECT_EQ(rows[0].integer("n"), 2 * a);
    EXPECT_EQ(rows[1].integer("n"), 2 * b);
}

TEST_P(Follow, ALiveLinkFollowsTheStream) {
    make(R"({"slug":"now","target":"/","live":"tuesday"})");
    EXPECT_TRUE(leads("/s/now").starts_with("/?c=")) << "no session yet: its own target";
    const auto moment = [&](links::Stage stage, const std::string& target) {
        const auto set = app.db->write_now([&](store::Tx& tx) {
            return links::set_moment(tx, app.mira.id,
                                     {.live_slug = "tuesday", .title = "T", .stage = stage, .starts = app.clock.now(), .target = target});
        });
        ASSERT_TRUE(set);
        links::announce_change(*app.bus, app.mira.id);
    };
    moment(links::Stage::before, "");
    EXPECT_TRUE(leads("/s/now").starts_with("/live/tuesday?c="));
    moment(links::Stage::live, "/p/lamp");
    EXPECT_TRUE(leads("/s/now").starts_with("/p/lamp?c="));
    moment(links::Stage::live, "/p/bowl");
    EXPECT_TRUE(open_at_once("/s/now").header("location").starts_with("/p/bowl?c=")) << "the very next click follows the pin";
    moment(links::Stage::after, "/live/tuesday#t=754");
    EXPECT_TRUE(leads("/s/now").ends_with("#t=754"));
}

TEST_P(Follow, WhatIsNoClickIsKeptApartWithItsReason) {
    make(R"({"slug":"x","target":"https://x.example/"})");
    const auto owner = app.log_in(app.mira);
    open("/s/x");
    open("/s/x?d=clip7@0:42", instagram, {{"referer", "https://l.instagram.com/?u=1"}});
    open("/s/x", iphone, {}, http::Method::head);
    open("/s/x", iphone, {{"sec-purpose", "prefetch;prerender"}});
    open("/s/x", preview);
    open("/s/x", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)");
    open("/s/x", "curl/8.5.0");
    open("/s/x", iphone, {{"cookie", owner.cookie}});
    open("/s/x");
    open_at_once("/s/x");
    const auto audit = audited();
    EXPECT_TRUE(audit.good());
    EXPECT_EQ(audit.clicks, 3);
    const std::map<std::string, std::int64_t> reasons{{"head", 1}, {"prefetch", 1}, {"preview", 1}, {"crawler", 1},
                                                      {"tool", 1}, {"own", 1},      {"repeated", 1}};
    EXPECT_EQ(audit.reasons, reasons);
    const auto parts = app.db->read_now([&](store::Tx& tx) { return telemetry::parts_of(tx, app.mira.id, 1, 0); });
    std::map<std::string, std::int64_t> found;
    for (const auto& part : parts.value()) found[part.part + " " + part.value] = part.n;
    EXPECT_EQ(found["app instagram"], 1);
    EXPECT_EQ(found["referrer l.instagram.com"], 1);
    EXPECT_EQ(found["source clip7@0:42"], 1);
    EXPECT_EQ(found["why own"], 1);
}

// One GET and three HEADs with a phone's agent: what X does with an address in a post.
TEST_P(Follow, ABurstOfOneAppIsOneClickAtMost) {
    make(R"({"slug":"x","target":"https://x.example/"})");
    for (const auto method : {http::Method::head, http::Method::get, http::Method::head, http::Method::head, http::Method::get})
        open_at_once("/s/x", iphone, {}, method);
    EXPECT_EQ(audited().clicks, 1);
}

TEST_P(Follow, ACrowdBehindOneAddressCountsAndAFloodDoesNot) {
    struct Case {
        const char* what;
        const char* slug;
        const char* address;  // "#" is another number each time
        int openings;
        std::int64_t clicks, flood;
    };
    constexpr std::array<Case, 7> cases{{{"a stream's viewers behind one carrier", "crowd", "185.60.216.35", 200, 200, 0},
                                         {"just as many as there may be", "most", "185.60.216.35", 300, 300, 0},
                                         {"one more", "more", "185.60.216.35", 301, 300, 1},
                                         {"a script that changes its agent", "script", "185.60.216.35", 1'000, 300, 700},
                                         {"addresses of one line", "line", "2a03:2880:f003:c07::#", 1'000, 300, 700},
                                         {"people with lines of their own", "lines", "2a03:2880:f003:#::1", 1'000, 1'000, 0},
                                         {"a proxy that nobody named", "proxy", "10.0.0.2", 1'000, 1'000, 0}}};
    for (const auto& one : cases) make(R"({"slug":")" + std::string(one.slug) + R"(","target":"https://x.example/"})");
    app.clock.advance({minutes(1).us - app.clock.now().us % minutes(1).us});
    std::int64_t clicks = 0, flood = 0;
    for (const auto& one : cases) {
        for (int i = 0; i < one.openings; ++i) {
            std::string address = one.address;
            if (const auto mark = address.find('#'); mark != address.npos) address.replace(mark, 1, std::to_string(1'000 + i));
            const auto agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" +
                               std::to_string(120 + i) + ".0.0.0 Mobile Safari/537.36";
            const auto answer = app.call({.target = "/s/" + std::string(one.slug), .headers = {{"user-agent", agent}}, .peer = address});
            ASSERT_EQ(answer.status, 302) << "whoever is one too many gets on all the same";
        }
        clicks += one.clicks;
        flood += one.flood;
        const auto audit = audited();
        EXPECT_EQ(audit.clicks, clicks) << one.what;
        EXPECT_EQ(audit.reasons.contains("flood") ? audit.reasons.at("flood") : 0, flood) << one.what;
        EXPECT_TRUE(audit.good());
    }
    app.clock.advance(minutes(1));
    app.call({.target = "/s/script", .headers = {{"user-agent", iphone}}, .peer = "185.60.216.35"});
    EXPECT_EQ(audited().clicks, clicks + 1) << "each minute begins anew";
    const auto page = app.get(app.log_in(app.mira), "/studio/links/script");
    EXPECT_NE(page.body.find("too many from one address in a minute"), std::string::npos);
}

// A link with a password is opened twice by each: the page that asks, and the password. That is one click.
TEST_P(Follow, TwoHundredWhoTypeAPasswordBehindOneAddressAreTwoHundred) {
    make(R"({"slug":"vip","target":"https://vip.example/","password":"sesame"})");
    app.clock.advance({minutes(1).us - app.clock.now().us % minutes(1).us});
    for (int i = 0; i < 400; ++i) {
        const auto agent = std::string(iphone) + " " + std::to_string(i);
        app.call({.target = "/s/vip", .headers = {{"user-agent", agent}}, .peer = "185.60.216.35"});
    }
    app.call({.method = http::Method::post,
              .target = "/s/vip",
              .body = "password=sesame",
              .headers = {{"content-type", "application/x-www-form-urlencoded"}, {"sec-fetch-site", "same-origin"}, {"user-agent", iphone}},
              .peer = "185.60.216.35"});
    const auto audit = audited();
    EXPECT_EQ(audit.clicks, 1);
    EXPECT_FALSE(audit.reasons.contains("flood"));
}

TEST_P(Follow, TheLogShowsWhatWasChanged) {
    make(R"({"slug":"x","target":"https://x.example/"})");
    for (int i = 0; i < 3; ++i) {
        open("/s/x");
        app.tick();
    }
    ASSERT_TRUE(audited().good()) << audited().wrong[0].what;
    EXPECT_EQ(audited().blocks, 3);
    const auto lines = app.db.sql("SELECT lines FROM click_block WHERE number = 2")[0].text("lines");
    app.db.sql("UPDATE click_block SET lines = '" + lines + lines + "' WHERE number = 2");
    EXPECT_NE(told("block 2").find("the total is"), std::string::npos) << "and the totals tell how many are too many";
    app.db.sql("UPDATE click_block SET lines = '" + lines + "' WHERE number = 2");
    ASSERT_TRUE(audited().good());
    app.db.sql("UPDATE touch_count SET n = n + 1 WHERE kind = 'click'");
    told("the total is 4, the log holds 3");
    app.db.sql("UPDATE touch_count SET n = n - 1 WHERE kind = 'click'");
    app.clock.advance(hours(1));
    app.tick();
    EXPECT_EQ(audited().seals, 2) << "one at the start, one of the hour";
    app.db.sql("DELETE FROM click_block WHERE number = 3");
    app.db.sql("UPDATE click_chain SET last = 2, rolled = 2, hash = (SELECT hash FROM click_block WHERE number = 2)");
    told("was sealed and is missing");
}

TEST_P(Follow, ALinkThatTheOperatorHasOffIsOffAtOnce) {
    make(R"({"slug":"x","target":"https://x.example/"})");
    EXPECT_EQ(open("/s/x").status, 302);
    const auto say = [&](const std::string& why) {
        return app.app->command("block_link", wire::Json::object({{"shop", "mira"}, {"slug", "x"}, {"why", why}})).ok();
    };
    ASSERT_TRUE(say("phishing"));
    EXPECT_EQ(open_at_once("/s/x").status, 403);
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/links/x", key, R"({"blocked":""})").status, 400) << "the owner cannot turn it on";
    ASSERT_TRUE(say(""));
    EXPECT_EQ(open_at_once("/s/x").status, 302);
}

TEST_P(Follow, ADeniedTargetIsOffWhereverItStands) {
    make(R"({"slug":"bad","target":"https://evil.example/x"})");
    make(R"({"slug":"rule","target":"https://good.example/","rules":[{"if":{"device":["phone"]},"to":"https://sub.evil.example/"}]})");
    EXPECT_EQ(open("/s/bad").status, 302);
    const auto file = std::filesystem::temp_directory_path() / ("barrow-follow-deny-" + std::to_string(getpid()));
    std::ofstream(file) << "other.example\n";
    TestApp guarded(GetParam(), {.deny_file = file.string()});
    const auto other_key = guarded.make_key(guarded.mira);
    for (const auto* link :
         {R"({"slug":"bad","target":"https://evil.example/x"})", R"({"slug":"good","target":"https://good.example/"})",
          R"({"slug":"rule","target":"https://good.example/","rules":[{"if":{"device":["phone"]},"to":"https://sub.evil.example/"}]})"})
        ASSERT_EQ(guarded.api(http::Method::post, "/api/v1/links", other_key, link).status, 201);
    std::ofstream(file) << "evil.example\n# denied later\n";
    guarded.tick();
    EXPECT_EQ(guarded.get("/s/bad").status, 403);
    EXPECT_EQ(guarded.get("/s/rule").status, 403) << "also where only some are led there";
    EXPECT_EQ(guarded.get("/s/good").status, 302);
    const auto mira = guarded.log_in(guarded.mira);
    EXPECT_EQ(guarded
                  .post(mira, "/studio/health",
                        {{"act", "retarget"}, {"target", "https://good.example/"}, {"slug", "good"}, {"to", "https://evil.example/"}})
                  .status,
              422)
        << "nor does the guard's page lead there";
    EXPECT_EQ(guarded.get("/s/good").status, 302);
    std::ofstream(file, std::ios::app) << "good.example\n";
    std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + std::chrono::seconds(1));
    guarded.tick();
    EXPECT_EQ(guarded.get("/s/good").status, 403) << "at the next step of the clockwork";
    std::filesystem::remove(file);
}

TEST_P(Follow, AChangeCanBePutBackAndThePutBackToo) {
    make(R"({"slug":"x","target":"https://one.example/","tags":["a","b"],"folder":"Clips"})");
    patch("x", R"({"target":"https://two.example/","tags":["b"],"title":"Two"})");
    patch("x", R"({"title":"Two"})");
    EXPECT_EQ(leads("/s/x"), "https://two.example/");
    const auto changes = json_of(app.api(http::Method::get, "/api/v1/links/x/changes", key));
    ASSERT_EQ(changes.find("items")->items().size(), 1U) << "what changes nothing is no change";
    EXPECT_EQ(changes.find("items")->items()[0].find("what")->text(), "changed by the API: target tags title");
    const auto back = app.api(http::Method::post, "/api/v1/links/x/put-back", key, R"({"change":1})");
    EXPECT_EQ(back.status, 200) << body_of(back);
    EXPECT_EQ(leads("/s/x"), "https://one.example/");
    const auto link = json_of(app.api(http::Method::get, "/api/v1/links/x", key));
    EXPECT_EQ(link.find("tags")->items().size(), 2U);
    EXPECT_EQ(link.find("title")->text(), "");
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/links/x/put-back", key, R"({"change":2})").status, 200);
    EXPECT_EQ(leads("/s/x"), "https://two.example/");
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/links/x/put-back", key, R"({"change":9})").status, 404);
}

TEST_P(Follow, LinksAreFoundByWordsFolderAndTag) {
    make(R"({"slug":"lamp-a","target":"https://x.example/","title":"Tide Lamp","folder":"Clips","tags":["summer"]})");
    make(R"({"slug":"lamp-b","target":"https://x.example/","title":"Other lamp","tags":["winter","summer"]})");
    make(R"({"slug":"bowl","target":"https://x.example/100%25_off","archived":"2026-01-01"})");
    const auto slugs = [&](const std::string& query) {
        std::string all;
        const auto found = json_of(app.api(http::Method::get, "/api/v1/links?" + query, key));
        for (const auto& item : found.find("items")->items()) all += item.find("slug")->text() + " ";
        return all;
    };
    EXPECT_EQ(slugs(""), "lamp-b lamp-a ");
    EXPECT_EQ(slugs("words=LAMP%20tide"), "lamp-a ");
    EXPECT_EQ(slugs("words=winter"), "lamp-b ");
    EXPECT_EQ(slugs("tag=summer"), "lamp-b lamp-a ");
    EXPECT_EQ(slugs("folder=Clips"), "lamp-a ");
    EXPECT_EQ(slugs("words=_"), "") << "a sign of the search is a letter like any other";
    EXPECT_EQ(slugs("words=25_&archived=true"), "bowl ");
    EXPECT_EQ(slugs("archived=true"), "bowl ");
}

TEST_P(Follow, EveryWordOfASearchNarrowsAndTooManyAreRefused) {
    const auto mira = app.log_in(app.mira);
    make(R"({"slug":"lamp-a","target":"https://x.example/","title":"one two three four five six seven eight"})");
    make(R"({"slug":"lamp-b","target":"https://x.example/","title":"one two three"})");
    const struct {
        const char *words, *found;
    } cases[] = {{"one two three", "lamp-b lamp-a "},
                 {"one two three four", "lamp-a "},
                 {"one two three nine", ""},
                 {"one two three four five six seven eight", "lamp-a "},
                 {"one two three four five six seven nine", ""},
                 {"  one   two  ", "lamp-b lamp-a "}};
    for (const auto& one : cases) {
        const auto query = "words=" + http::percent_encode(one.words);
        std::string slugs;
        const auto answer = json_of(app.api(http::Method::get, "/api/v1/links?" + query, key));
        for (const auto& item : answer.find("items")->items()) slugs += item.find("slug")->text() + " ";
        EXPECT_EQ(slugs, one.found) << one.words;
        const auto page = app.get(mira, "/studio/links?" + query);
        EXPECT_EQ(page.status, 200) << one.words;
        EXPECT_EQ(page.body.find("/s/lamp-a") != std::string::npos, std::string_view(one.found).ends_with("lamp-a ")) << one.words;
    }
    const std::string nine = "words=a+b+c+d+e+f+g+h+i", says = "search takes at most 8 words; leave some out";
    const auto refused = app.api(http::Method::get, "/api/v1/links?" + nine, key);
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(body_of(refused).find(says), std::string::npos);
    const auto page = app.get(mira, "/studio/links?" + nine);
    EXPECT_EQ(page.status, 422);
    EXPECT_NE(page.body.find(says), std::string::npos);
    EXPECT_NE(page.body.find("value=\"a b c d e f g h i\""), std::string::npos) << "what was typed stays";
    EXPECT_EQ(page.body.find("None of these"), std::string::npos);
}

TEST_P(Follow, ManyLinksAreMadeTogetherOrNotAtAll) {
    const auto made = app.api(http::Method::post, "/api/v1/links/bulk", key,
                              R"({"links":[{"target":"https://a.example/","slug":"a"},{"target":"https://b.example/"}]})");
    EXPECT_EQ(made.status, 201) << body_of(made);
    EXPECT_EQ(json_of(made).find("made")->items().size(), 2U);
    const auto refused = app.api(http::Method::post, "/api/v1/links/bulk", key,
                                 R"({"links":[{"target":"https://c.example/","slug":"c"},{"target":"nowhere"}]})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(body_of(refused).find("link 2: "), std::string::npos) << body_of(refused);
    EXPECT_EQ(app.get("/s/c").status, 404);
}

TEST_P(Follow, AThousandLinksAreMadeAtOnceButNotAThousandPasswords) {
    const auto bulk = [&](int count, bool locked) {
        std::string links;
        for (int i = 0; i < count; ++i)
            links += (i == 0 ? "" : ",") + (R"({"target":"https://shop.example/products/)" + std::to_string(i)) + R"(","title":"Number )" +
                     std::to_string(i) + R"(")" + (locked ? R"(,"password":"sesame)" + std::to_string(i) + "\"" : "") + "}";
        return app.api(http::Method::post, "/api/v1/links/bulk", key, R"({"links":[)" + links + "]}").status;
    };
    EXPECT_EQ(bulk(1'000, false), 201);
    EXPECT_EQ(bulk(2, true), 201);
    EXPECT_EQ(bulk(21, true), 413);
}

TEST_P(Follow, APreviewIsToldWhatTheCreatorWants) {
    make(R"({"slug":"x","target":"https://x.example/","preview":{"title":"The lamp","text":"Made by hand","image":"/demo/lamp.webp"}})");
    const auto page = open("/s/x", preview);
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.body.find(R"(<meta property="og:title" content="The lamp">)"), std::string::npos);
    EXPECT_NE(page.body.find(R"(/demo/lamp.webp">)"), std::string::npos);
    EXPECT_EQ(open("/s/x").status, 302) << "people are led on";
}

TEST_P(Follow, WhatIsKeptCanBeReadAgain) {
    // Each of these was taken once, and could then not be read by anybody.
    const auto bulk = [&](const std::string& link) {
        return app.api(http::Method::post, "/api/v1/links/bulk", key, R"({"links":[)" + link + "]}").status;
    };
    EXPECT_EQ(bulk(R"({"slug":"near","target":"https://a.example/","rules":[{"if":{"from":"2026-12-01T00:00:00.100Z",
        "until":"2026-12-01T00:00:00.900Z"},"to":"https://b.example/"}]})"),
              400)
        << "no time is left between them";
    EXPECT_EQ(bulk(R"({"slug":"part","target":"https://a.example/","starts":"2020-12-01T00:00:00.123456Z","rules":[{"if":
        {"from":"2026-12-01T00:00:00.1Z"},"to":"https://b.example/"}]})"),
              201);
    EXPECT_EQ(leads("/s/part"), "https://a.example/");
    EXPECT_EQ(bulk(R"({"slug":"late","target":"https://a.example/","ends":"9999-12-31T23:59:59-14:00"})"), 400);
    const auto studio = app.log_in(app.mira);
    make(R"({"slug":"lamp","target":"https://a.example/"})");
    for (const auto* field : {"live", "preview_title", "preview_text"}) {
        const auto sent =
            app.post(studio, "/studio/links/lamp", {{"slug", "lamp"}, {"target", "https://a.example/"}, {field, std::string(301, 'x')}});
        EXPECT_EQ(sent.status, 422) << field;
        EXPECT_EQ(leads("/s/lamp"), "https://a.example/") << field;
    }
    // Whatever a row says, one link is off and the others go on.
    app.db.sql("UPDATE link SET settings = '{\"rules\":7}' WHERE slug = 'lamp'");
    app.db.sql("UPDATE link_change SET before = 'no json'");
    app.clock.advance(minutes(1));
    EXPECT_EQ(open("/s/lamp").status, 403);
    EXPECT_EQ(app.get(studio, "/studio/links/lamp").status, 200);
    EXPECT_EQ(app.get(studio, "/studio/links").status, 200);
    EXPECT_EQ(leads("/s/part"), "https://a.example/");
}

TEST_P(Follow, NobodyTurnsALinkByAddingToIt) {
    make(R"({"slug":"give","target":"https://pay.example/?to=mira"})");
    EXPECT_EQ(leads("/s/give?to=evil"), "https://pay.example/?to=mira");
    EXPECT_EQ(leads("/s/give?%74o=evil&t%6f=evil&x=1"), "https://pay.example/?to=mira&x=1");
}

TEST_P(Follow, ACountryIsBelievedOfATrustedProxyAlone) {
    app::Config config;
    config.country_header = "cf-ipcountry";
    config.trusted_proxies = {"10.0.0.1"};
    TestApp fronted(GetParam(), config);
    const auto made =
        fronted.api(http::Method::post, "/api/v1/links", fronted.make_key(fronted.mira),
                    R"({"slug":"x","target":"https://a.example/","rules":[{"if":{"country":["DE"]},"to":"https://de.example/"}]})");
    ASSERT_EQ(made.status, 201);
    for (const bool by_proxy : {true, false}) {
        fronted.clock.advance(seconds(3));
        const auto answer =
            fronted.call({.target = "/s/x", .headers = {{"user-agent", iphone}, {"cf-ipcountry", "DE"}}, .by_proxy = by_proxy});
        EXPECT_EQ(answer.header("location"), by_proxy ? "https://de.example/" : "https://a.example/");
    }
}

TEST_P(Follow, MadeUpSourcesDoNotFillTheDatabase) {
    make(R"({"slug":"lamp","target":"https://a.example/"})");
    for (int i = 0; i < 1'000; ++i) open("/s/lamp?d=made-up-" + std::to_string(i));
    EXPECT_TRUE(audited().good());
    const auto parts = app.db.sql("SELECT value FROM click_part WHERE part = 'source'");
    EXPECT_LE(parts.size(), 401U);
    EXPECT_GE(parts.size(), 50U);
    EXPECT_EQ(app.db.sql("SELECT value FROM click_part WHERE part = 'source' AND value = '(more)'").size(), 1U);
}

TEST_P(Follow, OtherShopsHaveNoPlaceOnAShopsDomain) {
    const auto other = app.make_shop("otto");
    ASSERT_EQ(app.api(http::Method::post, "/@otto/api/v1/links", app.make_key(other), R"({"slug":"phish","target":"https://bad.example/"})")
                  .status,
              201);
    make(R"({"slug":"lamp","target":"https://a.example/"})");
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/domains", key, R"({"name":"mira.example"})").status, 201);
    const auto status = [&](const std::string& host, const std::string& target) {
        app.clock.advance(seconds(3));
        return app.call({.target = target, .headers = {{"user-agent", iphone}}, .authority = host}).status;
    };
    const struct {
        const char *host, *target;
        int status;
    } asked[] = {{"mira.example", "/s/lamp", 302},       {"mira.example.", "/s/lamp", 302},    {"mira.example", "/@otto/s/phish", 404},
                 {"mira.example", "/@mira/s/lamp", 302}, {"localhost", "/@otto/s/phish", 302}, {"192.168.1.7", "/s/lamp", 302},
                 {"gone.example", "/s/lamp", 404},       {"mira.local", "/s/lamp", 302}};
    for (const auto& one : asked) EXPECT_EQ(status(one.host, one.target), one.status) << one.host << one.target;
}

TEST_P(Follow, ABlockedAddressStaysBlockedUntilTheOperatorSaysOtherwise) {
    make(R"({"slug":"lamp","target":"https://a.example/"})");
    ASSERT_TRUE(app.db->write_now([&](store::Tx& tx) { return links::block(tx, app.mira.id, "lamp", "phishing"); }));
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/links/lamp", key, R"({"slug":"old"})").status, 403);
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"lamp","target":"https://a.example/"})").status, 409);
}

TEST_P(Follow, EndingALinkCanBeUndoneWithItsPlannedEnd) {
    make(R"({"slug":"sale","target":"https://a.example/","ends":"2099-12-24T00:00:00Z"})");
    const auto studio = app.log_in(app.mira);
    app.post(studio, "/studio/links/sale/end", {});
    EXPECT_EQ(open("/s/sale").status, 410);
    app.post(studio, "/studio/links/sale/put-back", {{"change", "1"}});
    EXPECT_EQ(json_of(app.api(http::Method::get, "/api/v1/links/sale", key)).find("ends")->text(), "2099-12-24T00:00:00.000Z");
}

TEST_P(Follow, SavingTheFormChangesNothingThatWasNotTouched) {
    make(R"({"slug":"lamp","target":"https://a.example/","ends":"2099-12-24T18:00:30Z","rules":[{"if":{"query":{"ref":"a,b"},
        "from":"2026-12-01T10:00:30Z"},"to":"https://b.example/"}]})");
    const auto rules = [&] { return wire::write_json(*json_of(app.api(http::Method::get, "/api/v1/links/lamp", key)).find("rules")); };
    const auto before = rules();
    const auto studio = app.log_in(app.mira);
    const auto sent = app.post(studio, "/studio/links/lamp",
                               {{"slug", "lamp"},
                                {"target", "https://a.example/"},
                                {"title", "Now with a title"},
                                {"pass_query", "1"},
                                {"ends", "2099-12-24T18:00"},
                                {"rule_0_query", "ref=a,b"},
                                {"rule_0_from", "2026-12-01T10:00"},
                                {"rule_0_to", "https://b.example/"},
                                {"rule_1_to", ""}});
    ASSERT_EQ(sent.status, 303) << sent.body;
    EXPECT_EQ(rules(), before);
    EXPECT_EQ(json_of(app.api(http::Method::get, "/api/v1/links/lamp", key)).find("ends")->text(), "2099-12-24T18:00:30.000Z");
}

TEST_P(Follow, TheNextPageIsOfTheSameList) {
    for (const auto* slug : {"a1", "a2", "a3"})
        make(R"({"slug":")" + std::string(slug) + R"(","target":"https://a.example/","folder":"Clips"})");
    make(R"({"slug":"b1","target":"https://a.example/"})");
    auto page = json_of(app.api(http::Method::get, "/api/v1/links?folder=Clips&limit=2", key));
    EXPECT_EQ(page.find("items")->items().size(), 2U);
    page = json_of(app.api(http::Method::get, page.find("next")->text(), key));
    ASSERT_EQ(page.find("items")->items().size(), 1U);
    EXPECT_EQ(page.find("items")->items()[0].find("slug")->text(), "a1");
}

TEST_P(Follow, AnAddressOfTheShopItselfIsNoLinks) {
    for (const auto& route : app.app->router().routes()) {
        const auto first = route->pattern.substr(1, std::min(route->pattern.find('/', 1), route->pattern.size()) - 1);
        if (first.empty() || first.starts_with(":") || first.starts_with("*")) continue;
        EXPECT_TRUE(links::is_reserved(first)) << first << " is an address of the shop: name it in links::is_reserved";
    }
    const auto refused = app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"Studio","target":"/"})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(body_of(refused).find("one of the shop's own pages"), std::string::npos);
}

TEST_P(Follow, ADomainMayIgnoreCase) {
    make(R"({"slug":"Lamp","target":"https://one.example/"})");
    make(R"({"slug":"lamp","target":"https://two.example/"})");
    make(R"({"slug":"Bowl","target":"https://bowl.example/","aliases":["Cup"]})");
    const auto added =
        app.app->command("add_domain", wire::Json::object({{"name", "mir.example"}, {"shop", "mira"}, {"ignores_case", true}}));
    ASSERT_TRUE(added) << added.error().text;
    const auto at = [&](const std::string& host, const std::string& path) {
        return app.call({.target = path, .headers = {{"user-agent", iphone}}, .authority = host});
    };
    for (int round = 0; round < 2; ++round) {  // looked up, and from memory
        EXPECT_EQ(at("mir.example", "/BOWL").header("location"), "https://bowl.example/");
        EXPECT_EQ(at("mir.example", "/lamp").header("location"), "https://two.example/") << "as it is typed wins";
        EXPECT_EQ(at("mir.example", "/LAMP").header("location"), "https://one.example/") << "else the oldest";
        EXPECT_EQ(at("mir.example", "/cup").header("location"), "https://bowl.example/") << "by another address, too";
        EXPECT_EQ(at("other.example", "/BOWL").status, 404) << "elsewhere case counts";
        EXPECT_EQ(at("other.example", "/cup").status, 404);
        EXPECT_EQ(at("other.example", "/Cup").status, 302);
    }
}

TEST_P(Follow, AnOldAddressLeadsOnAndCountsAsTheSameLink) {
    make(R"({"slug":"lamp","target":"https://lamp.example/","utm":"utm_campaign={slug}"})");
    patch("lamp", R"({"slug":"light"})");
    EXPECT_EQ(leads("/s/lamp"), "https://lamp.example/?utm_campaign=light") << "the link says what it is called now";
    EXPECT_EQ(leads("/lamp"), "https://lamp.example/?utm_campaign=light");
    EXPECT_EQ(leads("/light"), "https://lamp.example/?utm_campaign=light");
    const auto shown = [&](const std::string& slug) { return json_of(app.api(http::Method::get, "/api/v1/links/" + slug, key)); };
    app.tick();
    EXPECT_EQ(shown("light").find("clicks")->find("all")->integer(), 3);
    EXPECT_EQ(shown("lamp").find("slug")->text(), "light") << "the old address finds the link";
    EXPECT_EQ(app.get("/qr/lamp.svg").status, 200);
    EXPECT_EQ(app.get("/report/lamp").status, 200);
    patch("lamp", R"({"slug":"glow","target":"https://glow.example/"})");
    for (const auto* slug : {"/lamp", "/s/light", "/glow"}) EXPECT_TRUE(leads(slug).starts_with("https://glow.example/")) << slug;
    EXPECT_EQ(wire::write_json(*shown("glow").find("aliases")), R"(["lamp","light"])");
    EXPECT_TRUE(audited().good());
}

TEST_P(Follow, AnOldAddressKeepsWhatStandsBeforeTheLink) {
    make(R"({"slug":"vip","target":"https://vip.example/","password":"sesame"})");
    make(R"({"slug":"few","target":"https://few.example/","clicks_max":1})");
    make(R"({"slug":"app","target":"https://app.example/","outside":"offer"})");
    for (const auto* slug : {"vip", "few", "app"}) patch(slug, R"({"slug":"new-)" + std::string(slug) + R"("})");
    EXPECT_NE(open("/vip").body.find("asks for a password"), std::string::npos);
    const auto let_in = app.call({.method = http::Method::post,
                                  .target = "/s/vip",
                                  .body = "password=sesame",
                                  .headers = {{"content-type", "application/x-www-form-urlencoded"}, {"user-agent", iphone}}});
    EXPECT_EQ(let_in.header("location"), "https://vip.example/");
    EXPECT_EQ(leads("/few"), "https://few.example/");
    EXPECT_EQ(open("/new-few").status, 410) << "the place was taken at the old address";
    EXPECT_EQ(open("/few").status, 410);
    EXPECT_NE(open("/app", instagram).body.find("instagram://extbrowser"), std::string::npos);
    ASSERT_TRUE(app.app->command("block_link", wire::Json::object({{"shop", "mira"}, {"slug", "few"}, {"why", "spam"}})).ok());
    EXPECT_EQ(open("/few").status, 403);
    const auto let_go = app.api(http::Method::patch, "/api/v1/links/new-few", key, R"({"aliases":[]})");
    EXPECT_EQ(let_go.status, 403) << "what is off keeps its addresses: nobody takes them for another link";
}

TEST_P(Follow, AnAddressIsOneLinksOrOnePagesNeverTwo) {
    make(R"({"slug":"light","target":"/p/lamp","aliases":["lamp","Leuchte"]})");
    const auto refused = [&](http::Method method, const std::string& target, const std::string& body, int status) {
        const auto answer = app.api(method, target, key, body);
        EXPECT_EQ(answer.status, status) << body_of(answer);
        return body_of(answer);
    };
    const auto words = refused(http::Method::post, "/api/v1/links", R"({"slug":"lamp","target":"/"})", 409);
    EXPECT_NE(words.find(R"(the address \"lamp\" leads to the link \"light\" already)"), std::string::npos) << words;
    make(R"({"slug":"bowl","target":"/p/bowl"})");
    refused(http::Method::patch, "/api/v1/links/bowl", R"({"slug":"Leuchte"})", 409);
    refused(http::Method::patch, "/api/v1/links/bowl", R"({"aliases":["light"]})", 409);
    refused(http::Method::patch, "/api/v1/links/bowl", R"({"aliases":["studio"]})", 400);
    refused(http::Method::patch, "/api/v1/links/bowl", R"({"aliases":["a b"]})", 400);
    refused(http::Method::put, "/api/v1/pages/leuchte", R"({"title":"Lamp"})", 409);
    ASSERT_EQ(app.api(http::Method::put, "/api/v1/pages/cup", key, R"({"title":"Cup"})").status, 200);
    refused(http::Method::patch, "/api/v1/links/bowl", R"({"aliases":["cup"]})", 409);
    // Let go, it is free; and a link that takes the name of its own alias has it as its slug alone.
    patch("light", R"({"aliases":["lamp"]})");
    EXPECT_EQ(open("/Leuchte").status, 404);
    make(R"({"slug":"Leuchte","target":"/p/cup"})");
    patch("light", R"({"slug":"lamp"})");
    EXPECT_EQ(wire::write_json(*json_of(app.api(http::Method::get, "/api/v1/links/lamp", key)).find("aliases")), R"(["light"])");
}

TEST_P(Follow, TheStudioAddsAndLetsGoOfAddresses) {
    make(R"({"slug":"light","target":"https://a.example/"})");
    const auto owner = app.log_in(app.mira);
    ASSERT_EQ(app.post(owner, "/studio/links/light/aliases", {{"add", "spring"}}).status, 303);
    EXPECT_EQ(leads("/spring"), "https://a.example/");
    EXPECT_NE(app.get(owner, "/studio/links/light").body.find("/s/spring"), std::string::npos);
    const auto again = app.post(owner, "/studio/links/light/aliases", {{"add", "spring"}});
    EXPECT_EQ(again.status, 422);
    EXPECT_NE(again.body.find("leads to this link already"), std::string::npos);
    EXPECT_NE(again.body.find("value=\"https://a.example/\""), std::string::npos) << "the link's own form stays filled";
    const auto taken = app.post(owner, "/studio/links", {{"slug", "spring"}, {"target", "https://b.example/"}});
    EXPECT_EQ(taken.status, 422);
    EXPECT_NE(taken.body.find("leads to the link &quot;light&quot; already"), std::string::npos);
    ASSERT_EQ(app.post(owner, "/studio/links/light/aliases", {{"drop", "spring"}}).status, 303);
    EXPECT_EQ(open("/spring").status, 404);
    ASSERT_EQ(app.post(owner, "/studio/links/light/put-back", {{"change", "2"}}).status, 303);
    EXPECT_EQ(leads("/spring"), "https://a.example/") << "letting go can be undone";
    ASSERT_EQ(app.post(owner, "/studio/links/light/put-back", {{"change", "1"}}).status, 303);
    EXPECT_EQ(open("/spring").status, 404) << "so can adding";
    // Whatever is put back: what was ever the link's slug leads here.
    patch("light", R"({"slug":"glow"})");
    patch("glow", R"({"slug":"shine"})");
    ASSERT_EQ(app.post(owner, "/studio/links/shine/put-back", {{"change", "1"}}).status, 303);
    for (const auto* slug : {"/light", "/glow", "/shine"}) EXPECT_EQ(leads(slug), "https://a.example/") << slug;
}

TEST_P(Follow, ARemovedLinkIsGoneAndItsClicksStay) {
    make(R"({"slug":"lamp","target":"https://lamp.example/","ended_target":"https://next.example/","aliases":["light"],
             "password":"sesame","split":[{"target":"https://b.example/","percent":50}]})");
    patch("lamp", R"({"password":""})");
    open("/lamp");
    const auto gone = app.api(http::Method::del, "/api/v1/links/light", key);
    ASSERT_EQ(gone.status, 200) << body_of(gone);
    EXPECT_EQ(json_of(gone).find("removed")->text(), "lamp");
    for (const auto* slug : {"/lamp", "/s/lamp", "/light"}) {
        const auto answer = open(slug);
        EXPECT_EQ(answer.status, 410) << slug << ": it leads nowhere, not even to where its end would lead";
        EXPECT_NE(answer.body.find("This link is gone"), std::string::npos);
    }
    EXPECT_EQ(open("/lamp", preview).status, 410);
    for (const auto* path : {"/qr/lamp.svg", "/report/lamp"}) EXPECT_EQ(app.get(path).status, 404) << path;
    EXPECT_EQ(app.api(http::Method::get, "/api/v1/links/lamp", key).status, 404);
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/links/lamp", key).status, 404);
    const auto listed = [&](const std::string& query) {
        return json_of(app.api(http::Method::get, "/api/v1/links" + query, key)).find("items")->items().size();
    };
    EXPECT_EQ(listed(""), 0U);
    EXPECT_EQ(listed("?removed=true"), 1U);
    EXPECT_EQ(body_of(app.api(http::Method::get, "/api/v1/links/export?format=csv", key)).find("lamp.example"), std::string::npos);
    auto audit = audited();
    EXPECT_TRUE(audit.good());
    EXPECT_EQ(audit.clicks, 1);
    EXPECT_EQ(audit.reasons.at("removed"), 3);
    const auto back = app.api(http::Method::post, "/api/v1/links/lamp/restore", key, "{}");
    ASSERT_EQ(back.status, 200) << body_of(back);
    EXPECT_EQ(json_of(back).find("clicks")->find("all")->integer(), 1);
    EXPECT_EQ(open("/light").status, 302);
    EXPECT_TRUE(audited().good());
}

TEST_P(Follow, TheAddressOfARemovedLinkCanBeTakenAgain) {
    const auto remove = [&](const std::string& slug) {
        ASSERT_EQ(app.api(http::Method::del, "/api/v1/links/" + slug, key).status, 200) << slug;
    };
    const auto restored = [&](const std::string& slug) {
        return app.api(http::Method::post, "/api/v1/links/" + slug + "/restore", key, "{}").status;
    };
    make(R"({"slug":"lamp","target":"https://one.example/","aliases":["light","glow"]})");
    remove("lamp");
    make(R"({"slug":"light","target":"https://two.example/"})");
    EXPECT_EQ(leads("/light"), "https://two.example/");
    EXPECT_EQ(open("/glow").status, 410) << "its other addresses still say that it is gone";
    EXPECT_EQ(restored("lamp"), 200) << "it comes back without the address that another has now";
    EXPECT_EQ(leads("/glow"), "https://one.example/");
    EXPECT_EQ(leads("/light"), "https://two.example/");
    remove("lamp");
    make(R"({"slug":"lamp","target":"https://three.example/"})");
    EXPECT_EQ(leads("/lamp"), "https://three.example/");
    EXPECT_EQ(open("/glow").status, 404) << "who takes its slug, forgets it";
    remove("lamp");
    ASSERT_EQ(app.api(http::Method::put, "/api/v1/pages/lamp", key, R"({"title":"Lamp","publish":true})").status, 200);
    EXPECT_EQ(open("/lamp").status, 200) << "a page may take it, too";
    EXPECT_EQ(restored("lamp"), 404);
    ASSERT_EQ(app.api(http::Method::del, "/api/v1/pages/lamp", key).status, 200);
    EXPECT_EQ(open("/lamp").status, 404);
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/pages/bio", key).status, 400) << "the bio page stays";
    // After thirty days nobody can put it back, and its address answers as any that never was.
    remove("light");
    app.clock.advance(days(30));
    app.clock.advance(seconds(1));
    EXPECT_EQ(restored("light"), 404);
    app.tick();
    EXPECT_EQ(open("/light").status, 404);
    EXPECT_EQ(app.db.sql("SELECT number FROM link").size(), 0U);
    for (const auto* table : {"link_alias", "link_change", "link_tag"})
        EXPECT_EQ(app.db.sql("SELECT shop_id FROM " + std::string(table)).size(), 0U) << table;
    EXPECT_TRUE(audited().good());
}

TEST_P(Follow, WhatIsReportedStaysUntilItIsSettled) {
    make(R"({"slug":"odd","target":"https://odd.example/","aliases":["odder"]})");
    ASSERT_TRUE(app.app->command("warn_link", wire::Json::object({{"shop", "mira"}, {"slug", "odder"}, {"why", "look twice"}})).ok());
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/links/odd", key).status, 403) << "nobody takes its address for a clean link";
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/links/odd", key, R"({"aliases":[]})").status, 403);
    patch("odd", R"({"slug":"even"})");
    EXPECT_NE(open("/odd").body.find("Look before you go on"), std::string::npos) << "a new name takes the old one along, with the warning";
    ASSERT_TRUE(app.app->command("unblock_link", wire::Json::object({{"shop", "mira"}, {"slug", "odd"}})).ok());
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/links/odd", key).status, 200);
}

TEST_P(Follow, TheStudioRemovesManyAndPutsThemBackAtOnce) {
    const auto owner = app.log_in(app.mira);
    for (const auto* slug : {"a", "b", "c"}) make(R"({"slug":")" + std::string(slug) + R"(","target":"https://x.example/"})");
    EXPECT_EQ(app.post(owner, "/studio/link-removals", {}).status, 422) << "nothing chosen";
    EXPECT_EQ(app.post(owner, "/studio/link-removals", {{"slug", "a"}, {"slug", "nowhere"}}).status, 404);
    EXPECT_EQ(open("/a").status, 302) << "all of them or none";
    const auto done = app.post(owner, "/studio/link-removals", {{"slug", "a"}, {"slug", "b"}});
    ASSERT_EQ(done.status, 303);
    EXPECT_EQ(open("/a").status, 410);
    EXPECT_EQ(open("/c").status, 302);
    const auto page = app.get(owner, std::string(done.header("location"))).body;
    EXPECT_NE(page.find("2 links are gone."), std::string::npos);
    const auto at = between(page, "name=\"at\" value=\"", "\"");
    ASSERT_EQ(app.post(owner, "/studio/link-removals/undo", {{"at", at}}).status, 303);
    EXPECT_EQ(open("/a").status, 302);
    EXPECT_EQ(open("/b").status, 302);
    ASSERT_EQ(app.post(owner, "/studio/links/c/remove", {}).status, 303);
    EXPECT_NE(app.get(owner, "/studio/links?removed=1").body.find("/studio/links/c/restore"), std::string::npos);
    ASSERT_EQ(app.post(owner, "/studio/links/c/restore", {}).status, 303);
    EXPECT_EQ(open("/c").status, 302);
    ASSERT_TRUE(app.app->command("remove_link", wire::Json::object({{"shop", "mira"}, {"slug", "c"}})).ok());
    EXPECT_EQ(open("/c").status, 410);
    ASSERT_TRUE(app.app->command("put_link_back", wire::Json::object({{"shop", "mira"}, {"slug", "c"}})).ok());
    EXPECT_EQ(open("/c").status, 302);
}

TEST_P(Follow, ChosenLinksAreChangedTogetherOrNotAtAll) {
    const auto owner = app.log_in(app.mira);
    for (const auto* slug : {"a", "b", "c"}) make(R"({"slug":")" + std::string(slug) + R"(","target":"https://x.example/"})");
    const auto read = [&](const char* slug) {
        return app.db->read_now([&](store::Tx& tx) { return links::find(tx, app.mira.id, slug); }).value();
    };
    const auto act = [&](Form form) {
        app.clock.advance(seconds(1));
        return app.post(owner, "/studio/link-acts?folder=Clips", std::move(form));
    };
    const struct {
        std::string name, value, word, says;
        bool (*holds)(const links::Link&);
    } acts[] = {
        {"at_once", "archive", "", "2 links are in the archive, and work.",
         [](const links::Link& link) { return link.archived.has_value(); }},
        {"at_once", "unarchive", "", "2 links are out of the archive.", [](const links::Link& link) { return !link.archived; }},
        {"what", "move", "Clips", "2 links are in the folder Clips now.", [](const links::Link& link) { return link.folder == "Clips"; }},
        {"what", "move", "", "2 links are in no folder now.", [](const links::Link& link) { return link.folder.empty(); }},
        {"what", "tag", "summer", "2 links have the tag summer now.",
         [](const links::Link& link) { return link.tags == std::vector<std::string>{"summer"}; }},
        {"what", "tag", "summer", "Nothing to change",
         [](const links::Link& link) { return link.tags == std::vector<std::string>{"summer"}; }},
        {"what", "untag", "summer", "2 links have the tag summer no longer.", [](const links::Link& link) { return link.tags.empty(); }},
    };
    for (const auto& one : acts) {
        const auto done = act({{"slug", "a"}, {"slug", "b"}, {one.name, one.value}, {"word", one.word}});
        ASSERT_EQ(done.status, 303) << one.value << ": " << between(body_of(done), "role=\"alert\">", "</div>");
        EXPECT_TRUE(done.header("location").starts_with("/studio/links?words=&folder=Clips")) << "back to the list as it was looked at";
        EXPECT_NE(app.get(owner, std::string(done.header("location"))).body.find(one.says), std::string::npos) << one.says;
        EXPECT_TRUE(one.holds(read("a")) && one.holds(read("b"))) << one.value;
        EXPECT_EQ(read("c").folder + (read("c").archived ? "archived" : ""), "") << "who was not chosen";
    }
    // One line in the history of each, and one undo for all.
    const auto done = act({{"slug", "a"}, {"slug", "b"}, {"what", "move"}, {"word", "Posters"}});
    const auto history = [&](const char* slug) {
        return app.db->read_now([&](store::Tx& tx) { return links::history(tx, app.mira.id, links::find(tx, app.mira.id, slug)->number); })
            .value();
    };
    EXPECT_EQ(history("a").front().what, "moved to the folder Posters");
    EXPECT_EQ(history("a").size(), 7U) << "what changed nothing is not written down";
    const auto made = between(app.get(owner, std::string(done.header("location"))).body, "name=\"made\" value=\"", "\"");
    ASSERT_EQ(app.post(owner, "/studio/link-acts/undo", {{"made", made}}).status, 303) << made;
    EXPECT_EQ(read("a").folder + read("b").folder, "");
    EXPECT_EQ(history("b").front().what, "put back");
    EXPECT_EQ(app.post(owner, "/studio/link-acts/undo", {{"made", "1.x"}}).status, 422);

    // What is refused is said of each link, and then none is changed.
    std::string tags;
    for (int i = 0; i < 20; ++i) tags += (i == 0 ? "\"" : ",\"") + std::string("t") + std::to_string(i) + "\"";
    patch("b", R"({"tags":[)" + tags + "]}");
    const auto refused =
        app.post(owner, "/studio/link-acts", {{"slug", "a"}, {"slug", "b"}, {"slug", "nowhere"}, {"what", "tag"}, {"word", "one more"}});
    ASSERT_EQ(refused.status, 422);
    const auto page = body_of(refused);
    EXPECT_NE(page.find("<li>&quot;b&quot;: a link has at most 20 tags.</li>"), std::string::npos)
        << between(page, "role=\"alert\">", "</div>");
    EXPECT_NE(page.find("<li>&quot;nowhere&quot;: there is no link &quot;nowhere&quot;.</li>"), std::string::npos);
    EXPECT_NE(page.find("name=\"word\" value=\"one more\""), std::string::npos) << "what was typed stays";
    EXPECT_TRUE(read("a").tags.empty());

    std::vector<std::pair<Form, std::string>> wrong{
        {{{"what", "move"}, {"word", "x"}}, "Choose the links first"},
        {{{"slug", "a"}}, "Say what to do with the chosen links."},
        {{{"slug", "a"}, {"what", "burn"}}, "Say what to do with the chosen links."},
        {{{"slug", "a"}, {"what", "tag"}, {"word", " "}}, "Say which tag."},
        {{{"slug", "a"}, {"what", "tag"}, {"word", "a,b"}}, "must have no comma"},
        {{{"slug", "a"}, {"what", "move"}, {"word", std::string(61, 'x')}}, "The folder&#39;s name has 61 characters"},
        {Form(101, {"slug", "a"}), "At most 100 links at once."}};
    wrong.back().first.emplace_back("at_once", "archive");
    for (const auto& [form, says] : wrong) {
        const auto again = act(form);
        EXPECT_EQ(again.status, 422) << says;
        EXPECT_NE(body_of(again).find(says), std::string::npos) << says << ": " << between(body_of(again), "role=\"alert\">", "</div>");
    }
    EXPECT_EQ(app.post({owner.base, owner.cookie, "wrong"}, "/studio/link-acts", {{"slug", "a"}, {"at_once", "archive"}}).status, 403);
}

TEST_P(Follow, ManyLinksArePastedLookedAtAndMadeTogether) {
    const auto owner = app.log_in(app.mira);
    make(R"({"slug":"taken","target":"/p/lamp"})");
    const std::string good =
        "https://a.example/x,y\r\n\r\nlamp,/p/lamp\nbowl,b.example/bowl,\"A bowl, blue\"\nmap\thttps://m.example/\tThe map";
    const auto looked = app.post(owner, "/studio/link-bulk", {{"lines", good}});
    ASSERT_EQ(looked.status, 200) << body_of(looked);
    EXPECT_NE(body_of(looked).find("Would make 4 links."), std::string::npos);
    EXPECT_NE(body_of(looked).find("A bowl, blue"), std::string::npos);
    EXPECT_EQ(open("/lamp").status, 404) << "nothing is made yet";
    const auto made = app.post(owner, "/studio/link-bulk", {{"lines", good}, {"act", "make"}});
    ASSERT_EQ(made.status, 303) << body_of(made);
    EXPECT_EQ(leads("/bowl"), "https://b.example/bowl");
    EXPECT_EQ(leads("/map"), "https://m.example/");
    EXPECT_NE(app.get(owner, "/studio/links").body.find("https://a.example/x,y"), std::string::npos);

    const struct {
        const char *lines, *says;
    } wrong[] = {{"one,https://x.example/\ntaken,https://x.example/", "This shop has a link &quot;taken&quot; already"},
                 {"one,https://x.example/\none,https://y.example/", "Line 1 has the address &quot;one&quot; already"},
                 {"one,https://x.example/\nno way,https://x.example/", "must be 1 to 100 of letters"},
                 {"one,https://x.example/\nstudio,https://x.example/", "is one of the shop&#39;s own pages"},
                 {"one,https://x.example/\nrules,javascript:x", "must begin with https://"},
                 {"one,https://x.example/\na,b,c,d", "A line is TARGET, or SLUG,TARGET, or SLUG,TARGET,TITLE"},
                 {"https://x.example,Title", "A line is TARGET, or SLUG,TARGET, or SLUG,TARGET,TITLE"},
                 {"one,https://x.example/\n\"open,https://x.example/", "A line is TARGET"},
                 {" \n ", "Paste at least one line"}};
    for (const auto& one : wrong) {
        for (const auto* what : {"look", "make"}) {
            const auto again = app.post(owner, "/studio/link-bulk", {{"lines", one.lines}, {"act", what}});
            EXPECT_EQ(again.status, 422) << one.lines;
            EXPECT_NE(body_of(again).find(one.says), std::string::npos) << one.lines << ": " << one.says;
            EXPECT_EQ(body_of(again).find("value=\"make\""), std::string::npos) << "no button before all is right";
        }
    }
    std::string many;
    for (int i = 0; i < 1'001; ++i) many += "/p/lamp\n";
    EXPECT_NE(body_of(app.post(owner, "/studio/link-bulk", {{"lines", many}, {"act", "make"}})).find("At most 1,000 links at once"),
              std::string::npos);
    EXPECT_EQ(open("/one").status, 404) << "all of them or none";
    EXPECT_EQ(app.post({owner.base, owner.cookie, "wrong"}, "/studio/link-bulk", {{"lines", good}}).status, 403);
}

TEST_P(Follow, TodaysLinkSaysWhatKeepsVisitorsFromItsTarget) {
    const auto owner = app.log_in(app.mira);
    const auto notes = [&] { return between(body_of(app.get(owner, "/studio")), "data-test=\"today-notes\">", "</ul>"); };
    EXPECT_NE(notes().find("It is not made yet."), std::string::npos);
    make(R"({"slug":"today","target":"/p/lamp"})");
    EXPECT_EQ(notes(), "");
    const struct {
        const char *change, *says;
    } cases[] = {
        {R"({"rules":[{"if":{"device":"phone"},"to":"/p/a"},{"if":{"device":"tablet"},"to":"/p/b"}]})",
         "2 rules lead some visitors elsewhere."},
        {R"({"split":[{"target":"/p/b","percent":30}]})", "Visitors are shared among 2 targets."},
        {R"({"live":"*"})", "It follows a live session"},
        {R"({"password":"sesame"})", "It asks for a password."},
        {R"({"archived":"2026-01-01T00:00:00Z"})", "It is in the archive, and works all the same."},
        {R"({"starts":"2030-01-01T00:00:00Z"})", "It opens on 2030-01-01"},
        {R"({"starts":null,"ends":"2026-01-01T00:00:00Z"})", "It ended on 2026-01-01 00:00 UTC. Visitors read that it is over."},
        {R"({"ended_target":"/p/late"})", "Visitors go to /p/late."},
    };
    for (const auto& one : cases) {
        patch("today", one.change);
        EXPECT_NE(notes().find(one.says), std::string::npos) << one.says << ": " << notes();
    }
    ASSERT_TRUE(app.app->command("block_link", wire::Json::object({{"shop", "mira"}, {"slug", "today"}, {"why", "a complaint"}})).ok());
    EXPECT_NE(notes().find("Whoever runs this site has switched it off: A complaint."), std::string::npos) << notes();
    const auto done = app.post(owner, "/studio/today", {{"target", "/p/bowl"}, {"back", "home"}});
    EXPECT_NE(body_of(app.get(owner, std::string(done.header("location"))))
                  .find("Today&#39;s link leads to /p/bowl. Whoever runs this site has switched it off"),
              std::string::npos)
        << "the word of thanks says so, too";
}

TEST_P(Follow, TheStudioEditsEverythingOfALink) {
    make(R"({"slug":"lamp","target":"/p/lamp"})");
    const auto owner = app.log_in(app.mira);
    const Form form{{"slug", "lamp"},
                    {"target", "/p/bowl"},
                    {"title", "Bowl"},
                    {"pass_query", "1"},
                    {"tags", "summer, clips,"},
                    {"folder", "Clips"},
                    {"ends", "2027-01-01T20:00"},
                    {"clicks_max", "50"},
                    {"password", "sesame"},
                    {"rule_0_device", "phone"},
                    {"rule_0_device", "tablet"},
                    {"rule_0_app", "any"},
                    {"rule_0_country", "de, AT"},
                    {"rule_0_query", "ref=clip7, x"},
                    {"rule_0_to", "/p/phone"},
                    {"rule_1_language", "fr"},
                    {"rule_1_to", "/p/fr"},
                    {"rule_2_to", ""},
                    {"split_0_target", "/p/b"},
                    {"split_0_percent", "30"}};
    const auto saved = app.post(owner, "/studio/links/lamp", form);
    ASSERT_EQ(saved.status, 303) << body_of(saved);
    const auto read = [&] { return app.db->read_now([&](store::Tx& tx) { return links::find(tx, app.mira.id, "lamp"); }).value(); };
    const auto link = read();
    EXPECT_EQ(link.target, "/p/bowl");
    EXPECT_EQ(link.tags, (std::vector<std::string>{"clips", "summer"}));
    EXPECT_EQ(iso(link.ends.value()), "2027-01-01T20:00:00Z");
    EXPECT_EQ(link.clicks_max, 50);
    ASSERT_EQ(link.rules.size(), 2U);
    EXPECT_EQ(links::rule_words(link.rules[0]), "phone or tablet, in any app, from DE or AT, with ?ref=clip7, with ?x");
    EXPECT_EQ(link.split, (std::vector<links::Share>{{.target = "/p/b", .percent = 30}}));
    EXPECT_FALSE(link.password_hash.empty());

    // The page shows it, and what it shows saves as it is: nothing is lost by looking.
    const auto page = body_of(app.get(owner, "/studio/links/lamp"));
    EXPECT_NE(page.find("phone or tablet, in any app"), std::string::npos);
    auto moved = form;
    std::erase_if(moved, [](const auto& field) { return field.first == "password"; });
    moved.emplace_back("move", "up-1");
    ASSERT_EQ(app.post(owner, "/studio/links/lamp", moved).status, 303);
    EXPECT_EQ(read().rules[0].target, "/p/fr");
    EXPECT_EQ(read().password_hash, link.password_hash) << "an empty password keeps the one that is there";
    ASSERT_EQ(app.post(owner, "/studio/links/lamp/put-back", {{"change", "2"}}).status, 303);
    EXPECT_EQ(read(), link);

    const struct {
        const char *field, *value, *at, *says;
    } wrong[] = {{"rule_0_country", "Germany", "rule_0_country", "Country &quot;Germany&quot; must be two letters, like DE."},
                 {"rule_1_to", "", "rule_1_to", "Say where the link leads"},
                 {"rule_0_from", "soon", "rule_0_from", "&quot;soon&quot; is no time; write it like 2026-12-24T18:00."},
                 {"ends", "soon", "ends", "&quot;soon&quot; is no time"},
                 {"starts", "2027-02-01T20:00", "ends", "It must be later than its start."},
                 {"clicks_max", "many", "clicks_max", "&quot;many&quot; is no whole number from 1 on."},
                 {"split_0_percent", "x", "split_0_percent", "&quot;x&quot; is no whole number from 1 on."},
                 {"split_0_percent", "100", "split_0_percent", "The targets must have 1 to 99 percent together"},
                 {"split_0_target", "ftp://b.example/", "split_0_target", "must begin with https://"},
                 {"password", "abc", "password", "The password must have 4 to 200 characters."},
                 {"target", "javascript:x", "target", "must begin with https://"},
                 {"ended_target", "//x", "ended_target", "must name its scheme"},
                 {"fallback", "x y", "fallback", "holds a space"},
                 {"utm", "x=1", "utm", "The UTM values"},
                 {"preview_image", "data:x", "preview_image", "must begin with https://"},
                 {"app_ios", "javascript:x", "app_ios", "must begin with a scheme of an app"},
                 {"app_android", "spotify:x", "app_package", "An Android app needs both"},
                 {"app_package", "com.example.tide", "app_android", "An Android app needs both"},
                 {"app_package", "tide", "app_package", "must be written like com.example.tide"},
                 {"tags", "summer, clips, a|b", "tags", "must have no comma and no bar"},
                 {"slug", "no way", "slug", "must be 1 to 100 of letters"},
                 {"slug", "studio", "slug", "is one of the shop&#39;s own pages"},
                 {"slug", "taken", "slug", "This shop has a link &quot;taken&quot; already"}};
    make(R"({"slug":"taken","target":"/p/lamp"})");
    for (const auto& one : wrong) {
        auto bad = form;
        for (auto& [name, value] : bad) {
            if (name == one.field) value = one.value;
        }
        if (std::ranges::none_of(form, [&](const auto& field) { return field.first == one.field; })) bad.emplace_back(one.field, one.value);
        const auto again = app.post(owner, "/studio/links/lamp", bad);
        EXPECT_EQ(again.status, 422) << one.field;
        const auto text = body_of(again), id = std::string(one.at);
        EXPECT_NE(between(text, "id=\"" + id + "-wrong\"><span class=\"wrong\">", "</span>").find(one.says), std::string::npos)
            << one.field << " at " << id << ": " << between(text, "role=\"alert\">", "</div>");
        EXPECT_NE(text.find("<a href=\"#" + id + "\">"), std::string::npos) << id << ": the summary leads there";
        EXPECT_NE(text.find("name=\"tags\" value=\"summer, clips,"), std::string::npos) << "what was typed stays";
    }
    // All of it at once, in the order of the page, and each part that holds some of it is open.
    auto bad = form;
    for (auto& [name, value] : bad) {
        if (name == "target") value = "ftp://x";
        if (name == "rule_1_to") value = "nowhere";
        if (name == "tags") value = "a|b";
    }
    const auto text = body_of(app.post(owner, "/studio/links/lamp", bad));
    const auto first = text.find("<a href=\"#target\">Goes to</a>"), second = text.find("<a href=\"#rule_1_to\">Rule 2, goes to</a>"),
               third = text.find("<a href=\"#tags\">Tags</a>");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_NE(third, std::string::npos);
    EXPECT_NE(text.find("<details class=\"card fold\" open><summary><h2>Your order</h2>"), std::string::npos);
    EXPECT_EQ(read(), link);
}

TEST(Password, fits_only_itself) {
    links::Link link;
    ASSERT_TRUE(links::set_password(link, "sesame"));
    EXPECT_TRUE(link.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << link.password_hash;
    EXPECT_FALSE(links::set_password(link, "abc"));
    ASSERT_TRUE(links::set_password(link, ""));
    EXPECT_EQ(link.password_hash, "");
}

TEST(Limiter, gives_again_what_time_brings) {
    Limiter limiter(2, minutes(1));
    const Instant start{1'000'000'000'000};
    const struct {
        const char* name;
        Duration after;
        bool given;
    } takes[] = {{"a", seconds(0), true},   {"a", seconds(0), true},   {"a", seconds(0), false},  {"b", seconds(0), true},
                 {"a", seconds(29), false}, {"a", seconds(30), true},  {"a", seconds(31), false}, {"a", seconds(600), true},
                 {"a", seconds(600), true}, {"a", seconds(600), false}};
    for (const auto& take : takes) EXPECT_EQ(limiter.take(take.name, start + take.after), take.given) << take.name << take.after.us;
}

}  // namespace
}  // namespace barrow::testing
