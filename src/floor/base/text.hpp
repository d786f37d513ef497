// The few things that everybody does to text.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace barrow {

// A to Z alone in small letters, as both engines' LOWER does with locale C; all other bytes stay.
inline std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// Without the spaces, tabs and line ends at both ends.
inline std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

}  // namespace barrow
