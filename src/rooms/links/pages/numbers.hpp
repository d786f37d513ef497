// What pages brought: how often people saw each, what they tapped on it, and which share that is. From the totals of the click log.
#pragma once

#include <map>

#include "rooms/access/site.hpp"
#include "rooms/links/pages/page.hpp"
#include "rooms/telemetry/clicks.hpp"

namespace barrow::pages {

using telemetry::Taps;
using telemetry::Views;

// As what the page stands in the click log; and the source tag of taps on it: "bio", "lamp".
std::int64_t subject_of(const Page& page);
std::string source_of(const Page& page);
// The tag of a clip: its taps are the clip's own, wherever it stands.
std::string clip_source(const Values& item, const links::Link& link);

struct Numbers {
    Views views;
    Taps taps;                            // of all its links, those too that stand on it no more
    std::map<std::int64_t, Taps> links;   // by link: through the page's tag
    std::map<std::int64_t, Taps> blocks;  // by block: of each block of `content` with links
};
// Of one page; `content` is the draft or what is published. Costs a few queries, and one more for each clip.
Result<Numbers> numbers_of(store::Tx& tx, const Id<Shop>& shop, const Page& page, const Content& content, Instant now);

// "12.5 %": taps of a hundred views; "" without a view. Who taps twice is counted twice, so it may be above 100.
std::string share_words(std::int64_t taps, std::int64_t views);

// The rows of Numbers: { title, href, views, taps, share: of thirty days, week_views, week_taps, week_share }, the bio page first.
Result<wire::Json> number_rows(store::Tx& tx, const access::Visit& visit, Instant now);

}  // namespace barrow::pages
