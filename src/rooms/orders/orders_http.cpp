#include "rooms/orders/orders_http.hpp"

#include <algorithm>
#include <charconv>

#include "floor/fetch/address_rules.hpp"
#include "floor/wire/form.hpp"
#include "rooms/access/country.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/catalog/quote.hpp"
#include "rooms/checkout/hold.hpp"
#include "rooms/checkout/reckon.hpp"
#include "rooms/orders/orders.sql.hpp"
#include "rooms/orders/to_send.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::orders {
namespace {

// What the buyer typed, and what is wrong with it.
struct Typed {
    std::string name, email, street, postal_code, city, country, way, code;
    bool code_rests = false;  // it is not looked up
    std::string name_error, email_error, street_error, postal_code_error, city_error, country_error, code_error;
    [[nodiscard]] int error_count() const {
        int count = 0;
        for (const auto* error : {&name_error, &email_error, &street_error, &postal_code_error, &city_error, &country_error, &code_error})
            count += error->empty() ? 0 : 1;
        return count;
    }
};

// The total that stood on the page, and what it was made of.
struct Seen {
    std::optional<std::int64_t> minor;
    std::string country, way, code;
};

Typed read_typed(const wire::Json& form) {
    const auto text = [&](std::string_view name) { return access::field(form, name); };
    return {.name = text("name"),
            .email = text("email"),
            .street = text("street"),
            .postal_code = text("postal_code"),
            .city = text("city"),
            .country = text("country"),
            .way = text("shipping"),
            .code = text("code").substr(0, 100)};
}

Seen read_seen(const wire::Json& form) {
    Seen seen{.minor = {},
              .country = access::field(form, "seen_country"),
              .way = access::field(form, "seen_shipping"),
              .code = access::field(form, "seen_code")};
    const auto text = access::field(form, "seen");
    if (text.empty()) return seen;
    std::int64_t minor = -1;  // what is no number was shown by no page of ours
    std::from_chars(text.data(), text.data() + text.size(), minor);
    seen.minor = minor;
    return seen;
}

// One hold, one order.
std::string key_of(const Id<stock::Held>& hold) { return "hold:" + hold.text; }

struct Held {
    checkout::Hold hold;
    stock::ClaimNow claim;
    catalog::Product product;
    std::optional<std::string> order_token;      // it was ordered
    std::optional<checkout::Reckoned> reckoned;  // what it costs, while it can still be ordered
    std::vector<checkout::Item> items;           // what it is reckoned of
};

Result<Held> read_hold(store::Tx& tx, const access::Site& site, const access::Visit& visit, const Id<stock::Held>& id, const Typed& typed,
                       Instant now) {
    const auto& shop = visit.shop();
    auto hold = TRY(checkout::find_hold(tx, shop.id, id));
    auto claim = TRY(stock::find_claim(tx, shop.id, id));
    auto product = TRY(catalog::find(tx, shop.id, hold.product));
    Held held{
        .hold = std::move(hold), .claim = std::move(claim), .product = std::move(product), .order_token = {}, .reckoned = {}, .items = {}};
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
    const checkout::Choice choice{.country = typed.country,
                                  .way = typed.way,
                                  .code = typed.code_rests ? "" : checkout::folded_code(typed.code),
                                  .customer = checkout::customer_of(typed.email, site.secrets.derive(shop.id, "discount customer"))};
    held.items.push_back(std::move(item));
    held.reckoned = TRY(checkout::reckon(tx, shop, held.items, choice, now));
    return held;
}

// What a page shows that is opened anew.
Result<Seen> seen_at_first(store::Tx& tx, const access::Shop& shop, const Held& held, Instant now) {
    const auto opened = TRY(checkout::reckon(tx, shop, held.items, {}, now)).total;
    return Seen{.minor = opened.sum.minor, .country = opened.country, .way = opened.shipping_name, .code = {}};
}

std::string why_not(const checkout::Reckoned& reckoned, const wire::Words& say) {
    using checkout::CodeState;
    switch (reckoned.code) {
        case CodeState::good:
            return "";
        case CodeState::unknown:
            return say("There is no such code.");
        case CodeState::not_yet:
            return say("This code does not count yet.");
        case CodeState::over:
            return say("This code is over.");
        case CodeState::used_up:
            return say("This code is used up.");
        case CodeState::used_by_you:
            return say("You have used this code already.");
        case CodeState::too_little:
            return say("This code counts from {amount} on.", {{"amount", say.money(reckoned.code_from)}});
        case CodeState::other_products:
            return say("This code is for other things.");
    }
    return "";
}

// Codes are words that can be guessed: who tried too many wrong ones rests, and no code is looked up for them meanwhile.
std::string who_guesses(const access::Visit& visit) { return visit.shop().id.text + "/" + fetch::network_of(visit.request.peer); }

void take_try(Doors& doors, const access::Visit& visit, Typed& typed, Instant now) {
    typed.code_rests = !typed.code.empty() && !doors.code_tries.take(who_guesses(visit), now);
}
// A code that is there is no try, whether it counts or not.
void give_try_back(Doors& doors, const access::Visit& visit, const Typed& typed, const Held& held) {
    const bool wrong = held.reckoned && held.reckoned->code == checkout::CodeState::unknown;
    if (typed.code.empty() || typed.code_rests || wrong) return;
    doors.code_tries.give_back(who_guesses(visit));
}

// What the total hangs on, wrong or not; it is told whenever the page is shown.
void examine_choice(Typed& typed, const checkout::Reckoned& reckoned, const wire::Words& say) {
    if (!reckoned.reaches)
        typed.country_error =
            reckoned.ships ? say("It is not sent there. Choose a country from the list.") : say("Choose a country from the list.");
    typed.code_error = typed.code_rests ? say("Too many tries. Wait a minute, then try again.") : why_not(reckoned, say);
}

void examine_buyer(Typed& typed, const checkout::Reckoned& reckoned, const wire::Words& say) {
    const auto need = [&](const std::string& value, std::string& error, std::string words, std::size_t most) {
        if (value.empty())
            error = std::move(words);
        else if (value.size() > most)
            error = say("This is too long.");
    };
    need(typed.name, typed.name_error, reckoned.ships ? say("Whom do we send it to?") : say("Your name, please."), 200);
    if (!wire::looks_like_email(typed.email))
        typed.email_error = typed.email.empty() ? say("Where does the receipt go?") : say("This is no e-mail address: one @, no spaces.");
    if (reckoned.ships) {
        need(typed.street, typed.street_error, say("The street and the number, please."), 200);
        need(typed.postal_code, typed.postal_code_error, say("The postal code, please."), 20);
        need(typed.city, typed.city_error, say("The town, please."), 100);
    }
    if (reckoned.asks_country && typed.country.empty()) typed.country_error = say("Choose a country from the list.");
}

// One sentence: what made the total another one than the buyer saw; "" where it is the same.
std::string what_changed(const Seen& seen, const Typed& typed, const checkout::Total& total, const wire::Words& say) {
    if (seen.minor == total.sum.minor) return "";
    const auto was = say.money({std::max<std::int64_t>(seen.minor.value_or(0), 0), total.sum.currency}), is = say.money(total.sum);
    if (!seen.code.empty() && total.discount_code.empty() && !typed.code.empty())
        return say("Without the code {code} it costs {is}; you saw {was}.", {{"code", seen.code}, {"is", is}, {"was", was}});
    if (seen.country != total.country)
        return say("For {country} it costs {is}; you saw {was}.",
                   {{"country", access::country_name(total.country, say)}, {"is", is}, {"was", was}});
    if (seen.code != total.discount_code)
        return total.discount_code.empty()
                   ? say("Without the code {code} it costs {is}; you saw {was}.", {{"code", seen.code}, {"is", is}, {"was", was}})
                   : say("With the code {code} it costs {is}; you saw {was}.", {{"code", total.discount_code}, {"is", is}, {"was", was}});
    if (seen.way != total.shipping_name && !total.shipping_name.empty())
        return say("Sent as {way} it costs {is}; you saw {was}.", {{"way", total.shipping_name}, {"is", is}, {"was", was}});
    return say("What it costs changed from {was} to {is} since you saw it.", {{"was", was}, {"is", is}});
}

// A sum as buyers read it, of a total or of an order: its rows add up to what is paid.
struct Told {
    struct Line {
        std::string name;
        std::int64_t pieces = 1;
        Money price, before;  // of one; of all before the discount, tax in it
        int tax_basis_points = 0;
    };
    std::vector<Line> lines;
    Money discount, shipping, tax;  // shipping before the discount
    std::string code, shipping_name;

