#include <algorithm>
#include <memory>

#include "cli/command.hpp"
#include "rooms/access/certificates.hpp"
#include "rooms/access/domains.hpp"

namespace barrow::cli {

void add_domain(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("domain", "the domains that lead to a shop, and their certificates");
    group.require_subcommand(1);
    const auto named = [&](const char* verb, const char* help) -> std::pair<CLI::App*, std::shared_ptr<std::string>> {
        auto* command = group.add_subcommand(verb, help);
        add_place(*command, common);
        add_shop_choice(*command, common);
        auto name = std::make_shared<std::string>();
        command->add_option("NAME", *name, "the domain: links.example")->required();
        return {command, name};
    };
    {
        const auto [command, name] = named("add", "let a domain lead to a shop");
        auto ignores_case = std::make_shared<bool>(false);
        command->add_flag("--ignore-case", *ignores_case,
                          "capitals in its short links do not count; again on one that is there: changes it");
        command->callback([&common, name, ignores_case] {
            common.run = [&common, name, ignores_case]() -> Status {
                const auto made =
                    TRY(cli::command(common, "add_domain", wire::Json::object({{"name", *name}, {"ignores_case", *ignores_case}})));
                say(made.find("domain")->text() + " leads to " + made.find("to")->text());
                return {};
            };
        });
    }
    {
        const auto [command, name] = named("remove", "let it lead there no longer");
        command->callback([&common, name] {
            common.run = [&common, name]() -> Status {
                say("removed " + TRY(cli::command(common, "remove_domain", wire::Json::object({{"name", *name}}))).find("removed")->text());
                return {};
            };
        });
    }
    {
        const auto [command, name] = named("renew", "ask for its certificate now, whatever happened before");
        command->callback([&common, name] {
            common.run = [&common, name]() -> Status {
                TRY(cli::command(common, "renew_domain", wire::Json::object({{"name", *name}})));
                say("asked for as soon as the server's next look, within seconds; see: barrow domain list");
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("list", "every domain of every shop, and what became of its certificate");
        add_place(command, common);
        add_json(command, common);
        command.callback([&common] {
            common.run = [&common]() -> Status {
                const auto offline = TRY(open_to_read(common));
                const auto now = SystemClock().now();
                wire::Json::Array rows;
                const auto read = offline->db().read_now([&](store::Tx& tx) -> Status {
                    const auto domains = TRY(access::all_domains(tx));
                    const auto states = TRY(access::certificate_states(tx));
                    const auto tell = [&](const std::string& name, const std::string& shop, bool ignores_case) {
                        const auto state = std::ranges::find(states, name, &access::CertificateState::name);
                        const auto words = access::certificate_words(state == states.end() ? nullptr : &*state, now);
                        rows.push_back(
                            wire::Json::object({{"name", name}, {"shop", shop}, {"ignores_case", ignores_case}, {"certificate", words}}));
                        if (!common.json)
                            say(name + "  " + (shop.empty() ? "the installation" : shop) + (ignores_case ? "  ignores case" : "") +
                                "  certificate: " + words);
                    };
                    for (const auto& tenant : offline->directory().all()) {
                        if (!tenant->shop.host.empty() &&
                            std::ranges::find(domains, tenant->shop.host, &access::Domain::name) == domains.end())
                            tell(tenant->shop.host, tenant->shop.slug, false);
                        for (const auto& domain : domains) {
                            if (domain.shop == tenant->shop.id) tell(domain.name, tenant->shop.slug, domain.ignores_case);
                        }
                    }
                    for (const auto& state : states) {
                        if (offline->directory().by_host(state.name) == nullptr) tell(state.name, "", false);
                    }
                    return {};
                });
                if (!read) return read;
                if (common.json) say(wire::write_json_pretty(wire::Json::object({{"domains", std::move(rows)}})));
                return {};
            };
        });
    }
}

}  // namespace barrow::cli
