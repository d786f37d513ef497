#include "rooms/checkout/hold_http.hpp"

#include "floor/wire/form.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::checkout {
namespace {

constexpr std::int64_t pieces_per_hold_max = 20;
constexpr Duration payment_time = hours(1);  // a held price binds while its payment is under way

// What the form asks for, on terms that bind.
Result<Hold> read_hold(const access::Visit& visit, const wire::Json& form, Instant now) {
    wire::Fields fields(form, "hold");
    TRY(fields.text_or("csrf", "", 200));
    Hold hold{.shop = visit.shop().id};
    hold.product = {TRY(fields.text("product", 40))};
    const auto pieces = fields.integer_or("pieces", 1, 1, pieces_per_hold_max);
    if (!pieces) return fail(Fault::bad_input, "choose between 1 and " + std::to_string(pieces_per_hold_max) + " pieces");
    hold.pieces = *pieces;
    hold.id = {TRY(fields.text("key", 40))};
    const auto quote_token = TRY(fields.text("quote", catalog::quote_length_max));
    hold.context = TRY(fields.text_or("context", "", telemetry::context_length_max));
    hold.allotment = {TRY(fields.text_or("allotment", "", 40))};
    TRY(fields.done());
    if (!is_id_text(hold.id.text)) return fail(Fault::bad_input, "the form's key is damaged; reload the page");
    hold.expires = now + hold_life;
    // An old page's price is read too: whether it still binds is decided in on_terms.
    hold.quote = quote_token;
    hold.back_path = std::string(visit.request.path.substr(0, visit.request.path.rfind('/')));
    return hold;
}

// The price that binds: the quoted one while the quote is good, else that of now; and what the page had shown, if that was another.
Result<Hold> on_terms(store::Tx& tx, const access::Visit& visit, Hold hold, Instant now) {
    const auto& shop = visit.shop();
    const auto product = TRY(catalog::find(tx, shop.id, hold.product));
    if (!product.published) return fail(Fault::gone, "this product is not for sale any more");
    auto quote = catalog::quote_of(product, now);
    const auto quoted = catalog::read_quote(hold.quote, shop.id, visit.tenant->quote_key, now);
    if (quoted && quoted->product == product.id)
        quote = *quoted;
    else if (!quoted && quoted.error().fault != Fault::gone)
        return quoted.error();
    else if (!quoted) {
        // Past its time, but signed by us: read as of long ago it tells what the buyer saw.
        const auto shown = catalog::read_quote(hold.quote, shop.id, visit.tenant->quote_key, Instant{});
        if (shown && shown->product == product.id && shown->price != product.price) hold.seen_minor = shown->price.minor;
    }
    quote.valid_until = hold.expires + payment_time;
    hold.quote = catalog::write_quote(quote, shop.id, visit.tenant->quote_key);
    if (hold.allotment.empty()) hold.allotment = stock::open_allotment(product.id);
    // The form says where the units come from: another product's would be held under this one's name and price.
    if (TRY(stock::find(tx, shop.id, hold.allotment)).product != product.id)
        return fail(Fault::bad_input, "the form is of another product; reload the page");
    return hold;
}

std::string cookie_of(const Id<catalog::Product>& product) { return "hold-" + product.text; }

// The hold that this browser's cookie names, while it runs.
Result<std::optional<stock::Held>> own_hold(store::Tx& tx, const access::Visit& visit, const Id<catalog::Product>& product, Instant now) {
    const Id<stock::Held> id{std::string(visit.request.cookie("__Host-" + cookie_of(product)))};
    if (!is_id_text(id.text)) return std::optional<stock::Held>();
    const auto claim = stock::find_claim(tx, visit.shop().id, id);
    if (!claim && claim.error().fault != Fault::not_found) return claim.error();
    const bool runs = claim && claim->state == stock::ClaimState::held && claim->held.product == product && now < claim->held.expires;
    return runs ? std::optional(claim->held) : std::nullopt;
}

std::string_view why_of(Fault fault) {
    switch (fault) {
        case Fault::sold_out:
            return "quicker";
        case Fault::gone:
            return "closed";
        case Fault::conflict:
            return "limit";
        case Fault::busy:
            return "busy";
        default:
            return "";
    }
}

}  // namespace

