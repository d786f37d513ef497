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
        return snippets::revoke(tx, app.mira.id, TRY(snippets::find(tx, app.mira.id, "tide-lamp")).id, app.clock.now());
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

}  // namespace
}  // namespace barrow::testing
