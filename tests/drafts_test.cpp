// Drafts through the doors: by the studio's form, and from devices that come back.
#include <algorithm>

#include "rooms/catalog/product.hpp"
#include "rooms/drafts/draft.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

using drafts::Document;

const std::string phone = "0000000000000000000000000a", desk = "0000000000000000000000000b", made_on_phone = "0000000000000000000000000c";

class Drafts : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        const auto made = app.db->write_now([&](store::Tx& tx) -> Status {
            lamp = TRY(catalog::add(tx, app.mira, {.slug = "tide-lamp", .name = "Tide lamp", .price = {2'450, euro}}, app.clock.now(),
                                    app.random));
            return {};
        });
        ASSERT_TRUE(made) << made.error().text;
        mira = app.log_in(app.mira);
    }
    Form words(std::string title, Form more = {}) {
        Form form{{"product", lamp.id.text}, {"title", std::move(title)}, {"how", "It follows the harbour."},
                  {"action", "See it"},      {"surface", "bio"},          {"surface", "embed"}};
        for (auto& one : more) form.push_back(std::move(one));
        return form;
    }
    // Where a form led, without its toast.
    static std::string path_of(const http::Response& response) {
        EXPECT_EQ(response.status, 303) << response.body.substr(0, 2'000);
        const std::string location(response.header("location"));
        return location.substr(0, location.find('?'));
    }
    std::string keep(Form form) { return path_of(app.post(mira, "/studio/drafts", std::move(form))); }
    static std::string id_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }
    static std::string unescaped(std::string text) {
        for (std::size_t at; (at = text.find("&quot;")) != text.npos;) text.replace(at, 6, "\"");
        return text;
    }
    // The hidden field of a draft's form.
    std::string seen_of(const std::string& path) { return unescaped(between(app.get(mira, path).body, "name=\"seen\" value=\"", "\"")); }
    drafts::Kept kept(const std::string& id) {
        auto found = app.db->read_now([&](store::Tx& tx) { return drafts::find(tx, app.mira.id, id); });
        check(found.ok());
        return std::move(*found);
    }
    http::Response sync(const std::vector<Document>& documents, const std::map<std::string, std::string>& have = {},
                        const std::string& device = phone) {
        auto list = wire::Json::array(), digests = wire::Json::object();
        for (const auto& document : documents) list.push(drafts::to_json(document));
        for (const auto& [id, digest] : have) digests.set(id, digest);
        return send(wire::write_json(wire::Json::object({{"csrf", mira.csrf}, {"device", device}, {"have", digests}, {"drafts", list}})));
    }
    http::Response send(std::string body, std::string type = "application/json") {
        return app.call({.method = http::Method::post,
                         .target = "/studio/drafts/sync",
                         .body = std::move(body),
                         .headers = {{"cookie", mira.cookie}, {"content-type", std::move(type)}, {"accept", "application/json"}}});
    }
    static Document draft_in(const wire::Json& answer, std::size_t at = 0) {
        return drafts::read(*answer.find("drafts")->items().at(at).find("draft")).value();
    }
    void type(Document& draft, const std::string& device, const std::string& field, const std::string& text) {
        drafts::write(draft, {.device = device, .by = device == phone ? "Android phone" : "Mac", .ms = app.clock.now().us / 1'000},
                      {{field, text, drafts::dots(draft, field)}, {"life", "draft", drafts::dots(draft, "life")}});
    }
    Document on_phone(const std::string& title) {
        Document draft{.id = made_on_phone, .context = {}, .fields = {}};
        type(draft, phone, "title", title);
        return draft;
    }

    TestApp app{GetParam()};
    catalog::Product lamp{.price = {0, euro}};
    Studio mira;
};
BARROW_BOTH_ENGINES(Drafts);

TEST_P(Drafts, AFormIsKeptOpenedAgainAndPublished) {
    const auto path = keep(words("Only today: the best lamp, €24", {{"starts", "2026-12-24T18:00"}, {"live_title", "Look at the tide"}}));
    EXPECT_EQ(app.get("/snippets/tide-lamp.json").status, 404) << "a draft is nowhere";
    EXPECT_EQ(app.get("/").body.find("Only today"), std::string::npos);
    const auto list = app.get(mira, "/studio/snippets");
    EXPECT_NE(list.body.find("href=\"" + path + "\""), std::string::npos);
    EXPECT_NE(list.body.find("Only today"), std::string::npos) << "words that are refused when they are signed may be kept";
    const auto form = app.get(mira, path);
    ASSERT_EQ(form.status, 200);
    EXPECT_NE(form.body.find("value=\"Only today: the best lamp, €24\""), std::string::npos);
    EXPECT_NE(form.body.find("value=\"2026-12-24T18:00\""), std::string::npos);
    EXPECT_NE(form.body.find("value=\"Look at the tide\""), std::string::npos);
    EXPECT_NE(form.body.find("name=\"surface\" value=\"embed\" checked"), std::string::npos);
    EXPECT_EQ(form.body.find("name=\"surface\" value=\"live\" checked"), std::string::npos);
    EXPECT_NE(form.body.find("A draft, kept on"), std::string::npos);

    const auto id = id_in(path);
    const auto refused =
        app.post(mira, "/studio/snippets", words("Only today: the best lamp, €24", {{"draft", id}, {"seen", seen_of(path)}}));
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find("name=\"draft\" value=\"" + id), std::string::npos) << "the form still knows its draft";
    EXPECT_EQ(drafts::life(kept(id).document), drafts::life_draft);
    path_of(app.post(mira, "/studio/snippets", words("Bring the tide into the room", {{"draft", id}, {"seen", seen_of(path)}})));
    EXPECT_EQ(app.get("/snippets/tide-lamp.json").status, 200);
    EXPECT_EQ(drafts::life(kept(id).document), drafts::life_published);
    EXPECT_EQ(app.get(mira, "/studio/snippets").body.find(path), std::string::npos);
    EXPECT_NE(app.get(mira, path).body.find("This draft was published on"), std::string::npos);
}

