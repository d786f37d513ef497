#include "rooms/catalog/price_history.hpp"

#include <algorithm>

#include "rooms/catalog/catalog.sql.hpp"

namespace barrow::catalog {

Result<std::vector<PriceSince>> prices_since(store::Tx& tx, const Id<access::Shop>& shop, const Id<Product>& product, Instant since) {
    std::vector<PriceSince> history;
    for (const auto row : TRY(tx.run(sql::prices_since, {shop, product, since})))
        history.push_back({row.instant("from_us"), row.money("price_minor", "currency")});
    return history;
}

std::optional<Money> prior_price(std::span<const PriceSince> history, Instant now) {
    while (!history.empty() && history.back().from > now) history = history.first(history.size() - 1);
    if (history.size() < 2) return std::nullopt;
    const auto& current = history.back();
    if (current.price.minor >= history[history.size() - 2].price.minor || current.from + prior_days <= now) return std::nullopt;
    std::optional<Money> lowest;
    for (std::size_t i = 0; i + 1 < history.size(); ++i) {
        if (history[i + 1].from <= current.from - prior_days) continue;  // it was over by then
        if (!lowest || history[i].price.minor < lowest->minor) lowest = history[i].price;
    }
    return lowest && lowest->minor > current.price.minor ? lowest : std::nullopt;
}

Result<std::optional<Money>> prior_price(store::Tx& tx, const Id<access::Shop>& shop, const Id<Product>& product, Instant now) {
    const auto history = TRY(prices_since(tx, shop, product, now - prior_days - prior_days));
    return prior_price(history, now);
}

}  // namespace barrow::catalog
