#include "rooms/links/check/page_signs.hpp"

#include <algorithm>
#include <array>

#include "floor/base/text.hpp"
#include "floor/wire/form.hpp"
#include "floor/wire/json.hpp"

namespace barrow::links::linkcheck {
namespace {

// A page that only sends on is short; a whole page's scripts hold addresses for taps that may never come.
constexpr std::size_t jump_page_bytes_max = 16 * 1024;
constexpr std::size_t jump_page_words_max = 400;  // bytes of text that somebody could read

using barrow::lower;
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && space(text.front())) text.remove_prefix(1);
    while (!text.empty() && space(text.back())) text.remove_suffix(1);
    return text;
}

std::string without_entities(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, char>, 8> entities{{{"&amp;", '&'},
                                                                         {"&quot;", '"'},
                                                                         {"&#34;", '"'},
                                                                         {"&#39;", '\''},
                                                                         {"&apos;", '\''},
                                                                         {"&#x2f;", '/'},
                                                                         {"&lt;", '<'},
                                                                         {"&gt;", '>'}}};
    std::string out;
    while (!text.empty()) {
        const auto found = std::ranges::find_if(entities, [&](const auto& one) { return lower(text.substr(0, 8)).starts_with(one.first); });
        out += found == entities.end() ? text.front() : found->second;
        text.remove_prefix(found == entities.end() ? 1 : found->first.size());
    }
    return out;
}

// Comments, and what `from`…`to` encloses, become one space.
std::string without(std::string_view text, std::string_view from, std::string_view to) {
    const auto small = lower(text);
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto start = small.find(from, at);
        out += text.substr(at, start == std::string::npos ? start : start - at);
        if (start == std::string::npos) break;
        out += ' ';
        const auto end = small.find(to, start + from.size());
        if (end == std::string::npos) break;
        at = end + to.size();
    }
    return out;
}

// The value of an attribute in `<meta …>`, with or without quotes.
std::string attribute(std::string_view tag, std::string_view name) {
    const auto small = lower(tag);
    for (auto at = small.find(name); at != std::string::npos; at = small.find(name, at + 1)) {
        if (at == 0 || !(space(small[at - 1]) || small[at - 1] == '"' || small[at - 1] == '\'')) continue;
        auto rest = trimmed(tag.substr(at + name.size()));
        if (!rest.starts_with('=')) continue;
        rest = trimmed(rest.substr(1));
        if (rest.empty()) return {};
        const char quote = rest.front();
        if (quote == '"' || quote == '\'') return without_entities(rest.substr(1, rest.find(quote, 1) - 1));
        return without_entities(rest.substr(0, std::min(rest.find_first_of(" \t\r\n"), rest.size())));
    }
    return {};
}

std::optional<PageJump> find_meta(std::string_view html) {
    const auto text = without(html, "<!--", "-->");
    const auto small = lower(text);
    constexpr std::size_t tag_max = 4'096, tags_max = 200;  // a page of "<meta" alone is no work for hours
    auto at = small.find("<meta");
    for (std::size_t n = 0; at != std::string::npos && n < tags_max; ++n, at = small.find("<meta", at + 1)) {
        const auto rest = std::string_view(text).substr(at, tag_max);
        const auto tag = rest.substr(0, rest.find('>'));
        if (lower(trimmed(attribute(tag, "http-equiv"))) != "refresh") continue;
        if (auto jump = read_refresh(attribute(tag, "content"))) return jump;
    }
    return {};
}

// What stands between the quotes at the front of `code`, without escapes; none when no text stands there or it does not end.
std::optional<std::string> literal(std::string_view code) {
    if (code.empty() || (code.front() != '"' && code.front() != '\'' && code.front() != '`')) return {};
    const char quote = code.front();
    std::string out;
    for (std::size_t i = 1; i < code.size(); ++i) {
        if (code[i] == quote) {
            // "https://…" + slug: put together at run time.
            const auto after = trimmed(code.substr(i + 1));
            return after.starts_with('+') ? std::nullopt : std::optional(out);
        }
        if (code[i] == '\n' || (quote == '`' && code.substr(i).starts_with("${"))) return {};
        if (code[i] != '\\' || i + 1 == code.size()) {
            out += code[i];
            continue;
        }
        const char escaped = code[++i];
        const int digits = escaped == 'u' ? 4 : escaped == 'x' ? 2 : 0;
        if (digits == 0) {
            out += escaped;  // "\/" and quotes
            continue;
        }
        int value = 0;
        for (int d = 0; d < digits && i + 1 < code.size(); ++d) {
            const char c = lower(code[++i]);
            value = value * 16 + (c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= '0' && c <= '9' ? c - '0' : 0);
        }
        if (value >= 0x80) return {};  // no address that a redirect page would write so
        out += static_cast<char>(value);
    }
    return {};
}

