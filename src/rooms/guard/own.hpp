// What stands at an address of the shop's own: read from the database, so that nobody is asked.
#pragma once

#include <optional>
#include <string_view>

#include "rooms/access/site.hpp"
#include "rooms/guard/finding.hpp"

namespace barrow::guard {

// Of a path, "#7" (the shop's link of that number), or an address at one of the shop's hosts and domains, whether their DNS leads here or
// not. None: it is somebody else's. Costs one or two reads.
Result<std::optional<Look>> look_at_own(store::Tx& tx, const access::Site& site, const access::Shop& shop, std::string_view target,
                                        Instant now);

}  // namespace barrow::guard
