#include "rooms/ledger/ledger.hpp"

#include "cli/command.hpp"

namespace barrow::cli {

void add_ledger(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("ledger", "the books");
    group.require_subcommand(1);
    auto& command = *group.add_subcommand("check", "sum every entry anew and say whether the books are sound");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    command.callback([&common] {
        common.run = [&common]() -> Status {
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            const auto report = TRY(offline->db().read_now([&](store::Tx& tx) { return ledger::check(tx, tenant->shop.id.text); }));
            std::int64_t debits = 0, credits = 0;
            wire::Json::Array accounts;
            for (const auto& sum : report.sums) {
                debits += sum.debit_minor;
                credits += sum.credit_minor;
                accounts.push_back(wire::Json::object({{"account", ledger::name(sum.account.kind)},
                                                       {"owner", sum.account.owner},
                                                       {"currency", sum.currency.code()},
                                                       {"debit_minor", sum.debit_minor},
                                                       {"credit_minor", sum.credit_minor},
                                                       {"balance_minor", sum.balance_minor()}}));
            }
            const auto faults = report.imbalances.size() + report.orphan_entries.size() + report.empty_journals.size();
            if (common.json) {
                say(wire::write_json_pretty(wire::Json::object({{"sound", report.sound()},
                                                                {"journals", report.journals_count},
                                                                {"debit_minor", debits},
                                                                {"credit_minor", credits},
                                                                {"faults", faults},
                                                                {"accounts", std::move(accounts)}})));
            } else {
                for (const auto& sum : report.sums) {
                    std::string label(ledger::name(sum.account.kind));
                    if (!sum.account.owner.empty()) label += ":" + sum.account.owner;
                    label.resize(std::max<std::size_t>(label.size() + 1, 34), ' ');
                    say(label + display({sum.balance_minor(), sum.currency}));
                }
                say(std::to_string(report.journals_count) + " journals; debits " + std::to_string(debits) + ", credits " +
                    std::to_string(credits) + ", difference " + std::to_string(debits - credits));
            }
            if (!report.sound()) {
                std::string first = !report.imbalances.empty()       ? "journal " + report.imbalances[0].journal_id + " does not balance"
                                    : !report.orphan_entries.empty() ? "entry " + report.orphan_entries[0] + " belongs to nothing"
                                                                     : "journal " + report.empty_journals[0] + " is empty";
                return fail(Fault::storage, "the ledger is not sound: " + first + "; restore a backup and compare");
            }
            return {};
        };
    });
}

}  // namespace barrow::cli
