#include "rooms/reports/reports_http.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "floor/wire/chart.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/studio.hpp"

namespace barrow::reports {
namespace {

constexpr std::array<std::string_view, 7> day_names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

std::string compared(std::int64_t now, std::int64_t before, const std::string& before_words) {
    if (before == 0) return "week before " + before_words;
    const auto change = portion(now - before, 100, std::abs(before));
    return "week before " + before_words + " · " + (change >= 0 ? "+" : "−") + std::to_string(std::abs(change)) + " %";
}

wire::Json figure(std::string_view label, std::string value, std::string interval, std::string against, std::string how) {
    return wire::Json::object({{"label", label},
                               {"value", std::move(value)},
                               {"unit", ""},
                               {"interval", std::move(interval)},
                               {"compared", std::move(against)},
                               {"how", std::move(how)},
                               {"href", ""}});
}

wire::Json columns(std::initializer_list<std::pair<std::string_view, bool>> names) {
    wire::Json::Array list;
    for (const auto& [text, number] : names) list.push_back(wire::Json::object({{"text", text}, {"number", number}}));
    return list;
}
wire::Json row(std::initializer_list<std::pair<std::string, bool>> texts) {
    wire::Json::Array cells;
    for (const auto& [text, number] : texts) cells.push_back(wire::Json::object({{"text", text}, {"number", number}}));
    return wire::Json::object({{"cells", std::move(cells)}});
}

wire::Json chart(std::string_view id, std::string_view title, std::string says, std::string svg, std::string missing, std::string how,
                 wire::Json heads, wire::Json::Array rows) {
    if (!svg.empty()) missing.clear();
    return wire::Json::object({{"id", id},
                               {"title", title},
                               {"says", std::move(says)},
                               {"chart_svg", std::move(svg)},
                               {"missing", std::move(missing)},
                               {"how", std::move(how)},
                               {"columns", std::move(heads)},
                               {"rows", std::move(rows)}});
}

}  // namespace

wire::Json week_values(const Week& week, const Week& before) {
    wire::Json::Array figures{
        figure("Net revenue", display(week.net), "", compared(week.net.minor, before.net.minor, display(before.net)),
               "What the ledger credits to you: captured − tax − shares of others − refunds."),
        figure("Orders paid", wire::grouped(week.orders), "", compared(week.orders, before.orders, wire::grouped(before.orders)),
               "Orders whose payment was captured in these days."),
        figure("Link clicks", wire::grouped(week.clicks), "", compared(week.clicks, before.clicks, wire::grouped(before.clicks)),
               "Short links followed; link previews, crawlers and what browsers fetch ahead are left out."),
        figure("Snippet to purchase", percent(week.snippet_conversion), percent_interval(week.snippet_conversion),
               "week before " + percent(before.snippet_conversion),
               "Paid orders that carry a snippet ÷ times a snippet was shown; 95 % Wilson interval."),
        figure("Net per 1,000 shown", display(week.net_per_thousand), "", "week before " + display(before.net_per_thousand),
               "Net revenue × 1,000 ÷ times anything was shown.")};

    std::vector<wire::Bar> bars;
    wire::Json::Array day_rows;
    for (std::size_t i = 0; i < 7; ++i) {
        const Money net{week.net_by_day_minor[i], week.currency};
        bars.push_back({std::string(day_names[i]), display(net), static_cast<double>(net.minor)});
        day_rows.push_back(row({{iso_day(week.monday + static_cast<std::int64_t>(i)), false}, {display(net), true}}));
    }
    std::vector<wire::Bar> surface_bars;
    wire::Json::Array surface_rows;
    for (const auto& one : week.surfaces) {
        surface_bars.push_back(
            {std::string(telemetry::name(one.surface)), display(one.before_split), static_cast<double>(one.before_split.minor)});
        surface_rows.push_back(row({{std::string(telemetry::name(one.surface)), false},
                                    {wire::grouped(one.impressions), true},
                                    {wire::grouped(one.orders), true},
                                    {wire::grouped(one.pieces), true},
                                    {display(one.before_split), true}}));
    }
    std::vector<wire::Interval> intervals;
    wire::Json::Array arm_rows;
    for (const auto& one : week.arms) {
        const auto label = fmt::format("Experiment {} · arm {}", one.experiment, static_cast<char>('A' + one.arm));
        intervals.push_back({label, percent(one.conversion) + " · " + percent_interval(one.conversion), one.conversion.low,
                             one.conversion.rate, one.conversion.high});
        arm_rows.push_back(row({{label, false},
                                {wire::grouped(one.conversion.of), true},
                                {wire::grouped(one.conversion.hits), true},
                                {percent(one.conversion), true},
                                {percent_interval(one.conversion), true}}));
    }
    wire::Json::Array product_rows;
    std::vector<wire::Bar> product_bars;
    for (const auto& one : week.products) {
        if (product_bars.size() < 6)
            product_bars.push_back({one.name, display(one.before_split), static_cast<double>(one.before_split.minor)});
        product_rows.push_back(row(
            {{one.name, false}, {wire::grouped(one.orders), true}, {wire::grouped(one.pieces), true}, {display(one.before_split), true}}));
    }
    const std::string before_split = "Tax is taken off; the shares of others are still in it.";
    wire::Json::Array charts{
        chart("net", "Net revenue by day", week.net.minor == 0 ? "" : "Yours this week: " + display(week.net) + ".",
              wire::bar_chart("Net revenue by day", bars), "The first paid order draws the first bar.",
              "Credits to your account in the ledger, by the day of capture, UTC.", columns({{"Day", false}, {"Net", true}}),
              std::move(day_rows)),
        chart("surfaces", "Sales before split, by surface", before_split, wire::bar_chart("Sales before split by surface", surface_bars),
              "Speaks when an order came through a link, a page or the live show.",
              "Amount − tax of paid orders, by the surface in their context token.",
              columns({{"Surface", false}, {"Shown", true}, {"Orders", true}, {"Units", true}, {"Before split", true}}),
              std::move(surface_rows)),
        chart("products", "Sales before split, by product", before_split, wire::bar_chart("Sales before split by product", product_bars),
              "Speaks when something is sold.", "Amount − tax of paid orders.",
              columns({{"Product", false}, {"Orders", true}, {"Units", true}, {"Before split", true}}), std::move(product_rows)),
        chart("arms", "Experiments", "", wire::interval_chart("Conversion by arm", intervals),
              "Speaks when a snippet in an experiment was shown.",
              "Paid orders ÷ times shown, by the arm in the context token; 95 % Wilson interval.",
              columns({{"Arm", false}, {"Shown", true}, {"Orders", true}, {"Rate", true}, {"95 %", true}}), std::move(arm_rows))};
    return wire::Json::object({{"pages", wire::Json::Array()},
                               {"period", period_words(week.monday)},
                               {"figures", std::move(figures)},
                               {"charts", std::move(charts)},
                               {"nothing", week.orders == 0 && week.clicks == 0 && week.impressions == 0}});
}

Task<http::Response> get_numbers(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto asked = visit.request.query_value("week").value_or("");
    const auto monday = asked.empty() ? Result<std::int64_t>(monday_of(now)) : read_week(asked);
    if (!monday) co_return access::refusal(site, visit, monday.error());
    const auto as = visit.request.query_value("as").value_or("");
    const auto read_one = [&](store::Tx& tx, std::int64_t day) -> Result<Week> {
        return week(TRY(read_facts(tx, visit.shop().id, day)), visit.shop().currency);
    };
    if (as == "json" || as == "text") {
        auto one = co_await site.db.read([&](store::Tx& tx) -> Result<Week> {
            TRY(access::owner(tx, visit, now));
            return read_one(tx, *monday);
        });
        if (!one) co_return access::refusal(site, visit, one.error());
        co_return as == "json" ? http::Response::json(wire::write_json_pretty(to_json(*one))) : http::Response::text(to_text(*one));
    }
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        auto values = week_values(TRY(read_one(tx, *monday)), TRY(read_one(tx, *monday - 7)));
        if (doors.page_rows) {
            auto rows = TRY(doors.page_rows(tx, visit, now));
            const bool seen = std::ranges::any_of(rows.items(), [](const wire::Json& row) { return row.find("views")->text() != "0"; });
            if (seen) values.set("nothing", false);
            values.set("pages", std::move(rows));
        }
        const auto url = visit.base + "/studio/numbers?week=";
        values.set("previous_url", url + week_name(*monday - 7))
            .set("next_url", *monday + 7 <= now.day() ? url + week_name(*monday + 7) : "")
            .set("has_exports", true)
            .set("export_url", "")
            .set("json_url", url + week_name(*monday) + "&as=json");
        return access::StudioPage{
            .place = "numbers", .title = "Numbers", .template_path = "studio/numbers.html", .values = std::move(values)};
    });
}

}  // namespace barrow::reports
