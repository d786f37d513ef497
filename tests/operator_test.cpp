// The operator's pages of links: what viewers reported, the acts on it, and the hosts that no link may lead to.
#include <gtest/gtest.h>

#include "rooms/links/doubt.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class Operator : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        otto = app.make_shop("otto");
        ASSERT_EQ(make("/api/v1/links", key, "lamp", "https://a.example/"), 201);
        ASSERT_EQ(make("/@otto/api/v1/links", app.make_key(otto), "bank", "https://login.bad.example/"), 201);
        const auto url = app.app->command("operator_login", wire::Json::object()).value().find("url")->text();
        const auto inside = app.call({.method = http::Method::post,
                                      .target = "/operator/login",
                                      .body = "token=" + url.substr(url.find("token=") + 6),
                                      .headers = {{"content-type", "application/x-www-form-urlencoded"}}});
        const auto cookie = std::string(inside.header("set-cookie"));
        desk = {.base = "", .cookie = cookie.substr(0, cookie.find(';')), .csrf = ""};
        desk.csrf = between(body_of(app.get(desk, "/operator")), "name=\"csrf\" value=\"", "\"");
    }
    int make(const std::string& at, const std::string& by, const std::string& slug, const std::string& target) {
        return app.api(http::Method::post, at, by, R"({"slug":")" + slug + R"(","target":")" + target + "\"}").status;
    }
    void report(const std::string& path, const std::string& kind, const std::string& words = "") {
        app.clock.advance(minutes(61));
        const auto answer = app.call({.method = http::Method::post,
                                      .target = path,
                                      .body = "kind=" + kind + "&words=" + http::percent_encode(words),
                                      .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                                      .peer = "192.0.2." + std::to_string(++peers)});
        ASSERT_EQ(answer.status, 200) << path;
    }
    std::string page(const std::string& query = "") { return body_of(app.get(desk, "/operator/links" + query)); }
    http::Response act(const std::string& name, Form form) { return app.post(desk, "/operator/links/" + name, std::move(form)); }
    static Form of(const std::string& shop, const std::string& slug, const std::string& why = "") {
        return {{"shop", shop}, {"slug", slug}, {"why", why}};
    }
    static std::size_t cards(const std::string& page) {
        std::size_t count = 0;
        for (auto at = page.find("data-test=\"reported\""); at != page.npos; at = page.find("data-test=\"reported\"", at + 1)) ++count;
        return count;
    }
    int follow(const std::string& path) {
        app.clock.advance(seconds(3));
        return app.get(path).status;
    }
    // "operator block_link lamp": the last line of a shop's audit.
    std::string noted(const Id<access::Shop>& shop) {
        const auto rows = app.db.sql("SELECT who, act, subject FROM audit WHERE shop_id = $1 ORDER BY id DESC LIMIT 1", {shop});
        return rows.empty() ? "" : rows[0].text("who") + " " + rows[0].text("act") + " " + rows[0].text("subject");
    }

    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);
    access::Shop otto;
    Studio desk;
    int peers = 0;
};
BARROW_BOTH_ENGINES(Operator);

