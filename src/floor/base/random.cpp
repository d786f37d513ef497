#include "floor/base/random.hpp"

#include <unistd.h>

#include <bit>
#include <vector>

#include "floor/base/bytes.hpp"
#include "floor/base/result.hpp"

namespace barrow {

std::uint64_t Random::below(std::uint64_t bound) {
    check(bound > 0);
    const auto unfair = (0 - bound) % bound;  // 2^64 mod bound numbers would tip the scale
    for (;;) {
        const auto value = number();
        if (value >= unfair) return value % bound;
    }
}

std::string Random::token(std::size_t byte_count) {
    Bytes bytes(byte_count);
    fill(bytes);
    return base64url(bytes);
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
    constexpr std::size_t piece_max = 256;  // getentropy's own limit
    for (std::size_t at = 0; at < out.size(); at += piece_max) {
        const auto piece = out.subspan(at, std::min(piece_max, out.size() - at));
        check(getentropy(piece.data(), piece.size()) == 0);
    }
}

SeededRandom::SeededRandom(std::uint64_t seed) {
    for (auto& word : state_) {
        seed += 0x9e3779b97f4a7c15U;
        auto mixed = seed;
        mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebU;
        word = mixed ^ mixed >> 31;
    }
}

std::uint64_t SeededRandom::next() {
    const auto result = std::rotl(state_[1] * 5, 7) * 9;
    const auto shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i % 8 == 0) word = next();
        out[i] = static_cast<std::uint8_t>(word >> (i % 8 * 8));
    }
}

}  // namespace barrow
