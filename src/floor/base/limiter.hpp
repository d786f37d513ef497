// Limiter: so many a minute for each name. A bucket that fills again steadily; names that are quiet are forgotten.
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>

#include "floor/base/mutex.hpp"
#include "floor/base/time.hpp"

namespace barrow {

class Limiter {
public:
    // `most` at once, and as many again each `each`.
    Limiter(std::int64_t most, Duration each) : most_(most), each_(each) {}
    // False when this name has had enough for now. From any thread.
    bool take(const std::string& name, Instant now) {
        const Lock lock(mutex_);
        if (buckets_.size() >= names_max) forget(now);
        const auto found = buckets_.try_emplace(name, Bucket{full(), now}).first;
        auto& bucket = found->second;
        bucket.level = std::min(full(), bucket.level + (now - bucket.at).us * most_);
        bucket.at = now;
        if (bucket.level < each_.us) return false;
        bucket.level -= each_.us;
        return true;
    }

    // What was taken for nothing.
    void give_back(const std::string& name) {
        const Lock lock(mutex_);
        if (const auto found = buckets_.find(name); found != buckets_.end())
            found->second.level = std::min(full(), found->second.level + each_.us);
    }

private:
    static constexpr std::size_t names_max = 100'000;
    struct Bucket {
        std::int64_t level;  // a take costs each_.us; a microsecond brings most_
        Instant at;
    };
    [[nodiscard]] std::int64_t full() const { return most_ * each_.us; }
    // Those that are full again say nothing. When everybody is busy, all begin anew: memory has an end, too.
    void forget(Instant now) requires_lock(mutex_) {
        std::erase_if(buckets_, [&](const auto& one) { return now - one.second.at >= each_; });
        if (buckets_.size() >= names_max) buckets_.clear();
    }

    const std::int64_t most_;
    const Duration each_;
    Mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_ guarded_by(mutex_);
};

}  // namespace barrow
