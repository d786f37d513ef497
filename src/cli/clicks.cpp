#include "rooms/telemetry/clicks.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/command.hpp"
#include "floor/wire/page.hpp"

namespace barrow::cli {
namespace {

// On a terminal's stderr, so that no script reads it.
void show_progress(std::int64_t done, std::int64_t of) {
    if (isatty(STDERR_FILENO) == 0 || of == 0) return;
    std::fprintf(stderr, "\r%3d %% of %s blocks", static_cast<int>(std::min<std::int64_t>(done * 100 / of, 100)),
                 wire::grouped(of).c_str());
    std::fflush(stderr);
}
void end_progress() {
    if (isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\r\033[K");
}

wire::Json as_json(const telemetry::Audit& audit) {
    auto reasons = wire::Json::object();
    for (const auto& [why, n] : audit.reasons) reasons.set(why, n);
    wire::Json::Array wrong;
    for (const auto& one : audit.wrong) wrong.emplace_back(one.what);
    const auto& gone = audit.gone;
    auto let_go = wire::Json();
    if (gone.before_day > 0)
        let_go = wire::Json::object(
            {{"before", iso_day(gone.before_day)}, {"blocks", gone.blocks}, {"clicks", gone.clicks}, {"not_counted", gone.others}});
    return wire::Json::object({{"good", audit.good()},
                               {"clicks", audit.clicks},
                               {"not_counted", audit.not_counted},
                               {"reasons", std::move(reasons)},
                               {"views", audit.views},
                               {"views_not_counted", audit.views_not_counted},
                               {"chains", audit.chains},
                               {"blocks", audit.blocks},
                               {"seals", audit.seals},
                               {"let_go", std::move(let_go)},
                               {"wrong", std::move(wrong)}});
}

void say_audit(const telemetry::Audit& audit) {
    say(wire::grouped(audit.clicks) + " clicks and " + wire::grouped(audit.not_counted) + " openings that were none, in " +
        wire::grouped(audit.blocks) + " blocks of " + wire::grouped(audit.chains) + (audit.chains == 1 ? " chain, " : " chains, ") +
        wire::grouped(audit.seals) + " signed");
    for (const auto& [why, n] : audit.reasons) {
        auto label = "  not counted: " + why;
        label.resize(std::max<std::size_t>(label.size() + 1, 28), ' ');
        say(label + wire::grouped(n));
    }
    if (audit.views + audit.views_not_counted > 0)
        say(wire::grouped(audit.views) + " views of pages and " + wire::grouped(audit.views_not_counted) + " that were none");
    if (audit.gone.before_day > 0)
        say("blocks before " + iso_day(audit.gone.before_day).substr(0, 7) + " were let go, " + wire::grouped(audit.gone.blocks) +
            " with " + wire::grouped(audit.gone.clicks) + " clicks and views and " + wire::grouped(audit.gone.others) +
            " openings that were none; their sums are in the totals of their months");
    for (const auto& one : audit.wrong) say("  wrong: " + one.what);
}

}  // namespace

void add_clicks(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("clicks", "what was counted");
    group.require_subcommand(1);
    auto& command = *group.add_subcommand("audit", "check the click log's chains and seals, and count every total again from it");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    command.callback([&common] {
        common.run = [&common]() -> Status {
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            const auto audit = TRY(offline->db().read_now([&](store::Tx& tx) { return telemetry::audit(tx, *tenant, show_progress); }));
            end_progress();
            if (common.json)
                say(wire::write_json_pretty(as_json(audit)));
            else
                say_audit(audit);
            if (!audit.good())
                return fail(Fault::storage, "the click log and the totals do not fit: " + audit.wrong[0].what +
                                                "; compare with a backup before you trust these numbers");
            if (!common.json) say("every total follows from the log");
            return {};
        };
    });
}

}  // namespace barrow::cli
