// Conversions: what a link brought in somebody else's shop, told back by that shop's server with the context that the click carried.
#include <gtest/gtest.h>

#include "support/app.hpp"

namespace barrow::testing {
namespace {

constexpr auto iphone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 "
    "Safari/604.1";

class Conversions : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        make(R"({"slug":"lamp","target":"https://other.example/lamp?x=1#how","tell_context":true})");
        make(R"({"slug":"network","target":"https://network.example/?subid={context}&a=1","tell_context":true})");
        make(R"({"slug":"quiet","target":"https://other.example/"})");
    }
    void make(const std::string& json) {
        const auto made = app.api(http::Method::post, "/api/v1/links", key, json);
        ASSERT_EQ(made.status, 201) << body_of(made);
    }
    std::string leads(const std::string& slug) {
        app.clock.advance(seconds(3));
        return std::string(app.call({.target = "/s/" + slug, .headers = {{"user-agent", iphone}}}).header("location"));
    }
    // The context, as it stands between two texts of the address that the click led to.
    std::string context(const std::string& slug, std::string_view before, std::string_view behind) {
        const auto location = leads(slug);
        EXPECT_TRUE(location.starts_with(before)) << location;
        EXPECT_TRUE(location.ends_with(behind)) << location;
        return location.substr(before.size(), location.size() - before.size() - behind.size());
    }
    std::string context() { return context("lamp", "https://other.example/lamp?x=1&bw=", "#how"); }
    http::Response tell(const std::string& json) { return app.api(http::Method::post, "/api/v1/conversions", key, json); }
    std::string page() { return app.get(studio, "/studio/links/lamp").body; }

    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);
    Studio studio = app.log_in(app.mira);
};
BARROW_BOTH_ENGINES(Conversions);

TEST_P(Conversions, TheContextGoesWhereTheLinkAsksForIt) {
    EXPECT_GT(context().size(), 10U);
    EXPECT_GT(context("network", "https://network.example/?subid=", "&a=1").size(), 10U);
    EXPECT_EQ(leads("quiet"), "https://other.example/") << "nobody is told who did not ask";
}

TEST_P(Conversions, ASaleIsCreditedToTheLinkOnceAndToldToWebhooks) {
    app.api(http::Method::post, "/api/v1/webhooks", key, R"({"url":"https://crm.example/hook","events":["sale.created"]})");
    app.fetcher.answer("https://crm.example/hook", {.status = 204});
    const auto sale =
        R"({"event":"sale","key":"order-17","name":"lamp","amount":{"minor":4500,"currency":"EUR"},"context":")" + context() + R"("})";
    const auto first = tell(sale);
    ASSERT_EQ(first.status, 200) << body_of(first);
    EXPECT_TRUE(json_of(first).find("new")->boolean());
    const auto again = tell(sale);
    ASSERT_EQ(again.status, 200) << body_of(again);
    EXPECT_FALSE(json_of(again).find("new")->boolean());
    EXPECT_EQ(json_of(again).find("number")->integer(), json_of(first).find("number")->integer());
    tell(R"({"event":"lead","key":"visitor-1","context":")" + context() + R"("})");

    const auto listed = json_of(app.api(http::Method::get, "/api/v1/conversions", key));
    ASSERT_EQ(listed.find("items")->items().size(), 2U);
    EXPECT_EQ(listed.find("items")->items()[0].find("event")->text(), "lead") << "newest first";
    const auto seen = page();
    EXPECT_NE(seen.find("<dt>Leads</dt><dd>1</dd>"), std::string::npos);
    EXPECT_NE(seen.find("<dt>Worth</dt><dd>€45.00</dd>"), std::string::npos);
    app.tick();
    ASSERT_EQ(app.fetcher.asked.size(), 1U) << "one sale is told once, and leads were not asked for";
    const auto told = wire::read_json(app.fetcher.asked[0].body).value();
    EXPECT_EQ(told.find("type")->text(), "sale.created");
    EXPECT_EQ(told.find("data")->find("key")->text(), "order-17");
}

TEST_P(Conversions, ASaleGivesBackNoMoreThanItWas) {
    tell(R"({"event":"sale","key":"order-1","amount":{"minor":4500,"currency":"EUR"},"link":"lamp"})");
    const struct {
        const char* key;
        std::int64_t minor;
        const char* currency;
        int status;
    } refunds[] = {{"r1", 1500, "EUR", 200}, {"r1", 1500, "EUR", 200}, {"r1", 1600, "EUR", 409}, {"r2", 3001, "EUR", 409},
                   {"r3", 100, "USD", 409},  {"r4", 3000, "EUR", 200}, {"r5", 1, "EUR", 409}};
    for (const auto& one : refunds) {
        const auto answer = tell(R"({"event":"refund","key":")" + std::string(one.key) + R"(","sale":"order-1","amount":{"minor":)" +
                                 std::to_string(one.minor) + R"(,"currency":")" + one.currency + R"("}})");
        EXPECT_EQ(answer.status, one.status) << one.key << " " << one.minor << body_of(answer);
    }
    EXPECT_NE(page().find("<dt>Worth</dt><dd>€0.00</dd>"), std::string::npos);
}

TEST_P(Conversions, RefusesWhatItCannotCredit) {
    const auto good = context();
    auto forged = good;
    forged.back() = forged.back() == 'A' ? 'B' : 'A';
    const auto other = app.make_shop("otto");
    const struct {
        std::string json;
        int status;
        const char* says;
    } told[] = {
        {R"({"event":"lead","key":"1"})", 400, "what brought it"},
        {R"({"event":"lead","key":"1","context":")" + good + R"(","link":"lamp"})", 400, "either"},
        {R"({"event":"lead","key":"1","context":")" + forged + R"("})", 400, "letter by letter"},
        {R"({"event":"lead","key":"ada@mail.example","link":"lamp"})", 400, "may not name a person"},
        {R"({"event":"lead","key":"1","link":"nowhere"})", 404, "nowhere"},
        {R"({"event":"lead","key":"1","link":"lamp","amount":{"minor":1,"currency":"EUR"}})", 400, "a lead has no"},
        {R"({"event":"sale","key":"1","link":"lamp"})", 400, "needs an"},
        {R"({"event":"sale","key":"1","link":"lamp","amount":{"minor":0,"currency":"EUR"}})", 400, "above 0"},
        {R"({"event":"sale","key":"1","link":"lamp","sale":"2","amount":{"minor":5,"currency":"EUR"}})", 400, "for refunds only"},
        {R"({"event":"refund","key":"1","amount":{"minor":5,"currency":"EUR"}})", 400, "the key of its sale"},
        {R"({"event":"refund","key":"1","sale":"none","amount":{"minor":5,"currency":"EUR"}})", 404, "there is no sale"},
        {R"({"event":"lead","key":"1","link":"lamp","occurred":"2199-01-01T00:00:00Z"})", 400, "later than now"},
        {R"({"event":"lead","key":"1","occurred":"2020-01-01T00:00:00Z","context":")" + good + R"("})", 400, "before the click"},
        {R"({"event":"gift","key":"1","link":"lamp"})", 400, "must be"},
    };
    for (const auto& one : told) {
        const auto answer = tell(one.json);
        EXPECT_EQ(answer.status, one.status) << one.json;
        EXPECT_NE(body_of(answer).find(one.says), std::string::npos) << one.json << "\n" << body_of(answer);
    }
    const auto theirs = app.api(http::Method::post, "/@otto/api/v1/conversions", app.make_key(other),
                                R"({"event":"lead","key":"1","context":")" + good + R"("})");
    EXPECT_EQ(theirs.status, 400) << "another shop's context";
    app.clock.advance(days(31));
    EXPECT_EQ(tell(R"({"event":"lead","key":"1","context":")" + good + R"("})").status, 400) << "older than thirty days";
    EXPECT_EQ(json_of(app.api(http::Method::get, "/api/v1/conversions", key)).find("items")->items().size(), 0U);
}

}  // namespace
}  // namespace barrow::testing
