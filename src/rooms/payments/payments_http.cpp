#include "rooms/payments/payments_http.hpp"

namespace barrow::payments {

Task<Status> receive(Doors& doors, std::string provider, Delivery delivery) {
    const auto now = doors.site.clock.now();
    const auto found = doors.providers.find(provider);
    if (found == doors.providers.end()) co_return fail(Fault::not_found, "there is no payment provider \"" + provider + "\" here");
    const auto event = found->second->read_webhook(delivery, now);
    if (!event) co_return event.error();
    auto recorded = co_await doors.site.db.write([&](store::Tx& tx) -> Status {
        TRY(record(tx, provider, *event, now));
        return {};
    });
    co_return recorded;
}

Task<http::Response> post_webhook(Doors& doors, access::Visit visit) {
    Delivery delivery{.headers = {}, .body = std::string(visit.request.body)};
    for (const auto& [name, value] : visit.request.headers) delivery.headers.emplace_back(name, value);
    auto received = co_await receive(doors, visit.request.parameter("provider"), std::move(delivery));
    if (!received) {
        doors.site.log.warning("webhook_refused", {{"provider", visit.request.parameter("provider")}, {"text", received.error().text}});
        co_return http::problem(received.error());
    }
    co_return http::Response::json("{}");
}

namespace {

Error sandbox_is_off() { return fail(Fault::not_found, "there is no test provider here"); }

wire::Json page_values(const access::Visit& visit, const Sandbox::Page& page, const Id<Payment>& id) {
    std::string done;
    if (page.decision) done = *page.decision == Sandbox::Decision::decline ? visit.words()("declined") : visit.words()("approved");
    return wire::Json::object({{"payment", id.text},
                               {"order_number", ""},
                               {"what", visit.words()("Your order at {shop}", {{"shop", visit.shop().name}})},
                               {"amount", visit.words().money(page.amount)},
                               {"done", done},
                               {"back_url", page.return_url}});
}

}  // namespace

Task<http::Response> get_sandbox(Doors& doors, access::Visit visit) {
    if (!doors.providers.contains("sandbox")) co_return access::refusal(doors.site, visit, sandbox_is_off());
    const Id<Payment> id{visit.request.parameter("payment")};
    auto page = co_await doors.site.db.read([&](store::Tx& tx) { return Sandbox::page(tx, visit.shop().id, id); });
    if (!page) co_return access::refusal(doors.site, visit, page.error());
    co_return access::page(doors.site, visit, "viewer/pay_sandbox.html", page_values(visit, *page, id));
}

Task<http::Response> post_sandbox(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto allowed = access::same_site(visit);
    if (!allowed) co_return access::refusal(site, visit, allowed.error());
    if (!doors.providers.contains("sandbox")) co_return access::refusal(site, visit, sandbox_is_off());
    const auto form = access::form(visit);
    if (!form) co_return access::refusal(site, visit, form.error());
    const auto* sent = form->find("decision");
    const auto decision = Sandbox::read_decision(sent != nullptr && sent->is_text() ? sent->text() : "");
    if (!decision) co_return access::refusal(site, visit, decision.error());
    const Id<Payment> id{visit.request.parameter("payment")};
    std::string return_url;
    auto decided = co_await site.db.write([&](store::Tx& tx) -> Status {
        return_url = TRY(Sandbox::page(tx, visit.shop().id, id)).return_url;
        return Sandbox::decide(tx, visit.shop().id, id, *decision, now);
    });
    // Tapped twice: the first decision stands, and the order's page shows it.
    if (!decided && decided.error().fault != Fault::conflict) co_return access::refusal(site, visit, decided.error());
    if (doors.keep_promises) {
        auto kept = co_await doors.keep_promises();
        if (!kept) site.log.warning("promises_wait", {{"text", kept.error().text}});
    }
    co_return http::Response::redirect(return_url, 303).with("cache-control", "no-store");
}

}  // namespace barrow::payments