TEST_P(Operator, WhatViewersReportedStandsNewestFirstWhoseEverItIs) {
    EXPECT_NE(page().find("Nothing to look at"), std::string::npos);
    report("/@otto/report/bank", "phishing", "<b>It asks for my bank.</b>");
    report("/@otto/report/bank", "phishing");
    report("/@otto/report/bank", "scam");
    report("/report/lamp", "other", "Rude.");
    const auto all = page();
    EXPECT_EQ(cards(all), 2U);
    EXPECT_LT(all.find("localhost:8080/s/lamp"), all.find("localhost:8080/@otto/s/bank")) << "the last reported first";
    for (const auto* words : {"3 reports</strong>: phishing 2, scam 1", "1 report</strong>: other 1", "https://login.bad.example/",
                              "&lt;b&gt;It asks for my bank.", "<span class=\"tally\">2</span>", "Several people have reported this link"})
        EXPECT_NE(all.find(words), std::string::npos) << words;
    report("/@otto/report/bank", "malware");
    EXPECT_GT(page().find("localhost:8080/s/lamp"), page().find("localhost:8080/@otto/s/bank"));
    const auto mira = app.log_in(app.mira);
    for (const auto* path : {"/operator/links", "/operator/denied"}) {
        EXPECT_NE(body_of(app.get(path)).find("barrow operator"), std::string::npos) << "it says how to come in";
        EXPECT_EQ(body_of(app.get(mira, path)).find("bank"), std::string::npos) << "a shop's owner is nobody here";
        EXPECT_EQ(app.call({.target = path, .authority = "links.example"}).status, 404) << "nor is it on a shop's domain";
    }
    EXPECT_EQ(app.post(mira, "/operator/links/block", of("otto", "bank", "revenge")).status, 401);
    EXPECT_EQ(app.post(mira, "/operator/denied", {{"host", "a.example"}}).status, 401);
}

TEST_P(Operator, EachActWorksAtOnceAndIsRecorded) {
    report("/@otto/report/bank", "phishing");
    const auto state = [&] {
        return between(between(page("?address=localhost:8080/@otto/bank"), "class=\"head", "</div>"), "class=\"state ", "</span>");
    };
    const struct {
        const char *act, *why;
        int follows;
        const char *state, *noted;
        bool open;
    } cases[] = {{"warn", "It passes for a bank.", 200, "sale\">asks first", "operator warn_link bank", true},
                 {"block", "It is a copy of a bank.", 403, "danger\">off", "operator block_link bank", true},
                 {"dismiss", "", 403, "danger\">off", "operator dismiss_reports bank", false},
                 {"unblock", "", 302, "good\">leads on", "operator unblock_link bank", false}};
    for (const auto& one : cases) {
        const auto done = act(one.act, of("otto", "bank", one.why));
        EXPECT_EQ(done.status, 303) << one.act << body_of(done);
        EXPECT_TRUE(done.header("location").starts_with("/operator/links?done=")) << done.header("location");
        EXPECT_EQ(follow("/@otto/s/bank"), one.follows) << one.act;
        EXPECT_EQ(state(), one.state) << one.act;
        EXPECT_EQ(noted(otto.id), one.noted);
        EXPECT_EQ(cards(page()), one.open ? 1U : 0U) << one.act;
        EXPECT_EQ(cards(page("?show=off")), one.follows == 302 ? 0U : 1U) << one.act;
        EXPECT_EQ(follow("/s/lamp"), 302) << "another shop's link goes on";
    }
    EXPECT_TRUE(app.db.sql("SELECT words FROM link_report").empty());
    report("/@otto/report/bank", "scam");
    EXPECT_EQ(
        app.post(desk, "/operator/shops/otto/suspend", {{"why", "copies of banks"}, {"back", "links"}}).header("location").substr(0, 16),
        "/operator/links?");
    EXPECT_EQ(follow("/@otto/s/bank"), 503);
    EXPECT_NE(page().find("class=\"state danger\">closed"), std::string::npos);
}

