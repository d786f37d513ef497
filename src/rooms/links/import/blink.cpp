// BL.INK: its CSV has no header: address, keyword, description, day of deletion, archives itself, owner's mail, 301 or 307. The owner is
// not read.
#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {

const Service from_blink{"blink", is_headless,
                         [](const Source& source, Intake& intake) {
                             return read_headless(source, intake,
                                                  {"target", "slug", "title", "ends", "archives itself", "owner", "status"});
                         },
                         "export the links as CSV; it has no header"};

}  // namespace barrow::links::import