TEST_P(Drafts, ADraftOfAPublishedSnippetBecomesItsNextVersion) {
    const auto snippet = path_of(app.post(mira, "/studio/snippets", words("Bring the tide into the room")));
    const auto path = keep(words("Bring the harbour home", {{"snippet", id_in(snippet)}}));
    const auto form = app.get(mira, path);
    EXPECT_NE(form.body.find("action=\"" + snippet + "\""), std::string::npos) << "publishing makes a version of that snippet";
    EXPECT_NE(form.body.find("value=\"Bring the harbour home\""), std::string::npos);
    path_of(app.post(mira, snippet, words("Bring the harbour home", {{"draft", id_in(path)}, {"seen", seen_of(path)}})));
    EXPECT_NE(body_of(app.get("/snippets/tide-lamp.json")).find("Bring the harbour home"), std::string::npos);
    EXPECT_EQ(drafts::life(kept(id_in(path)).document), drafts::life_published);
}

TEST_P(Drafts, AFormOverwritesOnlyWhatItShowed) {
    const auto path = keep(words("Bring the tide"));
    const auto seen = seen_of(path), id = id_in(path);
    auto away = kept(id).document;
    type(away, phone, "title", "From the phone");
    type(away, phone, "proof", "Measured in May.");
    ASSERT_EQ(sync({away}).status, 200);
    // The form was open meanwhile.
    keep(words("From the form", {{"draft", id}, {"seen", seen}}));
    const auto both = kept(id).document;
    EXPECT_EQ(drafts::value(both, "proof"), "Measured in May.") << "an empty field that was not touched empties nothing";
    ASSERT_EQ(drafts::conflicts(both), std::vector<std::string>{"title"});
    const auto form = app.get(mira, path);
    EXPECT_NE(form.body.find("Written differently elsewhere"), std::string::npos);
    EXPECT_NE(form.body.find("From the phone"), std::string::npos);
    EXPECT_NE(form.body.find("Android phone, "), std::string::npos);
    // Kept again as it was shown, with the other words before one's eyes: that is a choice.
    keep(words("From the form", {{"proof", "Measured in May."}, {"draft", id}, {"seen", seen_of(path)}}));
    EXPECT_TRUE(drafts::conflicts(kept(id).document).empty());
    EXPECT_EQ(drafts::value(kept(id).document, "title"), "From the form");
}

