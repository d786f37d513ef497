// Inside telemetry: the general rules of agent.cpp without its list of single names. tools/agents/derive.py asks, through
// bench_agents, which programs the rules leave, so that only those get an entry in the list.
#pragma once

#include <cstddef>
#include <string_view>

namespace barrow::telemetry {

constexpr std::size_t agent_bytes_max = 1'024;  // agents of in-app browsers have up to 700 bytes

bool told_by_rules(std::string_view user_agent);

}  // namespace barrow::telemetry
