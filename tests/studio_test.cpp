// The creator's side, from the form to what buyers see.
#include "floor/sign/proof.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/orders/order.hpp"
#include "support/buyer.hpp"

namespace barrow::testing {
namespace {

class StudioPages : public ::testing::TestWithParam<Engine> {
protected:
    TestApp app{GetParam()};
    Studio mira = app.log_in(app.mira);

    static Form lamp() {
        return {{"name", "Tide lamp"},
                {"price", "24,50"},
                {"tax", "19"},
                {"units", "7"},
                {"units_seen", "0"},
                {"published", "1"},
                {"page_gets", "A lamp\r\nA cable\r\n\r\n"},
                {"page_refund", "30 days"},
                {"page_questions", "Does it float? | No."}};
    }
    static Form words(const std::string& product) {
        return {{"product", product},
                {"title", "Bring the tide into the room"},
                {"how", "It follows the harbour."},
                {"action", "See it"},
                {"surface", "bio"},
                {"surface", "product"}};
    }
    // The one product of the shop.
    catalog::Product only_product() {
        const auto all = app.db->read_now([&](store::Tx& tx) { return catalog::all(tx, app.mira.id); }).value();
        check(all.size() == 1);
        return all.front();
    }
};
BARROW_BOTH_ENGINES(StudioPages);

TEST_P(StudioPages, FromTheFormToTheBioPageAndTheSignedDocument) {
    const auto made = app.post(mira, "/studio/products", lamp());
    ASSERT_EQ(made.status, 303) << made.body;
    EXPECT_TRUE(made.header("location").starts_with("/studio/products/tide-lamp?done=")) << made.header("location");
    const auto product = only_product();
    EXPECT_EQ(product.price, (Money{2'450, euro}));
    EXPECT_EQ(product.tax_basis_points, 1'900);
    EXPECT_EQ(product.page.gets, (std::vector<std::string>{"A lamp", "A cable"}));
    ASSERT_EQ(product.page.questions.size(), 1U);
    EXPECT_EQ(product.page.questions[0].answer, "No.");
    const auto page = app.get("/p/tide-lamp");
    EXPECT_NE(page.body.find("7 left"), std::string::npos);
    EXPECT_NE(page.body.find("€24.50"), std::string::npos);

    const auto signed_one = app.post(mira, "/studio/snippets", words(product.id.text));
    ASSERT_EQ(signed_one.status, 303) << signed_one.body;
    EXPECT_NE(app.get("/").body.find("Bring the tide into the room"), std::string::npos);
    const auto document = json_of(app.get("/snippets/tide-lamp.json"));
    EXPECT_EQ(document.find("does")->text(), "Bring the tide into the room");
    const auto verified = app.get("/verify?doc=/snippets/tide-lamp.json");
    EXPECT_NE(verified.body.find("Bring the tide into the room"), std::string::npos);
    const auto did = json_of(app.get("/.well-known/did.json"));
    const auto key = sign::read_multikey(did.find("verificationMethod")->items()[0].find("publicKeyMultibase")->text());
    ASSERT_TRUE(key);
    EXPECT_TRUE(sign::verify_proof(document, *key));

    // A word that nobody signed.
    auto forged = document;
    forged.set("does", "Makes you rich");
    EXPECT_FALSE(sign::verify_proof(forged, *key));
}

TEST_P(StudioPages, WhatIsWrongStandsAtTheFieldAndWhatWasTypedIsKept) {
    struct Case {
        std::string field, typed, says;
    };
    const std::vector<Case> cases{
        {"price", "cheap", "price-wrong\"><span class=\"wrong\">"}, {"tax", "75", "tax-wrong\"><span class=\"wrong\">"},
        {"units", "many", "units-wrong\"><span class=\"wrong\">"},  {"name", std::string(81, 'x'), "name-wrong\"><span class=\"wrong\">"},
        {"slug", "Über", "slug-wrong\"><span class=\"wrong\">"},    {"page_questions", "Does it float?", "Put the answer after a bar"},
        {"page_limits", "a\nb\nc\nd\ne\nf", "at most 5 lines"}};
    for (const auto& one : cases) {
        auto form = lamp();
        std::erase_if(form, [&](const auto& field) { return field.first == one.field; });
        form.emplace_back(one.field, one.typed);
        const auto answer = app.post(mira, "/studio/products", form);
        EXPECT_EQ(answer.status, 422) << one.field;
        EXPECT_NE(answer.body.find(one.says), std::string::npos) << one.field;
        EXPECT_NE(answer.body.find("A cable"), std::string::npos) << one.field;
    }
    EXPECT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    const auto again = app.post(mira, "/studio/products", lamp());
    EXPECT_EQ(again.status, 422) << "tapped twice: one product";
    only_product();
}

TEST_P(StudioPages, ARecountIsADifference) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    const auto product = only_product();
    const auto left = [&] {
        return app.db->read_now([&](store::Tx& tx) { return stock::find(tx, app.mira.id, stock::open_allotment(product.id)); })
            .value()
            .left_count;
    };
    app.clock.advance(seconds(1));
    // The form was opened at 7 on hand; meanwhile two more came in. Saving another field leaves them alone.
    ASSERT_TRUE(
        app.db->write_now([&](store::Tx& tx) { return stock::receive(tx, app.mira.id, product.id, 2, "delivery", app.clock.now()); }));
    auto form = lamp();
    form[4] = {"units_seen", "7"};
    EXPECT_EQ(app.post(mira, "/studio/products/tide-lamp", form).status, 303);
    EXPECT_EQ(left(), 9);
    app.clock.advance(seconds(1));
    form[3] = {"units", "5"};
    EXPECT_EQ(app.post(mira, "/studio/products/tide-lamp", form).status, 303);
    EXPECT_EQ(left(), 7);
    app.clock.advance(seconds(1));
    form[4] = {"units_seen", "500"};
    EXPECT_EQ(app.post(mira, "/studio/products/tide-lamp", form).status, 422);
    EXPECT_EQ(left(), 7);
}

TEST_P(StudioPages, AProductSavedTwiceCountsItsUnitsOnce) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    const auto product = only_product();
    const auto left = [&] {
        return app.db->read_now([&](store::Tx& tx) { return stock::find(tx, app.mira.id, stock::open_allotment(product.id)); })
            .value()
            .left_count;
    };
    const auto key_shown = [&] { return between(app.get(mira, "/studio/products/tide-lamp").body, "name=\"key\" value=\"", "\""); };
    const auto key = key_shown();
    ASSERT_TRUE(is_id_text(key)) << key;
    auto form = lamp();
    form[3] = {"units", "12"};
    form[4] = {"units_seen", "7"};
    form.emplace_back("key", key);
    for (int click = 0; click < 3; ++click) {
        EXPECT_EQ(app.post(mira, "/studio/products/tide-lamp", form).status, 303);
        EXPECT_EQ(left(), 12) << "click " << click;
        app.clock.advance(milliseconds(200));
    }
    // The next form is another attempt, and what is wrong in it costs it nothing: it keeps its key.
    const auto next = key_shown();
    EXPECT_NE(next, key);
    form[4] = {"units_seen", "12"};
    form.back() = {"key", next};
    auto wrong = form;
    wrong[1] = {"price", "cheap"};
    const auto refused = app.post(mira, "/studio/products/tide-lamp", wrong);
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find("name=\"key\" value=\"" + next + "\""), std::string::npos);
    form[3] = {"units", "2"};  // ten fewer: for a second time they would not be there
    EXPECT_EQ(app.post(mira, "/studio/products/tide-lamp", form).status, 303);
    EXPECT_EQ(app.post(mira, "/studio/products/tide-lamp", form).status, 303);
    EXPECT_EQ(left(), 2);
    form[3] = {"units", "15"};
    const auto other = app.post(mira, "/studio/products/tide-lamp", form);
    EXPECT_EQ(other.status, 422) << "the same form with another number is no second click";
    EXPECT_NE(other.body.find("saved before with another number"), std::string::npos);
    EXPECT_EQ(left(), 2);
}

TEST_P(StudioPages, OffTheStallAndBack) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    EXPECT_EQ(app.get("/p/tide-lamp").status, 200);
    const auto gone = app.post(mira, "/studio/products/tide-lamp/archive", {});
    ASSERT_EQ(gone.status, 303);
    EXPECT_EQ(app.get("/p/tide-lamp").status, 410);
    const auto list = app.get(mira, std::string(gone.header("location")));
    EXPECT_NE(list.body.find("action=\"/studio/products/tide-lamp/show\""), std::string::npos) << "the toast offers to undo it";
    EXPECT_EQ(app.post(mira, "/studio/products/tide-lamp/show", {}).status, 303);
    EXPECT_EQ(app.get("/p/tide-lamp").status, 200);
}

TEST_P(StudioPages, ASnippetGoesThroughVersionsAndIsTakenBack) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    const auto made = app.post(mira, "/studio/snippets", words(only_product().id.text));
    const auto path = between(made.header("location"), "", "?");
    auto changed = words("");
    changed[1] = {"title", "Know high water at a glance"};
    changed.erase(changed.begin() + 4);  // not on the bio page any more
    ASSERT_EQ(app.post(mira, path, changed).status, 303);
    EXPECT_EQ(app.get("/").body.find("Know high water"), std::string::npos);
    EXPECT_NE(app.get("/p/tide-lamp").body.find("Know high water"), std::string::npos);
    EXPECT_EQ(json_of(app.get("/snippets/tide-lamp.json?v=1")).find("does")->text(), "Bring the tide into the room")
        << "a version never changes";
    const auto edit = app.get(mira, path);
    EXPECT_NE(edit.body.find("Version 2"), std::string::npos);
    EXPECT_NE(edit.body.find("&lt;barrow-snippet"), std::string::npos);

