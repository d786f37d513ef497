// What a Request answers about itself, and the few kinds of Response that rooms send.
#include "floor/http/http.hpp"

#include <algorithm>
#include <cstdio>

#include "floor/wire/form.hpp"

namespace barrow::http {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                out.push_back(static_cast<char>(high * 16 + low));
                i += 2;
                continue;
            }
        }
        out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
    return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return lower(x) == lower(y);
    });
}

std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
            out += escaped;
        } else {
            out.push_back(c);
        }
    }
    return out + '"';
}

Response typed(std::string_view type, std::string body, int status) {
    Response response;
    response.status = status;
    response.headers.emplace_back("content-type", type);
    response.body = std::move(body);
    return response;
}

}  // namespace

std::string_view name(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::del:
            return "DELETE";
        case Method::options:
            return "OPTIONS";
        case Method::other:
            break;
    }
    return "OTHER";
}

std::string_view Request::header(std::string_view lower_case_name) const {
    for (const auto& [key, value] : headers) {
        if (key == lower_case_name) return value;
    }
    return {};
}

const std::string& Request::parameter(std::string_view wanted) const {
    const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& each) { return each.first == wanted; });
    check(found != parameters.end());
    return found->second;
}

std::optional<std::string> Request::query_value(std::string_view wanted) const {
    for (std::string_view rest = query; !rest.empty();) {
        const auto end = std::min(rest.find('&'), rest.size());
        const auto pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        const auto key = pair.substr(0, equals);
        const bool plain = key.find_first_of("%+") == std::string_view::npos;
        if (plain ? key == wanted : decode(key, true) == wanted) {
            auto value = equals < pair.size() ? decode(pair.substr(equals + 1), true) : std::string();
            if (!wire::is_text(value)) return std::nullopt;
            return value;
        }
    }
    return std::nullopt;
}

std::string_view Request::cookie(std::string_view wanted) const {
    for (const auto& [key, value] : headers) {
        if (key != "cookie") continue;  // HTTP/2 may send several
        for (std::string_view rest = value; !rest.empty();) {
            const auto end = std::min(rest.find(';'), rest.size());
            auto pair = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            while (!pair.empty() && (pair.front() == ' ' || pair.front() == '\t')) pair.remove_prefix(1);
            while (!pair.empty() && (pair.back() == ' ' || pair.back() == '\t')) pair.remove_suffix(1);
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == wanted) return pair.substr(equals + 1);
        }
    }
    return {};
}

Response Response::text(std::string body, int status) { return typed("text/plain; charset=utf-8", std::move(body), status); }
Response Response::html(std::string body, int status) { return typed("text/html; charset=utf-8", std::move(body), status); }
Response Response::json(std::string body, int status) { return typed("application/json", std::move(body), status); }

Response Response::redirect(std::string location, int status) {
    Response response;
    response.status = status;
    response.headers.reserve(4);
    response.headers.emplace_back("location", std::move(location));
    return response;
}

std::string_view Response::header(std::string_view lower_case_name) const {
    for (const auto& [key, value] : headers) {
        if (equal_ignoring_case(key, lower_case_name)) return value;
    }
    return {};
}

int status(Fault fault) {
    switch (fault) {
        case Fault::bad_input:
            return 400;
        case Fault::unauthenticated:
            return 401;
        case Fault::forbidden:
            return 403;
        case Fault::not_found:
            return 404;
        case Fault::gone:
            return 410;
        case Fault::conflict:
        case Fault::sold_out:
            return 409;
        case Fault::too_large:
            return 413;
        case Fault::rate_limited:
            return 429;
        case Fault::busy:
            return 503;
        case Fault::outside:
            return 502;
        case Fault::storage:
            break;
    }
    return 500;
}

Response problem(const Error& error) {
    return Response::json(R"({"error":{"code":")" + std::string(name(error.fault)) + R"(","message":)" + json_text(error.text) + "}}",
                          status(error.fault));
}

std::string percent_decode(std::string_view text) { return decode(text, false); }

std::string percent_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool unreserved =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved) {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(digits[byte >> 4]);
            out.push_back(digits[byte & 15]);
        }
    }
    return out;
}

std::string host_cookie(std::string_view name, std::string_view value, std::int64_t max_age_s) {
    std::string out = "__Host-";
    out.append(name).append("=").append(value).append("; Path=/; Max-Age=").append(std::to_string(max_age_s));
    return out + "; Secure; HttpOnly; SameSite=Lax";
}

}  // namespace barrow::http
