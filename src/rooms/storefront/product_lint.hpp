// What a careful friend would say of a product's page before people see it, and what an honest one does not say.
#pragma once

#include <vector>

#include "rooms/catalog/product.hpp"
#include "rooms/snippets/lint.hpp"

namespace barrow::storefront {

// In the order of the page, with the fields of the form and the API: "image", "image_alt", "gets", "delivery", "refund", "steps", "limits",
// "questions". What is missing has the rule "missing" and blocks nothing: a page may grow. Hurry, units that are counted by words and
// addresses block (docs/snippets.md, The product's page). `has_snippet`: one shows on the page. Some microseconds.
std::vector<snippets::Finding> lint(const catalog::Product& product, bool has_snippet);

// Refuses (bad_input) a page that is for sale and says what blocks, as "delivery: …". One that is off the stall may be mended bit by bit.
Status honest(const catalog::Product& product);

}  // namespace barrow::storefront