    ASSERT_EQ(app.post(mira, path + "/revoke", {}).status, 303);
    EXPECT_EQ(app.get("/snippets/tide-lamp.json").status, 410);
    EXPECT_EQ(app.post(mira, path, changed).status, 422);
    ASSERT_EQ(app.post(mira, path + "/restore", {}).status, 303);
    EXPECT_EQ(app.get("/snippets/tide-lamp.json").status, 200);
    auto wrong = words("");
    wrong[1] = {"title", ""};
    const auto refused = app.post(mira, path, wrong);
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find("title-wrong\"><span class=\"wrong\">"), std::string::npos);
    EXPECT_NE(refused.body.find("It follows the harbour."), std::string::npos);
}

TEST_P(StudioPages, WhoIsLoggedInToTwoShopsOfOneHostStaysSoInBoth) {
    const auto ola = app.make_shop("ola");
    // One browser: it sends both cookies everywhere.
    auto at_mira = app.log_in(app.mira), at_ola = app.log_in(ola);
    const auto both = at_mira.cookie + "; " + at_ola.cookie;
    ASSERT_NE(at_mira.cookie.substr(0, at_mira.cookie.find('=')), at_ola.cookie.substr(0, at_ola.cookie.find('=')))
        << "one would take the other's place";
    at_mira.cookie = at_ola.cookie = both;
    EXPECT_EQ(app.get(at_mira, "/studio").status, 200);
    EXPECT_EQ(app.get(at_ola, "/studio").status, 200);

    const auto out = app.post(at_ola, "/studio/logout", {});
    ASSERT_EQ(out.status, 303);
    EXPECT_EQ(out.header("set-cookie"), "__Host-studio-ola=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
    EXPECT_EQ(app.get(at_ola, "/studio").status, 303) << "to the login";
    EXPECT_EQ(app.get(at_mira, "/studio").status, 200) << "the other shop is as it was";
}

TEST_P(StudioPages, AFormWithoutTheSessionsCsrfChangesNothing) {
    auto stranger = mira;
    stranger.csrf = "guessed";
    EXPECT_EQ(app.post(stranger, "/studio/products", lamp()).status, 403);
    stranger.cookie = "__Host-studio-mira=guessed";
    EXPECT_EQ(app.post(stranger, "/studio/products", lamp()).header("location"), "/studio/login");
    EXPECT_EQ(app.get(stranger, "/studio").header("location"), "/studio/login");
}

TEST_P(StudioPages, HomeShowsTheWayToTheFirstSale) {
    const auto steps = [&] { return between(app.get(mira, "/studio").body, "muted count\">", "<"); };
    EXPECT_EQ(steps(), "0 of 5");
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    EXPECT_EQ(steps(), "1 of 5");
    ASSERT_EQ(app.post(mira, "/studio/snippets", words(only_product().id.text)).status, 303);
    EXPECT_EQ(steps(), "2 of 5");
    ASSERT_EQ(app.post(mira, "/studio/links", {{"target", "/p/tide-lamp"}, {"slug", "lamp"}}).status, 303);
    EXPECT_EQ(steps(), "3 of 5");
    EXPECT_EQ(app.get("/s/lamp").status, 302);
    app.tick();
    EXPECT_EQ(steps(), "4 of 5");
}

TEST_P(StudioPages, HomeSaysWhatNeedsTheCreator) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    pay(app, place(app, "tide-lamp"));
    auto home = app.get(mira, "/studio").body;
    EXPECT_EQ(home.find("To the first sale"), std::string::npos) << "it is walked";
    EXPECT_NE(home.find("1 × Tide lamp"), std::string::npos);
    EXPECT_EQ(home.find("not sent yet"), std::string::npos) << "there is a day for it";
    app.clock.advance(hours(25));
    home = app.get(mira, "/studio").body;
    EXPECT_NE(home.find("Order 1, 1 × Tide lamp: paid 1 day ago, not sent yet"), std::string::npos);
    const auto key = app.make_key(app.mira);
    const auto order = json_of(app.api(http::Method::get, "/api/v1/orders", key)).find("items")->items().at(0);
    EXPECT_EQ(order.find("state")->text(), "paid");
    EXPECT_EQ(json_of(app.api(http::Method::post, "/api/v1/orders/" + order.find("id")->text() + "/fulfil", key)).find("state")->text(),
              "fulfilled");
    EXPECT_EQ(app.get(mira, "/studio").body.find("not sent yet"), std::string::npos);

    // On screen with few left.
    const auto made = json_of(app.api(http::Method::post, "/api/v1/sessions", key,
                                      R"({"title": "Tuesday", "starts": "2026-11-30T20:00:00Z", "products": ["tide-lamp"]})"));
    const auto path = "/api/v1/sessions/" + made.find("id")->text();
    EXPECT_EQ(app.api(http::Method::post, path + "/start", key).status, 200);
    EXPECT_EQ(app.api(http::Method::post, path + "/pin", key, R"({"product": "tide-lamp"})").status, 200);
    EXPECT_EQ(app.get(mira, "/studio").body.find("is on screen in"), std::string::npos);
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/products/tide-lamp", key, R"({"add_units": -4})").status, 200);
    EXPECT_NE(app.get(mira, "/studio").body.find("Tide lamp is on screen in"), std::string::npos);
}

