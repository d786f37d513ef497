// Lint: what an honest snippet does not say, told before it is signed. After ../docs/snippets.md, "What is refused": a price is never
// typed (the signed quote beside the snippet carries it), nobody is hurried, units left are counted by the stock and not by words, a claim
// has a source, and a snippet is no page.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/result.hpp"
#include "rooms/snippets/words.hpp"

namespace barrow::snippets {

struct Finding {
    std::string_view field;  // of Words: "title", "how" …; in a variant's words "live.title"
    std::string_view rule;   // "price", "hurry", "stock", "claim", "page", "address"; and of those that block nothing "verb", "loud"
    bool blocks = false;
    std::string words;  // what is wrong and how to mend it, naming what was found
};

// In the order of the fields; at most one of each rule in a field. Phrases are known in English and German, whatever the shop speaks;
// prices by their signs and codes in any language. A few microseconds.
std::vector<Finding> lint(const Words& words);

// What is not honest in a text that is no snippet, such as a line of a product's page: "hurry", "stock" and "address" block, a "price" and
// a "claim" are pointed out, since there they may be true ("free above €50").
std::vector<Finding> lint_line(std::string_view field, std::string_view text);

// Refuses (bad_input) with the first that blocks, as "title: …".
Status first_that_blocks(std::span<const Finding> findings);

}  // namespace barrow::snippets
