#include <memory>

#include "cli/command.hpp"

namespace barrow::cli {

void add_shop(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("shop", "the shops that live here");
    group.require_subcommand(1);
    {
        auto& command = *group.add_subcommand("create", "make a shop; prints its addresses and a one-time login link");
        add_place(command, common);
        add_json(command, common);
        struct Wanted {
            std::string slug, name, host, currency = "EUR";
        };
        auto wanted = std::make_shared<Wanted>();
        command.add_option("SLUG", wanted->slug, "its short name: a-z, 0-9 and inner hyphens")->required();
        command.add_option("--name", wanted->name, "its name on every page")->required();
        command.add_option("--host", wanted->host, "its own domain, where it has one: mira.example");
        command.add_option("--currency", wanted->currency, "of all its prices; it stays")->capture_default_str();
        command.callback([&common, wanted] {
            common.run = [&common, wanted]() -> Status {
                const auto made = TRY(cli::command(
                    common, "create_shop",
                    wire::Json::object(
                        {{"slug", wanted->slug}, {"name", wanted->name}, {"host", wanted->host}, {"currency", wanted->currency}})));
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
    {
        auto& command = *group.add_subcommand("list", "the shops, in order of birth; the first answers for unknown hosts");
        add_place(command, common);
        add_json(command, common);
        command.callback([&common] {
            common.run = [&common]() -> Status {
                const auto offline = TRY(open_to_read(common));
                wire::Json::Array rows;
                for (const auto& tenant : offline->directory().all()) {
                    const auto& shop = tenant->shop;
                    rows.push_back(wire::Json::object(
                        {{"slug", shop.slug}, {"name", shop.name}, {"host", shop.host}, {"currency", shop.currency.code()}}));
                    if (!common.json) say(shop.slug + "  " + shop.name + (shop.host.empty() ? "" : "  " + shop.host));
                }
                if (common.json) say(wire::write_json_pretty(wire::Json::object({{"shops", std::move(rows)}})));
                return {};
            };
        });
    }
}

}  // namespace barrow::cli
