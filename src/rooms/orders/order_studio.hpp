// One order in the studio: who, what, what became of the money, and what can be done about it.
#pragma once

#include "rooms/orders/orders_http.hpp"

namespace barrow::orders {

// GET /studio/orders/:order
Task<http::Response> get_order_page(Doors& doors, access::Visit visit);
// POST …/refunds: amount_N (of line N, as typed), back_N (pieces back on the shelf), shipping, reason, key. To the order's page, with an
// undo.
Task<http::Response> post_refund(Doors& doors, access::Visit visit);
// POST …/refunds/:refund/undo
Task<http::Response> post_refund_undo(Doors& doors, access::Visit visit);
// POST …/disputes/:dispute: evidence, a text.
Task<http::Response> post_dispute_answer(Doors& doors, access::Visit visit);

// What an order's own rows say for the shop when a bank asks: what was bought, how it was described, when it was paid and sent, what went
// back.
Result<std::string> evidence_of(store::Tx& tx, const access::Site& site, const access::Visit& visit, const Order& order);

}  // namespace barrow::orders
