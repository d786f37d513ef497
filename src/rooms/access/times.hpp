// How moments are told to people: in the shop's own time, with the letters of its zone behind them.
#pragma once

#include <string>

#include "floor/base/zone.hpp"
#include "floor/wire/json.hpp"

namespace barrow::access {

std::string long_date(const Zone& zone, Instant at);      // "23 November 2026"
std::string date_and_time(const Zone& zone, Instant at);  // "23 November 2026, 20:00 CET"

// {iso, words}: of `<time datetime="{{iso}}">{{words}}</time>`. web/viewer/here.js puts the reader's own time there.
wire::Json time_value(const Zone& zone, Instant at, std::string words);

}  // namespace barrow::access
