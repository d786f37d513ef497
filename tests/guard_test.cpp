// The dead-offer guard and the inventory, through the whole app: what is looked at and when, who is led where, what people are told.
#include <algorithm>

#include "rooms/guard/touchpoints.hpp"
#include "rooms/links/check/linkcheck_http.hpp"
#include "support/app.hpp"
#include "support/buyer.hpp"
#include "support/smtp.hpp"

namespace barrow::testing {
namespace {

constexpr auto iphone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 "
    "Safari/604.1";
const std::string offer = "https://offer.example/lamp";

fetch::FetchResponse html(std::string body, int status = 200) {
    return {.status = status, .headers = {{"content-type", "text/html"}}, .body = std::move(body), .address = "8.8.8.8"};
}

app::Config with_mail() {
    app::Config config;
    config.mail_from = "stall@mira.example";
    return config;
}

class Guard : public ::testing::TestWithParam<Engine> {
protected:
    Guard() { app.fetcher.answer(offer, html("<title>Lamp</title>")); }

    void make(const std::string& json) {
        const auto made = app.api(http::Method::post, "/api/v1/links", key, json);
        ASSERT_EQ(made.status, 201) << body_of(made);
    }
    void patch(const std::string& slug, const std::string& json) {
        const auto changed = app.api(http::Method::patch, "/api/v1/links/" + slug, key, json);
        ASSERT_EQ(changed.status, 200) << body_of(changed);
    }
    // So long passes in steps of the guard's own; what is due is looked at.
    void pass(Duration time) {
        for (auto left = time.us; left > 0; left -= minutes(1).us) {
            app.clock.advance(Duration{std::min(left, minutes(1).us)});
            app.tick();
        }
        app.clock.advance(guard::step_every);
        app.tick();
    }
    std::string leads(const std::string& target) {
        app.clock.advance(seconds(3));
        const auto answer = app.call({.target = target, .headers = {{"user-agent", iphone}}});
        return std::string(answer.header("location"));
    }
    wire::Json health() { return json_of(app.api(http::Method::get, "/api/v1/health/links", key)); }
    // The finding of the first that is wrong, "" when nothing is.
    std::string first_wrong() {
        const auto told = health();
        const auto& items = told.find("items")->items();
        return items.empty() ? "" : items[0].find("state")->text() + " " + items[0].find("finding")->text();
    }
    std::string home() { return app.get(mira, "/studio").body; }
    std::size_t asked(const std::string& url) {
        return static_cast<std::size_t>(std::ranges::count_if(app.fetcher.asked, [&](const auto& one) { return one.url == url; }));
    }

    ScriptedSmtp smtp;
    TestApp app{GetParam(), with_mail(), &smtp};
    std::string key = app.make_key(app.mira);
    Studio mira = app.log_in(app.mira);
};
BARROW_BOTH_ENGINES(Guard);

TEST_P(Guard, LeadsAwayFromADeadOfferSaysWhatItCostsAndLeadsBack) {
    // The link sold once: three people came, one bought for €24.00.
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/products", key,
                      R"({"name":"Tide lamp","slug":"tide-lamp","price":{"minor":2400,"currency":"EUR"},"units":9})")
                  .status,
              201);
    make(R"({"slug":"lamp","target":"/p/tide-lamp","fallback":"/p/tide-lamp?from=fallback"})");
    leads("/s/lamp");
    leads("/s/lamp");
    const auto path = leads("/s/lamp");
    auto fields = hidden_fields(between(app.get(path).body, "action=\"/p/tide-lamp/holds\"", "</form>"));
    fields.emplace_back("pieces", "1");
    const auto held = app.post(Studio(), "/p/tide-lamp/holds", fields);
    ASSERT_EQ(held.status, 303);
    const std::string hold(held.header("location"));
    pay(app, {.hold_path = hold, .pay_path = std::string(app.post(Studio(), hold + "/orders", address()).header("location"))});

