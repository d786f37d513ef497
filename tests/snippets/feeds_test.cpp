// What the shop says and sells, for readers, search engines and shopping programs; and the price beside it.
#include "rooms/storefront/feeds.hpp"

#include "rooms/snippets/snippet.hpp"
#include "rooms/stock/stock.hpp"
#include "rooms/storefront/offer.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class Feeds : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        const auto made = app.db->write_now([&](store::Tx& tx) -> Status {
            lamp = TRY(catalog::add(tx, app.mira,
                                    {.slug = "tide-lamp",
                                     .name = "Tide lamp <1>",
                                     .price = {2'900, euro},
                                     .image = "/media/lamp.webp",
                                     .page = {.refund = "Send it back within 30 days."}},
                                    app.clock.now(), app.random));
            TRY(stock::receive(tx, app.mira.id, lamp.id, 7, "opening stock", app.clock.now()));
            TRY(catalog::add(tx, app.mira, {.slug = "bowl", .name = "Bowl", .price = {0, euro}}, app.clock.now(), app.random));
            TRY(catalog::add(tx, app.mira, {.slug = "gone", .name = "Gone", .price = {100, euro}, .published = false}, app.clock.now(),
                             app.random));
            TRY(snippets::publish(
                tx, app.mira,
                {.slug = "tide-lamp",
                 .product = lamp.id,
                 .publication = {.words = {.title = "Bring the tide in",
                                           .how = "It *follows* the <harbour>.",
                                           .action = "See it",
                                           .variants = {{.surface = telemetry::Surface::feed, .title = "Read the tide"}}}}},
                app.secrets(), app.clock.now(), app.random));
            return {};
        });
        ASSERT_TRUE(made) << made.error().text;
    }
    void reprice(std::int64_t minor) {
        const auto done = app.db->write_now([&](store::Tx& tx) -> Status {
            auto product = TRY(catalog::find(tx, app.mira.id, lamp.id));
            product.price = {minor, euro};
            TRY(catalog::change(tx, app.mira, product, app.clock.now()));
            return {};
        });
        ASSERT_TRUE(done) << done.error().text;
    }

    TestApp app{GetParam()};
    catalog::Product lamp{.price = {0, euro}};
};
BARROW_BOTH_ENGINES(Feeds);

TEST_P(Feeds, TheJsonFeedHoldsEachSnippetAndWhereItsProofIs) {
    const auto answer = app.get("/feed.json");
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("content-type"), "application/feed+json; charset=utf-8");
    const auto feed = json_of(answer);
    EXPECT_EQ(feed.find("version")->text(), "https://jsonfeed.org/version/1.1");
    ASSERT_EQ(feed.find("items")->items().size(), 1U) << "what nothing explains is no item";
    const auto& item = feed.find("items")->items()[0];
    EXPECT_EQ(item.find("title")->text(), "Read the tide") << "in the words that are for feeds";
    EXPECT_EQ(item.find("content_text")->text(), "Read the tide. It follows the <harbour>.");
    EXPECT_NE(item.find("content_html")->text().find("It <em>follows</em> the &lt;harbour&gt;."), std::string::npos);
    const auto document = item.find("_barrow")->find("document")->text();
    const auto found = app.get(document.substr(document.find("/snippets/")));
    ASSERT_EQ(found.status, 200);
    EXPECT_EQ(snippets::digest_of(json_of(found)), item.find("_barrow")->find("digest")->text());
    EXPECT_EQ(app.call({.target = "/feed.json", .headers = {{"if-none-match", std::string(answer.header("etag"))}}}).status, 304);
}

TEST_P(Feeds, GooglesFeedHoldsWhatHasAPictureAndAPrice) {
    const auto feed = app.get("/feed/google.xml").body;
    EXPECT_NE(feed.find("<g:title>Tide lamp &lt;1&gt;</g:title>"), std::string::npos) << feed;
    EXPECT_NE(feed.find("<g:price>29.00 EUR</g:price>"), std::string::npos);
    EXPECT_NE(feed.find("<g:availability>in_stock</g:availability>"), std::string::npos);
    EXPECT_EQ(feed.find("Bowl"), std::string::npos);
    EXPECT_EQ(feed.find("Gone"), std::string::npos);
}

TEST_P(Feeds, EveryLineOfTheProductsIsOneOfThem) {
    const auto lines = app.get("/feed/products.jsonl").body;
    std::vector<wire::Json> products;
    for (std::size_t at = 0; at < lines.size();) {
        const auto end = lines.find('\n', at);
        products.push_back(wire::read_json(lines.substr(at, end - at)).value());
        at = end + 1;
    }
    ASSERT_EQ(products.size(), 2U);
    EXPECT_EQ(products[0].find("id")->text(), "bowl") << "the newest first";
    EXPECT_EQ(products[0].find("availability")->text(), "out_of_stock");
    EXPECT_EQ(products[1].find("price")->text(), "29.00 EUR");
    EXPECT_EQ(products[1].find("return_window")->integer(), 30);
    EXPECT_EQ(app.get(products[1].find("signed_price")->text().substr(products[1].find("signed_price")->text().find("/snippets/"))).status,
              200);
}

TEST_P(Feeds, ALoweredPriceStandsBesideTheLowestOfTheThirtyDaysBefore) {
    EXPECT_EQ(app.get("/p/tide-lamp").body.find("data-test=\"was\""), std::string::npos);
    app.clock.advance(days(40));
    reprice(3'900);
    app.clock.advance(days(1));
    reprice(2'400);
    const auto page = app.get("/p/tide-lamp").body;
    EXPECT_NE(page.find("Lowest price of the 30 days before: <s class=\"money\">€29.00</s>"), std::string::npos)
        << "not the dearer one of yesterday";
    app.clock.advance(days(31));
    EXPECT_EQ(app.get("/p/tide-lamp").body.find("data-test=\"was\""), std::string::npos) << "by now it is what it costs";
}

TEST_P(Feeds, SearchEnginesReadAWholeOffer) {
    const auto page = app.get("/p/tide-lamp").body;
    const auto from = page.find('>', page.find("application/ld+json")) + 1;
    const auto json = wire::read_json(page.substr(from, page.find("</script>", from) - from)).value();
    for (const auto* name : {"name", "image", "description", "offers"}) EXPECT_NE(json.find(name), nullptr) << name;
    const auto* offer = json.find("offers");
    EXPECT_EQ(offer->find("price")->text(), "29.00");
    EXPECT_EQ(offer->find("availability")->text(), "https://schema.org/InStock");
    EXPECT_EQ(offer->find("hasMerchantReturnPolicy")->find("merchantReturnDays")->integer(), 30);
    EXPECT_EQ(app.get("/p/bowl").body.find("\"offers\""), std::string::npos) << "what has no price is no offer";
}

TEST(Offer, ARefundPromiseNamesItsDays) {
    const std::vector<std::pair<std::string_view, int>> cases{{"Send it back within 30 days.", 30},
                                                              {"14 Tage Rückgabe", 14},
                                                              {"No refund", 0},
                                                              {"", 0},
                                                              {"Until 2027 within 60 days", 60},
                                                              {"0 days", 0}};
    for (const auto& [promise, days] : cases) EXPECT_EQ(storefront::refund_days(promise).value_or(0), days) << promise;
}

}  // namespace
}  // namespace barrow::testing
