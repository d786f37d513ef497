// Where an upload is shown: nobody removes what visitors see.
#pragma once

#include "rooms/uploads/upload.hpp"

namespace barrow::links {

// "the page bio", "the link lamp", "the product Tide lamp", "the stall as its logo"; "" when it is shown nowhere. A page counts by its
// draft and by what is published of it. Costs a walk over the shop's links.
Result<std::string> shown_on(store::Tx& tx, const access::Shop& shop, const uploads::Upload& upload);

}  // namespace barrow::links
