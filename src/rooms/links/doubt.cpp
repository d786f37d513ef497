#include "rooms/links/doubt.hpp"

#include <algorithm>

#include "floor/wire/form.hpp"
#include "rooms/links/links.sql.hpp"

namespace barrow::links {
namespace {

// Calls `fn` with every place that a link may lead to until it returns true.
template <class Fn>
bool any_target(const Link& link, Fn fn) {
    return std::ranges::any_of(targets_of(link), fn);
}

Error no_link(std::string_view slug) { return fail(Fault::not_found, "there is no link \"" + std::string(slug.substr(0, 120)) + "\""); }

}  // namespace

Status examine_denied(const Link& link, const DenyList& deny) {
    std::string host;
    const bool denied = any_target(link, [&](const std::string& target) {
        if (!deny.names(target)) return false;
        host = host_of(target);
        return true;
    });
    if (!denied) return {};
    return fail(Fault::bad_input,
                "the target's host " + host + " is on the deny list of whoever runs this site; ask them, or lead elsewhere");
}

std::string doubt_of(const Link& link, const DenyList& watch) {
    if (!link.warned.empty()) return "Whoever runs this site says: " + link.warned;
    if (any_target(link, [&](const std::string& target) { return watch.names(target); }))
        return "Whoever runs this site is watching this address.";
    std::string meant;
    any_target(link, [&](const std::string& target) { return !(meant = lookalike_of(target)).empty(); });
    if (!meant.empty()) return "Its name looks like " + meant + " and is written with other letters. It is not that site.";
    if (link.reports >= reports_doubted) return "Several people have reported this link.";
    return "";
}

Status warn(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view why) {
    TRY(tx.run(sql::warn_link, {shop, TRY(find(tx, shop, slug)).slug, why}));
    return {};
}

Status clear(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug) {
    const auto cleared = TRY(tx.run(sql::clear_link, {shop, TRY(find(tx, shop, slug)).slug}));
    if (cleared.empty()) return no_link(slug);
    TRY(tx.run(sql::forget_reports, {shop, cleared[0].integer("number"), INT64_MAX}));
    return {};
}

Result<std::int64_t> report(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, const Report& report) {
    if (std::ranges::find(report_kinds, report.kind) == report_kinds.end())
        return fail(Fault::bad_input, "say what is wrong: phishing, malware, scam or other");
    TRY(wire::fits("what you write", report.words, report_words_max));
    const auto counted = TRY(tx.run(sql::count_report, {shop, TRY(find(tx, shop, slug)).slug}));
    if (counted.empty()) return no_link(slug);
    const auto link = counted[0].integer("number");
    const auto number = TRY(tx.run(sql::last_report, {shop, link}))[0].integer("number") + 1;
    TRY(tx.run(sql::add_report, {shop, link, number, report.at, report.kind, report.words}));
    TRY(tx.run(sql::forget_reports, {shop, link, number - reports_kept}));
    return counted[0].integer("reports");
}

Result<std::vector<Report>> reports_of(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link) {
    std::vector<Report> reports;
    for (const auto row : TRY(tx.run(sql::reports_of, {shop, link})))
        reports.push_back({.at = row.instant("at_us"), .kind = row.text("kind"), .words = row.text("words")});
    return reports;
}

Result<std::vector<Reported>> reported_links(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Reported> links;
    for (const auto row : TRY(tx.run(sql::reported_links, {shop}))) {
        links.push_back({.slug = row.text("slug"),
                         .target = row.text("target"),
                         .blocked = row.text("blocked"),
                         .warned = row.text("warned"),
                         .reports = row.integer("reports")});
    }
    return links;
}

}  // namespace barrow::links
