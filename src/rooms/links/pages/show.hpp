// What a page shows at a moment: its blocks as the values of web/viewer/bio.html. Reads, and writes nothing.
#pragma once

#include "rooms/links/links_http.hpp"
#include "rooms/links/pages/page.hpp"

namespace barrow::pages {

struct Viewer {
    telemetry::Context came_with;
    std::string unit;
};
struct Shown {
    wire::Json values;
    std::vector<telemetry::TouchKey> seen;  // impressions, to be noted when the page goes out
};
// Blocks that are hidden, not yet or no longer due, or whose product, snippet or link is gone are left out. Costs a few reads a block.
Result<Shown> show(store::Tx& tx, const links::Doors& doors, const access::Visit& visit, const Page& page, const Content& content,
                   const Viewer& viewer, Instant now);

// Of the blocks of `content` that are due and would show nothing: why, and what to do; by block. Costs what show does.
Result<std::map<std::int64_t, std::string>> shows_nothing(store::Tx& tx, const links::Doors& doors, const access::Visit& visit,
                                                          const Page& page, const Content& content, Instant now);

}  // namespace barrow::pages
