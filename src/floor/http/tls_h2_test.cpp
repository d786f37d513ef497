// TLS and HTTP/2 with libcurl as the client: what a browser would see.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <nghttp2/nghttp2.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "floor/http/server.hpp"

namespace barrow::http {
namespace {

using namespace std::chrono_literals;

// A certificate for localhost, signed by itself, good for a day.
void write_certificate(const std::string& certificate_file, const std::string& key_file) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key, EVP_sha256());
    FILE* out = std::fopen(certificate_file.c_str(), "w");
    PEM_write_X509(out, certificate);
    std::fclose(out);
    out = std::fopen(key_file.c_str(), "w");
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

struct Got {
    CURLcode code = CURLE_OK;
    long status = 0, version = 0;
    std::string headers, body;
};

// Both ways of making socket calls: many in one system call (io_uring), and one by one.
class TlsTest : public testing::TestWithParam<bool> {
protected:
    static void SetUpTestSuite() {
        folder_ = std::filesystem::temp_directory_path() / ("barrow-tls-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
        write_certificate(folder_ / "certificate.pem", folder_ / "key.pem");
    }
    static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }

    void open(bool tls, ServerOptions options = {}) {
        router_ = std::make_unique<Router>();
        router_->add({Method::get, "/hello", [](Request& request) {
                          return Response::text("hello " + std::to_string(request.http_major) + (request.secure ? " secure " : " clear ") +
                                                std::string(request.host));
                      }});
        router_->add({Method::get, "/big", [](Request&) {
                          Response response;
                          response.shared_body = std::make_shared<const std::string>(2'000'000, 'x');
                          return response;
                      }});
        router_->add({Method::post, "/echo", [](Request& request) { return Response::text(std::string(request.body)); }, 1'000'000});
        router_->add({Method::post, "/small", [](Request& request) { return Response::text(std::string(request.body)); }, 1000});
        router_->add({Method::get, "/slow", [this](Request& request) -> Task<Response> {
                          const auto text = co_await Later<std::string>([this](Later<std::string>::Answer answer) {
                              std::thread([this, answer = std::move(answer)] {
                                  std::this_thread::sleep_for(std::chrono::milliseconds(slow_ms_));
                                  answer("slow ");
                              }).detach();
                          });
                          co_return Response::text(text + std::string(request.path));
                      }});
        router_->add({Method::get, "/events", [](Request& request) {
                          Response response;
                          response.with("content-type", "text/event-stream");
                          response.events = std::make_shared<Subscription>();
                          response.events->topic = "live";
                          response.events->after = last_event_id(request);
                          return response;
                      }});
        options.port = 0;
        options.io_uring = GetParam();
        if (tls) {
            options.certificate_file = folder_ / "certificate.pem";
            options.key_file = folder_ / "key.pem";
        }
        Front front{.find = [this](Request& request, Response& answer) { return find_route(*router_, request, answer); },
                    .finish = [](const Request&, Response& response) { response.with("X-Seen", "yes"); }};
        auto opened = Server::open(std::move(options), std::move(front), clock_, log_);
        ASSERT_TRUE(opened) << opened.error().text;
        server_ = opened.release();
        server_->start();
        base_ = std::string(tls ? "https" : "http") + "://localhost:" + std::to_string(server_->port());
    }

    struct Ask {
        std::string path;
        long version = CURL_HTTP_VERSION_2TLS;
        std::string body{}, until{};
        std::vector<std::string> headers{};
        bool head = false;
    };

    Got get(const Ask& ask, CURL* reused = nullptr) {
        CURL* curl = reused ? reused : curl_easy_init();
        curl_easy_reset(curl);
        struct Sink {
            Got got;
            std::string until;
        } sink{{}, ask.until};
        curl_easy_setopt(curl, CURLOPT_URL, (base_ + ask.path).c_str());
        curl_easy_setopt(curl, CURLOPT_CAINFO, (folder_ / "certificate.pem").c_str());
        curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, ask.version);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 4000L);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_NOBODY, ask.head ? 1L : 0L);
        const auto write = +[](char* bytes, std::size_t size, std::size_t count, void* to) -> std::size_t {
            auto& into = *static_cast<Sink*>(to);
            into.got.body.append(bytes, size * count);
            return !into.until.empty() && into.got.body.find(into.until) != std::string::npos ? 0 : size * count;
        };
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
        const auto write_header = +[](char* bytes, std::size_t size, std::size_t count, void* to) -> std::size_t {
            static_cast<Got*>(to)->headers.append(bytes, size * count);
            return size * count;
        };
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, write_header);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &sink.got);
        curl_slist* list = nullptr;
        for (const auto& each : ask.headers) list = curl_slist_append(list, each.c_str());
        if (list) curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
        if (!ask.body.empty()) {
            curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(ask.body.size()));
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, ask.body.c_str());
        }
        sink.got.code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &sink.got.status);
        curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &sink.got.version);
        curl_slist_free_all(list);
        if (!reused) curl_easy_cleanup(curl);
        return sink.got;
    }

    static std::filesystem::path folder_;
    std::atomic<int> slow_ms_ = 30;
    std::unique_ptr<Router> router_;
    SystemClock clock_;
    SilentLog log_;
    std::unique_ptr<Server> server_;
    std::string base_;
};
std::filesystem::path TlsTest::folder_;

