// Id<Order>: the name of one thing, as text that sorts by birth; the same in URL, log and both engines.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "floor/base/random.hpp"
#include "floor/base/time.hpp"

namespace barrow {

// 26 characters of Crockford's base32 in lower case: 48 bits of milliseconds, 80 random bits (the ULID layout).
std::string new_id_text(Instant born, Random& random);
// True for text of that form: what a URL may name. Costs nothing worth counting.
bool is_id_text(std::string_view text);

template <class Thing>
struct Id {
    std::string text;

    static Id make(Instant born, Random& random) { return {new_id_text(born, random)}; }
    [[nodiscard]] bool empty() const { return text.empty(); }
    auto operator<=>(const Id&) const = default;
};

}  // namespace barrow
