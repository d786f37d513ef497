// The demo shop: Mira's stall by the sea, with everything a visitor can try.
#pragma once

#include <string>

#include "floor/store/store.hpp"
#include "floor/wire/json.hpp"
#include "rooms/access/secrets.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::app {

// Three products with stock, snippets (one in a two-arm experiment), links, and a session on air.
Status make_demo(store::Tx& tx, const access::Secrets& secrets, Instant now, Random& random);

// {"bio": "http://…/", "product": …, "link": …, "live": …, "overlay": …} of the shop's newest session and first product; what
// it does not have is left out.
Result<wire::Json> demo_addresses(store::Tx& tx, const access::Shop& shop, const std::string& address);

}  // namespace barrow::app
