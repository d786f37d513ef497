// Repeats: whether the same browser opened the same link a moment ago: a double tap, an app that fetches what it then opens. A table of
// fingerprints under a random key in memory; nothing of it is written down, and what stands in it is worth nothing after `window`.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "floor/base/random.hpp"
#include "floor/base/time.hpp"

namespace barrow::telemetry {

class Repeats {
public:
    // Short, since many people stand behind one address of a mobile network with one and the same app.
    static constexpr Duration window = seconds(2);

    explicit Repeats(Random& random);
    // Remembers this opening, and says whether there was one like it less than `window` ago. From any thread; no lock: two at the very
    // same moment may both be told no, and one in 2^40 may be told yes wrongly.
    bool again(std::string_view shop, std::int64_t link, std::string_view peer, std::string_view agent, Instant now);

private:
    std::uint64_t fingerprint(std::string_view shop, std::int64_t link, std::string_view peer, std::string_view agent) const;
    static bool is_recent(std::uint64_t entry, std::uint64_t fingerprint, Instant now);

    static constexpr std::size_t slots = std::size_t{1} << 18U;  // 2 MiB: 130,000 people a second
    std::array<std::uint8_t, 16> key_{};
    std::unique_ptr<std::array<std::atomic<std::uint64_t>, slots>> seen_;  // 40 bits of fingerprint, 24 bits of time in 10 ms
};

}  // namespace barrow::telemetry