    // Now it leads to somebody's shop.
    patch("lamp", R"({"target":")" + offer + R"("})");
    pass(minutes(3));
    EXPECT_GE(asked(offer), 1U);
    EXPECT_EQ(first_wrong(), "");
    EXPECT_EQ(leads("/s/lamp"), offer);
    pass(minutes(1));

    app.fetcher.answer(offer, html("gone", 404));
    EXPECT_EQ(leads("/s/lamp"), offer) << "nobody looked yet";
    pass(hours(25));  // a quiet link is looked at once a day; then again after ten minutes
    EXPECT_EQ(first_wrong(), "broken gone");
    EXPECT_TRUE(leads("/s/lamp").starts_with("/p/tide-lamp?from=fallback")) << leads("/s/lamp");
    const auto history = json_of(app.api(http::Method::get, "/api/v1/links/lamp/changes", key));
    EXPECT_NE(wire::write_json(history).find("is gone (404 at offer.example)"), std::string::npos) << wire::write_json(history);

    // Led away at once, nobody was lost in between; a link that is not switched loses people.
    patch("lamp", R"({"keeps_target":true})");
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/health/links", key, R"({"act":"look","target":")" + offer + R"("})").status, 200);
    pass(minutes(1));
    EXPECT_EQ(leads("/s/lamp"), offer) << "never switch by itself";
    EXPECT_EQ(leads("/s/lamp"), offer);
    pass(minutes(1));
    const auto told = health();
    const auto& place = told.find("items")->items()[0].find("places")->items()[0];
    EXPECT_EQ(place.find("clicks")->integer(), 2) << wire::write_json(told);
    EXPECT_EQ(place.find("basis")->text(), "link");
    EXPECT_EQ(place.find("sales_minor")->integer(), 2'400);
    EXPECT_EQ(place.find("sales_clicks")->integer(), 5) << "three, and two while the offer stood and nobody had looked";
    EXPECT_EQ(place.find("lost")->find("minor")->integer(), 960) << "2 × €24.00 ÷ 5";
    EXPECT_NE(home().find("about €9.60 lost"), std::string::npos);
    const auto page = app.get(mira, "/studio/health").body;
    EXPECT_NE(page.find("2 clicks × €24.00 ÷ 5 clicks of this link in the 30 days before"), std::string::npos) << page;

    app.fetcher.answer(offer, html("<title>Lamp</title>"));
    patch("lamp", R"({"keeps_target":false})");
    pass(hours(2));
    EXPECT_EQ(first_wrong(), "");
    EXPECT_EQ(leads("/s/lamp"), offer);
    EXPECT_EQ(home().find("about €"), std::string::npos);
}

TEST_P(Guard, OneFailureSwitchesNobody) {
    make(R"({"slug":"lamp","target":")" + offer + R"("})");
    app.fetcher.answer(offer, html("oops", 503));
    pass(minutes(2));
    EXPECT_EQ(first_wrong(), "failing server_error");
    EXPECT_EQ(leads("/s/lamp"), offer);
    EXPECT_EQ(home().find("is gone"), std::string::npos);
    app.fetcher.answer(offer, html("fine"));
    pass(minutes(12));
    EXPECT_EQ(first_wrong(), "");
    app.fetcher.answer(offer, html("oops", 503));
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/health/links", key, R"({"act":"look","target":")" + offer + R"("})").status, 200);
    pass(minutes(1));
    pass(minutes(11));
    EXPECT_EQ(first_wrong(), "broken server_error");
    EXPECT_TRUE(leads("/s/lamp").starts_with("/?c=")) << "without a fallback of its own: the bio page";
}

TEST_P(Guard, WhatAnotherShopToldIsRevenueToo) {
    make(R"({"slug":"lamp","target":")" + offer + R"(","keeps_target":true})");
    for (int i = 0; i < 4; ++i) leads("/s/lamp");
    const auto told = app.api(http::Method::post, "/api/v1/conversions", key,
                              R"({"event":"sale","key":"order-7","link":"lamp","amount":{"minor":5000,"currency":"EUR"}})");
    ASSERT_LT(told.status, 300) << body_of(told);
    pass(minutes(1));
    app.fetcher.answer(offer, html("gone", 410));
    pass(minutes(13));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(leads("/s/lamp"), offer);
    pass(minutes(1));
    const auto item = health().find("items")->items().at(0);
    EXPECT_EQ(item.find("lost")->find("minor")->integer(), 2'500) << "2 × €50.00 ÷ 4: " << wire::write_json(item);
}

TEST_P(Guard, OnlyTheDeadBranchLeadsElsewhere) {
    make(R"({"slug":"lamp","target":")" + offer +
         R"(","rules":[{"if":{"device":["phone"]},"to":"https://dead.example/x"}],"fallback":"https://spare.example/"})");
    app.fetcher.answer("https://spare.example/", html("spare"));
    EXPECT_EQ(leads("/s/lamp"), "https://dead.example/x");
    pass(minutes(14));
    EXPECT_EQ(first_wrong(), "broken no_answer");
    EXPECT_EQ(leads("/s/lamp"), "https://spare.example/");
    const auto desk = app.call(
        {.target = "/s/lamp", .headers = {{"user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}}});
    EXPECT_EQ(desk.header("location"), offer);
    // Pointed elsewhere it is mended at once, and not a minute later.
    const auto mended =
        app.post(mira, "/studio/health", {{"act", "retarget"}, {"target", "https://dead.example/x"}, {"slug", "lamp"}, {"to", offer}});
    EXPECT_EQ(mended.status, 303) << mended.body;
    EXPECT_EQ(leads("/s/lamp"), offer);
    EXPECT_EQ(first_wrong(), "");
}

TEST_P(Guard, OwnPagesAreReadFromTheDatabase) {
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/products", key,
                      R"({"name":"Bowl","slug":"bowl","price":{"minor":900,"currency":"EUR"},"units":0})")
                  .status,
              201);
    struct Case {
        std::string slug, target, wanted;
    };
    const std::vector<Case> cases{{"a", "/p/nothing", "broken missing"},
                                  {"b", "http://localhost:8080/p/nothing-2", "broken missing"},
                                  {"c", "/live/never", "broken missing"},
                                  {"d", "/s/nobody", "broken missing"},
                                  {"e", "/p/bowl", "warns sold_out"},
                                  {"f", "/letters", ""},
                                  {"g", "/s/f", ""}};
    for (const auto& one : cases) make(R"({"slug":")" + one.slug + R"(","target":")" + one.target + R"("})");
    make(R"({"slug":"over","target":"/","ends":")" + iso(app.clock.now() + minutes(1)) + R"("})");
    pass(minutes(2));
    EXPECT_TRUE(app.fetcher.asked.empty()) << app.fetcher.asked.front().url;
    const auto told = health();
    for (const auto& one : cases) {
        std::string found;
        for (const auto& item : told.find("items")->items()) {
            if (item.find("target")->text() == one.target) found = item.find("state")->text() + " " + item.find("finding")->text();
        }
        EXPECT_EQ(found, one.wanted) << one.target;
    }
    EXPECT_NE(wire::write_json(told).find("\"expired\""), std::string::npos);
    EXPECT_EQ(told.find("broken")->integer(), 4);
    // An ended link is mended by saying where it leads afterwards.
    EXPECT_EQ(app.post(mira, "/studio/health", {{"act", "away"}, {"target", "/s/over"}, {"slug", "over"}}).status, 422);
    EXPECT_EQ(leads("/s/over"), "");
    EXPECT_EQ(app.post(mira, "/studio/health", {{"act", "retarget"}, {"target", "/s/over"}, {"slug", "over"}, {"to", "/letters"}}).status,
              303);
    EXPECT_TRUE(leads("/s/over").starts_with("/letters"));
    EXPECT_EQ(told.find("warned")->integer(), 2);
}

TEST_P(Guard, ReadsWhatAForeignPageSays) {
    struct Case {
        std::string url, wanted;
        fetch::FetchResponse answer;
    };
    fetch::FetchResponse home{.status = 301, .headers = {{"location", "/"}}, .address = "8.8.8.8"};
    fetch::FetchResponse soon = html("fine");
    soon.tls = fetch::Tls{.version = "TLSv1.3", .ends = app.clock.now() + days(5)};
    const std::vector<Case> cases{
        {"https://home.example/p/lamp", "failing to_home", home},
        {"https://home.example/", "", html("home")},
        {"https://out.example/lamp", "warns sold_out",
         html(R"(<script type="application/ld+json">{"offers":{"availability":"https://schema.org/OutOfStock"}}</script>)")},
        {"https://cert.example/lamp", "warns certificate_ends", soon},
        {"https://closed.example/lamp", "", html("no", 403)},
        {"https://asks.example/lamp", "", html("<title>Just a moment...</title>", 503)},
        {"https://nobody.example/lamp", "failing no_answer", {}}};
    int n = 0;
    for (const auto& one : cases) {
        if (one.answer.status != 0) app.fetcher.answer(one.url, one.answer);
        make(R"({"slug":"l)" + std::to_string(n++) + R"(","target":")" + one.url + R"("})");
    }
    pass(minutes(3));
    const auto told = health();
    for (const auto& one : cases) {
        std::string found;
        for (const auto& item : told.find("items")->items()) {
            if (item.find("target")->text() == one.url) found = item.find("state")->text() + " " + item.find("finding")->text();
        }
        EXPECT_EQ(found, one.wanted) << one.url;
    }
    for (const auto& request : app.fetcher.asked) {
        EXPECT_EQ(request.peer, fetch::Peer::given_by_user);
        EXPECT_EQ(request.redirects_max, 0) << "each hop comes under the rules, and is seen";
        EXPECT_EQ(request.headers[0].second, "Barrow-Check/1.0");
        EXPECT_LE(request.body_bytes_max, 256U * 1024U);
    }
    EXPECT_EQ(app.fetcher.asked[0].method, "HEAD");
}

TEST_P(Guard, AsksOneHostSeldomAndWhetherAnythingChanged) {
    auto tagged = html("fine");
    tagged.headers.emplace_back("etag", "\"v1\"");
    for (int i = 0; i < 6; ++i) {
        const auto url = "https://one.example/" + std::to_string(i);
        app.fetcher.answer(url, tagged);
        make(R"({"slug":"l)" + std::to_string(i) + R"(","target":")" + url + R"("})");
    }
    app.clock.advance(seconds(6));
    app.tick();  // noted
    app.clock.advance(minutes(1));
    app.tick();
    const auto first = app.fetcher.asked.size();
    EXPECT_EQ(first, 2U) << "one page: HEAD and GET";
    app.clock.advance(seconds(10));
    app.tick();
    EXPECT_EQ(app.fetcher.asked.size(), first) << "the host was asked ten seconds ago";
    pass(minutes(6));
    EXPECT_EQ(app.fetcher.asked.size(), 12U) << "all six, one after another";
    for (int i = 0; i < 6; ++i)
        app.fetcher.answer("https://one.example/" + std::to_string(i), {.status = 304, .headers = {}, .address = "8.8.8.8"});
    app.fetcher.asked.clear();
    app.clock.advance(days(1));
    pass(minutes(6));
    EXPECT_EQ(app.fetcher.asked.size(), 6U) << "nothing changed: HEAD alone";
    const auto& headers = app.fetcher.asked.back().headers;
    EXPECT_NE(std::ranges::find(headers, std::pair<std::string, std::string>("If-None-Match", "\"v1\"")), headers.end());
    EXPECT_EQ(first_wrong(), "");
}

TEST_P(Guard, TheOwnerDecides) {
    make(R"({"slug":"lamp","target":"https://dead.example/x"})");
    pass(minutes(14));
    ASSERT_EQ(first_wrong(), "broken no_answer");
    const auto act = [&](Form form) {
        form.emplace_back("target", "https://dead.example/x");
        form.emplace_back("slug", "lamp");
        return app.post(mira, "/studio/health", std::move(form)).status;
    };
    const std::string dead = "https://dead.example/x";
    EXPECT_TRUE(leads("/s/lamp").starts_with("/?c="));
    EXPECT_EQ(act({{"act", "back"}}), 303);
    EXPECT_EQ(leads("/s/lamp"), dead) << "all the same";
    pass(hours(2));
    EXPECT_EQ(leads("/s/lamp"), dead) << "and the guard does not know better an hour later";
    EXPECT_EQ(act({{"act", "away"}}), 303);
    EXPECT_TRUE(leads("/s/lamp").starts_with("/?c="));
    EXPECT_EQ(act({{"act", "ignore"}, {"days", "7"}}), 303);
    EXPECT_EQ(home().find("is gone"), std::string::npos);
    EXPECT_EQ(act({{"act", "hear"}}), 303);
    EXPECT_NE(home().find("An address that your links lead to is gone"), std::string::npos);
    EXPECT_EQ(act({{"act", "retarget"}, {"to", "javascript:alert(1)"}}), 422);
    EXPECT_EQ(act({{"act", "dance"}}), 422);
    EXPECT_EQ(app.post(mira, "/studio/health", {{"act", "look"}, {"target", "https://elsewhere.example/"}}).status, 404);
    auto stranger = mira;
    stranger.csrf = "guessed";
    EXPECT_EQ(app.post(stranger, "/studio/health", {{"act", "look"}, {"target", dead}}).status, 403);
    // Of another shop's links nobody here knows.
    const auto other = app.make_shop("ola");
    const auto ola = app.log_in(other);
    EXPECT_EQ(app.post(ola, "/studio/health", {{"act", "look"}, {"target", dead}}).status, 404);
    EXPECT_EQ(app.get(ola, "/studio/health").body.find("dead.example"), std::string::npos);
}

TEST_P(Guard, TheOwnerMayKnowBeforeALookDoes) {
    make(R"({"slug":"lamp","target":")" + offer + R"("})");
    pass(minutes(3));
    ASSERT_EQ(first_wrong(), "");
    const auto act = [&](const std::string& what) {
        return app
            .api(http::Method::post, "/api/v1/health/links", key, R"({"act":")" + what + R"(","slug":"lamp","target":")" + offer + R"("})")
            .status;
    };
    EXPECT_EQ(act("away"), 200);
    EXPECT_TRUE(leads("/s/lamp").starts_with("/?c="));
    pass(hours(2));
    EXPECT_TRUE(leads("/s/lamp").starts_with("/?c=")) << "a page that answers does not take it back";
    EXPECT_EQ(act("back"), 200);
    EXPECT_EQ(leads("/s/lamp"), offer);
    // Led away by hand from what is broken: as soon as it answers again, people are led back.
    app.fetcher.answer(offer, {.status = 404, .headers = {}, .address = "8.8.8.8"});
    pass(hours(25));
    ASSERT_NE(first_wrong(), "");
    EXPECT_EQ(act("away"), 200);
    EXPECT_TRUE(leads("/s/lamp").starts_with("/?c="));
    app.fetcher.answer(offer, html("<title>Lamp</title>"));
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/health/links", key, R"({"act":"look","target":")" + offer + R"("})").status, 200);
    pass(minutes(1));
    EXPECT_EQ(leads("/s/lamp"), offer);
}

TEST_P(Guard, TellsWebhooksAndMailsOnceADay) {
    app.fetcher.answer("https://hooks.example/in", {.status = 204, .headers = {}, .address = "8.8.8.8"});
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/webhooks", key,
                      R"({"url":"https://hooks.example/in","events":["link.broken","link.recovered"]})")
                  .status,
              201);
    EXPECT_EQ(app.post(mira, "/studio/health", {{"act", "mail"}, {"address", "nonsense"}}).status, 422);
    EXPECT_EQ(app.post(mira, "/studio/health", {{"act", "mail"}, {"address", "mira@mail.example"}}).status, 303);
    make(R"({"slug":"lamp","target":"https://dead.example/x"})");
    make(R"({"slug":"bowl","target":"https://dead.example/y"})");
    pass(minutes(20));
    const auto events = [&] {
        std::vector<std::string> types;
        for (const auto& one : app.fetcher.asked) {
            if (one.url == "https://hooks.example/in") types.push_back(wire::read_json(one.body)->find("type")->text());
        }
        return types;
    };
    EXPECT_EQ(events(), (std::vector<std::string>{"link.broken", "link.broken"}));
    ASSERT_EQ(smtp.sent.size(), 1U) << "one mail, not one a link";
    EXPECT_EQ(smtp.sent[0].to, "mira@mail.example");
    EXPECT_NE(smtp.sent[0].message.find("dead.example/x"), std::string::npos);
    EXPECT_NE(smtp.sent[0].message.find("/studio/health"), std::string::npos);
    pass(hours(3));
    EXPECT_EQ(smtp.sent.size(), 1U);
    app.clock.advance(days(1));
    pass(minutes(3));
    EXPECT_EQ(smtp.sent.size(), 1U) << "nothing new, no mail";
    app.fetcher.answer("https://dead.example/x", html("back"));
    pass(hours(7));
    EXPECT_EQ(events().back(), "link.recovered");
}

TEST_P(Guard, KnowsEveryTouchpoint) {
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/products", key,
                      R"({"name":"Tide lamp","slug":"tide-lamp","price":{"minor":2400,"currency":"EUR"},"units":9})")
                  .status,
              201);
    make(R"({"slug":"lamp","target":"/p/tide-lamp"})");
    ASSERT_EQ(
        app.api(
               http::Method::put, "/api/v1/pages/bio", key,
               R"({"blocks":[{"kind":"link","link":"/s/lamp","label":"The lamp"},{"kind":"product","product":"gone-product"}],"publish":true})")
            .status,
        200);
    leads("/s/lamp?d=flyer");
    leads("/s/lamp?d=bio");
    leads("/s/lamp");
    EXPECT_EQ(app.post(mira, "/studio/touchpoints", {{"name", ""}, {"address", "x"}}).status, 422);
    EXPECT_EQ(app.post(mira, "/studio/touchpoints", {{"name", "Flyer"}, {"link", "no-such"}}).status, 422);
    EXPECT_EQ(app.post(mira, "/studio/touchpoints",
                       {{"name", "=Flyer"}, {"address", "on the stall"}, {"link", "lamp"}, {"source", "flyer"}, {"owner", "Ola"}})
                  .status,
              303);
    pass(minutes(2));
    const auto all = json_of(app.api(http::Method::get, "/api/v1/touchpoints", key));
    const auto find = [&](std::string_view kind, std::string_view name) -> const wire::Json* {
        for (const auto& one : all.find("items")->items()) {
            if (one.find("kind")->text() == kind && one.find("name")->text() == name) return &one;
        }
        return nullptr;
    };
    const auto* link = find("link", "/s/lamp");
    ASSERT_NE(link, nullptr) << wire::write_json(all);
    EXPECT_EQ(link->find("clicks")->integer(), 3);
    EXPECT_EQ(link->find("state")->text(), "works");
    EXPECT_FALSE(link->find("looked")->is_null());
    const auto* flyer = find("outside", "=Flyer");
    ASSERT_NE(flyer, nullptr);
    EXPECT_EQ(flyer->find("clicks")->integer(), 1);
    EXPECT_EQ(flyer->find("state")->text(), "cannot be seen from outside");
    EXPECT_EQ(flyer->find("owner")->text(), "Ola");
    const auto* block = find("block", "Link: The lamp");
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(block->find("clicks")->integer(), 1);
    const auto* dead = find("block", "Product");
    ASSERT_NE(dead, nullptr);
    EXPECT_EQ(dead->find("state")->text(), "broken: is not in this shop any more");
    EXPECT_NE(find("product", "Tide lamp"), nullptr);
    EXPECT_NE(find("page", "/"), nullptr);
    // Filtered on the page and in the files; a cell is no formula.
    const auto page = app.get(mira, "/studio/touchpoints?kind=outside&words=flyer");
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.body.find("on the stall"), std::string::npos);
    EXPECT_EQ(page.body.find("Tide lamp"), std::string::npos);
    const auto file = app.get(mira, "/studio/touchpoints.csv?kind=outside");
    EXPECT_NE(file.body.find("outside,'=Flyer,on the stall,/s/lamp?d=flyer,Ola,yes,cannot be seen from outside"), std::string::npos)
        << file.body;
    EXPECT_EQ(json_of(app.get(mira, "/studio/touchpoints.json?live=no")).find("touchpoints")->items().size(), 1U);
    EXPECT_EQ(app.get("/studio/touchpoints.csv").status, 303) << "to the login";
}

TEST_P(Guard, LooksWhetherOurLinkStillStandsInAProfile) {
    make(R"({"slug":"lamp","target":"/"})");
    const auto add = [&](const std::string& url) {
        const auto made = app.api(http::Method::post, "/api/v1/touchpoints/outside", key,
                                  R"({"name":"Profile","address":")" + url + R"(","link":"lamp"})");
        EXPECT_EQ(made.status, 201) << body_of(made);
        return json_of(made).find("id")->text();
    };
    app.fetcher.answer("https://people.example:443/robots.txt",
                       {.status = 200, .headers = {}, .body = "User-agent: *\nDisallow: /closed\n", .address = "8.8.8.8"});
    app.fetcher.answer("https://people.example/mira", html("<a href=\"http://localhost:8080/s/lamp\">"));
    app.fetcher.answer("https://people.example/closed", html("<a href=\"http://localhost:8080/s/lamp\">"));
    app.fetcher.answer("https://people.example/script", html("<div id=root></div>"));
    const auto mira_id = add("https://people.example/mira"), closed = add("https://people.example/closed"),
               script = add("https://people.example/script"), away = add("https://away.example/mira");
    pass(minutes(3));
    const auto seen = [&](const std::string& id) {
        const auto list = json_of(app.api(http::Method::get, "/api/v1/touchpoints/outside", key));
        for (const auto& one : list.find("items")->items()) {
            if (one.find("id")->text() == id) return one.find("seen")->text();
        }
        return std::string();
    };
    EXPECT_EQ(seen(mira_id), "there");
    EXPECT_EQ(seen(closed), "hidden");
    EXPECT_EQ(asked("https://people.example/closed"), 0U) << "robots.txt said no";
    EXPECT_EQ(seen(script), "hidden") << "what was never seen cannot be missed";
    EXPECT_EQ(seen(away), "no_answer");
    app.fetcher.answer("https://people.example/mira", html("<p>nothing"));
    app.clock.advance(days(1));
    pass(minutes(3));
    EXPECT_EQ(seen(mira_id), "gone");
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/touchpoints/outside/" + mira_id, key, R"({"owner":"Ola","source":"bio"})").status, 200);
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/touchpoints/outside/" + mira_id, key, R"({"address":"http://user@[::1]/"})").status,
              400);
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/touchpoints/outside/" + mira_id, key).status, 200);
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/touchpoints/outside/" + mira_id, key).status, 404);
}

TEST_P(Guard, OwnChecksAreNoClicks) {
    make(R"({"slug":"lamp","target":"https://offer.example/lamp","clicks_max":1})");
    const auto open = [&](const std::string& target, const std::string& agent) {
        app.clock.advance(seconds(3));
        return app.call({.target = target, .headers = {{"user-agent", agent}}});
    };
    EXPECT_EQ(open("/s/lamp?utm_source=barrow-check&x_probe=kept-7f3a", iphone).status, 200) << "it takes no place";
    open("/s/lamp", "Barrow-Check/1.0");
    EXPECT_EQ(open("/s/lamp", iphone).status, 302) << "the place is still there";
    app.tick();
    const auto why = app.db.sql("SELECT value, n FROM click_part WHERE part = 'why'");
    ASSERT_EQ(why.size(), 1U);
    EXPECT_EQ(why[0].text("value"), "check");
    EXPECT_EQ(why[0].integer("n"), 2);
}

TEST_P(Guard, ALinkTakesItsTargetsOwnWords) {
    make(R"({"slug":"lamp","target":"https://offer.example/lamp"})");
    app.fetcher.answer(offer, html("<meta property='og:title' content='Tide lamp'><meta property='og:image' content='/lamp.jpg'>"));
    const auto shown =
        app.post(mira, "/studio/links/lamp/preview", {{"slug", "lamp"}, {"target", offer}, {"title", "typed and not saved"}});
    EXPECT_EQ(shown.status, 200);
    EXPECT_NE(shown.body.find("value=\"Tide lamp\""), std::string::npos);
    EXPECT_NE(shown.body.find("value=\"https://offer.example/lamp.jpg\""), std::string::npos);
    EXPECT_NE(shown.body.find("typed and not saved"), std::string::npos);
    ASSERT_EQ(app.fetcher.asked.size(), 1U);
    EXPECT_EQ(app.fetcher.asked[0].peer, fetch::Peer::given_by_user);
    EXPECT_EQ(json_of(app.api(http::Method::get, "/api/v1/links/lamp", key)).find("preview"), nullptr) << "nothing is saved";
    for (const std::string bad : {"/p/lamp", "ftp://x.example/", "https://nobody.example/", "javascript:alert(1)"})
        EXPECT_EQ(app.post(mira, "/studio/links/lamp/preview", {{"slug", "lamp"}, {"target", bad}}).status, 422) << bad;
    auto stranger = mira;
    stranger.csrf = "guessed";
    EXPECT_EQ(app.post(stranger, "/studio/links/lamp/preview", {{"target", offer}}).status, 403);
    EXPECT_EQ(app.fetcher.asked.size(), 2U);
    EXPECT_EQ(app.post(mira, "/studio/links/lamp/preview", {{"slug", "lamp"}, {"target", offer}}).status, 422)
        << "five a minute are enough";
}

TEST(OwnOrigin, IsOneThatSomebodyVerified) {
    TestApp app(Engine::sqlite);
    access::Directory directory(app.secrets());
    access::Site site{.db = *app.db,
                      .clock = app.clock,
                      .random = app.random,
                      .log = app.log,
                      .secrets = app.secrets(),
                      .directory = directory,
                      .bus = *app.bus,
                      .events = app.events,
                      .fetcher = app.fetcher,
                      .authority = "localhost:8080",
                      .secure = true,
                      .operator_hosts = {"named.example"}};
    const auto origin = [&](const std::string& host) {
        auto shop = app.mira;
        shop.host = host;
        return app.db->read_now([&](store::Tx& tx) { return links::linkcheck::own_origin(tx, site, shop); }).value();
    };
    EXPECT_EQ(origin(""), "https://localhost:8080");
    EXPECT_EQ(origin("named.example"), "https://named.example:443");
    EXPECT_EQ(origin("metadata.example"), "") << "nobody knows that this name leads to us";
    app.db.sql(
        "INSERT INTO certificate (name, directory, chain, sealed_key, not_before_us, not_after_us, failed_count, problem) "
        "VALUES ('proven.example', 'd', 'c', 'k', 1, 2, 0, '')");
    EXPECT_EQ(origin("proven.example"), "https://proven.example:443");
}

}  // namespace
}  // namespace barrow::testing
