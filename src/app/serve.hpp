// Serve: the app behind sockets, until it is told to stop.
#pragma once

#include <functional>
#include <string>

#include "app/config.hpp"

namespace barrow::app {

struct Ready {
    int port = 0, plain_port = -1;  // plain HTTP beside TLS; -1: none
    std::string trust_url;          // --tls local: where phones learn to trust it, and what they compare; "" otherwise
    std::string fingerprint;
};

// Runs until SIGINT or SIGTERM. `ready` is called once, when requests are answered, with the ports in use. Refuses what cannot
// be opened: the data folder, the database, the certificate, the ports.
Status serve(const Config& config, const std::function<void(const Ready&)>& ready);

}  // namespace barrow::app
