#include "rooms/links/rules.hpp"

#include <gtest/gtest.h>

#include <map>

#include "rooms/links/address.hpp"

namespace barrow::links {
namespace {

const Instant noon{1'795'000'000'000'000};

Rule rule(const std::string& conditions) {
    const auto json = wire::read_json(R"({"if":)" + conditions + R"(,"to":"/p/lamp"})");
    auto read = read_rule(json.value());
    EXPECT_TRUE(read) << conditions << ": " << (read ? "" : read.error().text);
    return read.value();
}

TEST(Rule, fits_whom_it_names) {
    using telemetry::App, telemetry::Device, telemetry::Os, telemetry::Browser;
    const telemetry::Agent phone{.device = Device::phone, .os = Os::ios, .browser = Browser::other, .app = App::instagram};
    const telemetry::Agent desk{.device = Device::desktop, .os = Os::windows, .browser = Browser::firefox};
    const Visitor in_instagram{
        .agent = phone, .country = "DE", .language = "de-AT", .query = "ref=clip7&x", .now = noon, .stage = Stage::live};
    const Visitor at_a_desk{.agent = desk, .country = "", .language = "en", .query = "", .now = noon, .stage = {}};
    const struct {
        const char* conditions;
        bool phone, desk;
    } cases[] = {
        {"{}", true, true},
        {R"({"device":["phone"]})", true, false},
        {R"({"device":["tablet","desktop"]})", false, true},
        {R"({"os":["ios","android"]})", true, false},
        {R"({"browser":["firefox"]})", false, true},
        {R"({"app":["instagram"]})", true, false},
        {R"({"app":["tiktok"]})", false, false},
        {R"({"app":["any"]})", true, false},
        {R"({"app":["none"]})", false, true},
        {R"({"app":["any","none"]})", true, true},
        {R"({"country":["AT","de"]})", true, false},
        {R"({"country":["AT"]})", false, false},
        {R"({"language":["de"]})", true, false},
        {R"({"language":["de-DE"]})", false, false},
        {R"({"language":["d3"]})", false, false},
        {R"({"language":["EN"]})", false, true},
        {R"({"query":{"ref":"clip7"}})", true, false},
        {R"({"query":{"ref":"clip"}})", false, false},
        {R"({"query":{"ref":"*","x":""}})", true, false},
        {R"({"query":{"ref":"*","y":"*"}})", false, false},
        {R"({"stage":"live"})", true, false},
        {R"({"stage":"after"})", false, false},
        {R"({"device":["phone"],"country":["AT"]})", false, false},
        {R"({"device":["phone"],"country":["DE"]})", true, false},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(fits(rule(one.conditions), in_instagram), one.phone) << one.conditions;
        EXPECT_EQ(fits(rule(one.conditions), at_a_desk), one.desk) << one.conditions;
    }
}

TEST(Rule, holds_from_its_first_moment_to_before_its_last) {
    const auto window = rule(R"({"from":")" + iso(noon) + R"(","until":")" + iso(noon + hours(1)) + R"("})");
    const struct {
        Instant at;
        bool holds;
    } cases[] = {{noon - microseconds(1), false}, {noon, true}, {noon + hours(1) - microseconds(1), true}, {noon + hours(1), false}};
    for (const auto& one : cases) EXPECT_EQ(fits(window, {.now = one.at}), one.holds) << iso_ms(one.at);
}

TEST(Rule, the_first_that_fits_wins) {
    std::vector<Rule> rules{rule(R"({"device":["desktop"]})"), rule(R"({"device":["phone"]})"), rule("{}")};
    const Visitor phone{.agent = {.device = telemetry::Device::phone}, .now = noon};
    EXPECT_EQ(first_fitting(rules, phone), &rules[1]);
    rules.pop_back();
    EXPECT_EQ(first_fitting(rules, {.agent = {.device = telemetry::Device::tablet}, .now = noon}), nullptr);
}

TEST(Rule, says_what_is_wrong_with_it) {
    const struct {
        const char *json, *says;
    } cases[] = {
        {"[]", "it must be an object"},
        {R"({"if":{}})", "must say in \"to\" where it leads"},
        {R"({"to":"javascript:x"})", "must begin with https://"},
        {R"({"if":{"planet":["mars"]},"to":"/"})", "there is no condition \"planet\""},
        {R"({"if":{"device":["fridge"]},"to":"/"})", "device \"fridge\" is not known; it is one of phone, tablet, desktop, other"},
        {R"({"if":{"device":[]},"to":"/"})", "is an empty list"},
        {R"({"if":{"device":[1]},"to":"/"})", "must be a list of texts"},
        {R"({"if":{"country":["Germany"]},"to":"/"})", "must be two letters"},
        {R"({"if":{"language":["de_AT"]},"to":"/"})", "must be a tag"},
        {R"({"if":{"query":{}},"to":"/"})", "object of 1 to 10"},
        {R"({"if":{"query":{"a b":"x"}},"to":"/"})", "without spaces"},
        {R"({"if":{"from":"tomorrow"},"to":"/"})", "must be a time"},
        {R"({"if":{"from":"2026-12-02","until":"2026-12-01"},"to":"/"})", "must be later"},
        {R"({"if":{"stage":"soon"},"to":"/"})", "before, live, sold_out or after"},
        {R"({"if":{},"to":"/","then":"/"})", "\"then\" is not expected"},
    };
    for (const auto& one : cases) {
        const auto read = read_rule(wire::read_json(one.json).value());
        ASSERT_FALSE(read) << one.json;
        EXPECT_NE(read.error().text.find(one.says), std::string::npos) << one.json << " → " << read.error().text;
    }
}

TEST(Rule, comes_back_from_JSON_and_reads_as_words) {
    const auto all = rule(
        R"({"device":["phone","tablet"],"os":["ios"],"browser":["safari"],"app":["instagram","any"],"country":["DE"],"language":["de"],)"
        R"("query":{"ref":"*","a":"b"},"from":"2026-12-01T00:00:00Z","until":"2026-12-02T00:00:00Z","stage":"sold_out"})");
    EXPECT_EQ(read_rule(rule_json(all)).value(), all);
    EXPECT_EQ(rule_words(all),
              "phone or tablet, ios, with safari, in any app, from DE, reading de, with ?ref, with ?a=b, from 2026-12-01 00:00 UTC, until "
              "2026-12-02 00:00 UTC, while it is sold out");
    EXPECT_EQ(rule_words(rule("{}")), "everybody");
    EXPECT_EQ(rule_words(rule(R"({"app":["none"]})")), "in no app");
}

TEST(Split, shares_visitors_by_percent_and_keeps_each_in_its_branch) {
    const std::vector<Share> split{{.target = "/b", .percent = 30}, {.target = "/c", .percent = 20}};
    std::map<std::size_t, int> branches;
    for (int i = 0; i < 20'000; ++i) {
        const auto unit = "unit" + std::to_string(i);
        const auto branch = branch_of(split, 7, unit);
        EXPECT_EQ(branch_of(split, 7, unit), branch);
        ++branches[branch];
    }
    // Three standard deviations of a binomial of 20,000 are below 1.1 %.
    EXPECT_NEAR(branches[0], 10'000, 220);
    EXPECT_NEAR(branches[1], 6'000, 200);
    EXPECT_NEAR(branches[2], 4'000, 180);
}

TEST(Onward, keeps_what_belongs_and_drops_what_is_private) {
    const struct {
        const char *target, *query, *utm, *token, *leads_to;
    } cases[] = {
        {"https://a.example/", "", "", "", "https://a.example/"},
        {"https://a.example/p?x=1#how", "ref=clip7", "", "", "https://a.example/p?x=1&ref=clip7#how"},
        {"https://a.example/#how", "ref=clip7&d=clip7@0:42&c=TOKEN", "", "", "https://a.example/?ref=clip7#how"},
        // Nobody turns a link by adding to it.
        {"https://a.example/?to=/safe", "to=/evil&a=1", "", "", "https://a.example/?to=/safe&a=1"},
        {"https://a.example/", "a=1&&a=2&b", "", "", "https://a.example/?a=1&a=2&b"},
        {"https://a.example/", "", "utm_source=tiktok&utm_campaign={slug}", "", "https://a.example/?utm_source=tiktok&utm_campaign=lamp"},
        {"https://a.example/?utm_source=own", "", "utm_source=tiktok&utm_medium=video", "",
         "https://a.example/?utm_source=own&utm_medium=video"},
        {"https://a.example/", "utm_source=mail", "utm_source=tiktok", "", "https://a.example/?utm_source=mail"},
        {"/p/lamp", "", "", "T", "/p/lamp?c=T"},
        {"/p/lamp?x=1#how", "y=2", "", "T", "/p/lamp?x=1&y=2&c=T#how"},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(onward_address(one.target, {.query = one.query, .utm = one.utm, .slug = "lamp", .token = one.token}), one.leads_to)
            << one.target << " + " << one.query;
    }
}

TEST(SourceTag, is_what_d_says) {
    const struct {
        const char *query, *tag;
    } cases[] = {{"", ""}, {"x=1", ""}, {"d=clip7@0:42", "clip7@0:42"}, {"a=1&d=clip%207%00", "clip 7_"}, {"d=%zz", "%zz"}, {"dd=x", ""}};
    for (const auto& one : cases) EXPECT_EQ(source_tag(one.query), one.tag) << one.query;
    EXPECT_EQ(source_tag("d=" + std::string(500, 'x')).size(), 60U);
}

TEST(Utm, takes_the_six_names_once_each) {
    EXPECT_TRUE(examine_utm("utm_source=a&utm_medium=b&utm_campaign=c&utm_term=d&utm_content=e&utm_id=f"));
    for (const auto* bad : {"source=a", "utm_source=", "utm_source", "utm_source=a b", "utm_source=a&utm_source=b", "utm_source=a#x"})
        EXPECT_FALSE(examine_utm(bad)) << bad;
}

TEST(Referrer, is_a_host_and_nothing_more) {
    const struct {
        const char *referrer, *host;
    } cases[] = {{"https://www.YouTube.com/watch?v=secret", "www.youtube.com"},
                 {"android-app://com.instagram.android/", "com.instagram.android"},
                 {"http://a.example:8080/x", "a.example"},
                 {"", ""},
                 {"about:blank", ""},
                 {"https://", ""},
                 {"https://user@evil.example/", ""},
                 {"https://a\tb/", ""}};
    for (const auto& one : cases) EXPECT_EQ(referrer_host(one.referrer), one.host) << one.referrer;
}

}  // namespace
}  // namespace barrow::links
