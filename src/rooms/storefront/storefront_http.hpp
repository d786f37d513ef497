// The shop's own pages: the explanation page of a product.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/telemetry/units.hpp"

namespace barrow::storefront {

struct Doors {
    access::Site& site;
    telemetry::Counters& counters;
    telemetry::DaySalt& salt;
};

// GET /p/:slug: ten blocks, complete without scripts; the price beside the signed words is a signed quote.
Task<http::Response> get_product(Doors& doors, access::Visit visit);
// GET /embed/:slug: the snippet in a frame on anybody's page.
Task<http::Response> get_embed(Doors& doors, access::Visit visit);
// GET /oembed?url=…: oEmbed 1.0, type "rich".
Task<http::Response> get_oembed(Doors& doors, access::Visit visit);

}  // namespace barrow::storefront
