// What a buyer keeps: the receipt as one signed document, with the words that they were told.
#include <filesystem>
#include <fstream>

#include "floor/sign/proof.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/stock/stock.hpp"
#include "support/buyer.hpp"

namespace barrow::testing {
namespace {

class Promises : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        const auto made = app.db->write_now([&](store::Tx& tx) -> Status {
            const auto lamp =
                TRY(catalog::add(tx, app.mira, {.slug = "lamp", .name = "Tide lamp", .price = {2'450, euro}}, app.clock.now(), app.random));
            TRY(stock::receive(tx, app.mira.id, lamp.id, 7, "opening stock", app.clock.now()));
            TRY(snippets::publish(
                tx, app.mira,
                {.slug = "lamp", .product = lamp.id, .publication = {.words = {.title = "Bring the <tide> in", .action = "See it"}}},
                app.secrets(), app.clock.now(), app.random));
            return {};
        });
        ASSERT_TRUE(made) << made.error().text;
        placed = place(app, "lamp");
        const auto orders = app.db.sql("SELECT token FROM orders");
        ASSERT_EQ(orders.size(), 1U);
        order = "/orders/" + orders[0].text("token");
    }
    sign::PublicKey key() {
        const auto did = json_of(app.get("/.well-known/did.json"));
        return sign::read_multikey(did.find("verificationMethod")->items()[0].find("publicKeyMultibase")->text()).value();
    }

    TestApp app{GetParam()};
    Placed placed;
    std::string order;
};
BARROW_BOTH_ENGINES(Promises);

TEST_P(Promises, AReceiptHoldsTheSignedWordsThatTheBuyerSawAndEachByteOfItCounts) {
    EXPECT_EQ(app.get(order + "/promise.json").status, 409) << "it is not paid yet";
    EXPECT_EQ(body_of(app.get(order)).find("/promise"), std::string::npos);
    pay(app, placed);
    EXPECT_NE(body_of(app.get(order)).find(order + "/promise.html"), std::string::npos);
    const auto answer = app.get(order + "/promise.json");
    ASSERT_EQ(answer.status, 200);
    EXPECT_NE(answer.header("content-disposition").find("receipt-mira-1.json"), std::string::npos);
    const auto receipt = json_of(answer);
    EXPECT_TRUE(sign::verify_proof(receipt, key()));
    EXPECT_EQ(receipt.find("total_minor")->integer(), 2'450);
    const auto* told = receipt.find("lines")->items()[0].find("snippet");
    ASSERT_NE(told, nullptr);
    EXPECT_EQ(told->find("does")->text(), "Bring the <tide> in");
    EXPECT_TRUE(sign::verify_proof(*told, key()));
    const auto text = body_of(answer);
    EXPECT_EQ(text.find(order.substr(8)), std::string::npos) << "the order's secret address is not in it";
    for (const auto& [name, value] : address()) {
        if (name == "email" || name == "street") { EXPECT_EQ(text.find(value), std::string::npos) << name << " is nobody else's"; }
    }
    for (const auto& [was, becomes] : {std::pair("\"total_minor\": 2450", "\"total_minor\": 1"), std::pair("Bring the", "Bring a"),
                                       std::pair("Tide lamp", "Tide ramp")}) {
        auto changed = text;
        const auto at = changed.find(was);
        ASSERT_NE(at, std::string::npos) << was;
        changed.replace(at, std::string(was).size(), becomes);
        EXPECT_FALSE(sign::verify_proof(wire::read_json(changed).value(), key())) << was;
    }
    EXPECT_EQ(body_of(app.get(order + "/promise.json")), text) << "the same order gives the same bytes";
    // Other words since then are not what this buyer was told.
    app.clock.advance(seconds(1));
    const auto again = app.db->write_now([&](store::Tx& tx) -> Status {
        const auto snippet = TRY(snippets::find(tx, app.mira.id, "lamp", app.clock.now()));
        TRY(snippets::publish_again(tx, app.mira, snippet.id, {.words = {.title = "Light the room", .action = "See it"}}, app.secrets(),
                                    app.clock.now()));
        return {};
    });
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(body_of(app.get(order + "/promise.json")), text);
}

TEST_P(Promises, AsAPageItLoadsNothingAndHasTheDocumentInIt) {
    pay(app, placed);
    const auto answer = app.get(order + "/promise.html");
    ASSERT_EQ(answer.status, 200);
    const auto page = body_of(answer);
    EXPECT_EQ(page.find("src="), std::string::npos);
    EXPECT_EQ(page.find("<link"), std::string::npos);
    EXPECT_EQ(page.find("nonce"), std::string::npos);
    EXPECT_EQ(page.find("Bring the <tide>"), std::string::npos) << "words are text, in the page and in the document";
    const auto document = wire::read_json(between(page, "<script type=\"application/json\" id=\"document\">", "</script>"));
    ASSERT_TRUE(document) << document.error().text;
    EXPECT_TRUE(sign::verify_proof(*document, key()));
    EXPECT_EQ(app.get("/orders/none/promise.html").status, 404);
}

}  // namespace
}  // namespace barrow::testing
