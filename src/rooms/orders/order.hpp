// Order: what a buyer bought, at which price, and what became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/id.hpp"
#include "floor/base/money.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/payments/payments.hpp"
#include "rooms/stock/stock.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::snippets {
struct Snippet;
}

namespace barrow::orders {

// placed → paid → fulfilled, and back to paid when that was said by mistake; placed → cancelled. A cancelled order that is paid late
// becomes paid if its units are still there, else its money goes back. A paid one that is refunded whole before it is sent is cancelled.
enum class State : std::uint8_t { placed, paid, fulfilled, cancelled };
std::string_view name(State state);

struct Buyer {
    std::string key;  // an opaque name for per-buyer limits; "" counts nobody
    std::string email, name, address;
};

struct OrderLine {
    Id<catalog::Product> product;
    std::string product_name;
    std::int64_t pieces = 1;
    Money price, amount, tax;  // of one, as its page said; what the buyer pays for all, discount off and tax in it; the part that is tax
    Money discount;            // what was taken off, gross
    int tax_basis_points = 0;
    Id<stock::Allotment> allotment;
    Id<stock::Held> claim;
    Id<snippets::Snippet> snippet;  // the one that the buyer saw; its version is in the context
    telemetry::Context context;
};

struct Order {
    Id<access::Shop> shop;
    Id<Order> id;
    std::int64_t number = 0;  // 1, 2, 3 … in its shop: what people say
    std::string token;        // unguessable: /orders/TOKEN
    State state = State::placed;
    Id<payments::Payment> payment;  // empty for an order that costs nothing
    // goods is the lines' amounts; shipping is gross; tax is the lines' and shipping's, inside both; sum is goods and shipping.
    Money goods, shipping, tax, sum;
    Money shipping_tax;         // the part of shipping that is tax
    Money discount;             // taken off the lines and shipping
    std::string shipping_name;  // "Standard", or ""
    std::string discount_code;  // "SPRING", or ""; whose it is says checkout::attribution
    std::string country;        // the buyer's: "DE", or "" where it was not asked for
    std::string tax_country;    // whose tax it is; "" where the shop did not tell its own
    Buyer buyer;
    Instant placed, deadline;  // paid until then, or its units are let go
    std::optional<Instant> paid, fulfilled, cancelled;
    std::string cancel_reason;  // "unpaid", "declined", "sold_out_late", "wrong_amount", "refunded", or what a person gave
    Money refunded, disputed;   // by the books: went back to the buyer or their bank; is held by their bank just now
    std::vector<OrderLine> lines;
};

Result<Order> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id);
Result<Order> find_by_token(store::Tx& tx, const Id<access::Shop>& shop, std::string_view token);
// The newest first; older than `before` when that is not 0.
Result<std::vector<Order>> newest(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t before, int count_max);
inline constexpr int page_size_max = 100;

// Handed over, or sent. Refuses (conflict) what is not paid. Twice is once.
Status fulfil(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id, Instant now);
// It was not sent after all: paid again. Twice is once.
Status not_fulfilled(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id);
// The units are let go. Refuses (conflict) what is paid already. Twice is once.
Status cancel(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& id, std::string_view reason, Instant now);

// Cancels what was not paid in time, some hundred of a shop at once; returns how many. What the app's clock calls is tick: each
// shop in a transaction of its own; one that fails does not stop the others, and the first of them comes back, for the log.
Result<int> expire_due(store::Tx& tx, const Id<access::Shop>& shop, Instant now);
Task<Status> tick(store::Database& database, Instant now);

// What a payment's fact means for its order: wiring hands over every promise `payment.fact`. Captured: the units are taken, the
// order is paid, and the ledger says who gets what. Declined: the units are let go. Refunded, disputed: see books.hpp. The same fact again
// changes nothing, and facts in another order end the same.
// An amount that is not the order's: the order is cancelled, the ledger says that the money came, and it goes back.
// Refuses (not_found) a payment of no order; (conflict) a capture of nothing.
Status on_payment(store::Tx& tx, const payments::Fact& fact, Instant now, Random& random);

}  // namespace barrow::orders
