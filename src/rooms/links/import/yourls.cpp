// YOURLS 1.x: the table yourls_url (keyword url title timestamp ip clicks), the API's answer of action=stats, and the table yourls_log
// (click_time shorturl …) as clicks a day. Addresses and user agents of visitors are not read. Times are the server's own zone, which
// none of them names: they are read as UTC.
#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

Status read_log(const Source& source, Intake& intake) {
    const auto& table = source.table;
    const auto time = *column(table, "clicktime"), shorturl = *column(table, "shorturl");
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto at = read_time(table.rows[i][time]);
        const auto where = "line " + std::to_string(table.lines[i]);
        if (at)
            intake.click(table.rows[i][shorturl], *at, where);
        else
            intake.count("its time could not be read", where);
    }
    intake.note("this is the log of clicks: they are counted by day for the links that are there already");
    return {};
}

Status read_api(const Source& source, Intake& intake) {
    for (std::size_t i = 0; i < source.entries.size(); ++i) {
        const auto& entry = *source.entries[i];
        Intake::Found found{.where = where_of(i)};
        auto address = short_address(text_of(entry, "shorturl"));
        found.domain = std::move(address.domain);
        found.link.slug = std::move(address.slug);
        found.link.target = text_of(entry, "url");
        found.link.title = text_of(entry, "title");
        found.link.created = time_of(entry, "timestamp").value_or(Instant());
        const auto clicks = text_of(entry, "clicks");  // some versions answer with a text
        found.link.imported_clicks = clicks.empty() || clicks.size() > 15 || clicks.find_first_not_of("0123456789") != clicks.npos
                                         ? count_of(entry, "clicks")
                                         : std::stoll(clicks);
        intake.take(std::move(found));
    }
    if (const auto* stats = source.roots[0].find("stats"); source.roots.size() == 1 && stats != nullptr) {
        const auto total = count_of(*stats, "total_links"), here = static_cast<std::int64_t>(source.entries.size());
        if (total > here)
            intake.note("this file holds " + std::to_string(here) + " of " + std::to_string(total) +
                        " links; ask again with a larger limit= or the next start=, and import each file");
    }
    return {};
}

}  // namespace

const Service from_yourls{"yourls",
                          [](const Source& source) {
                              return has_columns(source, {"keyword", "url"}) || has_columns(source, {"clickid", "clicktime", "shorturl"}) ||
                                     has_members(source, {"shorturl", "url", "timestamp"});
                          },
                          [](const Source& source, Intake& intake) {
                              if (source.is_json()) return read_api(source, intake);
                              return has_columns(source, {"clicktime"}) ? read_log(source, intake) : read_columns(source, intake);
                          },
                          "export the table with its header: mysql --batch -e 'SELECT * FROM yourls_url'"};

}  // namespace barrow::links::import
