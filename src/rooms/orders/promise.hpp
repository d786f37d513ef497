// Promise receipt: what was bought and the words that were said of it, as one document signed by the shop that its buyer keeps.
#pragma once

#include <string_view>

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"
#include "rooms/orders/order.hpp"

namespace barrow::orders {

// {"type": "PromiseReceipt", "shop", "seller", "order" (its number), "placed", "paid", "lines": [{"pieces", "product", "price", "amount",
// "amount_minor", and where there was one "snippet": the signed document that the buyer saw, "surface": where}], "more": what is paid
// beside the goods, [{"what": "Shipping", "amount", "amount_minor"}], "total", "total_minor", "tax", "tax_minor": what of the total is tax,
// "currency", "did": the shop's DID document, so that it can be checked where nobody can be asked, "proof"}: eddsa-jcs-2022, as of a
// snippet, created when it was paid. The buyer's name and address and the order's secret address are not in it: it can be shown around. The
// same order gives the same bytes until the shop takes another key. Refuses (conflict) an order that is not paid; a snippet whose seal is
// broken is left out.
Result<wire::Json> promise_receipt(store::Tx& tx, const access::Site& site, const access::Tenant& tenant, const Order& order);

// GET /orders/:token/promise.json, and promise.html: the document in a page that checks it by itself, also from a disk without a network.
Task<http::Response> get_promise(access::Site& site, access::Visit visit);

}  // namespace barrow::orders
