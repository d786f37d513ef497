#include "rooms/orders/session_sales.hpp"

#include <algorithm>

#include "rooms/orders/session_sales.sql.hpp"

namespace barrow::orders {

Result<std::vector<SessionSales>> sales_by_session(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t first, std::int64_t last) {
    std::vector<SessionSales> sales;
    for (const auto row : TRY(tx.run(session_sales::sql::pieces_by_session, {shop, first, last})))
        sales.push_back({.session = row.integer("live_session"), .pieces = row.integer("pieces")});
    for (const auto row : TRY(tx.run(session_sales::sql::net_by_session, {shop, first, last}))) {
        const auto found = std::ranges::find(sales, row.integer("live_session"), &SessionSales::session);
        if (found != sales.end()) found->net_minor = row.integer("net_minor");
    }
    return sales;
}

Result<std::vector<Order>> paid_in_session(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t session, int count_max) {
    std::vector<Order> found;
    for (const auto row : TRY(tx.run(session_sales::sql::newest_paid, {shop, session, count_max})))
        found.push_back(TRY(find(tx, shop, row.id<Order>("id"))));
    return found;
}

Result<std::vector<std::int64_t>> sessions_of_payment(store::Tx& tx, const Id<access::Shop>& shop, const Id<payments::Payment>& payment) {
    std::vector<std::int64_t> sessions;
    for (const auto row : TRY(tx.run(session_sales::sql::sessions_of_payment, {shop, payment})))
        sessions.push_back(row.integer("live_session"));
    return sessions;
}

}  // namespace barrow::orders