TEST_P(StudioPages, TodaysLinkComesBackToWhereItWasChanged) {
    EXPECT_TRUE(app.post(mira, "/studio/today", {{"target", "/"}, {"back", "home"}}).header("location").starts_with("/studio?done="));
    const auto changed = app.post(mira, "/studio/today", {{"target", "https://example.com/"}, {"back", "home"}});
    const auto home = app.get(mira, std::string(changed.header("location"))).body;
    EXPECT_NE(between(home, "data-toast", "</form>").find("name=\"back\" value=\"home\""), std::string::npos) << "undo comes back here too";
    EXPECT_TRUE(app.post(mira, "/studio/today", {{"target", "/"}}).header("location").starts_with("/studio/links?done="));
}

TEST_P(StudioPages, ASnippetsCardsAreCounted) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    ASSERT_EQ(app.post(mira, "/studio/snippets", words(only_product().id.text)).status, 303);
    const auto bio = app.get("/").body;
    auto card = between(bio, "href=\"/p/tide-lamp?c&#x3D;", "\"");
    if (card.empty()) card = between(bio, "href=\"/p/tide-lamp?c=", "\"");
    ASSERT_NE(card, "");
    EXPECT_EQ(app.get("/p/tide-lamp?c=" + card).status, 200);
    app.tick();
    const auto snippet = json_of(app.api(http::Method::get, "/api/v1/snippets/tide-lamp", app.make_key(app.mira)));
    EXPECT_EQ(snippet.find("seen")->integer(), 2) << "on the bio page and on the product's";
    EXPECT_EQ(snippet.find("taps")->integer(), 1);
    EXPECT_EQ(snippet.find("orders")->integer(), 0);
}

