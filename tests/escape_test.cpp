// Links that survive the app: the page in the app, the tap, the arrival outside, and what switches a way out off. Links that people are
// asked about first, reports, apps.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "rooms/links/doubt.hpp"
#include "rooms/links/escapes.hpp"
#include "rooms/links/follow_http.hpp"
#include "rooms/telemetry/clicks.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

constexpr auto safari =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 "
    "Safari/604.1";
constexpr auto chrome =
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";
constexpr auto instagram =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22B83 Instagram 359.0.0.0.1 "
    "(iPhone15,2; iOS 18_1; de_DE; de; scale=3.00; 1179x2556; 1)";
constexpr auto tiktok =
    "Mozilla/5.0 (Linux; Android 13; SM-A536B Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/126.0.6478.122 Mobile Safari/537.36 trill_340503 BytedanceWebview/d8a21c6 musical_ly_2023405030 AppName/musical_ly";
constexpr auto facebook_ios =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "[FBAN/FBIOS;FBAV/470.0.0.46.83;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.5;FBSS/3;FBCR/;FBID/phone;FBLC/en_GB;FBOP/5]";
constexpr auto preview = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)";

using Headers = std::vector<std::pair<std::string, std::string>>;

std::string unescaped(std::string text) {
    for (const auto& [what, by] : {std::pair<std::string, std::string>{"&amp;", "&"}, {"&#x2F;", "/"}, {"&#x3D;", "="}, {"&#39;", "'"}}) {
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at)) text.replace(at, what.size(), by);
    }
    return text;
}

class Escape : public ::testing::TestWithParam<Engine> {
protected:
    void make(const std::string& json) {
        const auto made = app.api(http::Method::post, "/api/v1/links", key, json);
        ASSERT_EQ(made.status, 201) << body_of(made);
    }
    http::Response open(const std::string& target, const std::string& agent, Headers headers = {}) {
        app.clock.advance(seconds(3));  // no repetition of the last one
        headers.emplace_back("user-agent", agent);
        return app.call({.target = target, .headers = std::move(headers)});
    }
    http::Response send(const std::string& target, const std::string& agent, const std::string& body, Headers headers = {}) {
        headers.emplace_back("user-agent", agent);
        headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        headers.emplace_back("sec-fetch-site", "same-origin");
        return app.call({.method = http::Method::post, .target = target, .body = body, .headers = std::move(headers)});
    }
    struct Page {
        std::string href, tap, here, address;
    };
    // The page of a way out; a test failure where there is none.
    Page page(const std::string& target, const std::string& agent) {
        const auto answer = open(target, agent);
        EXPECT_EQ(answer.status, 200) << target;
        EXPECT_EQ(answer.header("cache-control"), "no-store");
        const auto body = body_of(answer);
        EXPECT_LT(body.size(), 14U * 1'024) << "a page before the page must be light";
        return {.href = unescaped(between(body, "wide\" href=\"", "\"")),
                .tap = unescaped(between(body, "data-tap=\"", "\"")),
                .here = unescaped(between(body, "<a class=\"button\" href=\"", "\"")),
                .address = unescaped(between(body, "readonly value=\"", "\""))};
    }
    // What the browser outside opens: the escaped address of an instagram:// or intent:// one.
    static std::string outside_of(const Page& page) {
        const auto url = page.href.starts_with("instagram://") ? http::percent_decode(page.href.substr(page.href.find("url=") + 4))
                                                               : "http://" + between(page.href, "intent://", "#");
        return url.substr(url.find("/s/"));
    }
    links::Standing standing(std::string_view id) {
        const auto told = app.db->read_now([&](store::Tx& tx) { return links::standings(tx, app.mira.id, app.clock.now()); });
        for (const auto& one : told.value().recipes) {
            if (one.recipe->id == id) return one;
        }
        return {};
    }
    telemetry::Audit audited() {
        app.tick();
        auto audit = app.db->read_now([&](store::Tx& tx) -> Result<telemetry::Audit> {
            access::Directory directory(app.secrets());
            TRY(directory.reload(tx));
            return telemetry::audit(tx, *directory.by_slug("mira"), {});
        });
        EXPECT_TRUE(audit.value().good());
        return audit.value();
    }
    int audit_lines(const std::string& act) {
        return static_cast<int>(app.db.sql("SELECT id FROM audit WHERE act = '" + act + "'").size());
    }
    void command(const char* name, wire::Json arguments) {
        const auto done = app.app->command(name, arguments.set("shop", "mira"));
        ASSERT_TRUE(done) << done.error().text;
    }

    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);
};
BARROW_BOTH_ENGINES(Escape);

