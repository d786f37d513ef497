// Offer: a product, the words that explain it and whether it can be had, as the public pages, feeds and search engines tell it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/access/site.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/snippets/snippet.hpp"

namespace barrow::storefront {

struct Offer {
    const catalog::Product& product;
    const snippets::Words* words = nullptr;  // as they stand on the surface; nullptr for a product that nothing explains
    bool can_hold = false;
};

// One sentence or two without markup: what it does and how, or the product's name.
std::string description(const Offer& offer);

// The days of a refund promise ("Send it back within 30 days."): its first number from 1 to 365; nothing when it names none.
std::optional<int> refund_days(std::string_view promise);

// schema.org Product with its Offer, as text that can stand inside a script element. What a merchant listing needs (name, image, a price
// above 0, its currency) stands whenever the product has it, with availability, seller and, where the refund promise names its days, the
// return policy. A product without a price is no offer: then there is none.
// https://developers.google.com/search/docs/appearance/structured-data/merchant-listing
std::string json_ld(const access::Site& site, const access::Shop& shop, const Offer& offer);

}  // namespace barrow::storefront
