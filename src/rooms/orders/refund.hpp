// Refunds that the shop asks for: which lines, how many pieces come back to the shelf, why, and what it costs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rooms/orders/books.hpp"
#include "rooms/orders/order.hpp"

namespace barrow::orders {

inline constexpr Duration undo_time = seconds(10);  // a refund waits so long before it is sent, so that a slip of the thumb is none

// What can still be given back of each part of an order: what was paid less what was asked back.
struct RefundLeft {
    struct Line {
        std::int64_t pieces = 0, amount_minor = 0;  // pieces that no refund has put back on the shelf
    };
    std::vector<Line> lines;
    std::int64_t shipping_minor = 0;
    Money sum{0, euro};       // never more than the payment still has: refunds made at the provider, disputes
    Money fee_lost{0, euro};  // what the provider kept of the payment and does not give back
};
// Refuses (conflict) an order that nobody paid, (not_found) none.
Result<RefundLeft> refund_left(store::Tx& tx, const Order& order);

struct RefundWish {
    struct Line {
        int line = 0;
        std::int64_t amount_minor = 0;
        std::int64_t pieces_back = 0;  // put on the shelf again
    };
    std::string key;          // the caller's: the same key is the same refund
    std::vector<Line> lines;  // each line once; none of all: the whole of what is left, without the shelf
    std::int64_t shipping_minor = 0;
    std::string reason;  // one of refund_reasons
};
struct RefundReason {
    std::string_view key, words;
};
inline constexpr RefundReason refund_reasons[] = {
    {"changed_mind", "Changed their mind"}, {"damaged", "Arrived damaged"},       {"not_as_described", "Not as described"},
    {"never_arrived", "Never arrived"},     {"sold_out", "We cannot deliver it"}, {"other", "Another reason"},
};

// Promises the refund, due after undo_time, and puts the pieces back. All that is left of an order that was not sent: the order is
// cancelled with it. Refuses (bad_input) a line that is not there or twice, an unknown reason, nothing at all; (conflict) more than is left
// of a line, of the shipping or of the payment, and an order that nobody paid.
Result<Id<payments::Refund>> refund(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& order, const RefundWish& wish,
                                    Instant now, Random& random);
// Until it is sent. The pieces leave the shelf again; refuses (conflict) a refund that is on its way, and one whose pieces somebody else
// has.
Status undo_refund(store::Tx& tx, const Id<access::Shop>& shop, const Id<Order>& order, const Id<payments::Refund>& refund, Instant now);

struct MoneyBack {
    payments::RefundNow refund;
    std::vector<RefundWish::Line> lines;  // line shipping_line is the shipping
};
// Of an order, the first first.
Result<std::vector<MoneyBack>> refunds_of(store::Tx& tx, const Order& order);

}  // namespace barrow::orders
