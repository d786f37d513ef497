// Links that people are asked about first, and those that nobody may make: the operator's lists, hosts that look like others, reports.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "floor/wire/words.hpp"
#include "rooms/links/host_check.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// Refuses (bad_input) a link that leads somewhere the deny list names, and says where. Asked when a link is made or changed, in the studio,
// by the API and at an import; one that is named later is off from then on (follow.hpp).
Status examine_denied(const Link& link, const DenyList& deny);

// Why people are asked first, as a sentence for them; "" when nothing is doubtful. The first that applies: the operator's warning, the
// watch list, a host that looks like another (lookalike_of), reports_doubted reports.
std::string doubt_of(const Link& link, const DenyList& watch, const wire::Words& say = wire::Words("en"));
inline constexpr std::int64_t reports_doubted = 3;

// The operator's words of warning; "" takes them back. Refuses not_found.
Status warn(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view why);
// The link leads on again: neither off nor warned about, and its reports are settled. Refuses not_found.
Status clear(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug);

// The reports are settled; what the operator said of the link stays. Refuses not_found.
Status dismiss_reports(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug);

// ---- reports of viewers --------------------------------------------------------------------------------------------------
inline constexpr std::array<std::string_view, 4> report_kinds{"phishing", "malware", "scam", "other"};
inline constexpr std::size_t report_words_max = 300;
inline constexpr std::int64_t reports_kept = 50;  // of each link; older words are forgotten, the number stays

struct Report {
    Instant at;
    std::string kind, words;
};
// Returns how many there are now. Who may report how often is the door's to say. Refuses (bad_input) another kind and longer words,
// not_found.
Result<std::int64_t> report(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, const Report& report);
// Newest first.
Result<std::vector<Report>> reports_of(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link);

// ---- for who runs the installation: links of every shop --------------------------------------------------------------------
// Where a list goes on: behind this link. By itself the begin.
struct Mark {
    Instant at{INT64_MAX};
    std::string shop = "~";
    std::int64_t number = INT64_MAX;

    [[nodiscard]] std::string text() const;   // "1795000000000000.01jx….7"
    static Mark read(std::string_view text);  // the begin for what is none
};
struct Reported {
    Id<access::Shop> shop;
    Link link;
    std::optional<Instant> last;  // report, if anybody ever did

    [[nodiscard]] Mark mark() const;
};
// Those with reports that nobody has settled, the last reported first.
Result<std::vector<Reported>> reported_links(store::Tx& tx, const Mark& behind, std::int64_t limit);
// Those that the operator has off or warns about, in no order that means anything.
Result<std::vector<Reported>> judged_links(store::Tx& tx, const Mark& behind, std::int64_t limit);
Result<std::int64_t> count_reported(store::Tx& tx);

// Hosts that no link may lead to, each with what is below it: named one by one, beside the file (DenyList).
struct DeniedHost {
    std::string host, why;
    Instant added;
};
inline constexpr std::int64_t denied_hosts_max = 10'000;  // they stand in memory beside the file's; longer lists are files
inline constexpr std::size_t denied_why_max = 200;
// Returns the host as it is kept: "https://Evil.example/x" names evil.example. Refuses (bad_input) what names none, and a longer reason;
// (too_large) more than denied_hosts_max. One that is named already gets the new reason.
Result<std::string> deny_host(store::Tx& tx, std::string_view typed, std::string_view why, Instant now);
// Refuses not_found.
Result<std::string> allow_host(store::Tx& tx, std::string_view typed);
// In the order of their letters, from `from` on.
Result<std::vector<DeniedHost>> denied_hosts(store::Tx& tx, std::string_view from, std::int64_t limit);
Result<std::int64_t> count_denied(store::Tx& tx);
// Into the list that links are asked by.
Status read_denied(store::Tx& tx, DenyList& deny);

}  // namespace barrow::links
