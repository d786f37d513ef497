#include <memory>

#include "cli/command.hpp"

namespace barrow::cli {

void add_key(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("key", "API keys");
    group.require_subcommand(1);
    {
        auto& command = *group.add_subcommand("create", "make an API key; its secret is shown this once");
        add_place(command, common);
        add_shop(command, common);
        add_json(command, common);
        auto name = std::make_shared<std::string>("command line");
        command.add_option("--name", *name, "what the key is for")->capture_default_str();
        command.callback([&common, name] {
            common.run = [&common, name]() -> Status {
                const auto made = TRY(cli::command(common, "create_key", wire::Json::object({{"name", *name}})));
                say(common.json ? wire::write_json_pretty(made) : made.find("secret")->text());
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("revoke", "end an API key");
        add_place(command, common);
        add_shop(command, common);
        auto id = std::make_shared<std::string>();
        command.add_option("ID", *id, "the key's id")->required();
        command.callback([&common, id] {
            common.run = [&common, id]() -> Status {
                TRY(cli::command(common, "revoke_key", wire::Json::object({{"id", *id}})));
                say("revoked " + *id);
                return {};
            };
        });
    }
}

}  // namespace barrow::cli
