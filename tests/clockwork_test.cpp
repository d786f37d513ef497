// What the clockwork does for every shop, and how anybody sees that it does.
#include <gtest/gtest.h>

#include "floor/outbox/outbox.hpp"
#include "rooms/payments/payments.hpp"
#include "rooms/stock/stock.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class Clockwork : public ::testing::TestWithParam<Engine> {
protected:
    TestApp app{GetParam()};

    void give_up(std::string_view kind, const char* key, const char* error) {
        const auto made = app.db->write_now(
            [&](store::Tx& tx) { return outbox::promise(tx, app.mira.id.text, kind, key, "{}", app.clock.now() + days(1)); });
        ASSERT_TRUE(made) << made.error().text;
        app.db.sql("UPDATE promise SET state = 'given_up', tries = 11, ended_us = $2, error = $3 WHERE key = $1",
                   {key, app.clock.now(), error});
    }
};
BARROW_BOTH_ENGINES(Clockwork);

TEST_P(Clockwork, healthz_fails_when_nothing_moves_on) {
    EXPECT_EQ(app.get("/healthz").status, 200) << "not stepped yet, and only just opened";
    app.clock.advance(seconds(11));
    const auto silent = app.get("/healthz");
    EXPECT_EQ(silent.status, 503);
    EXPECT_EQ(silent.body, "the clockwork made no good step for 11 s: the log says why, mostly the database\n");
    app.tick();
    EXPECT_EQ(app.get("/healthz").status, 200);
    EXPECT_EQ(app.get("/healthz").body, "ok\n");
    app.clock.advance(seconds(10));
    EXPECT_EQ(app.get("/healthz").status, 200);
    // A database that does not answer: steps go on, and none is good.
    app.db.sql("ALTER TABLE promise RENAME TO promise_away");
    app.clock.advance(seconds(1));
    app.tick();
    EXPECT_EQ(app.get("/healthz").status, 503);
    const auto metrics = app.get("/metrics");
    EXPECT_EQ(metrics.status, 200);
    EXPECT_NE(metrics.body.find("\nbarrow_database_answers 0\n"), std::string::npos) << metrics.body;
    EXPECT_NE(metrics.body.find("\nbarrow_clockwork_age_seconds 11\n"), std::string::npos) << metrics.body;
    app.db.sql("ALTER TABLE promise_away RENAME TO promise");
    app.tick();
    EXPECT_EQ(app.get("/healthz").status, 200);
}

TEST_P(Clockwork, a_refund_that_was_given_up_is_on_the_home_page_and_in_the_metrics) {
    const auto mira = app.log_in(app.mira);
    app.tick();
    EXPECT_EQ(app.get(mira, "/studio").body.find("given up"), std::string::npos);
    EXPECT_NE(app.get("/metrics").body.find("\nbarrow_promises_given_up 0\n"), std::string::npos);
    give_up(payments::refund_kind, "r1", "the card is closed");
    give_up(stock::left_changed_kind, "lamp:held:1", "the overlay was asleep");
    const auto home = app.get(mira, "/studio").body;
    EXPECT_NE(home.find("A refund did not reach the payment provider; given up after 11 tries: the card is closed"), std::string::npos);
    EXPECT_EQ(home.find("asleep"), std::string::npos) << "an old count misses nobody";
    EXPECT_NE(app.get("/metrics").body.find("\nbarrow_promises_given_up 2\n"), std::string::npos);
    const auto other = app.log_in(app.make_shop("other"));
    EXPECT_EQ(app.get(other, "/studio").body.find("given up"), std::string::npos) << "another shop's trouble";
}

TEST_P(Clockwork, old_holds_are_forgotten_in_every_shop) {
    const auto other = app.make_shop("other");
    for (const auto& shop : {app.mira.id, other.id}) {
        for (const auto* id : {"old", "young"}) {
            const auto expires = app.clock.now() + (std::string_view(id) == "old" ? Duration{} : hours(1));
            app.db.sql(
                "INSERT INTO hold (shop_id, id, product_id, pieces, quote, context, back_path, expires_us) "
                "VALUES ($1, $2, 'lamp', 1, '', '', '/', $3)",
                {shop, id, expires});
        }
    }
    app.clock.advance(days(1));
    app.clock.advance(seconds(1));
    for (int i = 0; i < 2; ++i) app.tick();
    const auto kept = app.db.sql("SELECT id FROM hold ORDER BY id");
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].text("id"), "young");
    EXPECT_EQ(kept[1].text("id"), "young");
}

}  // namespace
}  // namespace barrow::testing
