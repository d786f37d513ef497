// The shop's own time: what is typed at a creator's desk, and what viewers read, by the clock of the shop's zone.
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class Times : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override { set_zone("Europe/Berlin"); }
    void set_zone(const std::string& zone) {
        ASSERT_TRUE(app.app->command("set_zone", wire::Json::object({{"shop", "mira"}, {"zone", zone}})));
    }
    std::string make_link(const std::string& body) {
        const auto made = app.api(http::Method::post, "/api/v1/links", key, body);
        EXPECT_EQ(made.status, 201) << made.body;
        return body_of(made);
    }
    std::string member(const std::string& slug, const char* name) {
        const auto link = json_of(app.api(http::Method::get, "/api/v1/links/" + slug, key));
        const auto* value = link.find(name);
        return value != nullptr && value->is_text() ? value->text() : "";
    }
    std::string moment(const std::string& slug, const char* name) {
        const auto at = read_iso(member(slug, name));
        return at ? iso(*at) : at.error().text;
    }
    // The form of a link as the browser has it, with what is typed in it.
    http::Response type(const std::string& slug, Form typed) {
        typed.emplace_back("slug", slug);
        typed.emplace_back("target", "https://a.example/");
        return app.post(mira, "/studio/links/" + slug, std::move(typed));
    }
    static std::string value_of(const std::string& page, const std::string& field) {
        return between(between(page, "name=\"" + field + "\"", ">"), "value=\"", "\"");
    }

    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);
    Studio mira = app.log_in(app.mira);
};
BARROW_BOTH_ENGINES(Times);

