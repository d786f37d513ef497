// Short.io: the answer of GET /api/links?domain_id=…, {links: [{path, originalURL, …}], nextPageToken}.
#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

Status read(const Source& source, Intake& intake) {
    for (std::size_t i = 0; i < source.entries.size(); ++i) {
        const auto& entry = *source.entries[i];
        Intake::Found found{.where = where_of(i),
                            .domain = short_address(text_of(entry, "shortURL")).domain,
                            .link = {},
                            .password = text_of(entry, "password")};
        auto& link = found.link;
        link.slug = text_of(entry, "path");
        link.target = text_of(entry, "originalURL");
        link.title = text_of(entry, "title");
        link.tags = tags_of(entry, "tags");
        link.utm = utm_of(entry);
        link.created = time_of(entry, "createdAt").value_or(Instant());
        link.ends = time_of(entry, "expiresAt");
        link.ended_target = text_of(entry, "expiredURL");
        link.imported_clicks = count_of(entry, "clicks");
        if (const auto most = count_of(entry, "clicksLimit"); most > 0) link.clicks_max = most;
        if (is_true(entry, "archived")) link.archived = time_of(entry, "updatedAt").value_or(intake.now());
        if (is_true(entry, "skipQS")) link.pass_query = false;
        if (auto to = text_of(entry, "iphoneURL"); !to.empty()) link.rules.push_back(rule_for(telemetry::Os::ios, std::move(to)));
        if (auto to = text_of(entry, "androidURL"); !to.empty()) link.rules.push_back(rule_for(telemetry::Os::android, std::move(to)));
        if (auto to = text_of(entry, "splitURL"); !to.empty()) {
            const auto percent = count_of(entry, "splitPercent");
            if (percent >= 1 && percent <= 99 && examine_target(to))
                link.split.push_back({std::move(to), percent});
            else
                intake.count("its split could not be read", found.where);
        }
        if (is_true(entry, "cloaking")) intake.count("it showed its target under its own address; here it redirects", found.where);
        if (is_true(entry, "hasPassword") && found.password.empty())
            intake.refuse(found.where, link.slug, "it has a password, which Short.io does not export; make it anew");
        else
            intake.take(std::move(found));
    }
    if (!text_of(source.roots.back(), "nextPageToken").empty())
        intake.note("this is one page of several: ask for the next one with pageToken=, and import each file, or all of them one a line");
    return {};
}

}  // namespace

const Service from_shortio{"shortio", [](const Source& source) { return has_members(source, {"originalURL", "path"}); }, read,
                           "save the answer of GET https://api.short.io/api/links?domain_id=ID"};

}  // namespace barrow::links::import
