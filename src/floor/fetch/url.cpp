#include "floor/fetch/url.hpp"

#include <curl/curl.h>

#include <memory>

namespace barrow::fetch {
namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;
Handle make_handle() { return {curl_url(), &curl_url_cleanup}; }

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return text;
}

std::string part(const Handle& url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return {};
    std::string out = text;
    curl_free(text);
    return out;
}

// Of "intent://scan/#Intent;…": "intent". Empty for a reference without a scheme.
std::string_view scheme_of(std::string_view reference) {
    const auto colon = reference.find(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    const auto name = reference.substr(0, colon);
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (!letter(name.front())) return {};
    for (const char c : name) {
        if (!letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return {};
    }
    return name;
}

bool is_web(std::string_view scheme) { return scheme == "http" || scheme == "https"; }

}  // namespace

std::string origin(std::string_view url) {
    const auto parts = make_handle();
    if (curl_url_set(parts.get(), CURLUPART_URL, std::string(url).c_str(), 0) != CURLUE_OK) return {};
    const auto scheme = part(parts, CURLUPART_SCHEME);
    if (!is_web(scheme)) return {};
    return scheme + "://" + lower(part(parts, CURLUPART_HOST)) + ":" + part(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

Result<UrlParts> read_url(std::string_view url) {
    const auto parts = make_handle();
    if (curl_url_set(parts.get(), CURLUPART_URL, std::string(url).c_str(), CURLU_URLENCODE) != CURLUE_OK ||
        !is_web(part(parts, CURLUPART_SCHEME)) || part(parts, CURLUPART_HOST).empty()) {
        return fail(Fault::bad_input,
                    "\"" + std::string(url.substr(0, 200)) + "\" is not an address of the web; it looks like https://shop.example/lamp");
    }
    return UrlParts{.scheme = part(parts, CURLUPART_SCHEME),
                    .host = lower(part(parts, CURLUPART_HOST)),
                    .path = part(parts, CURLUPART_PATH),
                    .query = part(parts, CURLUPART_QUERY)};
}

Result<std::string> resolve(std::string_view base, std::string_view reference) {
    const auto scheme = lower(std::string(scheme_of(reference)));
    if (!scheme.empty() && !is_web(scheme)) return std::string(reference);
    const auto url = make_handle();
    if (!reference.empty() && curl_url_set(url.get(), CURLUPART_URL, std::string(base).c_str(), CURLU_URLENCODE) == CURLUE_OK &&
        curl_url_set(url.get(), CURLUPART_URL, std::string(reference).c_str(), CURLU_URLENCODE) == CURLUE_OK) {
        auto there = part(url, CURLUPART_URL);
        if (!there.empty()) return there;
    }
    return fail(Fault::bad_input, "\"" + std::string(reference.substr(0, 200)) + "\" leads nowhere");
}

}  // namespace barrow::fetch
