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
            .disabled = row.maybe_instant("disabled_us"),
            .gone = row.integer("gone") != 0};
}

bool wants(const Endpoint& endpoint, std::string_view type) {
    return !endpoint.disabled && (endpoint.events.empty() || std::ranges::find(endpoint.events, type) != endpoint.events.end());
}

std::string promise_key(std::string_view event_id, std::string_view endpoint) {
    return std::string(event_id) + " " + std::string(endpoint);
}

// Receivers of test suites, for which nobody has a certificate.
bool is_own_machine(const access::Site& site, std::string_view url) {
    const auto parts = fetch::read_url(url);
    return site.test_mode && parts && parts->host == "127.0.0.1";
}

Status promise_to(store::Tx& tx, const Id<access::Shop>& shop, const Endpoint& endpoint, const Event& event, Instant at) {
    const auto id = std::string(event.type) + "." + event.key;
    const auto body = wire::write_json(wire::Json::object({{"type", event.type}, {"timestamp", iso_ms(at)}, {"data", event.data}}));
    const auto payload = wire::write_json(wire::Json::object({{"endpoint", endpoint.id}, {"id", id}, {"body", body}}));
    return outbox::promise(tx, shop.text, promise_kind, promise_key(id, endpoint.id), payload, at, outbox::Lane::webhooks, endpoint.id);
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

constexpr std::string_view switched_off = "The webhook is switched off.";

// Nothing for an endpoint that is removed. Refuses (gone) one that is switched off, but for tests.
Result<std::optional<outbox::Webhook>> to_send(store::Tx& tx, const access::Site& site, const outbox::Promise& promise) {
    const auto payload = TRY(wire::read_json(promise.payload));
    const Id<access::Shop> shop{promise.shop_id};
    const auto rows = TRY(tx.run(sql::find, {shop, promise.receiver}));
    if (rows.empty()) return std::optional<outbox::Webhook>();
    const auto id = payload.find("id")->text();
    if (!rows[0].is_null("disabled_us") && !id.starts_with("test.")) return fail(Fault::gone, std::string(switched_off));
    outbox::Webhook webhook{.url = rows[0].text("url"),
                            .key = TRY(sign::open_sealed(rows[0].text("secret"), site.secrets.operator_key())),
                            .id = id,
                            .body = payload.find("body")->text()};
    if (is_own_machine(site, webhook.url)) webhook.peer = fetch::Peer::named_in_config;
    return std::optional(std::move(webhook));
}

// How the endpoint fares after a try.
Status note(store::Tx& tx, const outbox::Promise& promise, const outbox::WebhookAnswer& sent, Instant now) {
    const Id<access::Shop> shop{promise.shop_id};
    const auto& endpoint = promise.receiver;
    TRY(outbox::note_answer(tx, promise, sent.status == 0 ? "" : std::to_string(sent.status)));
    if (sent.kept) {
        TRY(tx.run(sql::note_good, {shop, endpoint}));
        return {};
    }
    if (sent.kept.error().fault == Fault::busy) return {};
    TRY(tx.run(sql::note_failing, {shop, endpoint, now}));
    // Who answers 410 wants no more at once.
    const bool gone = sent.kept.error().fault == Fault::gone;
    if (TRY(tx.run(sql::disable, {shop, endpoint, now, gone ? now : now - disabled_after, gone ? 1 : 0})).empty()) return {};
    return outbox::give_up(tx, shop.text, endpoint, gone ? promise.key : "", switched_off, now);
}

Delivery delivery_of(const outbox::Delivery& promise, std::string_view endpoint) {
    Delivery delivery{.id = promise.key.substr(0, promise.key.size() - endpoint.size() - 1),
                      .type = "test",
                      .state = promise.state,
                      .tries = promise.tries,
                      .at = promise.promised,
                      .next = promise.next,
                      .ended = promise.ended,
                      .answer = promise.answer,
                      .error = promise.error};
    for (const auto type : event_types) {
        if (delivery.id.starts_with(std::string(type) + ".")) delivery.type = type;
    }
    return delivery;
}

Status refuse_disabled(const Endpoint& endpoint) {
    if (endpoint.disabled) return fail(Fault::conflict, "the webhook is switched off; a test that arrives switches it on again");
    return {};
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
    if (!parts || (parts->scheme != "https" && !is_own_machine(site, url)))
        return fail(Fault::bad_input, "url: must begin with https:// and name a host");
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
                      .disabled = {},
                      .gone = false};
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
    const Event event{.type = "test", .key = endpoint.id + "." + std::to_string(now.us), .data = words};
    TRY(promise_to(tx, shop, endpoint, event, now));
    return outbox::again(tx, shop.text, id, promise_kind, promise_key("test." + event.key, id), now);
}

