// Outgoing requests: their limits, and where a user's address may not lead.
#include "floor/fetch/fetch.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "floor/fetch/address_rules.hpp"
#include "floor/fetch/url.hpp"
#include "floor/http/server.hpp"

namespace barrow::fetch {
namespace {

using namespace std::chrono_literals;

TEST(AddressRules, only_public_addresses_pass) {
    for (const char* address :
         {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.167.1.1", "223.255.255.255",
          "11.0.0.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "2003::1"}) {
        EXPECT_TRUE(is_public(std::string_view(address))) << address;
    }
    for (const char* address : {"0.0.0.0",
                                "0.1.2.3",
                                "10.0.0.1",
                                "10.255.255.255",
                                "100.64.0.1",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.255.255.254",
                                "169.254.169.254",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.0.0.8",
                                "192.0.2.1",
                                "192.88.99.1",
                                "192.168.0.1",
                                "198.18.0.1",
                                "198.19.255.255",
                                "198.51.100.7",
                                "203.0.113.7",
                                "224.0.0.1",
                                "239.255.255.255",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "::127.0.0.1",
                                "::ffff:127.0.0.1",
                                "::ffff:8.8.8.8",
                                "64:ff9b::7f00:1",
                                "64:ff9b:1::1",
                                "100::1",
                                "2001::1",
                                "2001:db8::1",
                                "2002:7f00:1::",
                                "3fff::1",
                                "fc00::1",
                                "fd12::1",
                                "fe80::1",
                                "fec0::1",
                                "ff02::1",
                                "fe80::1%eth0",
                                "localhost",
                                ""}) {
        EXPECT_FALSE(is_public(std::string_view(address))) << address;
    }
}

class FetchTest : public testing::Test {
protected:
    void SetUp() override {
        router_.add({http::Method::get, "/hello", [](http::Request& request) {
                         return http::Response::text("hello")
                             .with("x-auth", std::string(request.header("authorization")))
                             .with("X-Agent", std::string(request.header("user-agent")));
                     }});
        router_.add({http::Method::get, "/big", [](http::Request&) { return http::Response::text(std::string(100'000, 'x')); }});
        router_.add({http::Method::post, "/echo", [](http::Request& request) {
                         return http::Response::text(std::string(request.header("x-kind")) + ":" + std::string(request.body), 201);
                     }});
        router_.add(
            {http::Method::put, "/echo", [](http::Request& request) { return http::Response::text("put:" + std::string(request.body)); }});
        router_.add({http::Method::get, "/hop/:n", [](http::Request& request) {
                         const int n = std::stoi(request.parameter("n"));
                         return http::Response::redirect(n == 0 ? "/hello" : "/hop/" + std::to_string(n - 1));
                     }});
        router_.add(
            {http::Method::get, "/to", [](http::Request& request) { return http::Response::redirect(*request.query_value("url")); }});
        router_.add({http::Method::post, "/see", [](http::Request&) { return http::Response::redirect("/hello", 303); }});
        router_.add({http::Method::post, "/same", [](http::Request&) { return http::Response::redirect("/echo", 307); }});
        router_.add({http::Method::get, "/never", [this](http::Request&) -> Task<http::Response> {
                         co_return co_await Later<http::Response>([this](auto answer) {
                             const Lock lock(mutex_);
                             never_.push_back(answer);
                         });
                     }});
        auto opened = http::Server::open(
            {.port = 0, .threads = 1},
            {.find = [this](http::Request& request, http::Response& answer) { return find_route(router_, request, answer); }, .finish = {}},
            clock_, log_);
        ASSERT_TRUE(opened) << opened.error().text;
        server_ = opened.release();
        server_->start();
        port_ = std::to_string(server_->port());
        base_ = "http://127.0.0.1:" + port_;
        fetcher_ = open_fetcher({.resolve = {"shop.example:" + port_ + ":127.0.0.1", "other.example:" + port_ + ":127.0.0.1"}});
    }
    void TearDown() override {
        {
            const Lock lock(mutex_);
            for (const auto& answer : never_) answer(http::Response::text("at last"));
        }
        fetcher_.reset();
        server_.reset();
    }

    Result<FetchResponse> get(FetchRequest request) {
        Loop loop;
        const auto task = [&]() -> Task<Result<FetchResponse>> { co_return co_await fetcher_->fetch(request); };
        return loop.wait(task());
    }
    FetchRequest own(const std::string& path) { return {.url = base_ + path, .peer = Peer::named_in_config, .total_ms = 3000}; }

    http::Router router_;
    SystemClock clock_;
    SilentLog log_;
    std::unique_ptr<http::Server> server_;
    std::string port_, base_;
    std::unique_ptr<Fetcher> fetcher_;
    Mutex mutex_;
    std::vector<std::function<void(http::Response)>> never_ guarded_by(mutex_);
};

TEST_F(FetchTest, brings_answers) {
    const auto hello = get(own("/hello"));
    ASSERT_TRUE(hello) << hello.error().text;
    EXPECT_EQ(hello->status, 200);
    EXPECT_EQ(hello->body, "hello");
    EXPECT_EQ(hello->header("x-agent"), "Barrow/0.1");
    EXPECT_EQ(get(own("/nothing"))->status, 404);
    auto post = own("/echo");
    post.method = "POST";
    post.body = std::string("a\0b", 3);
    post.headers = {{"X-Kind", "bytes"}};
    EXPECT_EQ(get(post)->body, std::string("bytes:a\0b", 9));
    EXPECT_EQ(get(post)->status, 201);
    post.method = "PUT";
    EXPECT_EQ(get(post)->body, std::string("put:a\0b", 7));
    auto head = own("/hello");
    head.method = "HEAD";
    EXPECT_EQ(get(head)->header("content-length"), "5");
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(get(own("/hello")));
    EXPECT_EQ(server_->counters().connections_total, 1);
}

TEST_F(FetchTest, every_request_has_an_end) {
    auto big = own("/big");
    big.body_bytes_max = 99'999;
    EXPECT_EQ(get(big).error().fault, Fault::too_large);
    big.body_bytes_max = 100'000;
    EXPECT_EQ(get(big)->body.size(), 100'000U);
    auto never = own("/never");
    never.total_ms = 100;
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(get(never).error().fault, Fault::outside);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 1s);
    EXPECT_EQ(get({.url = "http://127.0.0.1:1/", .peer = Peer::named_in_config}).error().fault, Fault::outside);
    auto hops = own("/hop/2");
    EXPECT_EQ(get(hops)->status, 302);  // nobody asked to follow
    hops.redirects_max = 2;
    EXPECT_EQ(get(hops).error().fault, Fault::outside);
    hops.redirects_max = 3;
    const auto there = get(hops);
    EXPECT_EQ(there->body, "hello");
    EXPECT_EQ(there->url, base_ + "/hello");
    for (const char* url :
         {"", "shop", "ftp://shop.example/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://", "javascript:alert(1)"}) {
        EXPECT_EQ(get({.url = url}).error().fault, Fault::bad_input) << url;
    }
    auto split = own("/hello");
    split.headers = {{"x-a", "b\r\nx-evil: c"}};
    EXPECT_EQ(get(split).error().fault, Fault::bad_input);
}

TEST_F(FetchTest, keeps_the_beginning_of_what_is_too_long_where_that_is_enough) {
    auto big = own("/big");
    big.body_bytes_max = 1'000;
    big.beyond = Beyond::cut;
    const auto beginning = get(big);
    ASSERT_TRUE(beginning) << beginning.error().text;
    EXPECT_EQ(beginning->body, std::string(1'000, 'x'));
    EXPECT_TRUE(beginning->cut);
    EXPECT_EQ(beginning->status, 200);
    big.body_bytes_max = 100'000;
    EXPECT_FALSE(get(big)->cut);
}

TEST_F(FetchTest, says_who_answered_when_and_how) {
    const auto hello = get(own("/hello"));
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->address, "127.0.0.1");
    EXPECT_EQ(hello->http_version, "1.1");
    EXPECT_FALSE(hello->tls);
    EXPECT_GT(hello->timing.connect_us, 0);
    EXPECT_GE(hello->timing.first_byte_us, hello->timing.connect_us);
    EXPECT_GE(hello->timing.total_us, hello->timing.first_byte_us);
    auto first_visit = own("/hello");
    first_visit.connection = Connection::fresh;
    const auto before = server_->counters().connections_total;
    for (int i = 0; i < 2; ++i) EXPECT_GT(get(first_visit)->timing.connect_us, 0);
    EXPECT_EQ(server_->counters().connections_total, before + 2);
}

TEST_F(FetchTest, after_the_stop_nothing_is_asked) {
    fetcher_->stop();
    EXPECT_EQ(get(own("/hello")).error().fault, Fault::busy);
    fetcher_->stop();  // twice is once
}

TEST(Url, is_read_as_it_will_be_asked) {
    for (const auto& [url, wanted] : std::initializer_list<std::pair<std::string, std::string>>{
             {"https://Shop.Example/a", "https://shop.example:443"},
             {"http://shop.example:8080", "http://shop.example:8080"},
             {"https://user@shop.example:444/", "https://shop.example:444"},
             {"https://a.example\\@127.0.0.1/",
              "https://127.0.0.1:443"},  // browsers would ask a.example: who is asked here is what counts here
             {"ftp://shop.example", ""},
             {"shop.example", ""},
             {"", ""},
         }) {
        EXPECT_EQ(origin(url), wanted) << url;
    }
    for (const auto& [reference, wanted] : std::initializer_list<std::pair<std::string, std::string>>{
             {"/c?d=1#e", "https://a.example/c?d=1#e"},
             {"c", "https://a.example/b/c"},
             {"?d", "https://a.example/b/x?d"},
             {"//b.example", "https://b.example/"},
             {"https://b.example/ü b", "https://b.example/%c3%bc%20b"},
             {"intent://scan/#Intent;end", "intent://scan/#Intent;end"},
             {"", ""},
             {"http://", ""},
         }) {
        const auto there = resolve("https://a.example/b/x?y=z", reference);
        EXPECT_EQ(there ? *there : "", wanted) << reference;
    }
    EXPECT_EQ(read_url("https://Shop.example/a?b=1#c")->query, "b=1");
    EXPECT_EQ(read_url("mailto:a@b.example").error().fault, Fault::bad_input);
}

TEST_F(FetchTest, what_users_give_does_not_reach_private_addresses) {
    const auto before = server_->counters().connections_total;
    for (const std::string host : {"127.0.0.1",
                                   "localhost",
                                   "LOCALHOST.",
                                   "2130706433",
                                   "0x7f000001",
                                   "0177.0.0.1",
                                   "127.1",
                                   "0",
                                   "0.0.0.0",
                                   "[::1]",
                                   "[::ffff:127.0.0.1]",
                                   "[::ffff:7f00:1]",
                                   "[::]",
                                   "[64:ff9b::7f00:1]",
                                   "[2002:7f00:1::]",
                                   "[::127.0.0.1]",
                                   "169.254.169.254",
                                   "10.0.0.1",
                                   "100.64.0.1",
                                   "user@127.0.0.1",
                                   "1.1.1.1@127.0.0.1",
                                   "127.0.0.1%2f",
                                   "shop.example",
                                   "127.0.0.1.",
                                   "0x7f.1",
                                   "017700000001",
                                   "192.168.0.1",
                                   "172.16.0.1",
                                   "224.0.0.1",
                                   "[ff02::1]",
                                   "[fe80::1]",
                                   "[fe80::1%25lo]",
                                   "[fd00::1]",
                                   "[::ffff:10.0.0.1]",
                                   "[2001:0:7f00:1::]",
                                   "[64:ff9b:1::7f00:1]",
                                   "192.0.0.8",
                                   "①②⑦.⓪.⓪.①"}) {
        const auto got = get({.url = "http://" + host + ":" + port_ + "/hello", .total_ms = 1000, .connect_ms = 500});
        ASSERT_FALSE(got) << host;
        // Some resolvers have no answer for "localhost." and the like: that is refusal enough.
        EXPECT_TRUE(got.error().fault == Fault::forbidden || got.error().fault == Fault::bad_input ||
                    got.error().text.find("resolve") != std::string::npos)
            << host << ": " << got.error().text;
    }
    EXPECT_EQ(server_->counters().connections_total, before);
    // Not over a connection either that was opened for a peer of the config.
    EXPECT_TRUE(get(own("/hello")));
    EXPECT_EQ(get({.url = base_ + "/hello"}).error().fault, Fault::forbidden);
    EXPECT_EQ(server_->counters().requests_total, 1);
}

TEST_F(FetchTest, redirects_keep_secrets_at_home) {
    auto asked = own("/hop/0");
    asked.redirects_max = 1;
    asked.headers = {{"Authorization", "Bearer secret"}};
    EXPECT_EQ(get(asked)->header("x-auth"), "Bearer secret");  // the same origin
    asked.url = "http://shop.example:" + port_ + "/to?url=http://other.example:" + port_ + "/hello";
    const auto elsewhere = get(asked);
    ASSERT_TRUE(elsewhere) << elsewhere.error().text;
    EXPECT_EQ(elsewhere->body, "hello");
    EXPECT_EQ(elsewhere->header("x-auth"), "");
    asked.url = base_ + "/to?url=file:///etc/passwd";
    EXPECT_EQ(get(asked).error().fault, Fault::outside);
    auto post = own("/see");
    post.method = "POST";
    post.body = "b";
    post.redirects_max = 1;
    EXPECT_EQ(get(post)->body, "hello");
    post.url = base_ + "/same";
    EXPECT_EQ(get(post)->body, ":b");
}

TEST_F(FetchTest, many_at_once_and_a_stop_in_the_middle) {
    Loop loop;
    int answered = 0;
    const auto one = [&](FetchRequest request) -> Task<int> {
        const auto got = co_await fetcher_->fetch(std::move(request));
        co_return got ? got->status : 0;
    };
    for (int i = 0; i < 200; ++i)
        start<int>(loop, one({.url = base_ + "/hello", .peer = Peer::named_in_config}), [&](int status) { answered += status == 200; });
    for (int i = 0; i < 2000 && answered < 200; ++i) {
        loop.run_ready();
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_EQ(answered, 200);
    int stopped = 0;
    start<int>(loop, one(own("/never")), [&](int status) { stopped += status == 0; });
    std::this_thread::sleep_for(30ms);
    fetcher_.reset();
    loop.run_ready();
    EXPECT_EQ(stopped, 1);
}

}  // namespace
}  // namespace barrow::fetch
