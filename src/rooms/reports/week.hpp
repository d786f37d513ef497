// The weekly report: facts in, figures out. Pure but for read_facts; the same Week becomes page, JSON and text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "floor/store/store.hpp"
#include "floor/wire/json.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::reports {

// What the books and counters say of seven days, each row as the database gives it.
struct Facts {
    std::int64_t first_day = 0;  // Monday, days since 1970-01-01, UTC
    struct Posting {
        std::int64_t day;
        std::string journal_kind, account_kind;
        bool credit;
        std::int64_t amount_minor;
    };
    struct Sold {
        telemetry::Surface surface;
        std::int64_t orders, pieces, before_split_minor;
        std::int64_t with_snippet;  // of the orders
    };
    struct SoldProduct {
        std::string name;
        std::int64_t orders, pieces, before_split_minor;
    };
    struct Touched {
        std::string kind;  // never "bot"
        telemetry::Surface surface;
        std::int64_t n;
        std::int64_t with_snippet;  // of n
    };
    struct Tried {
        std::vector<telemetry::Arm> arms;
        std::int64_t orders, impressions;
    };
    std::vector<Posting> postings;
    std::vector<Sold> sold;
    std::vector<SoldProduct> products;  // the 1,000 that brought the most
    std::vector<Touched> touched;
    std::vector<Tried> tried;
};

// The Monday of the ISO week that the instant lies in. "2026-W48" and back; refuses what is no week (bad_input).
std::int64_t monday_of(Instant at);
std::string week_name(std::int64_t monday);
Result<std::int64_t> read_week(std::string_view text);

Result<Facts> read_facts(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t monday);

// A part of a whole with its Wilson score interval, 95 %.
struct Rate {
    std::int64_t hits = 0, of = 0;
    double rate = 0, low = 0, high = 0;  // 0 to 1; all 0 when `of` is 0
};
Rate rate_of(std::int64_t hits, std::int64_t of);

struct Week {
    std::int64_t monday = 0;
    Currency currency = euro;
    Money captured, net, tax, shared;  // net: what the creator keeps
    Money refunded, fees;              // to buyers and their banks; what providers kept
    std::array<std::int64_t, 7> net_by_day_minor{};
    std::int64_t orders = 0, pieces = 0, clicks = 0, impressions = 0;
    Rate snippet_conversion;  // paid orders that carry a snippet, of times that a snippet was shown
    Money net_per_thousand;   // net revenue per 1,000 impressions
    struct BySurface {
        telemetry::Surface surface;
        std::int64_t impressions = 0, orders = 0, pieces = 0;
        Money before_split;
    };
    std::vector<BySurface> surfaces;
    struct ByArm {
        std::int64_t experiment, arm;
        Rate conversion;
    };
    std::vector<ByArm> arms;
    struct ByProduct {
        std::string name;
        std::int64_t orders = 0, pieces = 0;
        Money before_split;
    };
    std::vector<ByProduct> products;
};
Week week(const Facts& facts, Currency currency);

wire::Json to_json(const Week& week);
std::string to_text(const Week& week);  // for a terminal and a plain mail

// "23 – 29 November 2026"
std::string period_words(std::int64_t monday);
std::string percent(const Rate& rate);           // "3.1 %"
std::string percent_interval(const Rate& rate);  // "2.4–3.9 %"

}  // namespace barrow::reports
