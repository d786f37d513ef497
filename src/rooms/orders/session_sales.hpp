// What a live session sold: paid orders whose context says that the buyer came from it. Sessions go by their number, as contexts do.
#pragma once

#include "rooms/orders/order.hpp"

namespace barrow::orders {

struct SessionSales {
    std::int64_t session = 0;
    std::int64_t pieces = 0;     // sold and paid
    std::int64_t net_minor = 0;  // what the ledger credits to the creator for them, less what went back
};
// Of the sessions first to last; those that sold nothing are left out.
Result<std::vector<SessionSales>> sales_by_session(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t first, std::int64_t last);

// The paid orders of one session, paid last first.
Result<std::vector<Order>> paid_in_session(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t session, int count_max);

// The sessions that a payment paid something of; none while its order is not paid.
Result<std::vector<std::int64_t>> sessions_of_payment(store::Tx& tx, const Id<access::Shop>& shop, const Id<payments::Payment>& payment);

}  // namespace barrow::orders
