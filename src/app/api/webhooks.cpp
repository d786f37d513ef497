#include "rooms/webhooks/webhooks.hpp"

#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"

namespace barrow::app::api {
namespace {

wire::Json endpoint_json(const webhooks::Endpoint& endpoint) {
    wire::Json::Array events;
    for (const auto& event : endpoint.events) events.emplace_back(event);
    return wire::Json::object({{"id", endpoint.id},
                               {"url", endpoint.url},
                               {"events", std::move(events)},
                               {"created", time_json(endpoint.created)},
                               {"failing", time_json(endpoint.failing)},
                               {"disabled", time_json(endpoint.disabled)},
                               {"gone", endpoint.gone}});
}

wire::Json delivery_json(const webhooks::Delivery& delivery) {
    constexpr std::string_view states[] = {"waiting", "under_way", "delivered", "failed"};
    return wire::Json::object({{"id", delivery.id},
                               {"type", delivery.type},
                               {"at", time_json(delivery.at)},
                               {"state", states[static_cast<std::size_t>(delivery.state)]},
                               {"tries", delivery.tries},
                               {"answer", delivery.answer.empty() ? wire::Json() : wire::Json(delivery.answer)},
                               {"error", delivery.error.empty() ? wire::Json() : wire::Json(delivery.error)},
                               {"next", time_json(delivery.next)},
                               {"ended", time_json(delivery.ended)}});
}

}  // namespace

Task<http::Response> get_webhooks(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        wire::Json::Array items;
        for (const auto& endpoint : TRY(webhooks::endpoints(tx, visit.shop().id))) items.push_back(endpoint_json(endpoint));
        return wire::Json::object({{"items", std::move(items)}});
    });
}

Task<http::Response> post_webhook(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "webhook");
        const auto url = TRY(fields.text("url", 1'000));
        std::vector<std::string> events;
        if (fields.has("events")) {
            for (const auto& event : TRY(fields.array("events", webhooks::event_types.size()))->items()) {
                if (!event.is_text()) return fail(Fault::bad_input, "webhook: \"events\" must be a list of texts");
                events.push_back(event.text());
            }
        }
        TRY(fields.done());
        const auto made = TRY(webhooks::add(tx, site, visit.shop().id, url, std::move(events), now));
        TRY(access::note_audit(tx, visit.shop().id, who, "add_webhook", made.endpoint.id, now, site.random));
        auto json = endpoint_json(made.endpoint);
        json.set("secret", made.secret);
        return json;
    };
    co_return co_await write(site, visit, work, 201);
}

Task<http::Response> delete_webhook(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto id = visit.request.parameter("id");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view who) -> Result<wire::Json> {
        TRY(webhooks::remove(tx, visit.shop().id, id));
        TRY(access::note_audit(tx, visit.shop().id, who, "remove_webhook", id, now, site.random));
        return wire::Json::object({{"removed", id}});
    };
    co_return co_await write(site, visit, work);
}

Task<http::Response> post_webhook_rotate(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto id = visit.request.parameter("id");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view who) -> Result<wire::Json> {
        auto secret = TRY(webhooks::rotate(tx, site, visit.shop().id, id));
        TRY(access::note_audit(tx, visit.shop().id, who, "rotate_webhook", id, now, site.random));
        return wire::Json::object({{"id", id}, {"secret", std::move(secret)}});
    };
    co_return co_await write(site, visit, work);
}

Task<http::Response> post_webhook_test(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto id = visit.request.parameter("id");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view) -> Result<wire::Json> {
        TRY(webhooks::send_test(tx, visit.shop().id, id, now));
        return wire::Json::object({{"id", id}});
    };
    co_return co_await write(site, visit, work, 202);
}

Task<http::Response> get_deliveries(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        auto list = TRY(webhooks::deliveries(tx, visit.shop().id, visit.request.parameter("id"), after_of(visit), limit + 1, now));
        const bool more = static_cast<std::int64_t>(list.size()) > limit;
        if (more) list.pop_back();
        wire::Json::Array items;
        for (const auto& one : list) items.push_back(delivery_json(one));
        return listed(visit, std::move(items), limit, more ? list.back().id : "");
    });
}

Task<http::Response> post_delivery_again(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto id = visit.request.parameter("id"), delivery = visit.request.parameter("delivery");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view who) -> Result<wire::Json> {
        const auto sent = TRY(webhooks::send_again(tx, visit.shop().id, id, delivery, now));
        TRY(access::note_audit(tx, visit.shop().id, who, "again_webhook", id, now, site.random));
        return delivery_json(sent);
    };
    co_return co_await write(site, visit, work, 202);
}

Task<http::Response> post_deliveries_again(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto id = visit.request.parameter("id");
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "webhook");
        const auto since = TRY(read_iso(TRY(fields.text("since", 40))));
        TRY(fields.done());
        const auto sent = TRY(webhooks::send_failed_again(tx, visit.shop().id, id, since, now));
        TRY(access::note_audit(tx, visit.shop().id, who, "again_webhook", id, now, site.random));
        return wire::Json::object({{"id", id}, {"count", sent.count}, {"more", sent.more}});
    };
    co_return co_await write(site, visit, work, 202);
}

}  // namespace barrow::app::api
