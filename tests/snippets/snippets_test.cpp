// What a snippet promises to whoever checks it: its words, and the price beside them.
#include "floor/sign/proof.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/catalog/quote.hpp"
#include "rooms/snippets/snippet.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class Snippets : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        const auto made = app.db->write_now([&](store::Tx& tx) -> Status {
            lamp = TRY(catalog::add(tx, app.mira, {.slug = "tide-lamp", .name = "Tide lamp", .price = {2'450, euro}}, app.clock.now(),
                                    app.random));
            return {};
        });
        ASSERT_TRUE(made) << made.error().text;
        const auto mira = app.log_in(app.mira);
        const auto published = app.post(mira, "/studio/snippets",
                                        {{"product", lamp.id.text},
                                         {"title", "Bring the tide into the room"},
                                         {"how", "It follows the harbour."},
                                         {"action", "See it"},
                                         {"surface", "bio"},
                                         {"surface", "embed"}});
        ASSERT_EQ(published.status, 303) << published.body;
    }
    sign::PublicKey key() {
        const auto did = json_of(app.get("/.well-known/did.json"));
        return sign::read_multikey(did.find("verificationMethod")->items()[0].find("publicKeyMultibase")->text()).value();
    }

    TestApp app{GetParam()};
    catalog::Product lamp{.price = {0, euro}};
};
BARROW_BOTH_ENGINES(Snippets);

TEST_P(Snippets, ThePriceBesideASnippetIsSignedForAQuarterOfAnHour) {
    const auto answer = app.get("/snippets/tide-lamp.quote.json");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("access-control-allow-origin"), "*") << "the embed reads it from other sites";
    const auto quote = json_of(answer);
    EXPECT_TRUE(sign::verify_proof(quote, key()));
    EXPECT_EQ(quote.find("price")->text(), "€24.50");
    EXPECT_EQ(quote.find("price_minor")->integer(), 2'450);
    EXPECT_EQ(quote.find("currency")->text(), "EUR");
    EXPECT_EQ(quote.find("product")->find("slug")->text(), "tide-lamp");
    EXPECT_EQ(quote.find("url")->text(), json_of(app.get("/snippets/tide-lamp.json")).find("url")->text()) << "the two belong together";
    const auto from = read_iso(quote.find("valid_from")->text()), until = read_iso(quote.find("valid_until")->text());
    ASSERT_TRUE(from && until);
    EXPECT_LE(*from, app.clock.now());
    EXPECT_EQ(until->us - from->us, catalog::quote_life.us);

    auto cheaper = quote;
    cheaper.set("price", "€0.01");
    EXPECT_FALSE(sign::verify_proof(cheaper, key()));
    auto longer = quote;
    longer.set("valid_until", "2099-01-01T00:00:00Z");
    EXPECT_FALSE(sign::verify_proof(longer, key()));
}

