#include <memory>

#include "cli/command.hpp"

namespace barrow::cli {

// The operator's switch: works on every node within a second, whatever the shop's owner does.
void add_link(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("link", "the operator's hand on short links");
    group.require_subcommand(1);
    struct Wanted {
        std::string slug, why;
    };
    const auto add = [&](const char* name, const char* help, bool off) {
        auto& command = *group.add_subcommand(name, help);
        add_place(command, common);
        add_shop_choice(command, common);
        auto wanted = std::make_shared<Wanted>();
        command.add_option("SLUG", wanted->slug, "the link")->required();
        if (off) command.add_option("--why", wanted->why, "the reason, which the shop's owner reads")->required();
        command.callback([&common, wanted, off] {
            common.run = [&common, wanted, off]() -> Status {
                TRY(cli::command(common, "block_link", wire::Json::object({{"slug", wanted->slug}, {"why", wanted->why}})));
                say(wanted->slug + (off ? " is off" : " leads on again"));
                return {};
            };
        });
    };
    add("block", "switch a link off: who opens it reads that it is off", true);
    add("unblock", "let a link lead on again", false);
}

}  // namespace barrow::cli
