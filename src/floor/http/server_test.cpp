// The server over real sockets: what it answers, refuses and survives.
#include "floor/http/server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace barrow::http {
namespace {

using namespace std::chrono_literals;

class Socket {
public:
    explicit Socket(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    ~Socket() { ::close(fd_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] int fd() const { return fd_; }
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    void end_of_sending() const { ::shutdown(fd_, SHUT_WR); }
    // Reads until `enough` says so, the peer closes, or the time is over.
    template <class Enough>
    std::string read(Enough enough, std::chrono::milliseconds patience = 3000ms) {
        std::string seen;
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!enough(seen)) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
            pollfd waiting{fd_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) break;
            char bytes[4096];
            const auto count = ::recv(fd_, bytes, sizeof bytes, 0);
            if (count <= 0) {
                closed_ = true;
                break;
            }
            seen.append(bytes, static_cast<std::size_t>(count));
        }
        return seen;
    }
    std::string read_until(std::string_view mark) {
        return read([&](const std::string& seen) { return seen.find(mark) != std::string::npos; });
    }
    std::string read_to_end(std::chrono::milliseconds patience = 3000ms) {
        return read([](const std::string&) { return false; }, patience);
    }
    [[nodiscard]] bool closed() const { return closed_; }

private:
    int fd_;
    bool connected_ = false, closed_ = false;
};

int count_of(std::string_view text, std::string_view part) {
    int count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

int status_of(std::string_view answer) {
    return answer.starts_with("HTTP/1.") && answer.size() > 12 ? std::stoi(std::string(answer.substr(9, 3))) : 0;
}

struct Answers {
    std::function<void(Response)> waiting;
    Mutex mutex;
};

// Both ways of making socket calls: many in one system call (io_uring), and one by one.
class ServerTest : public testing::TestWithParam<bool> {
protected:
    void SetUp() override {
        router_.add({Method::get, "/hello", [](Request&) { return Response::text("hello"); }});
        router_.add({Method::get, "/s/:slug",
                     [](Request& request) { return Response::redirect("https://example.com/" + request.parameter("slug")); }});
        router_.add({Method::post, "/echo", [](Request& request) { return Response::text(std::string(request.body)); }, 1000});
        router_.add({Method::post, "/echo/slow", [this](Request& request) { return slow_echo(request); }, 200'000});
        router_.add({Method::get, "/slow", [this](Request& request) { return slow_echo(request); }});
        router_.add({Method::get, "/now", [](Request&) -> Task<Response> { co_return Response::text("now"); }});
        router_.add({Method::get, "/big", [](Request&) { return Response::text(std::string(3'000'000, 'x')); }});
        router_.add({Method::get, "/who", [](Request& request) {
                         return Response::text(std::string(request.peer) + " " + (request.secure ? "secure" : "clear") + " " +
                                               std::string(request.host) + " " + std::string(request.path) + " " +
                                               std::string(request.query));
                     }});
        router_.add({Method::get, "/split", [](Request&) { return Response::text("x").with("x-evil", "a\r\nset-cookie: b=c"); }});
        router_.add({Method::get, "/events", [](Request& request) {
                         Response response;
                         response.headers.emplace_back("content-type", "text/event-stream");
                         response.events = std::make_shared<Subscription>();
                         response.events->topic = "live";
                         response.events->after = last_event_id(request);
                         return response;
                     }});
    }

    Task<Response> slow_echo(Request& request) {
        const auto text = co_await Later<std::string>([&request](Later<std::string>::Answer answer) {
            std::thread([answer = std::move(answer), body = std::string(request.body)] {
                std::this_thread::sleep_for(50ms);
                answer("slow:" + body);
            }).detach();
        });
        // The request's own bytes must still be there.
        co_return Response::text(text + ":" + std::string(request.path));
    }

    void open(ServerOptions options = {}) {
        options.port = 0;
        options.io_uring = GetParam();
        Front front{
            .find = [this](Request& request, Response& answer) { return find_route(router_, request, answer); },
            .finish = [](const Request&, Response& response) { response.headers.emplace_back("x-content-type-options", "nosniff"); }};
        auto opened = Server::open(std::move(options), std::move(front), clock_, log_);
        ASSERT_TRUE(opened) << opened.error().text;
        server_ = opened.release();
        server_->start();
        port_ = server_->port();
    }

    std::string ask(std::string_view bytes) {
        Socket socket(port_);
        socket.send(bytes);
        socket.end_of_sending();
        return socket.read_to_end();
    }

    Router router_;
    SystemClock clock_;
    SilentLog log_;
    std::unique_ptr<Server> server_;
    int port_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Calls, ServerTest, testing::Bool(), [](const auto& how) { return how.param ? "together" : "one_by_one"; });

TEST_P(ServerTest, answers_and_keeps_the_connection) {
    open();
    Socket socket(port_);
    ASSERT_TRUE(socket.connected());
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(socket.send("GET /hello HTTP/1.1\r\nHost: shop.example\r\n\r\n"));
        const auto answer = socket.read_until("\r\n\r\nhello");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\ndate: ")) << answer;
        EXPECT_NE(answer.find("content-length: 5\r\n"), std::string::npos);
        EXPECT_NE(answer.find("x-content-type-options: nosniff\r\n"), std::string::npos);
        EXPECT_EQ(answer.find("connection:"), std::string::npos);
    }
    EXPECT_EQ(server_->counters().requests_total, 3);
    EXPECT_EQ(server_->counters().connections_total, 1);
    socket.send("GET /s/autumn%20sale HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto last = socket.read_to_end();
    EXPECT_TRUE(last.starts_with("HTTP/1.1 302 Found\r\n"));
    EXPECT_NE(last.find("location: https://example.com/autumn sale\r\n"), std::string::npos);
    EXPECT_NE(last.find("connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(socket.closed());
}

TEST_P(ServerTest, answers_pipelined_requests_in_order) {
    open();
    std::string asked;
    for (int i = 0; i < 50; ++i) {
        asked += "GET /s/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        if (i % 10 == 5) asked += "POST /echo/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n#" + std::to_string(i / 10);
        if (i % 10 == 7) asked += "GET /now HTTP/1.1\r\nHost: x\r\n\r\n";
    }
    const auto answer = ask(asked);
    EXPECT_EQ(count_of(answer, "HTTP/1.1 302 Found"), 50);
    EXPECT_EQ(count_of(answer, "\r\n\r\nnow"), 5);
    std::size_t at = 0;
    for (int i = 0; i < 50; ++i) {
        const auto next = answer.find("example.com/" + std::to_string(i) + "\r\n", at);
        ASSERT_NE(next, std::string::npos) << i;
        at = next;
        if (i % 10 == 5) {
            const auto slow = answer.find("slow:#" + std::to_string(i / 10) + ":/echo/slow", at);
            ASSERT_NE(slow, std::string::npos);
            at = slow;
        }
    }
}

TEST_P(ServerTest, many_pipelined_requests_do_not_pile_up_in_memory_or_stack) {
    open();
    Socket socket(port_);
    std::string asked;
    for (int i = 0; i < 5000; ++i) asked += "GET /now HTTP/1.1\r\nHost: x\r\n\r\n";
    std::thread writer([&] {
        socket.send(asked);
        socket.end_of_sending();
    });
    const auto answer = socket.read_to_end();
    writer.join();
    EXPECT_EQ(count_of(answer, "HTTP/1.1 200 OK"), 5000);
}

TEST_P(ServerTest, refuses_what_two_programs_could_read_in_two_ways) {
    open();
    const std::string get = "GET /hello HTTP/1.1\r\n";
    const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
    struct Case {
        const char* what;
        std::string bytes;
        int status;
    };
    const Case cases[] = {
        {"a good one", get + "Host: x\r\n\r\n", 200},
        {"an empty line before it", "\r\n" + get + "Host: x\r\n\r\n", 200},
        {"HTTP/1.0 without host", "GET /hello HTTP/1.0\r\n\r\n", 200},
        {"absolute form", "GET http://shop.example/hello HTTP/1.1\r\nHost: shop.example\r\n\r\n", 200},
        {"absolute form of another host", "GET http://other.example/hello HTTP/1.1\r\nHost: shop.example\r\n\r\n", 400},
        {"no host", get + "\r\n", 400},
        {"two hosts", get + "Host: a\r\nHost: a\r\n\r\n", 400},
        {"empty host", get + "Host:\r\n\r\n", 400},
        {"a host with a path", get + "Host: a/b\r\n\r\n", 400},
        {"a host with a user", get + "Host: a@b\r\n\r\n", 400},
        {"a host with a bad port", get + "Host: a:8x\r\n\r\n", 400},
        {"length and coding", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"coding and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
        {"two lengths", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
        {"two different lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400},
        {"a list of lengths", post + "Content-Length: 3, 3\r\n\r\nabc", 400},
        {"a signed length", post + "Content-Length: +3\r\n\r\nabc", 400},
        {"a negative length", post + "Content-Length: -3\r\n\r\nabc", 400},
        {"a hex length", post + "Content-Length: 0x3\r\n\r\nabc", 400},
        {"an empty length", post + "Content-Length:\r\n\r\n", 400},
        {"an overflowing length", post + "Content-Length: 18446744073709551619\r\n\r\nabc", 400},
        {"two codings", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"chunked twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},
        {"a coding we have not", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        {"identity", post + "Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc", 400},
        {"xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
        {"a coding with a vertical tab", post + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", 400},
        {"coding in HTTP/1.0", "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"a space before the colon", get + "Host: x\r\nContent-Length : 3\r\n\r\nabc", 400},
        {"a space before a name", get + "Host: x\r\n Content-Length: 3\r\n\r\nabc", 400},
        {"a folded header", get + "Host: x\r\nX-A: b\r\n c\r\n\r\n", 400},
        {"a fold after the request line", get + " Host: x\r\n\r\n", 400},
        {"a header without colon", get + "Host: x\r\nFoo\r\n\r\n", 400},
        {"a header without name", get + "Host: x\r\n: a\r\n\r\n", 400},
        {"a name with a bracket", get + "Host: x\r\nA(b): a\r\n\r\n", 400},
        {"a bare line feed", "GET /hello HTTP/1.1\nHost: x\n\n", 400},
        {"one bare line feed", get + "Host: x\nX: y\r\n\r\n", 400},
        {"a bare carriage return", get + "Host: x\r\nX: a\rb\r\n\r\n", 400},
        {"a zero byte", get + std::string("Host: x\r\nX: a\0b\r\n\r\n", 19), 400},
        {"a control byte in the target", "GET /he\x01llo HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"a byte above ascii in the target", "GET /h\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"a fragment", "GET /hello#x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"two spaces", "GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"a target without slash", "GET hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"a space in the target", "GET /hel lo HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"no version", "GET /hello\r\nHost: x\r\n\r\n", 400},
        {"HTTP/0.9", "GET /hello HTTP/0.9\r\nHost: x\r\n\r\n", 505},
        {"HTTP/1.2", "GET /hello HTTP/1.2\r\nHost: x\r\n\r\n", 505},
        {"HTTP/2.0 in words", "GET /hello HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {"lower-case protocol", "GET /hello http/1.1\r\nHost: x\r\n\r\n", 400},
        {"a method nobody knows", "BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n", 501},
        {"a lower-case method", "get /hello HTTP/1.1\r\nHost: x\r\n\r\n", 501},
        {"a known method that we do not take", "PROPFIND /hello HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        {"connect", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 501},
        {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01", 6), 400},
        {"an unknown expectation", post + "Expect: cake\r\nContent-Length: 3\r\n\r\nabc", 417},
        {"chunks", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200},
        {"chunks with extension and trailer", post + "Transfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-T: u\r\n\r\n", 200},
        {"a chunk with a bare line feed", post + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400},
        {"a chunk with a wrong end", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n", 400},
        {"a chunk with a line feed behind it", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n", 400},
        {"a chunk with a sign", post + "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n", 400},
        {"a chunk with a prefix", post + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400},
        {"a chunk with a space", post + "Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n", 400},
        {"a chunk without size", post + "Transfer-Encoding: chunked\r\n\r\n;a\r\nabc\r\n0\r\n\r\n", 400},
        {"a chunk size that overflows", post + "Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n", 400},
        {"a bad trailer", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n", 400},
        {"a trailer with a line feed", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\n\r\n", 400},
        {"too many headers",
         get + "Host: x\r\n" +
             [] {
                 std::string out;
                 for (int i = 0; i < 101; ++i) out += "A: b\r\n";
                 return out;
             }() +
             "\r\n",
         431},
        {"headers too large", get + "Host: x\r\nA: " + std::string(17'000, 'a') + "\r\n\r\n", 431},
        {"headers without end", get + "A: " + std::string(40'000, 'a'), 431},
        {"a body too large", post + "Content-Length: 1001\r\n\r\n", 413},
        {"chunks too large", post + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'a') + "\r\n0\r\n\r\n", 413},
        {"no such path", "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404},
        {"another method", "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405},
        {"options of all", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 404},
    };
    for (const auto& [what, bytes, status] : cases) {
        // Behind each stands a request that must never be answered when the first was refused.
        const auto answer = ask(bytes);
        EXPECT_EQ(status_of(answer), status) << what << "\n" << answer;
        EXPECT_EQ(count_of(answer, "\r\ndate: "), 1) << what << "\n" << answer;
        if (status == 400 || status == 413) {
            const auto smuggled = ask(bytes + "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
            EXPECT_EQ(count_of(smuggled, "200 OK"), 0) << what << "\n" << smuggled;
        }
    }
}

TEST_P(ServerTest, says_which_methods_an_address_takes) {
    open();
    const auto refused = ask("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(refused), 405);
    EXPECT_NE(refused.find("allow: GET, HEAD\r\n"), std::string::npos) << refused;
    const auto options = ask("OPTIONS /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(options), 204);
    EXPECT_NE(options.find("allow: POST\r\n"), std::string::npos) << options;
    EXPECT_EQ(options.find("content-length"), std::string::npos) << options;
}

TEST_P(ServerTest, head_is_get_without_the_body) {
    open();
    const auto answer = ask("HEAD /big HTTP/1.1\r\nHost: x\r\n\r\nHEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(answer.find("content-length: 3000000\r\n"), std::string::npos);
    EXPECT_NE(answer.find("content-length: 5\r\n"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
    EXPECT_LT(answer.size(), 1000U);
}

TEST_P(ServerTest, sends_large_answers_whole) {
    open();
    const auto answer =
        ask("GET /big HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\nGET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(count_of(answer, "HTTP/1.1 200 OK"), 3);
    EXPECT_EQ(std::count(answer.begin(), answer.end(), 'x'), 6'000'000 + 6);  // and those of "text" and "x-content-type-options"
    EXPECT_EQ(count_of(answer, "\r\n\r\nhello"), 1);
}

TEST_P(ServerTest, reads_bodies_in_many_small_pieces) {
    open();
    Socket socket(port_);
    std::string body;
    ASSERT_TRUE(socket.send("POST /echo/slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 600; ++i) {
        const std::string piece(static_cast<std::size_t>(1 + i % 7), static_cast<char>('a' + i % 26));
        body += piece;
        const auto chunk = std::to_string(piece.size()) + "\r\n" + piece + "\r\n";
        ASSERT_TRUE(socket.send(chunk.substr(0, 2)));
        ASSERT_TRUE(socket.send(chunk.substr(2)));
    }
    ASSERT_TRUE(socket.send("0\r\n\r\n"));
    EXPECT_NE(socket.read_until(":/echo/slow").find("slow:" + body + ":/echo/slow"), std::string::npos);
    // The same byte by byte, with a length, and a request right behind it.
    const std::string whole =
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello world"
        "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    for (const char c : whole) ASSERT_TRUE(socket.send(std::string_view(&c, 1)));
    const auto answer = socket.read_until("\r\n\r\nhello\0");
    EXPECT_EQ(count_of(answer, "\r\n\r\nhello world"), 1) << answer;
}

TEST_P(ServerTest, tells_a_waiting_client_to_go_on) {
    open();
    Socket socket(port_);
    socket.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    socket.send("later");
    EXPECT_NE(socket.read_until("later").find("200 OK"), std::string::npos);
    // A body that is refused is not asked for.
    socket.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
    EXPECT_EQ(status_of(socket.read_until("\r\n\r\n")), 413);
}

TEST_P(ServerTest, an_early_refusal_arrives_though_the_body_is_still_coming) {
    open();
    Socket socket(port_);
    socket.send("POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\n");
    socket.send(std::string(400'000, 'a'));
    const auto answer = socket.read_to_end();
    EXPECT_EQ(status_of(answer), 404);
    EXPECT_NE(answer.find("connection: close"), std::string::npos);
}

TEST_P(ServerTest, closes_whoever_is_too_slow) {
    open({.header_timeout_ms = 150, .body_timeout_ms = 200, .idle_timeout_ms = 400});
    const auto closed_after = [&](std::string_view bytes, std::string_view wait_for = {}) {
        Socket socket(port_);
        const auto begun = std::chrono::steady_clock::now();
        socket.send(bytes);
        if (!wait_for.empty()) socket.read_until(wait_for);
        const auto answer = socket.read_to_end();
        EXPECT_TRUE(socket.closed());
        return std::pair(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count(),
                         status_of(answer));
    };
    const auto [silent_ms, silent] = closed_after("");
    EXPECT_EQ(silent, 0);
    EXPECT_LT(silent_ms, 2800);  // the kernel keeps who says nothing for a second, or two
    const auto [head_ms, head] = closed_after("GET /hello HTTP/1.1\r\nHost:");
    EXPECT_EQ(head, 408);
    EXPECT_GE(head_ms, 100);
    EXPECT_LT(head_ms, 1000);
    const auto [body_ms, body] = closed_after("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
    EXPECT_EQ(body, 408);
    EXPECT_LT(body_ms, 1000);
    const auto [idle_ms, idle] = closed_after("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", "hello");
    EXPECT_EQ(idle, 0);
    EXPECT_GE(idle_ms, 300);
    EXPECT_LT(idle_ms, 1500);
}

TEST_P(ServerTest, closes_a_peer_that_does_not_read) {
    open({.write_timeout_ms = 150});
    Socket socket(port_);
    std::string asked;
    for (int i = 0; i < 20; ++i) asked += "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
    socket.send(asked);
    for (int i = 0; i < 100 && server_->counters().requests_total == 0; ++i) std::this_thread::sleep_for(5ms);
    EXPECT_EQ(server_->counters().connections_open, 1);
    for (int i = 0; i < 100 && server_->counters().connections_open != 0; ++i) std::this_thread::sleep_for(20ms);
    EXPECT_EQ(server_->counters().connections_open, 0);
    EXPECT_LT(server_->counters().requests_total, 20);  // it stopped reading requests as well
}

TEST_P(ServerTest, takes_no_more_connections_than_it_was_told) {
    open({.threads = 1, .connections_max = 2});
    Socket one(port_), two(port_);
    one.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(one.read_until("hello")), 200);
    two.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(two.read_until("hello")), 200);
    {
        Socket three(port_);
        three.read_to_end();
        EXPECT_TRUE(three.closed());
    }
    two.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    two.read_to_end();
    for (int i = 0; i < 100 && server_->counters().connections_open != 1; ++i) std::this_thread::sleep_for(5ms);
    Socket four(port_);
    four.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(four.read_until("hello")), 200);
}

TEST_P(ServerTest, believes_forwarded_addresses_of_trusted_proxies_only) {
    const auto asked =
        "GET /who?a=b HTTP/1.1\r\nHost: Shop.Example:8080\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9, 127.0.0.1\r\nX-Forwarded-Proto: "
        "https\r\n\r\n";
    open();
    EXPECT_TRUE(ask(asked).ends_with("127.0.0.1 clear shop.example /who a=b"));
    open({.trusted_proxies = {"203.0.113.1"}});  // another one
    EXPECT_TRUE(ask(asked).ends_with("127.0.0.1 clear shop.example /who a=b"));
    open({.trusted_proxies = {"127.0.0.1"}});
    EXPECT_TRUE(ask(asked).ends_with("203.0.113.9 secure shop.example /who a=b"));
}

TEST_P(ServerTest, never_sends_a_header_that_would_split_the_answer) {
    open();
    const auto answer = ask("GET /split HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_EQ(answer.find("set-cookie"), std::string::npos) << answer;
}

TEST_P(ServerTest, streams_events_and_resumes_without_gaps_or_doubles) {
    open();
    auto& hub = server_->events();
    for (int i = 1; i <= 10; ++i) hub.publish("live", {i, "stock", R"({"left":)" + std::to_string(100 - i) + "}"});
    Socket socket(port_);
    socket.send("GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 7\r\n\r\n");
    auto seen = socket.read_until("id: 10\n");
    for (int i = 11; i <= 20; ++i) hub.publish("live", {i, "stock", "{}"});
    hub.publish("other", {99, "stock", "{}"});
    seen += socket.read_until("id: 20\n");
    EXPECT_NE(seen.find("content-type: text/event-stream\r\n"), std::string::npos);
    EXPECT_EQ(seen.find("content-length"), std::string::npos);
    for (int i = 8; i <= 20; ++i) EXPECT_EQ(count_of(seen, "id: " + std::to_string(i) + "\n"), 1) << i << "\n" << seen;
    for (const int i : {7, 99}) EXPECT_EQ(count_of(seen, "id: " + std::to_string(i) + "\n"), 0) << i;
    EXPECT_EQ(hub.viewers("live"), 1);
    EXPECT_EQ(server_->counters().streams_open, 1);
}

TEST_P(ServerTest, viewers_that_come_while_events_are_published_miss_none) {
    open();
    auto& hub = server_->events();
    std::atomic<int> last = 0;
    std::thread publisher([&] {
        for (int i = 1; i <= 400; ++i) {
            hub.publish("live", {i, "n", "{}"});
            last = i;
            std::this_thread::sleep_for(1ms);
        }
    });
    for (int viewer = 0; viewer < 20; ++viewer) {
        Socket socket(port_);
        const int after = last;
        socket.send("GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: " + std::to_string(after) + "\r\n\r\n");
        const auto seen = socket.read_until("id: " + std::to_string(after + 12) + "\n");
        for (int i = after + 1; i <= after + 12; ++i) EXPECT_EQ(count_of(seen, "id: " + std::to_string(i) + "\n"), 1) << i;
    }
    publisher.join();
}

TEST_P(ServerTest, says_so_when_the_ring_no_longer_reaches_back) {
    open();
    auto& hub = server_->events();
    for (int i = 1; i <= 600; ++i) hub.publish("live", {i, "n", "{}"});
    Socket socket(port_);
    socket.send("GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 3\r\n\r\n");
    const auto seen = socket.read_until("id: 600\n");
    EXPECT_EQ(count_of(seen, "event: gap\n"), 1);
    EXPECT_EQ(count_of(seen, "id: "), 512);
    Socket another(port_);
    another.send("GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 88\r\n\r\n");
    EXPECT_EQ(count_of(another.read_until("id: 600\n"), "event: gap\n"), 0);
}

TEST_P(ServerTest, closes_a_viewer_that_does_not_keep_up) {
    open();
    auto& hub = server_->events();
    Socket slow(port_), quick(port_);
    for (auto* each : {&slow, &quick}) {
        each->send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        each->read_until("\r\n\r\n");
    }
    for (int i = 0; i < 200 && hub.viewers("live") != 2; ++i) std::this_thread::sleep_for(5ms);
    const std::string data(10'000, 'd');
    std::string seen;
    for (int i = 1; i <= 2000; ++i) {
        hub.publish("live", {i, "n", data});
        // The quick one reads along, however busy the machine is: it is never more than 100 kB behind.
        if (i % 10 == 0) seen += quick.read_until("id: " + std::to_string(i) + "\n");
    }
    EXPECT_EQ(count_of(seen, "event: n\n"), 2000);
    EXPECT_EQ(hub.viewers("live"), 1);
}

TEST_P(ServerTest, viewers_that_break_off_in_the_middle_of_a_burst_hold_up_nobody) {
    open();
    auto& hub = server_->events();
    Socket steady(port_);
    steady.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    steady.read_until("\r\n\r\n");
    const std::string data(20'000, 'd');
    std::int64_t number = 0;
    for (int round = 0; round < 20; ++round) {
        std::vector<std::unique_ptr<Socket>> leaving;
        for (int i = 0; i < 4; ++i) {
            leaving.push_back(std::make_unique<Socket>(port_));
            leaving.back()->send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
            leaving.back()->read_until("\r\n\r\n");
            const linger reset{.l_onoff = 1, .l_linger = 0};  // closing sends a reset: what is on its way fails
            ::setsockopt(leaving.back()->fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        }
        // More than a viewer may be behind by: the server sends within the burst, and finds them gone there, or at the loop's next turn.
        for (int i = 0; i < 20; ++i) {
            hub.publish("live", {++number, "n", data});
            if (i >= 4 && i % 4 == 0 && !leaving.empty()) leaving.pop_back();
        }
        leaving.clear();
        const auto last = "id: " + std::to_string(number) + "\n";
        EXPECT_NE(steady.read_until(last).find(last), std::string::npos) << round;
    }
    for (int i = 0; i < 600 && hub.viewers("live") != 1; ++i) std::this_thread::sleep_for(5ms);
    EXPECT_EQ(hub.viewers("live"), 1);
}

TEST_P(ServerTest, stops_after_requests_under_way_and_sends_streams_home) {
    open();
    Socket idle(port_), slow(port_), stream(port_);
    idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    idle.read_until("hello");
    stream.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.read_until("\r\n\r\n");
    slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    std::this_thread::sleep_for(20ms);
    const auto begun = std::chrono::steady_clock::now();
    server_->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 1s);
    const auto answer = slow.read_to_end();
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_NE(answer.find("connection: close"), std::string::npos);
    EXPECT_NE(stream.read_to_end().find("retry: 1000\n"), std::string::npos);
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_TRUE(idle.closed());
    EXPECT_FALSE(Socket(port_).connected());
}

TEST_P(ServerTest, two_servers_do_not_share_a_port_by_accident) {
    open();
    auto second = Server::open({.port = port_}, Front{.find = [](Request&, Response&) -> const Route* { return nullptr; }, .finish = {}},
                               clock_, log_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().fault, Fault::conflict);
}

}  // namespace
}  // namespace barrow::http
