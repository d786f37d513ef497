// What viewers meet at the addresses they have: links, addresses where nothing stands, holds that they come back to.
#include <gtest/gtest.h>

#include "floor/wire/assets.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/links/import/import.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/stock/stock.hpp"
#include "support/buyer.hpp"

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
    const auto batch = links::import::read(
        "keyword\turl\ttitle\ttimestamp\tip\tclicks\nd4ftsfY\thttps://x.example/\tt\t\t\t2\n"
        "studio\thttps://x.example/\tt\t\t\t0\n",
        {});
    ASSERT_TRUE(batch);
    const auto taken = app.db->write_now([&](store::Tx& tx) -> Status {
        const auto piece = links::import::pieces(*batch).at(0);
        TRY(links::import::take(tx, app.mira.id, piece, links::import::Write::yes, app.clock.now(), app.random));
        return {};
    });
    ASSERT_TRUE(taken);
    for (const std::string path : {"/d4ftsfY", "/s/d4ftsfY", "/@mira/d4ftsfY"}) {
        const auto answer = browse(path);
        EXPECT_EQ(answer.status, 302) << path;
        EXPECT_EQ(answer.header("location"), "https://x.example/") << path;
        app.clock.advance(seconds(3));
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

// A browser that keeps its cookies, or none.
TEST(Assets, TheEmbedWithItsVerifierIsTwoKilobytes) {
    const auto* embed = wire::find_asset("viewer/embed.js");
    ASSERT_NE(embed, nullptr);
    EXPECT_LE(embed->gzip.size(), 2'048U);
    EXPECT_EQ(embed->plain.find("\n//"), std::string_view::npos) << "comments are for whoever reads web/";
}

TEST_P(Viewer, BrowsersAreToldToComeByTlsOnlyOfAPublicNameThatHasIt) {
    struct Case {
        const char* public_address;
        const char* certificate;
        bool told;
    };
    for (const auto& [public_address, certificate, told] :
         {Case{"https://shop.example", "", true}, Case{"shop.example", "own.pem", true}, Case{"http://shop.example", "", false},
          Case{"", "own.pem", false}, Case{"https://localhost:8443", "own.pem", false}}) {
        app::Config config;
        config.public_address = public_address;
        config.certificate = certificate;
        TestApp other(GetParam(), config);
        EXPECT_EQ(!other.get("/").header("strict-transport-security").empty(), told) << public_address;
    }
}

class Hold : public Viewer {
protected:
    Hold() {
        const auto stocked = app.db->write_now([&](store::Tx& tx) -> Status {
            const auto now = app.clock.now();
            lamp = TRY(catalog::add(tx, app.mira, {.slug = "lamp", .name = "Lamp", .price = {2400, euro}}, now, app.random)).id;
            TRY(stock::receive(tx, app.mira.id, lamp, 1, "opening", now));
            return {};
        });
        EXPECT_TRUE(stocked);
    }
    std::string page() { return app.get(buyer, "/p/lamp").body; }
    // Taps the button of a page.
    http::Response tap(const std::string& page) {
        const auto form = between(page, "<form class=\"hold\"", "</form>");
        EXPECT_NE(form, "") << "there is no button";
        return app.post(buyer, "/p/lamp/holds", hidden_fields(form));
    }
    void add_stock(std::int64_t pieces) {
        EXPECT_TRUE(
            app.db->write_now([&](store::Tx& tx) { return stock::receive(tx, app.mira.id, lamp, pieces, "more", app.clock.now()); }));
    }
    std::int64_t held_count() {
        return app.db->read_now([&](store::Tx& tx) { return stock::find(tx, app.mira.id, {lamp.text}); }).value().held_count;
    }

    Id<catalog::Product> lamp;
    Studio buyer;  // of which only the cookie is used
};
BARROW_BOTH_ENGINES(Hold);

TEST_P(Hold, WhoGoesBackFindsTheWayToTheOwnHold) {
    add_stock(1);
    const auto open = page(), copy = page();
    const auto held = tap(open);
    ASSERT_EQ(held.status, 303);
    const std::string set(held.header("set-cookie"));
    EXPECT_NE(set.find("; Max-Age=600; Secure; HttpOnly; SameSite=Lax"), std::string::npos) << set;
    buyer.cookie = set.substr(0, set.find(';'));
    EXPECT_EQ(buyer.cookie, "__Host-hold-" + lamp.text + "=" + std::string(held.header("location")).substr(7))
        << "it names the hold, nothing else";

    const auto again = page();
    EXPECT_NE(again.find("You hold 1 until"), std::string::npos);
    EXPECT_EQ(between(between(again, "<div class=\"hold\">", "</div>"), "href=\"", "\""), held.header("location"));
    EXPECT_EQ(again.find("<form class=\"hold\""), std::string::npos);
    EXPECT_EQ(tap(copy).header("location"), held.header("location")) << "tapped once more on an old page: the same hold";
    EXPECT_EQ(held_count(), 1);

    app.clock.advance(minutes(10));
    app.tick();
    EXPECT_NE(page().find("Hold for 10:00"), std::string::npos) << "the hold is over, whatever the cookie says";
    EXPECT_EQ(held_count(), 0);
}

TEST_P(Hold, WithoutCookiesEachPageHoldsItsOwn) {
    add_stock(1);
    const auto one = tap(page()), other = tap(page());
    EXPECT_EQ(other.status, 303);
    EXPECT_NE(one.header("location"), other.header("location"));
    EXPECT_EQ(held_count(), 2);
    for (const std::string& cookie : {"__Host-hold-" + lamp.text + "=guessed", "__Host-hold-" + lamp.text + "=" + lamp.text}) {
        buyer.cookie = cookie;
        EXPECT_EQ(page().find("You hold"), std::string::npos) << cookie;
    }
}

TEST_P(Hold, WhenAllIsHeldThePageSaysWhenToLookAgain) {
    const auto ends = app.clock.now() + minutes(10);
    const auto held = tap(page());
    ASSERT_EQ(held.status, 303);
    app.clock.advance(minutes(3));
    const auto all_held = page();
    EXPECT_NE(all_held.find("The first hold ends at <time datetime=\"" + iso(whole_second(ends)) + "\">" + clock_time(ends) +
                            " UTC</time>; look again then."),
              std::string::npos);
    EXPECT_EQ(all_held.find("all held"), all_held.rfind("all held")) << "once, not twice";
    EXPECT_EQ(all_held.find("e-mail"), std::string::npos) << "no letter can be promised yet";
    const std::string set(held.header("set-cookie"));
    buyer.cookie = set.substr(0, set.find(';'));
    EXPECT_NE(page().find("You hold 1 until <time datetime=\"" + iso(whole_second(ends)) + "\">" + clock_time(ends) + " UTC</time>"),
              std::string::npos)
        << "who holds the last one finds it again";
    EXPECT_EQ(page().find("look again then"), std::string::npos);
    EXPECT_EQ(app.post(buyer, "/p/lamp/wait", {{"email", "a@example.org"}}).status, 404);
}

TEST_P(Hold, WhatWasHeldOrOrderedOutlivesTheProductOnTheStall) {
    add_stock(2);
    const auto hold_one = [&](const std::string& open) { return std::string(tap(open).header("location")); };
    const auto old_page = page();
    const auto ordered = hold_one(page()), held = hold_one(page()), left_alone = hold_one(page());
    const auto pay_path = std::string(app.post(buyer, ordered + "/orders", address()).header("location"));
    ASSERT_TRUE(pay_path.starts_with("/pay/")) << pay_path;
    ASSERT_TRUE(app.db->write_now([&](store::Tx& tx) -> Status {
        auto product = TRY(catalog::find(tx, app.mira.id, lamp));
        product.published = false;
        TRY(catalog::change(tx, app.mira, product, app.clock.now()));
        return {};
    }));
    // The connection was cut and the buyer taps again: the same order, whatever became of the product.
    EXPECT_EQ(app.post(buyer, ordered + "/orders", address()).header("location"), pay_path);
    EXPECT_NE(app.get(ordered).body.find("This one is ordered"), std::string::npos);
    ASSERT_EQ(app.post(buyer, pay_path, {{"decision", "approve"}}).status, 303);
    for (int i = 0; i < 3; ++i) app.tick();
    const auto receipt = std::string(app.post(buyer, ordered + "/orders", address()).header("location"));
    ASSERT_TRUE(receipt.starts_with("/orders/")) << receipt;
    EXPECT_NE(app.get(receipt).body.find("Paid. Thank you."), std::string::npos);
    // What was held before is bought at its price until its time is over; nobody holds another one.
    EXPECT_NE(app.get(held).body.find("data-test=\"pay\""), std::string::npos);
    EXPECT_TRUE(app.post(buyer, held + "/orders", address()).header("location").starts_with("/pay/"));
    EXPECT_EQ(tap(old_page).status, 410);
    app.clock.advance(minutes(10));
    const auto over = app.get(left_alone);
    EXPECT_EQ(over.status, 200);
    EXPECT_NE(over.body.find("The time is over"), std::string::npos);
    EXPECT_EQ(app.post(buyer, left_alone + "/orders", address()).header("location"), "/p/lamp?why=closed");
    app.clock.advance(hours(2));
    EXPECT_NE(app.get(left_alone).body.find("The time is over"), std::string::npos) << "its price is forgotten by now; it still answers";
}

TEST_P(Hold, WhereOthersReachTheShopNobodyOrdersThroughTheTestProvider) {
    struct Case {
        const char* public_address;
        bool sandbox;
        bool may_hold;
    };
    for (const auto& [public_address, sandbox, may_hold] :
         {Case{"https://shop.example", false, false}, Case{"https://shop.example", true, true}, Case{"", false, true}}) {
        app::Config config;
        config.public_address = public_address;
        config.sandbox = sandbox;
        TestApp other(GetParam(), config);
        const auto made = other.db->write_now([&](store::Tx& tx) -> Status {
            const auto bowl = TRY(
                catalog::add(tx, other.mira, {.slug = "bowl", .name = "Bowl", .price = {2'400, euro}}, other.clock.now(), other.random));
            TRY(stock::receive(tx, other.mira.id, bowl.id, 5, "opening stock", other.clock.now()));
            return {};
        });
        ASSERT_TRUE(made);
        const auto page = other.get("/p/bowl").body;
        EXPECT_EQ(page.find("action=\"/p/bowl/holds\"") != std::string::npos, may_hold) << public_address;
        EXPECT_EQ(page.find("This stall takes no orders yet.") == std::string::npos, may_hold) << public_address;
        if (may_hold) continue;
        EXPECT_EQ(other.post({}, "/p/bowl/holds", {{"pieces", "1"}}).status, 409);
        EXPECT_EQ(other.post({}, "/pay/sandbox/any", {{"decision", "approve"}}).status, 404);
        EXPECT_NE(other.get(other.log_in(other.mira), "/studio").body.find("Nobody can order yet"), std::string::npos);
    }
}

TEST_P(Hold, AReceiptTellsAndSellsNothing) {
    const auto explained = app.db->write_now([&](store::Tx& tx) -> Status {
        auto product = TRY(catalog::find(tx, app.mira.id, lamp));
        product.page.refund = "Send it back.";
        TRY(catalog::change(tx, app.mira, product, app.clock.now()));
        TRY(snippets::publish(
            tx, app.mira,
            {.slug = "lamp", .product = lamp, .publication = {.words = {.title = "Bring the tide", .action = "See the lamp"}}},
            app.secrets(), app.clock.now(), app.random));
        return {};
    });
    ASSERT_TRUE(explained) << explained.error().text;
    const auto receipt_after = [&](const std::string& decision) {
        const auto held = tap(page());
        const auto ordered = app.post(buyer, std::string(held.header("location")) + "/orders", address());
        const auto decided = app.post(buyer, std::string(ordered.header("location")), {{"decision", decision}});
        for (int i = 0; i < 3; ++i) app.tick();
        return app.get(std::string(decided.header("location"))).body;
    };
    for (const std::string decision : {"decline", "approve"}) {
        const auto receipt = receipt_after(decision);
        EXPECT_NE(receipt.find("What you were told"), std::string::npos) << decision;
        EXPECT_NE(receipt.find("Bring the tide"), std::string::npos) << decision;
        EXPECT_EQ(receipt.find("See the lamp"), std::string::npos) << decision;
        EXPECT_EQ(receipt.find("Send it back.") != std::string::npos, decision == "approve") << decision;
        EXPECT_EQ(receipt.find("Receipt of order") != std::string::npos, decision == "approve") << decision;
    }
}

TEST_P(Hold, BuyersReadWhoSells) {
    EXPECT_NE(page().find("<bdi>Mira&#39;s stall</bdi></p>"), std::string::npos) << "the shop's name while no other was told";
    const auto mira = app.log_in(app.mira);
    const auto tell = [&](const std::string& name, const std::string& contact) {
        return app.post(mira, "/studio/page",
                        {{"name", "Mira's stall"}, {"bio", ""}, {"accent", ""}, {"paper", ""}, {"legal_name", name}, {"contact", contact}});
    };
    ASSERT_EQ(tell("Mira Sand", "Hafenstr. 2\r\n18055 Rostock\r\nhello@mira.example").status, 303);
    for (const std::string path : {"/", "/p/lamp"}) {
        EXPECT_NE(app.get(path).body.find("<bdi>Mira Sand\nHafenstr. 2\n18055 Rostock\nhello@mira.example</bdi>"), std::string::npos)
            << path;
    }
    EXPECT_EQ(tell("Mira\nSand", "").status, 422);
    EXPECT_EQ(tell("Mira Sand", "1\n2\n3\n4\n5\n6\n7\n8\n9").status, 422);
    const auto refused = tell("Mira Sand", std::string(501, 'x'));
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find(std::string(501, 'x')), std::string::npos) << "what was typed is kept";
    EXPECT_EQ(app.post(mira, "/studio/page", {{"name", "Stall"}, {"bio", ""}, {"accent", ""}, {"paper", ""}}).status, 303);
    EXPECT_NE(app.get("/").body.find("Mira Sand"), std::string::npos) << "a form that does not ask changes nothing";
}

}  // namespace
}  // namespace barrow::testing
