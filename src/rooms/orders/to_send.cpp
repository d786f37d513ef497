#include "rooms/orders/to_send.hpp"

#include "rooms/orders/to_send.sql.hpp"

namespace barrow::orders {

Result<Unsent> unsent(store::Tx& tx, const Id<access::Shop>& shop, Instant paid_before, int count_max) {
    Unsent found{.count = TRY(tx.run(to_send::sql::count_paid_before, {shop, paid_before}))[0].integer("n"), .oldest = {}};
    for (const auto row : TRY(tx.run(to_send::sql::paid_before, {shop, paid_before, count_max})))
        found.oldest.push_back(TRY(find(tx, shop, row.id<Order>("id"))));
    return found;
}

Result<bool> sold_something(store::Tx& tx, const Id<access::Shop>& shop) { return !TRY(tx.run(to_send::sql::first_paid, {shop})).empty(); }

}  // namespace barrow::orders
