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

// The price that binds: the quoted one while the quote is good, else that of now.
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
    quote.valid_until = hold.expires + payment_time;
    hold.quote = catalog::write_quote(quote, shop.id, visit.tenant->quote_key);
    if (hold.allotment.empty()) hold.allotment = stock::open_allotment(product.id);
    // The form says where the units come from: another product's would be held under this one's name and price.
    if (TRY(stock::find(tx, shop.id, hold.allotment)).product != product.id)
        return fail(Fault::bad_input, "the form is of another product; reload the page");
    return hold;
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
    const auto form = access::form(visit);
    if (!form) co_return access::refusal(site, visit, form.error());
    auto wanted = read_hold(visit, *form, now);
    if (!wanted) co_return access::refusal(site, visit, wanted.error());
    const auto back = wanted->back_path;
    const auto context = wanted->context;
    auto agreed = co_await site.db.read([&](store::Tx& tx) { return on_terms(tx, visit, *wanted, now); });
    if (!agreed) co_return access::refusal(site, visit, agreed.error());
    auto held = co_await doors.holds.add(visit.shop().id.text, *agreed);
    if (!held) {
        const auto why = why_of(held.error().fault);
        if (why.empty()) co_return access::refusal(site, visit, held.error());
        co_return access::see_other(visit, back + "?why=" + std::string(why) + (context.empty() ? "" : "&c=" + context));
    }
    if (doors.committed) doors.committed();
    co_return access::see_other(visit, "/holds/" + held->id.text);
}

wire::Json hold_form(const access::Site& site, const access::Visit& visit, const catalog::Product& product, const stock::Standing& standing,
                     const std::string& context_token, const std::string& action, Instant now) {
    if (!standing.can_hold() || !product.published) return false;
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
                               {"amount", display(product.price)},
                               {"choices", std::move(choices)}});
}

wire::Json wait_form(const access::Visit& visit, const catalog::Product& product, const stock::Standing& standing) {
    if (standing.can_hold() && product.published) return false;
    const bool joined = visit.request.query_value("why").value_or("") == "waiting";
    return wire::Json::object(
        {{"words", standing.words},
         {"action", visit.base + "/p/" + product.slug + "/wait"},
         {"label", standing.open ? "Tell me when one is free" : "Tell me when it opens"},
         {"email", ""},
         {"error", visit.request.query_value("why").value_or("") == "email" ? "This is no e-mail address we can write to." : ""},
         {"done", joined ? "We will write to you once." : ""}});
}

std::string why_words(const access::Visit& visit, const stock::Standing& standing) {
    const auto why = visit.request.query_value("why").value_or("");
    if (why == "quicker" && standing.left_count > 0) return "Somebody was quicker. " + std::to_string(standing.left_count) + " still left.";
    if (why == "quicker") return "Somebody was quicker. None is left just now.";
    if (why == "closed") return "That hold is over, and nothing was charged. You can hold again.";
    if (why == "limit") return "You hold as many as one buyer may have.";
    if (why == "busy") return "Many are buying this second. Try again; nothing was charged.";
    return "";
}

Task<http::Response> post_wait(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto allowed = access::same_site(visit);
    if (!allowed) co_return access::refusal(site, visit, allowed.error());
    const auto form = access::form(visit);
    if (!form) co_return access::refusal(site, visit, form.error());
    const auto slug = visit.request.parameter("slug");
    const auto* email = form->find("email");
    const std::string contact = email != nullptr && email->is_text() ? email->text() : "";
    if (!wire::looks_like_email(contact)) { co_return access::see_other(visit, "/p/" + slug + "?why=email"); }
    auto joined = co_await site.db.write([&](store::Tx& tx) -> Status {
        const auto product = TRY(catalog::find(tx, visit.shop().id, slug));
        return stock::join_waitlist(tx, visit.shop().id, product.id, contact, now);
    });
    if (!joined) co_return access::refusal(site, visit, joined.error());
    co_return access::see_other(visit, "/p/" + slug + "?why=waiting");
}

}  // namespace barrow::checkout
