#include "rooms/reports/week.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>

#include "floor/wire/page.hpp"
#include "rooms/reports/reports.sql.hpp"

namespace barrow::reports {
namespace {

constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::array<std::string_view, 12> months{"January", "February", "March",     "April",   "May",      "June",
                                                  "July",    "August",   "September", "October", "November", "December"};

std::int64_t weekday(std::int64_t day) { return (day % 7 + 7 + 3) % 7; }  // 1970-01-01 was a Thursday; Monday is 0

int year_of(std::int64_t day) { return std::stoi(iso_day(day).substr(0, 4)); }

// ISO 8601: the week with the year's first Thursday is week 1.
std::int64_t first_monday(int year) {
    const auto fourth = read_iso(fmt::format("{:04}-01-04", year)).value().day();
    return fourth - weekday(fourth);
}

telemetry::Surface read_surface(const store::Row& row) { return static_cast<telemetry::Surface>(row.integer("surface")); }

// Every page of a query by arms: what it counts, and how many. A page ends where the next one begins, so none is left out.
Status each_arms(store::Tx& tx, const store::Query& query, const Id<access::Shop>& shop, const store::Value& from,
                 const store::Value& until, const std::function<void(const std::string& arms, std::int64_t n)>& take) {
    std::string after;  // no arms at all are "", and not asked for
    for (;;) {
        const auto rows = TRY(tx.run(query, {shop, from, until, after}));
        if (rows.empty()) return {};
        for (const auto row : rows) {
            after = row.text("arms");
            take(after, row.integer("n"));
        }
    }
}

}  // namespace

std::int64_t monday_of(Instant at) { return at.day() - weekday(at.day()); }

std::string week_name(std::int64_t monday) {
    const int year = year_of(monday + 3);  // its Thursday's
    return fmt::format("{:04}-W{:02}", year, (monday - first_monday(year)) / 7 + 1);
}

Result<std::int64_t> read_week(std::string_view text) {
    const auto wrong = fail(Fault::bad_input, "a week is written like 2026-W48");
    int year = 0, number = 0;
    if (text.size() != 8 || text.substr(4, 2) != "-W") return wrong;
    const auto* data = text.data();
    if (std::from_chars(data, data + 4, year).ptr != data + 4 || std::from_chars(data + 6, data + 8, number).ptr != data + 8) return wrong;
    if (year < 1970 || year > 9998 || number < 1 || number > 53) return wrong;
    const auto monday = first_monday(year) + (number - 1) * 7;
    if (week_name(monday) != text) return wrong;
    return monday;
}

Result<Facts> read_facts(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t monday) {
    Facts facts{.first_day = monday, .postings = {}, .sold = {}, .touched = {}};
    const Instant from{monday * day_us}, until{(monday + 7) * day_us};
    for (const auto row : TRY(tx.run(sql::postings_by_day, {shop, from, until}))) {
        facts.postings.push_back({row.integer("day"), row.text("journal_kind"), row.text("account_kind"), row.text("side") == "credit",
                                  row.integer("amount_minor")});
    }
    for (const auto row : TRY(tx.run(sql::orders_by_surface, {shop, from, until}))) {
        facts.sold.push_back({read_surface(row), row.integer("orders"), row.integer("pieces"), row.integer("before_split_minor"),
                              row.integer("with_snippet")});
    }
    for (const auto row : TRY(tx.run(sql::orders_by_product, {shop, from, until}))) {
        facts.products.push_back(
            {row.text("product_name"), row.integer("orders"), row.integer("pieces"), row.integer("before_split_minor")});
    }
    for (const auto row : TRY(tx.run(sql::touches_by_surface, {shop, monday, monday + 7}))) {
        facts.touched.push_back({row.text("kind"), read_surface(row), row.integer("n"), row.integer("with_snippet")});
    }
    TRY(each_arms(tx, sql::orders_by_arms, shop, from, until,
                  [&](const std::string& arms, std::int64_t n) { facts.tried.push_back({telemetry::read_arms(arms), n, 0}); }));
    TRY(each_arms(tx, sql::impressions_by_arms, shop, monday, monday + 7,
                  [&](const std::string& arms, std::int64_t n) { facts.tried.push_back({telemetry::read_arms(arms), 0, n}); }));
    return facts;
}

// E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
Rate rate_of(std::int64_t hits, std::int64_t of) {
    Rate rate{.hits = hits, .of = of};
    if (of <= 0) return rate;
    hits = std::min(hits, of);  // counters and orders may fall on two sides of midnight
    constexpr double z = 1.959963984540054;
    const auto n = static_cast<double>(of);
    const double p = static_cast<double>(hits) / n;
    const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    rate.rate = p;
    rate.low = hits == 0 ? 0 : std::max(0.0, middle - half);
    rate.high = hits == of ? 1 : std::min(1.0, middle + half);
    return rate;
}

Week week(const Facts& facts, Currency currency) {
    const Money none{0, currency};
    Week week{.monday = facts.first_day,
              .currency = currency,
              .captured = none,
              .net = none,
              .tax = none,
              .shared = none,
              .refunded = none,
              .fees = none,
              .net_per_thousand = none};
    for (const auto& posting : facts.postings) {
        const auto grows = posting.credit ? posting.amount_minor : -posting.amount_minor;
        if (posting.account_kind == "creator_payable") {
            week.net.minor += grows;
            const auto day = posting.day - facts.first_day;
            if (day >= 0 && day < 7) week.net_by_day_minor[static_cast<std::size_t>(day)] += grows;
        } else if (posting.account_kind == "tax_payable") {
            week.tax.minor += grows;
        } else if (posting.account_kind == "partner_payable" || posting.account_kind == "affiliate_payable" ||
                   posting.account_kind == "platform_revenue") {
            week.shared.minor += grows;
        } else if (posting.account_kind == "psp_clearing") {
            // What a bank holds counts as gone until it comes back.
            if (posting.journal_kind == "captured")
                week.captured.minor -= grows;
            else
                (posting.journal_kind == "fee" ? week.fees : week.refunded).minor += grows;
        }
    }
    std::map<telemetry::Surface, Week::BySurface> surfaces;
    std::map<std::pair<std::int64_t, std::int64_t>, std::pair<std::int64_t, std::int64_t>> arms;  // orders, impressions
    std::map<std::string, Week::ByProduct> products;
    std::int64_t snippet_orders = 0, snippet_shown = 0;
    for (const auto& sold : facts.sold) {
        week.orders += sold.orders;
        week.pieces += sold.pieces;
        snippet_orders += sold.with_snippet;
        auto& surface = surfaces.try_emplace(sold.surface, Week::BySurface{.surface = sold.surface, .before_split = none}).first->second;
        surface.orders += sold.orders;
        surface.pieces += sold.pieces;
        surface.before_split.minor += sold.before_split_minor;
    }
    for (const auto& sold : facts.products) {
        auto& product = products.try_emplace(sold.name, Week::ByProduct{.name = sold.name, .before_split = none}).first->second;
        product.orders += sold.orders;
        product.pieces += sold.pieces;
        product.before_split.minor += sold.before_split_minor;
    }
    for (const auto& touched : facts.touched) {
        if (touched.kind == "click") week.clicks += touched.n;
        if (touched.kind != "impression") continue;
        week.impressions += touched.n;
        snippet_shown += touched.with_snippet;
        surfaces.try_emplace(touched.surface, Week::BySurface{.surface = touched.surface, .before_split = none})
            .first->second.impressions += touched.n;
    }
    for (const auto& tried : facts.tried) {
        for (const auto& arm : tried.arms) {
            auto& counts = arms[{arm.experiment, arm.arm}];
            counts.first += tried.orders;
            counts.second += tried.impressions;
        }
    }
    week.snippet_conversion = rate_of(snippet_orders, snippet_shown);
    if (week.impressions > 0) week.net_per_thousand.minor = portion(week.net.minor, 1'000, week.impressions);
    for (auto& [surface, row] : surfaces) week.surfaces.push_back(row);
    for (const auto& [arm, counts] : arms) week.arms.push_back({arm.first, arm.second, rate_of(counts.first, counts.second)});
    for (auto& [name, row] : products) week.products.push_back(std::move(row));
    std::ranges::sort(week.products, [](const auto& a, const auto& b) { return a.before_split.minor > b.before_split.minor; });
    return week;
}

std::string period_words(std::int64_t monday) {
    const auto first = iso_day(monday), last = iso_day(monday + 6);
    const auto day = [](const std::string& text) { return std::to_string(std::stoi(text.substr(8, 2))); };
    const auto month = [](const std::string& text) {
        return std::string(months[static_cast<std::size_t>(std::stoi(text.substr(5, 2)) - 1)]);
    };
    auto words = day(first);
    if (month(first) != month(last)) words += " " + month(first);
    if (year_of(monday) != year_of(monday + 6)) words += " " + first.substr(0, 4);
    return words + " – " + day(last) + " " + month(last) + " " + last.substr(0, 4);
}

std::string percent(const Rate& rate) { return rate.of == 0 ? "–" : fmt::format("{:.1f} %", rate.rate * 100); }
std::string percent_interval(const Rate& rate) {
    return rate.of == 0 ? "" : fmt::format("{:.1f}–{:.1f} %", rate.low * 100, rate.high * 100);
}

namespace {
wire::Json money_json(Money money) {
    return wire::Json::object({{"minor", money.minor}, {"currency", money.currency.code()}, {"text", display(money)}});
}
wire::Json rate_json(const Rate& rate) {
    return wire::Json::object(
        {{"hits", rate.hits}, {"of", rate.of}, {"rate", rate.rate}, {"low", rate.low}, {"high", rate.high}, {"confidence", 0.95}});
}
}  // namespace

wire::Json to_json(const Week& week) {
    wire::Json::Array days, surfaces, arms, products;
    for (std::size_t i = 0; i < 7; ++i) {
        days.push_back(
            wire::Json::object({{"day", iso_day(week.monday + static_cast<std::int64_t>(i))}, {"net_minor", week.net_by_day_minor[i]}}));
    }
    for (const auto& row : week.surfaces) {
        surfaces.push_back(wire::Json::object({{"surface", telemetry::name(row.surface)},
                                               {"impressions", row.impressions},
                                               {"orders", row.orders},
                                               {"pieces", row.pieces},
                                               {"before_split", money_json(row.before_split)}}));
    }
    for (const auto& row : week.arms)
        arms.push_back(wire::Json::object({{"experiment", row.experiment}, {"arm", row.arm}, {"conversion", rate_json(row.conversion)}}));
    for (const auto& row : week.products) {
        products.push_back(wire::Json::object(
            {{"name", row.name}, {"orders", row.orders}, {"pieces", row.pieces}, {"before_split", money_json(row.before_split)}}));
    }
    return wire::Json::object({{"week", week_name(week.monday)},
                               {"from", iso_day(week.monday)},
                               {"until", iso_day(week.monday + 6)},
                               {"net_revenue", money_json(week.net)},
                               {"captured", money_json(week.captured)},
                               {"refunded", money_json(week.refunded)},
                               {"fees", money_json(week.fees)},
                               {"tax", money_json(week.tax)},
                               {"shared", money_json(week.shared)},
                               {"orders", week.orders},
                               {"pieces", week.pieces},
                               {"clicks", week.clicks},
                               {"impressions", week.impressions},
                               {"snippet_conversion", rate_json(week.snippet_conversion)},
                               {"net_per_thousand_impressions", money_json(week.net_per_thousand)},
                               {"days", std::move(days)},
                               {"surfaces", std::move(surfaces)},
                               {"arms", std::move(arms)},
                               {"products", std::move(products)}});
}

std::string to_text(const Week& week) {
    std::string out = fmt::format("Week {}: {}\n\n", week_name(week.monday), period_words(week.monday));
    const auto line = [&](std::string_view name, const std::string& value) { out += fmt::format("  {:<34}{:>14}\n", name, value); };
    line("Net revenue", display(week.net));
    line("Captured", display(week.captured));
    line("Provider fees", display(week.fees));
    line("Tax in it", display(week.tax));
    line("Shared with others", display(week.shared));
    line("Orders paid", wire::grouped(week.orders));
    line("Units sold", wire::grouped(week.pieces));
    line("Link clicks", wire::grouped(week.clicks));
    line("Times shown", wire::grouped(week.impressions));
    line("Snippet to purchase", percent(week.snippet_conversion) +
                                    (week.snippet_conversion.of > 0 ? "  (" + percent_interval(week.snippet_conversion) + ")" : ""));
    line("Net per 1,000 times shown", display(week.net_per_thousand));
    if (!week.surfaces.empty()) {
        out += fmt::format("\n  {:<14}{:>10}{:>10}{:>10}{:>16}\n", "Surface", "shown", "orders", "units", "before split");
        for (const auto& row : week.surfaces) {
            out += fmt::format("  {:<14}{:>10}{:>10}{:>10}{:>16}\n", telemetry::name(row.surface), wire::grouped(row.impressions),
                               row.orders, row.pieces, display(row.before_split));
        }
    }
    return out;
}

}  // namespace barrow::reports
