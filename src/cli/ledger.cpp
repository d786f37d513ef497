#include "rooms/ledger/ledger.hpp"

#include <algorithm>
#include <memory>

#include "cli/command.hpp"

namespace barrow::cli {

namespace {

void add_split(CLI::App& group, Common& common) {
    auto& command = *group.add_subcommand("split", "who gets which part of what a product brings after tax; without shares, show it");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    struct Wanted {
        std::string product;
        std::vector<std::string> shares;
    };
    auto wanted = std::make_shared<Wanted>();
    command.add_option("PRODUCT", wanted->product, "the product's slug: tide-lamp")->required();
    command.add_option("SHARES", wanted->shares,
                       "percentages that sum to 100: creator=90 partner:glassblower=10 (also platform=, affiliate:NAME=)");
    command.callback([&common, wanted] {
        common.run = [&common, wanted]() -> Status {
            wire::Json told;
            if (wanted->shares.empty()) {
                const auto offline = TRY(open_to_read(common));
                const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
                told = TRY(offline->db().read_now([&](store::Tx& tx) -> Result<wire::Json> {
                    const auto product = TRY(catalog::find(tx, tenant->shop.id, std::string_view(wanted->product)));
                    return app::split_json(product, TRY(ledger::split_of(tx, tenant->shop.id.text, product.id.text)));
                }));
            } else {
                wire::Json::Array shares;
                for (const auto& share : wanted->shares) shares.push_back(share);
                told = TRY(
                    cli::command(common, "set_split", wire::Json::object({{"product", wanted->product}, {"shares", std::move(shares)}})));
                hint("Orders that are paid from now on are shared so; those of before stay as they were posted.");
            }
            if (common.json) {
                say(wire::write_json_pretty(told));
                return {};
            }
            for (const auto& share : told.find("shares")->items()) {
                auto label = share.find("to")->text();
                label.resize(std::max<std::size_t>(label.size() + 1, 34), ' ');
                say(label + share.find("percent")->text() + " %");
            }
            return {};
        };
    });
}

}  // namespace

void add_ledger(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("ledger", "the books");
    group.require_subcommand(1);
    add_split(group, common);
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
