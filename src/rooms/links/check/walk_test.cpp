// Walks along links that a real server of ours plays, over loopback.
#include "rooms/links/check/walk.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "floor/base/random.hpp"
#include "floor/fetch/url.hpp"
#include "floor/http/server.hpp"
#include "rooms/links/check/told.hpp"
#include "support/certificate.hpp"
#include "support/fetcher.hpp"

namespace barrow::links::linkcheck {
namespace {

using http::Request;
using http::Response;

class LinkWalk : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("barrow-walk-" + SystemRandom().token(8));
        std::filesystem::create_directory(folder_);
        testing::write_certificate(folder_ / "certificate.pem", folder_ / "key.pem", 60);
        const auto query = [](const Request& request) { return request.query.empty() ? "" : "?" + std::string(request.query); };
        const auto on = [this](std::string path, std::function<Response(Request&)> play) {
            router_.add({http::Method::get, std::move(path), http::Quick(std::move(play))});
        };
        on("/lamp", [](Request&) { return Response::html("<title>Tide lamp</title><p>A lamp that follows the harbour."); });
        on("/clean", [query](Request& request) { return Response::redirect("/lamp" + query(request)); });
        on("/kept", [query](Request& request) {
            return Response::redirect("/lamp" + query(request), 301).with("cache-control", "private, max-age=90");
        });
        on("/dropping", [](Request&) { return Response::redirect("/lamp"); });
        on("/chain/:n", [query](Request& request) {
            const int n = std::stoi(request.parameter("n"));
            return Response::redirect((n == 0 ? "/lamp" : "/chain/" + std::to_string(n - 1)) + query(request));
        });
        on("/loop", [query](Request& request) { return Response::redirect("/pool" + query(request)); });
        on("/pool", [query](Request& request) { return Response::redirect("/loop" + query(request)); });
        on("/cookie", [query](Request& request) {  // sends back to itself until the cookie is there
            if (request.cookie("seen") == "1") return Response::redirect("/lamp" + query(request));
            return Response::redirect("/cookie" + query(request)).with("set-cookie", "seen=1; Path=/").with("set-cookie", "b=2");
        });
        on("/down", [this, query](Request& request) { return Response::redirect(plain_ + "/lamp" + query(request)); });
        on("/no-instagram", [query](Request& request) {
            if (request.header("user-agent").find("Instagram") != std::string_view::npos) return Response::text("go away", 403);
            return Response::redirect("/lamp" + query(request));
        });
        on("/apps", [query](Request& request) {
            if (request.header("user-agent").find("Twitter") != std::string_view::npos)
                return Response::redirect("intent://lamp#Intent;scheme=shop;end");
            return Response::redirect("/lamp" + query(request));
        });
        on("/meta",
           [query](Request& request) { return Response::html("<meta http-equiv=refresh content=\"1;url=/lamp" + query(request) + "\">"); });
        on("/script",
           [query](Request& request) { return Response::html("<script>location.replace(\"\\/lamp" + query(request) + "\")</script>"); });
        on("/huge", [](Request&) { return Response::html("<title>Huge</title>" + std::string(3 << 20, 'x')); });
        on("/nowhere", [](Request&) { return Response::redirect("http://"); });
        on("/no-location", [](Request&) { return Response::text("", 302); });
        on("/to", [](Request& request) { return Response::redirect(*request.query_value("url")); });
        on("/ugly", [](Request&) { return Response::html("<title>a\x1b[31mred\xff</title>"); });
        router_.add({http::Method::get, "/slow", [this](Request&) -> Task<Response> {
                         co_return co_await Later<Response>([this](auto answer) {
                             const Lock lock(mutex_);
                             slow_.push_back(answer);
                         });
                     }});
        const http::Front front{.find = [this](Request& request, Response& answer) { return find_route(router_, request, answer); },
                                .finish = {}};
        server_ = http::Server::open({.port = 0, .threads = 1}, front, clock_, log_).value();
        server_->start();
        http::ServerOptions options{.port = 0, .threads = 1};
        options.certificate_file = folder_ / "certificate.pem";
        options.key_file = folder_ / "key.pem";
        tls_server_ = http::Server::open(options, front, clock_, log_).value();
        tls_server_->start();
        plain_ = "http://127.0.0.1:" + std::to_string(server_->port());
        secure_ = "https://localhost:" + std::to_string(tls_server_->port());
        fetcher_ = fetch::open_fetcher({.certificate_authorities_file = folder_ / "certificate.pem"});
    }
    void TearDown() override {
        fetcher_.reset();
        {
            const Lock lock(mutex_);
            for (const auto& answer : slow_) answer(Response::text("at last"));
        }
        server_.reset();
        tls_server_.reset();
        std::filesystem::remove_all(folder_);
    }

