// The public doors of snippets: the signed document, the shop's did.json, the check page.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"

namespace barrow::snippets {

// GET /snippets/:file: "tide-lamp.json", what is shown now; with ?v=3 an older version; "sha256-….json", a version by its content;
// "tide-lamp.quote.json", the signed price beside it. Readable from every site: that is what it is for.
Task<http::Response> get_document(access::Site& site, access::Visit visit);
// GET /bundle.json: what a device keeps of a shop for times without a network: {"version" (of the whole list), "shop", "did", "snippets":
// [{"slug", "digest", "bytes", "document" (where it is, the same bytes for ever), "product" (its page)}]}, those shown now, bundle_max at
// most. A device fetches the documents whose digest it lacks, one by one, and asks again with the version as If-None-Match.
Task<http::Response> get_bundle(access::Site& site, access::Visit visit);
inline constexpr std::size_t bundle_max = 200;
// GET /.well-known/did.json, and /did.json below /@slug.
http::Response get_did(access::Site& site, const access::Visit& visit);
// GET /verify?doc=/snippets/tide-lamp.json: the server's own check, for those whose browser cannot.
Task<http::Response> get_verify(access::Site& site, access::Visit visit);

}  // namespace barrow::snippets