// What a browser without JavaScript sends when nobody touched the form.
Form untouched_page(const std::string& page) {
    Form form{{"name", between(page, "id=\"name\" name=\"name\" type=\"text\" value=\"", "\"")},
              {"bio", between(between(page, "name=\"bio\"", "</textarea>"), ">", "")}};
    constexpr std::string_view radio = "<input type=\"radio\" name=\"swatch\" value=\"";
    for (auto at = page.find(radio); at != std::string::npos; at = page.find(radio, at + 1)) {
        const auto input = std::string_view(page).substr(at, page.find('>', at) - at);
        if (input.find(" checked") != std::string_view::npos) form.emplace_back("swatch", between(input, "value=\"", "\""));
    }
    for (const auto* name : {"accent", "paper"}) {
        const auto value = between(page, std::string("name=\"") + name + "\" type=\"color\" value=\"", "\"");
        form.emplace_back(name, value.empty() ? "#000000" : value);  // that is what a colour field makes of nothing
    }
    return form;
}

TEST_P(StudioPages, SavingThePageUntouchedChangesNothingOfItsLook) {
    const auto look = [&] { return between(app.get("/").body, ":root{--shop-", "}"); };
    const auto saved_untouched = [&] {
        return app.post(mira, "/studio/page", untouched_page(app.get(mira, "/studio/page").body)).status == 303;
    };
    ASSERT_EQ(look(), "") << "the house's own colours";
    ASSERT_TRUE(saved_untouched());
    EXPECT_EQ(look(), "");

    ASSERT_EQ(app.post(mira, "/studio/page", {{"name", "Mira"}, {"swatch", ""}, {"accent", "#224466"}, {"paper", "#fff8ee"}}).status, 303);
    const auto own = look();
    ASSERT_NE(own.find("#224466"), std::string::npos);
    ASSERT_TRUE(saved_untouched());
    EXPECT_EQ(look(), own);
}

