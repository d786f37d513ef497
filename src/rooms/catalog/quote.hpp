// Signed quotes: the price on a page binds for fifteen minutes, also when the price list moves on.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "rooms/catalog/product.hpp"

namespace barrow::catalog {

inline constexpr Duration quote_life = minutes(15);
inline constexpr std::size_t quote_length_max = 200;

// "q1.PRODUCT.MINOR.CURRENCY.TAX.VALID_UNTIL_S.MAC": readable, 16 bytes of HMAC-SHA256 over the text before it and the shop.
// "q2" says that tax comes on top of the price.
std::string write_quote(const Quote& quote, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key);
// Refuses (bad_input) what we did not sign for this shop; (gone) what is past its time.
Result<Quote> read_quote(std::string_view token, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key, Instant now);

inline Quote quote_of(const Product& product, Instant now) {
    return {.product = product.id,
            .price = product.price,
            .tax_basis_points = product.tax_basis_points,
            .tax_behavior = product.tax_behavior,
            .valid_until = {(now + quote_life).seconds() * 1'000'000}};
}

}  // namespace barrow::catalog
