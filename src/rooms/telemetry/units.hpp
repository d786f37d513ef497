// Units: who counts as one viewer in an experiment, without an identifier. HMAC(day salt, shop, ip and agent) is made at
// each request, used and thrown away; the salt is one row that all nodes share, deleted when its UTC day is over.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "floor/base/mutex.hpp"
#include "floor/base/random.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::telemetry {

class DaySalt {
public:
    // Makes or reads the salt of now's day and deletes those of days gone. App calls it at start and at each tick of a new day.
    Status renew(store::Tx& tx, Instant now, Random& random);
    [[nodiscard]] std::int64_t day() const;

    // 22 characters that are the same for one browser at one address until midnight UTC.
    [[nodiscard]] std::string unit(const Id<access::Shop>& shop, std::string_view ip, std::string_view agent) const;

private:
    mutable Mutex mutex_;
    std::int64_t day_ guarded_by(mutex_) = -1;
    std::array<std::uint8_t, 32> salt_ guarded_by(mutex_){};
};

}  // namespace barrow::telemetry
