// GET /metrics: OpenMetrics 1.0 text.
#pragma once

#include <functional>

#include "app/app.hpp"
#include "app/rooms.hpp"

namespace barrow::app {

// Without server counters (tests, simulator) those lines are left out.
http::Response metrics(const World& world, const Rooms& rooms, const std::function<http::Server::Counters()>& server_counters);

}  // namespace barrow::app
