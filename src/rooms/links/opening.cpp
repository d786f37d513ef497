#include "rooms/links/opening.hpp"

#include "rooms/links/check/agents.hpp"

namespace barrow::links {

using telemetry::WhyNot;

Said said_by(const http::Request& request) {
    Said said;
    for (const auto& [name, value] : request.headers) {
        switch (name.size()) {
            case 5:
                if (name == "x-moz") said.ahead = said.ahead || value.find("prefetch") != value.npos;
                break;
            case 6:
                said.cookies = said.cookies || name == "cookie";
                break;
            case 7:
                if (name == "referer") said.referrer = value;
                [[fallthrough]];
            case 9:
            case 11:
                if (name == "purpose" || name == "x-purpose" || name == "sec-purpose")
                    said.ahead = said.ahead || value.find("prefetch") != value.npos || value.find("preview") != value.npos;
                break;
            case 10:
                if (name == "user-agent") said.agent = value;
                break;
            case 15:
                if (name == "accept-language") said.language = value;
                break;
            default:
                break;
        }
    }
    return said;
}

Opened opened(const Doors& doors, const access::Visit& visit, const Said& said, std::int64_t subject, const telemetry::Agent& agent,
              Instant now) {
    const auto& request = visit.request;
    // Who says so by hand takes their own click out of the count, and gains nothing.
    if (said.agent.starts_with(linkcheck::check_agent) || request.query.find(linkcheck::probe_pair) != request.query.npos)
        return {.why = WhyNot::check};
    if (request.method == http::Method::head) return {.why = WhyNot::head};
    if (said.ahead) return {.why = WhyNot::prefetch};
    switch (agent.kind) {
        case telemetry::AgentKind::preview:
            return {.why = WhyNot::preview};
        case telemetry::AgentKind::crawler:
            return {.why = WhyNot::crawler};
        case telemetry::AgentKind::tool:
            return {.why = WhyNot::tool};
        case telemetry::AgentKind::person:
            break;
    }
    if (said.cookies && !request.cookie("__Host-" + access::session_cookie(visit.shop())).empty()) return {.why = WhyNot::own};
    const auto place = doors.repeats.place_of(visit.shop().id.text, subject, request.peer);
    return {.why = doors.repeats.again(place, request.peer, said.agent, now) ? WhyNot::repeated : WhyNot::no, .place = place};
}

WhyNot why_not(const Doors& doors, const access::Visit& visit, const Opened& opened, Instant now) {
    return opened.why == WhyNot::no && doors.repeats.floods(opened.place, visit.request.peer, now) ? WhyNot::flood : opened.why;
}

}  // namespace barrow::links
