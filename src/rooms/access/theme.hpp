// A shop's own colours, mended until text on them can be read.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace barrow::access {

// The house's own pair, as web/shared/tokens.css has it.
inline constexpr std::string_view house_accent = "#0b6b4b", house_paper = "#fbfaf6";

struct Theme {
    std::string css;   // ":root{--shop-accent:#…;…}", or "" for the house's own
    std::string note;  // what was changed in the light scheme so that it reads, in words; "" when nothing was
};

// accent and paper are "#rrggbb", or "" for the house's. Contrast is WCAG 2.2's, at least 4.5:1 in the light and the dark form:
// every text colour of the house on the paper, the accent on paper and card, the text on the accent.
Theme theme(const std::string& accent, const std::string& paper);

// A set of a page's other looks, each a custom property of web/viewer/bio.css: faces of the system only, corners, how close things stand,
// buttons, what is drawn on the paper.
struct Style {
    std::string_view name, label, words;
    std::string_view properties;  // "--corner:0;…"
};
std::span<const Style> styles();  // the first is the house's own: it sets nothing
const Style* style_named(std::string_view name);
// "--corner:0;…;--shop-tone:#…;--shop-tone-dark:#…": the set with the tone that its pattern is drawn in, the strongest on which every text
// of the scheme still reads at 4.5:1. "" for the house's own and for a name that is none.
std::string style_properties(std::string_view name, const std::string& accent, const std::string& paper);

// WCAG 2.2 contrast ratio of two "#rrggbb", 1 to 21.
double contrast(std::string_view a, std::string_view b);

}  // namespace barrow::access
