#include "floor/wire/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "floor/wire/page.hpp"

namespace barrow::wire {
namespace {

constexpr double width = 480;

std::string open_svg(const std::string& title, double height) {
    return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\"><title>{}</title>", width, height,
                       escape_html(title), escape_html(title));
}

}  // namespace

std::string bar_chart(const std::string& title, const std::vector<Bar>& bars) {
    double most = 0, least = 0;
    for (const auto& bar : bars) {
        most = std::max(most, bar.height);
        least = std::min(least, bar.height);
    }
    if (most == 0 && least == 0) return "";
    constexpr double top = 28, plot = 170, bottom = 28;
    const double scale = plot / (most - least);
    const double zero = top + most * scale;
    const double step = width / static_cast<double>(bars.size());
    const double bar_width = std::min(step * 0.68, 72.0);
    std::string svg = open_svg(title, top + plot + bottom);
    svg += fmt::format("<path class=\"grid\" d=\"M0 {0:.1f}H{1:.0f}\"/>", zero, width);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto& bar = bars[i];
        const double left = step * static_cast<double>(i), middle = left + step / 2;
        const double length = std::abs(bar.height) * scale;
        const double y = bar.height >= 0 ? zero - length : zero;
        svg += fmt::format(
            "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"3\"><title>{}: {}</title></rect>",
            middle - bar_width / 2, y, bar_width, length, escape_html(bar.label), escape_html(bar.value));
        if (bar.height != 0) {
            svg += fmt::format("<text class=\"value\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", middle,
                               bar.height > 0 ? y - 6 : y + length + 14, escape_html(bar.value));
        }
        svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", middle, top + plot + 20,
                           escape_html(bar.label));
    }
    return svg + "</svg>";
}

std::string interval_chart(const std::string& title, const std::vector<Interval>& rows) {
    double most = 0;
    for (const auto& row : rows) most = std::max(most, row.high);
    if (rows.empty() || most == 0) return "";
    constexpr double line_height = 44, left = 8, right = 8;
    const double scale = (width - left - right) / most;
    std::string svg = open_svg(title, line_height * static_cast<double>(rows.size()) + 8);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        const double y = line_height * static_cast<double>(i);
        svg += fmt::format(
            "<text class=\"label\" x=\"{:.0f}\" y=\"{:.1f}\">{}</text><text x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left,
            y + 14, escape_html(row.label), width - right, y + 14, escape_html(row.value));
        svg += fmt::format("<path class=\"grid\" d=\"M{:.0f} {:.1f}H{:.0f}\"/>", left, y + 28, width - right);
        svg += fmt::format(
            "<rect class=\"band\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"12\" rx=\"6\"/><circle class=\"dot\" cx=\"{:.1f}\" "
            "cy=\"{:.1f}\" r=\"6\"/>",
            left + row.low * scale, y + 22, std::max((row.high - row.low) * scale, 1.0), left + row.middle * scale, y + 28);
    }
    return svg + "</svg>";
}

}  // namespace barrow::wire
