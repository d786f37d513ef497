// Who visits: how many programs read_agent finds (recall), how many people it takes for one (false positives), how many of those
// sit inside an app, and what one agent costs; beside it, in the same run, the search for "bot", "crawl" and "spider" that many
// sites use. Our own sets always; others, one agent a line, by --crawlers and --people.
//   bench_agents [--json] [--crawlers FILE]… [--people FILE]… [--own FOLDER]
//   bench_agents --left FILE     prints the agents that the general rules leave: what tools/agents/derive.py works on
//   bench_agents --people-in FILE, --programs-in FILE     prints the agents that are read so
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/telemetry/agent.hpp"
#include "rooms/telemetry/agent_rules.hpp"

namespace {

using barrow::telemetry::AgentKind;
using barrow::telemetry::App;
using barrow::telemetry::read_agent;
using Lines = std::vector<std::string>;

// Agents one a line; '#' begins a remark.
Lines read_lines(const std::string& path) {
    std::ifstream in(path);
    if (!in) {
        std::fprintf(stderr, "bench_agents: %s can not be read; give a file with one user agent a line\n", path.c_str());
        std::exit(1);
    }
    Lines lines;
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line[0] != '#') lines.push_back(line);
    return lines;
}

struct Set {
    std::string name;
    bool people;
    Lines agents;
};

struct Wanted {
    std::vector<Set> sets;
    std::string own = "tests/agents";
    bool json = false;
};

template <typename Chosen>
[[noreturn]] void print_chosen(const std::string& path, Chosen chosen) {
    for (const auto& agent : read_lines(path))
        if (chosen(agent)) std::printf("%s\n", agent.c_str());
    std::exit(0);
}

bool is_person(const std::string& agent) { return read_agent(agent).kind == AgentKind::person; }

// "crawlers.yml" of "build/agents/crawlers.yml.txt".
std::string file_name(const std::string& path) {
    auto name = path.substr(path.rfind('/') + 1);
    if (name.ends_with(".txt")) name.resize(name.size() - 4);
    return name;
}

Wanted read(int argc, char** argv) {
    Wanted wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
        if (word == "--json")
            wanted.json = true;
        else if (word == "--own")
            wanted.own = value();
        else if (word == "--left")
            print_chosen(value(), [](const std::string& agent) { return !barrow::telemetry::told_by_rules(agent); });
        else if (word == "--people-in")
            print_chosen(value(), is_person);
        else if (word == "--programs-in")
            print_chosen(value(), [](const std::string& agent) { return !is_person(agent); });
        else if (word == "--crawlers" || word == "--people") {
            const auto path = value();
            wanted.sets.push_back({file_name(path), word == "--people", read_lines(path)});
        } else {
            std::fprintf(stderr, "bench_agents: there is no option %s; there are --crawlers, --people, --own, --json\n", word.c_str());
            std::exit(2);
        }
    }
    wanted.sets.push_back({"own programs", false, read_lines(wanted.own + "/programs.txt")});
    wanted.sets.push_back({"own people", true, read_lines(wanted.own + "/people.txt")});
    return wanted;
}

// What many sites do: /bot|crawl|spider/i.
bool has_plain_word(std::string_view agent) {
    constexpr std::array<std::string_view, 3> words{"bot", "crawl", "spider"};
    for (std::size_t i = 0; i < agent.size(); ++i) {
        for (const auto word : words) {
            if ((agent[i] | 0x20) != word[0] || agent.size() - i < word.size()) continue;
            if (std::ranges::equal(word, agent.substr(i, word.size()), {}, {}, [](char c) { return static_cast<char>(c | 0x20); }))
                return true;
        }
    }
    return false;
}

struct Counts {
    std::size_t programs = 0, plain_programs = 0;  // agents read as programs, and by the plain words
    std::size_t in_app = 0, in_app_lost = 0;       // people in the browser of an app that we know by name
};

Counts count(const Set& set) {
    Counts counts;
    for (const auto& agent : set.agents) {
        const auto read = read_agent(agent);
        const bool program = read.kind != AgentKind::person;
        const bool in_app = set.people && agent.starts_with("Mozilla/") && read.app != App::none && read.app != App::other;
        counts.programs += program;
        counts.plain_programs += has_plain_word(agent);
        counts.in_app += in_app;
        counts.in_app_lost += in_app && program;
    }
    return counts;
}

// Nanoseconds an agent, the median of several rounds over all sets.
template <typename Reader>
double nanoseconds(const std::vector<Set>& sets, Reader reader) {
    constexpr int rounds = 15;
    std::vector<double> times;
    std::size_t found = 0;
    for (int round = 0; round < rounds; ++round) {
        std::size_t agents = 0;
        const auto began = std::chrono::steady_clock::now();
        for (const auto& set : sets) {
            for (const auto& agent : set.agents) found += reader(agent);
            agents += set.agents.size();
        }
        times.push_back(std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - began).count() /
                        static_cast<double>(agents));
    }
    if (found == 0) std::fprintf(stderr, "bench_agents: no program in any set\n");
    std::ranges::nth_element(times, times.begin() + rounds / 2);
    return times[rounds / 2];
}

double percent(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

int main(int argc, char** argv) {
    const auto wanted = read(argc, argv);
    const auto ours_ns = nanoseconds(wanted.sets, [](const std::string& agent) { return !is_person(agent); });
    const auto plain_ns = nanoseconds(wanted.sets, [](const std::string& agent) { return has_plain_word(agent); });
    if (wanted.json) {
        std::printf("{\"ns\": %.0f, \"plain_ns\": %.0f, \"sets\": [", ours_ns, plain_ns);
        const char* comma = "";
        for (const auto& set : wanted.sets) {
            const auto counts = count(set);
            std::printf(
                R"(%s{"set": "%s", "people": %s, "agents": %zu, "programs": %zu, "plain_programs": %zu, "in_app": %zu, "in_app_lost": %zu})",
                comma, set.name.c_str(), set.people ? "true" : "false", set.agents.size(), counts.programs, counts.plain_programs,
                counts.in_app, counts.in_app_lost);
            comma = ", ";
        }
        std::printf("]}\n");
        return 0;
    }
    std::printf("%-28s %8s  %-34s %s\n", "set", "agents", "ours", "bot|crawl|spider");
    for (const auto& set : wanted.sets) {
        const auto counts = count(set);
        const auto all = set.agents.size();
        if (set.people) {
            std::printf("%-28s %8zu  %6.2f %% false (%zu), in-app %zu/%zu  %6.2f %% false\n", set.name.c_str(), all,
                        percent(counts.programs, all), counts.programs, counts.in_app_lost, counts.in_app,
                        percent(counts.plain_programs, all));
        } else {
            std::printf("%-28s %8zu  %6.2f %% found (%zu missed)         %6.2f %% found\n", set.name.c_str(), all,
                        percent(counts.programs, all), all - counts.programs, percent(counts.plain_programs, all));
        }
    }
    std::printf("%.0f ns an agent, plain words %.0f ns: ratio %.2f\n", ours_ns, plain_ns, ours_ns / plain_ns);
}
