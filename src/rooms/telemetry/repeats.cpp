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

std::uint64_t Repeats::fingerprint(std::string_view shop, std::int64_t link, std::string_view peer, std::string_view agent) const {
    // SipHash-2-4 of all parts in one, each behind its length, so that no part runs into the next.
    constexpr std::size_t bytes_max = 1024;      // longer agents differ in what they begin with
    std::array<unsigned char, bytes_max> parts;  // NOLINT(*-member-init): `put` fills what is hashed
    std::size_t size = 0;
    const auto put = [&](const void* bytes, std::size_t count) {
        count = std::min(count, bytes_max - size);
        if (count > 0) std::memcpy(parts.data() + size, bytes, count);
        size += count;
    };
    const std::array<std::int64_t, 3> fixed{link, static_cast<std::int64_t>(shop.size()), static_cast<std::int64_t>(peer.size())};
    put(fixed.data(), sizeof fixed);
    for (const auto text : {shop, peer, agent}) put(text.data(), text.size());
    std::array<unsigned char, crypto_shorthash_BYTES> out{};
    crypto_shorthash(out.data(), parts.data(), size, key_.data());
    std::uint64_t value = 0;
    std::memcpy(&value, out.data(), sizeof value);
    return value;
}

bool Repeats::is_recent(std::uint64_t entry, std::uint64_t fingerprint, Instant now) {
    if ((entry & ~time_mask) != (fingerprint & ~time_mask)) return false;
    // Around the clock of 24 bits: 46 hours.
    return ((ticks(now) - entry) & time_mask) * static_cast<std::uint64_t>(milliseconds(10).us) < static_cast<std::uint64_t>(window.us);
}

bool Repeats::again(std::string_view shop, std::int64_t link, std::string_view peer, std::string_view agent, Instant now) {
    const auto mine = fingerprint(shop, link, peer, agent);
    // Read, then written: the exchange in one would wait for memory, and two at the very same moment are rare.
    auto& slot = (*seen_)[mine % slots];
    const auto before = slot.load(std::memory_order_relaxed);
    slot.store((mine & ~time_mask) | ticks(now), std::memory_order_relaxed);
    return is_recent(before, mine, now);
}

}  // namespace barrow::telemetry
