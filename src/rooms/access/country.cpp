#include "rooms/access/country.hpp"

#include <algorithm>
#include <array>

namespace barrow::access {
namespace {

using wire::said;

// The European Union, EFTA, the small states between them, and where else most parcels go.
constexpr std::array table = std::to_array<Country>({{"AD", said("Andorra")},       {"AE", said("United Arab Emirates")},
                                                     {"AT", said("Austria")},       {"AU", said("Australia")},
                                                     {"BE", said("Belgium")},       {"BG", said("Bulgaria")},
                                                     {"BR", said("Brazil")},        {"CA", said("Canada")},
                                                     {"CH", said("Switzerland")},   {"CY", said("Cyprus")},
                                                     {"CZ", said("Czechia")},       {"DE", said("Germany")},
                                                     {"DK", said("Denmark")},       {"EE", said("Estonia")},
                                                     {"ES", said("Spain")},         {"FI", said("Finland")},
                                                     {"FR", said("France")},        {"GB", said("United Kingdom")},
                                                     {"GR", said("Greece")},        {"HK", said("Hong Kong")},
                                                     {"HR", said("Croatia")},       {"HU", said("Hungary")},
                                                     {"IE", said("Ireland")},       {"IL", said("Israel")},
                                                     {"IN", said("India")},         {"IS", said("Iceland")},
                                                     {"IT", said("Italy")},         {"JP", said("Japan")},
                                                     {"KR", said("South Korea")},   {"LI", said("Liechtenstein")},
                                                     {"LT", said("Lithuania")},     {"LU", said("Luxembourg")},
                                                     {"LV", said("Latvia")},        {"MC", said("Monaco")},
                                                     {"MT", said("Malta")},         {"MX", said("Mexico")},
                                                     {"NL", said("Netherlands")},   {"NO", said("Norway")},
                                                     {"NZ", said("New Zealand")},   {"PL", said("Poland")},
                                                     {"PT", said("Portugal")},      {"RO", said("Romania")},
                                                     {"RS", said("Serbia")},        {"SE", said("Sweden")},
                                                     {"SG", said("Singapore")},     {"SI", said("Slovenia")},
                                                     {"SK", said("Slovakia")},      {"SM", said("San Marino")},
                                                     {"TR", said("Türkiye")},       {"UA", said("Ukraine")},
                                                     {"US", said("United States")}, {"ZA", said("South Africa")}});

// What a name is sorted by: letters with marks stand where the plain ones do, as in dictionaries.
std::string sorted_as(std::string_view name) {
    constexpr std::pair<std::string_view, std::string_view> plain[] = {{"Ä", "A"}, {"Ö", "O"},  {"Ü", "U"}, {"ä", "a"}, {"ö", "o"},
                                                                       {"ü", "u"}, {"ß", "ss"}, {"é", "e"}, {"á", "a"}};
    std::string out;
    for (std::size_t i = 0; i < name.size();) {
        const auto rest = name.substr(i);
        const auto* found = std::ranges::find_if(plain, [&](const auto& pair) { return rest.starts_with(pair.first); });
        if (found == std::end(plain)) {
            out += name[i++];
            continue;
        }
        out += found->second;
        i += found->first.size();
    }
    return out;
}

}  // namespace

std::span<const Country> countries() { return table; }

bool is_country(std::string_view code) { return std::ranges::find(table, code, &Country::code) != table.end(); }

std::string country_name(std::string_view code, const wire::Words& say) {
    const auto* found = std::ranges::find(table, code, &Country::code);
    return found == table.end() ? std::string(code) : say(found->name);
}

Result<std::string> read_country(std::string_view text) {
    std::string code;
    for (const char c : text) code += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (!is_country(code)) {
        return fail(Fault::bad_input,
                    "country: \"" + std::string(text.substr(0, 20)) + "\" is none that Barrow knows; write its two letters, like DE or FR");
    }
    return code;
}

std::vector<std::pair<std::string, std::string>> by_name(std::span<const std::string> codes, const wire::Words& say) {
    std::vector<std::pair<std::string, std::string>> named;
    for (const auto& code : codes) named.emplace_back(code, country_name(code, say));
    std::ranges::sort(named, {}, [](const auto& one) { return sorted_as(one.second); });
    return named;
}

}  // namespace barrow::access
