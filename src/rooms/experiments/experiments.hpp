// Experiments on a snippet: arms are versions of its words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::experiments {

struct Experiment {
    Id<Experiment> id;
    std::int64_t number = 0;  // its name in context tokens, and the seed of its hash
    std::string name;
    std::string snippet_id;
    std::int64_t coverage_ppm = 1'000'000;
    struct Arm {
        std::int64_t weight_ppm = 0;
        std::int64_t snippet_version = 0;
    };
    std::vector<Arm> arms;
};

struct NewExperiment {
    std::string name;
    std::string snippet_id;
    std::vector<std::int64_t> versions;  // one arm each, equal weights
};
// Refuses fewer than two or more than eight arms (bad_input).
Result<Experiment> start(store::Tx& tx, const Id<access::Shop>& shop, const NewExperiment& wanted, Instant now, Random& random);
Status end(store::Tx& tx, const Id<access::Shop>& shop, const Id<Experiment>& id, Instant now);

// The shop's running experiments; at most 1,000 arms.
Result<std::vector<Experiment>> running(store::Tx& tx, const Id<access::Shop>& shop);

// The arm of a unit: first the one in its context, so that what it saw before the link stays; else the hash. Nothing when
// the unit is outside the coverage.
std::optional<std::int64_t> arm_of(const Experiment& experiment, const telemetry::Context& context, std::string_view unit);

}  // namespace barrow::experiments
