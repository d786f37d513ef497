// What a shop sees of its webhooks: who is taken, who is switched off, what was sent and how it is sent again.
#include "rooms/webhooks/webhooks.hpp"

#include <gtest/gtest.h>

#include <set>

#include "floor/wire/form.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

constexpr auto hook = "https://crm.example/hook";

app::Config without_guard() {
    app::Config config;
    config.guard = false;  // what is asked for here are webhooks
    return config;
}

class Webhooks : public ::testing::TestWithParam<Engine> {
protected:
    TestApp app{GetParam(), without_guard()};
    std::string key = app.make_key(app.mira);

    std::string add(const std::string& url = hook) {
        return json_of(app.api(http::Method::post, "/api/v1/webhooks", key, R"({"url":")" + url + R"("})")).find("id")->text();
    }
    void happen(int count) {
        for (int i = 0; i < count; ++i) {
            const auto slug = "s" + std::to_string(++made_);
            ASSERT_EQ(
                app.api(http::Method::post, "/api/v1/links", key, R"({"slug":")" + slug + R"(","target":"https://a.example/"})").status,
                201);
        }
    }
    wire::Json::Array deliveries(const std::string& id, const std::string& query = "") {
        const auto answer = app.api(http::Method::get, "/api/v1/webhooks/" + id + "/deliveries" + query, key);
        EXPECT_EQ(answer.status, 200) << body_of(answer);
        return json_of(answer).find("items")->items();
    }
    // "state tries answer|error" of each, newest first.
    std::string told(const std::string& id) {
        std::string all;
        for (const auto& one : deliveries(id)) {
            const auto* answer = one.find("answer");
            all += (all.empty() ? "" : "; ") + one.find("state")->text() + " " + std::to_string(one.find("tries")->integer()) + " " +
                   (answer->is_null() ? "-" : answer->text()) + (one.find("error")->is_null() ? "" : " " + one.find("error")->text());
        }
        return all;
    }
    http::Response again(const std::string& path, const std::string& body = "") {
        return app.api(http::Method::post, "/api/v1/webhooks/" + path + "/again", key, body);
    }
    std::string header(std::size_t i, std::string_view wanted) {
        for (const auto& [name, value] : app.fetcher.asked.at(i).headers) {
            if (name == wanted) return value;
        }
        return "";
    }
    wire::Json endpoint() { return json_of(app.api(http::Method::get, "/api/v1/webhooks", key)).find("items")->items().at(0); }

private:
    int made_ = 0;
};
BARROW_BOTH_ENGINES(Webhooks);

TEST_P(Webhooks, must_be_https) {
    struct Case {
        const char* url;
        int status;
    };
    for (const auto& [url, status] :
         {Case{"https://a.example/hook", 201}, Case{"HTTPS://a.example/hook", 201}, Case{"http://a.example/hook", 400},
          Case{"http://127.0.0.1:9/hook", 400}, Case{"http://localhost/hook", 400}, Case{"ftp://a.example/", 400}}) {
        const auto answer = app.api(http::Method::post, "/api/v1/webhooks", key, std::string(R"({"url":")") + url + R"("})");
        EXPECT_EQ(answer.status, status) << url;
        const bool told = body_of(answer).find("must begin with https://") != std::string::npos;
        EXPECT_EQ(told, status == 400) << body_of(answer);
    }
    const auto page = app.post(app.log_in(app.mira), "/studio/webhooks", {{"url", "http://a.example/hook"}});
    EXPECT_NE(body_of(page).find("Must begin with https://"), std::string::npos);
    // Test suites have receivers of their own on this machine, and nowhere else.
    app::Config config;
    config.test_mode = true;
    TestApp suite(GetParam(), config);
    const auto own_key = suite.make_key(suite.mira);
    EXPECT_EQ(suite.api(http::Method::post, "/api/v1/webhooks", own_key, R"({"url":"http://127.0.0.1:9/hook"})").status, 201);
    EXPECT_EQ(suite.api(http::Method::post, "/api/v1/webhooks", own_key, R"({"url":"http://10.0.0.1/hook"})").status, 400);
}

TEST_P(Webhooks, are_switched_off_at_once_by_410) {
    const auto id = add();
    app.fetcher.answer(hook, {.status = 503});
    happen(3);
    app.tick();
    EXPECT_EQ(
        told(id),
        "waiting 1 503 The receiver answered 503.; waiting 1 503 The receiver answered 503.; waiting 1 503 The receiver answered 503.");
    app.fetcher.answer(hook, {.status = 410});
    app.clock.advance(seconds(5));
    app.tick();
    EXPECT_FALSE(endpoint().find("disabled")->is_null());
    EXPECT_TRUE(endpoint().find("gone")->boolean());
    EXPECT_EQ(
        told(id),
        "failed 1 503 The webhook is switched off.; failed 1 503 The webhook is switched off.; failed 2 410 The receiver answered 410.");
    const auto asked = app.fetcher.asked.size();
    happen(1);
    app.clock.advance(days(1));
    app.tick();
    EXPECT_EQ(app.fetcher.asked.size(), asked) << "nothing more is sent";
    const auto owner = app.log_in(app.mira);
    EXPECT_NE(body_of(app.get(owner, "/studio")).find("its receiver wants no more (410 Gone): https://crm.example/hook"),
              std::string::npos);
    EXPECT_NE(body_of(app.get(owner, "/studio/webhooks")).find("it answered 410 Gone"), std::string::npos);
    EXPECT_EQ(again(id, R"({"since":"2020-01-01T00:00:00Z"})").status, 409) << "off is off";
    EXPECT_EQ(again(id + "/deliveries/" + http::percent_encode(deliveries(id)[0].find("id")->text())).status, 409);
    // A test that arrives switches it on; then all that was missed can be had.
    app.fetcher.answer(hook, {.status = 200});
    app.api(http::Method::post, "/api/v1/webhooks/" + id + "/test", key);
    app.tick();
    EXPECT_TRUE(endpoint().find("disabled")->is_null());
    EXPECT_FALSE(endpoint().find("gone")->boolean());
    const auto sent = again(id, R"({"since":"2020-01-01T00:00:00Z"})");
    EXPECT_EQ(sent.status, 202);
    EXPECT_EQ(json_of(sent).find("count")->integer(), 3);
    app.tick();
    EXPECT_EQ(told(id), "delivered 1 200; delivered 1 200; delivered 1 200; delivered 1 200");
}

TEST_P(Webhooks, what_waits_while_it_is_switched_off_is_given_up_together) {
    const auto id = add();
    happen(1);
    app.tick();
    app.clock.advance(days(6));  // nobody answers, and nothing happened since
    happen(20);
    app.tick();
    EXPECT_FALSE(endpoint().find("disabled")->is_null());
    EXPECT_FALSE(endpoint().find("gone")->boolean());
    EXPECT_EQ(app.db.sql("SELECT key FROM promise WHERE kind = 'webhook' AND state = 'due'").size(), 0U);
    EXPECT_EQ(deliveries(id).size(), 21U);
    EXPECT_NE(body_of(app.get(app.log_in(app.mira), "/studio")).find("nothing arrived for five days"), std::string::npos);
}

TEST_P(Webhooks, one_delivery_is_sent_again_under_its_own_id) {
    const auto id = add();
    app.fetcher.answer(hook, {.status = 204});
    happen(2);
    app.tick();
    EXPECT_EQ(told(id), "delivered 1 204; delivered 1 204");
    const auto first = deliveries(id)[1].find("id")->text();
    EXPECT_EQ(deliveries(id)[1].find("type")->text(), "link.created");
    const auto answer = again(id + "/deliveries/" + http::percent_encode(first));
    EXPECT_EQ(answer.status, 202) << body_of(answer);
    EXPECT_EQ(json_of(answer).find("state")->text(), "waiting");
    app.tick();
    ASSERT_EQ(app.fetcher.asked.size(), 3U);
    EXPECT_EQ(header(2, "webhook-id"), first);
    EXPECT_EQ(app.fetcher.asked[2].body, app.fetcher.asked[header(0, "webhook-id") == first ? 0 : 1].body);
    EXPECT_EQ(again(id + "/deliveries/link.created.none").status, 404);
    EXPECT_EQ(again("none/deliveries/" + http::percent_encode(first)).status, 404);
    const auto other = app.make_key(app.make_shop("other"));
    EXPECT_EQ(app.api(http::Method::post, "/@other/api/v1/webhooks/" + id + "/deliveries/" + http::percent_encode(first) + "/again", other)
                  .status,
              404)
        << "another shop's";
    EXPECT_EQ(app.api(http::Method::get, "/@other/api/v1/webhooks/" + id + "/deliveries", other).status, 404);
}

TEST_P(Webhooks, deliveries_come_page_by_page) {
    const auto id = add();
    app.fetcher.answer(hook, {.status = 204});
    happen(5);
    app.tick();
    std::set<std::string> seen;
    auto next = "/api/v1/webhooks/" + id + "/deliveries?limit=2";
    int pages = 0;
    for (; !next.empty() && pages < 9; ++pages) {
        const auto answer = json_of(app.api(http::Method::get, next, key));
        for (const auto& one : answer.find("items")->items()) seen.insert(one.find("id")->text());
        next = answer.find("next")->is_null() ? "" : answer.find("next")->text();
    }
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_EQ(pages, 3);
    EXPECT_EQ(again(id, R"({"since":"yesterday"})").status, 400);
    EXPECT_EQ(again(id, "{}").status, 400);
}

TEST_P(Webhooks, a_test_goes_before_all_that_waits) {
    const auto id = add();
    happen(12);
    app.tick();
    app.fetcher.answer(hook, {.status = 200});
    app.api(http::Method::post, "/api/v1/webhooks/" + id + "/test", key);
    const auto before = app.fetcher.asked.size();
    app.tick();
    EXPECT_TRUE(header(before, "webhook-id").starts_with("test.")) << "at once, though the receiver rests";
    EXPECT_TRUE(endpoint().find("failing")->is_null());
}

TEST_P(Webhooks, the_studio_shows_deliveries_and_sends_them_again) {
    const auto id = add();
    const auto owner = app.log_in(app.mira);
    EXPECT_EQ(body_of(app.get(owner, "/studio/webhooks")).find("Last deliveries"), std::string::npos) << "nothing was sent yet";
    app.fetcher.answer(hook, {.status = 500});
    happen(25);
    app.tick();
    const auto page = body_of(app.get(owner, "/studio/webhooks"));
    std::size_t rows = 0;
    for (auto at = page.find("data-test=\"delivery\""); at != std::string::npos; at = page.find("data-test=\"delivery\"", at + 1)) ++rows;
    EXPECT_EQ(rows, 4U) << "those that were tried; the receiver rests";
    EXPECT_NE(page.find("Waiting behind these for a first try: 21."), std::string::npos);
    EXPECT_NE(page.find("waits to be tried again"), std::string::npos);
    EXPECT_NE(page.find("The receiver answered 500."), std::string::npos);
    app.fetcher.answer(hook, {.status = 200});
    const auto act = "/studio/webhooks/" + id + "/again";
    EXPECT_EQ(app.post(owner, act, {{"hours", "2"}}).status, 400) << "not among the choices";
    const auto one = deliveries(id).back().find("id")->text();
    EXPECT_EQ(app.post(owner, act, {{"delivery", one}}).status, 303);
    app.tick();
    EXPECT_EQ(deliveries(id).back().find("state")->text(), "delivered");
    EXPECT_EQ(app.post(owner, act, {{"hours", "24"}}).status, 303);
    for (int i = 0; i < 3; ++i) app.tick();
    for (const auto& delivery : deliveries(id)) EXPECT_EQ(delivery.find("state")->text(), "delivered");
    const auto after = body_of(app.get(owner, "/studio/webhooks"));
    rows = 0;
    for (auto at = after.find("data-test=\"delivery\""); at != after.npos; at = after.find("data-test=\"delivery\"", at + 1)) ++rows;
    EXPECT_EQ(rows, std::size_t{webhooks::deliveries_shown});
    EXPECT_EQ(after.find("Waiting behind"), after.npos);
}

}  // namespace
}  // namespace barrow::testing
