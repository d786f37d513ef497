// Rebrandly: the answer of GET /v1/links, [{slashtag, destination, domain: {fullName}, clicks, …}], and its CSV.
#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

Status read(const Source& source, Intake& intake) {
    if (!source.is_json()) return read_columns(source, intake);
    for (std::size_t i = 0; i < source.entries.size(); ++i) {
        const auto& entry = *source.entries[i];
        Intake::Found found{.where = where_of(i), .domain = text_of(entry, "domainName")};
        if (const auto* domain = entry.find("domain"); domain != nullptr && domain->is_object())
            found.domain = text_of(*domain, "fullName");
        if (found.domain.empty()) found.domain = short_address(text_of(entry, "shortUrl")).domain;
        auto& link = found.link;
        link.slug = text_of(entry, "slashtag");
        link.target = text_of(entry, "destination");
        link.title = text_of(entry, "title");
        link.note = text_of(entry, "description");
        link.tags = tags_of(entry, "tags");
        link.imported_clicks = count_of(entry, "clicks");
        link.created = time_of(entry, "createdAt").value_or(Instant());
        if (entry.find("forwardParameters") != nullptr) link.pass_query = is_true(entry, "forwardParameters");
        intake.take(std::move(found));
    }
    return {};
}

}  // namespace

const Service from_rebrandly{"rebrandly",
                             [](const Source& source) {
                                 return has_members(source, {"slashtag", "destination"}) ||
                                        has_columns(source, {"slashtag", "destination"});
                             },
                             read, "save the answer of GET https://api.rebrandly.com/v1/links, or the CSV of the links page"};

}  // namespace barrow::links::import
