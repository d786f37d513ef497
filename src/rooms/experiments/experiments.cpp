#include "rooms/experiments/experiments.hpp"

#include "rooms/experiments/bucket.hpp"
#include "rooms/experiments/experiments.sql.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::experiments {

Result<Experiment> start(store::Tx& tx, const Id<access::Shop>& shop, const NewExperiment& wanted, Instant now, Random& random) {
    if (wanted.versions.size() < 2 || wanted.versions.size() > 8)
        return fail(Fault::bad_input, "an experiment needs two to eight versions to compare");
    if (wanted.name.empty() || wanted.name.size() > 80) return fail(Fault::bad_input, "the experiment needs a name of at most 80 bytes");
    Experiment experiment{.id = Id<Experiment>::make(now, random),
                          .number = TRY(telemetry::next_number(tx, shop, "experiment")),
                          .name = wanted.name,
                          .snippet_id = wanted.snippet_id,
                          .arms = {}};
    TRY(tx.run(sql::add_experiment,
               {shop, experiment.id, experiment.number, experiment.name, experiment.snippet_id, experiment.coverage_ppm, now}));
    const std::vector<std::int64_t> equal(wanted.versions.size(), 1);
    const auto weights = split(1'000'000, equal);
    for (std::size_t arm = 0; arm < wanted.versions.size(); ++arm) {
        experiment.arms.push_back({.weight_ppm = weights[arm], .snippet_version = wanted.versions[arm]});
        TRY(tx.run(sql::add_arm, {shop, experiment.id, static_cast<std::int64_t>(arm), weights[arm], wanted.versions[arm]}));
    }
    return experiment;
}

Status end(store::Tx& tx, const Id<access::Shop>& shop, const Id<Experiment>& id, Instant now) {
    if (TRY(tx.run(sql::end_experiment, {shop, id, now})).empty())
        return fail(Fault::not_found, "there is no running experiment of that id");
    return {};
}

Result<std::vector<Experiment>> running(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Experiment> found;
    for (const auto row : TRY(tx.run(sql::running, {shop}))) {
        if (found.empty() || found.back().id.text != row.text("id")) {
            found.push_back({.id = row.id<Experiment>("id"),
                             .number = row.integer("number"),
                             .name = row.text("name"),
                             .snippet_id = row.text("snippet_id"),
                             .coverage_ppm = row.integer("coverage_ppm"),
                             .arms = {}});
        }
        found.back().arms.push_back({.weight_ppm = row.integer("weight_ppm"), .snippet_version = row.integer("snippet_version")});
    }
    return found;
}

std::optional<std::int64_t> arm_of(const Experiment& experiment, const telemetry::Context& context, std::string_view unit) {
    for (const auto& seen : context.arms) {
        if (seen.experiment == experiment.number && seen.arm < static_cast<std::int64_t>(experiment.arms.size())) return seen.arm;
    }
    std::vector<double> weights;
    for (const auto& arm : experiment.arms) weights.push_back(static_cast<double>(arm.weight_ppm) / 1e6);
    const auto ranges =
        bucket_ranges(static_cast<int>(experiment.arms.size()), static_cast<double>(experiment.coverage_ppm) / 1e6, weights);
    const auto arm = choose_arm(*bucket_hash(experiment.id.text, unit, 2), ranges);
    return arm < 0 ? std::nullopt : std::optional<std::int64_t>(arm);
}

}  // namespace barrow::experiments
