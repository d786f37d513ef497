#include "floor/fetch/address_rules.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "floor/base/bytes.hpp"

namespace barrow::fetch {
namespace {

struct Block {
    std::array<std::uint8_t, 16> start;
    int bits;
};

bool within(std::span<const std::uint8_t> address, const Block& block) {
    const auto whole = static_cast<std::size_t>(block.bits / 8);
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), block.start.begin())) return false;
    if (block.bits % 8 == 0) return true;
    const int mask = (0xff << (8 - block.bits % 8)) & 0xff;
    return (address[whole] & mask) == (block.start[whole] & mask);
}

// IANA's special-purpose registry, and multicast and above.
constexpr Block not_public_4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 31, 196}, 24},
    {{192, 52, 193}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{192, 175, 48}, 24},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 3},
};

// Of IPv6 only global unicast is public at all; in it these are not.
constexpr Block global_unicast{{0x20}, 3};
constexpr Block not_public_6[] = {
    {{0x20, 0x01}, 23},              // IETF protocols, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4 wraps any IPv4 address
    {{0x3f, 0xff}, 20},              // documentation
};

}  // namespace

bool is_public(std::span<const std::uint8_t> address) {
    const auto in = [&](const Block& block) { return within(address, block); };
    if (address.size() == 4) return std::none_of(std::begin(not_public_4), std::end(not_public_4), in);
    if (address.size() == 16) return in(global_unicast) && std::none_of(std::begin(not_public_6), std::end(not_public_6), in);
    return false;
}

bool is_public(const sockaddr& address) {
    std::array<std::uint8_t, 16> bytes{};
    if (address.sa_family == AF_INET) {
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(address).sin_addr, 4);
        return is_public(std::span(bytes).first(4));
    }
    if (address.sa_family == AF_INET6) {
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, 16);
        return is_public(std::span(bytes));
    }
    return false;
}

bool is_public(std::string_view printed) {
    std::array<std::uint8_t, 16> bytes{};
    const std::string text(printed);
    if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return is_public(std::span(bytes).first(4));
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return is_public(std::span(bytes));
    return false;
}

std::string network_of(std::string_view address) {
    std::array<std::uint8_t, 16> bytes{};
    const std::string text(address);
    if (text.find(':') == std::string::npos || ::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
    return hex(std::span(bytes).first(8));
}

}  // namespace barrow::fetch
