// How moments are told to people: in the shop's own time, with the letters of its zone behind them.
#pragma once

#include <string>

#include "floor/base/zone.hpp"
#include "floor/wire/json.hpp"
#include "floor/wire/words.hpp"

namespace barrow::access {

// "23 November 2026", and "23 November 2026, 20:00 CET"; in English where no language is said, as in the studio.
std::string long_date(const Zone& zone, Instant at, const wire::Words& say = wire::Words("en"));
std::string date_and_time(const Zone& zone, Instant at, const wire::Words& say = wire::Words("en"));

// {iso, words}: of `<time datetime="{{iso}}">{{words}}</time>`. web/viewer/here.js puts the reader's own time there.
wire::Json time_value(const Zone& zone, Instant at, std::string words);

}  // namespace barrow::access
