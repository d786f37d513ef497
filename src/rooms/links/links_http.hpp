// The public doors of links: following a short link, and the bio page.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"
#include "rooms/links/follow.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/telemetry/units.hpp"

namespace barrow::links {

struct Doors {
    access::Site& site;
    telemetry::Counters& counters;
    telemetry::DaySalt& salt;
    Cache& cache;
};

// GET /s/:slug and /:slug → 302 with the context in the target when it is ours. The click is counted in memory: no write on the path.
Task<http::Response> get_follow(Doors& doors, access::Visit visit);
// GET /: what the shop is, its live moment, its snippets, its links.
Task<http::Response> get_bio(Doors& doors, access::Visit visit);
// GET /qr/:file ("lamp.svg"): the QR code of a short link; 404 where there is none.
Task<http::Response> get_qr(Doors& doors, access::Visit visit);

// A QR code as SVG, error correction M, four modules of quiet zone; `title` is read aloud.
std::string qr_svg(std::string_view text, std::string_view title);

}  // namespace barrow::links
