#include <memory>

#include "cli/command.hpp"
#include "rooms/guard/touchpoints.hpp"

namespace barrow::cli {
namespace {

void say_trouble(const guard::Trouble& trouble, const access::Shop& shop, Instant now) {
    const auto& standing = trouble.target.standing;
    say(trouble.shown + "  " + std::string(guard::words(standing.finding)) + (standing.words.empty() ? "" : " (" + standing.words + ")") +
        (trouble.target.is_ignored(now) ? "  not told of until " + iso_day(trouble.target.ignored->day())
         : trouble.is_certain()         ? std::string()
                                        : std::string("  once; it is looked at again")));
    if (standing.since) say("  since " + iso(*standing.since));
    for (const auto& place : trouble.places) {
        if (place.kind == guard::Place::Kind::block) {
            say("  page " + place.slug + ", " + place.words);
            continue;
        }
        const auto sum = place.lost.basis == guard::Basis::none ? "" : " = " + display({place.lost.minor, shop.currency});
        say("  /s/" + place.slug + ", " + place.words + ": " + guard::arithmetic(place.lost, shop.currency) + sum +
            (place.led_away ? "; led to " + place.fallback : ""));
    }
}

void add_guard_list(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("guard", "which addresses behind the links lead nowhere, and what that costs");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    command.callback([&common] {
        common.run = [&common]() -> Status {
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            const auto& shop = tenant->shop;
            const auto now = SystemClock().now();
            return offline->db().read_now([&](store::Tx& tx) -> Status {
                const auto sum = TRY(guard::summary(tx, shop, now));
                const auto troubles = TRY(guard::troubles(tx, shop, now));
                if (common.json) {
                    wire::Json::Array items;
                    for (const auto& trouble : troubles) items.push_back(guard::json(trouble, shop));
                    say(wire::write_json_pretty(wire::Json::object({{"targets", sum.targets},
                                                                    {"not_looked", sum.not_looked},
                                                                    {"broken", sum.broken},
                                                                    {"warned", sum.warned},
                                                                    {"items", std::move(items)}})));
                    return {};
                }
                for (const auto& trouble : troubles) say_trouble(trouble, shop, now);
                say(std::to_string(sum.targets) + " addresses, " + std::to_string(sum.broken) + " lead nowhere, " +
                    std::to_string(sum.warned) + " to look at, " + std::to_string(sum.not_looked) + " wait for their first look" +
                    (sum.lost_minor > 0 ? "; about " + display({sum.lost_minor, shop.currency}) + " lost" : ""));
                return {};
            });
        };
    });
}

void add_touchpoints(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("touchpoints", "everywhere that people meet the shop, where it leads, and whether it is alive");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    auto choice = std::make_shared<guard::Choice>();
    auto as_csv = std::make_shared<bool>(false);
    command.add_flag("--csv", *as_csv, "as CSV");
    command.add_option("--kind", choice->kind, "only these")
        ->check(CLI::IsMember({"link", "page", "block", "surface", "product", "session", "outside"}));
    command.add_option("--words", choice->words, "only those that hold each of these words");
    command.callback([&common, choice, as_csv] {
        common.run = [&common, choice, as_csv]() -> Status {
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            const auto now = SystemClock().now();
            const auto root = app::shop_address(offline->desk(), tenant->shop);
            const auto found = TRY(offline->db().read_now([&](store::Tx& tx) { return guard::inventory(tx, root, tenant->shop, now); }));
            const auto all = guard::choose(found.all, *choice);
            if (*as_csv) {
                auto text = guard::csv(all);
                text.erase(text.size() - 2);  // say() ends the line
                say(text);
            } else if (common.json) {
                wire::Json::Array items;
                for (const auto& one : all) items.push_back(guard::json(one));
                say(wire::write_json_pretty(wire::Json::object({{"touchpoints", std::move(items)}, {"cut", found.cut}})));
            } else {
                for (const auto& one : all)
                    say(one.kind + "  " + one.name + "  " + one.where + (one.destination.empty() ? "" : " → " + one.destination) + "  " +
                        one.state + (one.looked ? "  looked at " + iso(*one.looked) : "") +
                        (one.clicks ? "  " + std::to_string(*one.clicks) + " clicks" : ""));
            }
            return {};
        };
    });
}

}  // namespace

void add_guard(CLI::App& barrow, Common& common) {
    add_guard_list(barrow, common);
    add_touchpoints(barrow, common);
}

}  // namespace barrow::cli
