// What allotment.cpp and claim.cpp of this room share.
#pragma once

#include "rooms/stock/stock.hpp"

namespace barrow::stock {

Status note(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& allotment, std::string_view kind, std::string_view subject,
            std::int64_t pieces, Instant now);
// Promises that somebody will hear of it. One cause is one promise.
Status promise_left(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& allotment, const Id<catalog::Product>& product,
                    std::string_view cause, Instant now);
// Units of a closed drop that are free go back to plain sale.
Status return_leftover(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& closed, const Id<catalog::Product>& product,
                       std::int64_t pieces, std::string_view subject, Instant now);

}  // namespace barrow::stock
