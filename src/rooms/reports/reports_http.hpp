// GET /studio/numbers: the week as pictures with their tables, as JSON (?as=json) and text (?as=text).
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"
#include "rooms/reports/week.hpp"

namespace barrow::reports {

Task<http::Response> get_numbers(access::Site& site, access::Visit visit);

// The figures and charts of web/studio/numbers.html, for any page that shows a week.
wire::Json week_values(const Week& week, const Week& before);

}  // namespace barrow::reports
