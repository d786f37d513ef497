// What a payment's outcome means for its order.
#include "rooms/ledger/ledger.hpp"
#include "rooms/orders/orders.sql.hpp"
#include "rooms/orders/settle.hpp"

namespace barrow::orders {
namespace {

const ledger::Account clearing{ledger::AccountKind::psp_clearing, ""};
const ledger::Account to_give_back{ledger::AccountKind::refund_liability, ""};
const ledger::Account tax{ledger::AccountKind::tax_payable, ""};
const ledger::Account shipping{ledger::AccountKind::shipping_payable, ""};

// All of the buyer's money arrives at the provider; tax, shipping and everybody's share of the rest is owed from then on.
Result<std::vector<ledger::Leg>> legs_of_sale(store::Tx& tx, const Order& order) {
    std::vector<ledger::Leg> legs = {{ledger::Side::debit, clearing, order.sum}};
    for (const auto& line : order.lines) {
        legs.push_back({ledger::Side::credit, tax, line.tax});
        const auto shares = TRY(ledger::split_of(tx, order.shop.text, line.product.text));
        const auto credits = ledger::credits(TRY(subtract(line.amount, line.tax)), shares);
        legs.insert(legs.end(), credits.begin(), credits.end());
    }
    legs.push_back({ledger::Side::credit, shipping, order.shipping});
    return legs;
}

Status post(store::Tx& tx, const payments::Fact& fact, const Order& order, std::string key, std::vector<ledger::Leg> legs, Instant now,
            Random& random) {
    TRY(ledger::post(tx, order.shop.text,
                     {.idempotency_key = std::move(key),
                      .kind = std::string(payments::name(fact.event.kind)),
                      .subject = order.id.text,
                      .provider_ref = fact.payment.provider_ref,
                      .occurred = fact.event.occurred,
                      .legs = std::move(legs)},
                     now, random));
    return {};
}

// The money came after the units were let go. If they are still there the buyer gets them all the same.
Status claim_again(store::Tx& tx, Order& order, Instant now, Random& random) {
    std::vector<stock::Claim> claims;
    for (const auto& line : order.lines) {
        claims.push_back({.shop = order.shop,
                          .id = Id<stock::Held>::make(now, random),
                          .allotment = line.allotment,
                          .pieces = line.pieces,
                          .buyer = order.buyer.key,
                          .expires = now + seconds(1)});
    }
    const auto answers = TRY(stock::claim(tx, claims, now));
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i]) return answers[i].error();
        TRY(tx.run(sql::replace_claim, {order.shop, order.id, static_cast<std::int64_t>(i), claims[i].id}));
        order.lines[i].claim = claims[i].id;
    }
    return take_all(tx, order, now);
}

// The units leave; false when somebody else has them by now. Lines that still hold theirs let them go before all are claimed
// again, so the whole order stands or falls at once.
Result<bool> hand_over(store::Tx& tx, Order& order, Instant now, Random& random) {
    auto taken = tx.attempt([&] { return take_all(tx, order, now); });
    if (taken) return true;
    if (taken.error().fault != Fault::gone) return std::move(taken).error();
    taken = tx.attempt([&]() -> Status {
        for (const auto& line : order.lines) TRY(stock::let_go(tx, order.shop, line.claim, now));
        return claim_again(tx, order, now, random);
    });
    if (taken) return true;
    switch (taken.error().fault) {
        case Fault::sold_out:
        case Fault::gone:
        case Fault::conflict:
        case Fault::not_found:
            return false;
        default:
            return std::move(taken).error();
    }
}

// Why money that came goes back.
constexpr std::string_view sold_out_late = "sold_out_late", wrong_amount = "wrong_amount";
bool goes_back(const Order& order) { return order.cancel_reason == sold_out_late || order.cancel_reason == wrong_amount; }

Status give_back(store::Tx& tx, const payments::Fact& fact, const Order& order, std::string_view reason, Instant now, Random& random) {
    if (order.state == State::placed) TRY(cancel(tx, order.shop, order.id, reason, now));
    TRY(tx.run(sql::set_reason, {order.shop, order.id, reason}));
    TRY(post(tx, fact, order, "captured:" + fact.payment.id.text,
             {{ledger::Side::debit, clearing, fact.event.amount}, {ledger::Side::credit, to_give_back, fact.event.amount}}, now, random));
    return payments::ask_refund(tx,
                                {.id = {"late-" + fact.payment.id.text},
                                 .shop = order.shop,
                                 .payment = fact.payment.id,
                                 .amount = fact.event.amount,
                                 .reason = std::string(reason)},
                                now);
}

Status on_captured(store::Tx& tx, const payments::Fact& fact, Order order, Instant now, Random& random) {
    if (order.state == State::paid || order.state == State::fulfilled || goes_back(order)) return {};
    if (fact.event.amount.minor == 0)
        return fail(Fault::conflict, "the payment of the order " + std::to_string(order.number) + " captured nothing; look into it");
    // Neither sold for less nor kept back: money that arrived is in the books at once, and on its way to whom it belongs.
    if (fact.event.amount != order.sum) return give_back(tx, fact, order, wrong_amount, now, random);
    if (!TRY(hand_over(tx, order, now, random))) return give_back(tx, fact, order, sold_out_late, now, random);
    TRY(set_paid(tx, order, now));
    return post(tx, fact, order, "captured:" + fact.payment.id.text, TRY(legs_of_sale(tx, order)), now, random);
}

Status on_refunded(store::Tx& tx, const payments::Fact& fact, const Order& order, Instant now, Random& random) {
    if (!goes_back(order)) {
        return fail(Fault::conflict,
                    "the order " + std::to_string(order.number) + " was refunded at the provider and not here; look into it");
    }
    return post(tx, fact, order, "refunded:" + fact.event.refund.text,
                {{ledger::Side::debit, to_give_back, fact.event.amount}, {ledger::Side::credit, clearing, fact.event.amount}}, now, random);
}

}  // namespace

Status on_payment(store::Tx& tx, const payments::Fact& fact, Instant now, Random& random) {
    const auto rows = TRY(tx.run(sql::order_of_payment, {fact.event.shop, fact.payment.id}));
    if (rows.empty()) return fail(Fault::not_found, "the payment " + fact.payment.id.text + " belongs to no order");
    auto order = TRY(find(tx, fact.event.shop, rows[0].id<Order>("id")));
    switch (fact.event.kind) {
        case payments::Event::Kind::captured:
            return on_captured(tx, fact, std::move(order), now, random);
        case payments::Event::Kind::declined:
            // A yes that came first stands, also when its own fact is still on its way here.
            if (order.state != State::placed || fact.payment.state == payments::State::captured) return {};
            return cancel(tx, order.shop, order.id, "declined", now);
        case payments::Event::Kind::refunded:
            return on_refunded(tx, fact, order, now, random);
        case payments::Event::Kind::refund_failed:
            return fail(Fault::gone,
                        "the refund of the order " + std::to_string(order.number) + " failed at the provider; pay it back by hand");
    }
    return {};
}

}  // namespace barrow::orders
