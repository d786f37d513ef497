// The browsers that a link is tried as: what each says it is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/result.hpp"

namespace barrow::links::linkcheck {

// How the guard and the preview name themselves: whoever is asked may know. Our own links count no click of theirs.
inline constexpr std::string_view check_agent = "Barrow-Check/1.0";
// What the link check, which comes as other browsers, puts into the address.
inline constexpr std::string_view probe_name = "x_probe", probe_value = "kept-7f3a", probe_pair = "x_probe=kept-7f3a";

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
