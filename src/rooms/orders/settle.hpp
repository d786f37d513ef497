// What the files of this room share.
#pragma once

#include "rooms/orders/order.hpp"

namespace barrow::orders {

// The units leave and the order is paid; the ledger is the caller's. Fault::gone when a claim was let go.
Status take_all(store::Tx& tx, const Order& order, Instant now);
Status set_paid(store::Tx& tx, const Order& order, Instant now);

}  // namespace barrow::orders
