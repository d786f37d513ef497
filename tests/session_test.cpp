// Live sessions through the whole app: their addresses, and what overlays hear.
#include "rooms/live/session.hpp"

#include <gtest/gtest.h>

#include "rooms/snippets/snippet.hpp"
#include "support/app.hpp"

namespace barrow::live {
namespace {

using testing::Engine;

class Sessions : public ::testing::TestWithParam<Engine> {
protected:
    testing::TestApp app{GetParam()};
    testing::Studio mira = app.log_in(app.mira);

    Result<Session> plan(const std::string& title, const std::string& slug = "") {
        return app.db->write_now([&](store::Tx& tx) {
            return schedule(tx, app.mira, {.title = title, .slug = slug, .starts = app.clock.now(), .watch_url = "", .products = {}},
                            app.clock.now(), app.random);
        });
    }
    std::string slug_of(const std::string& title) {
        const auto planned = plan(title);
        return planned ? planned->slug : planned.error().text;
    }
    Session on_air() {
        const auto planned = plan("Tuesday");
        return app.db->write_now([&](store::Tx& tx) { return start(tx, app.mira.id, planned->id, app.clock.now()); }).value();
    }
    // What a control room's button does.
    int press(const Session& session, const std::string& button, testing::Form form) {
        return app.post(mira, "/studio/live/" + session.id.text + "/" + button, std::move(form)).status;
    }
    // As it is typed, on a full minute.
    std::string mira_time(Duration later) {
        const auto minute = Instant{(app.clock.now() + later).us / minutes(1).us * minutes(1).us};
        return iso(minute).substr(0, 16);  // the shop's clock is UTC
    }
    std::vector<catalog::Product> shown_in(const Session& session) {
        return app.db->read_now([&](store::Tx& tx) { return products(tx, app.mira.id, session.id); }).value();
    }
    // The data of the newest event of the name that the overlays heard; null: none.
    wire::Json heard(std::string_view name) {
        for (auto at = app.events.published.rbegin(); at != app.events.published.rend(); ++at) {
            if (at->first.starts_with("overlay:") && at->second.name == name) return wire::read_json(at->second.data).value();
        }
        return {};
    }
};
BARROW_BOTH_ENGINES(Sessions);

TEST_P(Sessions, a_title_may_come_back_each_week_and_be_in_any_script) {
    EXPECT_EQ(slug_of("Tuesday lamps"), "tuesday-lamps");
    EXPECT_EQ(slug_of("Tuesday lamps"), "tuesday-lamps-2");
    EXPECT_EQ(slug_of("Вечер ламп"), "live");
    EXPECT_EQ(slug_of("灯"), "live-2");
    EXPECT_EQ(slug_of(std::string(80, 'a')), std::string(60, 'a'));
    // What was typed is not changed behind anybody's back.
    EXPECT_EQ(plan("Another", "live").error().fault, Fault::conflict);
}

TEST_P(Sessions, what_is_made_on_air_may_be_called_anything) {
    const auto session = on_air();
    for (const std::string& name : {std::string("灯"), std::string("灯"), std::string(70, 'b'), std::string("Lamp")})
        EXPECT_EQ(press(session, "products", {{"name", name}, {"price", "3.50"}, {"units", "4"}}), 303) << name;
    std::vector<std::string> slugs;
    for (const auto& product : shown_in(session)) slugs.push_back(product.slug);
    EXPECT_EQ(slugs, (std::vector<std::string>{"product", "product-2", std::string(60, 'b'), "lamp"}));
}

TEST_P(Sessions, overlays_hear_the_end_of_a_drop_and_which_news_is_newer) {
    const auto session = on_air();
    ASSERT_EQ(press(session, "products", {{"name", "Lamp"}, {"price", "24"}, {"units", "9"}}), 303);
    const auto lamp = shown_in(session).front();
    ASSERT_EQ(press(session, "drop", {{"product", lamp.id.text}, {"price", "20"}, {"units", "6"}, {"minutes", "5"}}), 303);
    const auto pinned = heard("pin");
    ASSERT_FALSE(pinned.is_null());
    EXPECT_EQ(pinned.find("left")->integer(), 6);
    app.clock.advance(minutes(5));
    // At the deadline the page offers what can be held, even before the clockwork comes by.
    EXPECT_NE(app.get("/live/tuesday").body.find("3 left"), std::string::npos);
    for (int i = 0; i < 2; ++i) app.tick();  // the drop closes; what was promised of it is kept
    const auto told = heard("stock");
    ASSERT_FALSE(told.is_null());
    EXPECT_EQ(told.find("left")->integer(), 9);
    EXPECT_GT(told.find("version")->integer(), pinned.find("version")->integer());
}

TEST_P(Sessions, overlays_and_live_pages_hear_within_a_step_that_the_words_changed) {
    const auto session = on_air();
    ASSERT_EQ(press(session, "products", {{"name", "Lamp"}, {"price", "24"}, {"units", "9"}}), 303);
    const auto lamp = shown_in(session).front();
    ASSERT_EQ(press(session, "pin", {{"product", lamp.id.text}}), 303);
    EXPECT_EQ(heard("pin").find("does")->text(), "");
    const auto publish = [&](const std::string& title, testing::Form more = {}) {
        more.insert(more.end(), {{"product", lamp.id.text}, {"title", title}, {"action", "See it"}, {"surface", "live"}});
        const auto id = app.db->read_now([&](store::Tx& tx) { return snippets::all(tx, app.mira.id, app.clock.now()); }).value();
        return app.post(mira, "/studio/snippets" + (id.empty() ? "" : "/" + id[0].id.text), std::move(more)).status;
    };
    ASSERT_EQ(publish("Bring the tide in"), 303);
    app.tick();
    EXPECT_EQ(heard("pin").find("does")->text(), "Bring the tide in");
    const auto document = heard("pin").find("doc")->text();
    EXPECT_EQ(app.get(document).status, 200) << "its proof is where the news says";
    ASSERT_EQ(publish("Light the evening", {{"starts", mira_time(hours(1))}, {"ends", mira_time(hours(2))}}), 303);
    app.tick();
    EXPECT_EQ(heard("pin").find("does")->text(), "Bring the tide in") << "it waits";
    app.clock.advance(hours(1));
    app.tick();
    EXPECT_EQ(heard("pin").find("does")->text(), "Light the evening") << "its time has come";
    EXPECT_NE(heard("pin").find("doc")->text(), document);
    app.clock.advance(hours(1));
    app.tick();
    EXPECT_EQ(heard("pin").find("does")->text(), "Bring the tide in") << "and is over";
    const auto id = app.db->read_now([&](store::Tx& tx) { return snippets::all(tx, app.mira.id, app.clock.now()); }).value()[0].id;
    for (const auto& [turn, says] : {std::pair("revoke", ""), std::pair("restore", "Bring the tide in")}) {
        app.clock.advance(seconds(1));
        ASSERT_EQ(app.post(mira, "/studio/snippets/" + id.text + "/" + turn, {}).status, 303);
        app.tick();
        EXPECT_EQ(heard("pin").find("does")->text(), says) << turn;
    }
}

}  // namespace
}  // namespace barrow::live