TEST_P(StudioPages, AColourThatIsNoneIsRefusedAtItsFieldAndTheShopStaysAsItWas) {
    ASSERT_EQ(app.post(mira, "/studio/page", {{"name", "Mira"}, {"swatch", ""}, {"accent", "#224466"}, {"paper", "#fff8ee"}}).status, 303);
    const auto own = between(app.get("/").body, ":root{--shop-", "}");
    for (const std::string colour : {"red", "#12", "#22446", "#2244666", "#gggggg", "224466", "#224466;}"}) {
        for (const std::string field : {"accent", "paper"}) {
            Form form{{"name", "Another"}, {"swatch", ""}, {"accent", "#224466"}, {"paper", "#fff8ee"}};
            (field == "accent" ? form[2] : form[3]).second = colour;
            const auto answer = app.post(mira, "/studio/page", form);
            EXPECT_EQ(answer.status, 422) << field << " " << colour;
            EXPECT_NE(answer.body.find("Colours are written like #0b6b4b."), std::string::npos) << field << " " << colour;
        }
        EXPECT_EQ(app.post(mira, "/studio/page", {{"name", "Another"}, {"swatch", colour + " " + colour}}).status, 422) << colour;
    }
    EXPECT_EQ(between(app.get("/").body, ":root{--shop-", "}"), own);
    EXPECT_EQ(app.get("/").body.find("Another"), std::string::npos);
    // None at all is the house's own.
    ASSERT_EQ(app.post(mira, "/studio/page", {{"name", "Mira"}, {"swatch", ""}, {"accent", ""}, {"paper", ""}}).status, 303);
    EXPECT_EQ(between(app.get("/").body, ":root{--shop-", "}"), "");
    EXPECT_EQ(app.get(mira, "/studio/page").status, 200);
}

TEST_P(StudioPages, AReadyPairIsTakenWithoutJavaScriptToo) {
    const auto look = [&] { return between(app.get("/").body, ":root{--shop-", "}"); };
    auto form = untouched_page(app.get(mira, "/studio/page").body);
    ASSERT_EQ(form.size(), 5U) << "one pair is chosen";
    EXPECT_EQ(form[2].second, "#0b6b4b #fbfaf6") << "Harbour green";
    form[2].second = "#7a2e6b #fbf7fa";
    ASSERT_EQ(app.post(mira, "/studio/page", form).status, 303);
    EXPECT_NE(look().find("accent:#7a2e6b"), std::string::npos) << look();
    EXPECT_EQ(untouched_page(app.get(mira, "/studio/page").body)[2].second, "#7a2e6b #fbf7fa") << "and it stays the chosen one";
    form[2].second = "#0b6b4b #fbfaf6";
    ASSERT_EQ(app.post(mira, "/studio/page", form).status, 303);
    EXPECT_EQ(look(), "") << "back to the house's";
}

