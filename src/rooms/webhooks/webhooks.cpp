#include "rooms/webhooks/webhooks.hpp"

#include <algorithm>

#include "floor/fetch/url.hpp"
#include "floor/outbox/webhook.hpp"
#include "floor/sign/sign.hpp"
#include "rooms/webhooks/webhooks.sql.hpp"

namespace barrow::webhooks {
namespace {

constexpr std::size_t secret_bytes = 32, url_max = 1'000;

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

Endpoint endpoint_of(const store::Row& row) {
    return {.id = row.text("id"),
            .url = row.text("url"),
            .events = words_of(row.text("events")),
            .created = row.instant("created_us"),
            .failing = row.maybe_instant("failing_us"),
            .disabled = row.maybe_instant("disabled_us")};
}

bool wants(const Endpoint& endpoint, std::string_view type) {
    return !endpoint.disabled && (endpoint.events.empty() || std::ranges::find(endpoint.events, type) != endpoint.events.end());
}

Status promise_to(store::Tx& tx, const Id<access::Shop>& shop, const Endpoint& endpoint, const Event& event, Instant at) {
    const auto id = std::string(event.type) + "." + event.key;
    const auto body = wire::write_json(wire::Json::object({{"type", event.type}, {"timestamp", iso_ms(at)}, {"data", event.data}}));
    const auto payload = wire::write_json(wire::Json::object({{"endpoint", endpoint.id}, {"id", id}, {"body", body}}));
    return outbox::promise(tx, shop.text, promise_kind, id + " " + endpoint.id, payload, at, outbox::Lane::webhooks);
}

Result<Endpoint> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    const auto rows = TRY(tx.run(sql::find, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no such webhook");
    return endpoint_of(rows[0]);
}

struct Secret {
    std::string text, sealed;
};
Secret make_secret(const access::Site& site) {
    Bytes key(secret_bytes);
    site.random.fill(key);
    return {.text = outbox::webhook_secret_text(key), .sealed = sign::seal(key, site.secrets.operator_key(), site.random)};
}

Result<std::optional<outbox::Webhook>> to_send(store::Tx& tx, const access::Site& site, const outbox::Promise& promise) {
    const auto payload = TRY(wire::read_json(promise.payload));
    const Id<access::Shop> shop{promise.shop_id};
    const auto rows = TRY(tx.run(sql::find, {shop, payload.find("endpoint")->text()}));
    if (rows.empty() || (!rows[0].is_null("disabled_us") && !payload.find("id")->text().starts_with("test.")))
        return std::optional<outbox::Webhook>();
    return std::optional(outbox::Webhook{.url = rows[0].text("url"),
                                         .key = TRY(sign::open_sealed(rows[0].text("secret"), site.secrets.operator_key())),
                                         .id = payload.find("id")->text(),
                                         .body = payload.find("body")->text()});
}

}  // namespace

Status tell(store::Tx& tx, const Id<access::Shop>& shop, const Event& event, Instant at) {
    for (const auto& endpoint : TRY(endpoints(tx, shop))) {
        if (wants(endpoint, event.type)) TRY(promise_to(tx, shop, endpoint, event, at));
    }
    return {};
}

Result<std::vector<Endpoint>> endpoints(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Endpoint> list;
    for (const auto row : TRY(tx.run(sql::endpoints, {shop, endpoints_max}))) list.push_back(endpoint_of(row));
    return list;
}

Result<Made> add(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, std::string_view url,
                 std::vector<std::string> events, Instant now) {
    if (url.size() > url_max) return fail(Fault::bad_input, "url: at most 1,000 bytes");
    const auto parts = fetch::read_url(url);
    if (!parts) return fail(Fault::bad_input, "url: must begin with https:// and name a host");
    std::string words;
    for (const auto& event : events) {
        if (std::ranges::find(event_types, event) == event_types.end())
            return fail(Fault::bad_input, "events: there is no \"" + event.substr(0, 40) + "\"");
        words += (words.empty() ? "" : " ") + event;
    }
    if (static_cast<int>(TRY(endpoints(tx, shop)).size()) >= endpoints_max)
        return fail(Fault::conflict, "a shop has at most " + std::to_string(endpoints_max) + " webhooks; remove one first");
    const auto secret = make_secret(site);
    Endpoint endpoint{.id = new_id_text(now, site.random),
                      .url = std::string(url),
                      .events = std::move(events),
                      .created = now,
                      .failing = {},
                      .disabled = {}};
    TRY(tx.run(sql::add, {shop, endpoint.id, endpoint.url, secret.sealed, words, now}));
    return Made{std::move(endpoint), secret.text};
}

Status remove(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    if (TRY(tx.run(sql::remove, {shop, id})).empty()) return fail(Fault::not_found, "there is no such webhook");
    return {};
}

Result<std::string> rotate(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, std::string_view id) {
    const auto secret = make_secret(site);
    if (TRY(tx.run(sql::rotate, {shop, id, secret.sealed})).empty()) return fail(Fault::not_found, "there is no such webhook");
    return secret.text;
}

Result<std::string> secret_of(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, std::string_view id) {
    const auto rows = TRY(tx.run(sql::find, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no such webhook");
    return outbox::webhook_secret_text(TRY(sign::open_sealed(rows[0].text("secret"), site.secrets.operator_key())));
}

Status send_test(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, Instant now) {
    const auto endpoint = TRY(find(tx, shop, id));
    const auto words = wire::Json::object({{"words", "a test from the studio"}});
    return promise_to(tx, shop, endpoint, {.type = "test", .key = endpoint.id + "." + std::to_string(now.us), .data = words}, now);
}

Task<Status> keep(access::Site& site, outbox::Promise promise, bool own_machine_too) {
    auto webhook = co_await site.db.read([&](store::Tx& tx) { return to_send(tx, site, promise); });
    if (!webhook) co_return webhook.error();
    if (!*webhook) co_return Status();  // removed or switched off: nobody waits for it
    const auto host = fetch::read_url((*webhook)->url);
    if (own_machine_too && host && host->host == "127.0.0.1") (*webhook)->peer = fetch::Peer::named_in_config;
    const auto now = site.clock.now();
    const Id<access::Shop> shop{promise.shop_id};
    const auto id = promise.key.substr(promise.key.rfind(' ') + 1);
    const auto sent = co_await outbox::send_webhook(site.fetcher, std::move(**webhook), now);
    const auto noted = co_await site.db.write([&](store::Tx& tx) -> Status {
        if (sent) {
            TRY(tx.run(sql::note_good, {shop, id}));
        } else if (sent.error().fault != Fault::busy) {
            TRY(tx.run(sql::note_failing, {shop, id, now}));
            // Who answers 410 wants no more at once.
            TRY(tx.run(sql::disable, {shop, id, now, sent.error().fault == Fault::gone ? now : now - disabled_after}));
        }
        return {};
    });
    if (!noted) site.log.error("webhook_not_noted", {{"endpoint", id}, {"why", noted.error().text}});
    co_return sent;
}

}  // namespace barrow::webhooks
