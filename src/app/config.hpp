// Config: what an operator can set. Flags win over DATA/barrow.toml, which wins over the defaults here.
#pragma once

#include <string>
#include <vector>

#include "floor/base/result.hpp"

namespace barrow::app {

struct Config {
    std::string data = "./barrow-data";  // uploads, keys, the SQLite file, the local socket
    std::string database;                // "" is sqlite:DATA/barrow.db; or "postgres://…"
    std::string host = "127.0.0.1";
    int port = 8080;
    int threads = 2;
    std::string public_address;    // "https://mira.example", "mira.example:8443": where shops without a host of their own are reached
    std::string certificate, key;  // PEM files
    std::vector<std::string> trusted_proxies;
    std::string country_file;    // a database in MaxMind's format: link rules and counts by country
    std::string country_header;  // else what a proxy in front says on every request: "CF-IPCountry"
    bool sandbox = false;        // the built-in test provider, which moves no money, may be used where others reach the shop
    bool test_mode = false;
    std::string simulation_secret;

    [[nodiscard]] std::string database_url() const { return database.empty() ? "sqlite:" + data + "/barrow.db" : database; }
    [[nodiscard]] std::string socket_path() const { return data + "/barrow.sock"; }

    // public_address without its scheme; without one, localhost and the port that is in use.
    [[nodiscard]] std::string authority(int port_in_use) const;
    // Viewers come by TLS: ours, or that of a proxy before us, which public_address then tells by its https://.
    [[nodiscard]] bool secure() const;
    // Nobody but this machine reaches it.
    [[nodiscard]] bool is_private() const;
};

// Fills from DATA/barrow.toml where it is there. Refuses (bad_input) unknown names and wrong kinds, naming file and line.
Status read_config_file(Config& config);

}  // namespace barrow::app
