#include "app/serve.hpp"

#include <memory>

#include "app/local_authority.hpp"
#include "cli/command.hpp"
#include "floor/wire/qr.hpp"

namespace barrow::cli {

namespace {
Result<wire::Json> command_in(Common& common, std::string_view name) { return cli::command(common, name, wire::Json::object()); }
}  // namespace

void add_serve(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("serve", "answer requests until Ctrl-C");
    add_place(command, common);
    auto flags = std::make_shared<app::Config>();
    // Flags win over the file: of each that was said, the member is taken.
    using Take = std::function<void(app::Config&)>;
    auto said = std::make_shared<std::vector<std::pair<CLI::Option*, Take>>>();
    const auto wins = [&](CLI::Option* option, auto member) {
        said->emplace_back(option, [flags, member](app::Config& config) { config.*member = (*flags).*member; });
    };
    auto* port = command.add_option("--port", flags->port, "0 takes a free one")->check(CLI::Range(0, 65'535))->capture_default_str();
    auto* host = command.add_option("--host", flags->host, "the address to listen on; 0.0.0.0 for all")->capture_default_str();
    wins(port, &app::Config::port);
    wins(host, &app::Config::host);
    said->emplace_back(port, [](app::Config& config) { config.says_port = true; });
    said->emplace_back(host, [](app::Config& config) { config.says_host = true; });
    wins(command.add_option("--threads", flags->threads, "io threads")->check(CLI::Range(1, 64))->capture_default_str(),
         &app::Config::threads);
    wins(command.add_option("--public-address", flags->public_address,
                            "how viewers reach it: https://shop.example, or http://shop.example:8080"),
         &app::Config::public_address);
    wins(command.add_flag("--sandbox", flags->sandbox, "let others try the test provider, which moves no money"), &app::Config::sandbox);
    wins(command.add_option("--certificate", flags->certificate, "PEM file; with --key, serves TLS and HTTP/2"), &app::Config::certificate);
    wins(command.add_option("--key", flags->key, "PEM file of the certificate's key"), &app::Config::key);
    wins(command.add_option("--domain", flags->domains, "ask for its certificate by ACME and serve it by TLS; may be repeated")
             ->type_name("NAME")
             ->allow_extra_args(false),
         &app::Config::domains);
    wins(command.add_option("--acme-directory", flags->acme_directory, "another authority than Let's Encrypt")->type_name("URL"),
         &app::Config::acme_directory);
    wins(command.add_option("--acme-contact", flags->acme_contact, "who hears of trouble with certificates")->type_name("MAIL"),
         &app::Config::acme_contact);
    wins(command.add_option("--acme-authorities", flags->acme_authorities, "PEM file: who vouches for the authority's own address"),
         &app::Config::acme_authorities);
    wins(command.add_option("--http-port", flags->http_port, "plain HTTP beside TLS; 80 with --domain")->check(CLI::Range(0, 65'535)),
         &app::Config::http_port);
    wins(command.add_option("--tls", flags->tls, "local: TLS in a home network, by an authority of its own")->type_name("local"),
         &app::Config::tls);
    wins(command.add_option("--media", flags->media, "where pictures and videos are kept; several nodes share one folder")
             ->type_name("FOLDER"),
         &app::Config::media);
    wins(command.add_option("--country-file", flags->country_file, "a database in MaxMind's format: link rules and counts by country"),
         &app::Config::country_file);
    wins(command.add_option("--country-header", flags->country_header,
                            "without a file: the header in which a proxy in front says the country"),
         &app::Config::country_header);
    wins(command.add_option("--deny-file", flags->deny_file, "hosts and addresses that no link may lead to; read again when it changes"),
         &app::Config::deny_file);
    wins(command.add_option("--watch-file", flags->watch_file, "likewise, but people are asked before they go there"),
         &app::Config::watch_file);
    auto print_addresses = std::make_shared<bool>(false);
    command.add_flag("--print-addresses", *print_addresses, "when ready, print the shop's addresses and a one-time login link");
    command.add_flag("--test-mode", flags->test_mode, "for test suites on this machine only");
    command.add_option("--simulation-secret", flags->simulation_secret, "what simulation requests of test mode must carry");
    command.callback([&common, flags, print_addresses, said] {
        common.run = [&common, flags, print_addresses, said]() -> Status {
            auto& config = common.config;
            const auto database = config.database;
            TRY(app::read_config_file(config));
            if (!database.empty()) config.database = database;
            for (const auto& [option, take] : *said) {
                if (option->count() > 0) take(config);
            }
            config.test_mode = flags->test_mode;
            config.simulation_secret = flags->simulation_secret;
            TRY(config.settle());
            if (config.test_mode && !config.is_private())
                return fail(Fault::bad_input, "--test-mode is for this machine only; take --host 127.0.0.1");
            return app::serve(config, [&](const app::Ready& now) {
                say("serving on port " + std::to_string(now.port) +
                    (now.plain_port >= 0 ? ", plain HTTP on port " + std::to_string(now.plain_port) : ""));
                if (!now.trust_url.empty()) {
                    say("phones learn to trust it at " + now.trust_url + "\n" + wire::qr_blocks(now.trust_url) +
                        "SHA-256 of its certificate, to compare there: " + now.fingerprint);
                }
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
