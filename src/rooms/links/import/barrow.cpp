// Barrow's own export, as CSV or JSON: everything comes back as it was. See rooms/links/export.hpp.
#include "floor/sign/sign.hpp"
#include "rooms/links/export.hpp"
#include "rooms/links/import/intake.hpp"
#include "rooms/links/link_json.hpp"

namespace barrow::links::import {
namespace {

// What make_fit and a first import would change is as the link had it.
void take_as_it_is(const wire::Json& json, const std::string& where, Intake& intake) {
    auto link = read_link(json, {}, Writer::ours);
    if (!link) return intake.refuse(where, text_of(json, "slug"), link.error().text);
    if (!link->password_hash.empty() && !sign::is_password_hash(link->password_hash))
        return intake.refuse(where, link->slug, "its password_hash is none that Barrow makes");
    intake.take({.where = where, .domain = "", .link = std::move(*link), .password = ""});
}

Status read(const Source& source, Intake& intake) {
    for (std::size_t i = 0; i < source.entries.size(); ++i) take_as_it_is(*source.entries[i], where_of(i), intake);
    for (std::size_t i = 0; i < source.table.rows.size(); ++i) {
        const auto where = "line " + std::to_string(source.table.lines[i]);
        const auto json = row_json(source.table.header, source.table.rows[i]);
        if (json)
            take_as_it_is(*json, where, intake);
        else
            intake.refuse(where, "", json.error().text);
    }
    return {};
}

}  // namespace

const Service from_barrow{"barrow",
                          [](const Source& source) {
                              return has_members(source, {"slug", "target", "created"}) ||
                                     has_columns(source, {"slug", "target", "importedclicks", "passquery"});
                          },
                          read, "export it with: barrow export links"};

}  // namespace barrow::links::import
