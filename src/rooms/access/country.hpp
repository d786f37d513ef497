// Countries: ISO 3166-1 codes of two letters and their names.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/result.hpp"
#include "floor/wire/words.hpp"

namespace barrow::access {

struct Country {
    std::string_view code, name;  // "DE", "Germany": the name is said in a shop's language by wire::Words
};

// All that Barrow knows by name, in the order of their codes.
std::span<const Country> countries();
bool is_country(std::string_view code);
// "Germany", "Deutschland"; the code itself for one that is not known.
std::string country_name(std::string_view code, const wire::Words& say);
// "de" → "DE". Refuses (bad_input) what is no country of the table.
Result<std::string> read_country(std::string_view text);
// Codes in the order of the names in this language, as its readers sort: Dänemark before Deutschland.
std::vector<std::pair<std::string, std::string>> by_name(std::span<const std::string> codes, const wire::Words& say);

}  // namespace barrow::access
