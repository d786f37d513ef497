// Bytes that are no text are refused at the door, so that both engines keep the same.
#include "rooms/catalog/product.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class OddBytes : public ::testing::TestWithParam<Engine> {
protected:
    http::Response post(const Studio& studio, const std::string& path, const std::string& body) {
        return app.call({.method = http::Method::post,
                         .target = path,
                         .body = body + "&csrf=" + studio.csrf,
                         .headers = {{"cookie", studio.cookie}, {"content-type", "application/x-www-form-urlencoded"}}});
    }

    TestApp app{GetParam()};
};
BARROW_BOTH_ENGINES(OddBytes);

TEST_P(OddBytes, AnAddressThatIsNoTextLeadsNowhere) {
    const auto key = app.make_key(app.mira);
    for (const std::string name : {"%ff", "%C3", "%ED%A0%80", "lamp%00", "%00"}) {
        for (const std::string before :
             {"/", "/s/", "/p/", "/live/", "/embed/", "/holds/", "/orders/", "/overlay/", "/snippets/", "/@mira/p/"})
            EXPECT_EQ(app.get(before + name).status, 404) << before << name;
        EXPECT_EQ(app.get("/snippets/" + name + ".json").status, 404) << name;
        EXPECT_EQ(app.api(http::Method::get, "/api/v1/products/" + name, key).status, 404) << name;
        EXPECT_EQ(app.get("/verify?doc=/snippets/" + name + ".json").status, 200) << name << ": the empty form";
        EXPECT_LT(app.get("/oembed?url=" + name).status, 500) << name;
        EXPECT_LT(app.get("/?c=" + name).status, 500) << name;
    }
}

TEST_P(OddBytes, AFormThatHoldsThemIsRefusedAndNothingIsKept) {
    const auto mira = app.log_in(app.mira);
    for (const std::string name : {"Lamp%00", "%00", "La%ffmp"}) {
        EXPECT_EQ(post(mira, "/studio/products", "name=" + name + "&price=24&tax=19&units=1&units_seen=0&published=1").status, 400) << name;
        EXPECT_EQ(post(mira, "/studio/links", "slug=abc&target=/p/lamp&title=" + name).status, 400) << name;
    }
    const auto products = app.db->read_now([&](store::Tx& tx) { return catalog::all(tx, app.mira.id); });
    ASSERT_TRUE(products);
    EXPECT_TRUE(products->empty());
    EXPECT_EQ(app.get("/s/abc").status, 404);
}

TEST_P(OddBytes, AZeroByteInTheApisJsonIsRefused) {
    const auto key = app.make_key(app.mira);
    for (const std::string body : {R"({"name": "Lamp\u0000", "price": {"minor": 100, "currency": "EUR"}})",
                                   R"({"name": "Lamp", "price": {"minor": 100, "currency": "EUR"}, "page": {"gets": ["a\u0000b"]}})",
                                   R"({"name": "Lamp", "price": {"minor": 100, "currency": "EUR"}, "x\u0000": 1})"}) {
        EXPECT_EQ(app.api(http::Method::post, "/api/v1/products", key, body).status, 400) << body;
    }
    EXPECT_EQ(app.get("/p/lamp").status, 404);
}

}  // namespace
}  // namespace barrow::testing
