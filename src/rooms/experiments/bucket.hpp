// Which arm a unit is in: a hash, no storage. The functions are GrowthBook's (SDK specification, "hash" version 2), so that an
// experiment can move in or out without a viewer changing arms.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace barrow::experiments {

// A number in [0, 1) from FNV-1a 32. Version 2: hash(hash(seed + value)) mod 10000; version 1: hash(value + seed) mod 1000,
// kept for imports. Other versions: nothing.
std::optional<double> bucket_hash(std::string_view seed, std::string_view value, int version);

struct BucketRange {
    double from, to;  // from <= n < to
    bool operator==(const BucketRange&) const = default;
};

// The ranges of `arm_count` arms. Coverage outside [0, 1] is clamped; weights that are missing, of another number or do not
// sum to 1 ± 0.01 are taken as equal.
std::vector<BucketRange> bucket_ranges(int arm_count, double coverage, std::span<const double> weights);

// The arm, or -1 for a unit that is not in the experiment.
int choose_arm(double n, std::span<const BucketRange> ranges);

}  // namespace barrow::experiments
