#include "rooms/orders/place.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "floor/sign/sign.hpp"
#include "rooms/orders/orders.sql.hpp"
#include "rooms/orders/settle.hpp"

namespace barrow::orders {
namespace {

// The payment decides an order's fate, so the claim outlives the deadline by a little: the order lets it go, not stock's clock.
constexpr Duration claim_grace = minutes(5);

// One basket, whatever the key: a key that comes back with another one is a mistake of the caller.
std::string request_hash(const Place& wanted) {
    std::string text = std::to_string(wanted.total.sum.minor) + std::string(wanted.total.sum.currency.code());
    for (std::size_t i = 0; i < wanted.sources.size(); ++i) {
        const auto& line = wanted.total.lines[i];
        text += "\n" + line.product.text + " " + std::to_string(line.pieces) + " " + wanted.sources[i].hold.text;
    }
    return sign::token_hash(text);
}

Receipt receipt_of(const Order& order, Fresh fresh) {
    return {order.id, order.number, order.token, order.state, order.sum, order.payment, order.deadline, fresh};
}

// What becomes of one wish while the batch is worked through.
struct Wish {
    const Place* place = nullptr;
    std::string hash;
    std::optional<Error> refused;
    std::optional<Order> known;           // an order of the same key
    std::optional<std::size_t> same_as;   // an earlier wish of this batch with the same key
    std::vector<Id<stock::Held>> claims;  // one a line
    std::vector<Id<stock::Allotment>> allotments;
    std::int64_t number = 0;
    [[nodiscard]] bool goes_on() const { return !refused && !known && !same_as; }
    void refuse(Error error) {
        if (!refused) refused = std::move(error);
    }
};

Status find_replays(store::Tx& tx, std::vector<Wish>& wishes) {
    std::vector<std::vector<store::Value>> keys;
    for (const auto& wish : wishes) keys.push_back({wish.place->shop, wish.place->idempotency_key});
    const auto answers = TRY(tx.run_many(sql::order_by_key, keys));
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
        auto& wish = wishes[i];
        const auto [at, fresh] = first.emplace(wish.place->idempotency_key, i);
        std::string hash = wish.hash;
        if (!answers[i].empty()) {
            hash = answers[i][0].text("request_hash");
            wish.known = TRY(find(tx, wish.place->shop, answers[i][0].id<Order>("id")));
        } else if (!fresh) {
            hash = wishes[at->second].hash;
            wish.same_as = at->second;
        }
        if (hash != wish.hash) wish.refuse(fail(Fault::conflict, "this attempt's key was used for another basket; reload the page"));
    }
    return {};
}

// Holds that buyers bring along: still theirs, of the right thing, and of no other order.
Status check_holds(store::Tx& tx, std::vector<Wish>& wishes, Instant now) {
    std::set<std::string> used;
    for (auto& wish : wishes) {
        if (!wish.goes_on()) continue;
        for (std::size_t i = 0; i < wish.place->sources.size(); ++i) {
            const auto& [allotment, hold, _] = wish.place->sources[i];
            wish.allotments.push_back(allotment.empty() ? stock::open_allotment(wish.place->total.lines[i].product) : allotment);
            if (hold.empty()) continue;
            const auto found = stock::find_claim(tx, wish.place->shop, hold);
            if (!found && found.error().fault != Fault::not_found) return found.error();
            const auto& line = wish.place->total.lines[i];
            if (!found) {
                wish.refuse(found.error());
            } else if (found->held.product != line.product || found->held.pieces != line.pieces) {
                wish.refuse(fail(Fault::bad_input, "the hold is for something else than this basket"));
            } else if (!used.insert(hold.text).second || !TRY(tx.run(sql::order_of_claim, {wish.place->shop, hold})).empty()) {
                wish.refuse(fail(Fault::conflict, "this hold has become an order already"));
            } else if (found->state != stock::ClaimState::held || found->held.expires <= now) {
                wish.refuse(fail(Fault::gone, "the hold has ended; hold again"));
            } else {
                wish.allotments.back() = found->held.allotment;
            }
        }
    }
    return {};
}

// Makes the claims that are missing. An order is placed whole: when one line finds no units, the others let theirs go.
Status claim_units(store::Tx& tx, std::vector<Wish>& wishes, Instant now) {
    std::vector<stock::Claim> claims;
    std::vector<Wish*> whose;
    for (auto& wish : wishes) {
        if (!wish.goes_on()) continue;
        const auto& place = *wish.place;
        for (std::size_t i = 0; i < place.sources.size(); ++i) {
            wish.claims.push_back(place.sources[i].hold);
            if (!wish.claims.back().empty()) continue;
            wish.claims.back() = {place.id.text + "." + std::to_string(i)};
            claims.push_back({.shop = place.shop,
                              .id = wish.claims.back(),
                              .allotment = wish.allotments[i],
                              .pieces = place.total.lines[i].pieces,
                              .buyer = place.buyer.key,
                              .expires = now + payment_window + claim_grace});
            whose.push_back(&wish);
        }
    }
    const auto answers = TRY(stock::claim(tx, claims, now));
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i]) whose[i]->refuse(answers[i].error());
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i] && whose[i]->refused) TRY(stock::let_go(tx, claims[i].shop, claims[i].id, now));
    }
    return {};
}

