// Product: what is sold, and its price now. Quote: a price that binds for fifteen minutes.
#pragma once

#include <string>

#include "floor/base/id.hpp"
#include "floor/base/money.hpp"
#include "floor/base/time.hpp"

namespace barrow::catalog {

struct Product {
    Id<Product> id;
    std::string slug;          // "tide-lamp", unique in its shop
    std::string name;
    Money price;               // what the buyer pays for one, tax included
    int tax_basis_points = 0;  // 1900 is 19 %: the part of the price that is tax, never added on top
    std::string image;         // a path that the browser can load; "" for none
    std::string image_alt;
    bool published = true;
    Instant created;
};

// The payload of a signed quote token: see quote.hpp.
struct Quote {
    Id<Product> product;
    Money price;               // of one
    int tax_basis_points = 0;
    Instant valid_until;
};

}  // namespace barrow::catalog
