// The studio's side of webhooks: who is told, of what, and whether it arrives.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"

namespace barrow::webhooks {

Task<http::Response> get_studio(access::Site& site, access::Visit visit);   // GET  /studio/webhooks
Task<http::Response> post_studio(access::Site& site, access::Visit visit);  // POST /studio/webhooks: url, event (several)
Task<http::Response> post_act(access::Site& site,
                              access::Visit visit);  // POST /studio/webhooks/:id/:act: test, rotate, remove; again: delivery, or hours

}  // namespace barrow::webhooks
