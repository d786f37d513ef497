// The studio's side of links: make, point elsewhere, end, and see what they brought.
#pragma once

#include "rooms/links/links_http.hpp"

namespace barrow::links {

Task<http::Response> get_links(Doors& doors, access::Visit visit);    // GET  /studio/links
Task<http::Response> post_link(Doors& doors, access::Visit visit);    // POST /studio/links: target, slug
Task<http::Response> post_today(Doors& doors, access::Visit visit);   // POST /studio/today: target
Task<http::Response> post_end(Doors& doors, access::Visit visit);     // POST /studio/links/:slug/end
Task<http::Response> post_resume(Doors& doors, access::Visit visit);  // POST /studio/links/:slug/resume: undo of end

// "Today's link": one address that never changes and leads where the creator says. The values of web/studio/today.html.
Result<wire::Json> today_card(store::Tx& tx, const access::Site& site, const access::Visit& visit, const std::string& error = "");

}  // namespace barrow::links
