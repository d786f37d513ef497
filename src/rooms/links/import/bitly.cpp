// Bitly: answers of the API v4 (GET /v4/groups/GUID/bitlinks), one or one a line, and the CSV export, whose columns go by many names.
#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

Status read(const Source& source, Intake& intake) {
    if (!source.is_json()) return read_columns(source, intake);
    for (std::size_t i = 0; i < source.entries.size(); ++i) {
        const auto& entry = *source.entries[i];
        // All of its addresses stand printed somewhere: each becomes a link, the one that its owner chose first.
        std::vector<std::string> spoken;
        if (const auto* custom = entry.find("custom_bitlinks"); custom != nullptr && custom->is_array()) {
            for (const auto& one : custom->items()) {
                if (one.is_text()) spoken.push_back(one.text());
            }
        }
        const auto own = text_of(entry, "link");
        spoken.push_back(own.empty() ? text_of(entry, "id") : own);
        if (spoken.size() > 1) intake.count("it had several short addresses; each is a link of its own here", where_of(i));
        Intake::Found found{.where = where_of(i)};
        auto& link = found.link;
        link.target = text_of(entry, "long_url");
        link.title = text_of(entry, "title");
        link.tags = tags_of(entry, "tags");
        link.created = time_of(entry, "created_at").value_or(Instant());
        if (is_true(entry, "archived")) link.archived = link.created == Instant() ? intake.now() : link.created;
        if (const auto* deep = entry.find("deeplinks"); deep != nullptr && deep->is_array() && !deep->items().empty())
            intake.count("it opened an app; a link to the app's page by a rule does it here", found.where);
        for (const auto& each : spoken) {
            auto address = short_address(each);
            found.domain = std::move(address.domain);
            link.slug = std::move(address.slug);
            if (is_true(entry, "is_deleted"))
                intake.refuse(found.where, link.slug, "it was deleted at Bitly");
            else
                intake.take(found);
        }
    }
    const auto* pages = source.roots.back().find("pagination");
    if (pages != nullptr && (!text_of(*pages, "next").empty() || !text_of(*pages, "search_after").empty()))
        intake.note("this is one page of several: ask for the next one too, and import each file, or all of them one a line");
    return {};
}

}  // namespace

const Service from_bitly{"bitly",
                         [](const Source& source) {
                             return has_members(source, {"long_url", "id"}) || has_members(source, {"long_url", "link"}) ||
                                    has_columns(source, {"longurl", "link"}) || has_columns(source, {"longurl", "bitlink"});
                         },
                         read, "save the answer of GET /v4/groups/GUID/bitlinks, or the CSV of the links list"};

}  // namespace barrow::links::import
