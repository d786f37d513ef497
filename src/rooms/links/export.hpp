// All links of a shop as a file: CSV for tables, JSON for programs. Both come back by an import, and make the same links but for their
// numbers; times are to the millisecond.
#pragma once

#include <unordered_map>

#include "floor/wire/json.hpp"
#include "rooms/links/link.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::links {

enum class Format : std::uint8_t { csv, json };
// "csv" or "json"; refuses others (bad_input).
Result<Format> format_named(std::string_view name);

// The file grows a page at a time: begin, pages in the order of made_after, end. What was seen beside the links (short_url, clicks) is
// told, and not read again.
struct Seen {
    std::string base;  // "https://mira.example/s/": stands before each slug
    std::unordered_map<std::int64_t, telemetry::ClickCounts> clicks;
};
std::string export_begin(Format format);
std::string export_page(Format format, const std::vector<Link>& links, const Seen& seen, bool first);
std::string export_end(Format format);

// One row of the CSV as link_json would have it. Refuses (bad_input) a cell that cannot be read, naming its column.
Result<wire::Json> row_json(const std::vector<std::string>& header, const std::vector<std::string>& row);

}  // namespace barrow::links
