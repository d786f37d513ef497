// The public doors of snippets: the signed document, the shop's did.json, the check page.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"

namespace barrow::snippets {

// GET /snippets/:file ("tide-lamp.json", ?v=3 for an older version; "tide-lamp.quote.json", the signed price beside it). Readable from
// every site: that is what it is for.
Task<http::Response> get_document(access::Site& site, access::Visit visit);
// GET /.well-known/did.json, and /did.json below /@slug.
http::Response get_did(access::Site& site, const access::Visit& visit);
// GET /verify?doc=/snippets/tide-lamp.json: the server's own check, for those whose browser cannot.
Task<http::Response> get_verify(access::Site& site, access::Visit visit);

}  // namespace barrow::snippets
