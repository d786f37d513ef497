// Where a snippet stands: its row for each surface, and the card of a short video.
#pragma once

#include <cstdint>
#include <vector>

#include "rooms/access/site.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/snippets/snippet.hpp"

namespace barrow::storefront {

// The rows of web/studio/snippet_edit.html: what each surface shows now, since when, and what came of that version there. `tried`: the
// versions that a running experiment shows by turns; then the rows are of them together.
Result<wire::Json> places_of(store::Tx& tx, const access::Visit& visit, const snippets::Snippet& current,
                             const std::vector<std::int64_t>& tried);

// What web/studio/card.js draws, and the same as text. A price is not on it: it would stand there when it is another one.
Result<wire::Json> pinned_card(const access::Site& site, const access::Visit& visit, const snippets::Snippet& current,
                               const catalog::Product& product);

}  // namespace barrow::storefront
