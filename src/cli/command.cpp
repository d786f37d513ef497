#include "cli/command.hpp"

#include <cstdio>
#include <filesystem>

#include "app/local_socket.hpp"

namespace barrow::cli {

void add_place(CLI::App& command, Common& common) {
    command.add_option("--data", common.config.data, "the folder with keys, uploads and the SQLite file")
        ->capture_default_str()
        ->type_name("DIR");
    command.add_option("--database", common.config.database, "postgres://… in place of the SQLite file in the data folder")
        ->type_name("URL");
}
void add_shop_choice(CLI::App& command, Common& common) {
    command.add_option("--shop", common.shop, "which shop, where there are several")->type_name("SLUG");
}
void add_json(CLI::App& command, Common& common) { command.add_flag("--json", common.json, "print JSON"); }

Result<wire::Json> command(Common& common, std::string_view name, wire::Json arguments) {
    auto config = common.config;
    TRY(app::read_config_file(config));
    TRY(config.settle());
    if (!common.config.database.empty()) config.database = common.config.database;
    arguments.set("shop", common.shop);
    auto answer = app::ask_server(config.socket_path(), name, arguments);
    common.server_runs = answer.has_value();
    if (answer) return std::move(*answer);
    const bool makes_a_shop = name == "demo" || name == "create_shop";
    const auto offline = TRY(app::Offline::open(config, makes_a_shop ? app::DataFolder::Missing::make : app::DataFolder::Missing::refuse));
    auto desk = offline->desk();
    return app::run_command(desk, name, arguments);
}

Result<std::unique_ptr<app::Offline>> open_to_read(Common& common) {
    const auto database = common.config.database;
    TRY(app::read_config_file(common.config));
    TRY(common.config.settle());
    if (!database.empty()) common.config.database = database;
    return app::Offline::open(common.config, app::DataFolder::Missing::refuse);
}

void say(const std::string& line) { std::printf("%s\n", line.c_str()); }

void hint(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

void say_members(const wire::Json& object) {
    for (const auto& [name, value] : object.members()) {
        if (value.is_text()) say(name + std::string(name.size() < 10 ? 10 - name.size() : 1, ' ') + value.text());
    }
}

}  // namespace barrow::cli
