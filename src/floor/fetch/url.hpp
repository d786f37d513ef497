// Addresses, read by the same reader that will fetch them: what is allowed by its reading is what is connected to.
#pragma once

#include <string>
#include <string_view>

#include "floor/base/result.hpp"

namespace barrow::fetch {

// "https://shop.example:443": scheme, host in lower case, port. Empty for what is not an http(s) URL.
std::string origin(std::string_view url);

struct UrlParts {
    std::string scheme, host;  // in lower case
    std::string path, query;   // as written; the query without "?"
};
// Refuses (bad_input) what is not an http(s) URL.
Result<UrlParts> read_url(std::string_view url);

// Where a Location or a link on the page `base` leads: RFC 3986 section 5, with spaces and the like encoded as browsers do. Another scheme
// ("intent://…") stays as it is written. Refuses (bad_input) what leads nowhere.
Result<std::string> resolve(std::string_view base, std::string_view reference);

}  // namespace barrow::fetch
