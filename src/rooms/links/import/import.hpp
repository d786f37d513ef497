// Bringing links in from other services: one file per service reads its export, one verb takes the links.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/links/link.hpp"

namespace barrow::links::import {

struct Refused {
    std::string where;  // "line 7" or "entry 3"
    std::string slug;
    std::string why;
};

struct Batch {
    std::string service;
    std::vector<Link> links;       // with their clicks and birth
    std::vector<Refused> refused;  // what cannot be taken over, with the reason
    std::vector<std::string> cut;  // where a title was too long: "line 7"
    std::string note;              // what the file itself says is missing from it, or ""
};

// Each reads a whole file. Refuses (bad_input) a file that is not of its service; single bad entries go to `refused`.
Result<Batch> read_kutt(std::string_view file, Instant now);  // GET /api/v2/links
Result<Batch> read_yourls(std::string_view file);             // the table yourls_url as TSV or CSV

// A title that links::add takes. A longer one is cut and ends in "…": the address is what people have, it must not be lost for its
// title. `where` goes to batch.cut then.
std::string fitting_title(Batch& batch, std::string title, const std::string& where);

struct Service {
    std::string_view name;
    Result<Batch> (*read)(std::string_view file, Instant now);
};
// nullptr: there is no such service. `services_text()` is "kutt, yourls".
const Service* find_service(std::string_view name);
std::string services_text();

struct Summary {
    std::int64_t added = 0, same = 0;  // same: slug and target are there already
    std::vector<Refused> refused;      // those of the file, and slugs that lead elsewhere here
    std::string note;                  // the batch's, and which titles were cut
};
// Adds what is not there yet: running it twice adds nothing the second time. Nothing that was there is changed. A link that links::add
// refuses is one of the refused; the others are taken.
Result<Summary> take(store::Tx& tx, const Id<access::Shop>& shop, const Batch& batch, Instant now, Random& random);

}  // namespace barrow::links::import
