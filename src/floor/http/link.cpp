// What both protocols ask of a request line's parts, the same for each.
#include "floor/http/link.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace barrow::http {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_address(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN) return false;
    char zero_ended[INET6_ADDRSTRLEN] = {};
    text.copy(zero_ended, text.size());
    unsigned char bytes[16];
    return inet_pton(AF_INET, zero_ended, bytes) == 1 || inet_pton(AF_INET6, zero_ended, bytes) == 1;
}

}  // namespace

bool fill_target(Request& request, std::string_view target) {
    for (const char c : target) {
        if (c <= 0x20 || c >= 0x7f || c == '#') return false;  // bytes above 0x7f are negative where char is signed
    }
    if (target.empty()) return false;
    request.target = target;
    if (target == "*") {
        request.path = target;
        request.query = {};
        return request.method == Method::options;
    }
    auto rest = target;
    if (rest.front() != '/') {
        if (same_ignoring_case(rest.substr(0, 7), "http://")) {
            rest.remove_prefix(7);
        } else if (same_ignoring_case(rest.substr(0, 8), "https://")) {
            rest.remove_prefix(8);
        } else {
            return false;
        }
        // A target that names another host than the Host header would be two requests in one.
        const auto end = std::min(rest.find_first_of("/?"), rest.size());
        if (end == 0 || !same_ignoring_case(rest.substr(0, end), request.authority)) return false;
        rest.remove_prefix(end);
    }
    const auto question = std::min(rest.find('?'), rest.size());
    request.path = question == 0 ? std::string_view("/") : rest.substr(0, question);
    request.query = question < rest.size() ? rest.substr(question + 1) : std::string_view();
    return true;
}

bool fill_host(Request& request, std::string& lower_case) {
    auto name = request.authority;
    request.host = {};
    if (name.empty()) return request.http_major == 1 && request.header("host").data() == nullptr;  // HTTP/1.0 without a Host
    std::string_view port;
    bool upper = false;
    if (name.front() == '[') {
        const auto end = name.find(']');
        if (end == std::string_view::npos || !is_address(name.substr(1, end - 1))) return false;
        port = name.substr(end + 1);
        name = name.substr(0, end + 1);
    } else {
        const auto colon = std::min(name.find(':'), name.size());
        port = name.substr(colon);
        name = name.substr(0, colon);
        if (name.ends_with('.')) name.remove_suffix(1);  // the root, which everybody leaves out
        if (name.empty() || name.size() > 253) return false;
        for (const char c : name) {
            if (c >= 'A' && c <= 'Z') {
                upper = true;
            } else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_')) {
                return false;
            }
        }
    }
    if (!port.empty() && (port.size() > 6 || port.find_first_not_of("0123456789", 1) != std::string_view::npos || port[0] != ':'))
        return false;
    if (!upper) {
        request.host = name;
        return true;
    }
    lower_case.assign(name);
    for (char& c : lower_case) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    request.host = lower_case;
    return true;
}

void fill_peer(Request& request, const Link& link, const ServerOptions& options) {
    request.peer = link.peer();
    request.secure = link.secure();
    request.by_proxy = false;
    if (options.trusted_proxies.empty()) return;
    const auto trusted = [&](std::string_view address) {
        return std::find(options.trusted_proxies.begin(), options.trusted_proxies.end(), address) != options.trusted_proxies.end();
    };
    if (!trusted(request.peer)) return;
    request.by_proxy = true;
    for (const auto& [name, value] : request.headers) {
        if (name == "x-forwarded-proto") request.secure = same_ignoring_case(value, "https");
        if (name != "x-forwarded-for") continue;
        // From the right: each trusted proxy vouches for the one before it; what stands further left anyone may have written.
        for (auto rest = value;;) {
            const auto comma = rest.rfind(',');
            auto address = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
            while (!address.empty() && address.front() == ' ') address.remove_prefix(1);
            while (!address.empty() && address.back() == ' ') address.remove_suffix(1);
            if (!is_address(address)) break;
            request.peer = address;
            if (!trusted(address) || comma == std::string_view::npos) break;
            rest = rest.substr(0, comma);
        }
    }
}

bool has_control(std::string_view text) {
    constexpr auto every = [](std::uint64_t byte) { return byte * 0x0101'0101'0101'0101U; };
    const auto one_by_one = [](std::string_view few) {
        return std::ranges::any_of(few, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
    };
    for (; text.size() >= 8; text.remove_prefix(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), 8);
        const auto delete_as_zero = word ^ every(0x7f);
        const auto below = (word - every(0x20)) & ~word;  // the top bit of each byte below 0x20
        const auto zero = (delete_as_zero - every(1)) & ~delete_as_zero;
        if (((below | zero) & every(0x80)) != 0 && one_by_one(text.substr(0, 8))) return true;
    }
    return one_by_one(text);
}

bool may_send_header(std::string_view name, std::string_view value) {
    if (name.empty()) return false;
    for (const char c : name) {
        if (c <= 0x20 || c >= 0x7f || c == ':') return false;
    }
    if (has_control(value)) return false;
    switch (name.size()) {
        case 4:
            return !same_ignoring_case(name, "date");
        case 7:
            return !same_ignoring_case(name, "upgrade");
        case 10:
            return !same_ignoring_case(name, "connection") && !same_ignoring_case(name, "keep-alive");
        case 14:
            return !same_ignoring_case(name, "content-length");
        case 17:
            return !same_ignoring_case(name, "transfer-encoding");
        default:
            return true;
    }
}

}  // namespace barrow::http
