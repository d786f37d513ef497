#include "rooms/telemetry/countries.hpp"

#include <maxminddb.h>

#include <algorithm>

namespace barrow::telemetry {
namespace {

std::string as_country(std::string_view text) {
    if (text.size() != 2) return "";
    std::string country(text);
    for (auto& c : country) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        if (c < 'A' || c > 'Z') return "";
    }
    // "unknown" and Tor, as Cloudflare and others write them.
    return country == "XX" || country == "T1" ? "" : country;
}

class OpenCountries final : public Countries {
public:
    explicit OpenCountries(std::string header) : header_(std::move(header)) {
        std::ranges::transform(header_, header_.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    }
    ~OpenCountries() override {
        if (is_open_) MMDB_close(&file_);
    }
    OpenCountries(const OpenCountries&) = delete;
    OpenCountries& operator=(const OpenCountries&) = delete;

    Status open_file(const std::string& path) {
        const int opened = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file_);
        if (opened != MMDB_SUCCESS)
            return fail(Fault::bad_input, "the country file " + path + " cannot be read: " + MMDB_strerror(opened) +
                                              "; give a file in MaxMind's format, like GeoLite2-Country.mmdb");
        is_open_ = true;
        return {};
    }

    [[nodiscard]] std::string of(const http::Request& request) const override {
        if (is_open_) return from_file(std::string(request.peer));
        return header_.empty() || !request.by_proxy ? "" : as_country(request.header(header_));
    }

private:
    [[nodiscard]] std::string from_file(const std::string& address) const {
        int address_wrong = 0, lookup_wrong = 0;
        auto found = MMDB_lookup_string(&file_, address.c_str(), &address_wrong, &lookup_wrong);
        if (address_wrong != 0 || lookup_wrong != MMDB_SUCCESS || !found.found_entry) return "";
        MMDB_entry_data_s entry;
        if (MMDB_get_value(&found.entry, &entry, "country", "iso_code", nullptr) != MMDB_SUCCESS || !entry.has_data ||
            entry.type != MMDB_DATA_TYPE_UTF8_STRING) {
            return "";
        }
        return as_country({entry.utf8_string, entry.data_size});
    }

    std::string header_;
    MMDB_s file_{};
    bool is_open_ = false;
};

}  // namespace

Result<std::unique_ptr<Countries>> Countries::open(const std::string& file, std::string header) {
    auto countries = std::make_unique<OpenCountries>(std::move(header));
    if (!file.empty()) TRY(countries->open_file(file));
    return std::unique_ptr<Countries>(std::move(countries));
}

}  // namespace barrow::telemetry
