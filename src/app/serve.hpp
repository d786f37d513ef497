// Serve: the app behind sockets, until it is told to stop.
#pragma once

#include <functional>
#include <string>

#include "app/config.hpp"

namespace barrow::app {

// Runs until SIGINT or SIGTERM. `ready` is called once, when requests are answered, with the port in use. Refuses what cannot
// be opened: the data folder, the database, the certificate, the port.
Status serve(const Config& config, const std::function<void(int port)>& ready);

}  // namespace barrow::app
