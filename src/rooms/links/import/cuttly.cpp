// Cutt.ly: three columns parted by semicolons: address, alias, title; with or without a header.
#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {

const Service from_cuttly{"cuttly", [](const Source& source) { return is_headless(source) && source.table.header.size() <= 3; },
                          [](const Source& source, Intake& intake) {
                              return is_headless(source) ? read_headless(source, intake, {"target", "slug", "title"})
                                                         : read_columns(source, intake);
                          },
                          "export the links as CSV"};

}  // namespace barrow::links::import
