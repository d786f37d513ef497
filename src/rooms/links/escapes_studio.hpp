// The studio's page of the ways out of apps: how often each worked, its switch, and what the shop says for links that say nothing.
#pragma once

#include "rooms/links/links_http.hpp"

namespace barrow::links {

Task<http::Response> get_escapes(Doors& doors, access::Visit visit);   // GET  /studio/escapes
Task<http::Response> post_escapes(Doors& doors, access::Visit visit);  // POST /studio/escapes: ask, "never", "selling" or "all"
Task<http::Response> post_escape_turn(Doors& doors,
                                      access::Visit visit);  // POST /studio/escapes/:recipe: turn "on" or "off"; "all" is a recipe

}  // namespace barrow::links