TEST_P(Snippets, ThePriceBesideASnippetIsTheOneOfNow) {
    app.clock.advance(seconds(1));
    const auto changed = app.db->write_now([&](store::Tx& tx) -> Status {
        lamp.price = {2'600, euro};
        TRY(catalog::change(tx, app.mira, lamp, app.clock.now()));
        return {};
    });
    ASSERT_TRUE(changed) << changed.error().text;
    EXPECT_EQ(json_of(app.get("/snippets/tide-lamp.quote.json")).find("price_minor")->integer(), 2'600);
    EXPECT_EQ(app.get("/snippets/none.quote.json").status, 404);
    const auto taken_back = app.db->write_now([&](store::Tx& tx) -> Status {
        return snippets::revoke(tx, app.mira.id, TRY(snippets::find(tx, app.mira.id, "tide-lamp", app.clock.now())).id, app.clock.now());
    });
    ASSERT_TRUE(taken_back);
    EXPECT_EQ(app.get("/snippets/tide-lamp.quote.json").status, 410) << "what was taken back offers no price";
}

TEST_P(Snippets, AVersionThatWasChangedInTheDatabaseIsNotSignedAgain) {
    const std::string path = "/snippets/tide-lamp.json", check = "/verify?doc=/snippets/tide-lamp.json";
    EXPECT_NE(app.get(check).body.find("The signature fits"), std::string::npos);
    const auto run = [&](const char* statement) {
        const auto done = app.db->write_now([&](store::Tx& tx) -> Status {
            TRY(tx.run(store::Query{"", statement}));
            return {};
        });
        ASSERT_TRUE(done) << done.error().text;
    };
    const auto refused = [&] {
        EXPECT_EQ(app.get(path).status, 500);
        EXPECT_EQ(app.get(path).body.find("proofValue"), std::string::npos) << "no proof goes out";
        const auto page = app.get(check);
        EXPECT_EQ(page.status, 500);
        EXPECT_NE(page.body.find("The signature does not fit"), std::string::npos);
        EXPECT_NE(page.body.find("This document is not what was published."), std::string::npos);
    };
    run("UPDATE snippet_version SET document = REPLACE(document, 'Bring the tide', 'Bring a fortune')");
    refused();
    run("UPDATE snippet_version SET document = REPLACE(document, 'Bring a fortune', 'Bring the tide')");
    EXPECT_EQ(app.get(path).status, 200) << "as it was published it is shown";
    run("UPDATE snippet_version SET title = 'Bring a fortune into the room'");
    refused();
    run("UPDATE snippet_version SET title = 'Bring the tide into the room', published_us = published_us + 1");
    refused();
}

TEST_P(Snippets, AVersionFromBeforeTheSealsIsShownAndTheCheckSaysSo) {
    const auto emptied = app.db->write_now([&](store::Tx& tx) -> Status {
        TRY(tx.run(store::Query{"", "UPDATE snippet_version SET seal = ''"}));
        return {};
    });
    ASSERT_TRUE(emptied);
    EXPECT_EQ(app.get("/snippets/tide-lamp.json").status, 200);
    const auto page = app.get("/verify?doc=/snippets/tide-lamp.json");
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.body.find("This version carries no seal"), std::string::npos);
}

// ---- the life of a snippet ---------------------------------------------------------------------------------------------------

class SnippetLife : public Snippets {
protected:
    void SetUp() override {
        Snippets::SetUp();
        api_key = app.make_key(app.mira);
    }
    http::Response call(http::Method method, const std::string& path, const std::string& body = "") {
        return app.api(method, "/api/v1/snippets/tide-lamp" + path, api_key, body);
    }
    std::string shown() {
        const auto page = app.get("/embed/tide-lamp");
        if (page.status != 200) return std::to_string(page.status);
        const auto from = page.body.find("<h2>"), bdi = page.body.find("<bdi>", from) + 5;
        return page.body.substr(bdi, page.body.find("</bdi>", bdi) - bdi);
    }
    std::string state() { return json_of(call(http::Method::get, "")).find("state")->text(); }
    std::string at(Duration later) { return iso(app.clock.now() + later); }

    std::string api_key;
};
BARROW_BOTH_ENGINES(SnippetLife);

TEST_P(SnippetLife, AVersionWaitsShowsAndEnds) {
    const auto weekend = call(http::Method::post, "/versions",
                              R"({"title":"Bring the weekend","starts":")" + at(hours(2)) + R"(","ends":")" + at(hours(5)) + R"("})");
    ASSERT_EQ(weekend.status, 201) << body_of(weekend);
    EXPECT_EQ(shown(), "Bring the tide into the room") << "it waits";
    const auto versions = json_of(call(http::Method::get, "/versions"));
    const auto digest = versions.find("items")->items()[0].find("digest")->text();
    EXPECT_EQ(app.get("/snippets/" + digest + ".json").status, 404) << "nor is its document out before its time";
    app.clock.advance(hours(3));
    EXPECT_EQ(shown(), "Bring the weekend");
    const auto document = json_of(app.get("/snippets/" + digest + ".json"));
    EXPECT_EQ(document.find("does")->text(), "Bring the weekend");
    EXPECT_NE(document.find("valid_until"), nullptr) << "whoever keeps it knows when it ended";
    app.clock.advance(hours(3));
    EXPECT_EQ(shown(), "Bring the tide into the room") << "what was shown before it, again";
    const auto last =
        call(http::Method::post, "/versions", R"({"title":"Bring the end","nothing_after":true,"ends":")" + at(hours(1)) + R"("})");
    ASSERT_EQ(last.status, 201) << body_of(last);
    EXPECT_EQ(shown(), "Bring the end");
    app.clock.advance(hours(2));
    EXPECT_EQ(state(), "expired");
    EXPECT_EQ(shown(), "410");
    EXPECT_EQ(app.get("/snippets/tide-lamp.json").status, 410);
    EXPECT_EQ(app.get("/snippets/tide-lamp.quote.json").status, 410) << "and no price beside it";
}

TEST_P(SnippetLife, WhatWaitsCanBeCalledOff) {
    ASSERT_EQ(call(http::Method::post, "/versions", R"({"title":"Bring the weekend","starts":")" + at(hours(2)) + R"("})").status, 201);
    EXPECT_EQ(call(http::Method::post, "/versions/1/call-off").status, 404) << "what shows does not wait";
    EXPECT_EQ(call(http::Method::post, "/versions/2/call-off").status, 200);
    EXPECT_EQ(call(http::Method::post, "/versions/2/call-off").status, 404);
    app.clock.advance(hours(3));
    EXPECT_EQ(shown(), "Bring the tide into the room");
    const auto digest = json_of(call(http::Method::get, "/versions")).find("items")->items()[0].find("digest")->text();
    for (const auto& path : {"/snippets/" + digest + ".json", std::string("/snippets/tide-lamp.json?v=2")})
        EXPECT_EQ(app.get(path).status, 410) << path << ": its time has come, and it is not signed all the same";
    const auto only = app.api(http::Method::post, "/api/v1/snippets", api_key,
                              R"({"product":"tide-lamp","slug":"later","title":"Bring later","starts":")" + at(hours(2)) + R"("})");
    ASSERT_EQ(only.status, 201) << body_of(only);
    EXPECT_EQ(json_of(only).find("state")->text(), "scheduled");
    EXPECT_EQ(app.get("/embed/later").status, 410);
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/snippets/later/versions/1/call-off", api_key, "").status, 409);
}

TEST_P(SnippetLife, ATypoThatIsMendedDoesNotTakeTheEndAway) {
    const auto ends = at(hours(5));
    ASSERT_EQ(
        call(http::Method::post, "/versions", R"({"title":"Bring the weekend","ends":")" + ends + R"(","nothing_after":true})").status,
        201);
    const auto id = json_of(call(http::Method::get, "")).find("id")->text();
    const auto mira = app.log_in(app.mira);
    const auto form = app.get(mira, "/studio/snippets/" + id).body;
    EXPECT_NE(form.find("name=\"ends\" type=\"datetime-local\" value=\"" + ends.substr(0, 16) + "\""), std::string::npos)
        << "the form has it";
    EXPECT_NE(form.find("name=\"nothing_after\" value=\"1\" checked"), std::string::npos);
    ASSERT_EQ(call(http::Method::post, "/versions/2/show").status, 201);
    EXPECT_EQ(json_of(call(http::Method::get, "")).find("ends")->text().substr(0, 19), ends.substr(0, 19)) << "nor does showing it again";
}

TEST_P(SnippetLife, AnEarlierVersionShowsAgainAsANewOne) {
    ASSERT_EQ(call(http::Method::post, "/versions", R"({"title":"Bring the sea"})").status, 201);
    EXPECT_EQ(shown(), "Bring the sea");
    const auto back = call(http::Method::post, "/versions/1/show");
    ASSERT_EQ(back.status, 201) << body_of(back);
    EXPECT_EQ(json_of(back).find("version")->integer(), 3) << "history only grows";
    EXPECT_EQ(shown(), "Bring the tide into the room");
    EXPECT_EQ(call(http::Method::post, "/versions/9/show").status, 404);
    EXPECT_EQ(call(http::Method::post, "/revoke").status, 200);
    EXPECT_EQ(shown(), "410");
    EXPECT_EQ(state(), "revoked");
    EXPECT_EQ(call(http::Method::post, "/versions/1/show").status, 404) << "what was taken back is shown again first";
    EXPECT_EQ(call(http::Method::post, "/restore").status, 200);
    EXPECT_EQ(shown(), "Bring the tide into the room");
}

TEST_P(SnippetLife, ASurfaceSaysItInItsOwnWords) {
    const auto said = call(
        http::Method::post, "/versions",
        R"({"title":"Bring the tide","how":"It *follows* the harbour.","variants":{"embed":{"title":"Bring their tide"},"live":{"how":"Look here."}}})");
    ASSERT_EQ(said.status, 201) << body_of(said);
    EXPECT_EQ(shown(), "Bring their tide");
    EXPECT_NE(app.get("/embed/tide-lamp").body.find("It <em>follows</em> the harbour."), std::string::npos);
    const auto bio = app.get("/").body;
    EXPECT_NE(bio.find("Bring the tide<"), std::string::npos);
    const auto document = json_of(app.get("/snippets/tide-lamp.json"));
    EXPECT_TRUE(sign::verify_proof(document, key()));
    EXPECT_EQ(document.find("variants")->find("embed")->find("does")->text(), "Bring their tide") << "these words are signed, too";
    for (const auto* wrong :
         {R"({"title":"Bring","variants":{"mail":{"title":"x"}}})", R"({"title":"Bring","variants":{"live":{"title":"Only 3 left"}}})"})
        EXPECT_EQ(call(http::Method::post, "/versions", wrong).status, 400) << wrong;
}

TEST_P(SnippetLife, AVersionIsNamedByItsContent) {
    const auto snippet = json_of(call(http::Method::get, ""));
    const auto digest = snippet.find("digest")->text();
    ASSERT_TRUE(digest.starts_with("sha256-")) << digest;
    const auto answer = app.get("/snippets/" + digest + ".json");
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(snippets::digest_of(json_of(answer)), digest) << "anybody can compute it";
    EXPECT_EQ(snippets::digest_of(json_of(app.get("/snippets/tide-lamp.json"))), digest) << "whatever address it was read at";
    auto changed = json_of(answer);
    changed.set("does", "Bring a fortune");
    EXPECT_NE(snippets::digest_of(changed), digest);
    EXPECT_EQ(app.get("/snippets/sha256-none.json").status, 404);
}

TEST_P(SnippetLife, WhatIsShownNowIsAskedForEachTimeAndMostlyUnchanged) {
    const auto first = app.get("/snippets/tide-lamp.json");
    const auto tag = std::string(first.header("etag"));
    ASSERT_FALSE(tag.empty());
    EXPECT_EQ(first.header("cache-control"), "public, no-cache");
    EXPECT_EQ(app.call({.target = "/snippets/tide-lamp.json", .headers = {{"if-none-match", tag}}}).status, 304);
    ASSERT_EQ(call(http::Method::post, "/versions", R"({"title":"Bring the sea"})").status, 201);
    EXPECT_EQ(app.call({.target = "/snippets/tide-lamp.json", .headers = {{"if-none-match", tag}}}).status, 200)
        << "and what was published is out at once";
}

TEST_P(SnippetLife, WhatIsNotHonestIsNotSigned) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"({"title":"Bring the tide for €24"})", "title: \"€24\" is a typed price"},
        {R"({"title":"Bring the tide","how":"Hurry up."})", "how: \"hurry\" hurries people"},
        {R"({"title":"Bring the best tide in the world, the best"})", "title: \"the best\" is a claim without a source"},
        {R"({"title":"Bring the tide","ends":"2020-01-01T00:00:00Z"})", "ends: the end must come after the beginning"},
        {R"({"title":"Bring the tide","starts":"2099-01-01T00:00:00Z"})", "starts: at most 400 days from now"},
        {R"({"title":"Bring the tide","starts":"soon"})", "\"starts\" must be a time"}};
    for (const auto& [body, words] : cases) {
        const auto refused = call(http::Method::post, "/versions", body);
        EXPECT_EQ(refused.status, 400) << body;
        EXPECT_NE(body_of(refused).find(words.substr(0, words.find('"'))), std::string::npos) << body_of(refused);
    }
    EXPECT_EQ(json_of(call(http::Method::get, "")).find("version")->integer(), 1) << "and nothing changed";
}

}  // namespace
}  // namespace barrow::testing