// Of the code behind the word "location": the text that it is set to.
std::optional<std::string> location_set_to(std::string_view code) {
    code = trimmed(code);
    for (const std::string_view call : {".replace", ".assign"}) {
        if (!code.starts_with(call)) continue;
        code = trimmed(code.substr(call.size()));
        return code.starts_with('(') ? literal(trimmed(code.substr(1))) : std::nullopt;
    }
    if (code.starts_with(".href")) code = trimmed(code.substr(5));
    if (!code.starts_with('=') || code.starts_with("==")) return {};
    return literal(trimmed(code.substr(1)));
}

std::string words_of(std::string_view html) {
    auto text = without(html, "<!--", "-->");
    for (const auto& [from, to] : {std::pair{"<script", "</script>"}, {"<style", "</style>"}, {"<title", "</title>"}, {"<", ">"}})
        text = without(text, from, to);
    std::string out;
    for (const char c : text) {
        if (!space(c) || (!out.empty() && out.back() != ' ')) out += space(c) ? ' ' : c;
    }
    return out;
}

std::optional<PageJump> find_script(std::string_view html) {
    if (html.size() > jump_page_bytes_max || words_of(html).size() > jump_page_words_max) return {};
    const auto text = without(html, "<!--", "-->");
    const auto small = lower(text);
    for (auto open = small.find("<script"); open != std::string::npos; open = small.find("<script", open + 1)) {
        const auto start = small.find('>', open);
        if (start == std::string::npos) return {};
        const auto code = std::string_view(text).substr(start + 1, small.find("</script", start) - start - 1);
        for (auto at = code.find("location"); at != std::string_view::npos; at = code.find("location", at + 1)) {
            const auto found = location_set_to(code.substr(at + 8));
            if (found && !found->empty() && found->front() != '#')
                return PageJump{.way = PageJump::Way::script, .target = *found, .delay_s = 0};
        }
    }
    return {};
}

bool holds_any(std::string_view title, std::initializer_list<std::string_view> signs) {
    const auto small = lower(title);
    return std::ranges::any_of(signs, [&](std::string_view sign) { return small.find(sign) != std::string::npos; });
}

}  // namespace

std::optional<PageJump> read_refresh(std::string_view content) {
    content = trimmed(content);
    int delay = 0;
    while (!content.empty() && content.front() >= '0' && content.front() <= '9') {
        delay = std::min(delay * 10 + (content.front() - '0'), jump_delay_max_s + 1);
        content.remove_prefix(1);
    }
    content = trimmed(content.substr(std::min(content.find_first_of(";,"), content.size())));
    if (content.empty() || delay > jump_delay_max_s) return {};
    content = trimmed(content.substr(1));
    if (lower(content.substr(0, 3)) == "url") {
        const auto after = trimmed(content.substr(3));
        if (after.starts_with('=')) content = trimmed(after.substr(1));
    }
    if (content.size() >= 2 && (content.front() == '"' || content.front() == '\''))
        content = content.substr(1, content.find(content.front(), 1) - 1);
    if (content.empty()) return {};
    return PageJump{.way = PageJump::Way::meta, .target = std::string(content), .delay_s = delay};
}

std::optional<PageJump> find_jump(std::string_view html) {
    if (auto jump = find_meta(html)) return jump;
    return find_script(html);
}

std::string page_title(std::string_view html) {
    const auto small = lower(html);
    const auto open = small.find("<title");
    if (open == std::string::npos) return {};
    const auto start = small.find('>', open);
    if (start == std::string::npos) return {};
    auto title = without_entities(trimmed(html.substr(start + 1, small.find("</title", start) - start - 1)).substr(0, 200));
    std::ranges::replace_if(title, space, ' ');
    return title;
}

