// What visitors and search engines see of a shop's pages.
#pragma once

#include "rooms/links/links_http.hpp"
#include "rooms/links/pages/page.hpp"

namespace barrow::pages {

// GET /: the bio page.
Task<http::Response> get_bio(links::Doors& doors, access::Visit visit);
// GET /:slug where no link of that name is: a micro-landing page, case ignored. `/s/:slug` leads there, since that is how short addresses
// are printed and said. 404 where there is none, or none published.
Task<http::Response> get_page(links::Doors& doors, access::Visit visit);
// GET /sitemap.xml: the bio page, published products and pages. Links are not in it: they are addresses of something else.
Task<http::Response> get_sitemap(links::Doors& doors, access::Visit visit);
// GET /robots.txt: web/viewer/robots.txt and where the sitemap is.
Task<http::Response> get_robots(links::Doors& doors, access::Visit visit);

// The page of what show() made.
http::Response page_response(const links::Doors& doors, const access::Visit& visit, wire::Json values,
                             access::Framing framing = access::Framing::nobody);

}  // namespace barrow::pages
