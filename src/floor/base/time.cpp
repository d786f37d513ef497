#include "floor/base/time.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace barrow {
namespace {

// Civil date from days and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
struct Date {
    std::int64_t year;
    unsigned month, day;
};

Date civil(std::int64_t days_since_epoch) {
    const auto z = days_since_epoch + 719'468;
    const auto era = (z >= 0 ? z : z - 146'096) / 146'097;
    const auto doe = static_cast<unsigned>(z - era * 146'097);
    const auto yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
    const auto doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const auto mp = (5 * doy + 2) / 153;
    const auto day = doy - (153 * mp + 2) / 5 + 1;
    const auto month = mp < 10 ? mp + 3 : mp - 9;
    return {static_cast<std::int64_t>(yoe) + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

std::int64_t days_from(Date date) {
    const auto y = date.year - (date.month <= 2 ? 1 : 0);
    const auto era = (y >= 0 ? y : y - 399) / 400;
    const auto yoe = static_cast<unsigned>(y - era * 400);
    const auto doy = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
    const auto doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146'097 + static_cast<std::int64_t>(doe) - 719'468;
}

struct Clockface {
    std::int64_t day;
    int hour, minute, second, microsecond;
};

Clockface clockface(Instant at) {
    const auto day = at.day();
    const auto rest = at.us - day * days(1).us;
    const auto second = rest / 1'000'000;
    return {day, static_cast<int>(second / 3'600), static_cast<int>(second / 60 % 60), static_cast<int>(second % 60),
            static_cast<int>(rest % 1'000'000)};
}

template <class... Values>
std::string print(const char* format, Values... values) {
    std::array<char, 64> text{};
    const auto size = std::snprintf(text.data(), text.size(), format, values...);
    return {text.data(), static_cast<std::size_t>(size)};
}

// Digits at the front of `text`, exactly `count` of them; -1 if there are fewer.
int take_digits(std::string_view& text, int count) {
    if (text.size() < static_cast<std::size_t>(count)) return -1;
    int number = 0;
    for (int i = 0; i < count; ++i) {
        const char c = text[static_cast<std::size_t>(i)];
        if (c < '0' || c > '9') return -1;
        number = number * 10 + (c - '0');
    }
    text.remove_prefix(static_cast<std::size_t>(count));
    return number;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::int64_t Instant::day() const {
    const auto length = days(1).us;
    return us >= 0 ? us / length : -((-us + length - 1) / length);
}

std::int64_t day_of(std::int64_t year, int month, int day) { return days_from({year, static_cast<unsigned>(month), 1}) + day - 1; }
std::int64_t year_of(std::int64_t day) { return civil(day).year; }

std::string iso_day(std::int64_t day) {
    const auto date = civil(day);
    return print("%04lld-%02u-%02u", static_cast<long long>(date.year), date.month, date.day);
}

std::string clock_time(Instant at) {
    const auto face = clockface(at);
    return print("%02d:%02d:%02d", face.hour, face.minute, face.second);
}

std::string iso(Instant at) { return iso_day(at.day()) + "T" + clock_time(at) + "Z"; }

std::string iso_ms(Instant at) { return iso_day(at.day()) + "T" + clock_time(at) + print(".%03dZ", clockface(at).microsecond / 1'000); }

std::string http_date(Instant at) {
    static constexpr const char* weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto face = clockface(at);
    const auto date = civil(face.day);
    const auto weekday = ((face.day % 7) + 7) % 7;
    return print("%s, %02u %s %04lld %02d:%02d:%02d GMT", weekdays[weekday], date.day, months[date.month - 1],
                 static_cast<long long>(date.year), face.hour, face.minute, face.second);
}

Result<Instant> read_iso(std::string_view text) {
    // What an offset or a leap second takes out of the years 0000 to 9999 could be written by nobody again.
    constexpr Instant first{-62'167'219'200 * seconds(1).us}, behind{253'402'300'800 * seconds(1).us};
    const auto refuse = [whole = text] {
        return fail(Fault::bad_input, "\"" + std::string(whole.substr(0, 40)) + "\" is not a time; write it like 2026-11-23T09:15:00Z");
    };
    const int year = take_digits(text, 4);
    if (year < 0 || !take(text, "-")) return refuse();
    const int month = take_digits(text, 2);
    if (month < 1 || month > 12 || !take(text, "-")) return refuse();
    const int day = take_digits(text, 2);
    if (day < 1) return refuse();
    const Date date{year, static_cast<unsigned>(month), static_cast<unsigned>(day)};
    const auto day_count = days_from(date);
    if (civil(day_count).day != date.day) return refuse();  // 31 April
    Instant at{day_count * days(1).us};
    if (text.empty()) return at;
    if (!take(text, "Tt ")) return refuse();
    const int hour = take_digits(text, 2);
    if (hour < 0 || hour > 23 || !take(text, ":")) return refuse();
    const int minute = take_digits(text, 2);
    if (minute < 0 || minute > 59) return refuse();
    int second = 0;
    std::int64_t fraction_us = 0;
    if (take(text, ":")) {
        second = take_digits(text, 2);
        if (second < 0 || second > 60) return refuse();
        if (take(text, ".,")) {
            std::int64_t unit = 100'000;
            bool any = false;
            while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
                fraction_us += (text.front() - '0') * unit;
                unit /= 10;
                any = true;
                text.remove_prefix(1);
            }
            if (!any) return refuse();
        }
    }
    at = at + hours(hour) + minutes(minute) + seconds(second) + microseconds(fraction_us);
    const auto kept = [&](Instant made) { return made < first || made >= behind ? Result<Instant>(refuse()) : made; };
    if (text.empty() || (take(text, "Zz") && text.empty())) return kept(at);
    const bool east = text.front() == '+';
    if (!take(text, "+-")) return refuse();
    const int offset_hours = take_digits(text, 2);
    take(text, ":");
    const int offset_minutes = take_digits(text, 2);
    if (offset_hours < 0 || offset_hours > 23 || offset_minutes < 0 || offset_minutes > 59 || !text.empty()) return refuse();
    const auto offset = minutes(offset_hours * 60 + offset_minutes);
    return kept(east ? at - offset : at + offset);
}

namespace {
Instant floored(Instant at, std::int64_t unit_us) {
    const auto rest = at.us % unit_us;
    return {at.us - (rest < 0 ? rest + unit_us : rest)};
}
}  // namespace
Instant whole_second(Instant at) { return floored(at, seconds(1).us); }
Instant whole_ms(Instant at) { return floored(at, milliseconds(1).us); }

Result<Instant> read_http_date(std::string_view text) {
    static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto refused = fail(Fault::bad_input, "that is no date as HTTP writes it: Sun, 06 Nov 1994 08:49:37 GMT");
    if (text.size() != 29) return refused;
    const auto month = months.find(text.substr(8, 3));
    if (month == std::string_view::npos || month % 3 != 0) return refused;
    const auto at = read_iso(std::string(text.substr(12, 4)) + print("-%02d-", static_cast<int>(month / 3 + 1)) +
                             std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z");
    if (!at || http_date(*at) != text) return refused;
    return *at;
}

Instant SystemClock::now() const {
    using std::chrono::duration_cast;
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {duration_cast<std::chrono::microseconds>(since).count()};
}

}  // namespace barrow
