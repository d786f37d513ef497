#include "floor/base/id.hpp"

#include <array>

namespace barrow {
namespace {
constexpr std::string_view crockford = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t id_length = 26;
}  // namespace

std::string new_id_text(Instant born, Random& random) {
    std::array<std::uint8_t, 10> tail{};
    random.fill(tail);
    std::string text(id_length, '0');
    auto ms = static_cast<std::uint64_t>(born.us / 1'000);
    for (std::size_t i = 10; i-- > 0; ms >>= 5) text[i] = crockford[ms & 31];
    std::uint32_t pool = 0;
    int bits = 0;
    std::size_t at = 10;
    for (const auto byte : tail) {
        pool = pool << 8 | byte;
        for (bits += 8; bits >= 5; bits -= 5) text[at++] = crockford[pool >> (bits - 5) & 31];
    }
    return text;
}

bool is_id_text(std::string_view text) { return text.size() == id_length && text.find_first_not_of(crockford) == std::string_view::npos; }

}  // namespace barrow
