// How a product stands, in numbers and in the words that buyers read. Both are true of the same moment.
#pragma once

#include <optional>
#include <string>

#include "floor/wire/words.hpp"
#include "rooms/stock/stock.hpp"

namespace barrow::stock {

inline constexpr std::int64_t counted_out_max = 20;  // up to here buyers read "7 left", above it "in stock"

struct Standing {
    Id<Allotment> allotment;  // what a claim takes from: a running drop, else plain sale
    std::int64_t left_count = 0, held_count = 0, taken_count = 0, waiting_count = 0;
    std::optional<Instant> closes;     // a drop's deadline
    std::optional<Instant> first_end;  // all held: when the first hold ends
    bool open = false;                 // it was for sale at some time
    std::string words;                 // "in stock", "7 left", "all held", "sold out — 12 wait": in English
    std::string kind;                  // "good", "sale" or "muted": how the words are coloured
    [[nodiscard]] bool can_hold() const { return left_count > 0; }
};

// Its words in a shop's language.
std::string told(const Standing& standing, const wire::Words& say);

// Of plain sale.
Result<Standing> standing(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product);
// Of a drop, if `drop` names one that runs at `now`; else of plain sale. A drop whose deadline has come reads as closed, whether the
// clockwork has closed it yet or not: no claim of it would succeed.
Result<Standing> standing(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, const Id<Allotment>& drop,
                          Instant now);

}  // namespace barrow::stock
