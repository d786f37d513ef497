#include "rooms/access/file_page.hpp"

#include "floor/base/bytes.hpp"
#include "floor/base/result.hpp"
#include "floor/sign/sign.hpp"

namespace barrow::access {
namespace {

void take_out(std::string& text, const std::string& what) {
    for (std::size_t at = 0; (at = text.find(what, at)) != text.npos;) text.erase(at, what.size());
}

// " 'sha256-…'" of what stands between each `begin` and the next `end`.
std::string hashes(const std::string& html, std::string_view begin, std::string_view end) {
    std::string out;
    for (auto at = html.find(begin); at != html.npos; at = html.find(begin, at)) {
        at += begin.size();
        out += " 'sha256-" + base64(sign::sha256(as_bytes(std::string_view(html).substr(at, html.find(end, at) - at)))) + "'";
    }
    return out;
}

}  // namespace

std::string file_page(std::string html) {
    constexpr std::string_view mark = " nonce=\"", charset = "<meta charset=\"utf-8\">\n";
    const auto first = html.find(mark);
    if (first != html.npos) take_out(html, html.substr(first, html.find('"', first + mark.size()) + 1 - first));
    const auto place = html.find(charset);
    check(place != html.npos);
    html.insert(place + charset.size(),
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src" +
                    hashes(html, "<style>", "</style>") + "; script-src 'self'" + hashes(html, "<script type=\"module\">", "</script>") +
                    "; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; worker-src 'self'; "
                    "require-trusted-types-for 'script'; trusted-types barrow\">\n"
                    "<meta name=\"referrer\" content=\"strict-origin-when-cross-origin\">\n");
    return html;
}

}  // namespace barrow::access
