#include "rooms/experiments/bucket.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>

namespace barrow::experiments {
namespace {

std::uint32_t fnv1a(std::string_view text) {  // Fowler, Noll, Vo: FNV-1a, 32 bits
    std::uint32_t hash = 2'166'136'261U;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 16'777'619U;
    }
    return hash;
}

}  // namespace

std::optional<double> bucket_hash(std::string_view seed, std::string_view value, int version) {
    if (version == 2) {
        const auto inner = fnv1a(std::string(seed) + std::string(value));
        return fnv1a(std::to_string(inner)) % 10'000 / 10'000.0;
    }
    if (version == 1) return fnv1a(std::string(value) + std::string(seed)) % 1'000 / 1'000.0;
    return std::nullopt;
}

std::vector<BucketRange> bucket_ranges(int arm_count, double coverage, std::span<const double> weights) {
    coverage = std::clamp(coverage, 0.0, 1.0);
    std::vector<double> used(weights.begin(), weights.end());
    if (static_cast<int>(used.size()) != arm_count || std::abs(std::accumulate(used.begin(), used.end(), 0.0) - 1) > 0.01) {
        used.assign(static_cast<std::size_t>(arm_count), 1.0 / arm_count);
    }
    std::vector<BucketRange> ranges;
    double start = 0;
    for (const auto weight : used) {
        ranges.push_back({start, start + coverage * weight});
        start += weight;
    }
    return ranges;
}

int choose_arm(double n, std::span<const BucketRange> ranges) {
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        if (n >= ranges[i].from && n < ranges[i].to) return static_cast<int>(i);
    }
    return -1;
}

}  // namespace barrow::experiments
