// What public pages say, in the shop's language; what the shop wrote itself stays as it is.
#include "rooms/snippets/snippet.hpp"
#include "rooms/stock/stock.hpp"
#include "support/buyer.hpp"

namespace barrow::testing {
namespace {

class Languages : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        const auto made = app.db->write_now([&](store::Tx& tx) -> Status {
            const auto lamp = TRY(
                catalog::add(tx, app.mira, {.slug = "lamp", .name = "Gezeitenlampe", .price = {124'900, euro}, .tax_basis_points = 1'900},
                             app.clock.now(), app.random));
            TRY(stock::receive(tx, app.mira.id, lamp.id, 7, "opening stock", app.clock.now()));
            TRY(snippets::publish(tx, app.mira,
                                  {.slug = "lamp", .product = lamp.id, .publication = {.words = {.title = "Holt die Flut herein"}}},
                                  app.secrets(), app.clock.now(), app.random));
            return {};
        });
        ASSERT_TRUE(made) << made.error().text;
    }
    void speak(const std::string& tag) {
        ASSERT_TRUE(app.app->command("set_language", wire::Json::object({{"shop", "mira"}, {"language", tag}})));
    }
    std::string page(const std::string& path) { return body_of(app.get(path)); }

    TestApp app{GetParam()};
};
BARROW_BOTH_ENGINES(Languages);

#define EXPECT_SAYS(page, text) EXPECT_NE((page).find(text), std::string::npos) << (text)

TEST_P(Languages, ABuyerIsSpokenToInTheShopsLanguageFromThePageToTheReceipt) {
    speak("de-AT");
    const auto product = page("/p/lamp");
    EXPECT_SAYS(product, "<html lang=\"de-AT\" dir=\"ltr\">");
    EXPECT_SAYS(product, "Holt die Flut herein");
    EXPECT_SAYS(product, "noch 7");
    EXPECT_SAYS(product, "1.249,00\u00a0€");
    EXPECT_SAYS(product, "enthält 19 % Steuer, 199,42\u00a0€");
    EXPECT_SAYS(product, "zurücklegen");
    EXPECT_SAYS(product, "/de/viewer/trust.js");
    EXPECT_SAYS(body_of(app.get("/assets/any/de/viewer/trust.js")), "auf deinem Gerät geprüft");
    EXPECT_EQ(app.get("/assets/any/de/shared/mark.svg").status, 200) << "what says nothing is there once";
    EXPECT_EQ(app.get("/assets/any/xx/shared/mark.svg").status, 404);
    EXPECT_SAYS(body_of(app.get("/embed.js")), "Signiert von");
    // The price that is signed is the price that is shown.
    EXPECT_EQ(json_of(app.get("/snippets/lamp.quote.json")).find("price")->text(), "1.249,00\u00a0€");

    const auto placed = place(app, "lamp");
    const auto held = page(placed.hold_path);
    EXPECT_SAYS(held, "Das ist schon bestellt");
    pay(app, placed);
    const auto orders = app.db.sql("SELECT token FROM orders");
    const auto receipt = page("/orders/" + orders[0].text("token"));
    EXPECT_SAYS(receipt, "Bezahlt. Danke.");
    EXPECT_SAYS(receipt, "1 × Gezeitenlampe");
    EXPECT_SAYS(receipt, "18. November 2026, ");
    EXPECT_SAYS(page("/orders/" + orders[0].text("token") + "/promise.html"), "Noch nicht geprüft");
}

TEST_P(Languages, WhatIsRefusedIsSaidInItToo) {
    speak("de");
    EXPECT_SAYS(page("/p/nothing"), "Hier steht nichts");
    const auto gone = page("/orders/nothing");
    EXPECT_SAYS(gone, "Diese Bestellung gibt es nicht; vergleiche die Adresse mit deiner Mail.");
    // A form that is not filled in.
    const auto hold = app.post({}, "/p/lamp/holds", hidden_fields(between(page("/p/lamp"), "<form class=\"hold\"", "</form>")));
    ASSERT_EQ(hold.status, 303) << hold.body;
    const std::string held(hold.header("location"));
    const auto form = page(held);
    EXPECT_SAYS(form, "Für dich zurückgelegt bis");
    EXPECT_SAYS(form, ">Deutschland</option>");
    const auto wrong = app.post({}, held + "/orders", hidden_fields(between(form, "<form class=\"form\"", "</form>")));
    EXPECT_EQ(wrong.status, 422);
    EXPECT_SAYS(body_of(wrong), "Felder brauchen dich noch.");
    EXPECT_SAYS(body_of(wrong), "An wen schicken wir es?");
}

TEST_P(Languages, TheStudioStaysEnglishAndOffersTheLanguages) {
    const auto mira = app.log_in(app.mira);
    speak("de");
    const auto studio = app.get(mira, "/studio/page").body;
    EXPECT_SAYS(studio, "<html lang=\"en\"");
    EXPECT_SAYS(studio, "<option value=\"de\" selected>Deutsch</option>");
    EXPECT_EQ(studio.find("ar-XB"), std::string::npos) << "nobody speaks it";
    ASSERT_EQ(app.post(mira, "/studio/page", {{"name", "Mira"}, {"bio", ""}, {"language", "en"}, {"swatch", ""}}).status, 303);
    EXPECT_SAYS(page("/p/lamp"), "7 left");
    const auto refused = app.post(mira, "/studio/page", {{"name", "Mira"}, {"bio", ""}, {"language", "!"}, {"swatch", ""}});
    EXPECT_EQ(refused.status, 422);
    EXPECT_SAYS(refused.body, "Write it as a tag like en, de or pt-BR");
}

TEST_P(Languages, ALanguageIsATagAndOneWithoutWordsIsNamedAllTheSame) {
    const auto key = app.make_key(app.mira);
    const auto ask = [&](const std::string& tag) {
        return app.api(http::Method::patch, "/api/v1/shop", key, R"({"language":")" + tag + "\"}");
    };
    for (const auto* tag : {"d", "deutsch-land!", "de_AT", "de-", "-de", "1de", "waytoolongword", "de-waytoolong1"})
        EXPECT_EQ(ask(tag).status, 400) << tag;
    EXPECT_EQ(json_of(ask("he")).find("language")->text(), "he");
    EXPECT_SAYS(page("/p/lamp"), "<html lang=\"he\" dir=\"rtl\">");
    EXPECT_SAYS(page("/p/lamp"), "7 left");
    EXPECT_EQ(json_of(app.api(http::Method::get, "/api/v1/shop", key)).find("language")->text(), "he");
    EXPECT_EQ(json_of(ask("de")).find("time_zone")->text(), "UTC") << "what is left out stays";
}

}  // namespace
}  // namespace barrow::testing