TEST_P(Operator, WhatIsWrongStandsInOneLineAtItsPlace) {
    report("/report/lamp", "scam");
    const struct {
        const char *what, *act;
        Form form;
        int status;
        std::string says;
    } cases[] = {
        {"no reason", "block", of("mira", "lamp"), 422, "<span class=\"wrong\">Say why: people or the shop&#39;s owner read it.</span>"},
        {"spaces for a reason", "warn", of("mira", "lamp", "   "), 422, "<span class=\"wrong\">Say why"},
        {"a long reason", "warn", of("mira", "lamp", std::string(201, 'x')), 422, "<span class=\"wrong\">It has 201 characters"},
        {"another link", "block", of("mira", "bowl", "x"), 422, "role=\"alert\">There is no link &quot;bowl&quot;"},
        {"another shop", "block", of("ada", "lamp", "x"), 422, "role=\"alert\">There is no shop &quot;ada&quot; here any more"},
        {"nothing at all", "dismiss", {}, 422, "role=\"alert\">There is no shop"},
        {"another act", "burn", of("mira", "lamp", "x"), 404, "mistyped"}};
    for (const auto& one : cases) {
        const auto answer = act(one.act, one.form);
        EXPECT_EQ(answer.status, one.status) << one.what;
        EXPECT_NE(body_of(answer).find(one.says), std::string::npos) << one.what << "\n" << between(body_of(answer), "<main", "</main>");
    }
    EXPECT_NE(body_of(act("warn", of("mira", "lamp", std::string(201, 'x')))).find("value=\"xxx"), std::string::npos)
        << "what was typed stays";
    const Studio stale{.base = "", .cookie = desk.cookie, .csrf = "x"};
    EXPECT_EQ(app.post(stale, "/operator/links/block", of("mira", "lamp", "x")).status, 403);
    EXPECT_EQ(follow("/s/lamp"), 302);
}

TEST_P(Operator, ALinkIsFoundByItsAddress) {
    const std::pair<const char*, const char*> cases[] = {{"http://localhost:8080/s/lamp", "https://a.example/"},
                                                         {"localhost:8080/lamp?d=poster#x", "https://a.example/"},
                                                         {"  HTTP://LOCALHOST/s/lamp ", ""},
                                                         {"http://localhost:8080/@otto/s/bank", "https://login.bad.example/"},
                                                         {"/s/lamp", "https://a.example/"},
                                                         {"http://localhost:8080/@otto/s/lamp", ""},
                                                         {"http://localhost:8080/@ada/s/lamp", ""},
                                                         {"https://elsewhere.example/s/lamp", ""},
                                                         {"lamp", ""},
                                                         {"<script>", ""}};
    for (const auto& [typed, target] : cases) {
        const auto answer = app.get(desk, "/operator/links?address=" + http::percent_encode(typed));
        const auto shown = body_of(answer);
        const bool found = *target != '\0';
        EXPECT_EQ(answer.status, found ? 200 : 422) << typed;
        EXPECT_EQ(cards(shown), found ? 1U : 0U) << typed;
        EXPECT_NE(shown.find(found ? target : "No link of a shop here has the address"), std::string::npos) << typed;
    }
}

TEST_P(Operator, AListOfReportedLinksHasPages) {
    std::vector<std::string> slugs;
    for (int i = 0; i < 60; ++i) {
        const auto slug = "link" + std::to_string(100 + i);
        const auto made = app.db->write_now([&](store::Tx& tx) -> Status {
            TRY(links::add(tx, i % 2 == 0 ? app.mira.id : otto.id, {.slug = slug, .target = "https://x.example/"}, app.clock.now(),
                           app.random));
            return links::report(tx, i % 2 == 0 ? app.mira.id : otto.id, slug, {.at = app.clock.now(), .kind = "scam", .words = ""}).ok()
                       ? Status()
                       : fail(Fault::storage, "not reported");
        });
        ASSERT_TRUE(made) << made.error().text;
    }
    std::string path = "/operator/links", seen;
    std::vector<std::size_t> sizes;
    while (!path.empty() && sizes.size() < 9) {
        const auto one = body_of(app.get(desk, path));
        sizes.push_back(cards(one));
        seen += one;
        path = between(one, "<a class=\"button\" href=\"", "\"");
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{25, 25, 10})) << "all were reported at one moment";
    for (int i = 0; i < 60; ++i) {
        const auto heading = "/s/link" + std::to_string(100 + i) + "</bdi></h2>";
        EXPECT_NE(seen.find(heading), std::string::npos) << heading;
    }
    EXPECT_EQ(cards(page("?after=what")), 25U) << "what is no place in the list is its begin";
}

