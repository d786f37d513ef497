// HTTP as rooms see it: Request in, Response out. No sockets here, no Asio.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/result.hpp"
#include "floor/base/task.hpp"

namespace barrow::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };
std::string_view name(Method method);

// All views point into memory that lives until the response has been sent.
struct Request {
    Method method = Method::get;
    std::string_view target;     // as sent: "/s/abc?d=clip7"
    std::string_view path;       // percent-decoded only where a router parameter is read: "/s/abc"
    std::string_view query;      // without the question mark
    std::string_view host;       // lower case, without port; from :authority or Host
    std::string_view authority;  // as sent, with port
    std::string_view peer;       // address of the other end, or of X-Forwarded-For where a trusted proxy is configured
    std::string_view body;
    bool secure = false;    // TLS here, or said so by a trusted proxy
    bool by_proxy = false;  // a trusted one: its headers may be believed
    int http_major = 1;
    std::vector<std::pair<std::string_view, std::string_view>> headers;  // names in lower case
    std::vector<std::pair<std::string_view, std::string>> parameters;    // of the route, percent-decoded

    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;      // "" when it is not there
    [[nodiscard]] const std::string& parameter(std::string_view name) const;            // a bug when the route has none
    [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;  // first one, decoded; none when it is no text
    [[nodiscard]] std::string_view cookie(std::string_view name) const;
};

class Subscription;  // event_hub.hpp

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::shared_ptr<const std::string> shared_body;  // instead of body: sent without a copy
    std::shared_ptr<Subscription> events;            // instead of a body: an SSE stream

    static Response text(std::string body, int status = 200);
    static Response html(std::string body, int status = 200);
    static Response json(std::string body, int status = 200);
    static Response redirect(std::string location, int status = 302);
    Response& with(std::string name, std::string value) & {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    Response&& with(std::string name, std::string value) && {
        headers.emplace_back(std::move(name), std::move(value));
        return std::move(*this);
    }
    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
};

// bad_input 400, unauthenticated 401, forbidden 403, not_found 404, conflict and sold_out 409, gone 410, too_large 413,
// rate_limited 429, busy 503, outside 502, storage 500.
int status(Fault fault);

// {"error":{"code":"sold_out","message":"…"}} with the fault's status.
Response problem(const Error& error);

// Percent-decoding: "+" stays. Bad escapes are kept as they stand.
std::string percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);  // everything but unreserved characters

// A cookie that only this host sees: `__Host-NAME` with Secure; HttpOnly; SameSite=Lax; Path=/. Over plain http (only
// localhost by default) browsers refuse the prefix without Secure, but accept Secure on localhost.
std::string host_cookie(std::string_view name, std::string_view value, std::int64_t max_age_s);

}  // namespace barrow::http
