// Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over "id.timestamp.body" in three headers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "floor/base/result.hpp"
#include "floor/base/time.hpp"

namespace barrow::sign {

inline constexpr Duration webhook_tolerance = minutes(5);  // of clocks, and against old messages sent again

struct WebhookHeaders {
    std::string id;         // webhook-id: the same for every try
    std::string timestamp;  // webhook-timestamp: seconds since 1970
    std::string signature;  // webhook-signature: "v1,BASE64", several parted by spaces while keys change
};
WebhookHeaders sign_webhook(std::span<const std::uint8_t> key, std::string_view id, std::string_view body, Instant now);
// Refuses with Fault::forbidden: another key, changed bytes, a time further from `now` than the tolerance.
Status check_webhook(std::span<const std::uint8_t> key, const WebhookHeaders& headers, std::string_view body, Instant now);

}  // namespace barrow::sign
