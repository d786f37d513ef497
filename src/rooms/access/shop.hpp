// Shop: the tenant. Every table's key begins with its id.
#pragma once

#include <string>

#include "floor/base/id.hpp"
#include "floor/base/money.hpp"

namespace barrow::access {

struct Shop {
    Id<Shop> id;
    std::string slug;               // "mira": `/@mira/` where its host is not the request's
    std::string name;               // "Mira's light studio"
    std::string host;               // "mira.example", lower case, without port; "" for none of its own
    std::string language = "en";    // BCP 47
    std::string time_zone = "UTC";  // an IANA name: the clock that times are typed and told by. Days that are counted are UTC's
    Currency currency = euro;       // of all its prices
    std::string accent, paper;      // "#0b6b4b"; "" is the house's own
    std::string bio;                // one or two sentences under the name
    std::string legal_name;         // who sells: "Mira Sand"; "" while it was not told
    std::string logo;               // a picture of it: "/media/…", or "" for its first letter
    std::string suspended;          // why the operator closed it, "" while it is open
    std::string contact;            // where to reach them, lines of text: street, town, e-mail
    std::string home_country;       // where it pays its tax: "DE"; "" while it was not told

    // Who sells, as far as it is known.
    [[nodiscard]] const std::string& seller() const { return legal_name.empty() ? name : legal_name; }
};

}  // namespace barrow::access
