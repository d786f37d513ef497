// Random: bytes nobody can guess, handed in so that the simulator can repeat a run by its seed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace barrow {

class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;  // callable from any thread

    std::uint64_t number() {
        std::array<std::uint8_t, 8> bytes{};
        fill(bytes);
        std::uint64_t value = 0;
        for (const auto byte : bytes) value = value << 8 | byte;
        return value;
    }
    // Uniform in [0, bound); bound > 0.
    std::uint64_t below(std::uint64_t bound);
    // `byte_count` random bytes in base64url without padding: a secret for a URL or a header.
    std::string token(std::size_t byte_count = 32);
};

// The kernel's getrandom(2).
class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> out) override;
};

// xoshiro256** (Blackman, Vigna) seeded by splitmix64: repeatable, for tests and the simulator only. One thread.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed);
    void fill(std::span<std::uint8_t> out) override;

private:
    std::uint64_t next();
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace barrow
