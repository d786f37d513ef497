#include "rooms/access/theme.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>

#include "support/paths.hpp"

namespace barrow::access {
namespace {

using Colours = std::map<std::string, std::string>;

Colours declared(const std::string& css, const std::regex& pattern) {
    Colours colours;
    for (std::sregex_iterator found(css.begin(), css.end(), pattern), end; found != end; ++found) {
        std::string colour = (*found)[2];
        if (colour.size() == 4) colour = {'#', colour[1], colour[1], colour[2], colour[2], colour[3], colour[3]};
        colours[(*found)[1]] = colour;
    }
    return colours;
}

// The house's own colours as the browser gets them: `light` and `dark`.
struct House {
    Colours light, dark;
};
House house() {
    std::ifstream in(tests::in_project("web/shared/tokens.css"));
    const std::string css{std::istreambuf_iterator<char>(in), {}};
    const std::regex token(R"(--([a-z-]+): (?:var\(--shop-[a-z-]+, )?(#[0-9a-f]{3,6})\b)");
    const auto middle = css.find("@media");
    return {declared(css.substr(0, middle), token), declared(css.substr(middle), token)};
}

void expect_readable(const Colours& colours, const std::string& what) {
    for (const auto* ground : {"paper", "card"}) {
        for (const auto* ink : {"ink", "muted", "sale", "danger", "good", "accent"})
            EXPECT_GE(contrast(colours.at(ink), colours.at(ground)), 4.5) << what << ": " << ink << " on " << ground;
    }
    EXPECT_GE(contrast(colours.at("on-accent"), colours.at("accent")), 4.5) << what << ": the text on a button";
}

// The scheme with the shop's colours in place.
Colours with_shop(Colours colours, const std::string& css, const std::string& ending) {
    const auto own = declared(css, std::regex("--shop-(paper|accent|on-accent)" + ending + ":(#[0-9a-f]{6})"));
    for (const auto& [name, colour] : own) colours[name] = colour;
    return colours;
}

TEST(Theme, EveryTextReadsInBothSchemesWhateverTheShopChose) {
    const auto own = house();
    expect_readable(own.light, "the house, light");
    expect_readable(own.dark, "the house, dark");
    for (const std::string accent : {"", "#000000", "#ffffff", "#808080", "#ffff00", "#1d4e89", "#ff0000", "#63d2a5", "#777777"}) {
        for (const std::string paper : {"", "#000000", "#ffffff", "#808080", "#d0d0d0", "#dcd6c4", "#ffe0e0", "#fdf8f4"}) {
            const auto css = theme(accent, paper).css;
            expect_readable(with_shop(own.light, css, ""), accent + " on " + paper + ", light");
            expect_readable(with_shop(own.dark, css, "-dark"), accent + " on " + paper + ", dark");
        }
    }
}

TEST(Theme, TheHousesPairIsTheOneOfTheTokens) {
    const auto own = house();
    EXPECT_EQ(own.light.at("accent"), house_accent);
    EXPECT_EQ(own.light.at("paper"), house_paper);
    EXPECT_EQ(theme(std::string(house_accent), std::string(house_paper)).css, "") << "so its dark scheme is the house's too";
}

TEST(Theme, SaysWhatItChangedAndNothingElse) {
    struct Case {
        std::string accent, paper, says;
    };
    const Case cases[] = {
        {"", "", ""},
        {"#1d4e89", "#f7f9fc", ""},
        {"#000000", "", ""},  // black reads; that it is lighter in the dark scheme is what the page says anyway
        {"#ffff00", "", "Buttons and links would be hard to read, so your pages show them darker, as #"},
        {"#1d4e89", "#808080", "On this paper some text would be hard to read, so your pages show it lighter, as #"},
    };
    for (const auto& one : cases) {
        const auto note = theme(one.accent, one.paper).note;
        EXPECT_TRUE(one.says.empty() ? note.empty() : note.starts_with(one.says)) << one.accent << " " << one.paper << ": " << note;
    }
}

TEST(Style, what_is_drawn_on_the_paper_leaves_every_text_readable) {
    const auto own = house();
    const std::regex tones("--shop-tone(-dark)?:(#[0-9a-f]{6})");
    for (const auto& style : styles()) {
        for (const std::string accent : {"", "#1d4e89", "#ffd400", "#000000", "#8a8a8a"}) {
            for (const std::string paper : {"", "#f7f9fc", "#ffffff", "#888888", "#fff200"}) {
                const auto properties = style_properties(style.name, accent, paper);
                EXPECT_EQ(properties.empty(), style.properties.empty()) << style.name;
                for (std::sregex_iterator found(properties.begin(), properties.end(), tones), end; found != end; ++found) {
                    const bool is_dark = (*found)[1].matched;
                    auto colours = with_shop(is_dark ? own.dark : own.light, theme(accent, paper).css, is_dark ? "-dark" : "");
                    colours["paper"] = (*found)[2];
                    expect_readable(colours, std::string(style.name) + " " + accent + " on " + paper);
                }
            }
        }
    }
    EXPECT_EQ(style_properties("none", "", ""), "");
}

}  // namespace
}  // namespace barrow::access