INSTANTIATE_TEST_SUITE_P(Calls, TlsTest, testing::Bool(), [](const auto& how) { return how.param ? "together" : "one_by_one"; });

TEST_P(TlsTest, speaks_both_versions_over_tls) {
    open(true);
    const auto two = get({"/hello"});
    EXPECT_EQ(two.code, CURLE_OK) << curl_easy_strerror(two.code);
    EXPECT_EQ(two.version, CURL_HTTP_VERSION_2_0);
    EXPECT_EQ(two.body, "hello 2 secure localhost");
    EXPECT_NE(two.headers.find("x-seen: yes"), std::string::npos);
    const auto one = get({"/hello", CURL_HTTP_VERSION_1_1});
    EXPECT_EQ(one.version, CURL_HTTP_VERSION_1_1);
    EXPECT_EQ(one.body, "hello 1 secure localhost");
}

TEST_P(TlsTest, sends_and_takes_large_bodies_on_either) {
    open(true);
    const std::string body = [] {
        std::string out;
        while (out.size() < 900'000) out += std::to_string(out.size()) + " ";
        return out;
    }();
    for (const long version : {CURL_HTTP_VERSION_2TLS, CURL_HTTP_VERSION_1_1}) {
        EXPECT_EQ(get({"/big", version}).body, std::string(2'000'000, 'x'));
        EXPECT_EQ(get({"/echo", version, body}).body, body);
        const auto small = get({"/small", version, body});
        EXPECT_EQ(small.status, 413) << version << " " << curl_easy_strerror(small.code);
        EXPECT_EQ(get({"/slow", version}).body, "slow /slow");
        const auto head = get({.path = "/big", .version = version, .head = true});
        EXPECT_NE(head.headers.find("ontent-length: 2000000"), std::string::npos) << head.headers;
        EXPECT_EQ(head.body, "");
        EXPECT_EQ(get({"/nothing", version}).status, 404);
        const auto not_taken = get({"/hello", version, "x"});
        EXPECT_EQ(not_taken.status, 405) << version << " " << curl_easy_strerror(not_taken.code);
        EXPECT_EQ(get({.path = "/hello", .version = version, .headers = {"X-Large: " + std::string(17'000, 'a')}}).status, 431);
    }
}

TEST_P(TlsTest, clear_text_http2_by_prior_knowledge) {
    open(false);
    EXPECT_EQ(get({"/hello", CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE}).body, "hello 2 clear localhost");
}

TEST_P(TlsTest, many_requests_keep_one_connection) {
    open(true);
    CURL* curl = curl_easy_init();
    for (int i = 0; i < 5; ++i) {
        const auto got = get({"/hello"}, curl);
        EXPECT_EQ(got.body, "hello 2 secure localhost") << curl_easy_strerror(got.code);
    }
    curl_easy_cleanup(curl);
    EXPECT_EQ(server_->counters().connections_total, 1);
    EXPECT_EQ(server_->counters().requests_total, 5);
}

TEST_P(TlsTest, streams_events_over_either) {
    open(true);
    for (int i = 1; i <= 5; ++i) server_->events().publish("live", {i, "stock", "{}"});
    std::int64_t last = 5;
    for (const long version : {CURL_HTTP_VERSION_2TLS, CURL_HTTP_VERSION_1_1}) {
        std::thread publisher([&] {
            for (int i = 0; i < 2000 && server_->events().viewers("live") == 0; ++i) std::this_thread::sleep_for(1ms);
            server_->events().publish("live", {last + 1, "stock", "{}"});
            server_->events().publish("live", {last + 2, "stock", "{}"});
        });
        const auto got = get(
            {.path = "/events", .version = version, .until = "id: " + std::to_string(last + 2) + "\n", .headers = {"Last-Event-ID: 3"}});
        publisher.join();
        last += 2;
        EXPECT_EQ(got.body.find("id: 3\n"), std::string::npos);
        EXPECT_TRUE(got.body.starts_with("id: 4\nevent: stock\ndata: {}\n\nid: 5\n")) << got.body;
        for (int i = 0; i < 200 && server_->events().viewers("live") > 0; ++i) std::this_thread::sleep_for(5ms);
        EXPECT_EQ(server_->events().viewers("live"), 0);
    }
}

TEST_P(TlsTest, stops_gracefully_with_http2_streams) {
    open(true);
    slow_ms_ = 150;
    Got slow, stream;
    std::thread one([&] { slow = get({"/slow"}); });
    std::thread two([&] { stream = get({"/events"}); });
    for (int i = 0; i < 500 && (server_->counters().streams_open == 0 || server_->counters().requests_total < 2); ++i)
        std::this_thread::sleep_for(2ms);
    server_->stop();
    one.join();
    two.join();
    EXPECT_EQ(slow.body, "slow /slow") << curl_easy_strerror(slow.code);
    EXPECT_EQ(stream.body, "retry: 1000\n\n") << curl_easy_strerror(stream.code);
}

TEST_P(TlsTest, resumes_a_session_by_ticket_and_refuses_old_tls) {
    open(true);
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_SESSION* ticket = nullptr;
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_set_app_data(context, &ticket);
    SSL_CTX_sess_set_new_cb(context, [](SSL* session, SSL_SESSION* given) {
        auto** to = static_cast<SSL_SESSION**>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(session)));
        if (*to) SSL_SESSION_free(*to);
        *to = given;
        return 1;
    });
    const auto talk = [&](int newest, bool& reused) {
        BIO* bio = BIO_new_connect(("127.0.0.1:" + std::to_string(server_->port())).c_str());
        SSL* session = SSL_new(context);
        SSL_set_max_proto_version(session, newest);
        if (newest < TLS1_2_VERSION) {
            SSL_set_min_proto_version(session, newest);
            SSL_set_cipher_list(session, "ALL:@SECLEVEL=0");
        }
        if (ticket) SSL_set_session(session, ticket);
        SSL_set_bio(session, bio, bio);
        const bool connected = SSL_connect(session) == 1;
        if (connected) {
            reused = SSL_session_reused(session) == 1;
            const std::string_view asked = "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            SSL_write(session, asked.data(), static_cast<int>(asked.size()));
            char bytes[1000];
            int count = 0;
            while (SSL_read(session, bytes, sizeof bytes) > 0) ++count;
            EXPECT_GT(count, 0);
            EXPECT_EQ(SSL_get_shutdown(session) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);  // close_notify came
        }
        if (connected) SSL_shutdown(session);  // else OpenSSL takes the session for a broken one
        SSL_free(session);
        return connected;
    };
    bool reused = true;
    EXPECT_TRUE(talk(TLS1_3_VERSION, reused));
    EXPECT_FALSE(reused);
    EXPECT_TRUE(talk(TLS1_3_VERSION, reused));
    EXPECT_TRUE(reused);
    SSL_SESSION_free(std::exchange(ticket, nullptr));
    EXPECT_TRUE(talk(TLS1_2_VERSION, reused));
    EXPECT_FALSE(talk(TLS1_1_VERSION, reused));
    if (ticket) SSL_SESSION_free(ticket);
    SSL_CTX_free(context);
}

// A client that writes its own frames.
class Frames {
public:
    explicit Frames(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) std::abort();
        timeval patience{2, 0};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        add(4, 0, 0, "");
    }
    ~Frames() { ::close(fd_); }
    Frames(const Frames&) = delete;
    Frames& operator=(const Frames&) = delete;

    void add(int type, int flags, int stream, std::string_view payload) {
        const auto byte = [&](std::size_t n) { bytes.push_back(static_cast<char>(n)); };
        byte(payload.size() >> 16), byte(payload.size() >> 8), byte(payload.size()), byte(static_cast<std::size_t>(type)),
            byte(static_cast<std::size_t>(flags));
        for (const int shift : {24, 16, 8, 0}) byte(static_cast<std::size_t>(stream >> shift));
        bytes.append(payload);
    }
    void flush() {
        for (std::string_view rest = bytes; !rest.empty();) {
            const auto count = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (count <= 0) break;
            rest.remove_prefix(static_cast<std::size_t>(count));
        }
        bytes.clear();
    }
    // Error code of the GOAWAY that ends the connection; -1: none came.
    int goaway() {
        std::string seen;
        char more[4096];
        for (ssize_t count = 0; (count = ::recv(fd_, more, sizeof more, 0)) > 0;) seen.append(more, static_cast<std::size_t>(count));
        for (std::size_t at = 0; at + 9 <= seen.size();) {
            const auto at_byte = [&](std::size_t n) { return static_cast<unsigned char>(seen[at + n]); };
            const std::size_t size = static_cast<std::size_t>(at_byte(0) << 16 | at_byte(1) << 8 | at_byte(2));
            if (at_byte(3) == 7 && at + 9 + 8 <= seen.size()) return at_byte(9 + 7);
            at += 9 + size;
        }
        return -1;
    }

    std::string bytes;

private:
    int fd_;
};

// ":method GET, :scheme http, :path /slow, :authority x", of HPACK's static table and literals.
const std::string slow_headers = std::string("\x82\x86\x04\x05/slow\x01\x01x", 12);

TEST_P(TlsTest, a_peer_that_opens_and_drops_streams_is_sent_away) {
    open(false);
    slow_ms_ = 300;
    Frames frames(server_->port());
    for (int i = 0; i < 1000; ++i) {
        frames.add(1, 5, 2 * i + 1, slow_headers);
        frames.add(3, 0, 2 * i + 1, std::string("\0\0\0\x08", 4));
    }
    frames.flush();
    EXPECT_EQ(frames.goaway(), NGHTTP2_ENHANCE_YOUR_CALM);
    EXPECT_LT(server_->counters().requests_total, 250);
    // A browser that stops one page is not.
    const auto requests = server_->counters().requests_total;
    Frames browser(server_->port());
    for (int i = 0; i < 60; ++i) {
        browser.add(1, 5, 2 * i + 1, slow_headers);
        browser.add(3, 0, 2 * i + 1, std::string("\0\0\0\x08", 4));
    }
    browser.flush();
    for (int i = 0; i < 400 && server_->counters().requests_total < requests + 60; ++i) std::this_thread::sleep_for(5ms);
    EXPECT_EQ(server_->counters().requests_total, requests + 60);
    EXPECT_GE(server_->counters().connections_open, 1);
    server_->stop();
}

TEST_P(TlsTest, a_broken_frame_or_preface_ends_the_connection) {
    open(false);
    {
        Frames bad(server_->port());
        bad.add(1, 5, 2, slow_headers);  // an even stream is the server's
        bad.flush();
        EXPECT_EQ(bad.goaway(), NGHTTP2_PROTOCOL_ERROR);
        Frames large(server_->port());
        large.add(0, 0, 1, std::string(20'000, 'x'));
        large.flush();
        EXPECT_EQ(large.goaway(), NGHTTP2_FRAME_SIZE_ERROR);
    }
    for (int i = 0; i < 200 && server_->counters().connections_open > 0; ++i) std::this_thread::sleep_for(5ms);
    EXPECT_EQ(server_->counters().connections_open, 0);
}

TEST_P(TlsTest, http2_has_time_outs_too) {
    open(false, {.header_timeout_ms = 100, .body_timeout_ms = 100, .idle_timeout_ms = 150});
    {
        Frames idle(server_->port());
        idle.flush();
        EXPECT_EQ(idle.goaway(), NGHTTP2_NO_ERROR);
        Frames half(server_->port());
        half.add(1, 1, 1, slow_headers);  // no END_HEADERS: the continuation never comes
        half.flush();
        EXPECT_EQ(half.goaway(), NGHTTP2_ENHANCE_YOUR_CALM);
        Frames preface(server_->port());
        preface.bytes = "PRI * HTTP";
        preface.flush();
        EXPECT_EQ(preface.goaway(), -1);
    }
    for (int i = 0; i < 200 && server_->counters().connections_open > 0; ++i) std::this_thread::sleep_for(5ms);
    EXPECT_EQ(server_->counters().connections_open, 0);
}

TEST_P(TlsTest, refuses_certificates_that_cannot_be_used) {
    const auto refused = [&](std::string certificate, std::string key) {
        const auto opened =
            Server::open({.port = 0, .certificate_file = std::move(certificate), .key_file = std::move(key)},
                         Front{.find = [](Request&, Response&) -> const Route* { return nullptr; }, .finish = {}}, clock_, log_);
        return opened ? std::string() : opened.error().text;
    };
    const std::string certificate = folder_ / "certificate.pem", key = folder_ / "key.pem";
    EXPECT_EQ(refused(certificate, key), "");
    EXPECT_NE(refused(certificate, ""), "");
    EXPECT_NE(refused("nowhere.pem", key).find("nowhere.pem"), std::string::npos);
    EXPECT_NE(refused(key, key), "");
    EXPECT_NE(refused(certificate, certificate), "");
}

}  // namespace
}  // namespace barrow::http
