#include "cli/command.hpp"

namespace barrow::cli {

void add_demo(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("demo", "make a demo shop where there is none, and print its addresses");
    add_place(command, common);
    add_json(command, common);
    command.callback([&common] {
        common.run = [&common]() -> Status {
            const auto made = TRY(cli::command(common, "demo", wire::Json::object()));
            if (common.json) {
                say(wire::write_json_pretty(made));
                return {};
            }
            say_members(made);
            if (!common.server_runs) hint("They answer once it runs: barrow serve");
            return {};
        };
    });
}

}  // namespace barrow::cli
