#include "rooms/letters/letters_http.hpp"

#include <algorithm>

#include "floor/fetch/address_rules.hpp"
#include "floor/outbox/mail.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::letters {
namespace {

Key key_of(const access::Site& site, const Id<access::Shop>& shop) { return site.secrets.derive(shop, "letters"); }

// One of: form, asked, confirm, confirmed, over, off.
http::Response show(Doors& doors, const access::Visit& visit, std::string_view which, wire::Json values, int status = 200) {
    for (const auto* one : {"form", "asked", "confirm", "confirmed", "over", "off"}) values.set("is_" + std::string(one), which == one);
    for (const auto* name : {"list", "list_name", "words", "email", "problem", "context", "address", "action"}) {
        if (values.find(name) == nullptr) values.set(name, "");
    }
    auto response = access::page(doors.site, visit, "viewer/letters.html", std::move(values));
    response.status = status;
    return response;
}

http::Response form_page(Doors& doors, const access::Visit& visit, const List& list, std::string email, std::string context,
                         std::string problem) {
    const int status = problem.empty() ? 200 : 422;
    return show(doors, visit, "form",
                wire::Json::object({{"list", list.slug},
                                    {"list_name", list.name},
                                    {"words", list.words},
                                    {"email", std::move(email)},
                                    {"context", std::move(context)},
                                    {"problem", std::move(problem)},
                                    {"action", visit.base + "/letters"}}),
                status);
}

http::Response token_page(Doors& doors, const access::Visit& visit, const Subscriber& subscriber, const List& list) {
    const auto which = subscriber.state == State::asked ? "confirm" : subscriber.state == State::confirmed ? "confirmed" : "over";
    return show(doors, visit, which,
                wire::Json::object({{"list_name", list.name},
                                    {"words", subscriber.words},
                                    {"address", subscriber.address},
                                    {"action", visit.base + std::string(visit.request.path)}}));
}

struct Shown {
    Subscriber subscriber;
    List list;
};
// A list that was renamed or taken away leaves its people their link.
Result<Shown> shown(store::Tx& tx, const access::Shop& shop, Subscriber subscriber) {
    auto list = find_list(tx, shop, subscriber.list);
    if (!list && list.error().fault != Fault::not_found) return list.error();
    auto at =
        list ? std::move(*list)
             : List{.slug = subscriber.list, .name = wire::Words(shop.language)("Letters from {shop}", {{"shop", shop.name}}), .words = {}};
    return Shown{std::move(subscriber), std::move(at)};
}

http::Response off(Doors& doors, const access::Visit& visit) { return show(doors, visit, "off", wire::Json::object(), 404); }

outbox::Mail confirmation(const Doors& doors, const access::Tenant& tenant, const Subscriber& subscriber, const List& list) {
    const auto& shop = tenant.shop;
    const auto token = token_of(subscriber, key_of(doors.site, shop.id));
    const auto link = access::address(doors.site, shop, "/letters/" + token);
    const wire::Words say(shop.language);
    const auto home = access::address(doors.site, shop, "/");
    std::string text =
        say("Somebody, we hope you, asked for this with your address: {list}, at {address}", {{"list", list.name}, {"address", home}}) +
        "\n\n" + say("What you agree to:") + "\n\n  " + subscriber.words + "\n\n" +
        say("To confirm, open this page and press its button:") + "\n\n" + link + "\n\n" +
        say("Was it not you? Then do nothing. Without the button you get no letters, and your address is deleted there after a week.") +
        "\n\n-- \n" + shop.seller() + "\n" + shop.contact + "\n";
    return {.id = subscriber.id + "." + std::to_string(subscriber.asked.us),
            .from_name = shop.name,
            .from = doors.mail_from,
            .to = subscriber.address,
            .reply_to = {},
            .subject = say("Please confirm: {list}", {{"list", list.name}}),
            .text = std::move(text),
            .html = {},
            .unsubscribe = link};
}

}  // namespace

Task<http::Response> get_letters(Doors& doors, access::Visit visit) {
    if (!doors.site.takes_mail) co_return off(doors, visit);
    const auto slug = visit.request.query_value("list").value_or(std::string(default_list));
    const auto list = co_await doors.site.db.read([&](store::Tx& tx) { return find_list(tx, visit.shop(), slug); });
    if (!list) co_return access::refusal(doors.site, visit, list.error());
    co_return form_page(doors, visit, *list, "", visit.request.query_value("c").value_or(""), "");
}

