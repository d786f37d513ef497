// Webhooks out, in the form of Standard Webhooks (standardwebhooks.com): POST of JSON with webhook-id, -timestamp and -signature.
#pragma once

#include <array>
#include <string>

#include "floor/base/bytes.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"
#include "floor/fetch/fetch.hpp"

namespace barrow::outbox {

// The waits after each failed try, for Outbox::on: 75 hours and 35 minutes in all, as the specification proposes.
inline constexpr std::array<Duration, 9> webhook_waits{seconds(5), minutes(5), minutes(30), hours(2), hours(5),
                                                       hours(10),  hours(14),  hours(20),   hours(24)};
inline constexpr long webhook_ms_max = 20'000;

struct Webhook {
    std::string url;
    Bytes key;         // 24 to 64 bytes: what "whsec_" stands before
    std::string id;    // the same on every try: by it the receiver knows what it has already
    std::string body;  // JSON
    fetch::Peer peer = fetch::Peer::given_by_user;
};
struct WebhookAnswer {
    Status kept;
    int status = 0;  // none where nobody answered
};
// Success: a status of 2xx. gone: 410, the receiver wants no more. outside: all else; redirects are not followed.
Task<WebhookAnswer> send_webhook(fetch::Fetcher& fetcher, Webhook webhook, Instant now);

// "whsec_BASE64", as receivers' libraries read it.
std::string webhook_secret_text(const Bytes& key);

}  // namespace barrow::outbox
