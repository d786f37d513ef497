// What has an end: clicks that are older than the months kept, and everything else that only grows. The log's audit holds all the while.
#include "rooms/telemetry/retention.hpp"

#include <gtest/gtest.h>

#include "floor/outbox/outbox.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/stock/stock.hpp"
#include "rooms/telemetry/clicks.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

constexpr auto iphone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 "
    "Safari/604.1";

Task<Status> flush(telemetry::Clicks& clicks, store::Database& db, Instant now) { co_return co_await clicks.flush(db, now); }

class Retention : public ::testing::TestWithParam<Engine> {
protected:
    Retention() {
        const auto made =
            app.api(http::Method::post, "/api/v1/links", app.make_key(app.mira), R"({"slug":"x","target":"https://x.example/"})");
        EXPECT_EQ(made.status, 201) << body_of(made);
    }
    // Ten clicks and a preview on each of `count` days, a block each.
    void clicks_on_days(int count) {
        for (int day = 0; day < count; ++day) {
            for (int i = 0; i < 10; ++i)
                app.call({.target = "/s/x?d=clip", .headers = {{"user-agent", std::string(iphone) + " " + std::to_string(i)}}});
            app.call({.target = "/s/x", .headers = {{"user-agent", "facebookexternalhit/1.1"}}});
            app.tick();
            app.clock.advance(days(1));
        }
    }
    telemetry::Audit audited() {
        app.tick();
        return audited_now();
    }
    telemetry::Audit audited_now() {
        auto audit = app.db->read_now([&](store::Tx& tx) -> Result<telemetry::Audit> {
            access::Directory directory(app.secrets());
            TRY(directory.reload(tx));
            return telemetry::audit(tx, *directory.by_slug("mira"), {});
        });
        return audit.value();
    }
    bool let_go() {
        return app.db
            ->write_now([&](store::Tx& tx) -> Result<bool> {
                access::Directory directory(app.secrets());
                TRY(directory.reload(tx));
                return telemetry::let_go(tx, *directory.by_slug("mira"), app.clock.now(), 25);
            })
            .value();
    }
    void told(const std::string& what_wrong) {
        std::string all;
        for (const auto& wrong : audited_now().wrong) all += wrong.what + "\n";
        EXPECT_NE(all.find(what_wrong), std::string::npos) << all;
    }
    std::int64_t number(const std::string& sql) { return app.db.sql(sql)[0].integer("n"); }
    std::int64_t clicks_ever() { return number("SELECT CAST(SUM(n) AS BIGINT) AS n FROM touch_count WHERE kind = 'click'"); }
    // A step of the clockwork an hour, until the old ones are gone.
    void later(Duration by) {
        app.clock.advance(by);
        for (int i = 0; i < 5; ++i) {
            app.tick();
            app.clock.advance(hours(1));
        }
    }

    TestApp app{GetParam()};
};
BARROW_BOTH_ENGINES(Retention);

TEST_P(Retention, MonthsAreCountedFromTheFirst) {
    struct Case {
        const char* now;
        int months;
        const char* first;
    };
    for (const auto& [now, months, first] : {Case{"2026-11-23", 25, "2024-10-01"}, Case{"2026-11-01", 2, "2026-09-01"},
                                             Case{"2026-01-31T23:59:59Z", 25, "2023-12-01"}, Case{"2028-02-29", 12, "2027-02-01"}})
        EXPECT_EQ(iso_day(telemetry::kept_from(read_iso(now).value(), months)), first) << now;
}

TEST_P(Retention, ViewsOfPagesGoAsClicksDo) {
    for (int day = 0; day < 50; ++day) {
        app.call({.target = "/", .headers = {{"user-agent", iphone}}});
        app.call({.target = "/", .headers = {{"user-agent", "facebookexternalhit/1.1"}}});
        app.tick();
        app.clock.advance(days(1));
    }
    ASSERT_EQ(audited().views, 50);
    app.clock.set(read_iso("2029-02-10T12:00:00Z").value());
    later({});
    const auto after = audited();
    EXPECT_TRUE(after.good()) << after.wrong[0].what;
    EXPECT_GT(after.gone.clicks, 40);
    EXPECT_EQ(after.gone.clicks + after.views, 50);
    EXPECT_EQ(after.gone.others + after.views_not_counted, 50);
}

TEST_P(Retention, OldClicksKeepTheirSumsAndTheLogHolds) {
    clicks_on_days(70);  // from 2026-11-18 into January
    const auto before = audited();
    ASSERT_TRUE(before.good()) << before.wrong[0].what;
    ASSERT_EQ(before.clicks, 700);
    ASSERT_EQ(before.gone.before_day, 0);
    const auto parts = number("SELECT COUNT(*) AS n FROM click_part");
    // The twenty-fifth month after December has begun: November and December go, January stays.
    app.clock.set(read_iso("2029-02-10T12:00:00Z").value());
    later({});
    const auto after = audited();
    EXPECT_TRUE(after.good()) << after.wrong[0].what;
    EXPECT_EQ(iso_day(after.gone.before_day), "2027-01-01");
    EXPECT_GT(after.gone.clicks, 300);
    EXPECT_EQ(after.gone.clicks + after.clicks, 700) << "nothing is lost of the sums";
    EXPECT_EQ(after.gone.others + after.not_counted, 70);
    EXPECT_EQ(after.gone.blocks + after.blocks, before.blocks);
    EXPECT_EQ(clicks_ever(), 700);
    EXPECT_LT(number("SELECT COUNT(*) AS n FROM click_part"), parts / 2);
    EXPECT_EQ(number("SELECT COUNT(*) AS n FROM click_part WHERE day < " + std::to_string(after.gone.before_day)), 0);
    EXPECT_EQ(number("SELECT COUNT(*) AS n FROM touch_count WHERE kind = 'click' AND day < " + std::to_string(after.gone.before_day)), 2)
        << "a row for November and one for December";
    // The log goes on as ever.
    clicks_on_days(2);
    EXPECT_EQ(audited().clicks, after.clicks + 20);
    EXPECT_TRUE(audited().good());
    later(days(60));
    EXPECT_TRUE(audited().good());
    EXPECT_EQ(audited().gone.clicks, 700);
    EXPECT_EQ(clicks_ever(), 720);
}

// A step takes two hundred blocks: then the chain begins in its middle, and nobody else can make it so.
TEST_P(Retention, NobodyElseLetsAnythingGo) {
    for (int i = 0; i < 250; ++i) {
        app.clock.advance(seconds(10));
        app.call({.target = "/s/x", .headers = {{"user-agent", iphone}}});
        app.tick();
    }
    app.clock.advance(days(800));
    ASSERT_TRUE(let_go());
    ASSERT_TRUE(let_go());
    const auto half = audited_now();
    ASSERT_TRUE(half.good()) << half.wrong[0].what;
    ASSERT_EQ(half.gone.clicks, 200);
    ASSERT_EQ(half.clicks, 50);
    struct Case {
        const char* change;
        const char* back;
        const char* told;
    };
    for (const auto& [change, back, words] :
         {Case{"UPDATE click_let_go SET clicks = clicks - 1 WHERE chain = ''",
               "UPDATE click_let_go SET clicks = clicks + 1 WHERE chain = ''", "is not signed by this shop's key"},
          Case{"UPDATE touch_count SET n = n + 1 WHERE kind = 'click'", "UPDATE touch_count SET n = n - 1 WHERE kind = 'click'",
               "the totals are 251 clicks"},
          Case{"UPDATE click_chain SET gone = gone + 1", "UPDATE click_chain SET gone = gone - 1", "the shop's key did not let that go"},
          Case{"UPDATE click_let_go SET number = number + 1 WHERE chain <> ''",
               "UPDATE click_let_go SET number = number - 1 WHERE chain <> ''", "the shop's key did not let that go"}}) {
        app.db.sql(change);
        told(words);
        app.db.sql(back);
        EXPECT_TRUE(audited_now().good()) << change;
    }
    app.db.sql("UPDATE click_let_go SET clicks = clicks - 1 WHERE chain = ''");
    EXPECT_FALSE(let_go()) << "signing it anew would make it true";
    app.db.sql("UPDATE click_let_go SET clicks = clicks + 1 WHERE chain = ''");
    for (int steps = 0; let_go() && steps < 50; ++steps) EXPECT_TRUE(audited_now().good()) << "after every step";
    EXPECT_EQ(audited_now().gone.clicks, 250);
    EXPECT_EQ(number("SELECT COUNT(*) AS n FROM click_chain"), 0);
    app.call({.target = "/s/x", .headers = {{"user-agent", iphone}}});
    const auto last = audited();
    EXPECT_TRUE(last.good()) << "the same process goes on with a chain of this month";
    EXPECT_EQ(last.clicks, 1);
    app.db.sql("DELETE FROM click_block");
    told("its head says 1");
}

TEST_P(Retention, WhatDoesNotFitIsNotLetGo) {
    clicks_on_days(3);
    app.db.sql("UPDATE click_block SET lines = '1\t\t\tphone\tios\t\t\t\t\t99\n' WHERE number = 2");
    later(days(800));
    told("block 2 of chain");
    EXPECT_GT(number("SELECT COUNT(*) AS n FROM click_block"), 0) << "it is what the audit needs";
}

TEST_P(Retention, AChainThatIsOverGoesAsAWhole) {
    telemetry::Clicks other("other");
    const telemetry::Click click{.shop = app.mira.id.text, .link = 1};
    other.note(click);
    ASSERT_TRUE(app.loop.wait(flush(other, *app.db, app.clock.now())));
    clicks_on_days(1);
    ASSERT_EQ(audited().chains, 2);
    app.clock.advance(days(800));
    clicks_on_days(1);
    later({});
    const auto audit = audited();
    EXPECT_TRUE(audit.good()) << audit.wrong[0].what;
    EXPECT_EQ(audit.chains, 1);
    EXPECT_EQ(audit.gone.clicks, 11);
    EXPECT_EQ(number("SELECT COUNT(*) AS n FROM click_let_go WHERE chain = 'other'"), 0);
}

TEST_P(Retention, WhatOnlyGrewHasAnEnd) {
    const auto owner = app.log_in(app.mira);
    const auto write = [&](auto verb) { ASSERT_TRUE(app.db->write_now([&](store::Tx& tx) -> Status { return verb(tx); })); };
    const auto shop = app.mira.id;
    const auto now = app.clock.now();
    write([&](store::Tx& tx) -> Status {
        TRY(stock::join_waitlist(tx, shop, {"lamp"}, "told@mail.example", now));
        TRY(stock::tell_waiting(tx, shop, {"lamp"}, 1, now));
        TRY(stock::join_waitlist(tx, shop, {"lamp"}, "waits@mail.example", now));
        for (const auto* kind : {"kept", "given up", "due"}) TRY(outbox::promise(tx, shop.text, kind, "1", "{}", now + days(9'000)));
        return access::note_audit(tx, shop, "owner", "old", "", now, app.random);
    });
    app.db.sql("UPDATE promise SET state = 'kept', ended_us = " + std::to_string(now.us) + " WHERE kind = 'kept'");
    app.db.sql("UPDATE promise SET state = 'given_up', ended_us = " + std::to_string(now.us) + " WHERE kind = 'given up'");
    struct Table {
        const char* rows;
        std::int64_t at_once, in_a_month, in_two_years_and_two_months;
    };
    const std::array<Table, 6> tables{{{"studio_session", 1, 0, 0},
                                       {"login_link", 1, 0, 0},
                                       {"waitlist", 2, 1, 1},
                                       {"promise WHERE kind = 'kept'", 1, 0, 0},
                                       {"promise WHERE kind <> 'kept'", 2, 2, 2},
                                       {"audit WHERE act = 'old'", 1, 1, 0}}};
    const auto count = [&](const Table& table) { return number("SELECT COUNT(*) AS n FROM " + std::string(table.rows)); };
    app.tick();
    for (const auto& table : tables) EXPECT_EQ(count(table), table.at_once) << table.rows;
    later(days(31));
    for (const auto& table : tables) EXPECT_EQ(count(table), table.in_a_month) << table.rows;
    later(days(760));
    for (const auto& table : tables) EXPECT_EQ(count(table), table.in_two_years_and_two_months) << table.rows;
}

}  // namespace
}  // namespace barrow::testing
