#include "rooms/ledger/ledger.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "rooms/ledger/ledger.sql.hpp"

namespace barrow::ledger {
namespace {

constexpr std::array<std::string_view, 18> names = {"psp_clearing",      "bank",
                                                    "buyer_receivable",  "psp_fee_expense",
                                                    "dispute_hold",      "dispute_fee_expense",
                                                    "chargeback_loss",   "payout_in_transit",
                                                    "creator_payable",   "partner_payable",
                                                    "affiliate_payable", "platform_revenue",
                                                    "tax_payable",       "shipping_payable",
                                                    "refund_liability",  "deferred_revenue",
                                                    "store_credit",      "reserve"};
static_assert(names.size() == static_cast<std::size_t>(AccountKind::reserve) + 1);

// The same account has the same id on every node, so that making it needs no look-up.
std::string account_id(const Account& account, Currency currency) {
    return std::string(name(account.kind)) + ":" + account.owner + ":" + std::string(currency.code());
}

std::string_view name(Side side) { return side == Side::debit ? "debit" : "credit"; }
std::string_view name(Phase phase) { return phase == Phase::posted ? "posted" : "pending"; }

Sum read_sum(const store::Row& row, Account account, Currency currency) {
    return {.account = std::move(account),
            .currency = currency,
            .debit_minor = row.integer("debit_minor"),
            .credit_minor = row.integer("credit_minor"),
            .pending_debit_minor = row.integer("pending_debit_minor"),
            .pending_credit_minor = row.integer("pending_credit_minor")};
}

Result<Sum> sum_of(store::Tx& tx, std::string_view shop_id, const Account& account, Currency currency) {
    return read_sum(TRY(tx.run(sql::sums_of_account, {shop_id, account_id(account, currency)}))[0], account, currency);
}

// The legs that move something, or why they cannot be posted.
Result<std::vector<Leg>> moving(const Posting& posting) {
    std::vector<Leg> legs;
    std::map<Currency, __int128> sums;
    for (const auto& leg : posting.legs) {
        if (leg.amount.minor < 0 || leg.amount.minor > amount_minor_max) {
            return fail(Fault::bad_input, "a leg of " + posting.kind + " has an amount below zero or beyond all amounts; swap its side");
        }
        if (leg.amount.minor == 0) continue;
        sums[leg.amount.currency] += leg.side == Side::debit ? leg.amount.minor : -leg.amount.minor;
        legs.push_back(leg);
    }
    for (const auto& [currency, sum] : sums) {
        if (sum != 0) {
            return fail(Fault::bad_input, "the debits of " + posting.kind + " for " + posting.subject + " are not its credits in " +
                                              std::string(currency.code()));
        }
    }
    if (legs.empty() || legs.size() > legs_max) {
        return fail(Fault::bad_input, posting.kind + " for " + posting.subject + " has no legs, or too many");
    }
    return legs;
}

Result<Posted> already_posted(store::Tx& tx, std::string_view shop_id, const Posting& posting, const std::vector<Leg>& legs) {
    const auto journals = TRY(tx.run(sql::journal_by_key, {shop_id, posting.idempotency_key}));
    barrow::check(!journals.empty());
    const auto journal = journals[0];
    const auto entries = TRY(tx.run(sql::entries_of, {shop_id, journal.text("id")}));
    bool same = journal.text("kind") == posting.kind && journal.text("subject") == posting.subject && entries.size() == legs.size();
    for (std::size_t i = 0; same && i < legs.size(); ++i) {
        const auto entry = entries[i];
        same = entry.text("account_id") == account_id(legs[i].account, legs[i].amount.currency) &&
               entry.text("side") == name(legs[i].side) && entry.text("phase") == name(posting.phase) &&
               entry.money("amount_minor", "currency") == legs[i].amount;
    }
    if (!same) return fail(Fault::conflict, "the ledger has something else under the key " + posting.idempotency_key);
    return Posted{journal.text("id"), Fresh::already_there};
}

bool earns(AccountKind kind) {
    return kind == AccountKind::creator_payable || kind == AccountKind::partner_payable || kind == AccountKind::affiliate_payable ||
           kind == AccountKind::platform_revenue;
}

}  // namespace

std::string_view name(AccountKind kind) { return names[static_cast<std::size_t>(kind)]; }

Result<AccountKind> read_account_kind(std::string_view text) {
    const auto* found = std::ranges::find(names, text);
    if (found == names.end()) return fail(Fault::bad_input, "\"" + std::string(text.substr(0, 40)) + "\" is no kind of account");
    return static_cast<AccountKind>(found - names.begin());
}

Side normal_side(AccountKind kind) { return kind < AccountKind::creator_payable ? Side::debit : Side::credit; }

Result<Posted> post(store::Tx& tx, std::string_view shop_id, const Posting& posting, Instant now, Random& random) {
    const auto legs = TRY(moving(posting));
    const auto id = new_id_text(now, random);
    const auto added = TRY(tx.run(sql::add_journal, {shop_id, id, posting.idempotency_key, posting.kind, posting.subject,
                                                     posting.provider_ref, posting.occurred, now}));
    if (added.empty()) return already_posted(tx, shop_id, posting, legs);

    std::map<std::string, std::vector<store::Value>> accounts;
    std::vector<std::vector<store::Value>> entries;
    for (const auto& leg : legs) {
        const auto account = account_id(leg.account, leg.amount.currency);
        accounts.try_emplace(account,
                             std::vector<store::Value>{shop_id, account, name(leg.account.kind), leg.account.owner, leg.amount.currency});
        entries.push_back({shop_id, id, static_cast<std::int64_t>(entries.size()), account, name(leg.side), leg.amount.minor,
                           leg.amount.currency, name(posting.phase)});
    }
    std::vector<std::vector<store::Value>> new_accounts;
    for (auto& [_, values] : accounts) new_accounts.push_back(std::move(values));
    TRY(tx.run_many(sql::add_account, new_accounts));
    TRY(tx.run_many(sql::add_entry, entries));
    return Posted{id, Fresh::posted};
}

Result<Money> balance(store::Tx& tx, std::string_view shop_id, const Account& account, Currency currency) {
    return Money{TRY(sum_of(tx, shop_id, account, currency)).balance_minor(), currency};
}

Result<Money> available(store::Tx& tx, std::string_view shop_id, const Account& account, Currency currency) {
    return Money{TRY(sum_of(tx, shop_id, account, currency)).available_minor(), currency};
}

Result<std::vector<Standing>> standing_of(store::Tx& tx, std::string_view shop_id, std::string_view subject) {
    const auto rows = TRY(tx.run(sql::standing_of_subject, {shop_id, subject}));
    std::vector<Standing> list;
    for (const auto row : rows) {
        list.push_back({.journal_kind = row.text("journal_kind"),
                        .phase = row.text("phase") == "pending" ? Phase::pending : Phase::posted,
                        .account = {TRY(read_account_kind(row.text("kind"))), row.text("owner")},
                        .debit = row.money("debit_minor", "currency")});
    }
    return list;
}

Result<Report> check(store::Tx& tx, std::string_view shop_id) {
    Report report;
    report.journals_count = TRY(tx.run(sql::count_journals, {shop_id}))[0].integer("n");
    const auto unbalanced = TRY(tx.run(sql::unbalanced_journals, {shop_id, findings_max}));
    for (const auto row : unbalanced) {
        report.imbalances.push_back(
            {row.text("journal_id"), TRY(Currency::read(row.text("currency"))), row.integer("debit_minor"), row.integer("credit_minor")});
    }
    const auto orphans = TRY(tx.run(sql::orphan_entries, {shop_id, findings_max}));
    for (const auto row : orphans) report.orphan_entries.push_back(row.text("journal_id") + "/" + std::to_string(row.integer("line")));
    const auto empty = TRY(tx.run(sql::empty_journals, {shop_id, findings_max}));
    for (const auto row : empty) report.empty_journals.push_back(row.text("id"));
    const auto sums = TRY(tx.run(sql::sums_by_account, {shop_id, accounts_max}));
    for (const auto row : sums) {
        report.sums.push_back(
            read_sum(row, {TRY(read_account_kind(row.text("kind"))), row.text("owner")}, TRY(Currency::read(row.text("currency")))));
    }
    return report;
}

Status set_split(store::Tx& tx, std::string_view shop_id, std::string_view product_id, const std::vector<Share>& shares) {
    std::int64_t sum = 0;
    for (const auto& share : shares) {
        if (!earns(share.account.kind)) {
            return fail(Fault::bad_input,
                        std::string(name(share.account.kind)) + " cannot have a share; choose creator, partner, affiliate or platform");
        }
        if (share.basis_points < 1) return fail(Fault::bad_input, "a share must be at least 0.01 %");
        sum += share.basis_points;
    }
    if (sum != 10'000 || shares.size() > shares_max) {
        return fail(Fault::bad_input,
                    "the shares sum to " + std::to_string(sum) + " of 10,000 parts; give all of them away, to at most 20");
    }
    TRY(tx.run(sql::clear_split, {shop_id, product_id}));
    for (std::size_t i = 0; i < shares.size(); ++i) {
        TRY(tx.run(sql::add_share, {shop_id, product_id, static_cast<std::int64_t>(i), name(shares[i].account.kind),
                                    shares[i].account.owner, shares[i].basis_points}));
    }
    return {};
}

Result<std::vector<Share>> split_of(store::Tx& tx, std::string_view shop_id, std::string_view product_id) {
    const auto rows = TRY(tx.run(sql::read_split, {shop_id, product_id}));
    std::vector<Share> shares;
    for (const auto row : rows) {
        shares.push_back({{TRY(read_account_kind(row.text("kind"))), row.text("owner")}, static_cast<int>(row.integer("basis_points"))});
    }
    if (shares.empty()) shares.push_back({{AccountKind::creator_payable, ""}, 10'000});
    return shares;
}

std::vector<Leg> credits(Money net, const std::vector<Share>& shares) {
    std::vector<std::int64_t> weights;
    for (const auto& share : shares) weights.push_back(share.basis_points);
    const auto parts = split(net.minor, weights);
    std::vector<Leg> legs;
    for (std::size_t i = 0; i < shares.size(); ++i) legs.push_back({Side::credit, shares[i].account, {parts[i], net.currency}});
    return legs;
}

}  // namespace barrow::ledger
