#include "rooms/access/theme.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "floor/base/result.hpp"

namespace barrow::access {
namespace {

constexpr double readable = 4.5;
using Rgb = std::array<int, 3>;

Rgb read(std::string_view colour) {
    Rgb rgb{};
    check(std::sscanf(std::string(colour).c_str(), "#%2x%2x%2x", reinterpret_cast<unsigned*>(&rgb[0]), reinterpret_cast<unsigned*>(&rgb[1]),
                      reinterpret_cast<unsigned*>(&rgb[2])) == 3);
    return rgb;
}

std::string write(const Rgb& rgb) {
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", rgb[0] & 255, rgb[1] & 255, rgb[2] & 255);
    return text;
}

double luminance(const Rgb& rgb) {
    const auto linear = [](int channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}

std::string towards(std::string_view colour, std::string_view goal, double part) {
    const auto from = read(colour), to = read(goal);
    Rgb mixed{};
    for (std::size_t i = 0; i < 3; ++i) mixed[i] = static_cast<int>(std::lround(from[i] + (to[i] - from[i]) * part));
    return write(mixed);
}

// What web/shared/tokens.css puts on paper and card, beside the accent.
struct Scheme {
    std::string_view card;
    std::array<std::string_view, 5> inks;  // ink, muted, sale, danger, good
};
constexpr Scheme light{"#ffffff", {"#1e1b16", "#625d52", "#a8480b", "#a8201a", "#1e6b2e"}};
constexpr Scheme dark{"#1f1d18", {"#f3efe4", "#b3ac9c", "#f2a35e", "#ff8a80", "#8ed39a"}};
constexpr std::string_view dark_paper = "#151410", dark_accent = "#63d2a5";

bool reads(std::string_view a, std::string_view b) { return contrast(a, b) >= readable; }

std::string_view text_on(std::string_view ground) {
    return contrast("#ffffff", ground) >= contrast("#08251a", ground) ? "#ffffff" : "#08251a";
}

// The nearest to `colour` on the way to `goal` that is good; the goal itself always is.
template <class Good>
std::string nearest(std::string_view colour, std::string_view goal, Good good) {
    for (int step = 0; step < 20; ++step) {
        auto tried = towards(colour, goal, step / 20.0);
        if (good(tried)) return tried;
    }
    return std::string(goal);
}

// A paper that every ink of the scheme reads on, the house's accent too where the shop has none of its own.
std::string mended_paper(std::string_view paper, std::string_view goal, const Scheme& scheme, std::string_view accent) {
    return nearest(paper, goal, [&](std::string_view tried) {
        return (accent.empty() || reads(accent, tried)) && std::ranges::all_of(scheme.inks, [&](auto ink) { return reads(ink, tried); });
    });
}

// An accent that reads on paper and card, and that a text reads on.
std::string mended_accent(std::string_view accent, std::string_view goal, const Scheme& scheme, std::string_view paper) {
    return nearest(accent, goal, [&](std::string_view tried) {
        return reads(tried, paper) && reads(tried, scheme.card) && reads(text_on(tried), tried);
    });
}

// The paper of both schemes as it is shown.
struct Papers {
    std::string light, dark;
};
Papers papers(const std::string& accent, const std::string& paper) {
    const bool own_accent = !accent.empty() && accent != house_accent;
    if (paper.empty() || paper == house_paper) return {std::string(house_paper), std::string(dark_paper)};
    return {mended_paper(paper, "#ffffff", light, own_accent ? "" : house_accent),
            mended_paper(towards(paper, dark_paper, 0.93), "#000000", dark, own_accent ? "" : dark_accent)};
}

struct Accents {
    std::string light, dark;
};
Accents accents(const std::string& accent, const Papers& on) {
    if (accent.empty() || accent == house_accent) return {std::string(house_accent), std::string(dark_accent)};
    return {mended_accent(accent, "#000000", light, on.light), mended_accent(accent, "#ffffff", dark, on.dark)};
}

// The furthest from the paper towards the ink on which everything of the scheme reads; the paper itself always is.
std::string tone(std::string_view paper, const Scheme& scheme, std::string_view accent) {
    constexpr int strongest = 10;  // in hundredths: a pattern is felt, not read
    for (int step = strongest; step > 0; --step) {
        auto tried = towards(paper, scheme.inks[0], step / 100.0);
        if (reads(accent, tried) && std::ranges::all_of(scheme.inks, [&](auto ink) { return reads(ink, tried); })) return tried;
    }
    return std::string(paper);
}

constexpr std::array<Style, 6> all_styles{
    {{"stall", "Market stall", "the house's own", ""},
     {"press", "Printing press", "book face, square, outlined",
      "--face:Charter,'Bitstream Charter','Sitka Text',Cambria,Georgia,serif;--corner:0;--card-corner:0;--fill:var(--card);"
      "--on-fill:var(--accent);--awning:none"},
     {"pebble", "Pebble", "round and roomy",
      "--face:ui-rounded,'Hiragino Maru Gothic ProN',Quicksand,Comfortaa,Manjari,'Arial Rounded MT Bold',Calibri,sans-serif;--corner:99px;"
      "--card-corner:28px;--gap:22px;--awning:none"},
     {"ledger", "Ledger", "ruled paper, close together",
      "--face:ui-monospace,'Cascadia Code','Source Code Pro',Menlo,Consolas,'DejaVu Sans Mono',monospace;--corner:3px;--card-corner:3px;"
      "--gap:10px;--drawn:linear-gradient(var(--tone) 1px,transparent 1px);--drawn-size:100% 28px;--awning:none"},
     {"poster", "Poster", "heavy heads, slanted stripes",
      "--head-face:Impact,Haettenschweiler,'Franklin Gothic Bold',Charcoal,'Arial Narrow Bold',sans-serif;--head-weight:400;--corner:2px;"
      "--card-corner:2px;--drawn:repeating-linear-gradient(135deg,var(--tone) 0 12px,transparent 12px 24px);--awning:none"},
     {"dots", "Polka dots", "dots on the paper, soft corners",
      "--face:Seravek,'Gill Sans Nova',Ubuntu,Calibri,'DejaVu Sans',source-sans-pro,sans-serif;--corner:14px;--card-corner:18px;"
      "--drawn:radial-gradient(var(--tone) 20%,transparent 22%);--drawn-size:18px 18px"}}};

}  // namespace

std::span<const Style> styles() { return all_styles; }

const Style* style_named(std::string_view name) {
    const auto found = std::ranges::find(all_styles, name, &Style::name);
    return found == all_styles.end() ? nullptr : &*found;
}

std::string style_properties(std::string_view name, const std::string& accent, const std::string& paper) {
    const auto* style = style_named(name);
    if (style == nullptr || style->properties.empty()) return "";
    const auto on = papers(accent, paper);
    const auto inks = accents(accent, on);
    return std::string(style->properties) + ";--shop-tone:" + tone(on.light, light, inks.light) +
           ";--shop-tone-dark:" + tone(on.dark, dark, inks.dark);
}

double contrast(std::string_view a, std::string_view b) {
    const auto [low, high] = std::minmax({luminance(read(a)), luminance(read(b))});
    return (high + 0.05) / (low + 0.05);
}

Theme theme(const std::string& accent, const std::string& paper) {
    const bool own_accent = !accent.empty() && accent != house_accent, own_paper = !paper.empty() && paper != house_paper;
    if (!own_accent && !own_paper) return {};
    Theme theme;
    const auto on = papers(accent, paper);
    if (own_paper && on.light != paper)
        theme.note = "On this paper some text would be hard to read, so your pages show it lighter, as " + on.light + ".";
    theme.css = ":root{--shop-paper:" + on.light + ";--shop-paper-dark:" + on.dark;
    if (own_accent) {
        const auto inks = accents(accent, on);
        if (inks.light != accent) {
            theme.note += std::string(theme.note.empty() ? "" : " ") +
                          "Buttons and links would be hard to read, so your pages show them darker, as " + inks.light + ".";
        }
        theme.css += ";--shop-accent:" + inks.light + ";--shop-on-accent:" + std::string(text_on(inks.light)) +
                     ";--shop-accent-dark:" + inks.dark + ";--shop-on-accent-dark:" + std::string(text_on(inks.dark));
    }
    theme.css += "}";
    return theme;
}

}  // namespace barrow::access
