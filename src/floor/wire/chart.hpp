// Charts as SVG, drawn by the server: the same picture in page, mail and print. Styled by web/shared/chart.css.
#pragma once

#include <string>
#include <vector>

namespace barrow::wire {

struct Bar {
    std::string label;  // under it: "Mon"
    std::string value;  // above it, ready to read: "€24.00"
    double height = 0;  // in the units of all bars; below zero it hangs down
};
// Bars that start at zero, with their values written on them. `title` is read aloud. Nothing to draw (no bars, all zero): "".
std::string bar_chart(const std::string& title, const std::vector<Bar>& bars);

struct Interval {
    std::string label;  // "bio"
    std::string value;  // "3.1 % · 2.4–3.9"
    double low = 0, middle = 0, high = 0;
};
// One line an estimate: a dot with its interval, on a common axis from zero (a forest plot).
std::string interval_chart(const std::string& title, const std::vector<Interval>& rows);

}  // namespace barrow::wire
