#include "rooms/uploads/captions.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "floor/base/text.hpp"
#include "floor/wire/form.hpp"

namespace barrow::uploads {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf", arrow = "-->", signature = "WEBVTT";

struct Line {
    std::size_t number = 0;
    std::string_view text;
};

// A line ends in a carriage return, a line feed, or both.
std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        lines.push_back({.number = lines.size() + 1, .text = text.substr(0, end)});
        text.remove_prefix(end);
        text.remove_prefix(text.starts_with("\r\n") ? 2 : text.empty() ? 0 : 1);
    }
    return lines;
}

bool has_arrow(const Line& line) { return line.text.find(arrow) != line.text.npos; }

Error wrong(const Line& line, const std::string& why) {
    return fail(Fault::bad_input, "the captions' line " + std::to_string(line.number) + " " + why);
}

// The number of so many digits, at least and at most.
std::optional<std::int64_t> number(std::string_view text, std::size_t least, std::size_t most) {
    if (text.size() < least || text.size() > most || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text) value = value * 10 + (c - '0');
    return value;
}

// "02:03.500" or "01:02:03.500", in milliseconds.
std::optional<std::int64_t> time_ms(std::string_view text) {
    std::int64_t hours = 0;
    if (std::ranges::count(text, ':') == 2) {
        const auto colon = text.find(':');
        const auto read = number(text.substr(0, colon), 2, 4);
        if (!read) return std::nullopt;
        hours = *read;
        text.remove_prefix(colon + 1);
    }
    if (text.size() != 9 || text[2] != ':' || text[5] != '.') return std::nullopt;
    const auto minutes = number(text.substr(0, 2), 2, 2), seconds = number(text.substr(3, 2), 2, 2), ms = number(text.substr(6), 3, 3);
    if (!minutes || !seconds || !ms || *minutes > 59 || *seconds > 59) return std::nullopt;
    return ((hours * 60 + *minutes) * 60 + *seconds) * 1'000 + *ms;
}

std::string_view first_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    const auto word = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(word.size());
    return word;
}

// Where a cue stands: "line:90%", "align:start". One of a region goes with the regions.
bool is_setting(std::string_view word) {
    constexpr std::array<std::string_view, 5> names{"vertical", "line", "position", "size", "align"};
    const auto value = word.substr(std::min(word.find(':') + 1, word.size()));
    return std::ranges::find(names, word.substr(0, word.find(':'))) != names.end() && !value.empty() &&
           std::ranges::all_of(value, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '%' || c == '.' || c == ',' || c == '-';
           });
}

// "00:01.000 --> 00:04.000 line:90%": written into `out`, the end returned.
Result<std::int64_t> read_timing(const Line& line, std::string& out) {
    const auto at = line.text.find(arrow);
    const auto begin = trimmed(line.text.substr(0, at));
    auto rest = line.text.substr(at + arrow.size());
    const auto end = std::string(first_word(rest));
    const auto begins_ms = time_ms(begin), ends_ms = time_ms(end);
    if (!begins_ms || !ends_ms)
        return wrong(line, "has the time \"" + (begins_ms ? end : begin).substr(0, 40) + "\"; write it like 00:01:02.500");
    if (*ends_ms <= *begins_ms) return wrong(line, "ends before it begins");
    out += begin + " --> " + end;
    for (auto word = first_word(rest); !word.empty(); word = first_word(rest)) {
        if (is_setting(word)) out += " " + std::string(word);
    }
    out += "\n";
    return *ends_ms;
}

// Lines between empty ones: a cue, or what is left out.
Status read_block(const std::vector<Line>& block, Captions& captions) {
    const auto& first = block.front();
    if (!has_arrow(first)) {
        const auto word = trimmed(first.text);
        if (word == "STYLE" || word == "REGION" || word == "NOTE" || word.starts_with("NOTE ") || word.starts_with("NOTE\t")) return {};
    }
    const std::size_t timing = has_arrow(first) ? 0 : 1;  // a cue may have a name before it
    if (timing == block.size() || !has_arrow(block[timing])) return wrong(first, "has no time above it, like 00:01.000 --> 00:04.000");
    std::string text = "\n";
    const auto ends_ms = TRY(read_timing(block[timing], text));
    for (auto at = timing + 1; at < block.size(); ++at) {
        if (has_arrow(block[at])) return wrong(block[at], "needs an empty line before it");
        text += std::string(block[at].text) + "\n";
    }
    captions.text += text;
    captions.ends_ms = std::max(captions.ends_ms, ends_ms);
    ++captions.cues;
    return {};
}

}  // namespace

bool is_captions(std::string_view bytes) {
    if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
    if (!bytes.starts_with(signature)) return false;
    return bytes.size() == signature.size() || std::string_view(" \t\r\n").find(bytes[signature.size()]) != std::string_view::npos;
}

Result<Captions> read_captions(std::string_view bytes) {
    if (!is_captions(bytes)) return fail(Fault::bad_input, "these are no captions: the first line of a WebVTT file is WEBVTT");
    if (bytes.size() > captions_bytes_max)
        return fail(Fault::too_large, "the captions are larger than " + std::to_string(captions_bytes_max >> 20) + " MB; cut them");
    if (!wire::is_text(bytes)) return fail(Fault::bad_input, "the captions are not UTF-8 text; save them as WebVTT in UTF-8");
    if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
    Captions captions{.text = std::string(signature) + "\n"};
    std::vector<Line> block;
    bool is_head = true;  // what stands right below the first line is about the file
    const auto end_block = [&]() -> Status {
        if (is_head) {
            const auto timed = std::ranges::find_if(block, has_arrow);
            if (timed != block.end()) return wrong(*timed, "needs an empty line before it");
        } else if (!block.empty()) {
            TRY(read_block(block, captions));
        }
        is_head = false;
        block.clear();
        return {};
    };
    for (const auto& line : lines_of(bytes)) {
        if (line.text.empty())
            TRY(end_block());
        else
            block.push_back(line);
    }
    TRY(end_block());
    if (captions.cues == 0) return fail(Fault::bad_input, "there is not one caption in the file; each is a time and the words below it");
    return captions;
}

}  // namespace barrow::uploads
