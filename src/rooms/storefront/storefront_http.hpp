// The shop's own pages: the explanation page of a product.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"
#include "rooms/drafts/draft.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/telemetry/units.hpp"
#include "rooms/uploads/uploads_http.hpp"

namespace barrow::storefront {

struct Doors {
    access::Site& site;
    telemetry::Counters& counters;
    telemetry::DaySalt& salt;
    uploads::Doors& uploads;
    drafts::Pens draft_pens{};
};

// GET /p/:slug, and /p/:slug/now where a file stands at that address: ten blocks, complete without scripts; the price beside the signed
// words is a signed quote.
Task<http::Response> get_product(Doors& doors, access::Visit visit);
// GET /embed/:slug: the snippet in a frame on anybody's page.
Task<http::Response> get_embed(Doors& doors, access::Visit visit);
// GET /feed.json (JSON Feed), /feed/google.xml, /feed/products.jsonl: see feeds.hpp. Readable from every site, kept by nobody for longer
// than it takes to ask whether it changed.
Task<http::Response> get_json_feed(Doors& doors, access::Visit visit);
Task<http::Response> get_google_feed(Doors& doors, access::Visit visit);
Task<http::Response> get_products_jsonl(Doors& doors, access::Visit visit);
// GET /offline: what a device shows in place of a page that it has not kept; see web/viewer/offline.html.
http::Response get_offline(access::Site& site, const access::Visit& visit);
// GET /oembed?url=…: oEmbed 1.0, type "rich".
Task<http::Response> get_oembed(Doors& doors, access::Visit visit);

}  // namespace barrow::storefront
