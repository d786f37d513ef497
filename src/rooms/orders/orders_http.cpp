#include "rooms/orders/orders_http.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "floor/wire/form.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/catalog/quote.hpp"
#include "rooms/checkout/hold.hpp"
#include "rooms/orders/orders.sql.hpp"
#include "rooms/orders/to_send.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::orders {
namespace {

using wire::said;
struct Country {
    std::string_view code, name;
};
constexpr std::array<Country, 12> countries{{{"AT", said("Austria")},
                                             {"BE", said("Belgium")},
                                             {"DK", said("Denmark")},
                                             {"FR", said("France")},
                                             {"DE", said("Germany")},
                                             {"IE", said("Ireland")},
                                             {"IT", said("Italy")},
                                             {"NL", said("Netherlands")},
                                             {"PT", said("Portugal")},
                                             {"ES", said("Spain")},
                                             {"SE", said("Sweden")},
                                             {"GB", said("United Kingdom")}}};

// What the buyer typed, and what is wrong with it.
struct Typed {
    std::string name, email, street, postal_code, city, country = "DE";
    std::string name_error, email_error, street_error, postal_code_error, city_error, country_error;
    [[nodiscard]] int error_count() const {
        int count = 0;
        for (const auto* error : {&name_error, &email_error, &street_error, &postal_code_error, &city_error, &country_error})
            count += error->empty() ? 0 : 1;
        return count;
    }
};

Typed read_typed(const wire::Json& form, const wire::Words& say) {
    Typed typed{.name = access::field(form, "name"),
                .email = access::field(form, "email"),
                .street = access::field(form, "street"),
                .postal_code = access::field(form, "postal_code"),
                .city = access::field(form, "city"),
                .country = access::field(form, "country")};
    const auto need = [&](const std::string& value, std::string& error, std::string words, std::size_t most) {
        if (value.empty())
            error = std::move(words);
        else if (value.size() > most)
            error = say("This is too long.");
    };
    need(typed.name, typed.name_error, say("Whom do we send it to?"), 200);
    if (!wire::looks_like_email(typed.email))
        typed.email_error = typed.email.empty() ? say("Where does the receipt go?") : say("This is no e-mail address: one @, no spaces.");
    need(typed.street, typed.street_error, say("The street and the number, please."), 200);
    need(typed.postal_code, typed.postal_code_error, say("The postal code, please."), 20);
    need(typed.city, typed.city_error, say("The town, please."), 100);
    if (std::ranges::find(countries, typed.country, &Country::code) == countries.end())
        typed.country_error = say("Choose a country from the list.");
    return typed;
}

// One hold, one order.
std::string key_of(const Id<stock::Held>& hold) { return "hold:" + hold.text; }

struct Held {
    checkout::Hold hold;
    stock::ClaimNow claim;
    catalog::Product product;
    std::optional<std::string> order_token;  // it was ordered
    std::optional<checkout::Total> total;    // what it costs, while it can still be ordered
};

Result<Held> read_hold(store::Tx& tx, const access::Visit& visit, const Id<stock::Held>& id, Instant now) {
    const auto& shop = visit.shop();
    auto hold = TRY(checkout::find_hold(tx, shop.id, id));
    auto claim = TRY(stock::find_claim(tx, shop.id, id));
    auto product = TRY(catalog::find(tx, shop.id, hold.product));
    Held held{std::move(hold), std::move(claim), std::move(product), {}, {}};
    // By its key and not by its claim: an order that was paid late has another claim. Asked before anything else: whatever became of
    // the product, who ordered it finds the order.
    const auto rows = TRY(tx.run(sql::order_by_key, {shop.id, key_of(id)}));
    if (!rows.empty()) {
        held.order_token = TRY(find(tx, shop.id, rows[0].id<Order>("id"))).token;
        return held;
    }
    if (held.claim.state != stock::ClaimState::held || held.claim.held.expires <= now) return held;
    checkout::Item item{.product = held.product, .pieces = held.hold.pieces, .quote = {}, .seen = {}};
    auto quote = catalog::read_quote(held.hold.quote, shop.id, visit.tenant->quote_key, now);
    if (quote) item.quote = *quote;
    if (held.hold.seen_minor) item.seen = Money{*held.hold.seen_minor, shop.currency};
    held.total = TRY(checkout::total(std::span(&item, 1), shop.currency));
    return held;
}

wire::Json total_lines(const checkout::Total& total, const wire::Words& say) {
    wire::Json::Array lines;
    for (const auto& line : total.lines) {
        lines.push_back(
            wire::Json::object({{"label", std::to_string(line.pieces) + " × " + line.name}, {"amount", say.money(line.amount)}}));
    }
    return lines;
}

std::string tax_words(Money tax, int basis_points, const wire::Words& say) {
    return tax.minor == 0 ? "" : catalog::tax_told(tax, basis_points, say);
}

std::string remaining(Duration left) {
    const auto s = std::max<std::int64_t>(left.us / 1'000'000, 0);
    return std::to_string(s / 60) + ":" + (s % 60 < 10 ? "0" : "") + std::to_string(s % 60);
}

http::Response hold_page(const Doors& doors, const access::Visit& visit, const Held& held, const Typed& typed, Instant now,
                         const std::string& problem) {
    const auto& expires = held.claim.held.expires;
    const bool used = held.order_token.has_value();
    const bool is_held = held.total.has_value();
    const auto path = "/holds/" + held.hold.id.text;
    const auto say = visit.words();
    std::vector<std::pair<std::string, std::string_view>> named;  // in the order of the language
    for (const auto& country : countries) named.emplace_back(say(country.name), country.code);
    std::ranges::sort(named, {}, [](const auto& one) { return one.first.starts_with("Ö") ? "Oe" + one.first.substr(2) : one.first; });
    wire::Json::Array lands;
    for (const auto& [name, code] : named)
        lands.push_back(wire::Json::object({{"code", code}, {"name", name}, {"selected", code == typed.country}}));
    const int wrong = typed.error_count();
    auto values = wire::Json::object({{"token", held.hold.id.text},
                                      {"held", is_held},
                                      {"let_go", !is_held && !used},
                                      {"used", used},
                                      {"order_url", used ? visit.base + "/orders/" + *held.order_token : ""},
                                      {"back_url", visit.base + held.hold.back_path},
                                      {"product_name", held.product.name},
                                      {"image", held.product.image.empty() ? "" : visit.base + held.product.image},
                                      {"image_alt", held.product.image_alt},
                                      {"pieces", held.hold.pieces},
                                      {"several", held.hold.pieces > 1},
                                      {"until", access::time_value(visit.zone(), expires, visit.zone().second(expires))},
                                      {"until_ms", expires.us / 1'000},
                                      {"now_ms", now.us / 1'000},
                                      {"left_clock", remaining(expires - now)},
                                      {"changed", false},
                                      {"lines", is_held ? total_lines(*held.total, say) : wire::Json::array()},
                                      {"tax", is_held ? tax_words(held.total->tax, held.total->lines[0].tax_basis_points, say) : ""},
                                      {"total", is_held ? say.money(held.total->sum) : ""},
                                      {"key", held.hold.id.text},
                                      {"problem", !problem.empty() ? problem
                                                  : wrong == 0     ? ""
                                                                   : say.count(wrong, "One field needs you.", "{n} fields need you.")},
                                      {"name", typed.name},
                                      {"name_error", typed.name_error},
                                      {"email", typed.email},
                                      {"email_error", typed.email_error},
                                      {"needs_address", true},
                                      {"street", typed.street},
                                      {"street_error", typed.street_error},
                                      {"postal_code", typed.postal_code},
                                      {"postal_code_error", typed.postal_code_error},
                                      {"city", typed.city},
                                      {"city_error", typed.city_error},
                                      {"countries", std::move(lands)},
                                      {"country_error", typed.country_error},
                                      {"refund", held.product.page.refund},
                                      {"carry_url", access::address(doors.site, visit.shop(), path)},
                                      {"carry_qr_svg", ""}});
    if (is_held && !held.total->changes.empty()) {
        const auto& change = held.total->changes.front();
        values.set("changed", wire::Json::object({{"was", say.money(change.was)}, {"now", say.money(change.is)}}));
    }
    auto response = access::page(doors.site, visit, "viewer/hold.html", std::move(values));
    if (wrong > 0 || !problem.empty()) response.status = 422;
    return response;
}

// The snippet that the context names, if it is still known.
Result<Id<snippets::Snippet>> snippet_of(store::Tx& tx, const Id<access::Shop>& shop, const telemetry::Context& context) {
    if (context.snippet == 0) return Id<snippets::Snippet>();
    auto found = snippets::find_version(tx, shop, context.snippet, context.snippet_version);
    if (!found && found.error().fault == Fault::not_found) return Id<snippets::Snippet>();
    return TRY(std::move(found)).id;
}

}  // namespace

std::string what_words(const Order& order) {
    std::string words;
    for (const auto& line : order.lines) words += (words.empty() ? "" : ", ") + std::to_string(line.pieces) + " × " + line.product_name;
    return words;
}

Task<http::Response> get_hold(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const Id<stock::Held> id{visit.request.parameter("token")};
    auto held = co_await doors.site.db.read([&](store::Tx& tx) { return read_hold(tx, visit, id, now); });
    if (!held) co_return access::refusal(doors.site, visit, held.error());
    co_return hold_page(doors, visit, *held, {}, now, "");
}

namespace {
// To the payment's page while the order waits for it, else to the order's own.
Task<http::Response> to_payment(Doors& doors, access::Visit visit, Receipt receipt, Instant now) {
    const auto receipt_path = "/orders/" + receipt.token;
    if (receipt.payment.empty() || receipt.state != State::placed) co_return access::see_other(visit, receipt_path);
    auto begun = co_await payments::begin(doors.site.db, doors.providers, visit.shop().id, receipt.payment, visit.base + receipt_path, now);
    // The order stands whatever the provider does: its page leads to the payment when it answers again.
    if (!begun || begun->page_url.empty()) co_return access::see_other(visit, receipt_path);
    const bool ours = begun->page_url.starts_with('/');
    co_return http::Response::redirect(ours ? visit.base + begun->page_url : begun->page_url, 303).with("cache-control", "no-store");
}
}  // namespace

Task<http::Response> post_order(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto allowed = access::same_site(visit);
    if (!allowed) co_return access::refusal(site, visit, allowed.error());
    const auto form = access::form(visit);
    if (!form) co_return access::refusal(site, visit, form.error());
    const Id<stock::Held> id{visit.request.parameter("token")};
    const auto typed = read_typed(*form, visit.words());
    telemetry::Context context;
    Id<snippets::Snippet> snippet;
    auto held = co_await site.db.read([&](store::Tx& tx) -> Result<Held> {
        auto whole = TRY(read_hold(tx, visit, id, now));
        context = telemetry::context_or_none(whole.hold.context, visit.shop().id, visit.tenant->context_key, now);
        snippet = TRY(snippet_of(tx, visit.shop().id, context));
        return whole;
    });
    if (!held) co_return access::refusal(site, visit, held.error());
    if (held->order_token) {
        // Sent once more: the order that this hold became, whatever the basket would cost by now. Asked in a write, as place() does.
        auto known = co_await site.db.write([&](store::Tx& tx) { return find_by_token(tx, visit.shop().id, *held->order_token); });
        if (!known) co_return access::refusal(site, visit, known.error());
        const Receipt receipt{known->id,  known->number,  known->token,    known->state,
                              known->sum, known->payment, known->deadline, Fresh::already_there};
        co_return co_await to_payment(doors, visit, receipt, now);
    }
    if (!held->total) co_return access::see_other(visit, held->hold.back_path + "?why=closed");
    if (typed.error_count() > 0) co_return hold_page(doors, visit, *held, typed, now, "");
    if (!doors.providers.contains(doors.provider))
        co_return hold_page(doors, visit, *held, typed, now, visit.words()("This stall takes no orders just now. Nothing was ordered."));
    Place wanted{.shop = visit.shop().id,
                 .id = Id<Order>::make(now, site.random),
                 .idempotency_key = key_of(id),
                 .token = site.random.token(18),
                 .payment = Id<payments::Payment>::make(now, site.random),
                 .provider = doors.provider,
                 .buyer = {.key = "",
                           .email = typed.email,
                           .name = typed.name,
                           .address = typed.street + ", " + typed.postal_code + " " + typed.city + ", " + typed.country},
                 .total = *held->total,
                 .sources = {{.allotment = held->claim.held.allotment, .hold = id, .snippet = snippet}},
                 .context = context};
    auto placed = co_await doors.orders.add(visit.shop().id.text, std::move(wanted));
    if (!placed) {
        const auto fault = placed.error().fault;
        if (fault == Fault::gone || fault == Fault::sold_out) co_return access::see_other(visit, held->hold.back_path + "?why=closed");
        co_return access::refusal(site, visit, placed.error());
    }
    co_return co_await to_payment(doors, visit, *placed, now);
}

Task<http::Response> get_receipt(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto token = visit.request.parameter("token");
    const auto say = visit.words();
    Id<payments::Payment> not_begun;
    auto values = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto& shop = visit.shop();
        const auto order = TRY(find_by_token(tx, shop.id, token));
        std::string pay_url;
        Money back{0, order.sum.currency};  // what went back or is on its way
        if (!order.payment.empty()) {
            const auto payment = TRY(payments::find(tx, shop.id, order.payment));
            not_begun = order.state == State::placed && payment.page_url.empty() ? payment.id : Id<payments::Payment>();
            pay_url = payment.page_url.starts_with('/') ? visit.base + payment.page_url : payment.page_url;
            for (const auto& one : TRY(payments::refunds(tx, shop.id, payment.id))) {
                if (one.state != payments::RefundState::failed && one.state != payments::RefundState::undone) back = TRY(add(back, one.refund.amount));
            }
        }
        wire::Json::Array lines;
        for (const auto& line : order.lines) {
            lines.push_back(wire::Json::object(
                {{"label", std::to_string(line.pieces) + " × " + line.product_name}, {"amount", say.money(line.amount)}}));
        }
        auto card = wire::Json(false);
        std::string delivery, refund, product_path = "/";
        if (!order.lines.empty()) {
            const auto& line = order.lines.front();
            const auto product = TRY(catalog::find(tx, shop.id, line.product));
            delivery = product.page.delivery;
            refund = product.page.refund;
            product_path = "/p/" + product.slug;
            if (!line.snippet.empty()) {
                const auto snippet = snippets::find_version(tx, shop.id, line.snippet, line.context.snippet_version);
                if (snippet) {
                    auto bought = product;
                    bought.price = line.price;
                    card = snippets::card(site, visit, *snippet, line.context.surface, bought, "", "muted", "");
                    card.set("action", "");  // it tells; there is nothing more to tap
                }
            }
        }
        const bool paid = order.state == State::paid || order.state == State::fulfilled;
        const bool declined = order.state == State::cancelled && order.cancel_reason == "declined";
        const bool given_back = order.state == State::cancelled && order.paid.has_value();
        return wire::Json::object(
            {{"waiting", order.state == State::placed},
             {"paid", paid},
             {"declined", declined},
             {"let_go", order.state == State::cancelled && !declined && !given_back},
             {"given_back", given_back},
             {"refunded", back.minor > 0},
             {"refund_words", back.minor == 0 ? ""
                              : order.cancel_reason == "wrong_amount"
                                  ? say("What was paid is not what it costs: all of it goes back to where it came from.")
                                  : say("{amount} goes back to where it came from.", {{"amount", say.money(back)}})},
             {"self_url", visit.base + "/orders/" + order.token},
             {"pay_url", pay_url},
             {"retry_url", visit.base + product_path},
             {"retry_words", ""},
             {"number", order.number},
             {"placed", access::time_value(visit.zone(), order.placed, access::date_and_time(visit.zone(), order.placed, say))},
             {"email", ""},
             {"lines", std::move(lines)},
             {"tax", order.lines.empty() ? "" : tax_words(order.tax, order.lines.front().tax_basis_points, say)},
             {"total", say.money(order.sum)},
             {"promise", delivery},
             {"address", order.buyer.name + ", " + order.buyer.address},
             {"files", wire::Json::array()},
             {"refund", paid ? refund : ""},
             {"snippet", std::move(card)},
             {"promise_url", paid ? visit.base + "/orders/" + order.token + "/promise" : ""}});
    });
    if (!values) co_return access::refusal(site, visit, values.error());
    // The provider did not answer when the order was placed: it is asked again whenever the buyer looks.
    if (!not_begun.empty()) {
        const auto begun =
            co_await payments::begin(site.db, doors.providers, visit.shop().id, not_begun, visit.base + "/orders/" + token, now);
        if (begun)
            values->set("pay_url", begun->page_url.starts_with('/') ? visit.base + begun->page_url : begun->page_url);
        else
            site.log.warning("payment_not_begun", {{"payment", not_begun.text}, {"text", begun.error().text}});
    }
    co_return access::page(site, visit, "viewer/receipt.html", std::move(*values));
}

