// Config: what an operator can set. Flags win over DATA/barrow.toml, which wins over the defaults here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "floor/base/result.hpp"
#include "floor/fetch/smtp.hpp"
#include "rooms/telemetry/repeats.hpp"
#include "rooms/telemetry/retention.hpp"

namespace barrow::app {

struct Config {
    std::string data = "./barrow-data";  // uploads, keys, the SQLite file, the local socket
    std::string database;                // "" is sqlite:DATA/barrow.db; or "postgres://…"
    std::string host = "127.0.0.1";
    int port = 8080;
    int threads = 2;
    std::string public_address;        // "https://mira.example", "mira.example:8443": where shops without a host of their own are reached
    std::string certificate, key;      // PEM files
    std::vector<std::string> domains;  // Barrow asks for their certificates itself, and for those of the shops' domains
    std::string acme_directory;        // "" is Let's Encrypt
    std::string acme_contact;          // a mail address
    std::string acme_authorities;      // PEM file: who vouches for the directory itself; "" is the system's
    std::string tls;                   // "local": a certificate authority of our own, for a home network
    int http_port = -1;                // plain HTTP beside TLS: challenges and redirects; -1 is none
    bool says_host = false, says_port = false;  // somebody chose them
    std::vector<std::string> trusted_proxies;
    std::string media;           // where pictures and videos are; "" is DATA/media. Several nodes share one
    std::string country_file;    // a database in MaxMind's format: link rules and counts by country
    std::string deny_file;       // hosts and addresses that no link may lead to; read again when it changes
    std::string watch_file;      // likewise: people are asked before they go there
    std::string country_header;  // else what a proxy in front says on every request: "CF-IPCountry"
    std::string smtp;            // "smtp://user:password@mail.example:587": without it no mail is sent
    std::string mail_from;       // "stall@mira.example": who mails come from
    bool guard = true;           // look whether the links' targets are alive; off: nobody is asked
    bool sandbox = false;        // the built-in test provider, which moves no money, may be used where others reach the shop
    bool test_mode = false;
    bool for_files = false;  // of `barrow publish --static` alone: see app/static_site.hpp
    std::string simulation_secret;

    int flood = telemetry::flood_usual;                // clicks of one link that one address may bring in a minute; 0: any number
    int click_months = telemetry::click_months_usual;  // how long clicks are kept one by one

    [[nodiscard]] std::string database_url() const { return database.empty() ? "sqlite:" + data + "/barrow.db" : database; }
    [[nodiscard]] std::string media_folder() const { return media.empty() ? data + "/media" : media; }
    [[nodiscard]] std::string socket_path() const { return data + "/barrow.sock"; }

    [[nodiscard]] bool tls_local() const { return tls == "local"; }
    [[nodiscard]] bool own_tls() const { return !certificate.empty() || !domains.empty() || tls_local(); }
    // What domains and --tls local change of the defaults: every address; ports 443 and 80, at home 8443 and 8080. Refuses (bad_input)
    // what does not go together, and domains that are none.
    Status settle();

    // The mail server of `smtp`; none where the setting is empty. Refuses (bad_input) an address that is none, and one setting without the
    // other.
    [[nodiscard]] Result<std::optional<fetch::SmtpServer>> mail_server() const;
    // public_address without its scheme; without one, the first domain, else localhost and the port that is in use.
    [[nodiscard]] std::string authority(int port_in_use) const;
    // The port that viewers reach TLS at: public_address's, where it says one.
    [[nodiscard]] int tls_port(int port_in_use) const;
    // Viewers come by TLS: ours, or that of a proxy before us, which public_address then tells by its https://.
    [[nodiscard]] bool secure() const;
    // Nobody but this machine reaches it.
    [[nodiscard]] bool is_private() const;
};

// Fills from DATA/barrow.toml where it is there. Refuses (bad_input) unknown names and wrong kinds, naming file and line.
Status read_config_file(Config& config);

}  // namespace barrow::app
