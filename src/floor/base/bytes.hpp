// Bytes as text: base64url (the form in which the database, URLs and tokens hold bytes), base64, base58btc, hex.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/result.hpp"

namespace barrow {

using Bytes = std::vector<std::uint8_t>;

inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string as_text(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// RFC 4648 section 5, no padding. Reading refuses other characters, padding and stray bits with Fault::bad_input.
std::string base64url(std::span<const std::uint8_t> bytes);
Result<Bytes> read_base64url(std::string_view text);
// RFC 4648 section 4, padded: where others' formats want it (mail, webhooks, Content-Security-Policy).
std::string base64(std::span<const std::uint8_t> bytes);

// Base58 in Bitcoin's alphabet, as Data Integrity proofs use it behind the multibase letter z. Quadratic: for keys and
// signatures, at most 1,024 characters.
std::string base58(std::span<const std::uint8_t> bytes);
Result<Bytes> read_base58(std::string_view text);

std::string hex(std::span<const std::uint8_t> bytes);

}  // namespace barrow
