#include "rooms/access/times.hpp"

#include <array>

namespace barrow::access {

std::string long_date(const Zone& zone, Instant at) {
    constexpr std::array<std::string_view, 12> months{"January", "February", "March",     "April",   "May",      "June",
                                                      "July",    "August",   "September", "October", "November", "December"};
    const auto day = iso_day(zone.day(at));
    const auto month = static_cast<std::size_t>(std::stoi(day.substr(5, 2)) - 1);
    return std::to_string(std::stoi(day.substr(8, 2))) + " " + std::string(months[month]) + " " + day.substr(0, 4);
}

std::string date_and_time(const Zone& zone, Instant at) { return long_date(zone, at) + ", " + zone.minute(at); }

wire::Json time_value(const Zone& zone, Instant at, std::string words) {
    return wire::Json::object({{"iso", zone.iso(at)}, {"words", std::move(words)}});
}

}  // namespace barrow::access
