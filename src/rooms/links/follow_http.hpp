// The door of a short link: where it leads for this visit, and what is counted.
#pragma once

#include "rooms/links/links_http.hpp"

namespace barrow::links {

// GET /s/:slug and /:slug → 302, never to be kept by anybody (a link may lead elsewhere the next moment), with the context in the target
// when it is ours. The click is counted in memory: no write on the path, but for a link whose places are counted. A link that does not lead
// anywhere now answers with a page that says so: 410 ended or full, 403 switched off, 404 not yet.
Task<http::Response> get_follow(Doors& doors, access::Visit visit);
// POST of the same with `password` → 303. Refuses after password_tries_max wrong ones a minute for one address and link (429). No cookie is
// set: who opens the link again is asked again.
Task<http::Response> post_follow(Doors& doors, access::Visit visit);

inline constexpr std::int64_t password_tries_max = 5;

}  // namespace barrow::links
