// What every command shares: the data folder, the shop, --json, and how results and errors are told.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "app/config.hpp"
#include "app/desk.hpp"
#include "floor/wire/json.hpp"

namespace barrow::cli {

struct Common {
    app::Config config;
    std::string shop;
    bool json = false;
    bool server_runs = false;     // the last command went through one
    std::function<Status()> run;  // set by the command that was chosen
};

// --data, --database for every command; --shop and --json where they mean something.
void add_place(CLI::App& command, Common& common);
void add_shop_choice(CLI::App& command, Common& common);
void add_json(CLI::App& command, Common& common);

// Runs a writing command: through the server that runs on this data folder, else on the data folder itself. Those that make a shop
// make the folder too; the others refuse one that is missing.
Result<wire::Json> command(Common& common, std::string_view name, wire::Json arguments);

// A reading command's data folder. Refuses one that is not there.
Result<std::unique_ptr<app::Offline>> open_to_read(Common& common);

// One line on stdout; a hint goes to stderr, where no script reads it.
void say(const std::string& line);
void hint(const std::string& line);

// "name  value" for each text of an object.
void say_members(const wire::Json& object);

// One per file.
void add_serve(CLI::App& barrow, Common& common);
void add_shop(CLI::App& barrow, Common& common);
void add_demo(CLI::App& barrow, Common& common);
void add_import(CLI::App& barrow, Common& common);
void add_export(CLI::App& barrow, Common& common);
void add_linkcheck(CLI::App& barrow, Common& common);
void add_report(CLI::App& barrow, Common& common);
void add_ledger(CLI::App& barrow, Common& common);
void add_clicks(CLI::App& barrow, Common& common);
void add_snippet(CLI::App& barrow, Common& common);
void add_publish(CLI::App& barrow, Common& common);
CLI::App& export_group(CLI::App& barrow);  // "barrow export …": made by whoever comes first
void add_export_letters(CLI::App& barrow, Common& common);
void add_export_shop(CLI::App& barrow, Common& common);
void add_doctor(CLI::App& barrow, Common& common);
void add_link(CLI::App& barrow, Common& common);
void add_escape(CLI::App& barrow, Common& common);
void add_login(CLI::App& barrow, Common& common);
void add_operator(CLI::App& barrow, Common& common);
void add_domain(CLI::App& barrow, Common& common);
void add_key(CLI::App& barrow, Common& common);
void add_guard(CLI::App& barrow, Common& common);  // guard, touchpoints

}  // namespace barrow::cli
