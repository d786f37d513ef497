// What becomes of a change: pages that are open (live, overlay) hear of it.
#pragma once

#include <string_view>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/catalog/product.hpp"

namespace barrow::snippets {

// Promise kind; its payload is {"product": id}. Due when the words begin, when they end, and when they are taken back, called off or shown
// again: whoever keeps it looks what is shown at that moment.
inline constexpr std::string_view changed_kind = "snippet.changed";

}  // namespace barrow::snippets