StateWords state_words(const Order& order) {
    if (order.disputed.minor > 0) return {"disputed", "danger"};
    if (order.paid && order.sum.minor > 0 && order.refunded == order.sum) return {"money back", "muted"};
    if (order.paid && order.cancel_reason == "refunded") return {"money goes back", "sale"};
    switch (order.state) {
        case State::placed:
            return {"waits for payment", "sale"};
        case State::paid:
            return {"paid", "good"};
        case State::fulfilled:
            return {"sent", "muted"};
        case State::cancelled:
            return {order.cancel_reason == "declined" ? "declined" : "let go", "muted"};
    }
    return {"", ""};
}

Task<http::Response> get_orders(Doors& doors, access::Visit visit) {
    const bool only_unsent = visit.request.query_value("state").value_or("") == "paid";
    std::int64_t before = 0;
    const auto before_text = visit.request.query_value("before").value_or("");
    std::from_chars(before_text.data(), before_text.data() + before_text.size(), before);
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        const auto& shop = visit.shop().id;
        const auto shown = TRY(only_unsent ? newest_unsent(tx, shop, before, page_size_max) : newest(tx, shop, before, page_size_max));
        const auto counted = TRY(counts(tx, shop));
        wire::Json::Array rows;
        for (const auto& order : shown) {
            wire::Json::Array actions;
            if (order.state == State::paid) {
                actions.push_back(
                    wire::Json::object({{"label", "Mark as sent"}, {"url", visit.base + "/studio/orders/" + order.id.text + "/sent"}}));
            }
            const auto words = state_words(order);
            rows.push_back(wire::Json::object({{"number", order.number},
                                               {"href", visit.base + "/studio/orders/" + order.id.text},
                                               {"receipt_url", visit.base + "/orders/" + order.token},
                                               {"when", access::date_and_time(visit.zone(), order.placed)},
                                               {"buyer", order.buyer.name},
                                               {"address", order.buyer.address},
                                               {"what", what_words(order)},
                                               {"total", display(order.sum)},
                                               {"state", words.state},
                                               {"state_kind", words.kind},
                                               {"late", ""},
                                               {"actions", std::move(actions)}}));
        }
        const auto list = visit.base + "/studio/orders";
        auto filters = wire::Json::array(
            {wire::Json::object(
                 {{"label", "To send"}, {"href", list + "?state=paid"}, {"count", counted.to_send}, {"current", only_unsent}}),
             wire::Json::object({{"label", "All"}, {"href", list}, {"count", counted.all}, {"current", !only_unsent}})});
        const auto next = shown.size() < page_size_max
                              ? ""
                              : list + (only_unsent ? "?state=paid&before=" : "?before=") + std::to_string(shown.back().number);
        return access::StudioPage{
            .place = "orders",
            .title = "Orders",
            .template_path = "studio/orders.html",
            .values = wire::Json::object({{"filters", std::move(filters)}, {"orders", std::move(rows)}, {"next_url", next}})};
    });
}

namespace {
enum class Sent : std::uint8_t { yes, no };
Task<http::Response> post_set_sent(Doors& doors, access::Visit visit, Sent sent) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<Order> id{visit.request.parameter("order")};
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        const bool yes = sent == Sent::yes;
        TRY(yes ? fulfil(tx, visit.shop().id, id, now) : not_fulfilled(tx, visit.shop().id, id));
        TRY(access::note_audit(tx, visit.shop().id, "owner", yes ? "fulfil" : "not_fulfilled", id.text, now, site.random));
        const auto order = TRY(find(tx, visit.shop().id, id));
        access::Toast toast{.text = "Order " + std::to_string(order.number) + (yes ? " is marked as sent." : " waits to be sent again.")};
        if (yes) toast.undo_url = visit.base + "/studio/orders/" + id.text + "/not-sent";
        return access::with_toast(site, visit, "/studio/orders", toast);
    });
}
}  // namespace

Task<http::Response> post_sent(Doors& doors, access::Visit visit) { return post_set_sent(doors, std::move(visit), Sent::yes); }
Task<http::Response> post_not_sent(Doors& doors, access::Visit visit) { return post_set_sent(doors, std::move(visit), Sent::no); }

}  // namespace barrow::orders
