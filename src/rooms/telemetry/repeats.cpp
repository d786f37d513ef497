#include "rooms/telemetry/repeats.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace barrow::telemetry {
namespace {
constexpr std::uint64_t time_bits = 24, time_mask = (1U << time_bits) - 1;
std::uint64_t ticks(Instant at) { return static_cast<std::uint64_t>(at.us / milliseconds(10).us) & time_mask; }
}  // namespace

Repeats::Repeats(Random& random) : seen_(std::make_unique<std::array<std::atomic<std::uint64_t>, slots>>()) {
    for (auto& byte : key_) byte = static_cast<std::uint8_t>(random.below(256));
}

bool Repeats::again(std::string_view shop, std::int64_t link, std::string_view peer, std::string_view agent, Instant now) {
    // SipHash-2-4 of each part, so that no part runs into the next.
    std::array<std::uint64_t, 4> parts{0, 0, 0, static_cast<std::uint64_t>(link)};
    const std::array<std::string_view, 3> texts{shop, peer, agent};
    const auto hash = [&](const void* bytes, std::size_t size) {
        std::array<unsigned char, crypto_shorthash_BYTES> out{};
        crypto_shorthash(out.data(), static_cast<const unsigned char*>(bytes), size, key_.data());
        std::uint64_t value = 0;
        std::memcpy(&value, out.data(), sizeof value);
        return value;
    };
    for (std::size_t i = 0; i < texts.size(); ++i) parts[i] = hash(texts[i].data(), texts[i].size());
    const auto fingerprint = hash(parts.data(), sizeof parts);
    const auto value = fingerprint & ~time_mask;
    const auto mine = value | ticks(now);
    const auto before = (*seen_)[fingerprint % slots].exchange(mine, std::memory_order_relaxed);
    if ((before & ~time_mask) != value) return false;
    // Around the clock of 24 bits: 46 hours.
    return ((ticks(now) - before) & time_mask) * static_cast<std::uint64_t>(milliseconds(10).us) < static_cast<std::uint64_t>(window.us);
}

}  // namespace barrow::telemetry
