// Repeats: whether the same browser opened the same link a moment ago (a double tap, an app that fetches what it then opens), and whether
// one address opens one link more often than a crowd behind it would. Tables of fingerprints under a random key in memory; nothing of them
// is written down, and what stands in them is worth nothing after `window` and after the minute.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "floor/base/random.hpp"
#include "floor/base/time.hpp"

namespace barrow::telemetry {

// Clicks of one link that one address may bring in a minute of the clock; the rest is a flood. One person with a script makes thousands.
// A stream's viewers behind one carrier's address make as many as they are, once each: two hundred of them, with room for those who come
// back. `flood` in barrow.toml says another number, 0 that there is no end.
inline constexpr int flood_usual = 300;
inline constexpr int flood_most = 60'000;  // what a slot can count

class Repeats {
public:
    // Short, since many people stand behind one address of a mobile network with one and the same app.
    static constexpr Duration window = seconds(2);

    explicit Repeats(Random& random, std::int64_t clicks_max = flood_usual);

    // Where an opening comes from: a link and an IPv4 address or an IPv6 /64, which one line has for itself.
    struct Place {
        std::uint64_t hash = 0;
    };
    [[nodiscard]] Place place_of(std::string_view shop, std::int64_t link, std::string_view peer) const;

    // Remembers this opening, and says whether there was one like it less than `window` ago. From any thread; no lock: two at the very
    // same moment may both be told no, and one in 2^40 may be told yes wrongly.
    bool again(Place place, std::string_view peer, std::string_view agent, Instant now);

    // One more click from there; true when there were clicks_max in this minute before it. Never of a private address: that is a proxy
    // that nobody named, or one's own house, and all the world comes through it. From any thread, no lock; counts a little too few when
    // many thousand places are in one table, never too many.
    bool floods(Place place, std::string_view peer, Instant now);

private:
    std::uint64_t fingerprint(Place place, std::string_view peer, std::string_view agent) const;
    static bool is_recent(std::uint64_t entry, std::uint64_t fingerprint, Instant now);

    static constexpr std::size_t slots = std::size_t{1} << 18U;        // 2 MiB: 130,000 people a second
    static constexpr std::size_t place_slots = std::size_t{1} << 15U;  // 256 KiB: who brings the most of a slot's clicks keeps it
    const std::int64_t clicks_max_;
    std::array<std::uint8_t, 16> key_{};
    std::unique_ptr<std::array<std::atomic<std::uint64_t>, slots>> seen_;          // 40 bits of fingerprint, 24 bits of time in 10 ms
    std::unique_ptr<std::array<std::atomic<std::uint64_t>, place_slots>> clicks_;  // 32 bits of place, 16 of the minute, 16 of its clicks
};

}  // namespace barrow::telemetry