// One use of its code for each order that goes on: first come, first served, and checked where it is counted. An order without its price
// is not placed; the units that were claimed for it are let go.
Status use_codes(store::Tx& tx, std::vector<Wish>& wishes, Instant now) {
    for (auto& wish : wishes) {
        const auto& place = *wish.place;
        if (!wish.goes_on() || place.total.discount_code.empty()) continue;
        const checkout::Use use{.shop = place.shop,
                                .discount = place.total.discount_id,
                                .order = place.id.text,
                                .customer = place.customer,
                                .creator = place.total.creator};
        if (TRY(checkout::use_discount(tx, use, now))) continue;
        wish.refuse(fail(Fault::conflict, "the code counts no more; nothing was ordered. Look at the total again"));
        for (std::size_t i = 0; i < place.sources.size(); ++i) {
            if (place.sources[i].hold.empty()) TRY(stock::let_go(tx, place.shop, wish.claims[i], now));
        }
    }
    return {};
}

Status write_orders(store::Tx& tx, std::vector<Wish>& wishes, Instant now) {
    std::vector<std::vector<store::Value>> orders, lines;
    std::vector<payments::Payment> opened;
    const auto count = std::ranges::count_if(wishes, &Wish::goes_on);
    if (count == 0) return {};
    auto number = TRY(tx.run(sql::next_numbers, {wishes[0].place->shop, static_cast<std::int64_t>(count)}))[0].integer("last") - count;
    for (auto& wish : wishes) {
        if (!wish.goes_on()) continue;
        wish.number = ++number;
        const auto& p = *wish.place;
        const auto& t = p.total;
        const bool free = t.sum.minor == 0;
        orders.push_back({p.shop,
                          p.id,
                          wish.number,
                          p.token,
                          p.idempotency_key,
                          wish.hash,
                          free ? Id<payments::Payment>() : p.payment,
                          t.sum.currency,
                          t.goods.minor,
                          t.shipping.minor,
                          t.tax.minor,
                          t.sum.minor,
                          p.buyer.key,
                          p.buyer.email,
                          p.buyer.name,
                          p.buyer.address,
                          now,
                          now + payment_window,
                          t.shipping_tax.minor,
                          t.shipping_name,
                          t.discount.minor,
                          t.discount_code,
                          t.country,
                          t.tax_country});
        for (std::size_t i = 0; i < t.lines.size(); ++i) {
            const auto& line = t.lines[i];
            const auto& c = p.context;
            lines.push_back({p.shop,
                             p.id,
                             static_cast<std::int64_t>(i),
                             line.product,
                             line.name,
                             line.pieces,
                             line.price.minor,
                             line.amount.minor,
                             line.tax.minor,
                             line.tax_basis_points,
                             wish.allotments[i],
                             wish.claims[i],
                             p.sources[i].snippet,
                             c.link,
                             static_cast<std::int64_t>(c.surface),
                             c.snippet,
                             c.snippet_version,
                             telemetry::write_arms(c.arms),
                             c.live_session,
                             c.day,
                             line.discount.minor});
            if (!p.sources[i].hold.empty()) TRY(stock::extend(tx, p.shop, p.sources[i].hold, now + payment_window + claim_grace));
        }
        if (!free) opened.push_back({.shop = p.shop, .id = p.payment, .provider = p.provider, .subject = p.id.text, .amount = t.sum});
    }
    TRY(tx.run_many(sql::add_order, orders));
    TRY(tx.run_many(sql::add_line, lines));
    return payments::open(tx, opened, now);
}

Result<Receipt> placed(store::Tx& tx, const Wish& wish, Instant now) {
    const auto& place = *wish.place;
    if (place.total.sum.minor > 0) {
        return Receipt{place.id,        wish.number,   place.token,          State::placed,
                       place.total.sum, place.payment, now + payment_window, Fresh::placed};
    }
    auto order = TRY(find(tx, place.shop, place.id));
    TRY(take_all(tx, order, now));
    TRY(set_paid(tx, order, now));
    order.state = State::paid;
    return receipt_of(order, Fresh::placed);
}

}  // namespace

Result<std::vector<Result<Receipt>>> place(store::Tx& tx, std::span<const Place> wanted, Instant now) {
    std::vector<Wish> wishes;
    for (const auto& one : wanted) {
        check(one.shop == wanted[0].shop && one.sources.size() == one.total.lines.size() && !one.sources.empty());
        auto& wish = wishes.emplace_back();
        wish.place = &one;
        wish.hash = request_hash(one);
    }
    TRY(find_replays(tx, wishes));
    TRY(check_holds(tx, wishes, now));
    TRY(claim_units(tx, wishes, now));
    TRY(use_codes(tx, wishes, now));
    TRY(write_orders(tx, wishes, now));

    std::vector<Result<Receipt>> replies;
    for (const auto& wish : wishes) {
        if (wish.refused) {
            replies.emplace_back(*wish.refused);
        } else if (wish.known) {
            replies.emplace_back(receipt_of(*wish.known, Fresh::already_there));
        } else if (wish.same_as) {
            auto reply = replies[*wish.same_as];
            if (reply) reply->fresh = Fresh::already_there;
            replies.push_back(std::move(reply));
        } else {
            replies.emplace_back(TRY(placed(tx, wish, now)));
        }
    }
    return replies;
}

}  // namespace barrow::orders
