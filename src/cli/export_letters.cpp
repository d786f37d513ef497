#include <cstdio>
#include <fstream>
#include <memory>

#include "cli/command.hpp"
#include "rooms/letters/letters.hpp"

namespace barrow::cli {
namespace {

// A page at a time, so that the memory does not grow with the list.
Status write_letters(store::Database& db, const Id<access::Shop>& shop, const std::function<bool(const std::string&)>& out) {
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
    const auto groups = barrow.get_subcommands([](const CLI::App* one) { return one->get_name() == "export"; });
    auto* group = groups.empty() ? barrow.add_subcommand("export", "take your things with you") : groups[0];
    group->require_subcommand(1);
    auto& command = *group->add_subcommand("letters", "who signed up for letters, with the words they agreed to, as CSV");
    add_place(command, common);
    add_shop_choice(command, common);
    auto file_name = std::make_shared<std::string>();
    command.add_option("--out", *file_name, "the file to write; to the terminal when left out")->type_name("FILE");
    command.callback([&common, file_name] {
        common.run = [&common, file_name]() -> Status {
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            if (file_name->empty()) {
                return write_letters(offline->db(), tenant->shop.id, [](const std::string& text) {
                    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
                });
            }
            std::ofstream file(*file_name, std::ios::binary | std::ios::trunc);
            if (!file) return fail(Fault::bad_input, "cannot write " + *file_name);
            TRY(write_letters(offline->db(), tenant->shop.id, [&](const std::string& text) { return static_cast<bool>(file << text); }));
            file.close();
            return file ? Status() : fail(Fault::storage, "cannot write all of " + *file_name + "; is the disk full?");
        };
    });
}

}  // namespace barrow::cli
