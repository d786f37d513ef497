// Publish: a snippet of a product, under an address that is free.
#pragma once

#include "rooms/snippets/snippet.hpp"

namespace barrow::storefront {

// As snippets::publish; an empty slug becomes the product's, or the first of "lamp-2", "lamp-3" … that is free. Refuses
// (conflict) the words that the product's snippet says already: tapped twice, one snippet.
Result<snippets::Snippet> publish(store::Tx& tx, const access::Shop& shop, snippets::NewSnippet wanted, const access::Secrets& secrets,
                                  Instant now, Random& random);

// The code for other people's pages: the element, its script, and a plain link for those without scripts.
std::string embed_code(const std::string& origin, const snippets::Snippet& snippet, const catalog::Product& product);

}  // namespace barrow::storefront
