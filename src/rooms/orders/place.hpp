// Placing orders: the hot verb.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rooms/checkout/total.hpp"
#include "rooms/orders/order.hpp"

namespace barrow::orders {

inline constexpr Duration payment_window = minutes(15);  // from placing to the deadline

// Where a line's units come from, and what explained them.
struct Source {
    Id<stock::Allotment> allotment;  // empty: plain sale; of a hold, its own
    Id<stock::Held> hold;            // a claim that the buyer holds already; empty: one is made
    Id<snippets::Snippet> snippet;   // empty for none
};

// Ids and token are made by the caller, so that a transaction that runs twice places the same order.
struct Place {
    Id<access::Shop> shop;  // the same for all of a batch
    Id<Order> id;
    std::string idempotency_key;  // one for each attempt of a buyer: the form's key
    std::string token;
    Id<payments::Payment> payment;  // its row is opened here; payments::begin comes after the commit
    std::string provider;
    Buyer buyer;
    std::string customer;         // checkout::customer_of, for a code's limit per customer; "" counts nobody
    checkout::Total total;        // its changes were shown
    std::vector<Source> sources;  // one for each line of the total
    telemetry::Context context;
};

enum class Fresh : std::uint8_t { placed, already_there };
struct Receipt {
    Id<Order> id;
    std::int64_t number = 0;
    std::string token;
    State state = State::placed;
    Money sum{0, euro};
    Id<payments::Payment> payment;  // empty when there is nothing to pay
    Instant deadline;
    Fresh fresh = Fresh::placed;
};

// First come, first served within the span. For each: its receipt; the same key again gets the same order, whatever became of
// it. Refusals: as stock::claim says (sold_out, gone, conflict over a limit); conflict for a key that was used for another
// basket and for a hold that another order has; gone for a hold that has ended; bad_input for a hold of something else;
// conflict for a code without a use left, or over: nothing is placed at another price than was shown. An order
// is placed whole or not at all. One that costs nothing is paid at once.
Result<std::vector<Result<Receipt>>> place(store::Tx& tx, std::span<const Place> wanted, Instant now);

}  // namespace barrow::orders
