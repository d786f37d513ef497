// The operator's pages of links: what viewers reported, what the operator said of it, and the hosts that no link may lead to.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"

namespace barrow::app {

struct Rooms;

// GET /operator/links: the links with open reports, the last reported first, a page at a time (?after=); ?show=off those that the operator
// has off or warns about; ?address= the one of that short address, whether anybody reported it or not.
Task<http::Response> get_operator_links(Rooms& rooms, access::Visit visit);
// POST /operator/links/:act: shop, slug, and why for `warn` and `block`; `unblock`, `dismiss`. As judge_link (desk.hpp), whose commands
// they are. A suspension is the shop's: /operator/shops/:slug/suspend.
Task<http::Response> post_operator_link(Rooms& rooms, access::Visit visit);

// GET /operator/denied: the hosts that are named one by one, in the order of their letters (?from=).
Task<http::Response> get_denied(Rooms& rooms, access::Visit visit);
// POST /operator/denied: host, why. POST /operator/denied/remove: host. As judge_host.
Task<http::Response> post_denied(Rooms& rooms, access::Visit visit);
Task<http::Response> post_allowed(Rooms& rooms, access::Visit visit);

}  // namespace barrow::app
