// The studio's editor of pages: blocks in order, a draft and what is published, the preview beside it. Every act is a form of its own, so
// that it works without scripts; each change of the draft can be undone.
#pragma once

#include "rooms/links/pages/page_http.hpp"

namespace barrow::pages {

// GET /studio/page: the bio page's editor, with the shop's settings. GET /studio/pages/:slug: a page's. ?add=KIND opens the form of a new
// block, ?open=ID one that is there.
Task<http::Response> get_bio_editor(links::Doors& doors, access::Visit visit);
Task<http::Response> get_editor(links::Doors& doors, access::Visit visit);
// GET /studio/pages/:slug/preview: the draft as visitors would see it, for the owner; it may stand in a frame of the studio.
Task<http::Response> get_preview(links::Doors& doors, access::Visit visit);

Task<http::Response> post_settings(links::Doors& doors, access::Visit visit);  // POST /studio/page: the shop's settings
Task<http::Response> post_page(links::Doors& doors, access::Visit visit);      // POST /studio/pages: title, slug
Task<http::Response> post_block(links::Doors& doors, access::Visit visit);     // POST /studio/pages/:slug/blocks: kind and its fields
Task<http::Response> post_change_block(links::Doors& doors,
                                       access::Visit visit);  // POST …/blocks/:block: act save, hide, show, remove, up, down, item-up-N
Task<http::Response> post_order(links::Doors& doors, access::Visit visit);          // POST …/order: order "3,1,2"
Task<http::Response> post_about(links::Doors& doors, access::Visit visit);          // POST …/about: title, text, no_index, slug
Task<http::Response> post_style(links::Doors& doors, access::Visit visit);          // POST …/style: style
Task<http::Response> post_publish(links::Doors& doors, access::Visit visit);        // POST …/publish
Task<http::Response> post_put_page_back(links::Doors& doors, access::Visit visit);  // POST …/put-back: past, publish
Task<http::Response> post_remove(links::Doors& doors, access::Visit visit);         // POST …/remove
Task<http::Response> post_restore(links::Doors& doors, access::Visit visit);        // POST …/restore

}  // namespace barrow::pages