Task<http::Response> post_hold(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto allowed = access::same_site(visit);
    if (!allowed) co_return access::refusal(site, visit, allowed.error());
    if (!site.takes_payments)
        co_return access::refusal(site, visit, fail(Fault::conflict, "this stall takes no orders yet; nothing is held"));
    const auto form = access::form(visit);
    if (!form) co_return access::refusal(site, visit, form.error());
    auto wanted = read_hold(visit, *form, now);
    if (!wanted) co_return access::refusal(site, visit, wanted.error());
    const auto back = wanted->back_path;
    const auto context = wanted->context;
    std::optional<stock::Held> own;
    auto agreed = co_await site.db.read([&](store::Tx& tx) -> Result<Hold> {
        own = TRY(own_hold(tx, visit, wanted->product, now));
        return own ? *wanted : on_terms(tx, visit, *wanted, now);
    });
    if (!agreed) co_return access::refusal(site, visit, agreed.error());
    if (own) co_return access::see_other(visit, "/holds/" + own->id.text);  // gone back and tapped again
    auto held = co_await doors.holds.add(visit.shop().id.text, *agreed);
    if (!held) {
        const auto why = why_of(held.error().fault);
        if (why.empty()) co_return access::refusal(site, visit, held.error());
        co_return access::see_other(visit, back + "?why=" + std::string(why) + (context.empty() ? "" : "&c=" + context));
    }
    if (doors.committed) doors.committed();
    const auto life = (held->expires - now).us / seconds(1).us;
    co_return access::see_other(visit, "/holds/" + held->id.text)
        .with("set-cookie", http::host_cookie(cookie_of(held->product), held->id.text, life));
}

namespace {

wire::Json hold_form(const access::Site& site, const access::Visit& visit, const Offer& offer, Instant now) {
    const auto& [product, standing, context_token, action] = offer;
    wire::Json::Array choices;
    const auto most = std::min<std::int64_t>(standing.left_count, 5);
    for (std::int64_t pieces = 1; most > 1 && pieces <= most; ++pieces) {
        choices.push_back(wire::Json::object({{"pieces", pieces}, {"selected", pieces == 1}}));
    }
    return wire::Json::object({{"action", visit.base + action},
                               {"product", product.id.text},
                               {"allotment", standing.allotment.text},
                               {"quote", catalog::write_quote(catalog::quote_of(product, now), visit.shop().id, visit.tenant->quote_key)},
                               {"context", context_token},
                               {"key", new_id_text(now, site.random)},
                               {"minutes", "10:00"},
                               {"amount", visit.words().money(product.price)},
                               {"choices", std::move(choices)}});
}

std::string why_words(const access::Visit& visit, const stock::Standing& standing) {
    const auto why = visit.request.query_value("why").value_or("");
    const auto say = visit.words();
    if (why == "quicker" && standing.left_count > 0)
        return say.count(standing.left_count, "Somebody was quicker. {n} still left.", "Somebody was quicker. {n} still left.");
    if (why == "quicker") return say("Somebody was quicker. None is left just now.");
    if (why == "closed") return say("That hold is over, and nothing was charged. You can hold again.");
    if (why == "limit") return say("You hold as many as one buyer may have.");
    if (why == "busy") return say("Many are buying this second. Try again; nothing was charged.");
    return "";
}

}  // namespace

Status set_offer(store::Tx& tx, const access::Site& site, const access::Visit& visit, const Offer& offer, Instant now, wire::Json& values) {
    const auto& standing = offer.standing;
    const auto own = TRY(own_hold(tx, visit, offer.product.id, now));
    auto kept = wire::Json(false), form = wire::Json(false);
    auto look_again = wire::Json(false);
    auto note = why_words(visit, standing);
    std::string now_href;
    if (site.for_files) {
        note = "";
        now_href = visit.base + offer.action.substr(0, offer.action.rfind('/')) + "/now";
    } else if (own) {
        kept = wire::Json::object({{"href", visit.base + "/holds/" + own->id.text},
                                   {"pieces", own->pieces},
                                   {"until", access::time_value(visit.zone(), own->expires, visit.zone().second(own->expires))}});
    } else if (!site.takes_payments) {
        note = visit.words()("This stall takes no orders yet.");
    } else if (standing.can_hold() && offer.product.published) {
        form = hold_form(site, visit, offer, now);
    } else if (standing.first_end) {
        look_again = access::time_value(visit.zone(), *standing.first_end, visit.zone().second(*standing.first_end));
    }
    values.set("own", std::move(kept))
        .set("hold", std::move(form))
        .set("look_again", std::move(look_again))
        .set("note", note)
        .set("now_href", now_href);
    return {};
}

}  // namespace barrow::checkout
