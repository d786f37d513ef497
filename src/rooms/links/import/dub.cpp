// Dub: the answer of GET /api/links, which has everything, and the CSV of the dashboard, which has the addresses, clicks and tags.
#include <algorithm>

#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

// Its test shares out all visitors, the link's own address among them; ours shares out what the own one does not get.
void read_variants(const wire::Json& variants, Intake& intake, Intake::Found& found) {
    auto& link = found.link;
    bool own = false;
    for (const auto& variant : variants.items()) {
        auto url = text_of(variant, "url");
        const auto percent = count_of(variant, "percentage");
        if (url == link.target && !own)
            own = true;
        else if (percent > 0 && link.split.size() < split_max && examine_target(url))
            link.split.push_back({std::move(url), percent});
    }
    std::int64_t sum = 0;
    for (const auto& share : link.split) sum += share.percent;
    if (!own || sum > 99) {
        link.split.clear();
        intake.count("its test did not give its own address a share, and is left out", found.where);
    }
}

Result<Intake::Found> read_entry(const wire::Json& entry, std::string where, Intake& intake) {
    Intake::Found found{.where = std::move(where), .domain = text_of(entry, "domain"), .link = {}, .password = text_of(entry, "password")};
    auto& link = found.link;
    link.slug = text_of(entry, "key");
    link.target = text_of(entry, "url");
    link.title = text_of(entry, "title");
    link.note = text_of(entry, "comments");
    link.tags = tags_of(entry, "tags");
    link.utm = utm_of(entry);
    link.imported_clicks = count_of(entry, "clicks");
    link.created = time_of(entry, "createdAt").value_or(Instant());
    link.ends = time_of(entry, "expiresAt");
    if (const auto disabled = time_of(entry, "disabledAt"); disabled && (!link.ends || *disabled < *link.ends)) link.ends = disabled;
    link.ended_target = text_of(entry, "expiredUrl");
    if (entry.find("doIndex") != nullptr) link.no_index = !is_true(entry, "doIndex");
    if (is_true(entry, "archived")) link.archived = time_of(entry, "updatedAt").value_or(intake.now());
    // Dub asks for the system first, then for the country.
    if (auto to = text_of(entry, "ios"); !to.empty()) link.rules.push_back(rule_for(telemetry::Os::ios, std::move(to)));
    if (auto to = text_of(entry, "android"); !to.empty()) link.rules.push_back(rule_for(telemetry::Os::android, std::move(to)));
    if (const auto* geo = entry.find("geo"); geo != nullptr && geo->is_object()) {
        for (const auto& [country, to] : geo->members()) {
            auto rule = read_rule(wire::Json::object({{"if", wire::Json::object({{"country", country}})}, {"to", to}}));
            if (rule)
                link.rules.push_back(std::move(*rule));
            else
                intake.count("a rule by country could not be read: " + country.substr(0, 20), found.where);
        }
    }
    if (is_true(entry, "proxy")) {  // its own preview
        link.preview_title = link.title;
        link.preview_text = text_of(entry, "description");
        link.preview_image = text_of(entry, "image");
    }
    const auto* variants = entry.find("testVariants");
    const auto over = time_of(entry, "testCompletedAt");
    if (variants != nullptr && variants->is_array() && (!over || *over > intake.now())) read_variants(*variants, intake, found);
    if (const auto* folder = entry.find("folder"); folder != nullptr && folder->is_object())
        link.folder = text_of(*folder, "name");
    else if (!text_of(entry, "folderId").empty())
        intake.count("it stood in a folder, whose name Dub does not say", found.where);
    if (is_true(entry, "rewrite")) intake.count("it showed its target under its own address; here it redirects", found.where);
    return found;
}

Status read(const Source& source, Intake& intake) {
    if (!source.is_json()) {
        intake.note("Dub's CSV has no rules, passwords, ends, previews and notes; the answer of GET /api/links has them");
        return read_columns(source, intake);
    }
    for (std::size_t i = 0; i < source.entries.size(); ++i) intake.take(TRY(read_entry(*source.entries[i], where_of(i), intake)));
    return {};
}

}  // namespace

const Service from_dub{
    "dub", [](const Source& source) { return has_members(source, {"key", "url"}) || has_columns(source, {"shortlink", "destinationurl"}); },
    read, "save the answer of GET https://api.dub.co/links, or the CSV of the links page"};

}  // namespace barrow::links::import
