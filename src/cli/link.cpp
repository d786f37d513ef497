#include <memory>

#include "cli/command.hpp"
#include "rooms/links/doubt.hpp"

namespace barrow::cli {
namespace {

Status list_reported(Common& common) {
    const auto offline = TRY(open_to_read(common));
    wire::Json::Array rows;
    TRY(offline->db().read_now([&](store::Tx& tx) -> Status {
        for (const auto& tenant : offline->directory().all()) {
            for (const auto& link : TRY(links::reported_links(tx, tenant->shop.id))) {
                rows.push_back(wire::Json::object({{"shop", tenant->shop.slug},
                                                   {"slug", link.slug},
                                                   {"target", link.target},
                                                   {"reports", link.reports},
                                                   {"blocked", link.blocked},
                                                   {"warned", link.warned}}));
                if (!common.json)
                    say(tenant->shop.slug + "  " + link.slug + "  " + std::to_string(link.reports) +
                        (link.reports == 1 ? " report" : " reports") + (link.blocked.empty() ? "" : "  off: " + link.blocked) +
                        (link.warned.empty() ? "" : "  warned: " + link.warned) + "  " + link.target);
            }
        }
        return {};
    }));
    if (common.json) say(wire::write_json_pretty(wire::Json::object({{"links", std::move(rows)}})));
    if (!common.json && rows.empty()) hint("nobody has reported a link");
    return {};
}

}  // namespace

// The operator's switches: they work on every node within a second, whatever the shop's owner does.
void add_link(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("link", "the operator's hand on short links, and taking one away");
    group.require_subcommand(1);
    struct Wanted {
        std::string slug, why;
    };
    struct Verb {
        const char *name, *help, *command, *done;
        bool reason;
    };
    for (const auto& verb : {Verb{"block", "switch a link off: who opens it reads that it is off", "block_link", " is off", true},
                             Verb{"warn", "ask people before they go on, with these words", "warn_link", " asks people first", true},
                             Verb{"remove", "take a link away: its address says that it is gone; for 30 days it can be put back",
                                  "remove_link", " is gone; put it back with: barrow link put-back SLUG", false},
                             Verb{"put-back", "put a removed link back, with all that it had", "put_link_back", " leads on again", false},
                             Verb{"unblock", "let a link lead on again, neither off nor warned about; its reports are settled",
                                  "unblock_link", " leads on again", false}}) {
        auto& command = *group.add_subcommand(verb.name, verb.help);
        add_place(command, common);
        add_shop_choice(command, common);
        auto wanted = std::make_shared<Wanted>();
        command.add_option("SLUG", wanted->slug, "the link")->required();
        if (verb.reason) command.add_option("--why", wanted->why, "the reason, which the shop's owner reads")->required();
        command.callback([&common, wanted, verb] {
            common.run = [&common, wanted, verb]() -> Status {
                auto arguments = wire::Json::object({{"slug", wanted->slug}});
                if (verb.reason) arguments.set("why", wanted->why);
                TRY(cli::command(common, verb.command, std::move(arguments)));
                say(wanted->slug + verb.done);
                return {};
            };
        });
    }
    auto& reported = *group.add_subcommand("reported", "the links that viewers reported, of every shop");
    add_place(reported, common);
    add_json(reported, common);
    reported.callback([&common] { common.run = [&common] { return list_reported(common); }; });
}

}  // namespace barrow::cli
