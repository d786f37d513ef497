// Instant and Clock: time is a value that is handed in, never asked for.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "floor/base/result.hpp"

namespace barrow {

// A span of time in microseconds.
struct Duration {
    std::int64_t us = 0;
    auto operator<=>(const Duration&) const = default;
};
constexpr Duration microseconds(std::int64_t n) { return {n}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
constexpr Duration hours(std::int64_t n) { return minutes(n * 60); }
constexpr Duration days(std::int64_t n) { return hours(n * 24); }

// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Instant {
    std::int64_t us = 0;
    auto operator<=>(const Instant&) const = default;

    [[nodiscard]] std::int64_t seconds() const { return us >= 0 ? us / 1'000'000 : -((-us + 999'999) / 1'000'000); }
    [[nodiscard]] std::int64_t day() const;  // whole UTC days since 1970-01-01
};
constexpr Instant operator+(Instant at, Duration by) { return {at.us + by.us}; }
constexpr Instant operator-(Instant at, Duration by) { return {at.us - by.us}; }
constexpr Duration operator-(Instant later, Instant earlier) { return {later.us - earlier.us}; }

// "2026-11-23T09:15:00Z"; with milliseconds "2026-11-23T09:15:00.250Z"; "09:15:00"; "Mon, 23 Nov 2026 09:15:00 GMT" (RFC 9110).
std::string iso(Instant at);
std::string iso_ms(Instant at);
std::string clock_time(Instant at);
std::string http_date(Instant at);
std::string iso_day(std::int64_t day);  // "2026-11-23"

// The calendar of days since 1970-01-01. `day` may run out of its month: the day follows.
std::int64_t day_of(std::int64_t year, int month, int day);
std::int64_t year_of(std::int64_t day);

// Reads "2026-11-23", "2026-11-23T09:15:00Z", with fractions, with an offset "+01:00" or "+0100", and a space for the T.
// Refuses anything else with Fault::bad_input.
Result<Instant> read_iso(std::string_view text);
// The whole second, or millisecond, that it lies in: what iso() and iso_ms() write of it.
Instant whole_second(Instant at);
Instant whole_ms(Instant at);

// Reads what http_date writes, the one form that senders may use today. Refuses (bad_input) anything else.
Result<Instant> read_http_date(std::string_view text);

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override;
};

// A clock that moves when it is told to: tests and the simulator.
class VirtualClock final : public Clock {
public:
    explicit VirtualClock(Instant start) : now_(start) {}
    [[nodiscard]] Instant now() const override { return now_; }
    void advance(Duration by) { now_ = now_ + by; }
    void set(Instant at) { now_ = at; }

private:
    Instant now_;
};

}  // namespace barrow
