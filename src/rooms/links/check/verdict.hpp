// What a walk along a link means in a live: pure functions over what was recorded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/time.hpp"
#include "rooms/links/check/walk.hpp"

namespace barrow::links::linkcheck {

enum class Severity : std::uint8_t { stops, costs, note };  // buyers do not arrive; they do, and something is lost; good to know
enum class Fitness : std::uint8_t { fit, with_losses, not_fit };

struct Finding {
    std::string name;  // "cached_redirect": for programs
    Severity severity = Severity::note;
    std::string what;  // one sentence each
    std::string cost;  // to the creator, in a live
    std::string mend;
    std::vector<Agent> agents;  // who met it
};

// What became of a parameter, or of the fragment.
struct Trace {
    enum class Fate : std::uint8_t { kept, renamed, changed, dropped } fate = Fate::kept;
    std::string name;
    std::string now_is;   // its new name, or its new value
    std::size_t hop = 0;  // counted from 1: the hop whose redirect did it
    std::string host;     // and that hop's
};

struct Verdict {
    Fitness fitness = Fitness::fit;
    std::vector<Finding> findings;  // the worst first
    // Over all browsers that arrived, the worst of each; empty and none when none did.
    std::vector<Trace> parameters;
    std::optional<Trace> fragment;
    [[nodiscard]] std::size_t kept() const;
    // Of the browsers in apps: how many came where a plain phone's browser comes, of how many that were asked.
    std::size_t in_app_fine = 0, in_app_asked = 0;
};

// A link is fit when every browser arrives at one page, quickly, with all that was sent along, over TLS, and its redirects can be pointed
// elsewhere at once. `now` tells how long certificates last.
Verdict judge(const Checked& checked, Instant now);

// The walk that stands for what everybody can reach: the phone's own browser, else the desktop's, else the first that came through; nullptr
// where none did.
const Walk* plain_walk(const Checked& checked);

// For how long a browser may repeat this hop's redirect without asking (RFC 9111): 0 when it has to ask each time; none when it may for as
// long as it likes (a 301 or 308 that says nothing).
std::optional<std::int64_t> cached_seconds(const Hop& hop);
// Each of what was asked for at the end of one walk.
std::vector<Trace> trace_parameters(const Asked& asked, const Walk& walk);
Trace trace_fragment(const Asked& asked, const Walk& walk);

std::string_view words(Fitness fitness);    // "fit for a live"
std::string_view words(Severity severity);  // "stops buyers"
std::string_view words(End end);            // "arrived", "loop", … for programs

}  // namespace barrow::links::linkcheck
