#include <memory>

#include "cli/command.hpp"
#include "rooms/reports/week.hpp"

namespace barrow::cli {

void add_report(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("report", "what happened");
    group.require_subcommand(1);
    auto& command = *group.add_subcommand("week", "the weekly report: net revenue, conversion, surfaces, arms");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    auto asked = std::make_shared<std::string>();
    command.add_option("WEEK", *asked, "2026-W48; this week when left out");
    command.callback([&common, asked] {
        common.run = [&common, asked]() -> Status {
            const auto monday = asked->empty() ? reports::monday_of(SystemClock().now()) : TRY(reports::read_week(*asked));
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            const auto facts = TRY(offline->db().read_now([&](store::Tx& tx) { return reports::read_facts(tx, tenant->shop.id, monday); }));
            const auto week = reports::week(facts, tenant->shop.currency);
            say(common.json ? wire::write_json_pretty(reports::to_json(week)) : reports::to_text(week));
            return {};
        };
    });
}

}  // namespace barrow::cli
