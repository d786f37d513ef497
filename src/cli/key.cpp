#include <memory>

#include "cli/command.hpp"
#include "rooms/access/login.hpp"

namespace barrow::cli {

void add_key(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("key", "API keys");
    group.require_subcommand(1);
    {
        auto& command = *group.add_subcommand("create", "make an API key; its secret is shown this once");
        add_place(command, common);
        add_shop_choice(command, common);
        add_json(command, common);
        auto name = std::make_shared<std::string>("command line");
        command.add_option("--name", *name, "what the key is for")->capture_default_str();
        command.callback([&common, name] {
            common.run = [&common, name]() -> Status {
                const auto made = TRY(cli::command(common, "create_key", wire::Json::object({{"name", *name}})));
                say(common.json ? wire::write_json_pretty(made) : made.find("secret")->text());
                if (!common.json)
                    hint("This is key " + made.find("id")->text() + "; to end it: barrow key revoke " + made.find("id")->text());
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("list", "the keys in use, newest first; their secrets are not kept");
        add_place(command, common);
        add_shop_choice(command, common);
        add_json(command, common);
        command.callback([&common] {
            common.run = [&common]() -> Status {
                const auto offline = TRY(open_to_read(common));
                const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
                const auto keys = TRY(offline->db().read_now([&](store::Tx& tx) { return access::api_keys(tx, tenant->shop.id); }));
                wire::Json::Array rows;
                for (const auto& key : keys) {
                    rows.push_back(wire::Json::object({{"id", key.id}, {"name", key.name}, {"made", iso(key.made)}}));
                    if (!common.json) say(key.id + "  " + iso(key.made) + "  " + key.name);
                }
                if (common.json) say(wire::write_json_pretty(wire::Json::object({{"keys", std::move(rows)}})));
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("revoke", "end an API key");
        add_place(command, common);
        add_shop_choice(command, common);
        auto id = std::make_shared<std::string>();
        command.add_option("ID", *id, "the key's id")->required();
        command.callback([&common, id] {
            common.run = [&common, id]() -> Status {
                TRY(cli::command(common, "revoke_key", wire::Json::object({{"id", *id}})));
                say("revoked " + *id);
                return {};
            };
        });
    }
}

}  // namespace barrow::cli
