// Sign: Ed25519 over bytes, HMAC-SHA256, hashes and sealed secrets. Knows nothing of what it signs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "floor/base/bytes.hpp"
#include "floor/base/random.hpp"
#include "floor/base/result.hpp"

namespace barrow::sign {

using PublicKey = std::array<std::uint8_t, 32>;
using SecretKey = std::array<std::uint8_t, 32>;  // the seed of RFC 8032
using Signature = std::array<std::uint8_t, 64>;
using Digest = std::array<std::uint8_t, 32>;

struct KeyPair {
    PublicKey public_key;
    SecretKey secret_key;
};
KeyPair make_key_pair(Random& random);
KeyPair key_pair_of(const SecretKey& secret);

// Ed25519 (RFC 8032). About 30 µs to sign, 60 µs to check.
Signature sign(std::span<const std::uint8_t> message, const KeyPair& keys);
// False for everything but a valid signature; small-order keys and non-canonical forms are refused.
bool verify(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature, std::span<const std::uint8_t> public_key);

Digest sha256(std::span<const std::uint8_t> bytes);
Digest hmac_sha256(std::span<const std::uint8_t> key, std::span<const std::uint8_t> message);
// In a time that does not depend on where they differ.
bool equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

// A public key as Multikey text: "z6Mk…" (multibase base58btc of 0xed01 and the key; W3C Controlled Identifiers 1.0).
std::string multikey(const PublicKey& key);
Result<PublicKey> read_multikey(std::string_view text);

// Secrets at rest: XChaCha20-Poly1305 under the operator's key, as base64url text. Opening refuses (Fault::storage) what was
// changed or sealed under another key.
std::string seal(std::span<const std::uint8_t> secret, std::span<const std::uint8_t, 32> under, Random& random);
Result<Bytes> open_sealed(std::string_view sealed, std::span<const std::uint8_t, 32> under);

// One hash for a bearer token with at least 128 random bits: SHA-256 as base64url.
std::string token_hash(std::string_view token);

// A password as argon2id text ("$argon2id$v=19$m=19456,t=2,p=1$…", RFC 9106 with OWASP's parameters), and whether one fits it. Each costs
// about 30 ms and 19 MiB: never on an io thread, and never as often as somebody likes.
std::string hash_password(std::string_view password);
bool password_fits(std::string_view hash, std::string_view password);
// Made by hash_password, as it is now: what comes from outside may ask for any amount of memory.
bool is_password_hash(std::string_view text);

}  // namespace barrow::sign
