#include "rooms/stock/standing.hpp"

namespace barrow::stock {
namespace {

void put_in_words(Standing& standing) {
    const auto& s = standing;
    if (!s.open) {
        standing.words = "not open for orders yet";
        standing.kind = "muted";
    } else if (s.left_count > counted_out_max) {
        standing.words = "in stock";
        standing.kind = "good";
    } else if (s.left_count > 0) {
        standing.words = std::to_string(s.left_count) + " left";
        standing.kind = "sale";
    } else if (s.held_count > 0) {
        standing.words = "all held";
        standing.kind = "sale";
    } else {
        standing.words = "sold out";
        if (s.waiting_count > 0) standing.words += " — " + std::to_string(s.waiting_count) + (s.waiting_count == 1 ? " waits" : " wait");
        standing.kind = "muted";
    }
}

}  // namespace

Result<Standing> standing(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product) {
    return standing(tx, shop, product, {}, {});
}

Result<Standing> standing(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, const Id<Allotment>& drop,
                          Instant now) {
    Standing standing;
    const auto fill = [&](const Allotment& allotment) {
        standing.allotment = allotment.id;
        standing.left_count = allotment.left_count;
        standing.held_count = allotment.held_count;
        standing.taken_count = allotment.taken_count;
        standing.closes = allotment.closes;
        standing.open = true;
    };
    if (!drop.empty()) {
        const auto found = find(tx, shop, drop);
        if (found && found->runs(now)) fill(*found);
    }
    if (!standing.open) {
        const auto plain = find(tx, shop, open_allotment(product));
        if (plain)
            fill(*plain);
        else if (plain.error().fault != Fault::not_found)
            return plain.error();
    }
    if (standing.left_count == 0 && standing.held_count > 0) standing.first_end = TRY(first_end(tx, shop, standing.allotment));
    standing.waiting_count = TRY(waiting_count(tx, shop, product));
    put_in_words(standing);
    return standing;
}

}  // namespace barrow::stock
