// The studio's side of a total: home country and tax, shipping, codes. A page each.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"

namespace barrow::checkout {

Task<http::Response> get_selling(access::Site& site, access::Visit visit);       // GET  /studio/selling
Task<http::Response> post_selling(access::Site& site, access::Visit visit);      // POST /studio/selling: home, rates
Task<http::Response> get_shipping(access::Site& site, access::Visit visit);      // GET  /studio/selling/shipping
Task<http::Response> post_zone(access::Site& site, access::Visit visit);         // POST /studio/selling/shipping: id or "" for a new one
Task<http::Response> post_zone_remove(access::Site& site, access::Visit visit);  // POST /studio/selling/shipping/:id/remove
Task<http::Response> get_codes(access::Site& site, access::Visit visit);         // GET  /studio/selling/codes
Task<http::Response> post_code(access::Site& site, access::Visit visit);         // POST /studio/selling/codes
Task<http::Response> post_code_off(access::Site& site, access::Visit visit);     // POST /studio/selling/codes/:code/off
Task<http::Response> post_code_on(access::Site& site, access::Visit visit);      // POST /studio/selling/codes/:code/on: its undo

}  // namespace barrow::checkout
