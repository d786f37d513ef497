// The studio's side of links: make, point elsewhere, end, and see what they brought.
#pragma once

#include "rooms/links/links_http.hpp"

namespace barrow::links {

Task<http::Response> get_links(Doors& doors, access::Visit visit);     // GET  /studio/links
Task<http::Response> post_link(Doors& doors, access::Visit visit);     // POST /studio/links: target, slug
Task<http::Response> post_today(Doors& doors, access::Visit visit);    // POST /studio/today: target
Task<http::Response> post_end(Doors& doors, access::Visit visit);      // POST /studio/links/:slug/end
Task<http::Response> post_resume(Doors& doors, access::Visit visit);   // POST /studio/links/:slug/resume: undo of end
Task<http::Response> post_remove(Doors& doors, access::Visit visit);   // POST /studio/links/:slug/remove
Task<http::Response> post_restore(Doors& doors, access::Visit visit);  // POST /studio/links/:slug/restore
// POST /studio/link-removals: slug, as often as links are chosen. All of them go, or none.
Task<http::Response> post_removals(Doors& doors, access::Visit visit);
Task<http::Response> post_removals_undo(Doors& doors, access::Visit visit);  // POST /studio/link-removals/undo: at, the moment of it
// POST /studio/link-acts: slug as above; at_once=archive|unarchive, else what=move|tag|untag with the word. All of them are changed, or
// none. Like that of removals its address may carry the query of the list, to come back to it.
Task<http::Response> post_acts(Doors& doors, access::Visit visit);
Task<http::Response> post_acts_undo(Doors& doors, access::Visit visit);  // POST /studio/link-acts/undo: made, as made_text writes it

// What was typed as it is kept: the shop's own address in front is taken off, and a missing https:// put there.
std::string own_path(const Doors& doors, const access::Visit& visit, std::string target);

// "Today's link": one address that never changes and leads where the creator says. The values of web/studio/today.html.
Result<wire::Json> today_card(store::Tx& tx, const access::Site& site, const access::Visit& visit, const std::string& error = "");

// What keeps visitors of a link from its target, or leads some of them elsewhere, in sentences; the gravest first. Pure.
struct Hindrance {
    std::string text;
    std::string_view kind;  // "danger": nobody gets there; "sale", "muted"
};
std::vector<Hindrance> hindrances(const Link& link, const Zone& zone, Instant now);

}  // namespace barrow::links
