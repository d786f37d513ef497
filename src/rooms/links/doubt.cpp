#include "rooms/links/doubt.hpp"

#include <algorithm>
#include <charconv>

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

std::string doubt_of(const Link& link, const DenyList& watch, const wire::Words& say) {
    if (!link.warned.empty()) return say("Whoever runs this site says: {words}", {{"words", link.warned}});
    if (any_target(link, [&](const std::string& target) { return watch.names(target); }))
        return say("Whoever runs this site is watching this address.");
    std::string meant;
    any_target(link, [&](const std::string& target) { return !(meant = lookalike_of(target)).empty(); });
    if (!meant.empty()) return say("Its name looks like {site} and is written with other letters. It is not that site.", {{"site", meant}});
    if (link.reports >= reports_doubted) return say("Several people have reported this link.");
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

Status dismiss_reports(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug) {
    const auto settled = TRY(tx.run(sql::dismiss_reports, {shop, TRY(find(tx, shop, slug)).slug}));
    if (settled.empty()) return no_link(slug);
    TRY(tx.run(sql::forget_reports, {shop, settled[0].integer("number"), INT64_MAX}));
    return {};
}

Result<std::int64_t> report(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, const Report& report) {
    if (std::ranges::find(report_kinds, report.kind) == report_kinds.end())
        return fail(Fault::bad_input, "say what is wrong: phishing, malware, scam or other");
    TRY(wire::fits("what you write", report.words, report_words_max));
    const auto counted = TRY(tx.run(sql::count_report, {shop, TRY(find(tx, shop, slug)).slug, report.at}));
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

// ---- for who runs the installation -------------------------------------------------------------------------------------------

std::string Mark::text() const { return std::to_string(at.us) + "." + shop + "." + std::to_string(number); }

Mark Mark::read(std::string_view text) {
    Mark mark;
    const auto first = text.find('.'), last = text.rfind('.');
    if (first == text.npos || first == last) return {};
    const auto whole = [](std::string_view digits, std::int64_t& out) {
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
        return error == std::errc() && end == digits.data() + digits.size();
    };
    mark.shop = text.substr(first + 1, last - first - 1);
    if (!whole(text.substr(0, first), mark.at.us) || !whole(text.substr(last + 1), mark.number) || !is_id_text(mark.shop)) return {};
    return mark;
}

Mark Reported::mark() const { return {.at = last.value_or(Instant{}), .shop = shop.text, .number = link.number}; }

namespace {
Result<std::vector<Reported>> with_links(store::Tx& tx, const store::Rows& rows) {
    std::vector<Reported> links;
    for (const auto row : rows) {
        const auto shop = row.id<access::Shop>("shop_id");
        auto link = TRY(find_numbered(tx, shop, row.integer("number")));
        if (link) links.push_back({.shop = shop, .link = std::move(*link), .last = row.maybe_instant("reported_us")});
    }
    return links;
}
}  // namespace

Result<std::vector<Reported>> reported_links(store::Tx& tx, const Mark& behind, std::int64_t limit) {
    return with_links(tx, TRY(tx.run(sql::reported_everywhere, {behind.at, behind.shop, behind.number, limit})));
}

Result<std::vector<Reported>> judged_links(store::Tx& tx, const Mark& behind, std::int64_t limit) {
    return with_links(tx, TRY(tx.run(sql::judged_everywhere, {behind.shop, behind.number, limit})));
}

Result<std::int64_t> count_reported(store::Tx& tx) { return TRY(tx.run(sql::count_reported))[0].integer("links"); }

Result<std::string> deny_host(store::Tx& tx, std::string_view typed, std::string_view why, Instant now) {
    auto host = TRY(read_host(typed));
    TRY(wire::fits("the reason", why, denied_why_max));
    TRY(tx.run(sql::deny_host, {host, why, now}));
    if (TRY(count_denied(tx)) > denied_hosts_max)
        return fail(Fault::too_large, "10,000 hosts are named one by one already; put longer lists into the file of serve --deny-file");
    return host;
}

Result<std::string> allow_host(store::Tx& tx, std::string_view typed) {
    auto host = TRY(read_host(typed));
    if (TRY(tx.run(sql::allow_host, {host})).empty())
        return fail(Fault::not_found, "the host " + host + " is not among those that are named one by one");
    return host;
}

Result<std::vector<DeniedHost>> denied_hosts(store::Tx& tx, std::string_view from, std::int64_t limit) {
    std::vector<DeniedHost> hosts;
    for (const auto row : TRY(tx.run(sql::denied_hosts, {from, limit})))
        hosts.push_back({.host = row.text("host"), .why = row.text("why"), .added = row.instant("added_us")});
    return hosts;
}

Result<std::int64_t> count_denied(store::Tx& tx) { return TRY(tx.run(sql::count_denied))[0].integer("hosts"); }

Status read_denied(store::Tx& tx, DenyList& deny) {
    std::vector<std::string> hosts;
    for (auto& one : TRY(denied_hosts(tx, "", denied_hosts_max))) hosts.push_back(std::move(one.host));
    deny.set_named(std::move(hosts));
    return {};
}

}  // namespace barrow::links
