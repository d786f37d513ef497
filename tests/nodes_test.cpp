// Several programs on one database: what one of them changes, the others know within a second.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "app/moved.hpp"
#include "floor/store/moved.hpp"
#include "rooms/links/link.hpp"
#include "stress/client.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

// ---- in one process: another program that hears when it is told to ------------------------------------------------------------

class Other {
public:
    explicit Other(TestApp& first) : first_(first) {
        app_ = app::App::open({.clock = first.clock,
                               .random = first.random,
                               .log = first.log,
                               .db = *first.db,
                               .bus = *bus_,
                               .events = events_,
                               .fetcher = first.fetcher,
                               .secrets = first.secrets()},
                              {}, "localhost:8080", false)
                   .value();
        front_ = app_->front();
    }
    http::Response get(const std::string& target, const std::string& host = "localhost:8080",
                       std::vector<std::pair<std::string, std::string>> headers = {}) {
        return http::call(front_, first_.loop, {.target = target, .headers = std::move(headers), .authority = host});
    }
    void hear() { EXPECT_TRUE(first_.loop.wait(app_->hear())); }

private:
    TestApp& first_;
    std::unique_ptr<bus::Bus> bus_ = bus::open_in_process();
    RecordingHub events_;
    std::unique_ptr<app::App> app_;
    http::Front front_;
};

class Heard : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        ASSERT_EQ(app.api(http::Method::post, "/api/v1/links", key, R"({"slug":"lamp","target":"https://a.example/"})").status, 201);
    }
    void command(const char* name, wire::Json arguments) {
        arguments.set("shop", "mira");
        const auto done = app.app->command(name, arguments);
        ASSERT_TRUE(done) << done.error().text;
    }
    TestApp app{GetParam()};
    std::string key = app.make_key(app.mira);
    Studio mira = app.log_in(app.mira);
};
BARROW_BOTH_ENGINES(Heard);

