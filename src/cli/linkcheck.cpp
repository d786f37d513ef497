#include <unistd.h>

#include <memory>

#include "cli/command.hpp"
#include "floor/fetch/url.hpp"
#include "rooms/links/check/told.hpp"

namespace barrow::cli {
namespace {

namespace linkcheck = links::linkcheck;

constexpr int compare_tries = 3;  // the middle one is shown: one slow answer says little

struct Flags {
    std::vector<std::string> addresses;
    std::string as, certificates;
    bool compare = false;
};

Status check_links(const Common& common, const Flags& flags) {
    if (flags.addresses.size() > linkcheck::addresses_max)
        return fail(Fault::bad_input, "at most " + std::to_string(linkcheck::addresses_max) + " links at a time");
    linkcheck::How how{.agents = TRY(linkcheck::read_agents(flags.as)), .tries = flags.compare ? compare_tries : 1};
    std::vector<linkcheck::Asked> all;
    for (const auto& address : flags.addresses) {
        all.push_back(TRY(linkcheck::ask(address)));
        // Who runs the command may name an address of the own machine or network; where others' redirects lead is their choice.
        how.own_origins.push_back(fetch::origin(all.back().url));
    }
    const auto fetcher = fetch::open_fetcher({.certificate_authorities_file = flags.certificates});
    const SystemClock clock;
    Loop loop;
    std::vector<linkcheck::Told> told;
    std::size_t fit = 0;
    for (auto& asked : all) {
        if (::isatty(STDERR_FILENO) == 1)
            hint("checking " + std::to_string(told.size() + 1) + " of " + std::to_string(all.size()) + ": " + asked.url);
        auto checked = loop.wait(linkcheck::follow(*fetcher, std::move(asked), how));
        auto verdict = linkcheck::judge(checked, clock.now());
        fit += verdict.fitness == linkcheck::Fitness::fit ? 1 : 0;
        told.push_back({.checked = std::move(checked), .verdict = std::move(verdict)});
    }
    if (common.json) {
        wire::Json::Array links;
        for (const auto& one : told) links.push_back(linkcheck::to_json(one));
        say(wire::write_json_pretty(wire::Json::object({{"links", std::move(links)}})));
    } else if (flags.compare) {
        say(linkcheck::to_comparison(told));
    } else {
        for (const auto& one : told) say(linkcheck::to_text(one));
    }
    if (fit == told.size()) return {};
    const auto count = std::to_string(told.size() - fit);
    return fail(Fault::conflict,
                "to mend before a live: " + count + " of " + std::to_string(told.size()) + (told.size() == 1 ? " link" : " links"));
}

}  // namespace

void add_linkcheck(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("linkcheck", "follow links, also other services', as in-app browsers do: fit for a live?");
    auto flags = std::make_shared<Flags>();
    for (const auto& agent : linkcheck::agents()) flags->as += (flags->as.empty() ? "" : ",") + std::string(agent.word);
    add_json(command, common);
    command.add_option("URL", flags->addresses, "the links")->required();
    command.add_flag("--compare", flags->compare, "one table of all links, each tried three times");
    command.add_option("--as", flags->as, "the browsers to come as")->capture_default_str()->type_name("LIST");
    command.add_option("--certificates", flags->certificates, "PEM file of certificate authorities in place of the system's")
        ->type_name("FILE");
    command.callback([&common, flags] { common.run = [&common, flags] { return check_links(common, *flags); }; });
}

}  // namespace barrow::cli
