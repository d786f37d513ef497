// Our own sets of agents against the goals of the bot filter. ./bench agents prints the same figures, and those of published sets.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "rooms/telemetry/agent.hpp"
#include "support/paths.hpp"

namespace barrow {
namespace {

std::vector<std::string> agents(const std::string& file) {
    std::ifstream in(tests::in_project("tests/agents/" + file));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line[0] != '#') lines.push_back(line);
    return lines;
}

TEST(Agents, AtLeast99Of100ProgramsAreFound) {
    const auto programs = agents("programs.txt");
    ASSERT_GE(programs.size(), 300U);
    std::size_t missed = 0;
    std::string which;
    for (const auto& agent : programs) {
        if (telemetry::read_agent(agent).kind != telemetry::AgentKind::person) continue;
        ++missed;
        which += agent + "\n";
    }
    EXPECT_LE(missed * 100, programs.size()) << which;
}

TEST(Agents, AtMost2Of1000PeopleAreTakenForProgramsAndNobodyInsideAnApp) {
    const auto people = agents("people.txt");
    ASSERT_GE(people.size(), 600U);
    std::size_t lost = 0, in_app = 0;
    std::string which;
    for (const auto& text : people) {
        const auto agent = telemetry::read_agent(text);
        const bool person = agent.kind == telemetry::AgentKind::person;
        if (agent.app != telemetry::App::none) {
            ++in_app;
            EXPECT_TRUE(person) << text;
        }
        if (person) continue;
        ++lost;
        which += text + "\n";
    }
    EXPECT_LE(lost * 1'000, people.size() * 2) << which;
    EXPECT_GE(in_app, 200U);
}

}  // namespace
}  // namespace barrow
