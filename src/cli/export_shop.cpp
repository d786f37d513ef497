#include <memory>

#include "app/shop_export.hpp"
#include "cli/command.hpp"
#include "cli/files.hpp"

namespace barrow::cli {

void add_export_shop(CLI::App& barrow, Common& common) {
    auto& command = *export_group(barrow).add_subcommand("shop", "everything one shop has, a line of JSON each; without keys and sessions");
    add_place(command, common);
    add_shop_choice(command, common);
    auto file_name = std::make_shared<std::string>();
    command.add_option("--out", *file_name, "the file to write; to the terminal when left out")->type_name("FILE");
    command.callback([&common, file_name] {
        common.run = [&common, file_name]() -> Status {
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            const auto now = SystemClock().now();
            std::int64_t rows = 0;
            const auto tell = [&](std::string_view table, std::int64_t count) {
                rows += count;
                if (count > 0 && !file_name->empty()) hint(std::string(table) + ": " + std::to_string(count));
            };
            TRY(write_file(*file_name, [&](const Out& out) { return app::export_shop(offline->db(), tenant->shop, now, out, tell); }));
            if (!file_name->empty()) hint(std::to_string(rows) + " rows are in " + *file_name);
            return {};
        };
    });
}

}  // namespace barrow::cli
