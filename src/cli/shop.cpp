#include <charconv>
#include <memory>

#include "cli/command.hpp"

namespace barrow::cli {

void add_shop(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("shop", "the shops that live here");
    group.require_subcommand(1);
    {
        auto& command = *group.add_subcommand("create", "make a shop; prints its addresses and a one-time login link");
        add_place(command, common);
        add_json(command, common);
        struct Wanted {
            std::string slug, name, host, currency = "EUR", zone = "UTC", language = "en";
        };
        auto wanted = std::make_shared<Wanted>();
        command.add_option("SLUG", wanted->slug, "its short name: a-z, 0-9 and inner hyphens")->required();
        command.add_option("--name", wanted->name, "its name on every page")->required();
        command.add_option("--host", wanted->host, "its own domain, where it has one: mira.example");
        command.add_option("--currency", wanted->currency, "of all its prices; it stays")->capture_default_str();
        command.add_option("--zone", wanted->zone, "its time zone: Europe/Berlin")->capture_default_str();
        command.add_option("--language", wanted->language, "what its pages speak: en, de")->capture_default_str();
        command.callback([&common, wanted] {
            common.run = [&common, wanted]() -> Status {
                const auto made = TRY(cli::command(common, "create_shop",
                                                   wire::Json::object({{"slug", wanted->slug},
                                                                       {"name", wanted->name},
                                                                       {"host", wanted->host},
                                                                       {"currency", wanted->currency},
                                                                       {"zone", wanted->zone},
                                                                       {"language", wanted->language}})));
                if (common.json) {
                    say(wire::write_json_pretty(made));
                    return {};
                }
                say_members(made);
                if (!common.server_runs) hint("They answer once it runs: barrow serve");
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("zone", "the clock by which a shop's times are typed and told");
        add_place(command, common);
        add_json(command, common);
        struct Wanted {
            std::string slug, zone;
        };
        auto wanted = std::make_shared<Wanted>();
        command.add_option("SLUG", wanted->slug, "the shop")->required();
        command.add_option("ZONE", wanted->zone, "an IANA name: Europe/Berlin")->required();
        command.callback([&common, wanted] {
            common.run = [&common, wanted]() -> Status {
                common.shop = wanted->slug;
                const auto done = TRY(cli::command(common, "set_zone", wire::Json::object({{"zone", wanted->zone}})));
                if (common.json) say(wire::write_json_pretty(done));
                if (!common.json) say_members(done);
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("language", "what a shop's public pages speak; its own texts stay as they are");
        add_place(command, common);
        add_json(command, common);
        struct Wanted {
            std::string slug, language;
        };
        auto wanted = std::make_shared<Wanted>();
        command.add_option("SLUG", wanted->slug, "the shop")->required();
        command
            .add_option("TAG", wanted->language, "a BCP 47 tag: en, de, de-AT; a language that Barrow has no words of gets English ones")
            ->required();
        command.callback([&common, wanted] {
            common.run = [&common, wanted]() -> Status {
                common.shop = wanted->slug;
                const auto done = TRY(cli::command(common, "set_language", wire::Json::object({{"language", wanted->language}})));
                if (common.json) say(wire::write_json_pretty(done));
                if (!common.json) say_members(done);
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("home", "the country where a shop pays its tax");
        add_place(command, common);
        add_json(command, common);
        struct Wanted {
            std::string slug, country;
        };
        auto wanted = std::make_shared<Wanted>();
        command.add_option("SLUG", wanted->slug, "the shop")->required();
        command.add_option("COUNTRY", wanted->country, "two letters of ISO 3166: DE, FR")->required();
        command.callback([&common, wanted] {
            common.run = [&common, wanted]() -> Status {
                common.shop = wanted->slug;
                const auto done = TRY(cli::command(common, "set_home_country", wire::Json::object({{"country", wanted->country}})));
                if (common.json) say(wire::write_json_pretty(done));
                if (!common.json) say_members(done);
                return {};
            };
        });
    }
    {
        auto& command =
            *group.add_subcommand("rotate-key", "a new signing key from now on; the old one vouches for it, and what it signed stays good");
        add_place(command, common);
        add_json(command, common);
        auto slug = std::make_shared<std::string>();
        command.add_option("SLUG", *slug, "the shop")->required();
        command.callback([&common, slug] {
            common.run = [&common, slug]() -> Status {
                common.shop = *slug;
                const auto done = TRY(cli::command(common, "rotate_signing_key", wire::Json::object()));
                if (common.json) say(wire::write_json_pretty(done));
                if (!common.json) say_members(done);
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("suspend", "close a shop to viewers; its owner still reads and exports everything");
        add_place(command, common);
        add_json(command, common);
        struct Wanted {
            std::string slug, why;
        };
        auto wanted = std::make_shared<Wanted>();
        command.add_option("SLUG", wanted->slug, "the shop")->required();
        command.add_option("--why", wanted->why, "the reason, which its owner reads")->required();
        command.callback([&common, wanted] {
            common.run = [&common, wanted]() -> Status {
                if (wanted->why.empty()) return fail(Fault::bad_input, "say why: its owner reads it");
                common.shop = wanted->slug;
                const auto done = TRY(cli::command(common, "suspend_shop", wire::Json::object({{"why", wanted->why}})));
                if (common.json) say(wire::write_json_pretty(done));
                if (!common.json) say("suspended: " + wanted->slug + ". Open it again with: barrow shop resume " + wanted->slug);
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("resume", "open a suspended shop again");
        add_place(command, common);
        add_json(command, common);
        auto slug = std::make_shared<std::string>();
        command.add_option("SLUG", *slug, "the shop")->required();
        command.callback([&common, slug] {
            common.run = [&common, slug]() -> Status {
                common.shop = *slug;
                const auto done = TRY(cli::command(common, "suspend_shop", wire::Json::object()));
                if (common.json) say(wire::write_json_pretty(done));
                if (!common.json) say("open again: " + *slug);
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand(
            "quota", "how much a shop may make in its life (links, pages, products), send a day (mails) and keep (files, megabytes)");
        add_place(command, common);
        add_json(command, common);
        struct Wanted {
            std::string slug, what, most;
        };
        auto wanted = std::make_shared<Wanted>();
        command.add_option("SLUG", wanted->slug, "the shop")->required();
        command.add_option("WHAT", wanted->what, "links, pages, products, mails, files or megabytes")->required();
        command.add_option("MOST", wanted->most, "a whole number, or none")->required();
        command.callback([&common, wanted] {
            common.run = [&common, wanted]() -> Status {
                std::int64_t most = -1;
                if (wanted->most != "none") {
                    const auto* end = wanted->most.data() + wanted->most.size();
                    const auto read = std::from_chars(wanted->most.data(), end, most);
                    if (read.ec != std::errc() || read.ptr != end || most < 0)
                        return fail(Fault::bad_input, "the quota \"" + wanted->most + "\" must be a whole number from 0, or none");
                }
                common.shop = wanted->slug;
                const auto set = TRY(cli::command(common, "set_quota", wire::Json::object({{"what", wanted->what}, {"most", most}})));
                if (common.json) {
                    say(wire::write_json_pretty(set));
                    return {};
                }
                for (const auto& [what, value] : set.members())
                    say(what + "  " + (value.is_integer() ? std::to_string(value.integer()) : value.text()));
                return {};
            };
        });
    }
    {
        auto& command = *group.add_subcommand("list", "the shops, in order of birth; the first answers for unknown hosts");
        add_place(command, common);
        add_json(command, common);
        command.callback([&common] {
            common.run = [&common]() -> Status {
                const auto offline = TRY(open_to_read(common));
                wire::Json::Array rows;
                for (const auto& tenant : offline->directory().all()) {
                    const auto& shop = tenant->shop;
                    rows.push_back(wire::Json::object({{"slug", shop.slug},
                                                       {"name", shop.name},
                                                       {"host", shop.host},
                                                       {"currency", shop.currency.code()},
                                                       {"zone", shop.time_zone},
                                                       {"home_country", shop.home_country},
                                                       {"suspended", shop.suspended}}));
                    if (!common.json) {
                        say(shop.slug + "  " + shop.name + (shop.host.empty() ? "" : "  " + shop.host) + "  " + shop.time_zone +
                            (shop.suspended.empty() ? "" : "  suspended: " + shop.suspended));
                    }
                }
                if (common.json) say(wire::write_json_pretty(wire::Json::object({{"shops", std::move(rows)}})));
                return {};
            };
        });
    }
}

}  // namespace barrow::cli
