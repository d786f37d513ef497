#include <memory>

#include "cli/command.hpp"
#include "rooms/links/doubt.hpp"

namespace barrow::cli {
namespace {

constexpr std::size_t listed_max = 1'000;

Status list_reported(Common& common) {
    const auto offline = TRY(open_to_read(common));
    wire::Json::Array rows;
    const auto shops = offline->directory().all();
    TRY(offline->db().read_now([&](store::Tx& tx) -> Status {
        for (const auto& [shop, link, last] : TRY(links::reported_links(tx, {}, listed_max))) {
            const auto its = std::ranges::find(shops, shop, [](const auto& tenant) { return tenant->shop.id; });
            if (its == shops.end()) continue;
            rows.push_back(wire::Json::object({{"shop", (*its)->shop.slug},
                                               {"slug", link.slug},
                                               {"target", link.target},
                                               {"reports", link.reports},
                                               {"last", last ? wire::Json(iso(*last)) : wire::Json()},
                                               {"blocked", link.blocked},
                                               {"warned", link.warned}}));
            if (!common.json)
                say((*its)->shop.slug + "  " + link.slug + "  " + std::to_string(link.reports) +
                    (link.reports == 1 ? " report" : " reports") + (link.blocked.empty() ? "" : "  off: " + link.blocked) +
                    (link.warned.empty() ? "" : "  warned: " + link.warned) + "  " + link.target);
        }
        return {};
    }));
    if (common.json) say(wire::write_json_pretty(wire::Json::object({{"links", std::move(rows)}})));
    if (!common.json && rows.empty()) hint("nobody has reported a link");
    if (rows.size() == listed_max) hint("these are the last 1,000; there may be more");
    return {};
}

Status list_denied(Common& common) {
    const auto offline = TRY(open_to_read(common));
    const auto hosts = TRY(offline->db().read_now([&](store::Tx& tx) { return links::denied_hosts(tx, "", links::denied_hosts_max); }));
    wire::Json::Array rows;
    for (const auto& one : hosts) {
        rows.push_back(wire::Json::object({{"host", one.host}, {"why", one.why}, {"added", iso(one.added)}}));
        if (!common.json) say(one.host + (one.why.empty() ? "" : "  " + one.why));
    }
    if (common.json) say(wire::write_json_pretty(wire::Json::object({{"hosts", std::move(rows)}})));
    if (!common.json && rows.empty()) hint("no host is named one by one; a list of others is a file: barrow serve --deny-file FILE");
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
                             Verb{"dismiss", "settle a link's reports; what you said of the link stays", "dismiss_reports",
                                  ": its reports are settled", false},
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
    for (const auto& verb :
         {Verb{"deny", "let no link of any shop lead to a host, or below it", "deny_host", ": no link leads there", true},
          Verb{"allow", "take a host off that list", "allow_host", ": links may lead there again", false}}) {
        auto& command = *group.add_subcommand(verb.name, verb.help);
        add_place(command, common);
        auto wanted = std::make_shared<Wanted>();
        command.add_option("HOST", wanted->slug, "evil.example, or an address there")->required();
        if (verb.reason) command.add_option("--why", wanted->why, "the reason, for whoever runs this");
        command.callback([&common, wanted, verb] {
            common.run = [&common, wanted, verb]() -> Status {
                const auto done =
                    TRY(cli::command(common, verb.command, wire::Json::object({{"host", wanted->slug}, {"why", wanted->why}})));
                say(done.find("host")->text() + verb.done);
                return {};
            };
        });
    }
    auto& denied = *group.add_subcommand("denied", "the hosts that no link may lead to, as they were named one by one");
    add_place(denied, common);
    add_json(denied, common);
    denied.callback([&common] { common.run = [&common] { return list_denied(common); }; });
}

}  // namespace barrow::cli
