// Rules: where a link leads for whom. Pure: what is known of a visit goes in, a target comes out; nothing is stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/result.hpp"
#include "floor/base/time.hpp"
#include "floor/base/zone.hpp"
#include "floor/wire/json.hpp"
#include "rooms/telemetry/agent.hpp"

namespace barrow::links {

// Where a live session is. Numbers as written in the table `moment`.
enum class Stage : std::uint8_t { before, live, sold_out, after };
std::string_view name(Stage stage);
std::optional<Stage> stage_named(std::string_view name);

// Every condition that is set must hold; of a list, one. A rule without any condition is for everybody.
struct Rule {
    std::vector<telemetry::Device> devices;
    std::vector<telemetry::Os> systems;
    std::vector<telemetry::Browser> browsers;
    std::vector<telemetry::App> apps;                        // App::none: a browser of its own
    bool any_app = false;                                    // inside an app, whichever
    std::vector<std::string> countries;                      // ISO 3166-1 alpha-2, upper case; a visit of unknown country fits none
    std::vector<std::string> languages;                      // "de" fits "de-AT" too; only what the browser prefers most is looked at
    std::vector<std::pair<std::string, std::string>> query;  // a parameter and its value; "*" for any value. All of them must be there
    std::optional<Instant> from, until;                      // from <= now < until
    std::optional<Stage> stage;                              // of the session that the link follows, else of the shop's next one
    std::string target;
    bool operator==(const Rule&) const = default;
};

// A branch of a split.
struct Share {
    std::string target;
    std::int64_t percent = 0;
    bool operator==(const Share&) const = default;
};

inline constexpr std::size_t rules_max = 50, condition_values_max = 60, split_max = 7;

// What a visit tells. Views into the request; nothing of it is kept.
struct Visitor {
    telemetry::Agent agent;
    std::string_view country;   // "DE", "" when it is not known
    std::string_view language;  // the first of Accept-Language: "de-AT"
    std::string_view query;     // as it came, without the "?"
    Instant now;
    std::optional<Stage> stage;
};

bool fits(const Rule& rule, const Visitor& visitor);
// The first rule that fits, nullptr for none. Costs a few comparisons a rule.
const Rule* first_fitting(const std::vector<Rule>& rules, const Visitor& visitor);

// The branch of a unit: 0 is the link's own target, 1 the first of the split. The hash of experiments (seed: the split's number), so a
// visitor stays in a branch as long as its unit is the same, and no cookie is set.
std::size_t branch_of(const std::vector<Share>& split, std::int64_t split_number, std::string_view unit);

// {"if": {"device": ["phone"], "app": ["any"], "country": ["DE"], "query": {"ref": "*"}, "from": "2026-…", "stage": "live"}, "to": "…"}
wire::Json rule_json(const Rule& rule);
// Refuses (bad_input) an unknown condition, name, country or time, and a target that examine_target refuses.
Result<Rule> read_rule(const wire::Json& json);
// "phone or tablet, in instagram or tiktok, from DE or AT": for tables and the studio; "everybody" for none.
// Times are told by the clock of `zone`.
std::string rule_words(const Rule& rule, const Zone& zone = {});

// The value of one parameter of a query, undecoded; nothing when it is not there.
std::optional<std::string_view> parameter(std::string_view query, std::string_view name);
// "de-AT" of "de-AT,de;q=0.9,en;q=0.8".
std::string_view preferred_language(std::string_view accept_language);

}  // namespace barrow::links
