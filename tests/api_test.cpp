// What programs are told at /api/v1.
#include <set>
#include <tuple>

#include "support/buyer.hpp"

namespace barrow::testing {
namespace {

class Api : public ::testing::TestWithParam<Engine> {
protected:
    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);

    http::Response get(const std::string& target) { return app.api(http::Method::get, target, key); }
    http::Response post(const std::string& target, const std::string& body = "") { return app.api(http::Method::post, target, key, body); }
    http::Response patch(const std::string& target, const std::string& body) { return app.api(http::Method::patch, target, key, body); }
    void make_lamp() {
        ASSERT_EQ(post("/api/v1/products", R"({"name": "Tide lamp", "price": {"minor": 2400, "currency": "EUR"}, "units": 3})").status,
                  201);
    }
};
BARROW_BOTH_ENGINES(Api);

TEST_P(Api, RefusesWhoItDoesNotKnow) {
    const auto other = app.make_shop("other");
    const auto others = app.make_key(other);
    for (const std::string target :
         {"/api/v1/products", "/api/v1/snippets", "/api/v1/links", "/api/v1/orders", "/api/v1/sessions", "/api/v1/reports/week",
          "/api/v1/products/lamp", "/api/v1/orders/01", "/api/v1/links/x", "/api/v1/snippets/x"}) {
        for (const std::string& wrong : {std::string(), std::string("bk_guessed"), others}) {
            const auto answer = app.api(http::Method::get, target, wrong);
            EXPECT_EQ(answer.status, 401) << target;
            EXPECT_EQ(json_of(answer).find("error")->find("code")->text(), "unauthenticated") << target;
        }
        EXPECT_EQ(app.api(http::Method::get, "/@other" + target, key).status, 401) << target;
    }
    // Who is asking comes before what was sent.
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/products", "", "{nonsense").status, 401);
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/products", "bk_guessed", R"({"name": "x"})").status, 401);
    EXPECT_EQ(app.api(http::Method::get, "/@other/api/v1/products", others).status, 200);
}

TEST_P(Api, ProductsAreMadeChangedAndRefused) {
    make_lamp();
    auto lamp = json_of(get("/api/v1/products/tide-lamp"));
    EXPECT_EQ(lamp.find("price")->find("minor")->integer(), 2'400);
    EXPECT_EQ(lamp.find("units")->find("left")->integer(), 3);
    app.clock.advance(seconds(1));
    lamp = json_of(patch("/api/v1/products/tide-lamp",
                         R"({"price": {"minor": 2500, "currency": "EUR"}, "add_units": -1, "page": {"gets": ["A lamp"]}})"));
    EXPECT_EQ(lamp.find("price")->find("minor")->integer(), 2'500);
    EXPECT_EQ(lamp.find("name")->text(), "Tide lamp");
    EXPECT_EQ(lamp.find("units")->find("left")->integer(), 2);
    EXPECT_EQ(lamp.find("page")->find("gets")->items().size(), 1U);

    struct Case {
        std::string body;
        int status;
    };
    const std::vector<Case> cases{{R"({"name": "Tide lamp", "price": {"minor": 1, "currency": "EUR"}})", 409},
                                  {R"({"name": "Bowl"})", 400},
                                  {R"({"name": "Bowl", "price": {"minor": 1, "currency": "USD"}})", 400},
                                  {R"({"name": "Bowl", "price": {"minor": 1.5, "currency": "EUR"}})", 400},
                                  {R"({"name": "Bowl", "price": 24})", 400},
                                  {R"({"name": "Bowl", "price": {"minor": 1, "currency": "EUR"}, "colour": "blue"})", 400},
                                  {R"({"name": "Bowl", "price": {"minor": 1, "currency": "EUR"}, "units": -1})", 400},
                                  {R"({"name": "Bowl", "price": {"minor": 1, "currency": "EUR"}, "page": {"smell": "sea"}})", 400},
                                  {R"([1])", 400},
                                  {R"({"name": )", 400}};
    for (const auto& one : cases) {
        const auto answer = post("/api/v1/products", one.body);
        EXPECT_EQ(answer.status, one.status) << one.body << "\n" << answer.body;
        EXPECT_TRUE(json_of(answer).find("error")) << one.body;
    }
    EXPECT_EQ(patch("/api/v1/products/tide-lamp", R"({"add_units": -50})").status, 400);
    EXPECT_EQ(patch("/api/v1/products/nothing", R"({"name": "x"})").status, 404);
    EXPECT_EQ(json_of(get("/api/v1/products/tide-lamp")).find("units")->find("left")->integer(), 2);
}

TEST_P(Api, UnitsThatAreSentAgainWithTheirKeyCountOnce) {
    make_lamp();
    const auto send = [&](const std::string& idempotency_key) {
        http::Call call{.method = http::Method::patch, .target = "/api/v1/products/tide-lamp", .body = R"({"add_units": 5})"};
        call.headers = {{"authorization", "Bearer " + key}, {"content-type", "application/json"}};
        if (!idempotency_key.empty()) call.headers.emplace_back("idempotency-key", idempotency_key);
        app.clock.advance(seconds(1));
        return app.call(std::move(call));
    };
    const auto left = [](const http::Response& answer) { return json_of(answer).find("units")->find("left")->integer(); };
    EXPECT_EQ(left(send("delivery-1")), 8);
    EXPECT_EQ(left(send("delivery-1")), 8);
    EXPECT_EQ(left(send("delivery-2")), 13);
    EXPECT_EQ(left(send("")), 18);
    EXPECT_EQ(left(send("")), 23);
    EXPECT_EQ(send("two words").status, 400);
    EXPECT_EQ(send(std::string(101, 'x')).status, 400);
}

TEST_P(Api, ListsHaveAnEndAndANextPage) {
    for (int i = 0; i < 5; ++i) {
        app.clock.advance(seconds(1));
        ASSERT_EQ(
            post("/api/v1/products", R"({"name": "Bowl )" + std::to_string(i) + R"(", "price": {"minor": 1, "currency": "EUR"}})").status,
            201);
        ASSERT_EQ(
            post("/api/v1/links", R"({"target": "/p/bowl-)" + std::to_string(i) + R"(", "slug": "b)" + std::to_string(i) + R"("})").status,
            201);
        ASSERT_EQ(post("/api/v1/snippets", R"({"product": "bowl-)" + std::to_string(i) + R"(", "title": "Hold tea"})").status, 201);
        ASSERT_EQ(post("/api/v1/sessions", R"({"title": "Show )" + std::to_string(i) + R"(", "starts": "2026-12-01T20:00:00Z"})").status,
                  201);
    }
    for (const std::string list : {"products", "links", "snippets", "sessions"}) {
        std::set<std::string> seen;
        int page_count = 0;
        for (std::string next = "/api/v1/" + list + "?limit=2"; !next.empty() && page_count < 10; ++page_count) {
            const auto page = json_of(get(next));
            EXPECT_LE(page.find("items")->items().size(), 2U);
            for (const auto& item : page.find("items")->items()) seen.insert(item.find("slug")->text());
            next = page.find("next")->is_null() ? "" : page.find("next")->text();
        }
        EXPECT_EQ(seen.size(), 5U) << list;
        EXPECT_EQ(page_count, 3) << list;
        EXPECT_EQ(get("/api/v1/" + list + "?limit=0").status, 400);
        EXPECT_EQ(get("/api/v1/" + list + "?limit=101").status, 400);
    }
}

TEST_P(Api, LinksAndLiveSessions) {
    make_lamp();
    ASSERT_EQ(post("/api/v1/links", R"({"target": "/p/tide-lamp", "slug": "lamp"})").status, 201);
    EXPECT_TRUE(app.get("/s/lamp").header("location").starts_with("/p/tide-lamp"));
    ASSERT_EQ(patch("/api/v1/links/lamp", R"({"target": "https://example.com/", "ends": "2026-12-01T00:00:00Z"})").status, 200);
    EXPECT_EQ(app.get("/s/lamp").header("location"), "https://example.com/");
    ASSERT_EQ(patch("/api/v1/links/lamp", R"({"ends": null})").status, 200);
    EXPECT_TRUE(json_of(get("/api/v1/links/lamp")).find("ends")->is_null());
    EXPECT_EQ(post("/api/v1/links", R"-({"target": "javascript:alert(1)"})-").status, 400);
    EXPECT_EQ(post("/api/v1/links", R"({"target": "/", "slug": "lamp"})").status, 409);

    const auto session =
        json_of(post("/api/v1/sessions", R"({"title": "Tuesday", "starts": "2026-12-01T20:00:00Z", "products": ["tide-lamp"]})"));
    const auto path = "/api/v1/sessions/" + session.find("id")->text();
    EXPECT_EQ(json_of(post(path + "/start")).find("state")->text(), "live");
    EXPECT_EQ(post(path + "/start").status, 409);
    EXPECT_EQ(json_of(post(path + "/pin", R"({"product": "tide-lamp"})")).find("pinned")->text(), "tide-lamp");
    ASSERT_FALSE(app.events.published.empty());
    EXPECT_EQ(app.events.published.back().second.name, "pin");
    EXPECT_EQ(post(path + "/pin", R"({"product": "nothing"})").status, 400);
    EXPECT_EQ(post(path + "/pin").status, 400);
    EXPECT_TRUE(json_of(post(path + "/pin", R"({"product": null})")).find("pinned")->is_null());
    EXPECT_EQ(json_of(post(path + "/end")).find("state")->text(), "ended");
    EXPECT_EQ(post(path + "/pin", R"({"product": "tide-lamp"})").status, 410);
}

// A session may use the API; to change something it says its csrf token, which another site's page does not know.
TEST_P(Api, ASessionNeedsItsCsrfTokenToChangeSomething) {
    const auto studio = app.log_in(app.mira);
    EXPECT_EQ(app.call({.target = "/api/v1/links", .headers = {{"cookie", studio.cookie}}}).status, 200);
    const auto add = [&](const std::string& csrf, const std::string& type) {
        return app
            .call({.method = http::Method::post,
                   .target = "/api/v1/links",
                   .body = R"({"target": "/"})",
                   .headers = {{"cookie", studio.cookie}, {"content-type", type}, {"x-csrf", csrf}}})
            .status;
    };
    EXPECT_EQ(add("", "application/json"), 403);
    EXPECT_EQ(add("guessed", "application/json"), 403);
    EXPECT_EQ(add(studio.csrf, "text/plain"), 400);
    EXPECT_EQ(add(studio.csrf, "application/json"), 201);
}

TEST_P(Api, TheWeek) {
    EXPECT_EQ(json_of(get("/api/v1/reports/week?week=2026-W48")).find("net_revenue")->find("minor")->integer(), 0);
    EXPECT_EQ(get("/api/v1/reports/week?week=48").status, 400);
}

// Two shops side by side: neither sees, changes or even finds what is the other's.
TEST_P(Api, ShopsSeeNothingOfEachOther) {
    make_lamp();
    ASSERT_EQ(post("/api/v1/links", R"({"target": "/p/tide-lamp", "slug": "lamp"})").status, 201);
    const auto snippet = json_of(post("/api/v1/snippets", R"({"product": "tide-lamp", "title": "Bring the tide home"})"));
    const auto session =
        json_of(post("/api/v1/sessions", R"({"title": "Tuesday", "starts": "2026-12-01T20:00:00Z", "products": ["tide-lamp"]})"));
    const auto placed = place(app, "tide-lamp");
    const auto orders = json_of(get("/api/v1/orders"));
    ASSERT_EQ(orders.find("items")->items().size(), 1U);
    const auto order = orders.find("items")->items()[0];
    const auto order_id = order.find("id")->text();
    EXPECT_EQ(get("/api/v1/orders/" + order_id).status, 200);
    EXPECT_EQ(post("/api/v1/orders/" + order_id + "/fulfil").status, 409) << "it is not paid";

    const auto other = app.make_shop("other");
    const auto others = app.make_key(other);
    const auto studio = app.log_in(other);
    const auto at_other = [&](http::Method method, const std::string& path, const std::string& body = "") {
        return app.api(method, "/@other" + path, others, body);
    };
    for (const std::string list : {"products", "snippets", "links", "orders", "sessions"}) {
        EXPECT_TRUE(json_of(at_other(http::Method::get, "/api/v1/" + list)).find("items")->items().empty()) << list;
    }
    const auto session_path = "/api/v1/sessions/" + session.find("id")->text();
    for (const auto& [method, path, body] : std::vector<std::tuple<http::Method, std::string, std::string>>{
             {http::Method::get, "/api/v1/products/tide-lamp", ""},
             {http::Method::patch, "/api/v1/products/tide-lamp", R"({"name": "Mine"})"},
             {http::Method::get, "/api/v1/snippets/tide-lamp", ""},
             {http::Method::get, "/api/v1/links/lamp", ""},
             {http::Method::patch, "/api/v1/links/lamp", R"({"target": "https://example.com/"})"},
             {http::Method::get, "/api/v1/orders/" + order_id, ""},
             {http::Method::post, "/api/v1/orders/" + order_id + "/fulfil", ""},
             {http::Method::post, session_path + "/start", ""},
             {http::Method::post, session_path + "/pin", R"({"product": null})"},
             {http::Method::post, session_path + "/end", ""}}) {
        EXPECT_EQ(at_other(method, path, body).status, 404) << path;
    }
    EXPECT_EQ(at_other(http::Method::post, "/api/v1/snippets", R"({"product": "tide-lamp", "title": "Mine"})").status, 400);

    const auto receipt = order.find("receipt_url")->text().substr(std::string("http://localhost:8080").size());
    EXPECT_EQ(app.get(receipt).status, 200);
    for (const std::string& path :
         {std::string("/p/tide-lamp"), std::string("/s/lamp"), std::string("/snippets/tide-lamp.json"), std::string("/embed/tide-lamp"),
          std::string("/live/tuesday"), "/overlay/" + session.find("id")->text(), receipt, placed.hold_path}) {
        EXPECT_EQ(app.get("/@other" + path).status, 404) << path;
        EXPECT_NE(app.get(path).status, 404) << path;
    }
    for (const std::string& path : {std::string("/studio/products/tide-lamp"), "/studio/snippets/" + snippet.find("id")->text(),
                                    "/studio/live/" + session.find("id")->text()}) {
        EXPECT_EQ(app.get(studio, path).status, 404) << path;
        EXPECT_EQ(app.call({.target = path, .headers = {{"cookie", studio.cookie}}}).header("location"), "/studio/login")
            << path << ": a session is of one shop";
        EXPECT_EQ(app.call({.target = "/api/v1/orders", .headers = {{"cookie", studio.cookie}}}).status, 401) << "in the API too";
    }
    EXPECT_EQ(app.post(studio, "/studio/snippets/" + snippet.find("id")->text() + "/revoke", {}).status, 404);
    EXPECT_EQ(app.post(studio, "/studio/products/tide-lamp/archive", {}).status, 404);
    EXPECT_EQ(app.post(studio, "/studio/orders/" + order_id + "/sent", {}).status, 404);
    for (const std::string path : {"/studio", "/studio/products", "/studio/snippets", "/studio/links", "/studio/orders", "/studio/live"}) {
        const auto body = app.get(studio, path).body;
        EXPECT_EQ(body.find("Tide lamp"), std::string::npos) << path;
        EXPECT_EQ(body.find("tide home"), std::string::npos) << path;
        EXPECT_EQ(body.find("Ada"), std::string::npos) << path;
    }
    // The same slugs are free there.
    EXPECT_EQ(
        at_other(http::Method::post, "/api/v1/products", R"({"name": "Tide lamp", "price": {"minor": 100, "currency": "EUR"}})").status,
        201);
    EXPECT_EQ(json_of(get("/api/v1/products/tide-lamp")).find("price")->find("minor")->integer(), 2'400);
}

}  // namespace
}  // namespace barrow::testing
