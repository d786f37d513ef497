// ES256 (RFC 7518 section 3.4): ECDSA on P-256 with SHA-256; a signature is r and s in 32 bytes each, as JWS has it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "floor/base/random.hpp"
#include "floor/base/result.hpp"

namespace barrow::sign {

struct Point {
    std::array<std::uint8_t, 32> x, y;
};
using Es256Signature = std::array<std::uint8_t, 64>;

class Es256Key {
public:
    static Es256Key make(Random& random);
    // PKCS #8 PEM, without a passphrase. Refuses (storage) what is no such key.
    static Result<Es256Key> read(const std::string& pem);
    // From the private number, big-endian. Refuses (bad_input) 0 and what is not below the curve's order.
    static Result<Es256Key> of(std::span<const std::uint8_t, 32> secret);

    [[nodiscard]] std::string pem() const;
    [[nodiscard]] Point point() const;
    // Each time another one: the nonce is OpenSSL's. About 30 µs.
    [[nodiscard]] Es256Signature sign(std::span<const std::uint8_t> message) const;
    // OpenSSL's EVP_PKEY, for certificates; it lives as long as the key.
    [[nodiscard]] void* handle() const { return key_.get(); }

private:
    explicit Es256Key(void* key);
    std::shared_ptr<void> key_;
};

// False for everything but a valid signature under a point of the curve.
bool verify_es256(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature, const Point& point);

}  // namespace barrow::sign
