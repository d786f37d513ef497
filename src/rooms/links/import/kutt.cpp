// Kutt 3: the answer of GET /api/v2/links?all=true, {total, limit, skip, data: [{address, target, visit_count, …}]}.
#include <algorithm>

#include "floor/wire/page.hpp"
#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

// Kutt answers a page at a time, whatever it was asked for.
std::string what_is_missing(const Source& source) {
    if (source.roots.size() > 1 || !source.roots[0].is_object()) return "";
    const auto number = [&](std::string_view name) { return count_of(source.roots[0], name); };
    const auto here = static_cast<std::int64_t>(source.entries.size());
    const auto total = number("total");
    if (total <= here) return "";
    const auto next = number("skip") + here;
    const auto held = "this file holds " + wire::grouped(here) + " of " + wire::grouped(total) + " links; ";
    if (next >= total) return held + "the earlier ones are files of their own, import them too";
    return held + "export the rest with ?limit=" + std::to_string(std::max<std::int64_t>(number("limit"), 1)) +
           "&skip=" + std::to_string(next) + " and so on, and import each file";
}

Status read(const Source& source, Intake& intake) {
    if (const auto missing = what_is_missing(source); !missing.empty()) intake.note(missing);
    for (std::size_t i = 0; i < source.entries.size(); ++i) {
        const auto& entry = *source.entries[i];
        Intake::Found found{.where = where_of(i), .domain = text_of(entry, "domain")};
        auto& link = found.link;
        link.slug = text_of(entry, "address");
        link.target = text_of(entry, "target");
        link.title = text_of(entry, "description");
        link.imported_clicks = count_of(entry, "visit_count");
        link.created = time_of(entry, "created_at").value_or(Instant());
        link.ends = time_of(entry, "expire_in");
        if (is_true(entry, "banned"))
            intake.refuse(found.where, link.slug, "Kutt has banned it");
        else if (is_true(entry, "password"))
            intake.refuse(found.where, link.slug, "it has a password, which Kutt does not export; make it anew");
        else if (const auto end = text_of(entry, "expire_in"); !end.empty() && !link.ends)
            intake.refuse(found.where, link.slug, "its end \"" + end + "\" is no time");
        else
            intake.take(std::move(found));
    }
    return {};
}

}  // namespace

const Service from_kutt{"kutt", [](const Source& source) { return has_members(source, {"address", "target"}); }, read,
                        "save the answer of GET /api/v2/links?all=true, which has a member \"data\""};

}  // namespace barrow::links::import
