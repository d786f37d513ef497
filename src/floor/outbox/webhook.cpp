#include "floor/outbox/webhook.hpp"

#include <algorithm>

#include "floor/sign/standard_webhook.hpp"

namespace barrow::outbox {

Task<WebhookAnswer> send_webhook(fetch::Fetcher& fetcher, Webhook webhook, Instant now) {
    const auto headers = sign::sign_webhook(webhook.key, webhook.id, webhook.body, now);
    fetch::FetchRequest request{.method = "POST",
                                .url = webhook.url,
                                .headers = {{"content-type", "application/json"},
                                            {"webhook-id", headers.id},
                                            {"webhook-timestamp", headers.timestamp},
                                            {"webhook-signature", headers.signature}},
                                .body = std::move(webhook.body),
                                .peer = webhook.peer,
                                .body_bytes_max = 4'096,  // nobody reads it
                                .beyond = fetch::Beyond::cut,
                                .total_ms = webhook_ms_max};
    const auto answer = co_await fetcher.fetch(std::move(request));
    if (!answer) {
        // An address that is private today is no business of ours tomorrow either, but its name may be mended: again later.
        co_return WebhookAnswer{fail(answer.error().fault == Fault::busy ? Fault::busy : Fault::outside, answer.error().text)};
    }
    WebhookAnswer said{.kept = {}, .status = answer->status};
    if (said.status < 200 || said.status >= 300)
        said.kept = fail(said.status == 410 ? Fault::gone : Fault::outside, "The receiver answered " + std::to_string(said.status) + ".");
    co_return said;
}

std::string webhook_secret_text(const Bytes& key) {
    auto text = base64url(key);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return "whsec_" + text;
}

}  // namespace barrow::outbox
