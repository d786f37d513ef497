// Secrets: one operator key for the whole installation, and what is derived from it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "floor/base/id.hpp"
#include "floor/base/random.hpp"
#include "floor/base/result.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::access {

class Secrets {
public:
    explicit Secrets(const std::array<std::uint8_t, 32>& operator_key) : operator_key_(operator_key) {}

    // FOLDER/operator.key (mode 0600), made when it is not there. Refuses a file that is not 32 bytes in base64url.
    static Result<Secrets> open(const std::string& folder, Random& random);

    // A key for one purpose of one shop ("quote", "context"): HMAC-SHA256(operator key, purpose 0x00 shop).
    [[nodiscard]] std::array<std::uint8_t, 32> derive(const Id<Shop>& shop, std::string_view purpose) const;
    [[nodiscard]] const std::array<std::uint8_t, 32>& operator_key() const { return operator_key_; }

private:
    std::array<std::uint8_t, 32> operator_key_;
};

}  // namespace barrow::access
