// A walk along a link: every hop that a browser would take, as it was answered. Nothing is judged here; see verdict.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/result.hpp"
#include "floor/base/task.hpp"
#include "floor/fetch/fetch.hpp"
#include "rooms/links/check/agents.hpp"

namespace barrow::links::linkcheck {

inline constexpr std::size_t hops_max = 10;                 // browsers give up after 20; buyers long before
inline constexpr std::size_t body_bytes_max = 256 * 1024;   // a page says early where it sends its reader
inline constexpr long walk_ms_max = 15'000;                 // one link as one browser, all hops
inline constexpr std::size_t addresses_max = 20;            // of one command
inline constexpr std::size_t address_bytes_max = 8 * 1024;  // what servers commonly take

enum class Way : std::uint8_t { typed, header, meta, script };  // how one came to a hop

struct Hop {
    std::string url;  // as the address bar has it, with its fragment
    Way way = Way::typed;
    int status = 0;                // 0: there was no answer
    Fault fault = Fault::outside;  // why not
    std::string problem;           // and in words
    fetch::Timing timing{};
    std::string http_version;
    std::optional<fetch::Tls> tls{};
    bool own_network = false;  // who answered has no public address
    std::string location;      // where it sends on, as sent
    std::string next;          // and as resolved; "" where it sends nowhere
    Way next_way = Way::header;
    int delay_s = 0;  // before it sends on
    std::string cache_control, expires, date, referrer_policy, strict_transport;
    std::vector<std::string> cookies;  // names of those it sets
    std::string title;
    bool challenge = false;     // wants proof that a person is there
    bool interstitial = false;  // asks before it lets go

    [[nodiscard]] bool redirects() const { return !next.empty(); }
};

enum class End : std::uint8_t { arrived, loop, too_many_hops, too_slow, leaves_the_web, no_answer, private_address, bad_location };

struct Walk {
    Agent agent = Agent::mobile;
    std::vector<Hop> hops;
    End end = End::arrived;

    [[nodiscard]] const Hop& last() const { return hops.back(); }
    [[nodiscard]] std::int64_t total_us() const;
};

// One thing that should come through to the end.
struct Probe {
    std::string name, value;
};
// What was asked for, and the same with the probes in it.
struct Asked {
    std::string url, probed;
    std::vector<Probe> parameters;  // those of the address itself, too
    std::string fragment;           // its own, or ours
};
// Adds `utm_source=barrow-check`, `x_probe=…` and `#at-42` where the address has none of that name. "bit.ly/lamp" is read as https, an
// address of this machine as http. Refuses (bad_input) what is no address of the web, or too long.
Result<Asked> ask(std::string_view address);

// The parameters of a query, decoded, in their order; at most 50.
std::vector<Probe> parameters_of(std::string_view url);
std::string fragment_of(std::string_view url);

struct Checked {
    Asked asked;
    std::vector<Walk> walks;             // one for each agent
    std::vector<std::int64_t> tries_us;  // of the first agent: how long each whole walk took, where it arrived

    [[nodiscard]] std::int64_t median_us() const;  // 0 where it never arrived
};

struct How {
    std::vector<Agent> agents;
    int tries = 1;  // of the first agent, one after another
    // fetch::origin of addresses that may be private: this shop's, or those the operator named
    std::vector<std::string> own_origins{};
    long walk_ms = walk_ms_max;
};
// All agents at once, then the further tries. Each hop is a connection of its own, as a buyer's first visit is, and comes under the address
// rules unless its origin is one of ours. Cookies go back to the host that set them, within one walk. Costs at most tries × walk_ms_max.
Task<Checked> follow(fetch::Fetcher& fetcher, Asked asked, How how);

}  // namespace barrow::links::linkcheck
