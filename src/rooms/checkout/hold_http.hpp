// POST /p/:slug/holds and /live/:slug/holds: one tap takes units out of what is left.
#pragma once

#include <functional>
#include <string>

#include "floor/base/task.hpp"
#include "floor/store/batch.hpp"
#include "rooms/access/site.hpp"
#include "rooms/catalog/quote.hpp"
#include "rooms/checkout/hold.hpp"
#include "rooms/stock/standing.hpp"

namespace barrow::checkout {

using Holds = store::Batcher<Hold, stock::Held>;

struct Doors {
    access::Site& site;
    Holds& holds;
    std::function<void()> committed;  // stock promised to tell that fewer are left: wiring wakes the clockwork
};

// 303 to /holds/ID, or back to the page with the reason in ?why=. The same key gives the same hold. A cookie names the hold for its
// time, so that the browser that made it finds it again instead of holding twice; nothing depends on the cookie.
Task<http::Response> post_hold(Doors& doors, access::Visit visit);

// Sets what stands at the button's place on product and live pages, the values of viewer/hold_button.html: `own`, the hold that
// this browser has of the product; else `hold`, the form; else `look_again`, when the first hold ends. And `note`, words for ?why=.
struct Offer {
    const catalog::Product& product;
    const stock::Standing& standing;
    std::string context_token, action;  // "/p/tide-lamp/holds"
};
Status set_offer(store::Tx& tx, const access::Site& site, const access::Visit& visit, const Offer& offer, Instant now, wire::Json& values);

}  // namespace barrow::checkout
