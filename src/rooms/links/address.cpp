#include "rooms/links/address.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "rooms/links/rules.hpp"

namespace barrow::links {
namespace {

constexpr std::string_view context_place = "{context}";

// Calls with each "name", "name=value" of a query.
template <class Fn>
void each_pair(std::string_view query, Fn fn) {
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        if (!pair.empty()) fn(pair.substr(0, pair.find('=')), pair);
        query.remove_prefix(std::min(end + 1, query.size()));
    }
}

void append(std::string& out, std::string_view pair) {
    out += out.find('?') == out.npos ? '?' : '&';
    out += pair;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// A parameter's name as servers read it: "%74o" is "to".
std::string decoded(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool escape = name[i] == '%' && i + 2 < name.size() && hex(name[i + 1]) >= 0 && hex(name[i + 2]) >= 0;
        out += escape ? static_cast<char>(hex(name[i + 1]) * 16 + hex(name[i + 2])) : name[i] == '+' ? ' ' : name[i];
        if (escape) i += 2;
    }
    return out;
}
bool names(std::string_view query, std::string_view name) {
    bool found = false;
    const auto wanted = decoded(name);
    each_pair(query, [&](std::string_view one, std::string_view) { found = found || decoded(one) == wanted; });
    return found;
}

}  // namespace

std::string onward_address(std::string_view target, const Onward& with) {
    const auto fragment = std::min(target.find('#'), target.size());
    std::string out(target.substr(0, fragment));
    if (!with.query.empty() || !with.utm.empty()) {
        const auto question = target.substr(0, fragment).find('?');
        const auto own = question == std::string_view::npos ? std::string_view() : target.substr(question + 1, fragment - question - 1);
        each_pair(with.query, [&](std::string_view name, std::string_view pair) {
            const auto plain = decoded(name);
            const bool ours = plain == "d" || plain == "c" || plain == "outside" || plain == "openExternalBrowser";
            if (!ours && !names(own, name)) append(out, pair);
        });
        each_pair(with.utm, [&](std::string_view name, std::string_view pair) {
            if (names(own, name) || names(with.query, name)) return;
            std::string filled(pair);
            replace_all(filled, "{slug}", with.slug);
            append(out, filled);
        });
    }
    if (with.token.empty()) {
        out += target.substr(fragment);
        return out;
    }
    if (target.find(context_place) == target.npos) append(out, std::string(with.token_name) + "=" + std::string(with.token));
    out += target.substr(fragment);
    replace_all(out, context_place, with.token);
    return out;
}

std::string source_tag(std::string_view query) {
    constexpr std::size_t source_max = 60;
    const auto raw = parameter(query, "d");
    if (!raw) return "";
    std::string tag;
    for (std::size_t i = 0; i < raw->size() && tag.size() < source_max; ++i) {
        char c = (*raw)[i];
        if (c == '%' && i + 2 < raw->size() && hex((*raw)[i + 1]) >= 0 && hex((*raw)[i + 2]) >= 0) {
            c = static_cast<char>(hex((*raw)[i + 1]) * 16 + hex((*raw)[i + 2]));
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        tag += c >= 0x20 && c < 0x7f ? c : '_';
    }
    return tag;
}

Status examine_utm(std::string_view utm) {
    constexpr std::array<std::string_view, 6> known{"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id"};
    constexpr std::size_t utm_max = 500;
    const auto refuse = [&](const std::string& why) { return fail(Fault::bad_input, "the UTM values " + why); };
    if (utm.size() > utm_max) return refuse("are longer than 500 characters together");
    if (std::ranges::any_of(utm, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '#' || c == '?'; }))
        return refuse("must be written as they stand in an address: no spaces (%20), no # and no ?");
    std::vector<std::string_view> seen;
    Status status;
    each_pair(utm, [&](std::string_view name, std::string_view pair) {
        if (!status) return;
        if (std::ranges::find(known, name) == known.end()) {
            status = refuse("may set utm_source, utm_medium, utm_campaign, utm_term, utm_content and utm_id, not \"" +
                            std::string(name.substr(0, 40)) + "\"");
        } else if (pair.size() <= name.size() + 1) {
            status = refuse("leave " + std::string(name) + " empty; take it out");
        } else if (std::ranges::find(seen, name) != seen.end()) {
            status = refuse("set " + std::string(name) + " twice");
        }
        seen.push_back(name);
    });
    return status;
}

std::string referrer_host(std::string_view referrer) {
    constexpr std::size_t host_max = 80;
    for (const std::string_view scheme : {"https://", "http://", "android-app://"}) {
        if (!referrer.starts_with(scheme)) continue;
        referrer.remove_prefix(scheme.size());
        auto host = std::string(referrer.substr(0, referrer.find_first_of("/?#:")));
        if (host.empty() || host.size() > host_max) return "";
        for (auto& c : host) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_')) return "";
        }
        return host;
    }
    return "";
}

}  // namespace barrow::links
