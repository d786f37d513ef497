// A check and its verdict, told: as JSON, as text of 80 columns, as the values of the studio's page.
#pragma once

#include <span>
#include <string>

#include "floor/wire/json.hpp"
#include "rooms/links/check/verdict.hpp"

namespace barrow::links::linkcheck {

struct Told {
    Checked checked;
    Verdict verdict;
};

// All that was recorded; schema LinkCheck in web/openapi.json.
wire::Json to_json(const Told& told);
// One link: verdict, hops, parameters, browsers, findings with their mend.
std::string to_text(const Told& told);
// Several links: a row each, and below it what is worst in those that are not fit.
std::string to_comparison(std::span<const Told> all);
// One of `results` in web/studio/linkcheck.html.
wire::Json to_values(const Told& told);

}  // namespace barrow::links::linkcheck