// A session on air with the lamp on screen; the control room's path.
std::string on_air(TestApp& app, const Studio& mira, const catalog::Product& product) {
    const auto planned =
        app.post(mira, "/studio/live", {{"name", "Tuesday"}, {"starts", "2026-11-30T20:00"}, {"product", product.id.text}});
    EXPECT_EQ(planned.status, 303) << planned.body;
    const std::string room(planned.header("location"));
    EXPECT_EQ(app.post(mira, room + "/start", {}).status, 303);
    EXPECT_EQ(app.post(mira, room + "/pin", {{"product", product.id.text}}).status, 303);
    return room;
}

TEST_P(StudioPages, TheControlRoomShowsWhatTheSessionSold) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    const auto room = on_air(app, mira, only_product());
    pay(app, place(app, "tide-lamp"));  // not in the session
    auto page = app.get(mira, room).body;
    EXPECT_EQ(between(page, "data-total-sold>", "<"), "0");
    EXPECT_EQ(page.find("data-test=\"sale\""), std::string::npos);

    app.events.published.clear();
    const auto placed = place_from(app, "/live/tuesday");
    EXPECT_EQ(app.get(mira, room).body.find("data-test=\"sale\""), std::string::npos) << "it is not paid yet";
    pay(app, placed);
    int told = 0;
    for (const auto& [topic, event] : app.events.published) {
        if (event.name != "order") continue;
        ++told;
        EXPECT_TRUE(topic.starts_with("room:")) << "viewers do not hear of it: " << topic;
        EXPECT_EQ(event.data, "{}") << "and nothing of the buyer travels with it";
    }
    EXPECT_EQ(told, 1);
    page = app.get(mira, room).body;
    EXPECT_EQ(between(page, "data-total-sold>", "<"), "1");
    EXPECT_EQ(between(page, "data-net>", "<"), "€20.59") << "€24.50 less 19 % tax";
    const auto sale = between(page, "data-test=\"sale\"", "</li>");
    for (const auto* part : {"Ada", "1 × Tide lamp", "€24.50", "UTC"}) EXPECT_NE(sale.find(part), std::string::npos) << part;

    ASSERT_EQ(app.post(mira, room + "/end", {}).status, 303);
    page = app.get(mira, room).body;
    EXPECT_NE(page.find("<strong class=\"count\">1</strong> sold, <strong class=\"count\">€20.59</strong> net"), std::string::npos);
    EXPECT_EQ(page.find("Tap <strong>Pin"), std::string::npos) << "there is no such button any more";
    EXPECT_NE(app.get(mira, "/studio/live").body.find("1 sold · €20.59 net"), std::string::npos);
}

TEST_P(StudioPages, TheControlRoomsEventsAreTheOwnersAlone) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    const auto room = on_air(app, mira, only_product());
    EXPECT_EQ(app.get(room + "/events").header("location"), "/studio/login");
    const auto streamed = app.get(mira, room + "/events");
    ASSERT_TRUE(streamed.events);
    EXPECT_TRUE(streamed.events->topic.starts_with("room:"));
    EXPECT_EQ(app.get(room + "?as=json").header("location"), "/studio/login");
    EXPECT_EQ(json_of(app.get(mira, room + "?as=json")).find("overlay_ok")->boolean(), false);
}

TEST_P(StudioPages, OnlyOverlaysCountAsOverlays) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    const auto room = on_air(app, mira, only_product());
    const auto id = room.substr(room.rfind('/') + 1);
    const auto overlay = app.get("/overlay/" + id).body;
    auto events = between(overlay, "data-events=\"", "\"");
    if (const auto at = events.find("&#x3D;"); at != std::string::npos) events.replace(at, 6, "=");
    const auto topic = app.get(events).events->topic;
    const auto viewers = app.get("/overlay/" + id + "/events").events->topic;
    EXPECT_NE(topic, viewers);
    app.events.open[viewers] = 40;
    EXPECT_NE(app.get(mira, room).body.find(">overlay not connected<"), std::string::npos);
    app.events.open[topic] = 1;
    EXPECT_NE(app.get(mira, room).body.find(">1 overlay connected<"), std::string::npos);
    app.events.published.clear();
    ASSERT_EQ(app.post(mira, room + "/pin", {{"product", ""}}).status, 303);
    EXPECT_EQ(app.events.published.size(), 3U) << "all three kinds of listeners hear of a pin";
}

