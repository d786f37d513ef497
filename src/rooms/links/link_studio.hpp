// The studio's page of one link: all that it can do, where its clicks came from, what was done to it.
#pragma once

#include "rooms/links/links_http.hpp"

namespace barrow::links {

Task<http::Response> get_link(Doors& doors, access::Visit visit);  // GET  /studio/links/:slug
// POST /studio/links/:slug/preview: the form of the link; comes back with what the target says of itself in the preview's fields, nothing
// saved. One public page is asked for, once; a path of this shop is not.
Task<http::Response> post_preview(Doors& doors, access::Visit visit);
Task<http::Response> post_change(Doors& doors, access::Visit visit);     // POST /studio/links/:slug: the form of link_form.hpp
Task<http::Response> post_put_back(Doors& doors, access::Visit visit);   // POST /studio/links/:slug/put-back: change
Task<http::Response> post_aliases(Doors& doors, access::Visit visit);    // POST /studio/links/:slug/aliases: add, or drop
Task<http::Response> post_archive(Doors& doors, access::Visit visit);    // POST /studio/links/:slug/archive
Task<http::Response> post_unarchive(Doors& doors, access::Visit visit);  // POST /studio/links/:slug/unarchive: undo of it
Task<http::Response> post_templates(Doors& doors, access::Visit visit);  // POST /studio/link-templates: name, utm; an empty utm removes

}  // namespace barrow::links
