#include "rooms/telemetry/retention.hpp"

#include <algorithm>

#include "floor/base/bytes.hpp"
#include "floor/sign/sign.hpp"
#include "rooms/telemetry/clicks.hpp"
#include "rooms/telemetry/clicks.sql.hpp"
#include "rooms/telemetry/retention.sql.hpp"
#include "rooms/telemetry/telemetry.sql.hpp"

namespace barrow::telemetry {
namespace {

constexpr std::int64_t blocks_per_step = 200;  // as many as a roll-up takes
constexpr std::int64_t rows_per_step = 2'000;
constexpr int months_per_step = 24;  // that hold nothing to fold

// Months since the year 0, so that they can be counted.
std::int64_t month_of(std::int64_t day) {
    const auto text = iso_day(day);  // "2026-11-23"
    return std::stoll(text.substr(0, 4)) * 12 + std::stoll(text.substr(5, 2)) - 1;
}
std::int64_t first_day(std::int64_t month) {
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    const auto at = read_iso(std::to_string(month / 12) + "-" + two(month % 12 + 1) + "-01");
    check(at.ok());
    return at->day();
}

Status write(store::Tx& tx, const access::Tenant& shop, const LetGo& gone, Instant now) {
    const auto& key = shop.signing_key();
    const auto signature = base64url(sign::sign(as_bytes(let_go_text(shop.shop.id, gone)), key.keys));
    TRY(tx.run(retention::sql::set_let_go, {shop.shop.id, gone.chain, gone.before_day, gone.number, gone.hash, gone.clicks, gone.others,
                                            gone.done_day, gone.folded_day, now, key.number, signature}));
    return {};
}

// The old blocks at a chain's beginning that are in the totals and fit their hashes.
struct Beginning {
    std::int64_t last = 0, blocks = 0, clicks = 0, others = 0;
    std::string hash;
};
Result<Beginning> beginning(store::Tx& tx, const access::Tenant& shop, const store::Row& chain, Instant before) {
    const auto& id = shop.shop.id;
    const auto name = chain.text("chain");
    Beginning found{.last = chain.integer("gone"), .hash = {}};
    if (found.last > 0) {
        const auto gone = TRY(find_let_go(tx, shop, name));
        if (!gone || !gone->good || gone->number != found.last) return found;
        found.hash = gone->hash;
    }
    for (const auto block : TRY(tx.run(clicks::sql::blocks_after, {id, name, found.last, blocks_per_step}))) {
        const auto number = block.integer("number");
        const auto at = block.instant("at_us");
        if (at >= before || number != found.last + 1 || number > chain.integer("rolled")) break;
        if (block_hash(
                {.previous = found.hash, .shop = id.text, .chain = name, .number = number, .at = at, .lines = block.text("lines")}) !=
            block.text("hash"))
            break;
        const auto lines = read_lines(block.text("lines"));
        if (!lines) break;
        for (const auto& line : *lines) (line.click.why == WhyNot::no ? found.clicks : found.others) += line.n;
        found.last = number;
        found.hash = block.text("hash");
        ++found.blocks;
    }
    return found;
}

// True when some went. Chains that do not fit are passed over.
Result<bool> let_blocks_go(store::Tx& tx, const access::Tenant& shop, LetGo& gone, Instant now) {
    const auto& id = shop.shop.id;
    const auto before = Instant{} + days(gone.before_day);
    std::string after;
    for (;;) {
        const auto chains = TRY(tx.run(retention::sql::chain_to_let_go, {id, before, after}));
        if (chains.empty()) return false;
        const auto name = chains[0].text("chain");
        const auto found = TRY(beginning(tx, shop, chains[0], before));
        after = name;
        if (found.blocks == 0) continue;
        if (TRY(tx.run(retention::sql::set_gone, {id, name, chains[0].integer("gone"), found.last})).empty())
            return fail(Fault::conflict, "another node let this chain of clicks go");
        TRY(tx.run(retention::sql::drop_blocks, {id, name, found.last}));
        TRY(tx.run(retention::sql::drop_seals, {id, name, found.last}));
        TRY(tx.run(retention::sql::drop_let_go, {id, name}));
        if (TRY(tx.run(retention::sql::drop_chain, {id, name})).empty())
            TRY(write(tx, shop, {.chain = name, .before_day = gone.before_day, .number = found.last, .hash = found.hash}, now));
        gone.number += found.blocks;
        gone.clicks += found.clicks;
        gone.others += found.others;
        TRY(write(tx, shop, gone, now));
        return true;
    }
}

// The next days of the oldest month that is not one row a kind yet. True while there may be more.
Result<bool> fold(store::Tx& tx, const access::Tenant& shop, LetGo& gone) {
    const auto& id = shop.shop.id;
    auto month = month_of(gone.folded_day);
    for (int turn = 0; turn < months_per_step && first_day(month) < gone.before_day; ++turn) {
        const auto first = first_day(month);
        const auto rows = TRY(tx.run(retention::sql::days_to_fold, {id, first, first_day(month + 1), rows_per_step}));
        std::vector<std::vector<store::Value>> added, dropped;
        for (const auto row : rows) {
            std::vector<store::Value> key{row.text("kind"),
                                          row.integer("link"),
                                          row.integer("surface"),
                                          row.integer("snippet"),
                                          row.integer("snippet_version"),
                                          row.text("arms"),
                                          row.integer("live_session"),
                                          row.text("product_id")};
            auto& add = added.emplace_back(std::vector<store::Value>{id, first});
            auto& drop = dropped.emplace_back(std::vector<store::Value>{id, row.integer("day")});
            add.insert(add.end(), key.begin(), key.end());
            drop.insert(drop.end(), key.begin(), key.end());
            add.emplace_back(row.integer("n"));
        }
        if (!added.empty()) {
            TRY(tx.run_many(sql::add_touches, added));
            TRY(tx.run_many(retention::sql::drop_touches, dropped));
        }
        if (static_cast<std::int64_t>(rows.size()) < rows_per_step) ++month;
        if (!added.empty()) break;
    }
    gone.folded_day = first_day(month);
    return gone.folded_day < gone.before_day;
}

}  // namespace

std::int64_t kept_from(Instant now, int months) { return first_day(month_of(now.day()) - months); }

std::string let_go_text(const Id<access::Shop>& shop, const LetGo& gone) {
    std::string text = "click log let go " + shop.text + " " + gone.chain;
    for (const auto number : {gone.before_day, gone.number, gone.clicks, gone.others}) text += " " + std::to_string(number);
    return text + " " + gone.hash;
}

Result<std::optional<LetGo>> find_let_go(store::Tx& tx, const access::Tenant& shop, std::string_view chain) {
    const auto rows = TRY(tx.run(retention::sql::find_let_go, {shop.shop.id, chain}));
    if (rows.empty()) return std::optional<LetGo>();
    LetGo gone{.chain = std::string(chain),
               .before_day = rows[0].integer("before_day"),
               .number = rows[0].integer("number"),
               .hash = rows[0].text("hash"),
               .clicks = rows[0].integer("clicks"),
               .others = rows[0].integer("others"),
               .done_day = rows[0].integer("done_day"),
               .folded_day = rows[0].integer("folded_day")};
    gone.good = signed_by(shop, let_go_text(shop.shop.id, gone), rows[0].integer("key_number"), rows[0].text("signature"));
    return std::optional(std::move(gone));
}

Result<bool> let_go(store::Tx& tx, const access::Tenant& shop, Instant now, int months) {
    const auto& id = shop.shop.id;
    const auto before = kept_from(now, months);
    auto gone = TRY(find_let_go(tx, shop, ""));
    if (gone && !gone->good) return false;  // signing it would make it true; the audit tells
    if (!gone || gone->before_day < before) {
        const auto oldest = TRY(tx.run(retention::sql::oldest_day, {id}))[0].integer("day");
        if (oldest < 0 || oldest >= before) return false;
        if (!gone) gone = LetGo{.chain = {}, .folded_day = first_day(month_of(oldest))};
        gone->before_day = before;
        TRY(write(tx, shop, *gone, now));
        return true;
    }
    if (gone->done_day >= gone->before_day) return false;
    if (TRY(let_blocks_go(tx, shop, *gone, now))) return true;
    const auto dropped = TRY(tx.run(retention::sql::drop_parts, {id, gone->before_day, rows_per_step}));
    if (!dropped.empty()) return true;
    const bool more = TRY(fold(tx, shop, *gone));
    if (!more) gone->done_day = gone->before_day;
    TRY(tx.run(retention::sql::set_progress, {id, gone->done_day, gone->folded_day}));
    return more;
}

}  // namespace barrow::telemetry
