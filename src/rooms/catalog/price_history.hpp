// Price history: what a product cost before, for the one place where that may be said: beside a lowered price.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "rooms/catalog/product.hpp"

namespace barrow::catalog {

struct PriceSince {
    Instant from;
    Money price;
};

// Oldest first, at most 1,000: the price that held at `since` and each one after it.
Result<std::vector<PriceSince>> prices_since(store::Tx& tx, const Id<access::Shop>& shop, const Id<Product>& product, Instant since);

// The prior price of a reduction, after Directive 98/6/EC, Article 6a (2): the lowest price of the thirty days before the last reduction
// was made. A product that is sold for less than thirty days is compared with all of its days. Nothing while the last change was no
// reduction, where the prior price is not above today's (then nothing was reduced), and thirty days after the reduction: by then the
// price is what it costs.
std::optional<Money> prior_price(std::span<const PriceSince> history, Instant now);
inline constexpr Duration prior_days = days(30);

// The same of a product.
Result<std::optional<Money>> prior_price(store::Tx& tx, const Id<access::Shop>& shop, const Id<Product>& product, Instant now);

}  // namespace barrow::catalog