TEST_P(Escape, OutOfInstagramIntoSafariIsOneClickAndOneArrival) {
    make(R"({"slug":"lamp","target":"/p/lamp?x=1","outside":"offer","split":[{"target":"/p/other","percent":50}]})");
    const auto shown = page("/s/lamp?d=clip7&ref=a", instagram);
    ASSERT_TRUE(shown.href.starts_with("instagram://extbrowser/?url=")) << shown.href;
    EXPECT_TRUE(shown.address.ends_with("/s/lamp?d=clip7")) << shown.address;
    EXPECT_EQ(send(shown.tap, instagram, "").status, 204);
    EXPECT_EQ(send(shown.tap, instagram, "").status, 204) << "ping and script both say so";
    EXPECT_EQ(standing("instagram-ios").tries, 1);
    EXPECT_EQ(standing("instagram-ios").arrived, 0);
    const auto arrived = open(outside_of(shown), safari);
    EXPECT_EQ(arrived.status, 302);
    EXPECT_EQ(arrived.header("location"), shown.here) << "outside it leads where it led inside, with the same context";
    EXPECT_EQ(arrived.header("location").find("outside="), std::string_view::npos);
    EXPECT_EQ(standing("instagram-ios").arrived, 1);
    EXPECT_EQ(open(outside_of(shown), safari).status, 302) << "opened twice it still leads on";
    EXPECT_EQ(standing("instagram-ios").tries, 1);
    EXPECT_EQ(standing("instagram-ios").arrived, 1);
    const auto audit = audited();
    EXPECT_EQ(audit.clicks, 1);
    EXPECT_EQ(audit.reasons.at("outside"), 2);
    const auto parts = app.db->read_now([&](store::Tx& tx) { return telemetry::parts_of(tx, app.mira.id, 1, 0); });
    std::map<std::string, std::int64_t> found;
    for (const auto& part : parts.value()) found[part.part + " " + part.value] = part.n;
    EXPECT_EQ(found["app instagram"], 1) << "the click is the app's";
    EXPECT_EQ(found["source clip7"], 1);
}