TEST_P(Drafts, DevicesThatComeBackAreMergedAndALostAnswerChangesNothing) {
    auto a = on_phone("From the phone");
    const auto first = sync({a});
    ASSERT_EQ(first.status, 200) << first.body;
    const auto digest = json_of(first).find("drafts")->items()[0].find("digest")->text();
    EXPECT_EQ(json_of(sync({a}, {{made_on_phone, digest}})).find("drafts")->items().size(), 0U) << "sent again it is nothing new";
    auto b = draft_in(json_of(first));
    type(a, phone, "title", "Phone, without a network");
    type(b, desk, "title", "Desk, without a network");
    type(b, desk, "how", "It follows the harbour.");
    sync({a});
    const auto merged = draft_in(json_of(sync({b}, {{made_on_phone, digest}}, desk)));
    EXPECT_EQ(merged, drafts::merge(a, b));
    EXPECT_EQ(drafts::choices(merged, "title").size(), 2U);
    EXPECT_NE(app.get(mira, "/studio/snippets").body.find("1 field to choose"), std::string::npos);
}

TEST_P(Drafts, ARemovedDraftIsToldToThoseWhoHaveItAndComesBackWithWhatWasWritten) {
    auto a = on_phone("From the phone");
    sync({a});
    const auto path = "/studio/drafts/" + made_on_phone;
    const auto removed = app.post(mira, path + "/remove", {{"seen", seen_of(path)}});
    EXPECT_EQ(path_of(removed), "/studio/snippets");
    EXPECT_EQ(json_of(sync({})).find("drafts")->items().size(), 0U) << "who never had it need not know";
    const auto told = json_of(sync({}, {{made_on_phone, "old"}}));
    EXPECT_EQ(drafts::life(draft_in(told)), drafts::life_removed);
    EXPECT_EQ(drafts::life(drafts::merge(a, draft_in(told))), drafts::life_removed);
    type(a, phone, "how", "Written on a train.");
    sync({a});
    EXPECT_EQ(drafts::life(kept(made_on_phone).document), drafts::life_draft);
    EXPECT_FALSE(kept(made_on_phone).ended);
    EXPECT_EQ(drafts::value(kept(made_on_phone).document, "title"), "From the phone");
    EXPECT_NE(app.get(mira, path).body.find("removed"), std::string::npos);

    app.post(mira, path + "/remove", {});
    app.clock.advance(days(29));
    mira = app.log_in(app.mira);
    for (int i = 0; i < 3; ++i) app.tick();
    EXPECT_EQ(path_of(app.post(mira, path + "/restore", {})), path) << "thirty days to think of it";
    app.post(mira, path + "/remove", {});
    app.clock.advance(days(31));
    mira = app.log_in(app.mira);
    for (int i = 0; i < 3; ++i) app.tick();
    EXPECT_EQ(app.get(mira, path).status, 404);
    sync({on_phone("Still on the phone")});
    EXPECT_EQ(app.get(mira, path).status, 200) << "a device that has it may send it anew";
}

TEST_P(Drafts, WhatCannotBeTakenIsToldAndHoldsUpNoOther) {
    auto ahead = on_phone("From the future");
    ahead.id[25] = 'd';
    app.clock.advance(hours(-1));
    auto good = on_phone("Good");
    auto list = wire::Json::array({drafts::to_json(ahead), wire::Json("nonsense"), drafts::to_json(good)});
    auto many = good;
    many.id[25] = 'e';
    for (int i = 0; i < 9; ++i)
        drafts::write(many, {.device = phone.substr(0, 25) + std::to_string(i), .by = "x", .ms = 1}, {{"how", std::to_string(i), {}}});
    list.push(drafts::to_json(many));
    const auto answer = json_of(send(
        wire::write_json(wire::Json::object({{"csrf", mira.csrf}, {"device", phone}, {"have", wire::Json::object()}, {"drafts", list}}))));
    const auto& refused = answer.find("refused")->items();
    ASSERT_EQ(refused.size(), 3U) << wire::write_json(answer);
    EXPECT_EQ(refused[0].find("code")->text(), "clock");
    EXPECT_EQ(refused[1].find("code")->text(), "form");
    EXPECT_EQ(refused[2].find("code")->text(), "bounds");
    EXPECT_EQ(refused[2].find("why")->text(), "How: more than 8 devices wrote it differently; choose one.");
    ASSERT_EQ(answer.find("drafts")->items().size(), 1U);
    EXPECT_EQ(draft_in(answer), good);
}

