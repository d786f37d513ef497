#include "rooms/orders/order_studio.hpp"

#include <algorithm>
#include <charconv>

#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/orders/refund.hpp"
#include "rooms/snippets/show.hpp"

namespace barrow::orders {
namespace {

constexpr std::string_view reason_words(std::string_view key) {
    for (const auto& one : refund_reasons)
        if (one.key == key) return one.words;
    if (key == "sold_out_late") return "Paid too late, and somebody else has it";
    if (key == "wrong_amount") return "What was paid is not what it costs";
    return key == "provider" ? "Made at the payment provider" : key;
}

// "product_not_received" → "product not received"
std::string bank_words(std::string text) {
    std::ranges::replace(text, '_', ' ');
    return text.empty() ? "no reason given" : text;
}

std::string path_of(const access::Visit& visit, const Order& order) { return visit.base + "/studio/orders/" + order.id.text; }

// What was typed into the form of a refund, as it was typed.
struct Typed {
    std::vector<std::string> amounts, backs;
    std::string shipping, reason = "changed_mind", key, problem;
};

Typed whole_of(const Order& order, const RefundLeft& left) {
    Typed typed;
    const auto currency = order.sum.currency;
    std::int64_t sum = left.shipping_minor;
    for (const auto& line : left.lines) sum += line.amount_minor;
    for (const auto& line : left.lines) {
        typed.amounts.push_back(decimal({sum == left.sum.minor ? line.amount_minor : 0, currency}));
        typed.backs.push_back(std::to_string(order.state == State::paid && sum == left.sum.minor ? line.pieces : 0));
    }
    typed.shipping = decimal({sum == left.sum.minor ? left.shipping_minor : 0, currency});
    return typed;
}

Result<RefundWish> read_wish(const wire::Json& form, const Order& order) {
    RefundWish wish{.key = access::field(form, "key"), .lines = {}, .shipping_minor = 0, .reason = access::field(form, "reason")};
    const auto currency = order.sum.currency;
    const auto amount = [&](const std::string& text) -> Result<std::int64_t> {
        return text.empty() ? 0 : TRY(read_decimal(text, currency)).minor;
    };
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const auto number = std::to_string(i);
        const auto minor = TRY(amount(access::field(form, "amount_" + number)));
        const auto back = access::field(form, "back_" + number);
        std::int64_t pieces = 0;
        if (!back.empty()) {
            const auto [end, fault] = std::from_chars(back.data(), back.data() + back.size(), pieces);
            if (fault != std::errc() || end != back.data() + back.size())
                return fail(Fault::bad_input, "write the pieces that come back as a number, such as 1");
        }
        if (minor > 0 || pieces > 0) wish.lines.push_back({static_cast<int>(i), minor, pieces});
    }
    wish.shipping_minor = TRY(amount(access::field(form, "shipping")));
    if (wish.lines.empty() && wish.shipping_minor == 0) return fail(Fault::bad_input, "nothing is chosen to give back");
    return wish;
}

Typed read_typed(const wire::Json& form, const Order& order, std::string problem) {
    Typed typed;
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        typed.amounts.push_back(access::field(form, "amount_" + std::to_string(i)));
        typed.backs.push_back(access::field(form, "back_" + std::to_string(i)));
    }
    typed.shipping = access::field(form, "shipping");
    typed.reason = access::field(form, "reason");
    typed.key = access::field(form, "key");
    typed.problem = std::move(problem);
    return typed;
}

wire::Json step(const access::Visit& visit, Instant at, std::string words, std::string kind = "") {
    return wire::Json::object({{"when", access::date_and_time(visit.zone(), at)}, {"words", std::move(words)}, {"kind", std::move(kind)}});
}

std::pair<std::string, std::string> refund_words(payments::RefundState state) {
    switch (state) {
        case payments::RefundState::asked:
            return {"goes out in a moment", "sale"};
        case payments::RefundState::sent:
            return {"on its way", "sale"};
        case payments::RefundState::done:
            return {"went back", "good"};
        case payments::RefundState::failed:
            return {"failed at the provider: pay it back by hand, or try again", "danger"};
        case payments::RefundState::undone:
            return {"taken back before it was sent", "muted"};
    }
    return {};
}

