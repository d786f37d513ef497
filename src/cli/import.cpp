#include "rooms/links/import/import.hpp"

#include <memory>

#include "cli/command.hpp"
#include "cli/files.hpp"

namespace barrow::cli {

void add_import(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("import", "bring your things in from another service");
    group.require_subcommand(1);
    auto& command = *group.add_subcommand("links", "short links, with what they had counted");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    struct Flags {
        std::string file, service;
        bool dry_run = false;
    };
    auto flags = std::make_shared<Flags>();
    command.add_option("FILE", flags->file, "the service's export")->required();
    command.add_option("--from", flags->service, "the service: " + links::import::services_text())->required();
    command.add_flag("--dry-run", flags->dry_run, "say what would happen, change nothing");
    command.callback([&common, flags] {
        common.run = [&common, flags]() -> Status {
            const auto text = TRY(read_file(flags->file, 48 << 20));
            const auto told = TRY(cli::command(
                common, "import_links", wire::Json::object({{"service", flags->service}, {"file", text}, {"dry_run", flags->dry_run}})));
            if (common.json) {
                say(wire::write_json_pretty(told));
                return {};
            }
            const auto count = [&](std::string_view name) { return std::to_string(told.find(name)->integer()); };
            say(std::string(flags->dry_run ? "would add " : "added ") + count("added") + ", already there " + count("same") +
                ", not taken " + count("refused_count"));
            if (const auto& note = told.find("note")->text(); !note.empty()) say("note: " + note);
            for (const auto& one : told.find("refused")->items()) {
                say("  " + one.find("where")->text() + " " + one.find("slug")->text() + ": " + one.find("why")->text());
            }
            return {};
        };
    });
}

}  // namespace barrow::cli