TEST_P(Drafts, ADeviceThatWasPutBackFromABackupTakesNothingAway) {
    const auto backup = on_phone("Before");
    auto later = backup;
    type(later, phone, "title", "After");
    type(later, phone, "proof", "Measured in May.");
    sync({later});
    auto put_back = backup;
    type(put_back, phone, "how", "Written since.");
    const auto answer = json_of(sync({put_back}, {{made_on_phone, "old"}}));
    EXPECT_EQ(answer.find("refused")->items().at(0).find("code")->text(), "put_back");
    EXPECT_EQ(draft_in(answer), later) << "and the device is told what the shop has";
    EXPECT_EQ(kept(made_on_phone).document, later);
}

TEST_P(Drafts, TheDoorIsTheOwnersAndOfOneShop) {
    const auto body = wire::write_json(
        wire::Json::object({{"csrf", "x"}, {"device", phone}, {"have", wire::Json::object()}, {"drafts", wire::Json::array()}}));
    EXPECT_EQ(send(body).status, 403);
    EXPECT_EQ(send("{").status, 400);
    EXPECT_EQ(send("[]").status, 400);
    EXPECT_EQ(send("csrf=" + mira.csrf, "application/x-www-form-urlencoded").status, 400);
    EXPECT_EQ(app.get("/studio/drafts.json").status, 401);
    EXPECT_EQ(app.get("/studio/drafts").status, 303);
    const auto shell = app.get(mira, "/studio/drafts");
    ASSERT_EQ(shell.status, 200);
    EXPECT_EQ(shell.body.find(mira.csrf), std::string::npos) << "what a device keeps of the page opens no door";
    const auto json = json_of(app.get(mira, "/studio/drafts.json"));
    EXPECT_EQ(json.find("csrf")->text(), mira.csrf);
    EXPECT_EQ(json.find("drafts"), nullptr) << "who asks for drafts says what it has of them";
    EXPECT_EQ(json.find("products")->items()[0].find("name")->text(), "Tide lamp");

    sync({on_phone("Mira's")});
    const auto other = app.make_shop("other");
    const auto theirs = app.log_in(other);
    const auto body_of_theirs = wire::write_json(
        wire::Json::object({{"csrf", theirs.csrf}, {"device", phone}, {"have", wire::Json::object()}, {"drafts", wire::Json::array()}}));
    const auto told = json_of(app.call({.method = http::Method::post,
                                        .target = theirs.base + "/studio/drafts/sync",
                                        .body = body_of_theirs,
                                        .headers = {{"cookie", theirs.cookie}, {"content-type", "application/json"}}}));
    EXPECT_TRUE(told.find("drafts")->items().empty());
    EXPECT_TRUE(told.find("ids")->items().empty());
    EXPECT_EQ(app.get(theirs, "/studio/drafts/" + made_on_phone).status, 404);
}

// What the form of a process writes over all that it shows: the process is known by its pens.
drafts::Kept write_by_form(TestApp& app, drafts::Pens& pens, const std::string& id, const std::string& title) {
    drafts::Pen pen(pens);
    auto kept = app.db->write_now([&](store::Tx& tx) -> Result<drafts::Kept> {
        const auto seen = drafts::read_seen(drafts::write_seen(TRY(drafts::find(tx, app.mira.id, id)).document));
        return drafts::keep(tx, app.mira.id, {.id = id, .values = {{"title", title}}, .seen = seen, .by = "the form"}, pen, app.clock.now(),
                            app.random);
    });
    check(kept.ok());
    pen.committed();
    return std::move(*kept);
}

