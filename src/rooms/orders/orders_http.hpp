// The doors of orders: the hold's page with its checkout, placing, and the receipt.
#pragma once

#include <functional>

#include "floor/base/limiter.hpp"
#include "floor/base/task.hpp"
#include "floor/store/batch.hpp"
#include "rooms/access/site.hpp"
#include "rooms/orders/place.hpp"

namespace barrow::orders {

using Orders = store::Batcher<Place, Receipt>;

inline constexpr std::int64_t code_tries_max = 10;  // wrong discount codes of one network

struct Doors {
    access::Site& site;
    Orders& orders;
    payments::Providers& providers;
    std::string provider = "sandbox";  // what new orders are paid with
    Limiter code_tries{code_tries_max, minutes(1)};
};

// GET /holds/:token
Task<http::Response> get_hold(Doors& doors, access::Visit visit);
// POST /holds/:token: the same page with what was typed and the total of it; nothing is placed.
Task<http::Response> post_hold_update(Doors& doors, access::Visit visit);
// POST /holds/:token/orders → 303 to the payment page. Tapped twice: the same order, the same page. The form's `seen` is the total that
// was shown; where it is another one by now nothing is placed, and the page comes back with one sentence why.
Task<http::Response> post_order(Doors& doors, access::Visit visit);
// GET /orders/:token: the receipt; it answers the payment, and needs no mail and no account.
Task<http::Response> get_receipt(Doors& doors, access::Visit visit);

// The studio: GET /studio/orders, POST /studio/orders/:order/sent, and its undo /not-sent.
Task<http::Response> get_orders(Doors& doors, access::Visit visit);
Task<http::Response> post_sent(Doors& doors, access::Visit visit);
Task<http::Response> post_not_sent(Doors& doors, access::Visit visit);

// "2 × Tide lamp"
std::string what_words(const Order& order);
// "paid", and how the word is coloured.
struct StateWords {
    std::string_view state, kind;
};
StateWords state_words(const Order& order);

}  // namespace barrow::orders