TEST_P(StudioPages, AnOrderIsPackedFromItsRowAndMarkedAsSent) {
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    pay(app, place(app, "tide-lamp"));
    const auto row = [&] { return between(app.get(mira, "/studio/orders").body, "data-test=\"order\"", "</tr>"); };
    EXPECT_NE(row().find("Quay 1, 18119 Rostock, DE"), std::string::npos) << "the address one packs with";
    EXPECT_NE(row().find("target=\"_blank\" rel=\"noopener\">Receipt<"), std::string::npos) << "the buyer's page opens apart";
    const auto action = between(row(), "action=\"", "\"");
    ASSERT_TRUE(action.ends_with("/sent")) << action;
    const auto sent = app.post(mira, action, {});
    ASSERT_EQ(sent.status, 303);
    EXPECT_NE(row().find(">sent<"), std::string::npos);
    const auto toast = between(app.get(mira, std::string(sent.header("location"))).body, "data-toast", "</form>");
    const auto undo = between(toast, "action=\"", "\"");
    ASSERT_EQ(app.post(mira, undo, {}).status, 303) << toast;
    EXPECT_NE(row().find("Mark as sent"), std::string::npos) << "it waits to be sent again";
    EXPECT_EQ(app.post(mira, undo, {}).status, 303) << "tapped twice";
}

TEST_P(StudioPages, WhatWaitsToBeSentIsFoundHoweverManyOrdersCameAfterIt) {
    // 230 orders: the oldest 120 wait to be sent, the newest 110 are on their way.
    std::string text =
        "INSERT INTO orders (shop_id, id, number, token, idempotency_key, request_hash, state, payment_id, currency, goods_minor, "
        "shipping_minor, tax_minor, sum_minor, buyer, email, name, address, placed_us, deadline_us, paid_us, cancel_reason) VALUES ";
    for (int number = 1; number <= 230; ++number) {
        const auto n = std::to_string(number);
        text += std::string(number == 1 ? "" : ", ") + "('" + app.mira.id.text + "', 'o" + n + "', " + n + ", 't" + n + "', 'k" + n +
                "', '', '" + (number <= 120 ? "paid" : "fulfilled") + "', '', 'EUR', 2400, 0, 0, 2400, '', '', 'Ada', 'Quay', 1, 2, 3, '')";
    }
    app.db.sql(text);
    const auto rows = [](const std::string& page) {
        int count = 0;
        for (auto at = page.find("data-test=\"order\""); at != std::string::npos; at = page.find("data-test=\"order\"", at + 1)) ++count;
        return count;
    };
    const auto count_of = [](const std::string& page, const std::string& label) {
        return between(between(page, ">" + label + "&nbsp;", "</a>"), "muted\">", "<");
    };
    const auto all = app.get(mira, "/studio/orders").body;
    EXPECT_EQ(rows(all), 100);
    EXPECT_EQ(count_of(all, "To send"), "120");
    EXPECT_EQ(count_of(all, "All"), "230");
    const auto first = app.get(mira, "/studio/orders?state=paid").body;
    EXPECT_EQ(rows(first), 100);
    EXPECT_NE(first.find(">120</a>"), std::string::npos);
    EXPECT_EQ(first.find(">121</a>"), std::string::npos);
    const auto older = between(between(first, "</table>", "Older orders"), "href=\"", "\"");
    EXPECT_EQ(older, "/studio/orders?state=paid&amp;before=21");
    const auto second = app.get(mira, "/studio/orders?state=paid&before=21").body;
    EXPECT_EQ(rows(second), 20);
    EXPECT_EQ(second.find("Older orders"), std::string::npos);
    EXPECT_EQ(count_of(second, "To send"), "120") << "all of them, not those of this page";
}

