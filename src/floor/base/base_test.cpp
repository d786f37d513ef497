// What the floor's smallest parts promise.
#include <gtest/gtest.h>

#include "floor/base/bytes.hpp"
#include "floor/base/id.hpp"
#include "floor/base/log.hpp"
#include "floor/base/money.hpp"
#include "floor/base/random.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"

namespace barrow {
namespace {

TEST(Time, reads_and_writes_the_same_instant) {
    struct Case {
        const char* text;
        const char* utc;
    };
    for (const auto& [text, utc] : {Case{"2026-11-23", "2026-11-23T00:00:00Z"},
                                    {"2026-11-23T09:15:00Z", "2026-11-23T09:15:00Z"},
                                    {"2026-11-23T09:15:00.25Z", "2026-11-23T09:15:00Z"},
                                    {"2021-05-06T15:20:52+0000", "2021-05-06T15:20:52Z"},
                                    {"2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"},
                                    {"2026-11-23 03:46:12", "2026-11-23T03:46:12Z"},
                                    {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
                                    {"2024-02-29", "2024-02-29T00:00:00Z"}}) {
        const auto at = read_iso(text);
        ASSERT_TRUE(at) << text;
        EXPECT_EQ(iso(*at), utc) << text;
    }
    for (const char* bad : {"", "yesterday", "2026-13-01", "2026-02-29", "2026-11-23T25:00:00Z", "2026-11-23T09:15:00Zx",
                            "2026-11-23T09:15:00.", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+01:00"}) {
        EXPECT_FALSE(read_iso(bad)) << bad;
    }
    EXPECT_EQ(http_date(*read_iso("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(*read_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), *read_iso("1994-11-06T08:49:37Z"));
    for (const auto* other : {"", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Xyz 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                              "Sun, 36 Nov 1994 08:49:37 GMT", "Sun, 06 anF 1994 08:49:37 GMT"})
        EXPECT_FALSE(read_http_date(other)) << other;
    EXPECT_EQ(read_iso("1969-12-31T23:59:59Z")->day(), -1);
}

TEST(Money, is_split_without_losing_a_cent) {
    struct Case {
        std::int64_t total;
        std::vector<std::int64_t> weights, parts;
    };
    for (const auto& [total, weights, parts] : {Case{9200, {85, 10, 5}, {7820, 920, 460}},
                                                {100, {1, 1, 1}, {34, 33, 33}},
                                                {-100, {1, 1, 1}, {-34, -33, -33}},
                                                {1, {50, 50}, {1, 0}},
                                                {0, {1, 2}, {0, 0}},
                                                {5, {0, 1}, {0, 5}}}) {
        EXPECT_EQ(split(total, weights), parts);
    }
    EXPECT_EQ(split(amount_minor_max, std::vector<std::int64_t>{1'000'000, 1})[0] +
                  split(amount_minor_max, std::vector<std::int64_t>{1'000'000, 1})[1],
              amount_minor_max);
}

TEST(Money, rounds_half_away_from_zero) {
    EXPECT_EQ(portion(43, 15, 100), 6);
    EXPECT_EQ(portion(484, 15, 100), 73);
    EXPECT_EQ(portion(5, 1, 10), 1);
    EXPECT_EQ(portion(-5, 1, 10), -1);
    EXPECT_EQ(portion(1, 1, 3), 0);
    EXPECT_EQ(portion(2, 1, 3), 1);
}

TEST(Money, is_written_and_read_with_the_decimals_of_its_currency) {
    EXPECT_EQ(display({2400, euro}), "€24.00");
    EXPECT_EQ(display({-5, euro}), "−€0.05");
    EXPECT_EQ(display({2400, *Currency::read("JPY")}), "¥2,400");
    EXPECT_EQ(decimal({1250, *Currency::read("KWD")}), "1.250");
    EXPECT_EQ(read_decimal("24", euro)->minor, 2400);
    EXPECT_EQ(read_decimal("24,5", euro)->minor, 2450);
    EXPECT_EQ(read_decimal("0.05", euro)->minor, 5);
    for (const char* bad : {"", "-1", "1.234", "1,000.00", "1.", ".5", "€5", "90071992547409.92"})
        EXPECT_FALSE(read_decimal(bad, euro)) << bad;
    EXPECT_FALSE(Currency::read("eur"));
    EXPECT_FALSE(Currency::read("ZZZ"));
    EXPECT_EQ(Currency::read("HUF")->exponent(), 2);
}

TEST(Bytes, come_back_from_text_as_they_were) {
    SeededRandom random(7);
    for (std::size_t size = 0; size < 70; ++size) {
        Bytes bytes(size);
        random.fill(bytes);
        if (size > 3) bytes[0] = bytes[1] = 0;
        EXPECT_EQ(*read_base64url(base64url(bytes)), bytes);
        EXPECT_EQ(*read_base58(base58(bytes)), bytes);
    }
    EXPECT_EQ(base58(as_bytes("Hello World!")), "2NEpo7TZRRrLZSi2U");
    for (const char* bad : {"a", "a+b=", "ab=", "AB"}) EXPECT_FALSE(read_base64url(bad)) << bad;  // AB: stray bits
    EXPECT_FALSE(read_base58("0OIl"));
}

TEST(Id, sorts_by_birth) {
    SeededRandom random(1);
    const auto older = new_id_text({1'000'000}, random);
    const auto newer = new_id_text({2'000'000}, random);
    EXPECT_LT(older, newer);
    EXPECT_TRUE(is_id_text(older));
    EXPECT_FALSE(is_id_text("../../etc/passwd"));
    EXPECT_NE(new_id_text({1'000'000}, random), older);
}

TEST(Log, keeps_one_event_on_one_line) {
    EXPECT_EQ(log_line(Level::info, "order_placed", {{"order", "01j"}, {"left", std::int64_t{7}}}),
              "level=info event=order_placed order=01j left=7");
    EXPECT_EQ(log_line(Level::error, "x", {{"why", "a\nlevel=info \"b\""}}), "level=error event=x why=\"a\\x0alevel=info \\\"b\\\"\"");
}

Task<int> three() { co_return 3; }
Task<int> sum(Executor& other) {
    const auto here = co_await three();
    auto later = Later<int>([&](Later<int>::Answer answer) { other.post([answer] { answer(4); }); });
    const auto there = co_await later;
    co_return here + there;
}

TEST(Task, goes_on_where_it_was_started) {
    Loop loop;
    EXPECT_EQ(loop.wait(sum(loop)), 7);
}

Result<int> half(int n) {
    if (n % 2 != 0) return fail(Fault::bad_input, "odd");
    return n / 2;
}
Result<int> quarter(int n) { return TRY(half(TRY(half(n)))); }

TEST(Result, passes_the_first_error_on) {
    EXPECT_EQ(*quarter(12), 3);
    EXPECT_EQ(quarter(6).error().text, "odd");
}

}  // namespace
}  // namespace barrow
