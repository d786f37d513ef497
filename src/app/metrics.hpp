// GET /metrics: OpenMetrics 1.0 text.
#pragma once

#include <functional>

#include "app/app.hpp"
#include "app/rooms.hpp"

namespace barrow::app {

// Without server counters (tests, simulator) those lines are left out, and so are the counts of promises while the database does
// not answer. `stepped` is the clockwork's last good step.
Task<http::Response> metrics(const World& world, const Rooms& rooms, std::function<http::Server::Counters()> server_counters,
                             Instant stepped);

}  // namespace barrow::app