TEST_P(Escape, OutOfTikTokIntoChromeEvenWhenTheTapWasNotHeard) {
    make(R"({"slug":"x","target":"https://x.example/","outside":"offer"})");
    const auto shown = page("/s/x?ref=a", tiktok);
    EXPECT_TRUE(shown.href.starts_with("intent://")) << shown.href;
    EXPECT_NE(shown.href.find("S.browser_fallback_url=http"), std::string::npos);
    EXPECT_EQ(shown.here, "https://x.example/?ref=a");
    EXPECT_EQ(open(outside_of(shown), tiktok).header("location"), "https://x.example/?ref=a") << "the fallback, inside the app";
    EXPECT_EQ(standing("tiktok-android").tries, 0) << "inside is no arrival";
    EXPECT_EQ(open(outside_of(shown), preview).status, 302);
    EXPECT_EQ(standing("tiktok-android").tries, 0) << "a program is none";
    EXPECT_EQ(open(outside_of(shown), chrome).header("location"), "https://x.example/?ref=a");
    EXPECT_EQ(standing("tiktok-android").tries, 1);
    EXPECT_EQ(standing("tiktok-android").arrived, 1);
    EXPECT_EQ(send(shown.tap, tiktok, "").status, 204) << "the tap, late";
    EXPECT_EQ(standing("tiktok-android").tries, 1);
    EXPECT_EQ(audited().clicks, 1);
}

TEST_P(Escape, NothingSurprisesWhoDidNotAsk) {
    make(R"({"slug":"plain","target":"https://x.example/"})");
    make(R"({"slug":"product","target":"/p/lamp"})");
    make(R"({"slug":"offers","target":"https://x.example/","outside":"offer"})");
    make(R"({"slug":"never","target":"/p/lamp","outside":"never"})");
    const auto owner = app.log_in(app.mira);
    const auto opens = [&](const std::string& slug, const std::string& agent = instagram) { return open("/s/" + slug, agent).status; };
    EXPECT_EQ(opens("plain"), 302);
    EXPECT_EQ(opens("product"), 302);
    EXPECT_EQ(opens("offers"), 200);
    EXPECT_EQ(opens("offers", safari), 302);
    EXPECT_EQ(opens("offers", chrome), 302);
    EXPECT_EQ(opens("offers", preview), 302);
    EXPECT_EQ(opens("offers", "curl/8.5.0"), 302);
    EXPECT_EQ(opens("offers", facebook_ios), 302) << "no way out is known there";
    EXPECT_EQ(open("/s/offers", instagram, {{"sec-purpose", "prefetch"}}).status, 302);
    const auto say = [&](const std::string& ask) { return app.post(owner, "/studio/escapes", {{"ask", ask}}).status; };
    EXPECT_EQ(say("selling"), 303);
    EXPECT_EQ(opens("product"), 200) << "at the very next click";
    EXPECT_EQ(opens("plain"), 302);
    EXPECT_EQ(say("all"), 303);
    EXPECT_EQ(opens("plain"), 200);
    EXPECT_EQ(opens("never"), 302);
    EXPECT_EQ(say("everything"), 400);
    EXPECT_EQ(say("never"), 303);
    EXPECT_EQ(opens("product"), 302);
}

TEST_P(Escape, ALinkWithAWallIsCountedBehindIt) {
    make(R"({"slug":"vip","target":"https://vip.example/","outside":"offer","password":"sesame","clicks_max":1})");
    const auto shown = page("/s/vip", instagram);
    EXPECT_NE(shown.here.find("/s/vip?outside="), std::string::npos);
    EXPECT_EQ(open("/s/vip", instagram).body.find("vip.example"), std::string::npos) << "what is behind the password is not told before it";
    EXPECT_EQ(app.get("/report/vip").body.find("vip.example"), std::string::npos);
    EXPECT_EQ(open(shown.here, instagram).body.find("Open in your browser"), std::string::npos) << "whoever stays is not asked again";
    const auto asked = open(outside_of(shown), safari);
    EXPECT_NE(asked.body.find("asks for a password"), std::string::npos);
    const auto action = unescaped(between(asked.body, "method=\"post\" action=\"", "\""));
    EXPECT_EQ(send(action, safari, "password=sesame").header("location"), "https://vip.example/");
    EXPECT_EQ(standing("instagram-ios").arrived, 1);
    const auto audit = audited();
    EXPECT_EQ(audit.clicks, 1);
    EXPECT_EQ(audit.reasons.at("outside"), 2);
    EXPECT_EQ(audit.reasons.at("locked"), 2);
}

TEST_P(Escape, AStrangersTokenIsNone) {
    make(R"({"slug":"x","target":"https://x.example/","outside":"offer"})");
    make(R"({"slug":"y","target":"https://y.example/","outside":"offer"})");
    const auto shown = page("/s/x", instagram);
    auto forged = shown.tap;
    forged.back() = forged.back() == 'A' ? 'B' : 'A';
    EXPECT_EQ(send(forged, instagram, "").status, 400);
    EXPECT_EQ(app.call({.method = http::Method::post, .target = shown.tap, .headers = {{"sec-fetch-site", "cross-site"}}}).status, 403);
    const auto elsewhere = "/s/y" + outside_of(shown).substr(4);
    EXPECT_EQ(open(elsewhere, safari).header("location"), "https://y.example/") << "another link's token is no arrival";
    EXPECT_EQ(standing("instagram-ios").tries, 0);
    EXPECT_EQ(open(elsewhere, instagram).status, 200) << "and no way past the page";
    app.clock.advance(links::try_life);
    EXPECT_EQ(open(outside_of(shown), safari).status, 302) << "half an hour later it is a link like any other";
    EXPECT_EQ(standing("instagram-ios").tries, 0);
    EXPECT_EQ(audited().clicks, 4);
}

// The verbs: many taps need no pages.
class Judged : public OnBothEngines {
protected:
    links::Try one(int i) const { return {.recipe = "tiktok-ios", .link = 1, .nonce = "n" + std::to_string(i), .made = now}; }
    bool tap(int i) {
        return db->write_now([&](store::Tx& tx) { return links::note_tap(tx, shop, one(i), now, random); }).value();
    }
    bool arrive(int i) {
        return db->write_now([&](store::Tx& tx) { return links::note_arrival(tx, shop, one(i), now); }).value();
    }
    bool is_off() {
        return !db->read_now([&](store::Tx& tx) { return links::in_force(tx, shop); }).value()[links::recipe_named("tiktok-ios").value()];
    }
    void turn(std::string_view recipe, links::Turn to) {
        EXPECT_TRUE(db->write_now([&](store::Tx& tx) { return links::turn(tx, shop, recipe, to, now); }));
    }
    // `n` tries, of which so many arrived; then they are old enough to be judged.
    void tries(int n, int arrived) {
        for (int i = 0; i < n; ++i, ++next_) {
            now = now + seconds(1);
            EXPECT_FALSE(tap(next_)) << i;
            const bool good = i < n - arrived || arrive(next_);
            EXPECT_TRUE(good) << i;
        }
        now = now + links::settles + seconds(1);
    }
    int next_ = 0;
    const Id<access::Shop> shop{"mira"};
};
BARROW_BOTH_ENGINES(Judged);

TEST_P(Judged, NinetyNineOfTwoHundredSwitchItOff) {
    tries(199, 99);
    EXPECT_FALSE(tap(next_++)) << "199 are not 200";
    now = now + links::settles + seconds(1);
    EXPECT_FALSE(is_off());
    EXPECT_TRUE(tap(next_++)) << "200 tries, 99 of them arrived";
    EXPECT_TRUE(is_off());
    EXPECT_FALSE(tap(next_++)) << "it is off already";
    turn("tiktok-ios", links::Turn::on);
    EXPECT_FALSE(is_off());
    EXPECT_FALSE(tap(next_++)) << "a new count has begun";
    tries(200, 0);
    EXPECT_TRUE(tap(next_++));
    EXPECT_EQ(db.sql("SELECT id FROM audit WHERE act = 'escape_off' AND subject = 'tiktok-ios'").size(), 2U);
}

TEST_P(Judged, HalfIsEnoughAndTheOldIsForgotten) {
    tries(200, 100);
    EXPECT_FALSE(tap(next_));
    EXPECT_TRUE(arrive(next_++));
    tries(150, 150);
    EXPECT_FALSE(is_off());
    now = now + hours(2);
    EXPECT_FALSE(tap(next_++));
    EXPECT_EQ(db.sql("SELECT nonce FROM escape_try").size(), 201U) << "the last two hundred and the last hour's";
    EXPECT_EQ(db.sql("SELECT tries FROM escape_day")[0].integer("tries"), 352);
}

TEST_P(Judged, ManyAtOnceSwitchItOffOnce) {
    tries(200, 99);
    std::atomic<int> off = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            SeededRandom own(static_cast<std::uint64_t>(100 + t));
            for (int i = 0; i < 5; ++i) {
                const auto mine = one(10'000 + t * 100 + i);
                auto done = db->write_now([&](store::Tx& tx) { return links::note_tap(tx, shop, mine, now, own); });
                for (int again = 0; !done && again < 50; ++again)  // PostgreSQL may give up after its own tries
                    done = db->write_now([&](store::Tx& tx) { return links::note_tap(tx, shop, mine, now, own); });
                EXPECT_TRUE(done) << done.error().text;
                if (done && *done) ++off;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(off, 1);
    EXPECT_TRUE(is_off());
    EXPECT_EQ(db.sql("SELECT id FROM audit WHERE act = 'escape_off'").size(), 1U);
    EXPECT_EQ(db.sql("SELECT tries FROM escape_day")[0].integer("tries"), 240) << "no tap is lost";
}

TEST_P(Escape, ASwitchWorksAtTheNextClick) {
    make(R"({"slug":"x","target":"https://x.example/","outside":"offer"})");
    const auto owner = app.log_in(app.mira);
    const auto status = [&](const std::string& agent = instagram) { return open("/s/x", agent).status; };
    const auto turn = [&](const std::string& recipe, const std::string& to) {
        return app.post(owner, "/studio/escapes/" + recipe, {{"turn", to}}).status;
    };
    EXPECT_EQ(status(), 200);
    EXPECT_EQ(turn("instagram-ios", "off"), 303);
    EXPECT_EQ(status(), 302);
    EXPECT_EQ(status(tiktok), 200) << "the others go on";
    EXPECT_EQ(turn("instagram-ios", "on"), 303);
    EXPECT_EQ(status(), 200);
    EXPECT_EQ(turn("all", "off"), 303);
    EXPECT_EQ(status(tiktok), 302);
    EXPECT_EQ(turn("all", "on"), 303);
    EXPECT_EQ(turn("nothing", "off"), 400);
    EXPECT_EQ(status(), 200);
    for (const auto* recipe : {"instagram-ios", "*"}) {
        command("switch_escape", wire::Json::object({{"recipe", recipe}, {"on", false}}));
        EXPECT_EQ(status(), 302) << recipe;
        EXPECT_NE(app.get(owner, "/studio/escapes").body.find("whoever runs this site"), std::string::npos);
        command("switch_escape", wire::Json::object({{"recipe", recipe}, {"on", true}}));
        EXPECT_EQ(status(), 200) << recipe;
    }
    EXPECT_FALSE(app.app->command("switch_escape", wire::Json::object({{"recipe", "nothing"}})));
    send(page("/s/x", instagram).tap, instagram, "");
    const auto shown = app.get(owner, "/studio/escapes").body;
    EXPECT_NE(shown.find("Instagram on iPhone"), std::string::npos);
    EXPECT_NE(shown.find("0–79 %"), std::string::npos) << "one try, none arrived";
    EXPECT_EQ(audit_lines("turn_escape"), 4);
}

// ---- people are asked first ----------------------------------------------------------------------------------------------

TEST_P(Escape, AWarnedLinkAsksFirstAndProgramsNever) {
    make(R"({"slug":"x","target":"https://x.example/","outside":"offer"})");
    EXPECT_EQ(open("/s/x?a=1", safari).status, 302);
    command("warn_link", wire::Json::object({{"slug", "x"}, {"why", "It passes for a bank."}}));
    const auto asked = open("/s/x?a=1", safari);
    EXPECT_EQ(asked.status, 200) << "at the very next click";
    EXPECT_NE(asked.body.find("It passes for a bank."), std::string::npos);
    EXPECT_NE(asked.body.find("x.example"), std::string::npos);
    EXPECT_EQ(open("/s/x", preview).status, 302);
    EXPECT_NE(open("/s/x", instagram).body.find("Look before you go on"), std::string::npos) << "before the way out";
    const auto action = unescaped(between(asked.body, "method=\"post\" action=\"", "\""));
    const auto gone = send(action, safari, "go=on");
    EXPECT_EQ(gone.status, 303);
    EXPECT_EQ(gone.header("location"), "https://x.example/?a=1");
    EXPECT_EQ(send(action, safari, "").status, 200) << "without the answer it asks again";
    const auto audit = audited();
    EXPECT_EQ(audit.clicks, 2);
    EXPECT_EQ(audit.reasons.at("warned"), 2);
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/links/x", key, R"({"warned":""})").status, 400) << "not the owner's to take back";
    EXPECT_NE(body_of(app.api(http::Method::get, "/api/v1/links/x", key)).find("It passes for a bank."), std::string::npos);
    command("unblock_link", wire::Json::object({{"slug", "x"}}));
    EXPECT_EQ(open("/s/x", safari).status, 302);
}

TEST_P(Escape, ADoubtAndAPasswordAreAskedOneAfterTheOther) {
    make(R"({"slug":"x","target":"https://x.example/","password":"sesame"})");
    command("warn_link", wire::Json::object({{"slug", "x"}, {"why", "Mind."}}));
    EXPECT_NE(open("/s/x", safari).body.find("Look before you go on"), std::string::npos);
    EXPECT_NE(send("/s/x", safari, "password=sesame").body.find("Look before you go on"), std::string::npos);
    const auto asked = send("/s/x", safari, "go=on");
    EXPECT_EQ(asked.status, 200);
    EXPECT_NE(asked.body.find("name=\"go\""), std::string::npos);
    EXPECT_EQ(send("/s/x", safari, "go=on&password=wrong").status, 422);
    EXPECT_EQ(send("/s/x", safari, "go=on&password=sesame").header("location"), "https://x.example/");
}

TEST_P(Escape, ReportsOfSeveralPeopleMakePeopleAsked) {
    make(R"({"slug":"x","target":"https://x.example/"})");
    const auto owner = app.log_in(app.mira);
    const auto report = [&](const std::string& peer, const std::string& body) {
        return app.call({.method = http::Method::post,
                         .target = "/report/x",
                         .body = body,
                         .headers = {{"content-type", "application/x-www-form-urlencoded"}, {"sec-fetch-site", "same-origin"}},
                         .peer = peer});
    };
    EXPECT_EQ(app.get("/report/x").status, 200);
    EXPECT_EQ(app.get("/report/nothing").status, 404);
    EXPECT_EQ(report("192.0.2.1", "kind=rude").status, 422);
    EXPECT_EQ(report("192.0.2.2", "kind=other&words=" + std::string(301, 'a')).status, 422);
    EXPECT_EQ(report("192.0.2.3", "kind=phishing&words=%3Cb%3Ebank%3C%2Fb%3E").status, 200);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(report("192.0.2.3", "kind=phishing").status, 200) << "thanked for, counted once";
    for (const auto* peer : {"2001:db8::1", "2001:db8::2", "2001:db8::3"}) EXPECT_EQ(report(peer, "kind=scam").status, 200);
    EXPECT_EQ(open("/s/x", safari).status, 302) << "two people: a network of IPv6 is one, however many addresses it takes";
    EXPECT_EQ(report("192.0.2.5", "kind=scam").status, 200);
    EXPECT_EQ(open("/s/x", safari).status, 200) << "three";
    for (int i = 6; i < 10; ++i) report("192.0.2.3", "kind=scam");
    EXPECT_EQ(report("192.0.2.3", "kind=scam").status, 429);
    const auto shown = app.get(owner, "/studio/links/x").body;
    EXPECT_NE(shown.find("3 people have reported it"), std::string::npos);
    EXPECT_NE(shown.find("&lt;b&gt;bank"), std::string::npos) << "a stranger's words are words";
    const auto reported = app.db->read_now([&](store::Tx& tx) { return links::reported_links(tx, {}, 10); });
    ASSERT_EQ(reported.value().size(), 1U);
    EXPECT_EQ(reported.value()[0].link.reports, 3);
    command("unblock_link", wire::Json::object({{"slug", "x"}}));
    EXPECT_EQ(open("/s/x", safari).status, 302);
    EXPECT_TRUE(app.db.sql("SELECT words FROM link_report").empty());
}

TEST_P(Escape, AHostThatLooksLikeAnotherIsAskedAboutFirst) {
    make(R"({"slug":"x","target":"https://xn--80ak6aa92e.com/login"})");
    const auto asked = open("/s/x", safari);
    EXPECT_EQ(asked.status, 200);
    EXPECT_NE(asked.body.find("looks like apple.com"), std::string::npos);
}

TEST_P(Escape, TheOperatorsListsAreAskedWhenALinkIsMade) {
    const auto folder = std::filesystem::temp_directory_path() / ("barrow-lists-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "deny") << "evil.example\n";
    std::ofstream(folder / "watch") << "odd.example\n";
    TestApp guarded(GetParam(), {.deny_file = (folder / "deny").string(), .watch_file = (folder / "watch").string()});
    guarded.tick();
    const auto own_key = guarded.make_key(guarded.mira);
    const auto owner = guarded.log_in(guarded.mira);
    const auto post = [&](const std::string& path, const std::string& body) {
        return guarded.api(http::Method::post, path, own_key, body);
    };
    const auto refused = [&](const http::Response& answer, int status, const char* where) {
        EXPECT_EQ(answer.status, status) << where;
        EXPECT_NE(body_of(answer).find("deny list"), std::string::npos) << where;
    };
    ASSERT_EQ(post("/api/v1/links", R"({"slug":"good","target":"https://good.example/"})").status, 201);
    refused(post("/api/v1/links", R"({"slug":"bad","target":"https://evil.example/x"})"), 400, "the API");
    refused(post("/api/v1/links", R"({"slug":"bad","target":"/","rules":[{"if":{},"to":"https://a.evil.example/"}]})"), 400, "a rule");
    refused(post("/api/v1/links/bulk", R"({"links":[{"target":"https://evil.example/"}]})"), 400, "many at once");
    refused(guarded.api(http::Method::patch, "/api/v1/links/good", own_key, R"({"ended_target":"https://evil.example/"})"), 400,
            "a change");
    refused(guarded.api(http::Method::patch, "/api/v1/links/good", own_key, R"({"fallback":"https://evil.example/"})"), 400,
            "where visitors go when the target is dead");
    refused(guarded.post(owner, "/studio/links", {{"slug", "bad"}, {"target", "https://evil.example/"}}), 422, "the studio");
    refused(guarded.post(owner, "/studio/links/good", {{"slug", "good"}, {"target", "https://evil.example/"}}), 422, "the studio's form");
    refused(guarded.post(owner, "/studio/today", {{"target", "https://evil.example/"}}), 422, "today's link");
    refused(post("/api/v1/links/import", "slug,target\nbad,https://evil.example/\nbetter,https://good.example/\n"), 200, "an import");
    EXPECT_EQ(guarded.get("/s/bad").status, 404);
    ASSERT_EQ(post("/api/v1/links", R"({"slug":"odd","target":"https://odd.example/"})").status, 201);
    const auto asked = guarded.get("/s/odd");
    EXPECT_EQ(asked.status, 200);
    EXPECT_NE(asked.body.find("watching this address"), std::string::npos);
    std::filesystem::remove_all(folder);
}

TEST_P(Escape, SearchEnginesAreToldToLeaveItOut) {
    make(R"({"slug":"a","target":"https://x.example/"})");
    make(R"({"slug":"b","target":"https://x.example/","no_index":true})");
    make(R"({"slug":"c","target":"https://x.example/","may_index":true})");
    EXPECT_EQ(open("/s/a", safari).header("x-robots-tag"), "noindex");
    EXPECT_EQ(open("/s/b", safari).header("x-robots-tag"), "noindex, nofollow");
    EXPECT_EQ(open("/s/c", safari).header("x-robots-tag"), "");
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/links", key, R"({"target":"/","no_index":true,"may_index":true})").status, 400);
}

// ---- into apps -----------------------------------------------------------------------------------------------------------

TEST_P(Escape, APhoneIsOfferedTheAppAndTheTarget) {
    make(
        R"({"slug":"song","target":"https://music.example/1","apps":{"ios":"spotify:album:1","android":"spotify:album:1","package":"com.spotify.music"}})");
    const auto ios = page("/s/song?a=1", safari);
    EXPECT_EQ(ios.href, "spotify:album:1");
    EXPECT_EQ(ios.here, "https://music.example/1?a=1");
    EXPECT_EQ(page("/s/song", chrome).href,
              "intent:album:1#Intent;scheme=spotify;package=com.spotify.music;S.browser_fallback_url=https%3A%2F%2Fmusic.example%2F1;end");
    EXPECT_EQ(
        open("/s/song", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36")
            .status,
        302);
    EXPECT_EQ(open("/s/song", preview).status, 302);
    EXPECT_EQ(audited().clicks, 3);
    for (const std::string bad :
         {R"("ios":"javascript:alert")", R"("android":"intent://x","package":"com.x.y")", R"("android":"spotify:x")", R"("web":"x")"})
        EXPECT_EQ(app.api(http::Method::post, "/api/v1/links", key, R"({"target":"/","apps":{)" + bad + "}}").status, 400) << bad;
}

TEST_P(Escape, PhonesReadWhoseAppItIs) {
    const std::string apple = "/.well-known/apple-app-site-association", android = "/.well-known/assetlinks.json";
    EXPECT_EQ(app.get(apple).status, 404);
    EXPECT_EQ(app.get(android).status, 404);
    const auto owner = app.log_in(app.mira);
    const std::string print = "14:6D:E9:83:C5:73:06:50:D8:EE:B9:95:2F:34:FC:64:16:A0:83:42:E6:1D:BE:A8:8A:04:96:B2:3F:CF:44:E5";
    EXPECT_EQ(app.post(owner, "/studio/apps", {{"ios", "tide"}, {"paths", ""}, {"android", ""}, {"fingerprints", ""}}).status, 422);
    EXPECT_EQ(app.post(owner, "/studio/apps",
                       {{"ios", "9JA89QQLNQ.com.example.tide"},
                        {"paths", "/p/*\r\n/live/*\r\n"},
                        {"android", "com.example.tide"},
                        {"fingerprints", print}})
                  .status,
              303);
    const auto told = app.get(apple);
    EXPECT_EQ(told.status, 200);
    EXPECT_EQ(told.header("content-type"), "application/json");
    EXPECT_EQ(body_of(told),
              R"({"applinks":{"details":[{"appIDs":["9JA89QQLNQ.com.example.tide"],"components":[{"/":"/p/*"},{"/":"/live/*"}]}]}})");
    EXPECT_EQ(app.get(android).header("content-type"), "application/json");
    EXPECT_EQ(
        body_of(app.get(android)),
        R"([{"relation":["delegate_permission/common.handle_all_urls"],"target":{"namespace":"android_app","package_name":"com.example.tide",)"
        R"("sha256_cert_fingerprints":[")" +
            print + R"("]}}])");
    EXPECT_NE(app.get(owner, "/studio/apps").body.find("/live/*"), std::string::npos);
}

}  // namespace
}  // namespace barrow::testing
