#include "floor/wire/markup.hpp"

#include <algorithm>
#include <cstdint>

#include "floor/wire/page.hpp"

namespace barrow::wire {
namespace {

// The character at `at` and how many bytes it has; 0 bytes where none begins.
struct Character {
    char32_t point = 0;
    std::size_t size = 0;
};
Character character_at(std::string_view text, std::size_t at) {
    const auto byte = static_cast<std::uint8_t>(text[at]);
    const std::size_t size = byte < 0x80                   ? 1
                             : byte >= 0xc2 && byte < 0xe0 ? 2
                             : byte >= 0xe0 && byte < 0xf0 ? 3
                             : byte >= 0xf0 && byte < 0xf5 ? 4
                                                           : 0;
    if (size == 0 || at + size > text.size()) return {};
    char32_t point = size == 1 ? byte : byte & (0xffU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        const auto next = static_cast<std::uint8_t>(text[at + i]);
        if ((next & 0xc0) != 0x80) return {};
        point = point << 6 | (next & 0x3f);
    }
    return {point, size};
}

bool is_space(char32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}
bool is_left_out(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb);
}
// Spaces that do not break are chosen by people who set figures ("24 cm"): they stay.
bool is_kept_space(char32_t c) { return c == 0xa0 || c == 0x202f; }

// How many bytes of `text` from its `stars` on are marked words; 0 for none. `inner` are the words.
std::size_t marked(std::string_view text, std::string_view stars, std::string_view& inner) {
    if (!text.starts_with(stars)) return 0;
    const auto from = stars.size(), end = text.find('*', from);
    if (end == std::string_view::npos || end == from || !text.substr(end).starts_with(stars)) return 0;
    inner = text.substr(from, end - from);
    return inner.front() == ' ' || inner.back() == ' ' ? 0 : end + stars.size();
}

template <class Plain, class Marked>
void walk(std::string_view text, Plain plain, Marked mark) {
    std::size_t done = 0;
    for (std::size_t at = text.find('*'); at != std::string_view::npos;) {
        const auto rest = text.substr(at);
        std::string_view inner;
        bool strong = true;
        auto size = marked(rest, "**", inner);
        if (size == 0) {
            strong = false;
            size = marked(rest, "*", inner);
        }
        if (size > 0) {
            plain(text.substr(done, at - done));
            mark(inner, strong);
            done = at + size;
        }
        at = text.find('*', at + std::max<std::size_t>(size, 1));
    }
    plain(text.substr(done));
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    bool space = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto [point, size] = character_at(text, at);
        if (size == 0) {
            ++at;
            continue;
        }
        if (is_space(point) && !is_kept_space(point)) {
            space = true;
        } else if (!is_left_out(point)) {
            if (space && !line.empty()) line += ' ';
            space = false;
            line += text.substr(at, size);
        }
        at += size;
    }
    return line;
}

std::string markup_html(std::string_view text) {
    std::string html;
    walk(
        text, [&](std::string_view plain) { html += escape_html(plain); },
        [&](std::string_view inner, bool strong) {
            const std::string_view name = strong ? "strong" : "em";
            html.append("<").append(name).append(">").append(escape_html(inner)).append("</").append(name).append(">");
        });
    return html;
}

std::string markup_text(std::string_view text) {
    std::string words;
    walk(text, [&](std::string_view plain) { words += plain; }, [&](std::string_view inner, bool) { words += inner; });
    return words;
}

}  // namespace barrow::wire
