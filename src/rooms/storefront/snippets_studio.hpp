// The studio's side of snippets: write, sign, take back, and see what came of them.
#pragma once

#include "rooms/storefront/storefront_http.hpp"

namespace barrow::storefront {

Task<http::Response> get_snippets(Doors& doors, access::Visit visit);          // GET  /studio/snippets
Task<http::Response> get_new_snippet(Doors& doors, access::Visit visit);       // GET  /studio/snippets/new
Task<http::Response> post_snippet(Doors& doors, access::Visit visit);          // POST /studio/snippets
Task<http::Response> get_snippet_edit(Doors& doors, access::Visit visit);      // GET  /studio/snippets/:id
Task<http::Response> post_snippet_edit(Doors& doors, access::Visit visit);     // POST /studio/snippets/:id: one more version
Task<http::Response> post_snippet_revoke(Doors& doors, access::Visit visit);   // POST /studio/snippets/:id/revoke
Task<http::Response> post_snippet_restore(Doors& doors, access::Visit visit);  // POST /studio/snippets/:id/restore: undo of revoke
// POST /studio/snippets/:id/versions/:version/show: the words of an earlier version again, as a new one; and …/call-off: one that waits for
// its time never shows.
Task<http::Response> post_snippet_version_show(Doors& doors, access::Visit visit);
Task<http::Response> post_snippet_version_call_off(Doors& doors, access::Visit visit);

}  // namespace barrow::storefront
