// Serve: the app behind sockets, until it is told to stop.
#pragma once

#include <functional>
#include <string>

#include "app/config.hpp"

namespace barrow::app {

struct Ports {
    int main = 0;
    int plain = -1;  // plain HTTP beside TLS; -1: none
};

// Runs until SIGINT or SIGTERM. `ready` is called once, when requests are answered, with the ports in use. Refuses what cannot
// be opened: the data folder, the database, the certificate, the ports.
Status serve(const Config& config, const std::function<void(const Ports&)>& ready);

}  // namespace barrow::app
