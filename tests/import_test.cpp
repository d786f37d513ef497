// Import and export through their doors: the API, the studio's page, a command in pieces.
#include "rooms/links/import/import.hpp"

#include "rooms/access/quotas.hpp"
#include "rooms/links/import/import_http.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

const std::string table =
    "keyword\turl\ttitle\ttimestamp\tip\tclicks\n"
    "abc\thttps://x.example/\tshort\t2026-11-23 03:46:12\t10.1.2.3\t1204\n"
    "no way\thttps://x.example/\tt\t\t\t2\n"
    "today2\t/p/lamp\tt\t\t\t0\n";

class Import : public ::testing::TestWithParam<Engine> {
protected:
    http::Response upload(const std::string& target, const std::string& body) {
        return app.call({.method = http::Method::post,
                         .target = target,
                         .body = body,
                         .headers = {{"authorization", "Bearer " + key}, {"content-type", "text/csv"}}});
    }
    http::Response send_form(const Studio& studio, const std::vector<std::pair<std::string, std::string>>& fields,
                             const std::string& file) {
        std::string body;
        const auto part = [&](const std::string& head, const std::string& value) {
            body += "--b0undary\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + value + "\r\n";
        };
        for (const auto& [name, value] : fields) part("name=\"" + name + "\"", value);
        part("name=\"file\"; filename=\"links.tsv\"\r\nContent-Type: text/plain", file);
        return app.call({.method = http::Method::post,
                         .target = studio.base + "/studio/link-import",
                         .body = body + "--b0undary--\r\n",
                         .headers = {{"cookie", studio.cookie}, {"content-type", "multipart/form-data; boundary=b0undary"}}});
    }
    // Where the button of what was looked at posts to, "" where there is none.
    static std::string take_of(const std::string& page) { return between(page, "class=\"row\" method=\"post\" action=\"", "\""); }
    static std::string list_of(int links) {
        std::string list = "slug,target\n";
        for (int i = 0; i < links; ++i) list += "n" + std::to_string(i) + ",/p/" + std::to_string(i) + "\n";
        return list;
    }
    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);
};
BARROW_BOTH_ENGINES(Import);

