#include "rooms/webhooks/webhooks_studio.hpp"

#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/webhooks/webhooks.hpp"

namespace barrow::webhooks {
namespace {

Result<access::StudioPage> studio(store::Tx& tx, const access::Site& site, const access::Visit& visit, const std::string& url,
                                  const std::string& problem) {
    wire::Json::Array rows, types;
    for (const auto type : event_types) types.push_back(wire::Json::object({{"value", type}}));
    for (const auto& endpoint : TRY(endpoints(tx, visit.shop().id))) {
        std::string events;
        for (const auto& event : endpoint.events) events += (events.empty() ? "" : ", ") + event;
        rows.push_back(wire::Json::object({{"url", endpoint.url},
                                           {"events", events.empty() ? "everything" : events},
                                           {"state", endpoint.disabled  ? "off since " + visit.zone().stamp(*endpoint.disabled)
                                                     : endpoint.failing ? "nothing arrives since " + visit.zone().stamp(*endpoint.failing)
                                                                        : std::string("on")},
                                           {"state_kind", endpoint.disabled  ? "danger"
                                                          : endpoint.failing ? "sale"
                                                                             : "good"},
                                           {"secret", TRY(secret_of(tx, site, visit.shop().id, endpoint.id))},
                                           {"own", visit.base + "/studio/webhooks/" + endpoint.id}}));
    }
    return access::StudioPage{
        .place = "links",
        .title = "Webhooks",
        .template_path = "studio/webhooks.html",
        .values = wire::Json::object(
            {{"webhooks", std::move(rows)}, {"types", std::move(types)}, {"url", url}, {"problem", access::sentence(problem)}})};
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
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
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
        } else {
            return fail(Fault::not_found, "there is nothing here");
        }
        TRY(access::note_audit(tx, visit.shop().id, "owner", act + "_webhook", id, now, site.random));
        return access::with_toast(site, visit, "/studio/webhooks", {.text = words});
    });
}

}  // namespace barrow::webhooks
