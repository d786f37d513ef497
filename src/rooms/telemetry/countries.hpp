// Countries: where a request comes from, as a country and nothing finer. From a MaxMind file that the operator gives, else from a header
// that the operator's proxy sets; without either, nobody's country is known. The address is looked at and not kept.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "floor/base/result.hpp"
#include "floor/http/http.hpp"

namespace barrow::telemetry {

class Countries {
public:
    // `file`: a database in MaxMind's format with country.iso_code (GeoLite2-Country, DB-IP Lite …), "" for none. `header`: "CF-IPCountry",
    // set on every request by a proxy in front, "" for none. Refuses (bad_input) a file that cannot be read.
    static Result<std::unique_ptr<Countries>> open(const std::string& file, std::string header);
    virtual ~Countries() = default;

    // "DE", upper case, or "". About a microsecond with a file.
    [[nodiscard]] virtual std::string of(const http::Request& request) const = 0;
};

}  // namespace barrow::telemetry
