// The door of a short link: where it leads for this visit, and what is counted.
#pragma once

#include "rooms/links/links_http.hpp"

namespace barrow::links {

// GET /s/:slug and /:slug → 302, never to be kept by anybody (a link may lead elsewhere the next moment), with the context in the target
// when it is ours. The click is counted in memory: no write on the path, but for a link whose places are counted. A link that does not lead
// anywhere now answers with a page that says so: 410 ended or full, 403 switched off, 404 not yet.
Task<http::Response> get_follow(Doors& doors, access::Visit visit);
// The same for a link that is in the cache, when nothing has to be read or written for it; else nothing.
std::optional<http::Response> follow_at_once(Doors& doors, const access::Visit& visit);
// Whoever comes inside an app to a link that offers the way out gets the page of web/viewer/outside.html first, people who are asked
// (doubt_of) the page that asks; programs never do.
// POST of the same with `password`, or with `go` after that question → 303. Refuses after password_tries_max wrong ones a minute for one
// address and link (429). No cookie is set: who opens the link again is asked again.
Task<http::Response> post_follow(Doors& doors, access::Visit visit);

// POST /outside/:token → 204: the button of that page was tapped. Sent by the link's own `ping` and by the page's script; counted once.
Task<http::Response> post_tap(Doors& doors, access::Visit visit);
// GET, POST /report/:slug: kind, words. One report a day of a link by one address, a few an hour by one address (429). No cookie, and the
// address is forgotten.
Task<http::Response> get_report(Doors& doors, access::Visit visit);
Task<http::Response> post_report(Doors& doors, access::Visit visit);

inline constexpr std::int64_t password_tries_max = 5;
inline constexpr std::int64_t taps_max = 30;     // a minute by one address
inline constexpr std::int64_t reports_max = 10;  // an hour by one address, and one a day of one link

}  // namespace barrow::links
