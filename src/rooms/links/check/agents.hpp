// The browsers that a link is tried as: what each says it is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/result.hpp"

namespace barrow::links::linkcheck {

enum class Agent : std::uint8_t { instagram, tiktok, x, mobile, desktop };

struct AgentText {
    Agent agent;
    std::string_view word;   // on the command line and in JSON
    std::string_view label;  // to people
    bool in_app;
    std::string_view user_agent;
};

// All of them, in the order in which they are shown.
std::span<const AgentText> agents();
const AgentText& text_of(Agent agent);

// "instagram,x" → the agents in the order of agents(), each once. Refuses (bad_input) other words, and none at all.
Result<std::vector<Agent>> read_agents(std::string_view words);

}  // namespace barrow::links::linkcheck