TEST_P(Operator, AHostThatIsDeniedIsShutForEveryLinkAtOnce) {
    const auto deny = [&](const std::string& host, const std::string& why = "") {
        return app.post(desk, "/operator/denied", {{"host", host}, {"why", why}});
    };
    const auto denied = [&](const std::string& query = "") { return body_of(app.get(desk, "/operator/denied" + query)); };
    const std::pair<std::string, const char*> wrong[] = {{"", "is no host; write it like evil.example"},
                                                         {"bank", "is no host; write it like evil.example"},
                                                         {"ev il.example", "is no host"},
                                                         {"<b>.example", "is no host"},
                                                         {"bänk.example", "Write the host as browsers do: xn--bnk-qla.example"},
                                                         {"http://localhost:8080/", "is no host"},
                                                         {std::string(254, 'a') + ".example", "is no host"}};
    for (const auto& [host, says] : wrong) {
        const auto answer = deny(host);
        EXPECT_EQ(answer.status, 422) << host;
        EXPECT_NE(body_of(answer).find(says), std::string::npos) << host;
    }
    EXPECT_NE(body_of(deny("evil.example", std::string(201, 'x'))).find("<span class=\"wrong\" id=\"why-wrong\">It has 201 characters"),
              std::string::npos);
    EXPECT_EQ(follow("/@otto/s/bank"), 302);
    ASSERT_EQ(deny("https://BAD.example/login", "copies of banks").status, 303);
    EXPECT_EQ(noted({"operator"}), "operator deny_host bad.example");
    EXPECT_EQ(follow("/@otto/s/bank"), 403) << "what is below the host, too";
    EXPECT_EQ(follow("/s/lamp"), 302);
    EXPECT_EQ(make("/api/v1/links", key, "new", "https://www.bad.example/"), 400);
    EXPECT_NE(denied().find("copies of banks"), std::string::npos);
    EXPECT_NE(page("?address=localhost:8080/@otto/bank").find("it leads to a host that is denied"), std::string::npos);
    EXPECT_EQ(app.post(desk, "/operator/denied/remove", {{"host", "good.example"}}).status, 404);
    ASSERT_EQ(app.post(desk, "/operator/denied/remove", {{"host", "bad.example"}}).status, 303);
    EXPECT_EQ(noted({"operator"}), "operator allow_host bad.example");
    EXPECT_EQ(follow("/@otto/s/bank"), 302);
    // A command names it as well, and the page shows it.
    ASSERT_TRUE(app.app->command("deny_host", wire::Json::object({{"host", "bad.example"}, {"why", "by command"}})));
    EXPECT_EQ(follow("/@otto/s/bank"), 403);
    EXPECT_NE(denied().find("by command"), std::string::npos);
    for (int i = 0; i < 60; ++i) {
        ASSERT_TRUE(app.db->write_now(
            [&](store::Tx& tx) { return links::deny_host(tx, "h" + std::to_string(100 + i) + ".example", "", app.clock.now()); }));
    }
    const auto next = between(denied(), "<a class=\"button\" href=\"/operator/denied", "\"");
    EXPECT_NE(denied().find("61 named one by one"), std::string::npos);
    EXPECT_EQ(next, "?from=h149.example");
    EXPECT_NE(denied(next).find("h159.example"), std::string::npos);
    EXPECT_EQ(denied(next).find("h148.example"), std::string::npos);
    EXPECT_EQ(denied(next).find("Next hosts"), std::string::npos);
}

TEST_P(Operator, OldSessionsAndLinesAreForgotten) {
    const auto kept = [&] { return app.db.sql("SELECT shop_id FROM studio_session WHERE shop_id = 'operator'").size(); };
    ASSERT_EQ(kept(), 1U);
    app.clock.advance(days(31));
    for (int i = 0; i < 4; ++i) app.tick();
    EXPECT_EQ(kept(), 0U);
}

}  // namespace
}  // namespace barrow::testing