Result<Last> last_deliveries(store::Tx& tx, const Id<access::Shop>& shop, std::string_view endpoint, Instant now) {
    Last last{.tried = {}, .untried = TRY(outbox::untried(tx, shop.text, endpoint))};
    for (const auto& one : TRY(outbox::deliveries(tx, shop.text, endpoint, outbox::Which::tried, {}, deliveries_shown, now)))
        last.tried.push_back(delivery_of(one, endpoint));
    return last;
}

Result<std::vector<Delivery>> deliveries(store::Tx& tx, const Id<access::Shop>& shop, std::string_view endpoint, std::string_view after,
                                         std::int64_t count_max, Instant now) {
    TRY(find(tx, shop, endpoint));
    std::optional<outbox::Delivery> last;
    if (!after.empty()) last = TRY(outbox::delivery(tx, shop.text, endpoint, promise_kind, promise_key(after, endpoint), now));
    std::vector<Delivery> list;
    for (const auto& one : TRY(outbox::deliveries(tx, shop.text, endpoint, outbox::Which::all, last, count_max, now)))
        list.push_back(delivery_of(one, endpoint));
    return list;
}

Result<Delivery> send_again(store::Tx& tx, const Id<access::Shop>& shop, std::string_view endpoint, std::string_view delivery,
                            Instant now) {
    TRY(refuse_disabled(TRY(find(tx, shop, endpoint))));
    const auto key = promise_key(delivery, endpoint);
    TRY(outbox::again(tx, shop.text, endpoint, promise_kind, key, now));
    return delivery_of(TRY(outbox::delivery(tx, shop.text, endpoint, promise_kind, key, now)), endpoint);
}

Result<SentAgain> send_failed_again(store::Tx& tx, const Id<access::Shop>& shop, std::string_view endpoint, Instant since, Instant now) {
    TRY(refuse_disabled(TRY(find(tx, shop, endpoint))));
    const auto count = TRY(outbox::failed_again(tx, shop.text, endpoint, since, now));
    return SentAgain{.count = count, .more = count == outbox::again_max};
}

Task<Status> keep(access::Site& site, outbox::Promise promise) {
    auto webhook = co_await site.db.read([&](store::Tx& tx) { return to_send(tx, site, promise); });
    if (!webhook && webhook.error().fault == Fault::gone) {
        // All that waits for it, not each in a turn of its own.
        const auto now = site.clock.now();
        const auto given_up = co_await site.db.write(
            [&](store::Tx& tx) { return outbox::give_up(tx, promise.shop_id, promise.receiver, promise.key, switched_off, now); });
        if (!given_up) co_return given_up;
    }
    if (!webhook) co_return webhook.error();
    if (!*webhook) co_return Status();  // removed: nobody waits for it
    const auto sent = co_await outbox::send_webhook(site.fetcher, std::move(**webhook), site.clock.now());
    const auto now = site.clock.now();
    const auto noted = co_await site.db.write([&](store::Tx& tx) { return note(tx, promise, sent, now); });
    if (!noted) site.log.error("webhook_not_noted", {{"endpoint", promise.receiver}, {"why", noted.error().text}});
    co_return sent.kept;
}

}  // namespace barrow::webhooks
