// The studio's side of the shelf: products with their price, tax, units and page.
#pragma once

#include "rooms/storefront/storefront_http.hpp"

namespace barrow::storefront {

Task<http::Response> get_products(Doors& doors, access::Visit visit);     // GET  /studio/products
Task<http::Response> get_new_product(Doors& doors, access::Visit visit);  // GET  /studio/products/new
Task<http::Response> post_product(Doors& doors, access::Visit visit);     // POST /studio/products
Task<http::Response> get_edit(Doors& doors, access::Visit visit);         // GET  /studio/products/:slug
Task<http::Response> post_edit(Doors& doors, access::Visit visit);        // POST /studio/products/:slug
Task<http::Response> post_archive(Doors& doors, access::Visit visit);     // POST /studio/products/:slug/archive
Task<http::Response> post_show(Doors& doors, access::Visit visit);        // POST /studio/products/:slug/show: undo of archive

}  // namespace barrow::storefront
