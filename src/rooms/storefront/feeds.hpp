// Feeds: what the shop says and sells, for readers, search engines and shopping programs. Pure: lists in, text out.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rooms/access/site.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/snippets/snippet.hpp"

namespace barrow::storefront {

// A product for sale as feeds tell it.
struct FeedItem {
    catalog::Product product;
    std::optional<snippets::Snippet> snippet;  // what surface "feed" shows of it
    bool can_hold = false;
};
inline constexpr std::size_t feed_items_max = 1'000;

// Those that are published, newest explanation first. Reads a product's stock each: 1,000 at most.
Result<std::vector<FeedItem>> feed_items(store::Tx& tx, const Id<access::Shop>& shop, Instant now);

// JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): an item for each snippet. `_barrow` holds the signed document's address and
// digest.
std::string json_feed(const access::Site& site, const access::Shop& shop, std::span<const FeedItem> items);

// RSS 2.0 with Google's product attributes (https://support.google.com/merchants/answer/7052112): id, title (150 characters), description
// (5,000), link, image_link, availability, price, condition, brand. A product without a picture or a price is left out: Google takes none.
std::string google_feed(const access::Site& site, const access::Shop& shop, std::span<const FeedItem> items);

// One JSON object a line, with the names of Google's attributes (which other shopping programs read, too) and the address of the signed
// explanation and of the signed price beside it.
std::string products_jsonl(const access::Site& site, const access::Shop& shop, std::span<const FeedItem> items);

}  // namespace barrow::storefront
