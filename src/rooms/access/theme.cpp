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

Rgb read(const std::string& colour) {
    Rgb rgb{};
    check(std::sscanf(colour.c_str(), "#%2x%2x%2x", reinterpret_cast<unsigned*>(&rgb[0]), reinterpret_cast<unsigned*>(&rgb[1]),
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

std::string towards(const std::string& colour, const std::string& goal, double part) {
    const auto from = read(colour), to = read(goal);
    Rgb mixed{};
    for (std::size_t i = 0; i < 3; ++i) mixed[i] = static_cast<int>(std::lround(from[i] + (to[i] - from[i]) * part));
    return write(mixed);
}

// The nearest to `colour` on the way to `goal` that can be read on `ground`.
std::string readable_on(const std::string& colour, const std::string& ground, const std::string& goal, bool& mended) {
    for (int step = 0; step <= 20; ++step) {
        const auto tried = towards(colour, goal, step / 20.0);
        if (contrast(tried, ground) >= readable) {
            mended |= step > 0;
            return tried;
        }
    }
    mended = true;
    return goal;
}

std::string text_on(const std::string& ground) {
    return contrast("#ffffff", ground) >= contrast("#08251a", ground) ? "#ffffff" : "#08251a";
}

}  // namespace

double contrast(const std::string& a, const std::string& b) {
    const auto [low, high] = std::minmax({luminance(read(a)), luminance(read(b))});
    return (high + 0.05) / (low + 0.05);
}

Theme theme(const std::string& accent, const std::string& paper) {
    if (accent.empty() && paper.empty()) return {};
    Theme theme;
    bool ignored = false;
    // The house's ink must be readable on the paper, so dark papers are lightened.
    const auto light_paper = paper.empty() ? std::string("#fbfaf6") : readable_on(paper, "#625d52", "#ffffff", theme.mended);
    const auto dark_paper =
        paper.empty() ? std::string("#151410") : readable_on(towards(paper, "#151410", 0.93), "#b3ac9c", "#000000", ignored);
    theme.css = ":root{--shop-paper:" + light_paper + ";--shop-paper-dark:" + dark_paper;
    if (!accent.empty()) {
        const auto light = readable_on(accent, light_paper, "#000000", theme.mended);
        const auto dark = readable_on(accent, dark_paper, "#ffffff", ignored);
        theme.css += ";--shop-accent:" + light + ";--shop-on-accent:" + text_on(light) + ";--shop-accent-dark:" + dark +
                     ";--shop-on-accent-dark:" + text_on(dark);
    }
    theme.css += "}";
    return theme;
}

}  // namespace barrow::access