Task<http::Response> post_letters(Doors& doors, access::Visit visit) {
    if (!doors.site.takes_mail) co_return off(doors, visit);
    const auto now = doors.site.clock.now();
    const auto allowed = access::same_site(visit);
    if (!allowed) co_return access::refusal(doors.site, visit, allowed.error());
    const auto sent = access::form(visit);
    if (!sent) co_return access::refusal(doors.site, visit, sent.error());
    if (!doors.asks.take(fetch::network_of(visit.request.peer), now))
        co_return access::refusal(doors.site, visit, fail(Fault::rate_limited, "That was often. Wait a minute, then try again."));
    const auto typed = access::field(*sent, "email"), context = access::field(*sent, "context");
    const auto slug = sent->find("list") == nullptr ? std::string(default_list) : access::field(*sent, "list");
    const auto address = outbox::read_address(typed);
    const auto came_with = telemetry::context_or_none(context, visit.shop().id, visit.tenant->context_key, now);
    const auto key = key_of(doors.site, visit.shop().id);
    const bool by_hand = access::field(*sent, "website").empty();  // programs fill in what people do not see
    const auto done = co_await doors.site.db.write([&](store::Tx& tx) -> Result<List> {
        auto list = TRY(find_list(tx, visit.shop(), slug));
        if (address && by_hand)
            TRY(ask(tx, visit.shop(), {.list = slug, .address = *address, .link = came_with.link}, key, now, doors.site.random));
        return list;
    });
    if (!done) co_return access::refusal(doors.site, visit, done.error());
    if (!address) co_return form_page(doors, visit, *done, typed, context, access::told(visit, address.error()));
    co_return show(doors, visit, "asked", wire::Json::object({{"list_name", done->name}, {"address", *address}}));
}

Task<http::Response> get_token(Doors& doors, access::Visit visit) {
    const auto& token = visit.request.parameter("token");
    const auto found = co_await doors.site.db.read(
        [&](store::Tx& tx) -> Result<Shown> { return shown(tx, visit.shop(), TRY(find_by_token(tx, visit.shop().id, token))); });
    if (!found) co_return access::refusal(doors.site, visit, found.error());
    co_return token_page(doors, visit, found->subscriber, found->list);
}

Task<http::Response> post_token(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto allowed = access::same_site(visit);
    if (!allowed) co_return access::refusal(doors.site, visit, allowed.error());
    // Mail programs may send theirs as multipart, too (RFC 8058 section 3.2).
    const bool one_click = visit.request.body.find("List-Unsubscribe") != std::string_view::npos;
    std::string act = "stop";
    if (!one_click) {
        const auto sent = access::form(visit);
        if (!sent) co_return access::refusal(doors.site, visit, sent.error());
        act = access::field(*sent, "do");
    }
    const auto& token = visit.request.parameter("token");
    const auto done = co_await doors.site.db.write([&](store::Tx& tx) -> Result<Shown> {
        auto subscriber = TRY(find_by_token(tx, visit.shop().id, token));
        if (act == "confirm")
            subscriber = TRY(confirm(tx, visit.shop().id, std::move(subscriber), now));
        else if (act == "stop")
            subscriber = TRY(stop(tx, visit.shop().id, std::move(subscriber), now));
        else
            return fail(Fault::bad_input, "do: confirm or stop");
        return shown(tx, visit.shop(), std::move(subscriber));
    });
    if (!done) co_return access::refusal(doors.site, visit, done.error());
    co_return token_page(doors, visit, done->subscriber, done->list);
}

Task<Status> keep_mail(Doors& doors, outbox::Promise promise) {
    if (doors.smtp == nullptr) co_return fail(Fault::outside, "no mail server is set up; see docs/operating.md, Mail");
    const auto payload = wire::read_json(promise.payload);
    check(payload.ok());
    const auto& id = payload->find("id")->text();
    const Id<access::Shop> shop{promise.shop_id};
    const auto tenants = doors.site.directory.all();
    const auto at = std::ranges::find_if(tenants, [&](const auto& one) { return one->shop.id == shop; });
    if (at == tenants.end()) co_return fail(Fault::gone, "the shop is not here any more");
    const auto& tenant = *at;
    const auto found = co_await doors.site.db.read(
        [&](store::Tx& tx) -> Result<Shown> { return shown(tx, tenant->shop, TRY(find(tx, tenant->shop.id, id))); });
    if (!found) co_return fail(found.error().fault == Fault::not_found ? Fault::gone : found.error().fault, found.error().text);
    if (found->subscriber.state != State::asked) co_return Status();  // settled meanwhile
    const auto now = doors.site.clock.now();
    const auto sent = co_await outbox::send_mail(*doors.smtp, confirmation(doors, *tenant, found->subscriber, found->list), now);
    if (sent || sent.error().fault != Fault::not_found) co_return sent;
    // The promise is kept as far as it can be: nobody need look at it.
    co_return co_await doors.site.db.write([&](store::Tx& tx) { return bounce(tx, shop, id, now); });
}

}  // namespace barrow::letters
