#include "rooms/webhooks/webhooks_studio.hpp"

#include <algorithm>

#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/webhooks/webhooks.hpp"

namespace barrow::webhooks {
namespace {

// How far back "all that failed" goes; beyond the last one nothing is kept.
struct Span {
    std::int64_t hours;
    std::string_view words;
};
constexpr Span spans[] = {{1, "the last hour"}, {24, "the last day"}, {72, "the last three days"}, {720, "the last 30 days"}};

wire::Json delivery_values(const Delivery& delivery, const access::Visit& visit) {
    using State = outbox::Delivery::State;
    struct Words {
        std::string_view state, kind;
    };
    constexpr Words words[] = {{"waits", ""}, {"being sent", ""}, {"arrived", "good"}, {"failed", "danger"}};
    const auto& word = words[static_cast<std::size_t>(delivery.state)];
    const bool tried = delivery.state == State::waiting && delivery.tries > 0;
    return wire::Json::object({{"id", delivery.id},
                               {"type", delivery.type},
                               {"when", visit.zone().stamp(delivery.at)},
                               {"state", tried ? "waits to be tried again" : word.state},
                               {"state_kind", tried ? "sale" : word.kind},
                               {"answer", delivery.error.empty() ? delivery.answer : delivery.error},
                               {"tries", delivery.tries == 0 ? std::string() : std::to_string(delivery.tries)},
                               {"next", delivery.next ? visit.zone().stamp(*delivery.next) : std::string()},
                               {"can_again", delivery.state != State::under_way}});
}

Result<access::StudioPage> studio(store::Tx& tx, const access::Site& site, const access::Visit& visit, const std::string& url,
                                  const std::string& problem) {
    const auto now = site.clock.now();
    wire::Json::Array rows, types, choices;
    for (const auto& span : spans) choices.push_back(wire::Json::object({{"hours", span.hours}, {"words", span.words}}));
    for (const auto type : event_types) types.push_back(wire::Json::object({{"value", type}}));
    for (const auto& endpoint : TRY(endpoints(tx, visit.shop().id))) {
        std::string events;
        for (const auto& event : endpoint.events) events += (events.empty() ? "" : ", ") + event;
        wire::Json::Array sent;
        const auto last = TRY(last_deliveries(tx, visit.shop().id, endpoint.id, now));
        for (const auto& one : last.tried) sent.push_back(delivery_values(one, visit));
        rows.push_back(wire::Json::object({{"url", endpoint.url},
                                           {"events", events.empty() ? "everything" : events},
                                           {"state", endpoint.disabled ? "off since " + visit.zone().stamp(*endpoint.disabled) +
                                                                             (endpoint.gone ? ": it answered 410 Gone" : "")
                                                     : endpoint.failing ? "nothing arrives since " + visit.zone().stamp(*endpoint.failing)
                                                                        : std::string("on")},
                                           {"state_kind", endpoint.disabled  ? "danger"
                                                          : endpoint.failing ? "sale"
                                                                             : "good"},
                                           {"secret", TRY(secret_of(tx, site, visit.shop().id, endpoint.id))},
                                           {"has_deliveries", !sent.empty()},
                                           {"deliveries", std::move(sent)},
                                           {"untried", last.untried == 0 ? std::string() : wire::grouped(last.untried)},
                                           {"on", !endpoint.disabled},
                                           {"own", visit.base + "/studio/webhooks/" + endpoint.id}}));
    }
    return access::StudioPage{.place = "links",
                              .title = "Webhooks",
                              .template_path = "studio/webhooks.html",
                              .values = wire::Json::object({{"webhooks", std::move(rows)},
                                                            {"types", std::move(types)},
                                                            {"spans", std::move(choices)},
                                                            {"url", url},
                                                            {"problem", access::sentence(problem)}})};
}

// A field that was sent once is a text, several times a list.
std::vector<std::string> chosen(const wire::Json& form) {
    std::vector<std::string> events;
    if (const auto* sent = form.find("event")) {
        if (sent->is_text()) events.push_back(sent->text());
        if (sent->is_array())
            for (const auto& one : sent->items()) events.push_back(one.text());
    }
    return events;
}

// One delivery, or all that failed in the hours chosen. What was done, in words.
Result<std::string> send_again_as_asked(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, const wire::Json& form,
                                        Instant now) {
    if (const auto delivery = access::field(form, "delivery"); !delivery.empty()) {
        TRY(send_again(tx, shop, id, delivery, now));
        return std::string("It is on its way again.");
    }
    const auto typed = access::field(form, "hours");
    const auto* chosen = std::ranges::find_if(spans, [&](const Span& span) { return std::to_string(span.hours) == typed; });
    if (chosen == std::end(spans)) return fail(Fault::bad_input, "hours: choose how far back");
    const auto sent = TRY(send_failed_again(tx, shop, id, now - hours(chosen->hours), now));
    if (sent.count == 0) return std::string("Nothing failed in " + std::string(chosen->words) + ".");
    return wire::grouped(sent.count) + (sent.count == 1 ? " is" : " are") + " on the way again" +
           (sent.more ? ". There may be more: send them again, too." : ".");
}

}  // namespace

Task<http::Response> get_studio(access::Site& site, access::Visit visit) {
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) { return studio(tx, site, visit, "", ""); });
}

Task<http::Response> post_studio(access::Site& site, access::Visit visit) {
    co_return co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& form) -> Result<std::string> {
            const auto now = site.clock.now();
            const auto made = TRY(add(tx, site, visit.shop().id, access::field(form, "url"), chosen(form), now));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "add_webhook", made.endpoint.id, now, site.random));
            return access::with_toast(site, visit, "/studio/webhooks", {.text = "It is told from now on."});
        },
        [&](store::Tx& tx, const wire::Json& form, const Error& error) {
            return studio(tx, site, visit, access::field(form, "url"), access::at_field(error.text, "url"));
        });
}

Task<http::Response> post_act(access::Site& site, access::Visit visit) {
    const auto id = visit.request.parameter("id"), act = visit.request.parameter("act");
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json& form) -> Result<std::string> {
        const auto now = site.clock.now();
        std::string words;
        if (act == "test") {
            TRY(send_test(tx, visit.shop().id, id, now));
            words = "A test is on its way.";
        } else if (act == "rotate") {
            TRY(rotate(tx, site, visit.shop().id, id));
            words = "It has a new secret; the old one counts no more.";
        } else if (act == "remove") {
            TRY(remove(tx, visit.shop().id, id));
            words = "Removed.";
        } else if (act == "again") {
            words = TRY(send_again_as_asked(tx, visit.shop().id, id, form, now));
        } else {
            return fail(Fault::not_found, "there is nothing here");
        }
        TRY(access::note_audit(tx, visit.shop().id, "owner", act + "_webhook", id, now, site.random));
        return access::with_toast(site, visit, "/studio/webhooks", {.text = words});
    });
}

}  // namespace barrow::webhooks
