#include <memory>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "rooms/letters/letters.hpp"

namespace barrow::cli {
namespace {

// A page at a time, so that the memory does not grow with the list.
Status write_letters(store::Database& db, const Id<access::Shop>& shop, const Out& out) {
    const auto cannot = [] { return fail(Fault::storage, "cannot write all of it; is the disk full?"); };
    if (!out(letters::csv_header())) return cannot();
    for (std::string after;;) {
        const auto people = TRY(db.read_now([&](store::Tx& tx) { return letters::page(tx, shop, after, letters::page_max); }));
        if (people.empty()) return {};
        after = people.back().id;
        for (const auto& one : people) {
            if (!out(letters::csv_line(one))) return cannot();
        }
    }
}

}  // namespace

void add_export_letters(CLI::App& barrow, Common& common) {
    auto& command = *export_group(barrow).add_subcommand("letters", "who signed up for letters, with the words they agreed to, as CSV");
    add_place(command, common);
    add_shop_choice(command, common);
    auto file_name = std::make_shared<std::string>();
    command.add_option("--out", *file_name, "the file to write; to the terminal when left out")->type_name("FILE");
    command.callback([&common, file_name] {
        common.run = [&common, file_name]() -> Status {
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            return write_file(*file_name, [&](const Out& out) { return write_letters(offline->db(), tenant->shop.id, out); });
        };
    });
}

}  // namespace barrow::cli
