#include "rooms/orders/to_send.hpp"

#include <algorithm>

#include "rooms/orders/to_send.sql.hpp"

namespace barrow::orders {

Result<Unsent> unsent(store::Tx& tx, const Id<access::Shop>& shop, Instant paid_before, int count_max) {
    Unsent found{.count = TRY(tx.run(to_send::sql::count_paid_before, {shop, paid_before}))[0].integer("n"), .oldest = {}};
    for (const auto row : TRY(tx.run(to_send::sql::paid_before, {shop, paid_before, count_max})))
        found.oldest.push_back(TRY(find(tx, shop, row.id<Order>("id"))));
    return found;
}

Result<std::vector<Order>> newest_unsent(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t before, int count_max) {
    const auto below = before == 0 ? amount_minor_max : before;
    std::vector<Order> list;
    for (const auto row : TRY(tx.run(to_send::sql::newest_to_send, {shop, below, std::min(count_max, page_size_max)})))
        list.push_back(TRY(find(tx, shop, row.id<Order>("id"))));
    return list;
}

Result<Counts> counts(store::Tx& tx, const Id<access::Shop>& shop) {
    return Counts{.all = TRY(tx.run(to_send::sql::count_all, {shop}))[0].integer("n"),
                  .to_send = TRY(tx.run(to_send::sql::count_to_send, {shop}))[0].integer("n")};
}

Result<bool> sold_something(store::Tx& tx, const Id<access::Shop>& shop) { return !TRY(tx.run(to_send::sql::first_paid, {shop})).empty(); }

}  // namespace barrow::orders
