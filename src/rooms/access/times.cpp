#include "rooms/access/times.hpp"

namespace barrow::access {

std::string long_date(const Zone& zone, Instant at, const wire::Words& say) { return say.date(iso_day(zone.day(at))); }

std::string date_and_time(const Zone& zone, Instant at, const wire::Words& say) {
    return long_date(zone, at, say) + ", " + zone.minute(at);
}

wire::Json time_value(const Zone& zone, Instant at, std::string words) {
    return wire::Json::object({{"iso", zone.iso(at)}, {"words", std::move(words)}});
}

}  // namespace barrow::access
