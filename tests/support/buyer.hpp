// A buyer's way through the pages of a TestApp: hold, order, pay.
#pragma once

#include <string>
#include <string_view>

#include "support/app.hpp"

namespace barrow::testing {

// The hidden fields of a form, in order.
Form hidden_fields(std::string_view form);

// What an address form is filled with.
Form address();

struct Placed {
    std::string hold_path, pay_path;
};
// Holds one from the page ("/p/lamp", "/live/tuesday") and orders it.
Placed place_from(TestApp& app, const std::string& path);
Placed place(TestApp& app, const std::string& slug);
// Approves the payment and lets the clockwork do the rest.
void pay(TestApp& app, const Placed& placed);

}  // namespace barrow::testing
