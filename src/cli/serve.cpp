#include "app/serve.hpp"

#include <memory>

#include "cli/command.hpp"

namespace barrow::cli {

namespace {
Result<wire::Json> command_in(Common& common, std::string_view name) { return cli::command(common, name, wire::Json::object()); }
}  // namespace

void add_serve(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("serve", "answer requests until Ctrl-C");
    add_place(command, common);
    auto flags = std::make_shared<app::Config>();
    auto& port = *command.add_option("--port", flags->port, "0 takes a free one")->check(CLI::Range(0, 65'535))->capture_default_str();
    auto& host = *command.add_option("--host", flags->host, "the address to listen on; 0.0.0.0 for all")->capture_default_str();
    auto& threads = *command.add_option("--threads", flags->threads, "io threads")->check(CLI::Range(1, 64))->capture_default_str();
    auto& address = *command.add_option("--public-address", flags->public_address,
                                        "how viewers reach it: https://shop.example, or http://shop.example:8080");
    auto& sandbox = *command.add_flag("--sandbox", flags->sandbox, "let others try the test provider, which moves no money");
    auto& certificate = *command.add_option("--certificate", flags->certificate, "PEM file; with --key, serves TLS and HTTP/2");
    auto& key = *command.add_option("--key", flags->key, "PEM file of the certificate's key");
    auto& country_file =
        *command.add_option("--country-file", flags->country_file, "a database in MaxMind's format: link rules and counts by country");
    auto& country_header = *command.add_option("--country-header", flags->country_header,
                                               "without a file: the header in which a proxy in front says the country");
    auto print_addresses = std::make_shared<bool>(false);
    command.add_flag("--print-addresses", *print_addresses, "when ready, print the shop's addresses and a one-time login link");
    command.add_flag("--test-mode", flags->test_mode, "for test suites on this machine only");
    command.add_option("--simulation-secret", flags->simulation_secret, "what simulation requests of test mode must carry");
    command.callback(
        [&common, flags, print_addresses, &port, &host, &threads, &address, &sandbox, &certificate, &key, &country_file, &country_header] {
            common.run = [&common, flags, print_addresses, &port, &host, &threads, &address, &sandbox, &certificate, &key, &country_file,
                          &country_header]() -> Status {
                auto& config = common.config;
                const auto database = config.database;
                TRY(app::read_config_file(config));
                if (!database.empty()) config.database = database;
                if (port.count() > 0) config.port = flags->port;
                if (host.count() > 0) config.host = flags->host;
                if (threads.count() > 0) config.threads = flags->threads;
                if (address.count() > 0) config.public_address = flags->public_address;
                if (sandbox.count() > 0) config.sandbox = flags->sandbox;
                if (certificate.count() > 0) config.certificate = flags->certificate;
                if (key.count() > 0) config.key = flags->key;
                if (country_file.count() > 0) config.country_file = flags->country_file;
                if (country_header.count() > 0) config.country_header = flags->country_header;
                config.test_mode = flags->test_mode;
                config.simulation_secret = flags->simulation_secret;
                if (config.certificate.empty() != config.key.empty())
                    return fail(Fault::bad_input, "--certificate and --key belong together; give both");
                if (config.test_mode && !config.is_private())
                    return fail(Fault::bad_input, "--test-mode is for this machine only; take --host 127.0.0.1");
                return app::serve(config, [&](int in_use) {
                    say("serving on port " + std::to_string(in_use));
                    if (*print_addresses) {
                        // Asked of ourselves, through the local socket.
                        const auto shop = command_in(common, "demo");
                        if (shop) say_members(*shop);
                    }
                    std::fflush(stdout);
                });
            };
        });
}

}  // namespace barrow::cli