TEST_P(Heard, another_program_knows_what_was_changed_as_soon_as_it_hears) {
    Other other(app);
    struct Case {
        const char* what;
        std::function<void()> change;
        std::function<std::string()> seen;
        const char *before, *after;
    };
    const auto follow = [&](const char* path, const char* host = "localhost:8080") {
        const auto answer = other.get(path, host);
        return std::to_string(answer.status) + " " + std::string(answer.header("location"));
    };
    const auto lamp = [&] { return follow("/lamp"); };
    const auto api = [&](http::Method method, const char* path, const char* body) {
        EXPECT_LT(app.api(method, path, key, body).status, 300) << path << " " << body;
    };
    const Case cases[] = {
        {"a target", [&] { api(http::Method::patch, "/api/v1/links/lamp", R"({"target":"https://b.example/"})"); }, lamp,
         "302 https://a.example/", "302 https://b.example/"},
        {"a block by the operator", [&] { command("block_link", wire::Json::object({{"slug", "lamp"}, {"why", "phishing"}})); }, lamp,
         "302 https://b.example/", "403 "},
        {"its end", [&] { command("unblock_link", wire::Json::object({{"slug", "lamp"}})); }, lamp, "403 ", "302 https://b.example/"},
        {"a slug", [&] { api(http::Method::patch, "/api/v1/links/lamp", R"({"slug":"lantern"})"); }, [&] { return follow("/lantern"); },
         "404 ", "302 https://b.example/"},
        {"another address", [&] { api(http::Method::patch, "/api/v1/links/lantern", R"({"aliases":["lamp","torch"]})"); },
         [&] { return follow("/torch"); }, "404 ", "302 https://b.example/"},
        {"an address let go", [&] { api(http::Method::patch, "/api/v1/links/lantern", R"({"aliases":["lamp"]})"); },
         [&] { return follow("/torch"); }, "302 https://b.example/", "404 "},
        {"a page's address",
         [&] {
             ASSERT_EQ(app.post(mira, "/studio/pages", {{"title", "Fair"}, {"slug", "fair"}}).status, 303);
             ASSERT_EQ(
                 app.post(mira, "/studio/pages/fair/blocks", {{"kind", "heading"}, {"text", "x"}, {"from", ""}, {"until", ""}}).status,
                 303);
             ASSERT_EQ(app.post(mira, "/studio/pages/fair/publish", {}).status, 303);
         },
         [&] { return follow("/fair"); }, "404 ", "200 "},
        {"a domain", [&] { command("add_domain", wire::Json::object({{"name", "shop.example"}, {"ignores_case", true}})); },
         [&] { return follow("/LANTERN", "shop.example"); }, "404 ", "302 https://b.example/"},
        {"a live session's state",
         [&] {
             api(http::Method::post, "/api/v1/links", R"({"slug":"stream","target":"https://c.example/","live":"tuesday"})");
             ASSERT_EQ(other.get("/stream").status, 302);
             ASSERT_EQ(app.post(mira, "/studio/live", {{"name", "Tuesday"}, {"starts", "2026-12-01T20:00"}}).status, 303);
         },
         [&] {
             const auto at = follow("/stream");
             return at.substr(0, at.find('?'));
         },
         "404 ", "302 /live/tuesday"},
        {"the look",
         [&] { ASSERT_EQ(app.post(mira, "/studio/page", {{"name", "Mira"}, {"bio", ""}, {"swatch", "#7a2e6b #fbf7fa"}}).status, 303); },
         [&] { return std::string(other.get("/").body.find("--shop-accent:#7a2e6b") != std::string::npos ? "plum" : "green"); }, "green",
         "plum"},
        {"a host that is denied", [&] { command("deny_host", wire::Json::object({{"host", "b.example"}})); },
         [&] { return follow("/lantern"); }, "302 https://b.example/", "403 "},
        {"a host that is allowed again", [&] { command("allow_host", wire::Json::object({{"host", "b.example"}})); },
         [&] { return follow("/lantern"); }, "403 ", "302 https://b.example/"},
        {"a suspension", [&] { command("suspend_shop", wire::Json::object({{"why", "fakes"}})); }, [&] { return follow("/lantern"); },
         "302 https://b.example/", "503 "},
    };
    for (const auto& [what, change, seen, before, after] : cases) {
        other.hear();
        EXPECT_EQ(seen(), before) << what;
        change();
        other.hear();
        EXPECT_EQ(seen(), after) << what;
    }
}

TEST_P(Heard, a_way_out_of_apps_that_the_operator_switches_off_is_off_everywhere) {
    constexpr auto instagram =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22B83 Instagram "
        "359.0.0.0.1 (iPhone15,2; iOS 18_1; de_DE; de; scale=3.00; 1179x2556; 1)";
    ASSERT_EQ(app.api(http::Method::patch, "/api/v1/links/lamp", key, R"({"outside":"offer"})").status, 200);
    Other other(app);
    const auto status = [&] {
        app.clock.advance(seconds(3));
        return other.get("/lamp", "localhost:8080", {{"user-agent", instagram}}).status;
    };
    EXPECT_EQ(status(), 200) << "the page with the button";
    ASSERT_TRUE(app.app->command("switch_escape", wire::Json::object({{"recipe", "instagram-ios"}, {"on", false}})));
    other.hear();
    EXPECT_EQ(status(), 302);
}

TEST_P(Heard, what_was_rolled_back_or_only_read_is_not_told) {
    const auto numbers = [&] {
        std::string text;
        for (const auto row : app.db.sql("SELECT topic, number FROM moved ORDER BY topic"))
            text += row.text("topic") + "=" + std::to_string(row.integer("number")) + " ";
        return text;
    };
    const auto before = numbers();
    EXPECT_NE(before, "");
    EXPECT_EQ(app.get("/lamp").status, 302);
    app.tick();
    EXPECT_EQ(app.get(mira, "/studio/links/lamp").status, 200);
    EXPECT_EQ(app.api(http::Method::patch, "/api/v1/links/lamp", key, R"({"target":"javascript:x"})").status, 400);
    EXPECT_FALSE(app.app->command("block_link", wire::Json::object({{"shop", "mira"}, {"slug", "nobody"}, {"why", "x"}})));
    const auto failed = app.db->write_now([&](store::Tx& tx) -> Status {
        TRY(links::block(tx, app.mira.id, "lamp", "x"));
        return fail(Fault::bad_input, "no");
    });
    EXPECT_FALSE(failed);
    EXPECT_EQ(numbers(), before);
    ASSERT_TRUE(app.app->command("block_link", wire::Json::object({{"shop", "mira"}, {"slug", "lamp"}, {"why", "x"}})));
    EXPECT_NE(numbers(), before);
}

TEST_P(Heard, who_could_not_read_for_an_hour_misses_nothing_and_clocks_may_be_a_minute_off) {
    Other other(app);
    other.hear();
    ASSERT_EQ(other.get("/lamp").header("location"), "https://a.example/");
    const auto at = app.clock.now();
    app.clock.set(at - minutes(1));  // whoever writes is late
    ASSERT_EQ(app.api(http::Method::patch, "/api/v1/links/lamp", key, R"({"target":"https://late.example/"})").status, 200);
    app.clock.set(at);
    other.hear();
    EXPECT_EQ(other.get("/lamp").header("location"), "https://late.example/");

    ASSERT_TRUE(app.app->command("suspend_shop", wire::Json::object({{"shop", "mira"}, {"why", "fakes"}})));
    app.clock.advance(hours(1));
    other.hear();
    EXPECT_EQ(other.get("/lamp").status, 503);
}

// ---- real programs -------------------------------------------------------------------------------------------------------------

using stress::Child;
using stress::get;
using stress::run;

// A server on one data folder, and a second data folder with the same keys on the same database. On PostgreSQL another server runs there,
// and commands go through it; on SQLite commands write by themselves beside the one server, which is not told.
class Nodes : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("barrow-nodes-" + std::to_string(getpid()) + (GetParam() == Engine::sqlite ? "-s" : "-p"));
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_ / "one");
        std::filesystem::create_directories(folder_ / "two");
        ASSERT_EQ(run(words("one", {"shop", "create", "mira", "--name", "Mira"}), log()).status, 0);
        std::filesystem::copy(folder_ / "one/keys", folder_ / "two/keys", std::filesystem::copy_options::recursive);
        if (GetParam() == Engine::sqlite) std::filesystem::create_symlink(folder_ / "one/barrow.db", folder_ / "two/barrow.db");
        write_file(R"(slug,target
lamp,https://a.example/
)");
        ASSERT_EQ(command({"import", "links", (folder_ / "links.csv").string(), "--from", "csv"}), 0);
        one_ = serve(server_one_, "one");
        if (GetParam() == Engine::postgres) two_ = serve(server_two_, "two");
    }
    void TearDown() override {
        if (one_ != 0) { EXPECT_EQ(server_one_.stop(SIGTERM), 0); }
        if (two_ != 0) { EXPECT_EQ(server_two_.stop(SIGTERM), 0); }
        if (HasFailure())
            std::cout << "the servers' log is kept: " << log() << "\n";
        else
            std::filesystem::remove_all(folder_);
    }
    [[nodiscard]] std::string log() const { return (folder_ / "log").string(); }
    [[nodiscard]] std::vector<std::string> words(const std::string& folder, std::vector<std::string> list) const {
        list.insert(list.begin(), std::filesystem::path(media_program()).replace_filename("barrow").string());
        list.insert(list.end(), {"--data", (folder_ / folder).string()});
        if (GetParam() == Engine::postgres) list.insert(list.end(), {"--database", db_.url()});
        return list;
    }
    int serve(Child& server, const std::string& folder) {
        server = Child::start(words(folder, {"serve", "--port", "0"}), log());
        constexpr std::string_view said = "serving on port ";
        const auto line = server.read_line();
        EXPECT_TRUE(line.starts_with(said)) << "\"" << line << "\"; see " << log();
        return line.size() > said.size() ? std::atoi(line.c_str() + said.size()) : 0;
    }
    // On the second folder: not through the server that is looked at.
    int command(std::vector<std::string> list) {
        const auto ran = run(words("two", std::move(list)), log());
        EXPECT_EQ(ran.status, 0) << ran.said;
        return ran.status;
    }
    void write_file(const std::string& csv) { std::ofstream(folder_ / "links.csv") << csv; }
    // Asks the first server again and again, for a second at most.
    template <class Seen>
    void within_a_second(const char* what, Seen seen) {
        const auto began = std::chrono::steady_clock::now();
        const auto spent = [&] { return std::chrono::steady_clock::now() - began; };
        bool there = false;
        while (!(there = seen()) && spent() < std::chrono::seconds(1)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_TRUE(there) << what;
        std::cout << what << ": " << std::chrono::duration_cast<std::chrono::milliseconds>(spent()).count() << " ms\n";
    }
    [[nodiscard]] std::string lamp() const {
        const auto answer = get(one_, "/lamp");
        return std::to_string(answer.status) + " " + answer.header("location");
    }

    TestDatabase db_{GetParam()};
    std::filesystem::path folder_;
    Child server_one_, server_two_;
    int one_ = 0, two_ = 0;
};
BARROW_BOTH_ENGINES(Nodes);

TEST_P(Nodes, the_other_server_knows_within_a_second) {
    ASSERT_EQ(lamp(), "302 https://a.example/");
    command({"link", "block", "lamp", "--why", "phishing"});
    within_a_second("a blocked link", [&] { return lamp() == "403 "; });
    command({"link", "unblock", "lamp"});
    within_a_second("its unblocking", [&] { return lamp() == "302 https://a.example/"; });

    write_file("slug,target\nnews,https://n.example/\n");
    ASSERT_EQ(get(one_, "/news").status, 404);
    command({"import", "links", (folder_ / "links.csv").string(), "--from", "csv"});
    within_a_second("a new link", [&] { return get(one_, "/news").status == 302; });

    command({"shop", "create", "ola", "--name", "Ola's tea", "--zone", "Asia/Kolkata"});
    within_a_second("a new shop", [&] { return get(one_, "/@ola/").status == 200; });
    command({"domain", "add", "tea.example", "--shop", "ola"});
    within_a_second("a domain", [&] {
        return stress::ask(one_, "GET", "/", {}, 20'000, "tea.example").body.find("Ola&#39;s tea") != std::string::npos;
    });
    command({"shop", "suspend", "ola", "--why", "fakes"});
    within_a_second("a suspended shop", [&] { return get(one_, "/@ola/").status == 503; });
    command({"shop", "resume", "ola"});
    within_a_second("its resumption", [&] { return get(one_, "/@ola/").status == 200; });

    // Another program of ours, as a job beside the servers would be: the look and a target.
    SystemClock clock;
    const auto db = store::Database::open(GetParam() == Engine::sqlite ? "sqlite:" + (folder_ / "one/barrow.db").string() : db_.url());
    ASSERT_TRUE(db) << db.error().text;
    (*db)->watch(app::watch(clock));
    ASSERT_EQ(lamp(), "302 https://a.example/") << "and is kept in memory";
    const auto changed = (*db)->write_now([&](store::Tx& tx) -> Status {
        for (auto& shop : TRY(access::all_shops(tx))) {
            if (shop.slug != "mira") continue;
            shop.accent = "#7a2e6b";
            TRY(access::change_shop(tx, shop));
            auto link = TRY(links::find(tx, shop.id, "lamp"));
            link.target = "https://b.example/";
            TRY(links::change(tx, shop.id, "lamp", link, {.who = "command", .what = "target", .at = clock.now()}));
        }
        return {};
    });
    ASSERT_TRUE(changed) << changed.error().text;
    within_a_second("a changed target", [&] { return lamp() == "302 https://b.example/"; });
    within_a_second("a changed look", [&] { return get(one_, "/").body.find("--shop-accent:#7a2e6b") != std::string::npos; });
}

}  // namespace
}  // namespace barrow::testing