TEST_P(Drafts, AShopThatWasPutBackFromABackupGivesNoNameTwice) {
    for (const bool started_again : {false, true}) {
        drafts::Pens first, second;
        const auto id = id_in(keep(words("One")));
        write_by_form(app, first, id, "One, from the backup");
        const auto backup = kept(id);
        write_by_form(app, first, id, "Two");
        write_by_form(app, first, id, "Two, by night");
        const auto on_device = kept(id).document;
        const auto put_back = app.db->write_now([&](store::Tx& tx) -> Status {
            TRY(tx.run(store::Query{"", "UPDATE draft SET document = $2, digest = $3 WHERE id = $1"},
                       {id, drafts::canonical(backup.document), backup.digest}));
            return {};
        });
        ASSERT_TRUE(put_back) << put_back.error().text;
        write_by_form(app, started_again ? second : first, id, "Three");
        const auto answer = json_of(sync({on_device}, {{id, "old"}}));
        ASSERT_TRUE(answer.find("refused")->items().empty()) << wire::write_json(answer);
        std::vector<std::string> texts;
        for (const auto& head : drafts::choices(draft_in(answer), "title")) texts.push_back(head.value);
        std::ranges::sort(texts);
        EXPECT_EQ(texts, (std::vector<std::string>{"Three", "Two, by night"})) << "neither took the other's place";
    }
}

TEST_P(Drafts, ThoseWhoWriteByTheFormAreCountedAndHaveABound) {
    const auto id = id_in(keep(words("One")));
    drafts::Pens one, other;
    for (int i = 0; i < 6; ++i) write_by_form(app, i % 2 == 0 ? one : other, id, "Words " + std::to_string(i));
    EXPECT_EQ(kept(id).document.context.size(), 3U) << "a name for each node that writes, however often it does";
    for (int i = 0; i < 70; ++i) {
        drafts::Pens started_again;
        write_by_form(app, started_again, id, "Run " + std::to_string(i));
    }
    EXPECT_EQ(kept(id).document.context.size(), drafts::devices_max);
    EXPECT_EQ(drafts::value(kept(id).document, "title"), "Run 69");
    // Whose commit is not sure writes on under another name.
    const auto other_id = id_in(keep(words("Two")));
    drafts::Pen lost(one);
    const auto failed = app.db->write_now([&](store::Tx& tx) -> Status {
        TRY(drafts::turn(tx, app.mira.id, other_id, drafts::life_removed, {}, lost, app.clock.now(), app.random));
        return fail(Fault::conflict, "no");
    });
    EXPECT_FALSE(failed);
    write_by_form(app, one, other_id, "Three");
    EXPECT_EQ(kept(other_id).document.context.size(), 2U);
}

TEST_P(Drafts, EveryPageOfTheStudioHasALogOutButTheOneThatDevicesKeep) {
    for (const auto* path : {"/studio", "/studio/orders", "/studio/snippets", "/studio/page", "/studio/live"}) {
        const auto page = app.get(mira, path);
        ASSERT_EQ(page.status, 200) << path;
        EXPECT_NE(page.body.find("action=\"/studio/logout\""), std::string::npos) << path;
    }
    EXPECT_EQ(app.get(mira, "/studio/drafts").body.find("/studio/logout"), std::string::npos);
    EXPECT_EQ(app.post(mira, "/studio/logout", {}).status, 303);
    EXPECT_EQ(app.get(mira, "/studio/orders").status, 303);
}

TEST_P(Drafts, AShopKeepsTwoHundred) {
    std::vector<Document> some;
    for (std::size_t i = 0; i < 201; ++i) {
        auto one = on_phone("Number " + std::to_string(i));
        one.id = new_id_text(app.clock.now(), app.random);
        some.push_back(std::move(one));
        if (some.size() == 20) {
            EXPECT_TRUE(json_of(sync(some)).find("refused")->items().empty());
            some.clear();
        }
    }
    const auto refused = json_of(sync(some)).find("refused")->items();
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_NE(refused[0].find("why")->text().find("200 drafts are kept at most"), std::string::npos);
}

}  // namespace
}  // namespace barrow::testing
