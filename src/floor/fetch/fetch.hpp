// Fetch: outgoing HTTP. Every request has an end: bytes, time, redirects.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/log.hpp"
#include "floor/base/result.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"

namespace barrow::fetch {

enum class Peer : std::uint8_t {
    given_by_user,    // only public addresses, checked when the socket is opened: a name that changes its mind does not help
    named_in_config,  // the operator's own OBS, Owncast, model or provider: any address
};

enum class Beyond : std::uint8_t { refuse, cut };      // a body of more than body_bytes_max: no answer, or its beginning
enum class Connection : std::uint8_t { kept, fresh };  // fresh: with the handshakes that somebody pays who comes for the first time

struct FetchRequest {
    std::string method = "GET";
    std::string url;  // http or https
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    Peer peer = Peer::given_by_user;
    std::size_t body_bytes_max = 1024 * 1024;  // of the answer, after decompression
    Beyond beyond = Beyond::refuse;
    Connection connection = Connection::kept;
    long total_ms = 15'000;  // with all redirects
    long connect_ms = 5'000;
    int redirects_max = 0;
};

// When what was done, in microseconds from the start of the last request; 0 for what was not needed.
struct Timing {
    std::int64_t name_us = 0, connect_us = 0, tls_us = 0, first_byte_us = 0, total_us = 0;
};
struct Tls {
    std::string version;  // "TLSv1.3"
    Instant ends;         // of the peer's certificate
};

struct FetchResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // of the last answer, as they came; names in lower case
    std::string body;
    bool cut = false;          // there was more of the body
    std::string url;           // after redirects
    std::string address;       // "203.0.113.9": who answered
    std::string http_version;  // "1.1", "2"
    Timing timing{};
    std::optional<Tls> tls{};  // none without TLS

    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;  // "" when it is not there
};

class Fetcher {
public:
    virtual ~Fetcher() = default;
    // Any status of a peer is an answer. Refused: a URL that is none, or not http(s) (bad_input); an address that is not
    // public (forbidden); too many redirects, or one from https to http (outside); a body beyond its limit (too_large); a
    // peer that fails, or is slow (outside); too many requests waiting (busy). Redirects to another origin lose
    // authorization and cookies, and come under the address rules unless config names the peer of the whole request.
    [[nodiscard]] virtual Later<Result<FetchResponse>> fetch(FetchRequest request) = 0;
    // Answers what is under way, and all that comes later, with Fault::busy. Before the executors end that wait for answers.
    virtual void stop() {}
};

struct FetcherOptions {
    std::string user_agent = "Barrow/0.1";
    std::string certificate_authorities_file{};  // PEM; empty: the system's
    std::size_t waiting_max = 10'000;
    long connections_max = 192;          // webhooks alone may wait at 128 (floor/outbox/turns.hpp)
    std::vector<std::string> resolve{};  // "shop.example:443:203.0.113.9", as libcurl reads it: tests
};

// libcurl on one thread of its own. The destructor stops it.
std::unique_ptr<Fetcher> open_fetcher(FetcherOptions options = {});

}  // namespace barrow::fetch
