#include <memory>

#include "cli/command.hpp"
#include "rooms/links/escapes.hpp"

namespace barrow::cli {
namespace {

Status list_escapes(Common& common) {
    const auto offline = TRY(open_to_read(common));
    const auto told = TRY(offline->db().read_now([&](store::Tx& tx) { return links::standings_everywhere(tx, SystemClock().now()); }));
    wire::Json::Array rows;
    for (const auto& one : told.recipes) {
        const bool on = one.in_force() && !told.all_off_by_operator;
        rows.push_back(wire::Json::object({{"recipe", one.recipe->id}, {"on", on}, {"tries", one.tries}, {"arrived", one.arrived}}));
        if (!common.json)
            say(std::string(one.recipe->id) + (on ? "  on" : "  off") + "  " + std::to_string(one.arrived) + " of " +
                std::to_string(one.tries) + " arrived" + (one.tries == 0 ? "" : "  " + links::arrived_interval(one.arrived, one.tries)));
    }
    if (common.json) say(wire::write_json_pretty(wire::Json::object({{"recipes", std::move(rows)}, {"days", links::days_told}})));
    return {};
}

}  // namespace

// The ways out of apps, for every shop: what they come to, and the operator's switches.
void add_escape(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("escape", "the ways out of apps' own browsers, of every shop");
    group.require_subcommand(1);
    for (const bool on : {false, true}) {
        auto& command = *group.add_subcommand(on ? "on" : "off", on ? "let it be offered again" : "offer it no longer, anywhere, at once");
        add_place(command, common);
        auto recipe = std::make_shared<std::string>();
        command.add_option("RECIPE", *recipe, "one of the list, or all")->required();
        command.callback([&common, recipe, on] {
            common.run = [&common, recipe, on]() -> Status {
                const auto wanted = *recipe == "all" ? "*" : *recipe;
                TRY(cli::command(common, "switch_escape", wire::Json::object({{"recipe", wanted}, {"on", on}})));
                say(*recipe + (on ? " is on" : " is off"));
                return {};
            };
        });
    }
    auto& list = *group.add_subcommand("list", "each with its tries and arrivals of thirty days, over all shops");
    add_place(list, common);
    add_json(list, common);
    list.callback([&common] { common.run = [&common] { return list_escapes(common); }; });
}

}  // namespace barrow::cli
