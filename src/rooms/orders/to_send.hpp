// What waits to be sent: paid orders that nobody marked as sent.
#pragma once

#include "rooms/orders/order.hpp"

namespace barrow::orders {

struct Unsent {
    std::int64_t count = 0;     // all of them
    std::vector<Order> oldest;  // paid longest ago first, at most count_max
};
Result<Unsent> unsent(store::Tx& tx, const Id<access::Shop>& shop, Instant paid_before, int count_max);

// True once an order was paid, whatever became of it.
Result<bool> sold_something(store::Tx& tx, const Id<access::Shop>& shop);

}  // namespace barrow::orders