    [[nodiscard]] wire::Json rows(const wire::Words& say) const {
        wire::Json::Array out;
        const auto row = [&](const std::string& label, const std::string& amount) {
            out.push_back(wire::Json::object({{"label", label}, {"amount", amount}}));
        };
        for (const auto& line : lines) {
            const auto plain = times(line.price, line.pieces);
            // More than so many times the price of one: the tax came on top.
            const bool on_top = plain && plain->minor < line.before.minor;
            row(std::to_string(line.pieces) + " × " + line.name, say.money(on_top ? *plain : line.before));
            if (on_top)
                row(say("{percent} % tax", {{"percent", catalog::percent_words(line.tax_basis_points, say)}}),
                    say.money({line.before.minor - plain->minor, line.before.currency}));
        }
        if (discount.minor > 0) row(say("Code {code}", {{"code", code}}), say.money({-discount.minor, discount.currency}));
        if (!shipping_name.empty() || shipping.minor > 0) {
            row(shipping_name.empty() ? say("Shipping") : say("Shipping · {way}", {{"way", shipping_name}}),
                shipping.minor == 0 ? say("free") : say.money(shipping));
        }
        return out;
    }
    [[nodiscard]] std::string tax_words(const wire::Words& say) const {
        if (tax.minor == 0 || lines.empty()) return "";
        const bool one_rate =
            std::ranges::all_of(lines, [&](const Line& line) { return line.tax_basis_points == lines[0].tax_basis_points; });
        return one_rate ? catalog::tax_told(tax, lines[0].tax_basis_points, say) : say("includes {tax} of tax", {{"tax", say.money(tax)}});
    }
};

Told told(const checkout::Total& total) {
    Told out{.lines = {},
             .discount = total.discount,
             .shipping = {total.shipping.minor + total.shipping_discount.minor, total.sum.currency},
             .tax = total.tax,
             .code = total.discount_code,
             .shipping_name = total.shipping_name};
    for (const auto& line : total.lines) out.lines.push_back({line.name, line.pieces, line.price, line.before(), line.tax_basis_points});
    return out;
}

Told told(const Order& order) {
    Told out{.lines = {},
             .discount = order.discount,
             .shipping = {order.shipping.minor + order.discount.minor, order.sum.currency},
             .tax = order.tax,
             .code = order.discount_code,
             .shipping_name = order.shipping_name};
    for (const auto& line : order.lines) {
        out.shipping.minor -= line.discount.minor;
        out.lines.push_back({line.product_name,
                             line.pieces,
                             line.price,
                             {line.amount.minor + line.discount.minor, line.amount.currency},
                             line.tax_basis_points});
    }
    return out;
}

std::string remaining(Duration left) {
    const auto s = std::max<std::int64_t>(left.us / 1'000'000, 0);
    return std::to_string(s / 60) + ":" + (s % 60 < 10 ? "0" : "") + std::to_string(s % 60);
}

// The form's part of the page: what may be chosen, what was, and what it comes to.
void set_total(wire::Json& values, const checkout::Reckoned& reckoned, const Typed& typed, const wire::Words& say) {
    const auto& total = reckoned.total;
    wire::Json::Array lands, ways;
    for (const auto& [code, name] : access::by_name(reckoned.countries, say))
        lands.push_back(wire::Json::object({{"code", code}, {"name", name}, {"selected", code == total.country}}));
    for (const auto& way : reckoned.ways) {
        const auto price = way.price_for(total.goods);
        ways.push_back(wire::Json::object({{"value", way.name},
                                           {"label", checkout::rate_words(way, say)},
                                           {"price", price.minor == 0 ? say("free") : say.money(price)},
                                           {"checked", way.name == total.shipping_name}}));
    }
    const auto sum = told(total);
    const auto one_way = reckoned.ways.size() == 1 ? checkout::rate_words(reckoned.ways.front(), say) : std::string();
    values.set("lines", sum.rows(say))
        .set("tax", sum.tax_words(say))
        .set("total", say.money(total.sum))
        .set("seen", total.sum.minor)
        .set("seen_country", total.country)
        .set("seen_shipping", total.shipping_name)
        .set("seen_code", total.discount_code)
        .set("needs_address", reckoned.ships)
        .set("asks_country", reckoned.asks_country)
        .set("countries", std::move(lands))
        .set("several_ways", reckoned.ways.size() > 1)
        .set("ways", std::move(ways))
        .set("one_way", one_way)
        .set("code", typed.code)
        .set("code_error", typed.code_error)
        .set("code_good", total.discount_code);
    if (!total.changes.empty()) {
        const auto& change = total.changes.front();
        values.set("changed", wire::Json::object({{"was", say.money(change.was)}, {"now", say.money(change.is)}}));
    }
}

// `problem` and `note` are sentences above the form: what went wrong, and what is another than the buyer saw.
http::Response hold_page(const Doors& doors, const access::Visit& visit, const Held& held, const Typed& typed, Instant now,
                         const std::string& problem, const std::string& note = "") {
    const auto& expires = held.claim.held.expires;
    const bool used = held.order_token.has_value();
    const bool is_held = held.reckoned.has_value();
    const auto path = "/holds/" + held.hold.id.text;
    const auto say = visit.words();
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
                                      {"lines", wire::Json::array()},
                                      {"tax", ""},
                                      {"total", ""},
                                      {"key", held.hold.id.text},
                                      {"problem", !problem.empty() ? problem
                                                  : wrong == 0     ? ""
                                                                   : say.count(wrong, "One field needs you.", "{n} fields need you.")},
                                      {"note", note},
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
                                      {"country_error", typed.country_error},
                                      {"refund", held.product.page.refund},
                                      {"carry_url", access::address(doors.site, visit.shop(), path)},
                                      {"carry_qr_svg", ""}});
    for (const auto* name : {"seen", "seen_country", "seen_shipping", "seen_code", "one_way", "code", "code_error", "code_good"})
        values.set(name, "");
    for (const auto* name : {"asks_country", "several_ways"}) values.set(name, false);
    for (const auto* name : {"countries", "ways"}) values.set(name, wire::Json::array());
    if (is_held) set_total(values, *held.reckoned, typed, say);
    auto response = access::page(doors.site, visit, "viewer/hold.html", std::move(values));
    if (wrong > 0 || !problem.empty() || !note.empty()) response.status = 422;
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
    auto held = co_await doors.site.db.read([&](store::Tx& tx) { return read_hold(tx, doors.site, visit, id, {}, now); });
    if (!held) co_return access::refusal(doors.site, visit, held.error());
    co_return hold_page(doors, visit, *held, {}, now, "");
}

