#include "floor/sign/standard_webhook.hpp"

#include <algorithm>
#include <charconv>

#include "floor/sign/sign.hpp"

namespace barrow::sign {
namespace {

std::string signature(std::span<const std::uint8_t> key, std::string_view id, std::string_view timestamp, std::string_view body) {
    std::string message;
    message.reserve(id.size() + timestamp.size() + body.size() + 2);
    message.append(id).append(".").append(timestamp).append(".").append(body);
    return "v1," + base64(hmac_sha256(key, as_bytes(message)));
}

}  // namespace

WebhookHeaders sign_webhook(std::span<const std::uint8_t> key, std::string_view id, std::string_view body, Instant now) {
    auto timestamp = std::to_string(now.seconds());
    auto signed_text = signature(key, id, timestamp, body);
    return {std::string(id), std::move(timestamp), std::move(signed_text)};
}

Status check_webhook(std::span<const std::uint8_t> key, const WebhookHeaders& headers, std::string_view body, Instant now) {
    std::int64_t seconds_sent = 0;
    const auto* end = headers.timestamp.data() + headers.timestamp.size();
    const auto read = std::from_chars(headers.timestamp.data(), end, seconds_sent);
    if (read.ec != std::errc() || read.ptr != end) return fail(Fault::forbidden, "the webhook's timestamp is not a number of seconds");
    const auto most = webhook_tolerance.us / 1'000'000;
    if (seconds_sent < now.seconds() - most || seconds_sent > now.seconds() + most) {
        return fail(Fault::forbidden, "the webhook's timestamp is more than five minutes from our clock");
    }
    const auto ours = signature(key, headers.id, headers.timestamp, body);
    bool good = false;
    for (std::string_view rest = headers.signature; !rest.empty();) {
        const auto space = std::min(rest.find(' '), rest.size());
        good = equal(as_bytes(rest.substr(0, space)), as_bytes(ours)) || good;
        rest.remove_prefix(std::min(space + 1, rest.size()));
    }
    if (!good) return fail(Fault::forbidden, "the webhook's signature is not ours to trust");
    return {};
}

}  // namespace barrow::sign