Result<access::StudioPage> order_page(store::Tx& tx, access::Site& site, const access::Visit& visit, const Order& order,
                                      std::optional<Typed> typed) {
    const auto money = [&](std::int64_t minor) { return display({minor, order.sum.currency}); };
    const Money nothing{0, order.sum.currency};
    RefundLeft left{.lines = std::vector<RefundLeft::Line>(order.lines.size()), .shipping_minor = 0, .sum = nothing, .fee_lost = nothing};
    if (order.paid && !order.payment.empty()) left = TRY(refund_left(tx, order));
    const bool can_refund = left.sum.minor > 0;
    if (can_refund && !typed) typed = whole_of(order, left);

    wire::Json::Array lines, steps, refunds, disputes, reasons;
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const auto& line = order.lines[i];
        auto one = wire::Json::object({{"n", static_cast<std::int64_t>(i)},
                                       {"label", std::to_string(line.pieces) + " × " + line.product_name},
                                       {"amount", money(line.amount.minor)},
                                       {"left", false}});
        if (can_refund && left.lines[i].amount_minor + left.lines[i].pieces > 0)
            one.set("left", wire::Json::object({{"amount", typed->amounts[i]},
                                                {"most", money(left.lines[i].amount_minor)},
                                                {"back", typed->backs[i]},
                                                {"pieces", left.lines[i].pieces}}));
        lines.push_back(std::move(one));
    }
    steps.push_back(step(visit, order.placed, "Ordered"));
    if (order.paid) steps.push_back(step(visit, *order.paid, "Paid: " + money(order.sum.minor)));
    if (order.fulfilled) steps.push_back(step(visit, *order.fulfilled, "Sent"));
    if (order.cancelled)
        steps.push_back(step(visit, *order.cancelled,
                             "Cancelled: " + (order.cancel_reason == "refunded" ? "all of it goes back" : order.cancel_reason)));
    for (const auto& [now, parts] : TRY(refunds_of(tx, order))) {
        const auto [words, kind] = refund_words(now.state);
        const auto amount = display(now.refund.amount);
        const bool undo = now.state == payments::RefundState::asked;
        refunds.push_back(
            wire::Json::object({{"amount", amount},
                                {"why", reason_words(now.refund.reason)},
                                {"when", access::date_and_time(visit.zone(), now.asked)},
                                {"state", words},
                                {"state_kind", kind},
                                {"undo_url", undo ? path_of(visit, order) + "/refunds/" + now.refund.id.text + "/undo" : ""}}));
    }
    for (const auto& dispute :
         order.payment.empty() ? std::vector<payments::Dispute>() : TRY(payments::disputes(tx, order.shop, order.payment))) {
        const bool open = dispute.state == payments::Dispute::State::open;
        const bool can_answer = open && !dispute.answered;
        disputes.push_back(wire::Json::object(
            {{"amount", display(dispute.amount)},
             {"why", bank_words(dispute.reason)},
             {"when", access::date_and_time(visit.zone(), dispute.opened)},
             {"state", open ? (dispute.answered ? "answered, not decided yet" : "open") : std::string(payments::name(dispute.state))},
             {"state_kind", open                                             ? "sale"
                            : dispute.state == payments::Dispute::State::won ? "good"
                                                                             : "danger"},
             {"due", can_answer && dispute.due ? access::date_and_time(visit.zone(), *dispute.due) : ""},
             {"answer_url", can_answer ? path_of(visit, order) + "/disputes/" + dispute.id.text : ""},
             {"evidence", can_answer ? TRY(evidence_of(tx, site, visit, order)) : ""}}));
    }
    for (const auto& one : refund_reasons)
        reasons.push_back(wire::Json::object({{"value", one.key}, {"words", one.words}, {"chosen", typed && typed->reason == one.key}}));
    const auto words = state_words(order);
    auto values =
        wire::Json::object({{"number", order.number},
                            {"state", words.state},
                            {"state_kind", words.kind},
                            {"own", path_of(visit, order)},
                            {"receipt_url", visit.base + "/orders/" + order.token},
                            {"buyer", order.buyer.name},
                            {"email", order.buyer.email},
                            {"address", order.buyer.address},
                            {"lines", std::move(lines)},
                            {"shipping", order.shipping.minor > 0 ? money(order.shipping.minor) : ""},
                            {"total", money(order.sum.minor)},
                            {"fee", left.fee_lost.minor > 0 ? money(left.fee_lost.minor) : ""},
                            {"back", order.refunded.minor > 0 ? money(order.refunded.minor) : ""},
                            {"held", order.disputed.minor > 0 ? money(order.disputed.minor) : ""},
                            {"to_send", order.state == State::paid},
                            {"steps", std::move(steps)},
                            {"refunds", std::move(refunds)},
                            {"disputes", std::move(disputes)},
                            {"refund", can_refund},
                            {"open", typed && !typed->problem.empty()},
                            {"problem", typed ? typed->problem : ""},
                            {"refund_left", can_refund ? money(left.sum.minor) : ""},
                            {"refund_shipping", can_refund && left.shipping_minor > 0 ? wire::Json(typed->shipping) : wire::Json(false)},
                            {"refund_shipping_most", can_refund ? money(left.shipping_minor) : ""},
                            {"reasons", std::move(reasons)},
                            {"key", typed && !typed->key.empty() ? typed->key : site.random.token(9)}});
    return access::StudioPage{.place = "orders",
                              .title = "Order " + std::to_string(order.number),
                              .template_path = "studio/order.html",
                              .values = std::move(values),
                              .status = typed && !typed->problem.empty() ? 422 : 200};
}

}  // namespace

