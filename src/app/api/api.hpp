// /api/v1: the shop for programs. JSON in and out; every request carries an API key ("Authorization: Bearer bk_…") or a studio
// session with its csrf in the header x-csrf. web/openapi.json describes each address; tests/openapi_test.cpp holds the two together.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"

namespace barrow::orders {
struct Doors;
}
namespace barrow::links {
struct Doors;
namespace linkcheck {
struct Doors;
}
}  // namespace barrow::links

namespace barrow::uploads {
struct Doors;
}

namespace barrow::app::api {

Task<http::Response> get_shop(access::Site& site, access::Visit visit);    // GET   /api/v1/shop
Task<http::Response> patch_shop(access::Site& site, access::Visit visit);  // PATCH /api/v1/shop: time_zone, language, home_country

Task<http::Response> get_products(access::Site& site, access::Visit visit);   // GET   /api/v1/products
Task<http::Response> post_product(access::Site& site, access::Visit visit);   // POST  /api/v1/products
Task<http::Response> get_product(access::Site& site, access::Visit visit);    // GET   /api/v1/products/:slug
Task<http::Response> patch_product(access::Site& site, access::Visit visit);  // PATCH /api/v1/products/:slug

Task<http::Response> get_zones(access::Site& site, access::Visit visit);       // GET   /api/v1/shipping-zones
Task<http::Response> post_zone(access::Site& site, access::Visit visit);       // POST  /api/v1/shipping-zones: name, countries, rates
Task<http::Response> put_zone(access::Site& site, access::Visit visit);        // PUT   /api/v1/shipping-zones/:id: the whole zone
Task<http::Response> delete_zone(access::Site& site, access::Visit visit);     // DELETE /api/v1/shipping-zones/:id
Task<http::Response> get_tax_rates(access::Site& site, access::Visit visit);   // GET   /api/v1/tax-rates
Task<http::Response> put_tax_rates(access::Site& site, access::Visit visit);   // PUT   /api/v1/tax-rates: the whole table
Task<http::Response> get_discounts(access::Site& site, access::Visit visit);   // GET   /api/v1/discounts
Task<http::Response> post_discount(access::Site& site, access::Visit visit);   // POST  /api/v1/discounts
Task<http::Response> get_discount(access::Site& site, access::Visit visit);    // GET   /api/v1/discounts/:code
Task<http::Response> patch_discount(access::Site& site, access::Visit visit);  // PATCH /api/v1/discounts/:code: on

Task<http::Response> get_snippets(access::Site& site, access::Visit visit);  // GET   /api/v1/snippets
Task<http::Response> post_snippet(access::Site& site, access::Visit visit);  // POST  /api/v1/snippets
Task<http::Response> get_snippet(access::Site& site, access::Visit visit);   // GET   /api/v1/snippets/:slug
// POST /api/v1/snippets/:slug/versions: one more; GET: all of them, newest first, 100 at most.
Task<http::Response> post_snippet_version(access::Site& site, access::Visit visit);
Task<http::Response> get_snippet_versions(access::Site& site, access::Visit visit);
// POST /api/v1/snippets/:slug/versions/:version/show and …/call-off, /api/v1/snippets/:slug/revoke and …/restore.
Task<http::Response> post_snippet_version_show(access::Site& site, access::Visit visit);
Task<http::Response> post_snippet_version_call_off(access::Site& site, access::Visit visit);
Task<http::Response> post_snippet_revoke(access::Site& site, access::Visit visit);
Task<http::Response> post_snippet_restore(access::Site& site, access::Visit visit);

Task<http::Response> get_links(access::Site& site, access::Visit visit);           // GET   /api/v1/links
Task<http::Response> post_link(links::Doors& doors, access::Visit visit);          // POST  /api/v1/links
Task<http::Response> get_link(access::Site& site, access::Visit visit);            // GET   /api/v1/links/:slug
Task<http::Response> patch_link(links::Doors& doors, access::Visit visit);         // PATCH /api/v1/links/:slug
Task<http::Response> delete_link(links::Doors& doors, access::Visit visit);        // DELETE /api/v1/links/:slug
Task<http::Response> post_link_restore(links::Doors& doors, access::Visit visit);  // POST /api/v1/links/:slug/restore

// POST /api/v1/links/bulk: {"links": [{…}, …]}, up to 1,000; all or none.
inline constexpr std::size_t bulk_body_max = 2 * 1024 * 1024;  // 1,000 links with rules
Task<http::Response> post_links(links::Doors& doors, access::Visit visit);
// POST /api/v1/links/import?from=…&only_domain=…&dry_run=true: the body is the file. GET /api/v1/links/export?format=csv|json.
Task<http::Response> post_links_import(links::Doors& doors, access::Visit visit);
Task<http::Response> get_links_export(access::Site& site, access::Visit visit);
Task<http::Response> get_link_changes(access::Site& site, access::Visit visit);           // GET   /api/v1/links/:slug/changes
Task<http::Response> post_link_put_back(access::Site& site, access::Visit visit);         // POST  /api/v1/links/:slug/put-back: change
Task<http::Response> get_linkcheck(links::linkcheck::Doors& doors, access::Visit visit);  // GET /api/v1/linkcheck?url=…

Task<http::Response> get_conversions(access::Site& site, access::Visit visit);  // GET  /api/v1/conversions
Task<http::Response> post_conversion(access::Site& site, access::Visit visit);  // POST /api/v1/conversions: what a link brought elsewhere

Task<http::Response> get_letters(access::Site& site, access::Visit visit);          // GET    /api/v1/letters
Task<http::Response> get_webhooks(access::Site& site, access::Visit visit);         // GET    /api/v1/webhooks
Task<http::Response> post_webhook(access::Site& site, access::Visit visit);         // POST   /api/v1/webhooks: url, events
Task<http::Response> delete_webhook(access::Site& site, access::Visit visit);       // DELETE /api/v1/webhooks/:id
Task<http::Response> post_webhook_rotate(access::Site& site, access::Visit visit);  // POST   /api/v1/webhooks/:id/rotate
Task<http::Response> post_webhook_test(access::Site& site, access::Visit visit);    // POST   /api/v1/webhooks/:id/test
Task<http::Response> get_deliveries(access::Site& site, access::Visit visit);       // GET    /api/v1/webhooks/:id/deliveries
Task<http::Response> post_delivery_again(access::Site& site, access::Visit visit);  // POST /api/v1/webhooks/:id/deliveries/:delivery/again
Task<http::Response> post_deliveries_again(access::Site& site, access::Visit visit);  // POST   /api/v1/webhooks/:id/again: since

Task<http::Response> get_health(access::Site& site, access::Visit visit);       // GET    /api/v1/health/links
Task<http::Response> post_health(access::Site& site, access::Visit visit);      // POST   /api/v1/health/links: act, target, slug, days
Task<http::Response> get_touchpoints(access::Site& site, access::Visit visit);  // GET    /api/v1/touchpoints?kind=&words=&live=
Task<http::Response> get_profiles(access::Site& site, access::Visit visit);     // GET    /api/v1/touchpoints/outside
Task<http::Response> post_profile(access::Site& site, access::Visit visit);     // POST   /api/v1/touchpoints/outside
Task<http::Response> patch_profile(access::Site& site, access::Visit visit);    // PATCH  /api/v1/touchpoints/outside/:id
Task<http::Response> delete_profile(access::Site& site, access::Visit visit);   // DELETE /api/v1/touchpoints/outside/:id
Task<http::Response> get_media(uploads::Doors& doors, access::Visit visit);     // GET    /api/v1/media
Task<http::Response> post_media(uploads::Doors& doors, access::Visit visit);    // POST   /api/v1/media: file, alt, name (multipart)
Task<http::Response> delete_media(uploads::Doors& doors, access::Visit visit);  // DELETE /api/v1/media/:id

Task<http::Response> get_pages(access::Site& site, access::Visit visit);    // GET   /api/v1/pages
Task<http::Response> get_page(links::Doors& doors, access::Visit visit);    // GET   /api/v1/pages/:slug: "bio" is the bio page
Task<http::Response> delete_page(access::Site& site, access::Visit visit);  // DELETE /api/v1/pages/:slug
Task<http::Response> put_page(links::Doors& doors,
                              access::Visit visit);  // PUT   /api/v1/pages/:slug: the draft; "publish": true publishes it

Task<http::Response> get_orders(access::Site& site, access::Visit visit);   // GET   /api/v1/orders
Task<http::Response> get_order(access::Site& site, access::Visit visit);    // GET   /api/v1/orders/:id
Task<http::Response> post_fulfil(access::Site& site, access::Visit visit);  // POST  /api/v1/orders/:id/fulfil
Task<http::Response> get_refunds(access::Site& site, access::Visit visit);  // GET    /api/v1/orders/:id/refunds
Task<http::Response> post_refund(access::Site& site,
                                 access::Visit visit);  // POST   /api/v1/orders/:id/refunds: reason, lines, shipping_minor
Task<http::Response> delete_refund(access::Site& site, access::Visit visit);  // DELETE /api/v1/orders/:id/refunds/:refund: until it is sent
Task<http::Response> get_disputes(access::Site& site, access::Visit visit);   // GET    /api/v1/disputes: open ones
Task<http::Response> post_evidence(orders::Doors& doors, access::Visit visit);  // POST   /api/v1/disputes/:id/evidence: evidence

Task<http::Response> get_sessions(access::Site& site, access::Visit visit);  // GET   /api/v1/sessions
Task<http::Response> post_session(access::Site& site, access::Visit visit);  // POST  /api/v1/sessions
Task<http::Response> post_start(access::Site& site, access::Visit visit);    // POST  /api/v1/sessions/:id/start
Task<http::Response> post_pin(access::Site& site, access::Visit visit);      // POST  /api/v1/sessions/:id/pin
Task<http::Response> post_end(access::Site& site, access::Visit visit);      // POST  /api/v1/sessions/:id/end

Task<http::Response> get_domains(access::Site& site, access::Visit visit);    // GET    /api/v1/domains
Task<http::Response> post_domain(access::Site& site, access::Visit visit);    // POST   /api/v1/domains
Task<http::Response> delete_domain(access::Site& site, access::Visit visit);  // DELETE /api/v1/domains/:name

Task<http::Response> get_week(access::Site& site, access::Visit visit);  // GET   /api/v1/reports/week

}  // namespace barrow::app::api