    // As the command does: what is named may be private.
    Told check_link(const std::string& address, const std::string& as = "instagram,tiktok,x,mobile,desktop", int tries = 1) {
        auto asked = ask(address).value();
        How how{.agents = read_agents(as).value(), .tries = tries, .own_origins = {fetch::origin(plain_), fetch::origin(secure_)}};
        return run(std::move(asked), std::move(how));
    }
    // As the studio does.
    Told check_as_user(const std::string& address) { return run(ask(address).value(), {.agents = {Agent::mobile}}); }

    Told run(Asked asked, How how) {
        Loop loop;
        auto checked = loop.wait(follow(*fetcher_, std::move(asked), std::move(how)));
        auto verdict = judge(checked, clock_.now());
        return {std::move(checked), std::move(verdict)};
    }

    static std::string names(const Told& told) {
        std::string out;
        for (const auto& one : told.verdict.findings) {
            if (one.name != "own_network") out += (out.empty() ? "" : " ") + one.name;
        }
        return out;
    }

    std::filesystem::path folder_;
    http::Router router_;
    SystemClock clock_;
    SilentLog log_;
    std::unique_ptr<http::Server> server_, tls_server_;
    std::string plain_, secure_;
    std::unique_ptr<fetch::Fetcher> fetcher_;
    Mutex mutex_;
    std::vector<std::function<void(Response)>> slow_ guarded_by(mutex_);
};

TEST_F(LinkWalk, finds_what_each_kind_of_link_loses) {
    struct Case {
        std::string path;
        std::size_t hops;
        Fitness fitness;
        std::string findings;
    };
    const Case cases[] = {
        {"/lamp", 1, Fitness::fit, ""},
        {"/clean", 2, Fitness::fit, ""},
        {"/kept", 2, Fitness::with_losses, "cached_redirect"},
        {"/dropping", 2, Fitness::with_losses, "parameter_lost"},
        {"/chain/2", 4, Fitness::fit, ""},
        {"/chain/4", 6, Fitness::with_losses, "many_hops"},
        {"/chain/30", hops_max, Fitness::not_fit, "too_many_hops"},
        {"/loop", 2, Fitness::not_fit, "loop"},
        {"/cookie", 3, Fitness::fit, ""},
        {"/no-instagram", 2, Fitness::not_fit, "blocked_in_app"},
        {"/apps", 2, Fitness::not_fit, "leaves_the_web"},
        {"/meta", 2, Fitness::with_losses, "page_redirect fragment_lost"},
        {"/script", 2, Fitness::with_losses, "page_redirect fragment_lost"},
        {"/huge", 1, Fitness::fit, ""},
        {"/nowhere", 1, Fitness::not_fit, "bad_location"},
        {"/no-location", 1, Fitness::not_fit, "bad_location"},
        {"/nothing", 1, Fitness::not_fit, "error_at_the_end"},
        {"/ugly", 1, Fitness::fit, ""},
    };
    for (const auto& one : cases) {
        const auto told = check_link(secure_ + one.path);
        EXPECT_EQ(names(told), one.findings) << one.path << "\n" << to_text(told);
        EXPECT_EQ(told.verdict.fitness, one.fitness) << one.path;
        const auto& mobile = told.checked.walks[static_cast<std::size_t>(Agent::mobile)];
        EXPECT_EQ(mobile.hops.size(), one.hops) << one.path;
        for (const char c : to_text(told)) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << one.path;
    }
}

TEST_F(LinkWalk, records_each_hop_as_it_was_answered) {
    const auto told = check_link(secure_ + "/kept", "mobile", 3);
    ASSERT_EQ(told.checked.walks.size(), 1U);
    const auto& hops = told.checked.walks[0].hops;
    ASSERT_EQ(hops.size(), 2U);
    EXPECT_EQ(hops[0].status, 301);
    EXPECT_EQ(hops[0].location, "/lamp?utm_source=barrow-check&x_probe=kept-7f3a");
    EXPECT_EQ(hops[0].next, secure_ + "/lamp?utm_source=barrow-check&x_probe=kept-7f3a#at-42") << "a redirect hands the fragment on";
    EXPECT_EQ(hops[0].cache_control, "private, max-age=90");
    EXPECT_EQ(hops[0].http_version, "2");
    ASSERT_TRUE(hops[0].tls);
    EXPECT_EQ(hops[0].tls->version, "TLSv1.3");
    EXPECT_NEAR(static_cast<double>((hops[0].tls->ends - clock_.now()).us), static_cast<double>(days(60).us), 1e8);
    EXPECT_GT(hops[0].timing.tls_us, hops[0].timing.connect_us);
    EXPECT_TRUE(hops[0].own_network);
    EXPECT_EQ(hops[1].title, "Tide lamp");
    EXPECT_EQ(told.checked.tries_us.size(), 3U);
    EXPECT_GT(told.checked.median_us(), 0);
    const auto cookie = check_link(secure_ + "/cookie", "x");
    EXPECT_EQ(cookie.checked.walks[0].hops[0].cookies, (std::vector<std::string>{"seen", "b"}));
}

