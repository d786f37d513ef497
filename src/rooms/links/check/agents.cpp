#include "rooms/links/check/agents.hpp"

#include <algorithm>

namespace barrow::links::linkcheck {
namespace {

constexpr AgentText all_agents[] = {
    {Agent::instagram, "instagram", "Instagram", true,
     "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram "
     "336.0.0.28.90 (iPhone14,5; iOS 17_5; en_GB; en; scale=3.00; 1170x2532; 613600410)"},
    {Agent::tiktok, "tiktok", "TikTok", true,
     "Mozilla/5.0 (Linux; Android 13; SM-A536B Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
     "Chrome/126.0.6478.122 Mobile Safari/537.36 trill_340503 BytedanceWebview/d8a21c6 musical_ly_2023405030 AppName/musical_ly"},
    {Agent::x, "x", "X", true,
     "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Twitter for "
     "iPhone/10.44"},
    {Agent::mobile, "mobile", "mobile", false,
     "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"},
    {Agent::desktop, "desktop", "desktop", false,
     "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"},
};

}  // namespace

std::span<const AgentText> agents() { return all_agents; }

const AgentText& text_of(Agent agent) { return all_agents[static_cast<std::size_t>(agent)]; }

Result<std::vector<Agent>> read_agents(std::string_view words) {
    std::vector<Agent> chosen;
    std::string known;
    for (const auto& one : all_agents) known += (known.empty() ? "" : ", ") + std::string(one.word);
    while (!words.empty()) {
        const auto word = words.substr(0, words.find(','));
        words.remove_prefix(std::min(word.size() + 1, words.size()));
        const auto* const found = std::ranges::find(all_agents, word, &AgentText::word);
        if (found == std::end(all_agents))
            return fail(Fault::bad_input, "--as: there is no browser \"" + std::string(word) + "\"; there are " + known);
        if (std::ranges::find(chosen, found->agent) == chosen.end()) chosen.push_back(found->agent);
    }
    if (chosen.empty()) return fail(Fault::bad_input, "--as: name one or more of " + known);
    std::ranges::sort(chosen);
    return chosen;
}

}  // namespace barrow::links::linkcheck
