// GET /studio: what needs the creator, today's link, the week so far, the way to the first sale, the newest orders. It looks
// into nearly every room, so it stands here.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"

namespace barrow::app {

Task<http::Response> get_home(access::Site& site, access::Visit visit);

}  // namespace barrow::app
