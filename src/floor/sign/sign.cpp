#include "floor/sign/sign.hpp"

#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>

namespace barrow::sign {
namespace {
constexpr std::array<std::uint8_t, 2> ed25519_prefix{0xed, 0x01};
}

KeyPair make_key_pair(Random& random) {
    SecretKey seed;
    random.fill(seed);
    return key_pair_of(seed);
}

KeyPair key_pair_of(const SecretKey& secret) {
    KeyPair keys{.public_key = {}, .secret_key = secret};
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> both;
    crypto_sign_seed_keypair(keys.public_key.data(), both.data(), secret.data());
    sodium_memzero(both.data(), both.size());
    return keys;
}

Signature sign(std::span<const std::uint8_t> message, const KeyPair& keys) {
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> both;
    std::ranges::copy(keys.secret_key, both.begin());
    std::ranges::copy(keys.public_key, both.begin() + 32);
    Signature signature;
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), both.data());
    sodium_memzero(both.data(), both.size());
    return signature;
}

bool verify(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature, std::span<const std::uint8_t> public_key) {
    return signature.size() == crypto_sign_BYTES && public_key.size() == crypto_sign_PUBLICKEYBYTES &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(), public_key.data()) == 0;
}

Digest sha256(std::span<const std::uint8_t> bytes) {
    Digest digest;
    SHA256(bytes.data(), bytes.size(), digest.data());
    return digest;
}

Digest hmac_sha256(std::span<const std::uint8_t> key, std::span<const std::uint8_t> message) {
    Digest digest;
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), digest.data(), &length);
    return digest;
}

bool equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string multikey(const PublicKey& key) {
    Bytes bytes(ed25519_prefix.begin(), ed25519_prefix.end());
    bytes.insert(bytes.end(), key.begin(), key.end());
    return "z" + base58(bytes);
}

Result<PublicKey> read_multikey(std::string_view text) {
    if (!text.starts_with('z')) return fail(Fault::bad_input, "the key does not begin with z (base58btc)");
    const auto bytes = TRY(read_base58(text.substr(1)));
    if (bytes.size() != 34 || bytes[0] != ed25519_prefix[0] || bytes[1] != ed25519_prefix[1]) {
        return fail(Fault::bad_input, "the key is no Ed25519 key");
    }
    PublicKey key;
    std::copy(bytes.begin() + 2, bytes.end(), key.begin());
    return key;
}

std::string seal(std::span<const std::uint8_t> secret, std::span<const std::uint8_t, 32> under, Random& random) {
    constexpr auto nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    Bytes sealed(nonce_size + secret.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
    random.fill(std::span(sealed).first(nonce_size));
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + nonce_size, nullptr, secret.data(), secret.size(), nullptr, 0, nullptr,
                                               sealed.data(), under.data());
    return base64url(sealed);
}

Result<Bytes> open_sealed(std::string_view sealed, std::span<const std::uint8_t, 32> under) {
    constexpr auto nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    const auto bytes = TRY(read_base64url(sealed));
    if (bytes.size() < nonce_size + crypto_aead_xchacha20poly1305_ietf_ABYTES) return fail(Fault::storage, "a sealed secret is too short");
    Bytes secret(bytes.size() - nonce_size - crypto_aead_xchacha20poly1305_ietf_ABYTES);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(secret.data(), nullptr, nullptr, bytes.data() + nonce_size, bytes.size() - nonce_size,
                                                   nullptr, 0, bytes.data(), under.data()) != 0) {
        return fail(Fault::storage,
                    "a secret was sealed under another key; put back the file keys/operator.key of this shop's data folder");
    }
    return secret;
}

std::string token_hash(std::string_view token) { return base64url(sha256(as_bytes(token))); }

namespace {
constexpr unsigned long long password_passes = 2;
constexpr std::size_t password_memory = 19'456UL * 1'024;
}  // namespace

std::string hash_password(std::string_view password) {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    check(crypto_pwhash_str_alg(text.data(), password.data(), password.size(), password_passes, password_memory,
                                crypto_pwhash_ALG_ARGON2ID13) == 0);
    return text.data();
}

bool is_password_hash(std::string_view hash) {
    if (hash.size() >= crypto_pwhash_STRBYTES) return false;
    return crypto_pwhash_str_needs_rehash(std::string(hash).c_str(), password_passes, password_memory) == 0;
}

bool password_fits(std::string_view hash, std::string_view password) {
    if (hash.size() >= crypto_pwhash_STRBYTES) return false;
    std::array<char, crypto_pwhash_STRBYTES> text{};
    std::ranges::copy(hash, text.begin());
    return crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0;
}

}  // namespace barrow::sign
