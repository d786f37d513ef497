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

// 303 to /holds/ID, or back to the page with the reason in ?why=. The same key gives the same hold.
Task<http::Response> post_hold(Doors& doors, access::Visit visit);

// The values of the hold form that product and live pages show; false when nothing can be held.
wire::Json hold_form(const access::Site& site, const access::Visit& visit, const catalog::Product& product, const stock::Standing& standing,
                     const std::string& context_token, const std::string& action, Instant now);
// The values of the `wait` part when nothing can be held; false otherwise.
wire::Json wait_form(const access::Visit& visit, const catalog::Product& product, const stock::Standing& standing);
// Words for ?why= on the page that comes back: "" for none.
std::string why_words(const access::Visit& visit, const stock::Standing& standing);
// POST /p/:slug/wait: joins the waitlist.
Task<http::Response> post_wait(access::Site& site, access::Visit visit);

}  // namespace barrow::checkout
