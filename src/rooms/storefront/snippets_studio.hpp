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

// A draft in the same form, for browsers without scripts and for publishing it; the page of all of them is drafts/drafts_http.hpp.
Task<http::Response> get_draft(Doors& doors, access::Visit visit);           // GET  /studio/drafts/:id
Task<http::Response> post_draft(Doors& doors, access::Visit visit);          // POST /studio/drafts: keeps it; with its id, or as a new one
Task<http::Response> post_draft_remove(Doors& doors, access::Visit visit);   // POST /studio/drafts/:id/remove
Task<http::Response> post_draft_restore(Doors& doors, access::Visit visit);  // POST /studio/drafts/:id/restore: undo of remove

}  // namespace barrow::storefront
