// YOURLS 1.x: the table yourls_url with its header line, keyword url title timestamp ip clicks. The column ip is not read.
#include <charconv>

#include "floor/wire/form.hpp"
#include "rooms/links/import/import.hpp"

namespace barrow::links::import {

Result<Batch> read_yourls(std::string_view file) {
    const auto table = TRY(wire::read_csv(file));
    const auto column = [&](std::string_view name) -> std::optional<std::size_t> {
        for (std::size_t i = 0; i < table.header.size(); ++i) {
            if (table.header[i] == name) return i;
        }
        return std::nullopt;
    };
    const auto keyword = column("keyword"), url = column("url"), title = column("title"), timestamp = column("timestamp"),
               clicks = column("clicks");
    if (!keyword || !url) {
        return fail(Fault::bad_input,
                    "this is no table yourls_url: line 1 must name the columns keyword and url; export it with: "
                    "mysql --batch -e 'SELECT * FROM yourls_url'");
    }
    Batch batch{.service = "yourls", .links = {}, .refused = {}, .cut = {}, .note = ""};
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& row = table.rows[i];
        Link link{.slug = row[*keyword], .target = row[*url], .title = title ? row[*title] : ""};
        link.imported_from = batch.service;
        const auto where = "line " + std::to_string(table.lines[i]);
        if (const auto good = examine_slug(link.slug); !good) {
            batch.refused.push_back({where, link.slug, good.error().text});
            continue;
        }
        if (const auto good = examine_target(link.target); !good) {
            batch.refused.push_back({where, link.slug, good.error().text});
            continue;
        }
        if (clicks) {
            const auto& text = row[*clicks];
            std::int64_t counted = 0;
            const auto read = std::from_chars(text.data(), text.data() + text.size(), counted);
            if (read.ec != std::errc() || read.ptr != text.data() + text.size() || counted < 0) {
                batch.refused.push_back({where, link.slug, "its clicks \"" + text + "\" are no whole number"});
                continue;
            }
            link.imported_clicks = counted;
        }
        // The server's own zone, which the table does not name: read as UTC.
        if (timestamp) {
            if (const auto born = read_iso(row[*timestamp] + "Z")) link.created = *born;
        }
        link.title = fitting_title(batch, std::move(link.title), where);
        batch.links.push_back(std::move(link));
    }
    return batch;
}

}  // namespace barrow::links::import