Task<http::Response> post_hold_update(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto allowed = access::same_site(visit);
    if (!allowed) co_return access::refusal(doors.site, visit, allowed.error());
    const auto form = access::form(visit);
    if (!form) co_return access::refusal(doors.site, visit, form.error());
    const Id<stock::Held> id{visit.request.parameter("token")};
    auto typed = read_typed(*form);
    take_try(doors, visit, typed, now);
    auto held = co_await doors.site.db.read([&](store::Tx& tx) { return read_hold(tx, doors.site, visit, id, typed, now); });
    if (!held) co_return access::refusal(doors.site, visit, held.error());
    give_try_back(doors, visit, typed, *held);
    if (held->reckoned) examine_choice(typed, *held->reckoned, visit.words());
    co_return hold_page(doors, visit, *held, typed, now, "");
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
    auto typed = read_typed(*form);
    take_try(doors, visit, typed, now);
    auto seen = read_seen(*form);
    const auto say = visit.words();
    telemetry::Context context;
    Id<snippets::Snippet> snippet;
    auto held = co_await site.db.read([&](store::Tx& tx) -> Result<Held> {
        auto whole = TRY(read_hold(tx, site, visit, id, typed, now));
        context = telemetry::context_or_none(whole.hold.context, visit.shop().id, visit.tenant->context_key, now);
        snippet = TRY(snippet_of(tx, visit.shop().id, context));
        // Who sends no number saw the page as it opens, or none.
        if (whole.reckoned && !seen.minor) seen = TRY(seen_at_first(tx, visit.shop(), whole, now));
        return whole;
    });
    if (!held) co_return access::refusal(site, visit, held.error());
    give_try_back(doors, visit, typed, *held);
    if (held->order_token) {
        // Sent once more: the order that this hold became, whatever the basket would cost by now. Asked in a write, as place() does.
        auto known = co_await site.db.write([&](store::Tx& tx) { return find_by_token(tx, visit.shop().id, *held->order_token); });
        if (!known) co_return access::refusal(site, visit, known.error());
        const Receipt receipt{known->id,  known->number,  known->token,    known->state,
                              known->sum, known->payment, known->deadline, Fresh::already_there};
        co_return co_await to_payment(doors, visit, receipt, now);
    }
    if (!held->reckoned) co_return access::see_other(visit, held->hold.back_path + "?why=closed");
    examine_choice(typed, *held->reckoned, say);
    examine_buyer(typed, *held->reckoned, say);
    const auto note = what_changed(seen, typed, held->reckoned->total, say);
    if (typed.error_count() > 0 || !note.empty()) co_return hold_page(doors, visit, *held, typed, now, "", note);
    if (!doors.providers.contains(doors.provider))
        co_return hold_page(doors, visit, *held, typed, now, say("This stall takes no orders just now. Nothing was ordered."));
    const auto& total = held->reckoned->total;
    Place wanted{
        .shop = visit.shop().id,
        .id = Id<Order>::make(now, site.random),
        .idempotency_key = key_of(id),
        .token = site.random.token(18),
        .payment = Id<payments::Payment>::make(now, site.random),
        .provider = doors.provider,
        .buyer = {.key = "",
                  .email = typed.email,
                  .name = typed.name,
                  .address =
                      held->reckoned->ships ? typed.street + ", " + typed.postal_code + " " + typed.city + ", " + total.country : ""},
        .customer = checkout::customer_of(typed.email, site.secrets.derive(visit.shop().id, "discount customer")),
        .total = total,
        .sources = {{.allotment = held->claim.held.allotment, .hold = id, .snippet = snippet}},
        .context = context};
    auto placed = co_await doors.orders.add(visit.shop().id.text, std::move(wanted));
    if (!placed) {
        const auto fault = placed.error().fault;
        if (fault == Fault::gone || fault == Fault::sold_out) co_return access::see_other(visit, held->hold.back_path + "?why=closed");
        if (fault == Fault::conflict && !total.discount_code.empty()) {
            // Somebody had the code's last use while this was on its way: the page again, at the price without it.
            auto now_held = co_await site.db.read([&](store::Tx& tx) { return read_hold(tx, site, visit, id, typed, now); });
            if (now_held && now_held->reckoned && now_held->reckoned->code != checkout::CodeState::good) {
                examine_choice(typed, *now_held->reckoned, say);
                const auto changed = what_changed(seen, typed, now_held->reckoned->total, say);
                co_return hold_page(doors, visit, *now_held, typed, now, "", changed);
            }
        }
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
                if (one.state != payments::RefundState::failed && one.state != payments::RefundState::undone)
                    back = TRY(add(back, one.refund.amount));
            }
        }
        const auto sum = told(order);
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
             {"lines", sum.rows(say)},
             {"tax", sum.tax_words(say)},
             {"total", say.money(order.sum)},
             {"promise", delivery},
             {"address", order.buyer.name + (order.buyer.address.empty() ? "" : ", " + order.buyer.address)},
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

namespace {
// What stands below a sum in the studio: "Standard €4.90 · SPRING −€5.00 · tax €3.83".
std::string in_the_sum(const Order& order) {
    std::string words;
    const auto add = [&](const std::string& text) { words += (words.empty() ? "" : " · ") + text; };
    if (!order.shipping_name.empty()) add(order.shipping_name + " " + display(order.shipping));
    if (!order.discount_code.empty())
        add(order.discount_code + (order.discount.minor > 0 ? " " + display({-order.discount.minor, order.discount.currency}) : ""));
    if (order.tax.minor > 0) add("tax " + display(order.tax) + (order.tax_country.empty() ? "" : " " + order.tax_country));
    return words;
}
}  // namespace

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
                                               {"in_it", in_the_sum(order)},
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