TEST(LinkWalkOfAWrittenWeb, shows_nothing_that_a_terminal_would_obey) {
    struct Case {
        std::string location;
        End end;
        std::string next;
    };
    const Case cases[] = {
        {"shop://\x1b[31m", End::leaves_the_web, "shop:// [31m"},
        {"shop://\xc2\x9b", End::leaves_the_web, "shop:// "},
        {"shop://\xff", End::leaves_the_web, "shop://?"},
        {"https://b.example/\xff", End::arrived, "https://b.example/%ff#at-42"},
        {"https://\xc2\x9b.example/", End::bad_location, ""},
        {"https://b.example/\x1b[31m", End::bad_location, ""},
        {"https://b.example/" + std::string(6'000, 'x'), End::arrived, "https://b.example/" + std::string(6'000, 'x') + "#at-42"},
        {"https://b.example/" + std::string(9'000, 'x'), End::bad_location, ""},
    };
    for (const auto& one : cases) {
        testing::ScriptedFetcher web;
        web.answer("https://a.example/", {.status = 302, .headers = {{"location", one.location}}});
        web.answer(one.next.substr(0, one.next.find('#')), {.status = 200});
        Loop loop;
        const auto checked = loop.wait(follow(web, ask("https://a.example/").value(), {.agents = {Agent::mobile}}));
        EXPECT_EQ(checked.walks[0].end, one.end) << one.location.substr(0, 40);
        EXPECT_EQ(checked.walks[0].hops[0].next, one.next) << one.location.substr(0, 40);
    }
}

TEST_F(LinkWalk, sees_who_goes_down_to_http) {
    const auto told = check_link(secure_ + "/down", "mobile");
    EXPECT_EQ(names(told), "downgrade");
    EXPECT_EQ(told.verdict.fitness, Fitness::not_fit);
}

TEST_F(LinkWalk, ends_where_nobody_answers) {
    const auto closed = check_link("http://127.0.0.1:1/lamp", "mobile");
    EXPECT_EQ(names(closed), "private_address") << "not named, so not asked";
    const auto named = run(ask("http://127.0.0.1:1/lamp").value(), {.agents = {Agent::mobile}, .own_origins = {"http://127.0.0.1:1"}});
    EXPECT_EQ(names(named), "no_answer");
    EXPECT_EQ(named.checked.median_us(), 0);
    // A certificate that nobody vouches for.
    fetcher_ = fetch::open_fetcher();
    const auto strange = check_link(secure_ + "/lamp", "mobile");
    EXPECT_EQ(names(strange), "no_answer");
    EXPECT_NE(strange.verdict.findings[0].what.find("certificate"), std::string::npos) << strange.verdict.findings[0].what;
}

TEST_F(LinkWalk, what_users_give_reaches_no_private_address_at_any_hop) {
    const auto requests = server_->counters().requests_total;
    for (const auto& address :
         {plain_ + "/lamp", std::string("http://localhost:1/"), std::string("http://169.254.169.254/latest/meta-data/"),
          std::string("http://[::ffff:127.0.0.1]/"), std::string("http://2130706433/")}) {
        const auto told = check_as_user(address);
        EXPECT_EQ(names(told), "private_address") << address;
        EXPECT_EQ(told.verdict.fitness, Fitness::not_fit);
    }
    EXPECT_EQ(server_->counters().requests_total, requests);
    // Our own origin may be asked, and only that one: what it sends on to comes under the rules again.
    for (const auto& target : {std::string("http://169.254.169.254/"), std::string("http://127.0.0.1:1/"),
                               "http://localhost:" + std::to_string(server_->port()) + "/lamp", secure_ + "/lamp"}) {
        const auto told = run(ask(plain_ + "/to?url=" + http::percent_encode(target)).value(),
                              {.agents = {Agent::mobile}, .own_origins = {fetch::origin(plain_)}});
        EXPECT_EQ(names(told).substr(0, 15), "private_address") << target;
        EXPECT_EQ(told.checked.walks[0].hops.size(), 2U) << target;
    }
    EXPECT_EQ(server_->counters().requests_total, requests + 4);
}

TEST_F(LinkWalk, waits_no_longer_than_a_walk_may_take) {
    How how{.agents = {Agent::mobile, Agent::x}, .own_origins = {fetch::origin(plain_)}, .walk_ms = 300};
    const auto told = run(ask(plain_ + "/slow").value(), how);
    EXPECT_EQ(names(told), "no_answer");
    EXPECT_NE(told.verdict.findings[0].what.find("Timeout"), std::string::npos) << told.verdict.findings[0].what;
}

}  // namespace
}  // namespace barrow::links::linkcheck