TEST_P(StudioPages, AProductWithoutASnippetIsSaidNotToBeOnThePage) {
    auto form = lamp();
    form.emplace_back("image", "/demo/tide-lamp.svg");
    const auto made = app.post(mira, "/studio/products", form);
    ASSERT_EQ(made.status, 303) << made.body;
    EXPECT_EQ(only_product().image, "/demo/tide-lamp.svg");
    EXPECT_EQ(app.get("/").body.find("Tide lamp"), std::string::npos);
    const auto toast = between(app.get(mira, std::string(made.header("location"))).body, "data-toast", "</div>");
    EXPECT_NE(toast.find("once it has a snippet"), std::string::npos) << toast;
    EXPECT_NE(toast.find("/studio/snippets/new?product"), std::string::npos) << toast;
    EXPECT_NE(app.get(mira, "/studio").body.find("Tide lamp is not on your page yet"), std::string::npos);
    ASSERT_EQ(app.post(mira, "/studio/snippets", words(only_product().id.text)).status, 303);
    EXPECT_EQ(app.get(mira, "/studio").body.find("is not on your page yet"), std::string::npos);
    EXPECT_NE(app.get("/").body.find("Tide lamp"), std::string::npos);
}

TEST_P(StudioPages, APictureCanBeGivenToAProductThatHasNone) {
    EXPECT_NE(app.get(mira, "/studio/products/new").body.find("name=\"image\""), std::string::npos);
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    EXPECT_NE(app.get(mira, "/studio/products/tide-lamp").body.find("name=\"image\""), std::string::npos);
}

TEST_P(StudioPages, AllThatIsWrongIsSaidAtOnceInSentences) {
    auto form = lamp();
    form[0] = {"name", ""};
    form[1] = {"price", "cheap"};
    form[2] = {"tax", "75"};
    form[3] = {"units", "many"};
    const auto page = app.post(mira, "/studio/products", form).body;
    EXPECT_NE(page.find("4 things are not right yet"), std::string::npos);
    const std::pair<std::string, std::string> cases[] = {
        {"name", "The product needs a name."},
        {"price", "is not a price: use digits and one decimal point, such as 24.00."},
        {"tax", "A number from 0 to 50, like 19 or 7.5."},
        {"units", "A whole number from 0 to 1,000,000."},
    };
    for (const auto& [field, says] : cases)
        EXPECT_NE(between(page, "id=\"" + field + "-wrong\">", "</div>").find(says), std::string::npos) << field;
    ASSERT_EQ(app.post(mira, "/studio/products", lamp()).status, 303);
    auto long_winded = words(only_product().id.text);
    long_winded[1] = {"title", std::string(100, 'x')};
    EXPECT_NE(app.post(mira, "/studio/snippets", long_winded).body.find(">It has 100 characters; shorten it to "), std::string::npos);
    EXPECT_NE(app.post(mira, "/studio/links", {{"target", "/p/x"}, {"slug", "no spaces"}})
                  .body.find(">The address &quot;no spaces&quot; must be"),
              std::string::npos);
}

TEST_P(StudioPages, ProgramsThatOpenALinkAreNotCountedAsClicks) {
    ASSERT_EQ(app.post(mira, "/studio/links", {{"target", "https://example.com/"}, {"slug", "lamp"}}).status, 303);
    EXPECT_EQ(app.get("/s/lamp").status, 302);
    EXPECT_EQ(app.call({.target = "/s/lamp", .headers = {{"user-agent", "facebookexternalhit/1.1"}}}).status, 302) << "its preview works";
    EXPECT_EQ(app.call({.target = "/s/lamp", .headers = {{"sec-purpose", "prefetch"}}}).status, 302);
    app.tick();
    const auto page = app.get(mira, "/studio/links").body;
    EXPECT_EQ(between(page, "data-label=\"Clicks\">", "<"), "1");
    EXPECT_EQ(between(page, "data-label=\"This week\">", "<"), "1");
    EXPECT_EQ(between(page, "data-label=\"Not counted\">", "<"), "2");
    EXPECT_EQ(app.get("/qr/lamp.svg").status, 200);
    EXPECT_EQ(app.get("/qr/none.svg").status, 404) << "no code for a link that is not there";
}

}  // namespace
}  // namespace barrow::testing