TEST_P(Times, what_is_typed_for_a_link_is_the_shops_own_time) {
    make_link(R"({"slug":"lamp","target":"https://a.example/"})");
    struct Case {
        const char *zone, *typed, *utc, *shown;
    };
    for (const auto& [zone, typed, utc, shown] : {Case{"Europe/Berlin", "2026-12-24T20:00", "2026-12-24T19:00:00Z", "2026-12-24T20:00"},
                                                  {"Europe/Berlin", "2027-07-01T20:00", "2027-07-01T18:00:00Z", "2027-07-01T20:00"},
                                                  {"Asia/Kolkata", "2026-12-24T20:00", "2026-12-24T14:30:00Z", "2026-12-24T20:00"},
                                                  {"America/New_York", "2026-12-24T20:00", "2026-12-25T01:00:00Z", "2026-12-24T20:00"},
                                                  {"UTC", "2026-12-24T20:00", "2026-12-24T20:00:00Z", "2026-12-24T20:00"},
                                                  // A night when the clock goes forward, and one when it goes back.
                                                  {"Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:30:00Z", "2027-03-28T03:30"},
                                                  {"Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30:00Z", "2027-10-31T02:30"}}) {
        set_zone(zone);
        ASSERT_EQ(
            type("lamp", {{"starts", typed}, {"ends", "2028-01-01T00:00"}, {"rule_0_from", typed}, {"rule_0_to", "/p/tide-lamp"}}).status,
            303);
        EXPECT_EQ(moment("lamp", "starts"), utc) << zone;
        const auto link = body_of(app.api(http::Method::get, "/api/v1/links/lamp", key));
        EXPECT_NE(link.find(R"("from":")" + std::string(utc)), std::string::npos) << link;
        const auto page = app.get(mira, "/studio/links/lamp").body;
        EXPECT_EQ(value_of(page, "starts"), shown) << zone;
        EXPECT_EQ(value_of(page, "rule_0_from"), shown) << zone;
        EXPECT_NE(page.find("Opens (" + std::string(zone) + ")"), std::string::npos) << "the zone's name stands beside the field";
        EXPECT_EQ(value_of(page, "ends"), "2028-01-01T00:00");
    }
    EXPECT_EQ(type("lamp", {{"starts", "this evening"}}).status, 422);
}

TEST_P(Times, a_field_that_nobody_touches_stays_the_moment_that_it_was) {
    // The second 02:30 of a night when the clock goes back, and thirteen seconds.
    make_link(R"({"slug":"late","target":"https://a.example/","starts":"2027-10-31T01:30:13Z"})");
    const auto page = app.get(mira, "/studio/links/late").body;
    EXPECT_EQ(value_of(page, "starts"), "2027-10-31T02:30");
    ASSERT_EQ(type("late", {{"starts", value_of(page, "starts")}, {"title", "changed"}}).status, 303);
    EXPECT_EQ(moment("late", "starts"), "2027-10-31T01:30:13Z");
    EXPECT_EQ(member("late", "title"), "changed");

    const auto put = app.api(
        http::Method::put, "/api/v1/pages/bio", key,
        R"({"blocks":[{"id":1,"kind":"countdown","label":"Drop","after":"Open.","at":"2027-10-31T01:30:00Z","from":"2027-10-31T01:31:07Z"}]})");
    ASSERT_EQ(put.status, 200) << put.body;
    const auto editor = app.get(mira, "/studio/page").body;
    EXPECT_EQ(value_of(editor, "at"), "2027-10-31T02:30");
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/blocks/1",
                       {{"label", "Drop"}, {"after", "Now."}, {"at", "2027-10-31T02:30"}, {"from", "2027-10-31T02:31"}, {"until", ""}})
                  .status,
              303);
    const auto kept = body_of(app.api(http::Method::get, "/api/v1/pages/bio", key));
    EXPECT_NE(kept.find(R"("at":"2027-10-31T01:30:00Z")"), std::string::npos) << kept;
    EXPECT_NE(kept.find(R"("from":"2027-10-31T01:31:07Z")"), std::string::npos) << kept;
    EXPECT_NE(kept.find("Now."), std::string::npos);
}

TEST_P(Times, times_with_an_offset_are_exact_whatever_the_zone_is) {
    make_link(R"({"slug":"exact","target":"https://a.example/","starts":"2026-12-24T20:00:00+05:30"})");
    EXPECT_EQ(moment("exact", "starts"), "2026-12-24T14:30:00Z");
    make_link(R"({"slug":"utc","target":"https://a.example/","starts":"2026-12-24T20:00:00Z"})");
    EXPECT_EQ(moment("utc", "starts"), "2026-12-24T20:00:00Z");
    const auto csv = body_of(app.get(mira, "/studio/link-export.csv"));
    EXPECT_NE(csv.find("2026-12-24T14:30:00"), std::string::npos) << csv;
}

TEST_P(Times, viewers_read_the_shops_time_with_its_letters_and_programs_the_exact_one) {
    make_link(R"({"slug":"early","target":"https://a.example/","starts":"2026-12-24T19:00:00Z"})");
    const auto early = app.get("/s/early");
    EXPECT_EQ(early.status, 404);
    EXPECT_NE(early.body.find(R"(<time datetime="2026-12-24T20:00:00+01:00">24 December 2026, 20:00 CET</time>)"), std::string::npos)
        << early.body;
    EXPECT_NE(early.body.find("/viewer/here.js"), std::string::npos) << "with scripts it is told in the reader's own time";

    ASSERT_EQ(app.post(mira, "/studio/live", {{"name", "Tuesday lamps"}, {"starts", "2026-12-22T20:00"}}).status, 303);
    const auto sessions = app.get(mira, "/studio/live").body;
    EXPECT_NE(sessions.find("22 December 2026, 20:00 CET"), std::string::npos);
    EXPECT_NE(sessions.find("Time in Europe/Berlin."), std::string::npos);
    EXPECT_EQ(value_of(sessions, "starts"), "2026-11-19T12:06") << "tomorrow at this hour, by the shop's clock";
    EXPECT_NE(app.get("/live/tuesday-lamps").body.find(R"(<time datetime="2026-12-22T20:00:00+01:00">22 December 2026, 20:00 CET</time>)"),
              std::string::npos);
    EXPECT_NE(body_of(app.api(http::Method::get, "/api/v1/sessions", key)).find("2026-12-22T19:00:00"), std::string::npos);

    ASSERT_EQ(
        app.post(mira, "/studio/pages/bio/blocks",
                 {{"kind", "countdown"}, {"label", "Drop"}, {"after", "Open."}, {"at", "2026-12-24T18:00"}, {"from", ""}, {"until", ""}})
            .status,
        303);
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/publish", {}).status, 303);
    const auto bio = app.get("/").body;
    EXPECT_NE(bio.find(R"(<time datetime="2026-12-24T18:00:00+01:00">24 December 2026, 18:00 CET</time>)"), std::string::npos) << bio;
    EXPECT_NE(bio.find("data-until=\"" + std::to_string(read_iso("2026-12-24T17:00:00Z")->us / 1'000) + "\""), std::string::npos)
        << "it counts down to the moment, not to a clock face";
    EXPECT_NE(bio.find(R"(<time datetime="2026-12-22T20:00:00+01:00">)"), std::string::npos) << "the next session";
}

TEST_P(Times, a_block_shows_from_and_until_the_shops_hour) {
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/blocks",
                       {{"kind", "heading"}, {"text", "Tonight"}, {"from", "2026-11-18T20:00"}, {"until", "2026-11-18T21:00"}})
                  .status,
              303);
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/publish", {}).status, 303);
    struct Case {
        const char* utc;
        bool shows;
    };
    for (const auto& [utc, shows] : {Case{"2026-11-18T18:59:59Z", false},
                                     {"2026-11-18T19:00:00Z", true},
                                     {"2026-11-18T19:59:59Z", true},
                                     {"2026-11-18T20:00:00Z", false}}) {
        app.clock.set(*read_iso(utc));
        EXPECT_EQ(app.get("/").body.find("Tonight") != std::string::npos, shows) << utc;
    }
    EXPECT_NE(app.get(mira, "/studio/page").body.find("was shown until 2026-11-18 21:00 CET"), std::string::npos);
    EXPECT_NE(app.get(mira, "/studio/page").body.find("From (Europe/Berlin)"), std::string::npos);
}

TEST_P(Times, the_zone_is_chosen_in_the_studio_by_a_command_and_by_the_api) {
    const auto studio = [&](const std::string& zone) {
        return app.post(mira, "/studio/page",
                        {{"name", "Mira"}, {"bio", ""}, {"swatch", ""}, {"accent", "#0b6b4b"}, {"paper", "#fbfaf6"}, {"time_zone", zone}});
    };
    const auto now_is = [&] { return json_of(app.api(http::Method::get, "/api/v1/shop", key)).find("time_zone")->text(); };
    EXPECT_EQ(now_is(), "Europe/Berlin");
    const auto settings = app.get(mira, "/studio/page").body;
    EXPECT_EQ(value_of(settings, "time_zone"), "Europe/Berlin");
    EXPECT_NE(settings.find("<option value=\"America/New_York\">"), std::string::npos) << "a list to search in";
    EXPECT_EQ(studio("Asia/Kolkata").status, 303);
    EXPECT_EQ(now_is(), "Asia/Kolkata");
    const auto refused = studio("Asia/Kolkatta");
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find("There is no time zone &quot;Asia/Kolkatta&quot;; the nearest name is Asia/Kolkata."), std::string::npos)
        << between(refused.body, "time_zone-wrong", "</div>");
    EXPECT_EQ(value_of(refused.body, "time_zone"), "Asia/Kolkatta") << "what was typed stays";
    EXPECT_EQ(now_is(), "Asia/Kolkata");

    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/shop", key, R"({"time_zone":"America/New_York"})").status, 200);
    EXPECT_EQ(now_is(), "America/New_York");
    const auto wrong = app.api(http::Method::patch, "/api/v1/shop", key, R"({"time_zone":"new york"})");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_NE(body_of(wrong).find("the nearest name is America/New_York"), std::string::npos) << body_of(wrong);
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/shop", key, R"({"name":"x"})").status, 400);

    const auto made = app.app->command("create_shop",
                                       wire::Json::object({{"slug", "ola"}, {"name", "Ola"}, {"currency", "EUR"}, {"zone", "Europe/Osl"}}));
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().text.find("the nearest name is Europe/Oslo"), std::string::npos) << made.error().text;
    EXPECT_TRUE(app.app->command("create_shop",
                                 wire::Json::object({{"slug", "ola"}, {"name", "Ola"}, {"currency", "EUR"}, {"zone", "Europe/Oslo"}})));
    EXPECT_EQ(app.db.sql("SELECT time_zone FROM shop WHERE slug = 'ola'")[0].text("time_zone"), "Europe/Oslo");
}

TEST_P(Times, a_zone_that_this_machine_does_not_know_is_read_as_utc) {
    app.db.sql("UPDATE shop SET time_zone = 'Atlantis/Poseidonis' WHERE slug = 'mira'");
    make_link(R"({"slug":"early","target":"https://a.example/","starts":"2026-12-24T19:00:00Z"})");
    app.clock.advance(seconds(1));  // shops stand in order of birth
    ASSERT_TRUE(app.app->command("create_shop", wire::Json::object({{"slug", "ola"}, {"name", "Ola"}, {"currency", "EUR"}})));  // reads all
    EXPECT_NE(app.get("/s/early").body.find("24 December 2026, 19:00 UTC"), std::string::npos);
}

TEST_P(Times, the_hours_of_clicks_are_the_shops_where_that_is_exact) {
    make_link(R"({"slug":"lamp","target":"https://a.example/"})");
    app.clock.set(*read_iso("2026-11-23T19:30:00Z"));
    ASSERT_EQ(app.call({.target = "/s/lamp",
                        .headers = {{"user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"}}})
                  .status,
              302);
    app.tick();
    app.tick();
    struct Case {
        const char *zone, *now, *label, *hour;
    };
    for (const auto& [zone, now, label, hour] :
         {Case{"Europe/Berlin", "2026-11-24T12:00:00Z", "Hours (Europe/Berlin)", "20:00"},
          {"America/New_York", "2026-12-20T12:00:00Z", "Hours (America/New_York)", "14:00"},
          {"Pacific/Auckland", "2026-11-24T12:00:00Z", "Hours (Pacific/Auckland)", "08:00"},
          {"America/New_York", "2026-11-24T12:00:00Z", "Hours (UTC)", "19:00"},  // its clock went back on the first
          {"Asia/Kolkata", "2026-11-24T12:00:00Z", "Hours (UTC)", "19:00"},      // half an hour off
          {"UTC", "2026-11-24T12:00:00Z", "Hours (UTC)", "19:00"}}) {
        set_zone(zone);
        app.clock.set(*read_iso(now));
        mira = app.log_in(app.mira);
        const auto page = app.get(mira, "/studio/links/lamp").body;
        const auto part = between(page, label, "</section>");
        EXPECT_NE(part.find(hour), std::string::npos) << zone << " at " << now << ": " << part;
    }
}

}  // namespace
}  // namespace barrow::testing
