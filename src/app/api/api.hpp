// /api/v1: the shop for programs. JSON in and out; every request carries an API key ("Authorization: Bearer bk_…") or a studio
// session with its csrf in the header x-csrf. web/openapi.json describes each address; tests/openapi_test.cpp holds the two together.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"
#include "rooms/links/follow.hpp"

namespace barrow::app::api {

struct Doors {
    access::Site& site;
    links::Cache& links;  // forgets a shop whose links or moments changed
};

Task<http::Response> get_products(Doors& doors, access::Visit visit);   // GET   /api/v1/products
Task<http::Response> post_product(Doors& doors, access::Visit visit);   // POST  /api/v1/products
Task<http::Response> get_product(Doors& doors, access::Visit visit);    // GET   /api/v1/products/:slug
Task<http::Response> patch_product(Doors& doors, access::Visit visit);  // PATCH /api/v1/products/:slug

Task<http::Response> get_snippets(Doors& doors, access::Visit visit);  // GET   /api/v1/snippets
Task<http::Response> post_snippet(Doors& doors, access::Visit visit);  // POST  /api/v1/snippets
Task<http::Response> get_snippet(Doors& doors, access::Visit visit);   // GET   /api/v1/snippets/:slug

Task<http::Response> get_links(Doors& doors, access::Visit visit);   // GET   /api/v1/links
Task<http::Response> post_link(Doors& doors, access::Visit visit);   // POST  /api/v1/links
Task<http::Response> get_link(Doors& doors, access::Visit visit);    // GET   /api/v1/links/:slug
Task<http::Response> patch_link(Doors& doors, access::Visit visit);  // PATCH /api/v1/links/:slug

Task<http::Response> get_orders(Doors& doors, access::Visit visit);   // GET   /api/v1/orders
Task<http::Response> get_order(Doors& doors, access::Visit visit);    // GET   /api/v1/orders/:id
Task<http::Response> post_fulfil(Doors& doors, access::Visit visit);  // POST  /api/v1/orders/:id/fulfil

Task<http::Response> get_sessions(Doors& doors, access::Visit visit);  // GET   /api/v1/sessions
Task<http::Response> post_session(Doors& doors, access::Visit visit);  // POST  /api/v1/sessions
Task<http::Response> post_start(Doors& doors, access::Visit visit);    // POST  /api/v1/sessions/:id/start
Task<http::Response> post_pin(Doors& doors, access::Visit visit);      // POST  /api/v1/sessions/:id/pin
Task<http::Response> post_end(Doors& doors, access::Visit visit);      // POST  /api/v1/sessions/:id/end

Task<http::Response> get_week(Doors& doors, access::Visit visit);  // GET   /api/v1/reports/week

}  // namespace barrow::app::api
