#include "rooms/telemetry/repeats.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "floor/fetch/address_rules.hpp"

namespace barrow::telemetry {
namespace {
constexpr std::uint64_t time_bits = 24, time_mask = (1U << time_bits) - 1;
std::uint64_t ticks(Instant at) { return static_cast<std::uint64_t>(at.us / milliseconds(10).us) & time_mask; }
constexpr std::uint64_t half = 16, half_mask = (1U << half) - 1;

// SipHash-2-4 of all parts in one, each behind its length, so that no part runs into the next.
template <std::size_t Bytes>
class Parts {
public:
    Parts& number(std::uint64_t value) { return put(&value, sizeof value); }
    Parts& text(std::string_view part) { return number(part.size()).put(part.data(), part.size()); }
    [[nodiscard]] std::uint64_t hash(const std::array<std::uint8_t, 16>& key) const {
        std::array<unsigned char, crypto_shorthash_BYTES> out{};
        crypto_shorthash(out.data(), parts_.data(), size_, key.data());
        std::uint64_t value = 0;
        std::memcpy(&value, out.data(), sizeof value);
        return value;
    }

private:
    // What goes beyond is left out: longer agents differ in what they begin with.
    Parts& put(const void* bytes, std::size_t count) {
        count = std::min(count, Bytes - size_);
        if (count > 0) std::memcpy(parts_.data() + size_, bytes, count);
        size_ += count;
        return *this;
    }
    std::array<unsigned char, Bytes> parts_;  // NOLINT(*-member-init): `put` fills what is hashed
    std::size_t size_ = 0;
};

bool is_ipv6(std::string_view peer) { return peer.find(':') != peer.npos; }
}  // namespace

Repeats::Repeats(Random& random, std::int64_t clicks_max)
    : clicks_max_(clicks_max),
      seen_(std::make_unique<std::array<std::atomic<std::uint64_t>, slots>>()),
      clicks_(std::make_unique<std::array<std::atomic<std::uint64_t>, place_slots>>()) {
    for (auto& byte : key_) byte = static_cast<std::uint8_t>(random.below(256));
}

Repeats::Place Repeats::place_of(std::string_view shop, std::int64_t link, std::string_view peer) const {
    Parts<256> parts;
    parts.number(static_cast<std::uint64_t>(link)).text(shop);
    if (is_ipv6(peer))
        parts.text(fetch::network_of(peer));
    else
        parts.text(peer);
    return {parts.hash(key_)};
}

// The place stands for link and address; of an IPv6 network it is one address of many.
std::uint64_t Repeats::fingerprint(Place place, std::string_view peer, std::string_view agent) const {
    Parts<1024> parts;
    parts.number(place.hash);
    if (is_ipv6(peer)) parts.text(peer);
    return parts.text(agent).hash(key_);
}

bool Repeats::is_recent(std::uint64_t entry, std::uint64_t fingerprint, Instant now) {
    if ((entry & ~time_mask) != (fingerprint & ~time_mask)) return false;
    // Around the clock of 24 bits: 46 hours.
    return ((ticks(now) - entry) & time_mask) * static_cast<std::uint64_t>(milliseconds(10).us) < static_cast<std::uint64_t>(window.us);
}

bool Repeats::again(Place place, std::string_view peer, std::string_view agent, Instant now) {
    const auto mine = fingerprint(place, peer, agent);
    // Read, then written: the exchange in one would wait for memory, and two at the very same moment are rare.
    auto& slot = (*seen_)[mine % slots];
    const auto before = slot.load(std::memory_order_relaxed);
    slot.store((mine & ~time_mask) | ticks(now), std::memory_order_relaxed);
    return is_recent(before, mine, now);
}

bool Repeats::floods(Place place, std::string_view peer, Instant now) {
    if (clicks_max_ == 0) return false;
    auto& slot = (*clicks_)[place.hash % place_slots];
    const auto before = slot.load(std::memory_order_relaxed);
    const auto minute = static_cast<std::uint64_t>(now.us / minutes(1).us) & half_mask;
    const auto place_bits = place.hash >> 32U << 32U;
    const auto entry = [&](std::uint64_t whose, std::uint64_t count) { return whose | minute << half | count; };
    const auto before_place = before >> 32U << 32U;
    const bool this_minute = (before >> half & half_mask) == minute;
    const auto count = this_minute ? before & half_mask : 0;
    if (count > 0 && before_place != place_bits) {
        // Somebody else's: each click from elsewhere takes one of theirs, so that whoever brings most of them cannot be pushed out.
        slot.store(entry(before_place, count - 1), std::memory_order_relaxed);
        return false;
    }
    if (static_cast<std::int64_t>(count) >= clicks_max_) {
        if (fetch::is_public(peer)) return true;
        slot.store(entry(place_bits, 0), std::memory_order_relaxed);  // and is not asked again for as many
        return false;
    }
    slot.store(entry(place_bits, count + 1), std::memory_order_relaxed);
    return false;
}

}  // namespace barrow::telemetry
