// Shelve: a new product with its units on hand, in one step; and the units of one that stands there already.
#pragma once

#include "rooms/catalog/product.hpp"
#include "rooms/stock/standing.hpp"

namespace barrow::storefront {

inline constexpr std::int64_t units_max = 1'000'000;  // of one product in one step

// An empty slug is made from the name. Refuses what catalog::add and honest (product_lint.hpp) refuse, and (bad_input) units below 0 or
// beyond units_max.
Result<catalog::Product> shelve(store::Tx& tx, const access::Shop& shop, catalog::Product product, std::int64_t units, Instant now,
                                Random& random);

// `change` more or fewer on hand. A difference rather than a count: what was sold while somebody looked at the form stays sold.
// Because it is a difference it must count once: `key` names the attempt (the form's, or what a program sent as Idempotency-Key),
// and the same key again changes nothing. Refuses (bad_input) more than are free to be taken away; (conflict) a key that came with
// another change before.
struct Recount {
    Id<access::Shop> shop;
    Id<catalog::Product> product;
    std::int64_t change = 0;
    std::string key;
};
Status recount(store::Tx& tx, const Recount& wanted, Instant now);
inline constexpr std::size_t recount_key_length_max = 100;  // a UUID has 36

// What is in the house: left and held of plain sale.
std::int64_t on_hand(const stock::Standing& standing);

// "19", "7.5" → 1900, 750; and back. Refuses (bad_input) what is no number from 0 to 50.
Result<int> read_percent(std::string_view text);
std::string percent_field(int basis_points);

}  // namespace barrow::storefront
