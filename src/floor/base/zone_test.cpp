// Clocks of places: what a local time means, and what a moment is called there.
#include "floor/base/zone.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace barrow {
namespace {

TEST(Zone, tells_a_moment_as_the_clock_of_the_place_does) {
    struct Case {
        const char *zone, *utc, *iso, *stamp;
    };
    for (const auto& [zone, utc, there, stamp] : {
             Case{"UTC", "2026-11-23T20:00:00Z", "2026-11-23T20:00:00Z", "2026-11-23 20:00 UTC"},
             {"Europe/Berlin", "2026-11-23T19:00:00Z", "2026-11-23T20:00:00+01:00", "2026-11-23 20:00 CET"},
             {"Europe/Berlin", "2026-07-01T18:00:00Z", "2026-07-01T20:00:00+02:00", "2026-07-01 20:00 CEST"},
             {"Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00", "2026-03-29 01:59 CET"},
             {"Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00", "2026-03-29 03:00 CEST"},
             {"Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00", "2026-10-25 02:59 CEST"},
             {"Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00", "2026-10-25 02:00 CET"},
             {"America/New_York", "2026-11-24T01:30:00Z", "2026-11-23T20:30:00-05:00", "2026-11-23 20:30 EST"},
             {"America/New_York", "2026-07-04T03:30:00Z", "2026-07-03T23:30:00-04:00", "2026-07-03 23:30 EDT"},
             {"Asia/Kolkata", "2026-11-23T14:30:00Z", "2026-11-23T20:00:00+05:30", "2026-11-23 20:00 IST"},
             {"Asia/Calcutta", "2026-11-23T14:30:00Z", "2026-11-23T20:00:00+05:30", "2026-11-23 20:00 IST"},  // its old name
             {"Asia/Kathmandu", "2026-11-23T14:15:00Z", "2026-11-23T20:00:00+05:45", "2026-11-23 20:00 UTC+5:45"},
             {"America/Sao_Paulo", "2026-11-23T23:00:00Z", "2026-11-23T20:00:00-03:00", "2026-11-23 20:00 UTC-3"},
             {"Australia/Lord_Howe", "2026-11-23T09:00:00Z", "2026-11-23T20:00:00+11:00", "2026-11-23 20:00 UTC+11"},
             {"Australia/Lord_Howe", "2026-07-01T09:30:00Z", "2026-07-01T20:00:00+10:30", "2026-07-01 20:00 UTC+10:30"},  // half an hour
             {"Pacific/Apia", "2026-11-23T20:00:00Z", "2026-11-24T09:00:00+13:00", "2026-11-24 09:00 UTC+13"},
             // Behind the last change that the file holds, by its rule.
             {"Europe/Berlin", "2052-07-01T18:00:00Z", "2052-07-01T20:00:00+02:00", "2052-07-01 20:00 CEST"},
             {"Europe/Berlin", "2052-12-01T19:00:00Z", "2052-12-01T20:00:00+01:00", "2052-12-01 20:00 CET"},
             {"Europe/Berlin", "2052-10-27T00:59:59Z", "2052-10-27T02:59:59+02:00", "2052-10-27 02:59 CEST"},
             {"America/New_York", "2052-07-05T00:00:00Z", "2052-07-04T20:00:00-04:00", "2052-07-04 20:00 EDT"},
             {"Australia/Lord_Howe", "2052-01-01T09:00:00Z", "2052-01-01T20:00:00+11:00",
              "2052-01-01 20:00 UTC+11"},  // summer over New Year
             {"Asia/Kolkata", "2052-07-01T14:30:00Z", "2052-07-01T20:00:00+05:30", "2052-07-01 20:00 IST"},
             {"Europe/Berlin", "1985-07-01T18:00:00Z", "1985-07-01T20:00:00+02:00", "1985-07-01 20:00 CEST"},
         }) {
        const auto place = Zone::named(zone);
        ASSERT_TRUE(place) << zone << ": " << place.error().text;
        const auto at = *read_iso(utc);
        EXPECT_EQ(place->iso(at), there) << zone << " at " << utc;
        EXPECT_EQ(place->stamp(at), stamp) << zone << " at " << utc;
        EXPECT_EQ(*place->read(place->iso(at)), at) << "with its offset it is the same moment again";
        EXPECT_EQ(place->name(), zone);
    }
}

TEST(Zone, reads_a_local_time_as_that_moment) {
    struct Case {
        const char *zone, *local, *utc;
    };
    for (const auto& [zone, local, utc] : {
             Case{"UTC", "2026-11-23T20:00", "2026-11-23T20:00:00Z"},
             {"Europe/Berlin", "2026-11-23T20:00", "2026-11-23T19:00:00Z"},
             {"Europe/Berlin", "2026-07-01T20:00:30", "2026-07-01T18:00:30Z"},
             {"Europe/Berlin", "2026-07-01", "2026-06-30T22:00:00Z"},
             {"America/New_York", "2026-11-23T20:00", "2026-11-24T01:00:00Z"},
             {"Asia/Kolkata", "2026-11-23T20:00", "2026-11-23T14:30:00Z"},
             // With an offset it is exact, wherever it is read.
             {"Europe/Berlin", "2026-11-23T20:00:00Z", "2026-11-23T20:00:00Z"},
             {"Europe/Berlin", "2026-11-23T20:00:00-05:00", "2026-11-24T01:00:00Z"},
             // Skipped: an hour in Berlin and New York, half an hour on Lord Howe. Moved forward by as much.
             {"Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00Z"},
             {"Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00:00Z"},
             {"Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00Z"},
             {"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00Z"},
             {"America/New_York", "2026-03-08T02:30", "2026-03-08T07:30:00Z"},
             {"Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z"},
             {"Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30:00Z"},
             // Twice: the first of the two.
             {"Europe/Berlin", "2026-10-25T01:59", "2026-10-24T23:59:00Z"},
             {"Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"},
             {"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z"},
             {"America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z"},
             {"Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"},
             // By the rule behind the file's last change.
             {"Europe/Berlin", "2052-03-31T02:30", "2052-03-31T01:30:00Z"},
             {"Europe/Berlin", "2052-10-27T02:30", "2052-10-27T00:30:00Z"},
         }) {
        const auto at = Zone::named(zone).value().read(local);
        ASSERT_TRUE(at) << local;
        EXPECT_EQ(iso(*at), utc) << local << " in " << zone;
    }
    for (const char* bad : {"", "20:00", "2026-02-30T20:00", "tomorrow"})
        EXPECT_FALSE(Zone::named("Europe/Berlin").value().read(bad)) << bad;
}

TEST(Zone, has_days_of_its_own) {
    struct Case {
        const char *zone, *day, *begins;
    };
    for (const auto& [zone, day, begins] : {Case{"UTC", "2026-11-23", "2026-11-23T00:00:00Z"},
                                            {"Europe/Berlin", "2026-11-23", "2026-11-22T23:00:00Z"},
                                            {"Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z"},
                                            {"America/New_York", "2026-11-23", "2026-11-23T05:00:00Z"},
                                            {"Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"}}) {  // it begins at one
        const auto place = Zone::named(zone).value();
        const auto number = read_iso(day)->day();
        const auto first = place.day_begins(number);
        EXPECT_EQ(iso(first), begins) << zone;
        EXPECT_EQ(place.day(first), number) << zone;
        EXPECT_EQ(place.day(first - microseconds(1)), number - 1) << zone;
    }
}

TEST(Zone, refuses_a_name_that_is_none_and_says_the_nearest) {
    struct Case {
        const char *name, *nearest;
    };
    for (const auto& [name, nearest] : {Case{"Europe/Berln", "Europe/Berlin"},
                                        {"europe/berlin", "Europe/Berlin"},
                                        {"berlin", "Europe/Berlin"},
                                        {"New York", "America/New_York"},
                                        {"utc", "UTC"},
                                        {"../../etc/passwd", ""},
                                        {"/etc/passwd", ""},
                                        {"Europe/../Europe/Berlin", ""},
                                        {"Europe", ""},
                                        {"right/Europe/Berlin", "Europe/Berlin"},
                                        {"zone.tab", ""},
                                        {"Factory", ""},
                                        {"", ""}}) {
        const auto zone = Zone::named(name);
        ASSERT_FALSE(zone) << name;
        EXPECT_EQ(zone.error().fault, Fault::bad_input);
        EXPECT_NE(zone.error().text.find("the nearest name is " + std::string(nearest)), std::string::npos) << zone.error().text;
    }
}

TEST(Zone, knows_every_name_that_it_offers) {
    const auto names = Zone::names();
    EXPECT_GT(names.size(), 300u);
    EXPECT_EQ(names.front(), "UTC");
    EXPECT_NE(std::ranges::find(names, "Europe/Berlin"), names.end());
    const auto now = *read_iso("2026-11-23T20:00:00Z");
    for (const auto& name : names) {
        const auto zone = Zone::named(name);
        ASSERT_TRUE(zone) << name;
        for (int hour = 0; hour < 24 * 366; hour += 7) {
            const auto at = now + hours(hour);
            const auto again = zone->instant(zone->face(at));
            EXPECT_TRUE(again == at || again < at) << name << " " << iso(at);  // of two the first
            EXPECT_EQ(zone->face(again), zone->face(at)) << name << " " << iso(at);
        }
    }
}

TEST(Zone, says_whether_its_clocks_are_whole_hours_ahead) {
    struct Case {
        const char *zone, *from, *until;
        bool whole;
        int hours;
    };
    for (const auto& [zone, from, until, whole, ahead] : {Case{"UTC", "2026-11-01", "2026-11-23", true, 0},
                                                          {"Europe/Berlin", "2026-11-01", "2026-11-23", true, 1},
                                                          {"Europe/Berlin", "2026-10-20", "2026-11-19", false, 0},
                                                          {"America/New_York", "2026-11-10", "2026-11-23", true, -5},
                                                          {"Asia/Kolkata", "2026-11-01", "2026-11-23", false, 0}}) {
        int hours = 0;
        EXPECT_EQ(Zone::named(zone).value().is_whole_hours(*read_iso(from), *read_iso(until), hours), whole) << zone << " " << from;
        if (whole) { EXPECT_EQ(hours, ahead) << zone; }
    }
}

}  // namespace
}  // namespace barrow
