#include "cli/command.hpp"

namespace barrow::cli {

void add_login(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("login", "print a link that opens the studio once, within fifteen minutes");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    command.callback([&common] {
        common.run = [&common]() -> Status {
            const auto made = TRY(cli::command(common, "login", wire::Json::object()));
            say(common.json ? wire::write_json_pretty(made) : made.find("url")->text());
            if (!common.server_runs) hint("It opens once the shop runs: barrow serve");
            return {};
        };
    });
}

void add_operator(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("operator", "print a link that opens the page of all shops once, within fifteen minutes");
    add_place(command, common);
    add_json(command, common);
    command.callback([&common] {
        common.run = [&common]() -> Status {
            const auto made = TRY(cli::command(common, "operator_login", wire::Json::object()));
            say(common.json ? wire::write_json_pretty(made) : made.find("url")->text());
            if (!common.server_runs) hint("It opens once the installation runs: barrow serve");
            return {};
        };
    });
}

}  // namespace barrow::cli