namespace {

constexpr std::size_t tag_bytes_max = 4 * 1024;
constexpr std::size_t documents_max = 50;  // JSON-LD blocks of one page

// Each tag of the name, from "<meta" to its end; one that does not end soon is none.
template <class See>
void each_tag(std::string_view html, std::string_view small, std::string_view opening, const See& see) {
    for (auto at = small.find(opening); at != small.npos; at = small.find(opening, at + 1)) {
        const auto length = small.substr(at, tag_bytes_max).find('>');
        if (length != small.npos) see(html.substr(at, length), at + length + 1);
    }
}

// One line of text of at most so many characters, without half of one at its end.
std::string line_of(std::string_view text, std::size_t characters_max) {
    std::string out;
    std::size_t characters = 0;
    for (const char c : trimmed(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0U) != 0x80U && ++characters > characters_max) break;
        const bool blank = byte < 0x20 || byte == 0x7f || c == ' ';
        if (!blank || (!out.empty() && out.back() != ' ')) out += blank ? ' ' : c;
    }
    return wire::is_text(out) ? out : "";
}

Offered read_offered(std::string_view value) {
    const auto word = lower(trimmed(value.substr(value.find_last_of("/:") + 1)));
    for (const std::string_view out : {"outofstock", "soldout", "discontinued", "out of stock", "oos", "sold out"}) {
        if (word == out) return Offered::out;
    }
    for (const std::string_view in : {"instock", "limitedavailability", "onlineonly", "instoreonly", "preorder", "presale", "backorder",
                                      "madetoorder", "in stock", "available", "available for order", "preorder", "pending"}) {
        if (word == in) return Offered::in;
    }
    return Offered::unknown;
}

// One that can be had is enough.
void add_offered(Offered& all, Offered one) {
    if (one == Offered::in || all == Offered::unknown) all = one == Offered::unknown ? all : one;
}

void add_offers(Offered& all, const wire::Json& json) {
    if (json.is_array()) {
        for (const auto& item : json.items()) add_offers(all, item);
    } else if (json.is_object()) {
        for (const auto& [name, value] : json.members()) {
            if (name == "availability" && value.is_text())
                add_offered(all, read_offered(value.text()));
            else
                add_offers(all, value);
        }
    }
}

}  // namespace

PageFace page_face(std::string_view html) {
    const auto small = lower(html);
    PageFace face;
    std::string description;
    each_tag(html, small, "<meta", [&](std::string_view tag, std::size_t) {
        const auto property = lower(attribute(tag, "property")), name = lower(attribute(tag, "name"));
        const auto is = [&](std::string_view wanted) { return property == wanted || name == wanted; };
        if (is("og:title") && face.title.empty()) face.title = line_of(attribute(tag, "content"), 120);
        if (is("og:description") && face.text.empty()) face.text = line_of(attribute(tag, "content"), 300);
        if ((is("og:image") || is("og:image:url")) && face.image.empty()) face.image = line_of(attribute(tag, "content"), 2'048);
        if (is("description") && description.empty()) description = line_of(attribute(tag, "content"), 300);
    });
    if (face.title.empty()) face.title = line_of(page_title(html), 120);
    if (face.text.empty()) face.text = std::move(description);
    return face;
}

Offered offered_on(std::string_view html) {
    const auto small = lower(html);
    Offered all = Offered::unknown;
    std::size_t documents = 0;
    each_tag(html, small, "<script", [&](std::string_view tag, std::size_t after) {
        if (lower(attribute(tag, "type")) != "application/ld+json" || ++documents > documents_max) return;
        const auto end = small.find("</script", after);
        if (end == small.npos) return;
        if (const auto json = wire::read_json(trimmed(html.substr(after, end - after)))) add_offers(all, *json);
    });
    for (const std::string_view opening : {"<link", "<meta", "<span", "<div"}) {
        each_tag(html, small, opening, [&](std::string_view tag, std::size_t) {
            const auto property = lower(attribute(tag, "property"));
            if (lower(attribute(tag, "itemprop")) != "availability" && property != "product:availability" && property != "og:availability")
                return;
            const auto href = attribute(tag, "href");
            add_offered(all, read_offered(href.empty() ? attribute(tag, "content") : href));
        });
    }
    return all;
}

bool is_challenge_title(std::string_view title) {
    return holds_any(title, {"just a moment", "attention required", "access denied", "are you a robot", "are you human", "verify you are",
                             "security check", "captcha", "bot verification", "ddos-guard"});
}

bool is_interstitial_title(std::string_view title) {
    return holds_any(title, {"you are leaving", "you're leaving", "leaving ", "redirecting", "external link", "link warning",
                             "before you continue", "suspicious link"});
}

}  // namespace barrow::links::linkcheck
