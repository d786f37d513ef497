#include "rooms/storefront/shelve.hpp"

#include "rooms/storefront/product_lint.hpp"

namespace barrow::storefront {

Result<catalog::Product> shelve(store::Tx& tx, const access::Shop& shop, catalog::Product product, std::int64_t units, Instant now,
                                Random& random) {
    if (units < 0 || units > units_max) return fail(Fault::bad_input, "units: 0 to 1,000,000");
    if (product.slug.empty()) {
        product.slug = catalog::slug_of(product.name);
        // A name in another script leaves nothing over: the end of an id stands in for it.
        if (product.slug.size() < 2 && !product.name.empty()) product.slug = "product-" + new_id_text(now, random).substr(20);
    }
    if (product.slug == "new") return fail(Fault::bad_input, "the address \"new\" is the studio's own; choose another");
    if (product.name.empty()) return fail(Fault::bad_input, "the product needs a name");
    TRY(honest(product));
    auto added = TRY(catalog::add(tx, shop, std::move(product), now, random));
    if (units > 0) TRY(stock::receive(tx, shop.id, added.id, units, "opening stock", now));
    return added;
}

Status recount(store::Tx& tx, const Recount& wanted, Instant now) {
    const auto& [shop, product, change, key] = wanted;
    if (change == 0) return {};
    if (change < -units_max || change > units_max) return fail(Fault::bad_input, "units: at most 1,000,000 in one step");
    const auto subject = "recount " + key;
    // Asked before the units move: what was taken away once may be more than what is left for a second time.
    if (const auto before = TRY(stock::received_under(tx, shop, product, subject))) {
        if (*before == change) return {};
        return fail(Fault::conflict, "units: this was saved before with another number; load the page again and count from there");
    }
    const auto received = stock::receive(tx, shop, product, change, subject, now);
    if (!received && received.error().fault == Fault::sold_out) {
        return fail(Fault::bad_input, "units: some of these are held or sold; take away fewer");
    }
    TRY(received);
    return {};
}

std::int64_t on_hand(const stock::Standing& standing) { return standing.left_count + standing.held_count; }

Result<int> read_percent(std::string_view text) {
    if (text.empty()) return 0;
    const auto hundredths = read_decimal(text, euro);  // two decimals, as percents have
    if (!hundredths || hundredths->minor > 5'000) return fail(Fault::bad_input, "tax: a number from 0 to 50, like 19 or 7.5");
    return static_cast<int>(hundredths->minor);
}

std::string percent_field(int basis_points) {
    auto text = decimal({basis_points, euro});
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace barrow::storefront
