// Signing up for letters: asked, mailed, confirmed by a button, stopped; and what the shop and its webhooks see of it.
#include "rooms/letters/letters.hpp"

#include "floor/outbox/outbox.hpp"
#include "floor/sign/standard_webhook.hpp"
#include "floor/wire/form.hpp"
#include "support/app.hpp"
#include "support/mail_server.hpp"
#include "support/smtp.hpp"

namespace barrow::testing {
namespace {

app::Config with_mail() {
    app::Config config;
    config.mail_from = "stall@mira.example";
    config.guard = false;  // what is asked for here are webhooks
    return config;
}

class Letters : public ::testing::TestWithParam<Engine> {
protected:
    ScriptedSmtp smtp;
    TestApp app{GetParam(), with_mail(), &smtp};
    Studio buyer;  // no cookie, no csrf

    http::Response ask(const std::string& email, Form more = {}) {
        more.emplace_back("email", email);
        return app.post(buyer, "/letters", std::move(more));
    }
    // The path that the last mail leads to; the last one to `address`.
    std::string path(std::string_view address = "") {
        std::string text;
        for (const auto& one : smtp.sent) {
            if (address.empty() || one.to == address) text = one.message;
        }
        return "/letters/" + between(text, "List-Unsubscribe: <http://localhost:8080/letters/", ">");
    }
    std::string state(const std::string& address) {
        const auto rows = app.db.sql("SELECT state FROM letter_subscriber WHERE address = $1", {address});
        return rows.empty() ? "none" : rows[0].text("state");
    }
};
BARROW_BOTH_ENGINES(Letters);

TEST_P(Letters, are_confirmed_by_a_button_and_stopped_by_another) {
    const auto form = app.get("/letters");
    EXPECT_EQ(form.status, 200);
    EXPECT_NE(form.body.find("Mira&#39;s stall may write to me"), std::string::npos) << form.body;
    const auto answer = ask("ada@mail.example");
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.body.find("Look into your mail"), std::string::npos);
    app.tick();
    ASSERT_EQ(smtp.sent.size(), 1U);
    EXPECT_EQ(smtp.sent[0].from, "stall@mira.example");
    EXPECT_EQ(smtp.sent[0].to, "ada@mail.example");
    const auto link = path();
    EXPECT_EQ(link.size(), std::string("/letters/").size() + 22);
    // A scanner that opens the link confirms nothing.
    for (int i = 0; i < 3; ++i) EXPECT_NE(app.get(link).body.find("Yes, write to me"), std::string::npos);
    EXPECT_EQ(state("ada@mail.example"), "asked");
    EXPECT_NE(app.post(buyer, link, {{"do", "confirm"}}).body.find("You are on the list"), std::string::npos);
    EXPECT_EQ(state("ada@mail.example"), "confirmed");
    EXPECT_NE(app.post(buyer, link, {{"do", "confirm"}}).body.find("You are on the list"), std::string::npos) << "tapped twice";
    EXPECT_NE(app.post(buyer, link, {{"do", "stop"}}).body.find("No letters go there"), std::string::npos);
    EXPECT_EQ(state("ada@mail.example"), "stopped");
    app.post(buyer, link, {{"do", "confirm"}});
    EXPECT_EQ(state("ada@mail.example"), "stopped") << "an old mail brings nobody back";
    EXPECT_EQ(app.post(buyer, link, {{"do", "dance"}}).status, 400);
    EXPECT_EQ(app.get("/letters/nobodys").status, 404);
}

TEST_P(Letters, are_stopped_by_the_mail_program_in_one_click) {
    ask("ada@mail.example");
    app.tick();
    app.post(buyer, path(), {{"do", "confirm"}});
    // RFC 8058: no cookie, no origin, either of the two form types.
    const auto stopped = app.call({.method = http::Method::post,
                                   .target = path(),
                                   .body = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n",
                                   .headers = {{"content-type", "multipart/form-data; boundary=x"}}});
    EXPECT_EQ(stopped.status, 200);
    EXPECT_EQ(state("ada@mail.example"), "stopped");
}

TEST_P(Letters, answer_alike_whoever_asks_and_mail_once_a_day) {
    const auto first = ask("ada@mail.example").body;
    app.tick();
    app.clock.advance(hours(23));
    const auto nonce_free = [](std::string body) {
        const auto nonce = between(body, "nonce=\"", "\"");
        for (auto at = body.find(nonce); at != std::string::npos; at = body.find(nonce)) body.erase(at, nonce.size());
        return body;
    };
    EXPECT_EQ(nonce_free(ask("ada@mail.example").body), nonce_free(first)) << "asked again";
    app.tick();
    EXPECT_EQ(smtp.sent.size(), 1U);
    app.clock.advance(hours(1));
    ask("ada@mail.example");
    app.tick();
    EXPECT_EQ(smtp.sent.size(), 2U);
    app.post(buyer, path(), {{"do", "confirm"}});
    app.clock.advance(days(2));
    EXPECT_EQ(nonce_free(ask("ada@mail.example").body), nonce_free(first)) << "is on the list";
    app.tick();
    EXPECT_EQ(smtp.sent.size(), 2U) << "who is on the list gets no other mail";
    EXPECT_EQ(state("ada@mail.example"), "confirmed");
    EXPECT_EQ(nonce_free(ask("ada@mail.example", {{"website", "https://spam.example"}}).body), nonce_free(first));
}

TEST_P(Letters, refuse_what_is_not_a_wish) {
    EXPECT_EQ(ask("ada").status, 422);
    EXPECT_NE(ask("ada").body.find("This is no e-mail address"), std::string::npos);
    EXPECT_EQ(ask("ada@mail.example", {{"list", "nowhere"}}).status, 404);
    ask("trap@mail.example", {{"website", "https://spam.example"}});
    EXPECT_EQ(state("trap@mail.example"), "none");
    const auto strange = app.call({.method = http::Method::post,
                                   .target = "/letters",
                                   .body = "email=eve%40mail.example",
                                   .headers = {{"content-type", "application/x-www-form-urlencoded"}, {"origin", "https://eve.example"}}});
    EXPECT_EQ(strange.status, 403);
    EXPECT_EQ(ask("ada@mail.example").status, 200);
    EXPECT_EQ(ask("bob@mail.example").status, 429) << "the sixth within a minute";
    app.clock.advance(minutes(1));
    EXPECT_EQ(ask("bob@mail.example").status, 200);
}

TEST_P(Letters, forget_who_does_not_confirm_within_a_week) {
    ask("ada@mail.example");
    app.clock.advance(seconds(1));
    ask("bob@mail.example");
    app.tick();
    const auto bobs = path("bob@mail.example");
    app.post(buyer, bobs, {{"do", "confirm"}});
    app.post(buyer, bobs, {{"do", "stop"}});
    app.clock.advance(days(1));
    ask("bob@mail.example");  // again, and in vain
    app.clock.advance(hours(7 * 24 - 1));
    app.tick();
    EXPECT_EQ(state("ada@mail.example"), "none");
    EXPECT_EQ(state("bob@mail.example"), "asked");
    app.clock.advance(hours(1));
    app.tick();
    EXPECT_EQ(state("bob@mail.example"), "stopped") << "the consent of then stays on record";
    app.clock.advance(days(31));
    app.tick();
    EXPECT_EQ(app.db.sql("SELECT key FROM promise WHERE lane = 1").size(), 0U) << "what was sent is forgotten";
}

TEST_P(Letters, bounce_for_good_and_wait_for_the_rest) {
    smtp.refuses.emplace("gone@mail.example", fail(Fault::not_found, "550"));
    smtp.refuses.emplace("later@mail.example", fail(Fault::outside, "451"));
    ask("gone@mail.example");
    ask("later@mail.example");
    app.tick();
    EXPECT_EQ(state("gone@mail.example"), "bounced");
    EXPECT_EQ(app.db.sql("SELECT key FROM promise WHERE state = 'kept' AND kind = 'letters.mail'").size(), 1U) << "nothing to look at";
    EXPECT_EQ(state("later@mail.example"), "asked");
    smtp.refuses.clear();
    app.clock.advance(outbox::backoff[0]);
    app.tick();
    ASSERT_EQ(smtp.sent.size(), 1U);
    EXPECT_EQ(smtp.sent[0].to, "later@mail.example");
}

TEST_P(Letters, keep_no_secret_in_the_database) {
    ask("ada@mail.example");
    app.tick();
    const auto token = path().substr(std::string("/letters/").size());
    for (const auto* question : {"SELECT payload AS text FROM promise", "SELECT nonce AS text FROM letter_subscriber",
                                 "SELECT token_hash AS text FROM letter_subscriber"}) {
        for (const auto row : app.db.sql(question)) EXPECT_EQ(row.text("text").find(token), std::string::npos) << question;
    }
    EXPECT_EQ(app.db.sql("SELECT payload FROM promise WHERE payload LIKE '%mail.example%'").size(), 0U) << "nor an address in the outbox";
}

TEST_P(Letters, belong_to_their_shop) {
    const auto other = app.make_shop("other");
    ask("ada@mail.example");
    app.tick();
    EXPECT_EQ(app.get("/@other" + path()).status, 404);
    EXPECT_EQ(app.get(app.log_in(other), "/studio/export/letters.csv").body, letters::csv_header());
}

TEST_P(Letters, are_seen_in_the_studio_and_taken_along) {
    const auto mira = app.log_in(app.mira);
    EXPECT_NE(app.get(mira, "/studio/letters").body.find("Nobody yet"), std::string::npos);
    EXPECT_EQ(app.post(mira, "/studio/letters", {{"slug", "drops"}, {"name", "Drops only"}, {"words", "A mail before each drop."}}).status,
              303);
    const auto wrong = app.post(mira, "/studio/letters", {{"slug", "Drops!"}, {"name", "=1+1"}, {"words", "Words."}});
    EXPECT_EQ(wrong.status, 422);
    EXPECT_NE(wrong.body.find("short name has 1 to 40"), std::string::npos);
    ask("=cmd@mail.example", {{"list", "drops"}});
    app.tick();
    EXPECT_EQ(app.post(mira, "/studio/letters", {{"slug", "drops"}, {"name", "Drops"}, {"words", "Other words."}}).status, 303);
    EXPECT_NE(app.get(path()).body.find("A mail before each drop."), std::string::npos) << "as they were shown";
    app.post(buyer, path(), {{"do", "confirm"}});
    const auto page = app.get(mira, "/studio/letters").body;
    EXPECT_NE(page.find("=cmd@mail.example"), std::string::npos);
    const auto file = app.get(mira, "/studio/export/letters.csv");
    EXPECT_NE(file.body.find("'=cmd@mail.example"), std::string::npos) << "no formula: " << file.body;
    const auto table = wire::read_csv(file.body).value();
    ASSERT_EQ(table.rows.size(), 1U);
    EXPECT_EQ(table.rows[0][1], "=cmd@mail.example");
    EXPECT_EQ(table.rows[0][2], "confirmed");
    EXPECT_EQ(table.rows[0][6], "A mail before each drop.");
    EXPECT_EQ(app.get("/studio/export/letters.csv").status, 303) << "to the login";
    EXPECT_EQ(
        app.post(mira, between(page, "<form method=\"post\" action=\"/studio/letters/", "\"").insert(0, "/studio/letters/"), {}).status,
        303);
    EXPECT_EQ(state("=cmd@mail.example"), "stopped");
}

TEST_P(Letters, are_listed_for_programs_page_by_page) {
    for (const auto* one : {"a@mail.example", "b@mail.example", "c@mail.example"}) {
        ask(one);
        app.clock.advance(seconds(1));
    }
    EXPECT_EQ(app.api(http::Method::get, "/api/v1/letters", "").status, 401);
    const auto key = app.make_key(app.mira);
    std::string seen;
    std::string next = "/api/v1/letters?limit=2";
    for (int pages = 0; !next.empty() && pages < 5; ++pages) {
        const auto page = json_of(app.api(http::Method::get, next, key));
        for (const auto& one : page.find("items")->items()) seen += one.find("address")->text() + " ";
        seen += "| ";
        next = page.find("next")->is_null() ? "" : page.find("next")->text();
    }
    EXPECT_EQ(seen, "a@mail.example b@mail.example | c@mail.example | ");
}

TEST_P(Letters, are_as_many_a_day_as_the_operator_lets_the_shop_send) {
    const auto quota = [&](std::int64_t most) {
        ASSERT_TRUE(app.app->command("set_quota", wire::Json::object({{"shop", "mira"}, {"what", "mails"}, {"most", most}})));
    };
    const auto sent = [&] {
        app.tick();
        return smtp.sent.size();
    };
    quota(2);
    ask("a@mail.example");
    ask("a@mail.example");  // one mail a day for an address
    EXPECT_EQ(ask("b@mail.example").status, 200);
    const auto refused = ask("c@mail.example");
    EXPECT_EQ(refused.status, 429);
    EXPECT_NE(body_of(refused).find("Come back tomorrow"), std::string::npos);
    EXPECT_EQ(state("c@mail.example"), "none") << "nothing of who was refused is kept";
    EXPECT_EQ(sent(), 2U);
    const auto other = app.make_shop("other");
    EXPECT_EQ(app.post({.base = "/@other", .cookie = "", .csrf = ""}, "/letters", {{"email", "c@mail.example"}}).status, 200)
        << "it is mira's alone";
    EXPECT_EQ(sent(), 3U);
    app.clock.advance(days(1));
    EXPECT_EQ(ask("c@mail.example").status, 200) << "a new day";
    EXPECT_EQ(sent(), 4U);
    quota(0);
    EXPECT_EQ(ask("d@mail.example").status, 429);
    quota(-1);
    EXPECT_EQ(ask("d@mail.example").status, 200);
}

TEST_P(Letters, are_not_offered_where_no_mail_can_be_sent) {
    TestApp silent(GetParam());
    EXPECT_EQ(silent.get("/letters").status, 404);
    EXPECT_NE(silent.get("/letters").body.find("cannot send mail"), std::string::npos);
    EXPECT_EQ(silent.post(buyer, "/letters", {{"email", "ada@mail.example"}}).status, 404);
    EXPECT_NE(silent.get(silent.log_in(silent.mira), "/studio/letters").body.find("No mail server is set up"), std::string::npos);
}

TEST(LettersByMail, a_real_server_takes_puts_off_and_refuses) {
    MailServer server;
    const auto smtp = fetch::open_smtp(fetch::read_smtp("smtp://127.0.0.1:" + std::to_string(server.port())).value());
    TestApp app(Engine::sqlite, with_mail(), smtp.get());
    const Studio buyer;
    for (const auto* one : {"nobody@mail.example", "later@mail.example"}) app.post(buyer, "/letters", {{"email", one}});
    app.tick();
    const auto state = [&](const char* address) {
        return app.db.sql("SELECT state FROM letter_subscriber WHERE address = $1", {address})[0].text("state");
    };
    EXPECT_EQ(state("nobody@mail.example"), "bounced");
    for (int i = 0; i < 2; ++i) {
        app.clock.advance(outbox::backoff[i]);
        app.tick();
    }
    const auto got = server.next();
    EXPECT_EQ(got.find("to")->items()[0].text(), "later@mail.example") << "the third time, as greylisting wants it";
    EXPECT_EQ(got.find("subject")->text(), "Please confirm: Letters from Mira's stall");
    EXPECT_EQ(got.find("from_name")->text(), "Mira's stall");
    const auto path = "/letters/" + between(got.find("text")->text(), "http://localhost:8080/letters/", "\n");
    app.post(buyer, path, {{"do", "confirm"}});
    EXPECT_EQ(state("later@mail.example"), "confirmed");
}

// ---- webhooks --------------------------------------------------------------------------------------------------------------

Bytes bytes_of(const std::string& secret) {
    auto text = secret.substr(6);
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    while (text.ends_with('=')) text.pop_back();
    return read_base64url(text).value();
}

TEST_P(Letters, tell_the_shops_webhooks_of_each_consent) {
    const auto key = app.make_key(app.mira);
    const auto url = std::string("https://crm.example/hook");
    const auto made = json_of(app.api(http::Method::post, "/api/v1/webhooks", key,
                                      R"({"url":"https://crm.example/hook","events":["letters.confirmed","letters.stopped"]})"));
    const auto secret = bytes_of(made.find("secret")->text());
    EXPECT_EQ(secret.size(), 32U);
    app.fetcher.answer(url, {.status = 204});
    ask("ada@mail.example");
    app.tick();
    app.post(buyer, path(), {{"do", "confirm"}});
    app.tick();
    app.post(buyer, path(), {{"do", "stop"}});
    app.tick();
    ASSERT_EQ(app.fetcher.asked.size(), 2U);
    const std::string types[] = {"letters.confirmed", "letters.stopped"};
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& sent = app.fetcher.asked[i];
        EXPECT_EQ(sent.method, "POST");
        EXPECT_EQ(sent.peer, fetch::Peer::given_by_user);
        sign::WebhookHeaders headers;
        for (const auto& [name, value] : sent.headers) {
            if (name == "webhook-id") headers.id = value;
            if (name == "webhook-timestamp") headers.timestamp = value;
            if (name == "webhook-signature") headers.signature = value;
        }
        EXPECT_TRUE(sign::check_webhook(secret, headers, sent.body, app.clock.now()));
        const auto body = wire::read_json(sent.body).value();
        EXPECT_EQ(body.find("type")->text(), types[i]);
        EXPECT_EQ(body.find("data")->find("address")->text(), "ada@mail.example");
    }
    EXPECT_EQ(app.db.sql("SELECT id FROM webhook_endpoint WHERE secret LIKE '%whsec%'").size(), 0U);
}

TEST_P(Letters, webhooks_follow_the_schedule_and_are_switched_off_after_five_days) {
    const auto key = app.make_key(app.mira);
    const auto url = std::string("https://crm.example/hook");
    const auto id =
        json_of(app.api(http::Method::post, "/api/v1/webhooks", key, R"({"url":"https://crm.example/hook"})")).find("id")->text();
    app.fetcher.answer(url, {.status = 500});
    app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"map","target":"https://a.example/"})");
    app.tick();
    std::size_t tries = 1;
    EXPECT_EQ(app.fetcher.asked.size(), tries);
    for (const auto wait : {seconds(5), minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)}) {
        app.clock.advance({wait.us - 1});
        app.tick();
        EXPECT_EQ(app.fetcher.asked.size(), tries) << "too early";
        app.clock.advance(microseconds(1));
        app.tick();
        EXPECT_EQ(app.fetcher.asked.size(), ++tries);
        EXPECT_EQ(app.fetcher.asked.back().headers[1], app.fetcher.asked.front().headers[1]) << "the same webhook-id";
    }
    const auto disabled = [&] {
        return !json_of(app.api(http::Method::get, "/api/v1/webhooks", key)).find("items")->items()[0].find("disabled")->is_null();
    };
    EXPECT_FALSE(disabled()) << "75 hours are not five days";
    app.clock.advance(days(2));
    app.api(http::Method::patch, "/api/v1/links/map", key, R"({"target":"https://b.example/"})");
    app.tick();
    EXPECT_TRUE(disabled());
    const auto so_far = app.fetcher.asked.size();
    app.api(http::Method::patch, "/api/v1/links/map", key, R"({"target":"https://c.example/"})");
    app.tick();
    EXPECT_EQ(app.fetcher.asked.size(), so_far) << "off";
    EXPECT_NE(app.get(app.log_in(app.mira), "/studio").body.find("switched off"), std::string::npos);
    // Mended: a test goes through and switches it on again.
    app.fetcher.answer(url, {.status = 200});
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/webhooks/" + id + "/test", key).status, 202);
    app.tick();
    EXPECT_FALSE(disabled());
    // Who says 410 wants no more.
    app.fetcher.answer(url, {.status = 410});
    app.api(http::Method::patch, "/api/v1/links/map", key, R"({"target":"https://d.example/"})");
    app.tick();
    EXPECT_TRUE(disabled());
    const auto rotated = app.api(http::Method::post, "/api/v1/webhooks/" + id + "/rotate", key);
    EXPECT_TRUE(json_of(rotated).find("secret")->text().starts_with("whsec_"));
    EXPECT_FALSE(disabled());
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/webhooks/" + id, key).status, 200);
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/webhooks/" + id, key).status, 404);
    const auto other = app.make_key(app.make_shop("other"));
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/webhooks/" + id + "/test", other).status, 401) << "another shop's key";
}

TEST_P(Letters, webhooks_are_told_of_links_and_of_clicks_as_counts) {
    const auto key = app.make_key(app.mira);
    app.fetcher.answer("https://crm.example/hook", {.status = 200});
    app.api(http::Method::post, "/api/v1/webhooks", key, R"({"url":"https://crm.example/hook"})");
    app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"map","target":"https://a.example/","password":"secret-word"})");
    app.tick();
    app.api(http::Method::patch, "/api/v1/links/map", key, R"({"password":null})");
    app.api(http::Method::patch, "/api/v1/links/map", key, R"({"password":null})");  // changes nothing
    app.tick();
    const auto phone =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
        "Mobile/15E148 Safari/604.1";
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(app.call({.target = "/s/map", .headers = {{"user-agent", phone}}}).status, 302);
        app.clock.advance(seconds(3));
    }
    app.call({.target = "/s/map", .headers = {{"user-agent", "curl/8.0"}}});
    for (int i = 0; i < 3; ++i) {
        app.clock.advance(seconds(6));
        app.tick();
    }
    std::vector<std::string> told;
    for (const auto& sent : app.fetcher.asked) {
        const auto body = wire::read_json(sent.body).value();
        told.push_back(body.find("type")->text() + " " + wire::write_json(*body.find("data")));
    }
    ASSERT_EQ(told.size(), 3U);
    EXPECT_TRUE(told[0].starts_with("link.created {") && told[0].find("\"slug\":\"map\"") != std::string::npos) << told[0];
    EXPECT_EQ(told[0].find("argon2"), std::string::npos);
    EXPECT_TRUE(told[1].starts_with("link.updated {")) << told[1];
    EXPECT_EQ(told[2], R"(link.clicked {"links":[{"number":1,"clicks":3}]})");
}

TEST_P(Letters, webhooks_refuse_odd_addresses_and_events) {
    const auto key = app.make_key(app.mira);
    for (const auto* body : {R"({})", R"({"url":"ftp://a.example/"})", R"({"url":"https://a.example/","events":["link.exploded"]})",
                             R"({"url":"https://a.example/","events":"link.created"})", R"({"url":"https://a.example/","colour":"red"})"}) {
        EXPECT_EQ(app.api(http::Method::post, "/api/v1/webhooks", key, body).status, 400) << body;
    }
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(app.api(http::Method::post, "/api/v1/webhooks", key, R"({"url":"https://a.example/"})").status, 201);
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/webhooks", key, R"({"url":"https://a.example/"})").status, 409);
}

}  // namespace
}  // namespace barrow::testing
