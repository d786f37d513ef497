#include "rooms/orders/books.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <tuple>

#include "floor/wire/json.hpp"

namespace barrow::orders {
namespace {

using Kind = payments::Event::Kind;
using ledger::AccountKind;

// What a set of events comes to.
struct Sums {
    std::int64_t captured = 0, payment_fee = 0, dispute_fee = 0;
    struct Outcome {
        std::int64_t amount = 0;
        std::optional<Kind> ended;  // refunded, refund_failed; dispute_won, dispute_lost
        Instant at;
    };
    std::map<std::string, Outcome> refunds, disputes;
};

// Of two words on one thing the later one stands, of two at one moment the worse one.
void end(Sums::Outcome& outcome, const payments::Event& event) {
    outcome.amount = std::max(outcome.amount, event.amount.minor);
    if (event.kind == Kind::dispute_opened) return;
    if (!outcome.ended || std::pair(outcome.at, *outcome.ended) < std::pair(event.occurred, event.kind)) {
        outcome.ended = event.kind;
        outcome.at = event.occurred;
    }
}
static_assert(Kind::refunded < Kind::refund_failed && Kind::dispute_won < Kind::dispute_lost, "the worse word is the larger one");

Sums add_up(std::span<const payments::Event> told) {
    Sums sums;
    // One thing told under two names costs its fee once.
    std::map<std::tuple<Kind, std::string>, std::int64_t> fees;
    for (const auto& event : told) {
        auto& fee = fees[{event.kind, event.refund.text + event.dispute.text}];
        if (std::abs(event.fee_minor) > std::abs(fee)) fee = event.fee_minor;
        switch (event.kind) {
            case Kind::created:
            case Kind::declined:
                break;
            case Kind::captured:
                sums.captured = std::max(sums.captured, event.amount.minor);
                break;
            case Kind::refunded:
            case Kind::refund_failed:
                end(sums.refunds[event.refund.text], event);
                break;
            case Kind::dispute_opened:
            case Kind::dispute_won:
            case Kind::dispute_lost:
                end(sums.disputes[event.dispute.text], event);
                break;
        }
    }
    for (const auto& [what, fee] : fees) (std::get<0>(what) >= Kind::dispute_opened ? sums.dispute_fee : sums.payment_fee) += fee;
    return sums;
}

// What is left of each line, shipping behind them.
using Left = std::vector<std::int64_t>;

// Takes `minor` out of all that is left, in proportion; it is at most that.
Left spread(const Left& left, std::int64_t minor) {
    if (minor == 0) return Left(left.size(), 0);
    return split(minor, left);
}
Left less(Left left, const Left& taken) {
    for (std::size_t i = 0; i < left.size(); ++i) left[i] -= taken[i];
    return left;
}

class Writer {
public:
    explicit Writer(Books& books) : books_(books) {}
    void debit(Books::Part part, AccountKind kind, const std::string& owner, std::int64_t minor) {
        if (minor == 0) return;
        auto& sum = books_.debit_minor[{part, kind, owner}];
        sum += minor;
        if (sum == 0) books_.debit_minor.erase({part, kind, owner});
    }
    void credit(Books::Part part, AccountKind kind, const std::string& owner, std::int64_t minor) { debit(part, kind, owner, -minor); }

private:
    Books& books_;
};

struct Parts {
    std::int64_t net = 0, tax = 0;
};
// Net and tax of what is left of a line: the tax of what went back is rounded, never that of what stays, so that a whole refund
// takes the whole tax.
Parts parts_of(std::int64_t amount, std::int64_t tax, std::int64_t left) {
    if (amount == 0) return {};
    const auto tax_left = tax - portion(tax, amount - left, amount);
    return {left - tax_left, tax_left};
}

}  // namespace

Books books(const Sale& sale, std::span<const payments::Event> told) {
    const auto sums = add_up(told);
    Books books;
    if (sums.captured == 0) return books;
    books.captured_minor = sums.captured;

    Left whole;
    for (const auto& line : sale.lines) whole.push_back(line.amount_minor);
    whole.push_back(sale.shipping_minor);
    auto left = whole;
    std::int64_t given = 0, free = 0, lost = 0, held = 0;
    for (const auto& [id, refund] : sums.refunds) {
        if (refund.ended != Kind::refunded) continue;
        const auto amount = std::min(refund.amount, sums.captured - given);
        given += amount;
        auto rest = amount;
        const auto lines = sale.refund_lines.find(id);
        if (lines != sale.refund_lines.end()) {
            for (const auto& [line, minor] : lines->second) {
                const auto at = line == shipping_line ? left.size() - 1 : static_cast<std::size_t>(line);
                if (at >= left.size()) continue;
                const auto taken = std::min({minor, left[at], rest});
                left[at] -= taken;
                rest -= taken;
            }
        }
        free += rest;
    }
    for (const auto& [id, dispute] : sums.disputes) {
        if (dispute.ended == Kind::dispute_lost) lost += std::min(dispute.amount, sums.captured - given - lost);
    }
    for (const auto& [id, dispute] : sums.disputes) {
        if (!dispute.ended) held += std::min(dispute.amount, sums.captured - given - lost - held);
    }
    books.refunded_minor = given;
    books.lost_minor = lost;
    books.held_minor = held;

    Writer write(books);
    using enum Books::Part;
    const auto remains = sums.captured - given - lost;
    write.debit(principal, AccountKind::psp_clearing, "", remains - held);
    write.debit(principal, AccountKind::dispute_hold, "", held);
    write.debit(fee, AccountKind::psp_fee_expense, "", sums.payment_fee);
    write.debit(fee, AccountKind::dispute_fee_expense, "", sums.dispute_fee);
    write.credit(fee, AccountKind::psp_clearing, "", sums.payment_fee + sums.dispute_fee);
    if (!sale.kept) {
        write.credit(principal, AccountKind::refund_liability, "", remains);
        return books;
    }
    left = less(left, spread(left, free + lost));
    const auto frozen_lines = spread(left, held);
    for (std::size_t i = 0; i < sale.lines.size(); ++i) {
        const auto& line = sale.lines[i];
        const auto parts = parts_of(line.amount_minor, line.tax_minor, left[i]);
        write.credit(principal, AccountKind::tax_payable, sale.tax_owner, parts.tax);
        for (const auto& leg : ledger::credits({parts.net, sale.currency}, line.shares))
            write.credit(principal, leg.account.kind, leg.account.owner, leg.amount.minor);
        const auto thawed = parts_of(line.amount_minor, line.tax_minor, left[i] - frozen_lines[i]);
        for (const auto& leg : ledger::credits({parts.net - thawed.net, sale.currency}, line.shares)) {
            write.debit(frozen, leg.account.kind, leg.account.owner, leg.amount.minor);
            write.credit(frozen, AccountKind::dispute_hold, "", leg.amount.minor);
        }
    }
    const auto shipping = parts_of(sale.shipping_minor, sale.shipping_tax_minor, left.back());
    write.credit(principal, AccountKind::shipping_payable, "", shipping.net);
    write.credit(principal, AccountKind::tax_payable, sale.tax_owner, shipping.tax);
    return books;
}

std::vector<ledger::Leg> legs_between(const Books& before, const Books& after, Books::Part part, Currency currency) {
    std::map<Books::Slot, std::int64_t> moved;
    for (const auto& [slot, minor] : after.debit_minor) moved[slot] += minor;
    for (const auto& [slot, minor] : before.debit_minor) moved[slot] -= minor;
    std::vector<ledger::Leg> legs;
    for (const auto& [slot, minor] : moved) {
        if (slot.part != part || minor == 0) continue;
        legs.push_back({minor > 0 ? ledger::Side::debit : ledger::Side::credit, {slot.kind, slot.owner}, {std::abs(minor), currency}});
    }
    return legs;
}

bool happens_before(const payments::Event& a, const payments::Event& b) {
    return std::tuple(a.kind, a.occurred, a.id) < std::tuple(b.kind, b.occurred, b.id);
}

std::string write_shares(const std::vector<ledger::Share>& shares) {
    wire::Json::Array list;
    for (const auto& share : shares)
        list.push_back(wire::Json::array({ledger::name(share.account.kind), share.account.owner, share.basis_points}));
    return wire::write_json(wire::Json(std::move(list)));
}

Result<std::vector<ledger::Share>> read_shares(const std::string& text) {
    const auto broken = [] { return fail(Fault::bad_input, "an order's shares are not as they were written"); };
    const auto json = TRY(wire::read_json(text));
    if (!json.is_array()) return broken();
    std::vector<ledger::Share> shares;
    for (const auto& one : json.items()) {
        if (!one.is_array() || one.items().size() != 3 || !one.items()[0].is_text() || !one.items()[1].is_text() ||
            !one.items()[2].is_integer())
            return broken();
        shares.push_back(
            {{TRY(ledger::read_account_kind(one.items()[0].text())), one.items()[1].text()}, static_cast<int>(one.items()[2].integer())});
    }
    return shares;
}

}  // namespace barrow::orders
