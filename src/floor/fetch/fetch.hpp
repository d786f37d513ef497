// Fetch: outgoing HTTP. Every request has an end: bytes, time, redirects.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/log.hpp"
#include "floor/base/result.hpp"
#include "floor/base/task.hpp"

namespace barrow::fetch {

enum class Peer : std::uint8_t {
    given_by_user,    // only public addresses, checked when the socket is opened: a name that changes its mind does not help
    named_in_config,  // the operator's own OBS, Owncast, model or provider: any address
};

struct FetchRequest {
    std::string method = "GET";
    std::string url;  // http or https
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    Peer peer = Peer::given_by_user;
    std::size_t body_bytes_max = 1024 * 1024;  // of the answer, after decompression
    long total_ms = 15'000;                    // with all redirects
    long connect_ms = 5'000;
    int redirects_max = 0;
};

struct FetchResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // of the last answer; names in lower case
    std::string body;
    std::string url;  // after redirects

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
};

struct FetcherOptions {
    std::string user_agent = "Barrow/0.1";
    std::string certificate_authorities_file{};  // PEM; empty: the system's
    std::size_t waiting_max = 10'000;
    long connections_max = 64;
    std::vector<std::string> resolve{};  // "shop.example:443:203.0.113.9", as libcurl reads it: tests
};

// libcurl on one thread of its own. The destructor answers what is under way with Fault::busy.
std::unique_ptr<Fetcher> open_fetcher(FetcherOptions options = {});

}  // namespace barrow::fetch