TEST_P(Import, a_large_file_goes_on_by_itself_and_its_page_says_how_far) {
    const auto studio = app.log_in(app.mira);
    const auto take = take_of(body_of(send_form(studio, {{"csrf", studio.csrf}}, list_of(2'500))));
    ASSERT_EQ(app.post(studio, take, {}).status, 303);
    const auto state = take.substr(0, take.rfind('/'));
    auto page = body_of(app.get(studio, state));
    EXPECT_NE(page.find("0 of 2,500 links"), std::string::npos) << page;
    EXPECT_NE(page.find("<noscript><meta http-equiv=\"refresh\""), std::string::npos) << "it looks again without scripts";
    // As if a node had taken the first piece and ended: another one goes on with the second.
    app.db.sql("UPDATE link_import SET pieces_done = 1, added = 1000");
    EXPECT_NE(body_of(app.get(studio, state)).find("1,000 of 2,500 links"), std::string::npos);
    app.tick();
    page = body_of(app.get(studio, state));
    EXPECT_NE(page.find("Added 2,500, already there 0."), std::string::npos);
    EXPECT_EQ(page.find("http-equiv"), std::string::npos) << "it is over";
    EXPECT_EQ(app.get("/s/n999").status, 404) << "no piece is taken twice";
    EXPECT_EQ(app.get("/s/n1000").status, 302);
    EXPECT_EQ(app.get("/s/n2499").status, 302);
    EXPECT_EQ(app.db.sql("SELECT id FROM link_import_file").size(), 0U);
    app.clock.advance(days(8));
    app.tick();
    EXPECT_EQ(app.db.sql("SELECT id FROM link_import").size(), 0U) << "what became of it is told for a week";
}

TEST_P(Import, of_a_large_file_a_try_takes_so_many_pieces_and_promises_the_rest) {
    const auto studio = app.log_in(app.mira);
    // Days of clicks are pieces, too, and cost little: of links that are not here they are left out.
    std::string clicks = "click_id\tclick_time\tshorturl\tip_address\n";
    const auto pieces = static_cast<int>(links::pieces_a_try) + 2;
    for (int i = 0; i < pieces * 1'000; ++i) clicks += "1\t2026-11-22 10:00:00\tn" + std::to_string(i) + "\t-\n";
    const auto page = body_of(send_form(studio, {{"csrf", studio.csrf}}, clicks));
    app.db.sql("UPDATE link_import SET stage = 'going'");
    const auto id = app.db.sql("SELECT id FROM link_import")[0].text("id");
    const auto keep = [&](const std::string& piece) {
        return app.db->write_now([&](store::Tx& tx) -> Status {
            return outbox::promise(tx, app.mira.id.text, links::import_kind, id + "." + piece, "{}", app.clock.now(), outbox::Lane::work);
        });
    };
    ASSERT_TRUE(keep("0"));
    app.tick();
    EXPECT_EQ(app.db.sql("SELECT pieces_done FROM link_import")[0].integer("pieces_done"), links::pieces_a_try);
    app.tick();
    EXPECT_EQ(app.db.sql("SELECT pieces_done FROM link_import")[0].integer("pieces_done"), pieces);
    EXPECT_EQ(app.db.sql("SELECT stage FROM link_import")[0].text("stage"), "done");
}

TEST_P(Import, a_file_waits_for_an_hour_and_three_of_a_shop_at_most) {
    const auto studio = app.log_in(app.mira);
    std::vector<std::string> takes;
    for (int i = 0; i < 4; ++i) {
        app.clock.advance(seconds(1));
        takes.push_back(take_of(body_of(send_form(studio, {{"csrf", studio.csrf}}, list_of(i + 1)))));
    }
    EXPECT_EQ(app.db.sql("SELECT id FROM link_import_file").size(), 3U);
    EXPECT_EQ(app.post(studio, takes[0], {}).status, 404) << "the fourth took the place of the oldest";
    const auto ola = app.make_shop("ola");
    EXPECT_EQ(app.post(app.log_in(ola), takes[1], {}).status, 404) << "of another shop";
    EXPECT_EQ(app.post(studio, "/studio/link-import/none/take", {}).status, 404);
    EXPECT_EQ(app.get(studio, "/studio/link-import/none").status, 404);
    app.clock.advance(minutes(59));
    EXPECT_EQ(app.post(studio, takes[1], {}).status, 303);
    app.clock.advance(minutes(2));
    const auto late = app.post(studio, takes[2], {});
    EXPECT_EQ(late.status, 404);
    EXPECT_NE(body_of(late).find("choose it once more"), std::string::npos);
    for (int i = 0; i < 3; ++i) app.tick();
    EXPECT_EQ(app.db.sql("SELECT id FROM link_import_file").size(), 0U) << "nobody said the word";
}

TEST_P(Import, what_stops_it_is_said_and_what_is_in_stays) {
    const auto studio = app.log_in(app.mira);
    ASSERT_TRUE(app.db->write_now([&](store::Tx& tx) { return access::set_quota(tx, app.mira.id, "links", 1'200); }));
    const auto take = take_of(body_of(send_form(studio, {{"csrf", studio.csrf}}, list_of(2'500))));
    ASSERT_EQ(app.post(studio, take, {}).status, 303);
    app.tick();
    const auto page = body_of(app.get(studio, take.substr(0, take.rfind('/'))));
    EXPECT_NE(page.find("It stopped: This shop may make 1200 links and has"), std::string::npos)
        << between(page, "data-import", "</section>");
    EXPECT_NE(page.find("Added 1,000, already there 0."), std::string::npos);
}

TEST_P(Import, what_cannot_go_on_is_stopped_after_its_last_try_and_a_second_tap_changes_nothing) {
    const auto studio = app.log_in(app.mira);
    const auto take = take_of(body_of(send_form(studio, {{"csrf", studio.csrf}}, list_of(2'500))));
    ASSERT_EQ(app.post(studio, take, {}).status, 303);
    EXPECT_EQ(app.post(studio, take, {}).status, 303);
    app.db.sql("UPDATE link_import SET created_us = created_us - 1");
    for (int i = 0; i < 2; ++i) app.post(studio, take_of(body_of(send_form(studio, {{"csrf", studio.csrf}}, list_of(2'500 + i)))), {});
    EXPECT_EQ(app.post(studio, take, {}).status, 303) << "three go on, and this is one of them";
    const auto fourth = app.post(studio, take_of(body_of(send_form(studio, {{"csrf", studio.csrf}}, list_of(3)))), {});
    EXPECT_NE(body_of(fourth).find("Three imports go on already"), std::string::npos) << body_of(fourth);
    app.db.sql("ALTER TABLE link_alias RENAME TO link_alias_away");
    for (std::size_t i = 0; i <= std::size(links::import_waits); ++i) {
        EXPECT_EQ(app.db.sql("SELECT id FROM link_import WHERE stage = 'going'").size(), 3U) << "before try " << i + 1;
        for (int shops_file = 0; shops_file < 3; ++shops_file) app.tick();  // a shop's files one after another
        app.clock.advance(hours(3));
    }
    app.db.sql("ALTER TABLE link_alias_away RENAME TO link_alias");
    EXPECT_EQ(app.db.sql("SELECT id FROM link_import WHERE stage = 'going'").size(), 0U);
    const auto page = body_of(app.get(studio, take.substr(0, take.rfind('/'))));
    EXPECT_NE(page.find("It stopped: It could not go on, 6 times; import the file again"), std::string::npos) << page;
}

TEST_P(Import, a_slug_that_a_page_has_is_refused_and_the_others_come) {
    ASSERT_EQ(app.api(http::Method::put, "/api/v1/pages/abc", key, R"({"title":"A","publish":true,"blocks":[]})").status, 200);
    for (const std::string dry_run : {"&dry_run=true", ""}) {
        const auto answer = upload("/api/v1/links/import?from=yourls" + dry_run, table);
        ASSERT_EQ(answer.status, 200) << body_of(answer);
        EXPECT_EQ(json_of(answer).find("added")->integer(), 1) << "the dry run says what the run does";
        EXPECT_EQ(json_of(answer).find("refused")->integer(), 2);
    }
}

TEST_P(Import, by_the_api_a_dry_run_says_what_the_run_then_does) {
    for (const std::string dry_run : {"&dry_run=true", ""}) {
        const auto answer = upload("/api/v1/links/import?from=yourls" + dry_run, table);
        ASSERT_EQ(answer.status, 200) << body_of(answer);
        const auto told = json_of(answer);
        EXPECT_EQ(told.find("service")->text(), "yourls");
        EXPECT_EQ(told.find("added")->integer(), 2);
        EXPECT_EQ(told.find("clicks")->integer(), 1'204);
        EXPECT_EQ(told.find("refused")->integer(), 1);
        EXPECT_EQ(told.find("links")->items()[0].find("where")->text(), "line 3") << "what needs a look comes first";
        EXPECT_EQ(app.get("/s/abc").status, dry_run.empty() ? 302 : 404);
    }
    const auto again = json_of(upload("/api/v1/links/import", table));
    EXPECT_EQ(again.find("added")->integer(), 0);
    EXPECT_EQ(again.find("same")->integer(), 2);
    EXPECT_EQ(upload("/api/v1/links/import", "").status, 400);
    key = "bk_nobody";
    EXPECT_EQ(upload("/api/v1/links/import", table).status, 401);
    EXPECT_EQ(app.get("/api/v1/links/export").status, 401);
}

TEST_P(Import, the_export_takes_the_place_of_the_links_in_another_shop) {
    ASSERT_EQ(upload("/api/v1/links/import", table).status, 200);
    ASSERT_EQ(upload("/api/v1/links/import", "click_id\tclick_time\tshorturl\tip_address\n1\t2026-11-22 10:00:00\tabc\t10.1.2.3\n").status,
              200);
    const auto link = json_of(app.api(http::Method::get, "/api/v1/links/abc", key));
    EXPECT_EQ(link.find("clicks")->find("all")->integer(), 1'204);
    EXPECT_EQ(link.find("imported_days")->items()[0].find("day")->text(), "2026-11-22");
    const auto csv = app.api(http::Method::get, "/api/v1/links/export", key);
    EXPECT_EQ(csv.header("content-type"), "text/csv; charset=utf-8");
    EXPECT_EQ(csv.header("content-disposition"), "attachment; filename=\"links-mira.csv\"");
    EXPECT_EQ(body_of(csv).find("10.1.2.3"), std::string::npos) << "no visitor's address is kept";
    EXPECT_NE(body_of(csv).find("abc,http://localhost:8080/s/abc,https://x.example/,short"), std::string::npos) << body_of(csv);
    const auto json = app.api(http::Method::get, "/api/v1/links/export?format=json", key);
    EXPECT_EQ(app.api(http::Method::get, "/api/v1/links/export?format=xml", key).status, 400);
    const auto ola = app.make_shop("ola");
    key = app.make_key(ola);
    EXPECT_EQ(json_of(upload("/@ola/api/v1/links/import", body_of(csv))).find("added")->integer(), 2);
    EXPECT_EQ(json_of(upload("/@ola/api/v1/links/import", body_of(json))).find("same")->integer(), 2);
}

TEST_P(Import, in_the_studio_the_file_is_shown_first_and_imported_by_a_button) {
    const auto studio = app.log_in(app.mira);
    EXPECT_NE(body_of(app.get(studio, "/studio/link-import")).find("enctype=\"multipart/form-data\""), std::string::npos);
    const auto looked = send_form(studio, {{"csrf", studio.csrf}, {"from", ""}}, table);
    ASSERT_EQ(looked.status, 200) << body_of(looked);
    const auto page = body_of(looked);
    EXPECT_NE(page.find("A file of yourls"), std::string::npos);
    EXPECT_NE(page.find("Would add 2, already there 0, refused 1."), std::string::npos);
    EXPECT_EQ(app.get("/s/abc").status, 404);
    EXPECT_EQ(page.find("https://x.example/\tshort"), std::string::npos) << "the file itself does not travel again";
    EXPECT_EQ(app.post({studio.base, studio.cookie, "wrong"}, take_of(page), {}).status, 403);
    const auto done = app.post(studio, take_of(page), {});
    ASSERT_EQ(done.status, 303) << body_of(done);
    EXPECT_EQ(app.get("/s/abc").status, 302) << "a small file is in when it answers";
    EXPECT_NE(body_of(app.get(studio, std::string(done.header("location")))).find("Added 2, already there 0, refused 1."),
              std::string::npos);
    EXPECT_EQ(app.db.sql("SELECT id FROM link_import_file").size(), 0U) << "the file goes when it is in";
    const auto twice = app.post(studio, take_of(page), {});
    ASSERT_EQ(twice.status, 303) << "tapped twice: imported once";
    EXPECT_NE(body_of(app.get(studio, std::string(twice.header("location")))).find("Added 2, already there 0, refused 1."),
              std::string::npos);

    const auto broken = send_form(studio, {{"csrf", studio.csrf}}, std::string("\xff\xfe", 2) + std::string("a\0", 2));
    EXPECT_EQ(broken.status, 422);
    EXPECT_NE(body_of(broken).find("The file is UTF-16"), std::string::npos);
    EXPECT_EQ(send_form(studio, {{"csrf", "other"}}, table).status, 403);
    EXPECT_EQ(app.get("/studio/link-export.csv").status, 303) << "to the login page";
    EXPECT_EQ(body_of(app.get(studio, "/studio/link-export.csv")).substr(0, 21), "slug,short_url,target");
    const auto as_json = app.get(studio, "/studio/link-export.json");
    EXPECT_NE(as_json.header("content-disposition").find(".json"), std::string::npos);
    EXPECT_TRUE(json_of(as_json).is_array());
}

TEST_P(Import, a_password_in_clear_is_asked_for_here_and_stands_nowhere) {
    ASSERT_EQ(upload("/api/v1/links/import", R"([{"key":"a","url":"https://x.example/","password":"hunter2"}])").status, 200);
    EXPECT_TRUE(json_of(app.api(http::Method::get, "/api/v1/links/a", key)).find("has_password")->boolean());
    EXPECT_NE(app.get("/s/a").status, 302);
    const auto body = body_of(app.api(http::Method::get, "/api/v1/links/export", key));
    EXPECT_EQ(body.find("hunter2"), std::string::npos);
    EXPECT_NE(body.find("$argon2id$"), std::string::npos);
}

TEST_P(Import, pieces_of_a_command_add_up) {
    std::string file = "slug,target\n";
    for (int i = 0; i < 2'500; ++i) file += "s" + std::to_string(i) + ",https://x.example/" + std::to_string(i) + "\n";
    const auto batch = links::import::read(file, {}).value();
    const auto all = links::import::pieces(batch);
    ASSERT_EQ(all.size(), 3U);
    for (const std::int64_t added : {2'500, 0}) {
        auto report = links::import::begin_report(batch, links::import::Write::yes);
        for (const auto& piece : all) {
            const auto arguments =
                wire::Json::object({{"service", "csv"}, {"dry_run", false}, {"piece", links::import::piece_json(piece)}});
            const auto answer = app.app->command("import_links", arguments);
            ASSERT_TRUE(answer) << answer.error().text;
            links::import::tell(report, links::import::read_taken(*answer).value());
        }
        EXPECT_EQ(report.count(links::import::State::added), added);
    }
    std::size_t lines = 0;
    for (const char c : body_of(app.api(http::Method::get, "/api/v1/links/export", key))) lines += c == '\n' ? 1 : 0;
    EXPECT_EQ(lines, 2'501U) << "pages of a thousand, and the last one";
}

}  // namespace
}  // namespace barrow::testing
