#include "floor/base/bytes.hpp"

#include <algorithm>
#include <array>

namespace barrow {
namespace {

constexpr std::string_view base64url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view base58_alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t base58_length_max = 1'024;

constexpr std::array<std::int8_t, 256> inverse(std::string_view alphabet) {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) { table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i); }
    return table;
}
constexpr auto base64url_inverse = inverse(base64url_alphabet);
constexpr auto base58_inverse = inverse(base58_alphabet);

Error not_base(std::string_view name) { return fail(Fault::bad_input, "the text is not " + std::string(name)); }

}  // namespace

std::string base64url(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t pool = 0;
    int bits = 0;
    for (const auto byte : bytes) {
        pool = pool << 8 | byte;
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            text.push_back(base64url_alphabet[pool >> bits & 63]);
        }
    }
    if (bits > 0) text.push_back(base64url_alphabet[pool << (6 - bits) & 63]);
    return text;
}

Result<Bytes> read_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return not_base("base64url");
    Bytes bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t pool = 0;
    int bits = 0;
    for (const char c : text) {
        const auto digit = base64url_inverse[static_cast<std::uint8_t>(c)];
        if (digit < 0) return not_base("base64url");
        pool = pool << 6 | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<std::uint8_t>(pool >> bits));
        }
    }
    if ((pool & ((1U << bits) - 1)) != 0) return not_base("base64url");
    return bytes;
}

std::string base64(std::span<const std::uint8_t> bytes) {
    auto text = base64url(bytes);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::string base58(std::span<const std::uint8_t> bytes) {
    std::vector<std::uint8_t> digits;  // little end first
    std::size_t zeros = 0;
    while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
    for (const auto byte : bytes.subspan(zeros)) {
        std::uint32_t carry = byte;
        for (auto& digit : digits) {
            carry += static_cast<std::uint32_t>(digit) << 8;
            digit = static_cast<std::uint8_t>(carry % 58);
            carry /= 58;
        }
        for (; carry > 0; carry /= 58) digits.push_back(static_cast<std::uint8_t>(carry % 58));
    }
    std::string text(zeros, '1');
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) text.push_back(base58_alphabet[*digit]);
    return text;
}

Result<Bytes> read_base58(std::string_view text) {
    if (text.size() > base58_length_max) return not_base("base58");
    Bytes bytes;  // little end first
    std::size_t zeros = 0;
    while (zeros < text.size() && text[zeros] == '1') ++zeros;
    for (const char c : text.substr(zeros)) {
        const auto digit = base58_inverse[static_cast<std::uint8_t>(c)];
        if (digit < 0) return not_base("base58");
        auto carry = static_cast<std::uint32_t>(digit);
        for (auto& byte : bytes) {
            carry += static_cast<std::uint32_t>(byte) * 58;
            byte = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
        for (; carry > 0; carry >>= 8) bytes.push_back(static_cast<std::uint8_t>(carry));
    }
    bytes.insert(bytes.end(), zeros, 0);
    std::reverse(bytes.begin(), bytes.end());
    return bytes;
}

std::string hex(std::span<const std::uint8_t> bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 15]);
    }
    return text;
}

}  // namespace barrow
