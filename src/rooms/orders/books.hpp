// The books of one order: what must stand in the ledger after a set of events that a provider told. Pure, and of the *set*: events may
// come in any order and again, the books end the same. on_payment posts what each event changed.
//
// Rules (facts of the money model): a sale credits tax, shipping and everybody's share of the rest; a refund or a lost dispute takes
// from the same accounts in proportion, by the cumulative formula (what is left of the line is shared anew, so that parts never exceed the
// whole nor lose a unit); refunds and disputes together never take more than came; an open dispute holds its amount and freezes the shares
// in it; a provider's fee is the shop's own expense.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "rooms/ledger/ledger.hpp"
#include "rooms/payments/payments.hpp"

namespace barrow::orders {

inline constexpr int shipping_line = -1;  // as a line of a refund

// What the money was for.
struct Sale {
    struct Line {
        std::int64_t amount_minor = 0, tax_minor = 0;  // what was paid for it; the part of it that is tax
        std::vector<ledger::Share> shares;             // of what is left after tax
    };
    Currency currency = euro;
    std::vector<Line> lines;
    std::int64_t shipping_minor = 0, shipping_tax_minor = 0;
    std::string tax_owner;  // the jurisdiction, "" for the shop's own
    bool kept = true;       // false: it came too late or is not the price, and all of it is owed to the buyer
    // What a refund gives back of which line. A refund that is not here, or the rest of one, is spread over all that is left.
    std::map<std::string, std::map<int, std::int64_t>> refund_lines;
};

struct Books {
    // Fees are apart, so that what came and what went back can be read from the clearing account. Frozen entries are pending.
    enum class Part : std::uint8_t { principal, fee, frozen };
    struct Slot {
        Part part = Part::principal;
        ledger::AccountKind kind = ledger::AccountKind::psp_clearing;
        std::string owner;
        auto operator<=>(const Slot&) const = default;
    };
    std::map<Slot, std::int64_t> debit_minor;                                             // below zero: a credit; nothing stands at zero
    std::int64_t captured_minor = 0, refunded_minor = 0, lost_minor = 0, held_minor = 0;  // refunded + lost + held <= captured
    bool operator==(const Books&) const = default;
};
// Nothing stands in the books before the capture is told.
Books books(const Sale& sale, std::span<const payments::Event> told);

// From `before` to `after`, a part at a time: the legs of one journal, none when nothing changes.
std::vector<ledger::Leg> legs_between(const Books& before, const Books& after, Books::Part part, Currency currency);

// The order in which events that arrived together are booked: as things happen to a payment.
bool happens_before(const payments::Event& a, const payments::Event& b);

// Shares as a line of an order keeps them: [["creator_payable","",8500],…].
std::string write_shares(const std::vector<ledger::Share>& shares);
Result<std::vector<ledger::Share>> read_shares(const std::string& text);

}  // namespace barrow::orders
