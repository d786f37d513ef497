// The studio's pages of the guard: what is wrong with the addresses that links lead to, and the inventory of touchpoints.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"
#include "rooms/links/links_http.hpp"

namespace barrow::guard {

Task<http::Response> get_health(access::Site& site, access::Visit visit);  // GET  /studio/health
// POST /studio/health: act "look", "ignore" (days), "hear", "away", "back" (slug), "retarget" (slug, to) with target; or "mail" (address).
Task<http::Response> post_health(links::Doors& doors, access::Visit visit);

Task<http::Response> get_touchpoints(access::Site& site, access::Visit visit);       // GET /studio/touchpoints?kind=&words=&live=
Task<http::Response> get_touchpoints_csv(access::Site& site, access::Visit visit);   // GET /studio/touchpoints.csv, likewise
Task<http::Response> get_touchpoints_json(access::Site& site, access::Visit visit);  // GET /studio/touchpoints.json, likewise
Task<http::Response> post_profile(access::Site& site, access::Visit visit);  // POST /studio/touchpoints: name, address, link, source, owner
Task<http::Response> get_profile(access::Site& site, access::Visit visit);   // GET  /studio/touchpoints/:profile
Task<http::Response> post_profile_change(access::Site& site, access::Visit visit);  // POST /studio/touchpoints/:profile: the same
Task<http::Response> post_profile_remove(access::Site& site, access::Visit visit);  // POST /studio/touchpoints/:profile/remove

}  // namespace barrow::guard