Result<std::string> evidence_of(store::Tx& tx, const access::Site& site, const access::Visit& visit, const Order& order) {
    const auto when = [&](Instant at) { return access::date_and_time(visit.zone(), at); };
    std::string text = "Order " + std::to_string(order.number) + " of " + visit.shop().name + ", placed " + when(order.placed) + "\n";
    text += "Buyer: " + order.buyer.name + " <" + order.buyer.email + ">\n";
    if (!order.buyer.address.empty()) text += "Sent to: " + order.buyer.address + "\n";
    for (const auto& line : order.lines) {
        text += std::to_string(line.pieces) + " × " + line.product_name + ": " + display(line.amount) + "\n";
        if (line.snippet.empty()) continue;
        const auto seen = snippets::find_version(tx, order.shop, line.snippet, line.context.snippet_version);
        if (seen) text += "  Shown and signed before the purchase: \"" + seen->words.title + "\"\n";
    }
    text += "Total: " + display(order.sum) + "\n";
    if (order.paid) text += "Paid: " + when(*order.paid) + "\n";
    text += order.fulfilled ? "Handed over for delivery: " + when(*order.fulfilled) + "\n" : std::string("Not handed over yet.\n");
    for (const auto& [now, lines] : TRY(refunds_of(tx, order))) {
        if (now.state == payments::RefundState::done) text += "Refunded: " + display(now.refund.amount) + ", " + when(*now.ended) + "\n";
    }
    text += "The signed receipt with the words that the buyer saw: " +
            access::address(site, visit.shop(), "/orders/" + order.token + "/promise.json") + "\n";
    return text;
}

Task<http::Response> get_order_page(Doors& doors, access::Visit visit) {
    const Id<Order> id{visit.request.parameter("order")};
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        return order_page(tx, doors.site, visit, TRY(find(tx, visit.shop().id, id)), std::nullopt);
    });
}

Task<http::Response> post_refund(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<Order> id{visit.request.parameter("order")};
    co_return co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& form) -> Result<std::string> {
            const auto order = TRY(find(tx, visit.shop().id, id));
            const auto made = TRY(refund(tx, visit.shop().id, id, TRY(read_wish(form, order)), now, site.random));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "refund", made.text, now, site.random));
            Money amount{0, order.sum.currency};
            for (const auto& one : TRY(refunds_of(tx, order)))
                if (one.refund.refund.id == made) amount = one.refund.refund.amount;
            return access::with_toast(site, visit, "/studio/orders/" + id.text,
                                      {.text = display(amount) + " goes back to " + order.buyer.name + " in ten seconds.",
                                       .undo_url = path_of(visit, order) + "/refunds/" + made.text + "/undo"});
        },
        [&](store::Tx& tx, const wire::Json& form, const Error& error) -> Result<access::StudioPage> {
            const auto order = TRY(find(tx, visit.shop().id, id));
            return order_page(tx, doors.site, visit, order, read_typed(form, order, error.text));
        });
}

Task<http::Response> post_refund_undo(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<Order> id{visit.request.parameter("order")};
    const Id<payments::Refund> refund{visit.request.parameter("refund")};
    const auto page = "/studio/orders/" + id.text;
    co_return co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
            TRY(undo_refund(tx, visit.shop().id, id, refund, now));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "refund_undone", refund.text, now, site.random));
            return access::with_toast(site, visit, page, {.text = "Nothing goes back: the refund is taken back."});
        },
        [&](store::Tx& tx, const wire::Json&, const Error& error) -> Result<access::StudioPage> {
            auto shown = TRY(order_page(tx, doors.site, visit, TRY(find(tx, visit.shop().id, id)), std::nullopt));
            shown.toast.text = error.text;
            return shown;
        });
}

Task<http::Response> post_dispute_answer(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<Order> id{visit.request.parameter("order")};
    const Id<payments::Dispute> dispute{visit.request.parameter("dispute")};
    std::string evidence;
    auto answer = co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& form) -> Result<std::string> {
            const auto order = TRY(find(tx, visit.shop().id, id));
            const auto found = TRY(payments::find_dispute(tx, visit.shop().id, dispute));
            if (found.payment != order.payment) return fail(Fault::not_found, "the order has no dispute " + dispute.text);
            evidence = access::field(form, "evidence");
            TRY(access::note_audit(tx, visit.shop().id, "owner", "dispute_answer", dispute.text, now, site.random));
            return visit.base + "/studio/orders/" + id.text;
        },
        {});
    if (!access::was_done(answer)) co_return answer;
    const auto sent = co_await payments::answer_dispute(site.db, doors.providers, visit.shop().id, dispute, evidence, now);
    co_return http::Response::redirect(
        access::with_toast(site, visit, "/studio/orders/" + id.text,
                           {.text = sent ? "The evidence is with the bank. You hear what it decides here." : sent.error().text}),
        303);
}

}  // namespace barrow::orders
