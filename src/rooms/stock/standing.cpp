#include "rooms/stock/standing.hpp"

namespace barrow::stock {
namespace {

std::string_view kind_of(const Standing& standing) {
    if (!standing.open) return "muted";
    if (standing.left_count > counted_out_max) return "good";
    return standing.left_count > 0 || standing.held_count > 0 ? "sale" : "muted";
}

}  // namespace

std::string told(const Standing& standing, const wire::Words& say) {
    if (!standing.open) return say("not open for orders yet");
    if (standing.left_count > counted_out_max) return say("in stock");
    if (standing.left_count > 0) return say.count(standing.left_count, "{n} left", "{n} left");
    if (standing.held_count > 0) return say("all held");
    const auto waiting = standing.waiting_count > 0 ? " — " + say.count(standing.waiting_count, "{n} waits", "{n} wait") : "";
    return say("sold out") + waiting;
}

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
    standing.words = told(standing, wire::Words("en"));
    standing.kind = kind_of(standing);
    return standing;
}

}  // namespace barrow::stock
