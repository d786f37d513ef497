// What a payment's outcome means for its order.
#include <algorithm>

#include "rooms/orders/books.hpp"
#include "rooms/orders/orders.sql.hpp"
#include "rooms/orders/settle.hpp"

namespace barrow::orders {
namespace {

// Why money that came goes back.
constexpr std::string_view sold_out_late = "sold_out_late", wrong_amount = "wrong_amount";
bool goes_back(const Order& order) { return order.cancel_reason == sold_out_late || order.cancel_reason == wrong_amount; }

// Who shares in a line is kept when it is paid: what changes afterwards is for later orders.
Status keep_shares(store::Tx& tx, const Order& order) {
    std::vector<std::vector<store::Value>> sets;
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const auto shares = TRY(ledger::split_of(tx, order.shop.text, order.lines[i].product.text));
        sets.push_back({order.shop, order.id, static_cast<std::int64_t>(i), write_shares(shares)});
    }
    TRY(tx.run_many(sql::keep_shares, sets));
    return {};
}

Result<Sale> sale_of(store::Tx& tx, const Order& order) {
    Sale sale{.currency = order.sum.currency,
              .lines = {},
              .shipping_minor = order.shipping.minor,
              .shipping_tax_minor = order.shipping_tax.minor,
              .tax_owner = order.tax_country,
              .kept = order.paid.has_value(),
              .refund_lines = {}};
    const auto kept = TRY(tx.run(sql::read_shares, {order.shop, order.id}));
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const auto& line = order.lines[i];
        const auto shares = i < kept.size() ? kept[i].text("shares") : "";
        sale.lines.push_back(
            {.amount_minor = line.amount.minor,
             .tax_minor = line.tax.minor,
             .shares = shares.empty() ? TRY(ledger::split_of(tx, order.shop.text, line.product.text)) : TRY(read_shares(shares))});
    }
    for (const auto row : TRY(tx.run(sql::refund_lines, {order.shop, order.id})))
        sale.refund_lines[row.text("refund_id")][static_cast<int>(row.integer("line"))] += row.integer("amount_minor");
    return sale;
}

constexpr std::string_view fee_kind = "fee";

// What stands there now.
Result<Books> standing(store::Tx& tx, const Order& order) {
    Books books;
    for (const auto& one : TRY(ledger::standing_of(tx, order.shop.text, order.id.text))) {
        const auto part = one.phase == ledger::Phase::pending ? Books::Part::frozen
                          : one.journal_kind == fee_kind      ? Books::Part::fee
                                                              : Books::Part::principal;
        if (one.debit.minor != 0) books.debit_minor[{part, one.account.kind, one.account.owner}] += one.debit.minor;
    }
    return books;
}

Status post_change(store::Tx& tx, const Order& order, const payments::Payment& payment, const payments::Told& fact, const Books& before,
                   const Books& after, Instant now, Random& random) {
    struct Journal {
        Books::Part part;
        std::string_view kind, key;
        ledger::Phase phase;
    };
    const auto kind = payments::name(fact.event.kind);
    for (const auto& [part, as, key, phase] : {Journal{Books::Part::principal, kind, "", ledger::Phase::posted},
                                               Journal{Books::Part::fee, fee_kind, ":fee", ledger::Phase::posted},
                                               Journal{Books::Part::frozen, "frozen", ":frozen", ledger::Phase::pending}}) {
        auto legs = legs_between(before, after, part, order.sum.currency);
        if (legs.empty()) continue;
        TRY(ledger::post(tx, order.shop.text,
                         {.idempotency_key = fact.provider + ":" + fact.event.id + std::string(key),
                          .kind = std::string(as),
                          .subject = order.id.text,
                          .provider_ref = payment.provider_ref,
                          .occurred = fact.event.occurred,
                          .legs = std::move(legs),
                          .phase = phase},
                         now, random));
    }
    return {};
}

// Brings the books to what all that was told makes of them, an event at a time. An order whose fate is open has no books yet: its
// capture brings along what was told before it.
Status keep_books(store::Tx& tx, const Order& order, const payments::Fact& fact, Instant now, Random& random) {
    if (!order.paid && !goes_back(order)) return {};
    auto told = TRY(payments::told(tx, order.shop, fact.payment.id));
    std::ranges::sort(told, happens_before, &payments::Told::event);
    const auto sale = TRY(sale_of(tx, order));
    auto books_now = TRY(standing(tx, order));
    std::vector<payments::Event> known;
    for (const auto& one : told)
        if (one.booked) known.push_back(one.event);
    Books after = books(sale, known);
    for (const auto& one : told) {
        if (one.booked) continue;
        known.push_back(one.event);
        after = books(sale, known);
        TRY(post_change(tx, order, fact.payment, one, books_now, after, now, random));
        books_now.debit_minor = after.debit_minor;
    }
    TRY(payments::note_booked(tx, order.shop, fact.payment.id, now));
    TRY(tx.run(sql::note_money, {order.shop, order.id, after.refunded_minor + after.lost_minor, after.held_minor}));
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

Status give_back(store::Tx& tx, const payments::Fact& fact, Order& order, std::string_view reason, Instant now) {
    if (order.state == State::placed) TRY(cancel(tx, order.shop, order.id, reason, now));
    TRY(tx.run(sql::set_reason, {order.shop, order.id, reason}));
    order.state = State::cancelled;
    order.cancel_reason = reason;
    const auto left = TRY(payments::refundable(tx, fact.payment));
    if (left.minor == 0) return {};  // it went back by itself, or a bank has it
    return payments::ask_refund(tx,
                                {.id = {"late-" + fact.payment.id.text},
                                 .shop = order.shop,
                                 .payment = fact.payment.id,
                                 .amount = left,
                                 .reason = std::string(reason)},
                                now);
}

Status on_captured(store::Tx& tx, const payments::Fact& fact, Order& order, Instant now, Random& random) {
    if (order.paid || goes_back(order)) return {};
    if (fact.event.amount.minor == 0)
        return fail(Fault::conflict, "the payment of the order " + std::to_string(order.number) + " captured nothing; look into it");
    // Neither sold for less nor kept back: money that arrived is in the books at once, and on its way to whom it belongs.
    if (fact.event.amount != order.sum) return give_back(tx, fact, order, wrong_amount, now);
    if (!TRY(hand_over(tx, order, now, random))) return give_back(tx, fact, order, sold_out_late, now);
    TRY(set_paid(tx, order, now));
    order.state = State::paid;
    order.paid = now;
    return keep_shares(tx, order);
}

}  // namespace

Status on_payment(store::Tx& tx, const payments::Fact& fact, Instant now, Random& random) {
    const auto rows = TRY(tx.run(sql::order_of_payment, {fact.event.shop, fact.payment.id}));
    if (rows.empty()) return fail(Fault::not_found, "the payment " + fact.payment.id.text + " belongs to no order");
    auto order = TRY(find(tx, fact.event.shop, rows[0].id<Order>("id")));
    if (fact.event.kind == payments::Event::Kind::captured) TRY(on_captured(tx, fact, order, now, random));
    // A yes that came first stands, also when its own fact is still on its way here.
    if (fact.event.kind == payments::Event::Kind::declined && order.state == State::placed &&
        fact.payment.state == payments::State::declined)
        TRY(cancel(tx, order.shop, order.id, "declined", now));
    return keep_books(tx, order, fact, now, random);
}

}  // namespace barrow::orders
