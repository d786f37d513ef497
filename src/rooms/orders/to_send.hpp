// What waits to be sent: paid orders that nobody marked as sent.
#pragma once

#include "rooms/orders/order.hpp"

namespace barrow::orders {

struct Unsent {
    std::int64_t count = 0;     // all of them
    std::vector<Order> oldest;  // paid longest ago first, at most count_max
};
Result<Unsent> unsent(store::Tx& tx, const Id<access::Shop>& shop, Instant paid_before, int count_max);

// A page of them as `newest` gives all orders: the newest first, older than `before` when that is not 0.
Result<std::vector<Order>> newest_unsent(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t before, int count_max);

struct Counts {
    std::int64_t all = 0, to_send = 0;
};
Result<Counts> counts(store::Tx& tx, const Id<access::Shop>& shop);

// True once an order was paid, whatever became of it.
Result<bool> sold_something(store::Tx& tx, const Id<access::Shop>& shop);

}  // namespace barrow::orders
