// GET /studio/numbers: the week as pictures with their tables, as JSON (?as=json) and text (?as=text).
#pragma once

#include <functional>

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"
#include "rooms/reports/week.hpp"

namespace barrow::reports {

struct Doors {
    access::Site& site;
    // The rows of pages on Numbers ({ title, href, views … }), by the room that knows pages; app puts it in.
    std::function<Result<wire::Json>(store::Tx& tx, const access::Visit& visit, Instant now)> page_rows;
};
Task<http::Response> get_numbers(Doors& doors, access::Visit visit);

// The figures and charts of web/studio/numbers.html, for any page that shows a week.
wire::Json week_values(const Week& week, const Week& before);

}  // namespace barrow::reports
