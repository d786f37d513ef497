// The studio's page of many new links at once: lines are pasted, looked at, then made.
#pragma once

#include "rooms/links/links_http.hpp"

namespace barrow::links {

inline constexpr std::size_t bulk_body_max = 4 << 20;  // 1,000 lines of the longest targets, as a form writes them

Task<http::Response> get_bulk(Doors& doors, access::Visit visit);  // GET  /studio/link-bulk
// POST /studio/link-bulk: lines; act=make makes them all or none, otherwise the page says of each line what would become of it.
Task<http::Response> post_bulk(Doors& doors, access::Visit visit);

}  // namespace barrow::links
