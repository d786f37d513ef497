#include <cstdio>
#include <fstream>
#include <memory>

#include "app/shop_export.hpp"
#include "cli/command.hpp"

namespace barrow::cli {

void add_export_shop(CLI::App& barrow, Common& common) {
    const auto groups = barrow.get_subcommands([](const CLI::App* one) { return one->get_name() == "export"; });
    auto* group = groups.empty() ? barrow.add_subcommand("export", "take your things with you") : groups[0];
    group->require_subcommand(1);
    auto& command = *group->add_subcommand("shop", "everything one shop has, a line of JSON each; without keys and sessions");
    add_place(command, common);
    add_shop_choice(command, common);
    auto file_name = std::make_shared<std::string>();
    command.add_option("--out", *file_name, "the file to write; to the terminal when left out")->type_name("FILE");
    command.callback([&common, file_name] {
        common.run = [&common, file_name]() -> Status {
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            const auto now = SystemClock().now();
            if (file_name->empty()) {
                return app::export_shop(
                    offline->db(), tenant->shop, now,
                    [](const std::string& text) { return std::fwrite(text.data(), 1, text.size(), stdout) == text.size(); }, {});
            }
            std::ofstream file(*file_name, std::ios::binary | std::ios::trunc);
            if (!file) return fail(Fault::bad_input, "cannot write " + *file_name);
            std::int64_t rows = 0;
            TRY(app::export_shop(
                offline->db(), tenant->shop, now, [&](const std::string& text) { return static_cast<bool>(file << text); },
                [&](std::string_view table, std::int64_t count) {
                    rows += count;
                    if (count > 0) hint(std::string(table) + ": " + std::to_string(count));
                }));
            file.close();
            if (!file) return fail(Fault::storage, "cannot write all of " + *file_name + "; is the disk full?");
            hint(std::to_string(rows) + " rows are in " + *file_name);
            return {};
        };
    });
}

}  // namespace barrow::cli
