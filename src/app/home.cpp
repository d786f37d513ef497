#include "app/home.hpp"

#include <algorithm>

#include "floor/outbox/outbox.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/certificates.hpp"
#include "rooms/access/domains.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/guard/guard.hpp"
#include "rooms/letters/letters.hpp"
#include "rooms/links/link.hpp"
#include "rooms/links/links_studio.hpp"
#include "rooms/live/session.hpp"
#include "rooms/orders/orders_http.hpp"
#include "rooms/orders/to_send.hpp"
#include "rooms/payments/payments.hpp"
#include "rooms/reports/week.hpp"
#include "rooms/snippets/changed.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/webhooks/webhooks.hpp"

namespace barrow::app {
namespace {

constexpr Duration send_within = days(1);  // a paid order that waits longer needs somebody
constexpr int late_shown_max = 3;          // the rest is one line
constexpr int newest_shown_max = 5;
constexpr int given_up_read_max = 50, given_up_shown_max = 3;
constexpr Duration given_up_shown_for = days(30);  // long enough that somebody came by; it stays in /metrics
constexpr std::int64_t low_count = 3;              // of the pinned product
constexpr Duration soon = days(1);                 // a session within it takes the live bar

struct Need {
    std::string text, href, action;
    bool urgent = false;
};
wire::Json json(const Need& need) {
    return wire::Json::object({{"text", need.text}, {"href", need.href}, {"action", need.action}, {"urgent", need.urgent}});
}

// The session that is on air, else the next one within a day.
Result<std::optional<live::Session>> session_at_hand(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    std::optional<live::Session> next;
    for (auto& session : TRY(live::newest(tx, shop))) {
        if (session.state == live::Session::State::live) return std::optional(std::move(session));
        if (session.state != live::Session::State::scheduled || session.starts < now - soon || session.starts > now + soon) continue;
        if (!next || session.starts < next->starts) next = std::move(session);
    }
    return next;
}

// What is for sale and not on the page, because no snippet explains it.
Result<std::optional<Need>> without_snippet(store::Tx& tx, const access::Visit& visit, Instant now) {
    const auto snippets = TRY(snippets::all(tx, visit.shop().id, now));
    auto products = TRY(catalog::all(tx, visit.shop().id));
    std::erase_if(products, [&](const auto& product) {
        return !product.published ||
               std::ranges::any_of(snippets, [&](const auto& one) { return one.product == product.id && !one.revoked; });
    });
    if (products.empty()) return std::optional<Need>();
    const auto new_snippet = visit.base + "/studio/snippets/new?product=" + products.front().slug;
    if (products.size() == 1)
        return std::optional(Need{products.front().name + " is not on your page yet: it has no snippet", new_snippet, "Write it"});
    const auto count = wire::grouped(static_cast<std::int64_t>(products.size()));
    return std::optional(Need{count + " products are not on your page yet: they have no snippet", new_snippet, "Write the first"});
}

// Money that was taken and not booked, or promised back and not sent: nobody else says so.
Status add_given_up(store::Tx& tx, const access::Visit& visit, Instant now, wire::Json::Array& list) {
    int count = 0;
    for (const auto& one : TRY(outbox::given_up(tx, visit.shop().id.text, given_up_read_max))) {
        if (one.kind == stock::left_changed_kind || one.kind == snippets::changed_kind || one.kind == letters::mail_kind ||
            one.kind == webhooks::promise_kind || one.kind == guard::mail_kind || one.ended < now - given_up_shown_for)
            continue;  // an old count misses nobody; bounces and webhooks are told elsewhere
        if (++count > given_up_shown_max) continue;
        const auto what = one.kind == payments::refund_kind ? std::string("A refund did not reach the payment provider")
                          : one.kind == payments::fact_kind ? std::string("A payment could not be put on the books")
                                                            : "Something promised was not done (" + one.kind + ")";
        list.push_back(
            json({.text = what + "; given up after " + std::to_string(one.tries) + (one.tries == 1 ? " try: " : " tries: ") + one.error,
                  .href = visit.base + "/studio/orders",
                  .action = "See the orders",
                  .urgent = true}));
    }
    if (count > given_up_shown_max) {
        list.push_back(json({.text = std::to_string(count - given_up_shown_max) + " more promises were given up",
                             .href = visit.base + "/studio/orders",
                             .action = "See the orders",
                             .urgent = true}));
    }
    return {};
}

// What a provider could not give back, and what a buyer's bank wants an answer to.
Status add_money_back(store::Tx& tx, const access::Visit& visit, Instant now, wire::Json::Array& list) {
    const auto& shop = visit.shop().id;
    const auto add = [&](const Id<payments::Payment>& payment, std::string text) -> Status {
        const auto order = TRY(payments::find(tx, shop, payment)).subject;
        list.push_back(
            json({.text = std::move(text), .href = visit.base + "/studio/orders/" + order, .action = "See the order", .urgent = true}));
        return {};
    };
    int shown = 0;
    for (const auto& one : TRY(payments::failed_refunds(tx, shop, now - given_up_shown_for))) {
        if (++shown > given_up_shown_max) break;
        TRY(add(one.refund.payment,
                "A refund of " + display(one.refund.amount) + " failed at the payment provider: pay it back by hand, or try again"));
    }
    shown = 0;
    for (const auto& one : TRY(payments::open_disputes(tx, shop))) {
        if (one.answered || ++shown > given_up_shown_max) continue;
        TRY(add(one.payment, "A buyer's bank took " + display(one.amount) + " back" +
                                 (one.due ? ": answer until " + access::long_date(visit.zone(), *one.due) : ": answer it")));
    }
    return {};
}

// A domain of the shop whose certificate cannot be had: buyers will see a warning instead of the shop.
Status add_certificates(store::Tx& tx, const access::Site& site, const access::Visit& visit, wire::Json::Array& list) {
    if (!site.keeps_certificates) return {};
    auto domains = TRY(access::domains_of(tx, visit.shop().id));
    if (!visit.shop().host.empty()) domains.push_back({.shop = visit.shop().id, .name = visit.shop().host, .created = {}});
    for (const auto& domain : domains) {
        const auto state = TRY(access::certificate_state(tx, domain.name));
        if (!state || !state->needs_help()) continue;
        list.push_back(json({.text = "The certificate of " + domain.name + ": " + state->problem,
                             .href = visit.base + "/studio/domains",
                             .action = "See the domains",
                             .urgent = true}));
    }
    return {};
}

// What the links lead to and is not there, in money.
Status add_dead_offers(store::Tx& tx, const access::Visit& visit, Instant now, wire::Json::Array& list) {
    const auto sum = TRY(guard::summary(tx, visit.shop(), now));
    const auto health = visit.base + "/studio/health";
    if (sum.broken > 0) {
        auto text = sum.broken == 1 ? std::string("An address that your links lead to is gone")
                                    : wire::grouped(sum.broken) + " addresses that your links lead to are gone";
        text += sum.lost_minor > 0 ? ": about " + display({sum.lost_minor, visit.shop().currency}) + " lost"
                                   : ": " + wire::grouped(sum.clicks) + (sum.clicks == 1 ? " click" : " clicks") + " lost";
        if (sum.since) text += " since " + access::long_date(visit.zone(), *sum.since);
        list.push_back(json({.text = text, .href = health, .action = "Mend it", .urgent = true}));
    }
    if (sum.warned > 0) {
        list.push_back(json({.text = (sum.warned == 1 ? std::string("An address that your links lead to needs a look")
                                                      : wire::grouped(sum.warned) + " addresses that your links lead to need a look") +
                                     ": sold out, ended, or a certificate that ends",
                             .href = health,
                             .action = "See what",
                             .urgent = false}));
    }
    return {};
}

Result<wire::Json> needs(store::Tx& tx, const access::Site& site, const access::Visit& visit, const std::optional<live::Session>& session,
                         Instant now) {
    const auto& shop = visit.shop().id;
    wire::Json::Array list;
    if (!site.takes_payments) {
        list.push_back(json({.text = "Nobody can order yet: the test provider is off where others reach the shop, and no other is set up",
                             .href = visit.base + "/",
                             .action = "See your page",
                             .urgent = true}));
    }
    for (const auto& endpoint : TRY(webhooks::endpoints(tx, shop))) {
        if (!endpoint.disabled) continue;
        const auto* why = endpoint.gone ? "its receiver wants no more (410 Gone): " : "nothing arrived for five days: ";
        list.push_back(json({.text = "A webhook was switched off, because " + (why + endpoint.url),
                             .href = visit.base + "/studio/webhooks",
                             .action = "See the webhooks",
                             .urgent = false}));
    }
    TRY(add_given_up(tx, visit, now, list));
    TRY(add_money_back(tx, visit, now, list));
    TRY(add_certificates(tx, site, visit, list));
    TRY(add_dead_offers(tx, visit, now, list));
    const auto late = TRY(orders::unsent(tx, shop, now - send_within, late_shown_max));
    for (const auto& order : late.oldest) {
        const auto day_count = (now - order.paid.value_or(now)).us / days(1).us;
        list.push_back(json({.text = "Order " + std::to_string(order.number) + ", " + orders::what_words(order) + ": paid " +
                                     std::to_string(day_count) + (day_count == 1 ? " day ago, not sent yet" : " days ago, not sent yet"),
                             .href = visit.base + "/studio/orders?state=paid",
                             .action = "Send it",
                             .urgent = day_count >= 3}));
    }
    if (late.count > static_cast<std::int64_t>(late.oldest.size())) {
        list.push_back(
            json({.text = wire::grouped(late.count - static_cast<std::int64_t>(late.oldest.size())) + " more paid orders wait to be sent",
                  .href = visit.base + "/studio/orders?state=paid",
                  .action = "See them"}));
    }
    if (session && session->pinned) {
        const auto standing = TRY(stock::standing(tx, shop, *session->pinned, session->drop, now));
        if (standing.left_count <= low_count) {
            const auto product = TRY(catalog::find(tx, shop, *session->pinned));
            list.push_back(json({.text = product.name + " is on screen in \"" + session->title + "\": " + standing.words,
                                 .href = visit.base + "/studio/live/" + session->id.text,
                                 .action = "Control room",
                                 .urgent = session->state == live::Session::State::live}));
        }
    }
    if (auto need = TRY(without_snippet(tx, visit, now))) list.push_back(json(*need));
    return wire::Json(std::move(list));
}

wire::Json figures(const reports::Week& week, const reports::Week& before, const std::string& href) {
    const auto figure = [&](std::string_view label, std::string value, std::string note) {
        return wire::Json::object({{"label", label}, {"value", std::move(value)}, {"unit", ""}, {"note", std::move(note)}, {"href", href}});
    };
    return wire::Json::array({figure("Net this week", display(week.net), "last week " + display(before.net)),
                              figure("Orders paid", wire::grouped(week.orders), "last week " + wire::grouped(before.orders)),
                              figure("Link clicks", wire::grouped(week.clicks), "last week " + wire::grouped(before.clicks))});
}

struct Step {
    std::string_view text;
    std::string href;
    bool done;
};

Result<bool> somebody_followed(store::Tx& tx, const Id<access::Shop>& shop, const std::vector<links::Link>& links) {
    const auto clicks = telemetry::clicks_of(tx, shop, links::numbers_of(links), 0);
    if (!clicks) return clicks.error();
    return std::ranges::any_of(*clicks, [](const auto& one) { return one.second.all > 0; });
}

// From the first product to the first sale; empty when it is walked.
Result<std::vector<Step>> steps(store::Tx& tx, const access::Visit& visit, Instant now) {
    const auto& shop = visit.shop().id;
    if (TRY(orders::sold_something(tx, shop))) return std::vector<Step>();
    const auto products = TRY(catalog::all(tx, shop));
    const auto snippets = TRY(snippets::all(tx, shop, now));
    const auto links = TRY(links::list(tx, shop));
    const bool followed = TRY(somebody_followed(tx, shop, links));
    return std::vector<Step>{{"Make your first product", visit.base + "/studio/products/new",
                              std::ranges::any_of(products, [](const auto& one) { return one.published; })},
                             {"Say in one breath what it does: its snippet", visit.base + "/studio/snippets/new",
                              std::ranges::any_of(snippets, [](const auto& one) { return !one.revoked; })},
                             {"Make a short link to it", visit.base + "/studio/links#new", !links.empty()},
                             {"Share the link until somebody follows it", visit.base + "/studio/links", followed},
                             {"The first order", visit.base + "/studio/orders", false}};
}

wire::Json live_bar(const access::Visit& visit, const live::Session& session) {
    const bool on_air = session.state == live::Session::State::live;
    return wire::Json::object({{"href", visit.base + "/studio/live/" + session.id.text},
                               {"title", session.title},
                               {"words", on_air ? "since " + visit.zone().minute(session.started.value_or(session.starts))
                                                : access::date_and_time(visit.zone(), session.starts)},
                               {"on_air", on_air}});
}

}  // namespace

Task<http::Response> get_home(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        const auto& shop = visit.shop();
        const auto session = TRY(session_at_hand(tx, shop.id, now));
        const auto monday = reports::monday_of(now);
        const auto week = reports::week(TRY(reports::read_facts(tx, shop.id, monday)), shop.currency);
        const auto before = reports::week(TRY(reports::read_facts(tx, shop.id, monday - 7)), shop.currency);
        wire::Json::Array path, newest;
        int done_count = 0;
        for (const auto& step : TRY(steps(tx, visit, now))) {
            done_count += step.done ? 1 : 0;
            path.push_back(wire::Json::object({{"text", step.text}, {"href", step.href}, {"done", step.done}}));
        }
        for (const auto& order : TRY(orders::newest(tx, shop.id, 0, newest_shown_max))) {
            const auto words = orders::state_words(order);
            newest.push_back(wire::Json::object({{"number", order.number},
                                                 {"href", visit.base + "/studio/orders"},
                                                 {"what", orders::what_words(order)},
                                                 {"total", display(order.sum)},
                                                 {"state", words.state},
                                                 {"state_kind", words.kind},
                                                 {"when", access::date_and_time(visit.zone(), order.placed)}}));
        }
        auto today = TRY(links::today_card(tx, site, visit));
        today.set("back", "home");
        const auto steps_done = std::to_string(done_count) + " of " + std::to_string(path.size());
        return access::StudioPage{.place = "home",
                                  .title = "Home",
                                  .template_path = "studio/home.html",
                                  .values = wire::Json::object({{"needs", TRY(needs(tx, site, visit, session, now))},
                                                                {"today", std::move(today)},
                                                                {"figures", figures(week, before, visit.base + "/studio/numbers")},
                                                                {"steps", std::move(path)},
                                                                {"steps_done", steps_done},
                                                                {"orders", std::move(newest)},
                                                                {"live_bar", session ? live_bar(visit, *session) : wire::Json(false)}})};
    });
}

}  // namespace barrow::app
