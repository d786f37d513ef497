// Reckon: the total of a basket on the shop's own terms, and what its buyer may choose.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rooms/checkout/total.hpp"

namespace barrow::checkout {

// What a buyer chose so far; texts as they came.
struct Choice {
    std::string country;   // "": the shop's own, if it is sent there
    std::string way;       // a Rate's name; "": the cheapest
    std::string code;      // of a discount; "": none
    std::string customer;  // customer_of, "" while no address was typed
};

struct Reckoned {
    Total total;
    bool ships = false;                  // an address is asked for
    bool asks_country = false;           // to send it there, or for its tax
    std::vector<std::string> countries;  // that may be chosen
    std::vector<Rate> ways;              // that may be chosen, to the total's country
    bool reaches = true;                 // false: the chosen country is none of these; the total is of the first choice then
    CodeState code = CodeState::good;    // of the code that was typed
    Money code_from;                     // the goods from which that code counts
};
// Asks nothing of the buyer that does not matter: no country for what is not sent while the shop has no tax table. Refuses what total()
// refuses.
Result<Reckoned> reckon(store::Tx& tx, const access::Shop& shop, std::span<const Item> items, const Choice& choice, Instant now);

}  // namespace barrow::checkout
