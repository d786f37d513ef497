// Ledger: accounts, journals and their entries. It knows no order: whoever posts says what moves, the ledger sees to it that
// debits equal credits, that nothing is posted twice, and that nothing posted ever changes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/money.hpp"
#include "floor/base/random.hpp"
#include "floor/base/time.hpp"
#include "floor/store/store.hpp"

namespace barrow::ledger {

enum class AccountKind : std::uint8_t {
    psp_clearing,  // what the provider holds for us
    bank,
    buyer_receivable,
    psp_fee_expense,
    dispute_hold,
    dispute_fee_expense,
    chargeback_loss,
    payout_in_transit,
    creator_payable,  // from here on a credit makes the balance grow
    partner_payable,
    affiliate_payable,
    platform_revenue,
    tax_payable,
    shipping_payable,
    refund_liability,  // taken from a buyer who gets it back
    deferred_revenue,
    store_credit,
    reserve,
};
std::string_view name(AccountKind kind);
Result<AccountKind> read_account_kind(std::string_view text);

enum class Side : std::uint8_t { debit, credit };
// The side on which this kind of account grows.
Side normal_side(AccountKind kind);

// An account is made by the first posting that names it. `owner` is whose: a partner's id, a tax jurisdiction; "" for the
// shop's own. It holds one currency, that of the leg.
struct Account {
    AccountKind kind;
    std::string owner;
    bool operator==(const Account&) const = default;
};

struct Leg {
    Side side;
    Account account;
    Money amount;  // not negative; a leg of nothing is left out
};

inline constexpr std::size_t legs_max = 1'000;  // of one journal; an order has some hundred lines at most

// A pending entry reserves: it stands in no balance, and what is available is less by it. It ends by a pending journal that turns it round,
// so that here too nothing that was written ever changes.
enum class Phase : std::uint8_t { posted, pending };

struct Posting {
    std::string idempotency_key;  // "captured:PAYMENT": the same key posts once
    std::string kind;             // "captured"
    std::string subject;          // the order, payout … that it is about
    std::string provider_ref;     // how the provider calls it, for reconciliation; "" for none
    Instant occurred;             // when it happened, by the provider's clock
    std::vector<Leg> legs;
    Phase phase = Phase::posted;
};

enum class Fresh : std::uint8_t { posted, already_there };
struct Posted {
    std::string journal_id;
    Fresh fresh;
};
// Refuses (bad_input) legs that do not balance in every currency, negative amounts and a posting without legs; (conflict) a
// key that was used for something else. A key that was used for the same legs: the journal that is there.
Result<Posted> post(store::Tx& tx, std::string_view shop_id, const Posting& posting, Instant now, Random& random);

// On the account's normal side, posted only; re-summed from its entries. Not for the order path.
Result<Money> balance(store::Tx& tx, std::string_view shop_id, const Account& account, Currency currency);
// The balance less what pending entries reserve of it: below zero where more was reserved or taken back than came.
Result<Money> available(store::Tx& tx, std::string_view shop_id, const Account& account, Currency currency);

// What stands in the books of one subject, by kind of journal, phase and account: debits less credits, accounts at zero too. One look at an
// index and as many rows as the subject has entries.
struct Standing {
    std::string journal_kind;
    Phase phase = Phase::posted;
    Account account;
    Money debit;  // below zero: a credit
};
Result<std::vector<Standing>> standing_of(store::Tx& tx, std::string_view shop_id, std::string_view subject);

struct Sum {
    Account account;
    Currency currency;
    std::int64_t debit_minor = 0, credit_minor = 0;                  // posted
    std::int64_t pending_debit_minor = 0, pending_credit_minor = 0;  // reserved
    [[nodiscard]] std::int64_t balance_minor() const { return on_normal_side(debit_minor - credit_minor); }
    // Only what takes away from the account makes less available; what it may get some day does not make more.
    [[nodiscard]] std::int64_t available_minor() const {
        return balance_minor() + std::min<std::int64_t>(on_normal_side(pending_debit_minor - pending_credit_minor), 0);
    }
    [[nodiscard]] std::int64_t on_normal_side(std::int64_t debit) const {
        return normal_side(account.kind) == Side::debit ? debit : -debit;
    }
};
struct Imbalance {
    std::string journal_id;
    Currency currency;
    std::int64_t debit_minor = 0, credit_minor = 0;
};
struct Report {
    std::int64_t journals_count = 0;
    std::vector<Imbalance> imbalances;        // journals whose debits are not their credits
    std::vector<std::string> orphan_entries;  // "JOURNAL/LINE" without its journal or account, or in another currency than it
    std::vector<std::string> empty_journals;
    std::vector<Sum> sums;  // by account
    [[nodiscard]] bool sound() const { return imbalances.empty() && orphan_entries.empty() && empty_journals.empty(); }
};
inline constexpr int findings_max = 1'000;  // of each kind; one finding is reason enough to stop
inline constexpr int accounts_max = 100'000;
// Re-sums every entry of the shop: `barrow ledger check`.
Result<Report> check(store::Tx& tx, std::string_view shop_id);

// Who gets how many of 10,000 parts of what a product brings after tax. Only the four kinds of account that earn.
struct Share {
    Account account;
    int basis_points = 0;
    bool operator==(const Share&) const = default;
};
inline constexpr std::size_t shares_max = 20;
// Refuses (bad_input) shares that do not sum to 10,000, other kinds of account, more than `shares_max`. Orders that are paid
// already stay as they were posted.
Status set_split(store::Tx& tx, std::string_view shop_id, std::string_view product_id, const std::vector<Share>& shares);
// All to the creator where none was set.
Result<std::vector<Share>> split_of(store::Tx& tx, std::string_view shop_id, std::string_view product_id);
// The credits of `net`: they sum to it, and the earlier share gets the odd cent.
std::vector<Leg> credits(Money net, const std::vector<Share>& shares);

}  // namespace barrow::ledger
