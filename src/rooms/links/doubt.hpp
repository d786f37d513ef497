// Links that people are asked about first, and those that nobody may make: the operator's lists, hosts that look like others, reports.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/links/host_check.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// Refuses (bad_input) a link that leads somewhere the deny list names, and says where. Asked when a link is made or changed, in the studio,
// by the API and at an import; one that is named later is off from then on (follow.hpp).
Status examine_denied(const Link& link, const DenyList& deny);

// Why people are asked first, as a sentence for them; "" when nothing is doubtful. The first that applies: the operator's warning, the
// watch list, a host that looks like another (lookalike_of), reports_doubted reports.
std::string doubt_of(const Link& link, const DenyList& watch);
inline constexpr std::int64_t reports_doubted = 3;

// The operator's words of warning; "" takes them back. Refuses not_found.
Status warn(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view why);
// The link leads on again: neither off nor warned about, and its reports are settled. Refuses not_found.
Status clear(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug);

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

struct Reported {
    std::string slug, target, blocked, warned;
    std::int64_t reports = 0;
};
// The most reported first, 100 at most.
Result<std::vector<Reported>> reported_links(store::Tx& tx, const Id<access::Shop>& shop);

}  // namespace barrow::links
