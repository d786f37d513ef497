// Product: what is sold, and its price now. Quote: a price that binds for fifteen minutes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/id.hpp"
#include "floor/base/money.hpp"
#include "floor/base/time.hpp"
#include "floor/store/store.hpp"
#include "floor/wire/words.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::catalog {

// The explanation page's blocks that are the product's own; what it does and its proof come from its snippet.
// Limits in characters stand in product.cpp, one table for form, API and page.
struct Explanation {
    std::vector<std::string> gets;    // at most 3: what you get
    std::string delivery;             // "With you in three working days"
    std::string refund;               // one line with days
    std::vector<std::string> steps;   // at most 3: how it works
    std::vector<std::string> limits;  // at most 5: who it is not for
    struct Question {
        std::string question, answer;
    };
    std::vector<Question> questions;  // at most 3
};

// What a price says of tax: it is in it, and the price stays whoever buys; or it comes on top, by the buyer's country, before the button.
enum class TaxBehavior : std::uint8_t { inclusive, exclusive };
std::string_view name(TaxBehavior behavior);
// Refuses (bad_input) any other word.
Result<TaxBehavior> read_tax_behavior(std::string_view word);

struct Product {
    Id<Product> id;
    std::string slug;  // "tide-lamp", unique in its shop
    std::string name;
    Money price;               // of one; what the buyer pays where tax is in it
    int tax_basis_points = 0;  // 1900 is 19 %: of the shop's own country; a table may say others (checkout/tax.hpp)
    TaxBehavior tax_behavior = TaxBehavior::inclusive;
    bool ships = true;  // it is sent somewhere: an address is asked for
    std::string image;  // a path that the browser can load; "" for none
    std::string image_alt;
    Explanation page;
    bool published = true;
    Instant created;
};

// Everything but id and created. Refuses (bad_input) a bad slug, an empty name, a price that is negative or not in the
// shop's currency, tax above 50 %, and blocks past their limits; (conflict) a slug that the shop uses already.
Result<Product> add(store::Tx& tx, const access::Shop& shop, Product product, Instant now, Random& random);
// Everything but slug, currency and created. A new price is written beside the old ones.
Result<Product> change(store::Tx& tx, const access::Shop& shop, Product product, Instant now);

// All of a shop, archived ones too.
Result<std::int64_t> count(store::Tx& tx, const Id<access::Shop>& shop);

Result<Product> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug);
Result<Product> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Product>& id);
// At most 1,000, oldest first.
Result<std::vector<Product>> all(store::Tx& tx, const Id<access::Shop>& shop);

// "Tide Lamp №2" → "tide-lamp-2": for products, snippets and links made from a name.
std::string slug_of(std::string_view name);
inline constexpr std::size_t slug_max = 60;
// A slug that `taken` says no to. Made from the name, or from `fallback` where the name leaves nothing over (another script); cut
// to slug_max; numbered from 2 on. Refuses (conflict) when a thousand of that name are there.
using Taken = std::function<Result<bool>(const std::string& slug)>;
Result<std::string> free_slug(std::string_view name, std::string_view fallback, const Taken& taken);
// The same for a product of the shop.
Result<std::string> free_slug(store::Tx& tx, const Id<access::Shop>& shop, std::string_view name);

// "19", "5.5", "5,5": basis points as a percent.
std::string percent_words(int basis_points, const wire::Words& say);
// "includes 19 % tax, €3.83": of the tax itself, and of what a price includes ("" where that is none).
std::string tax_told(Money tax, int tax_basis_points, const wire::Words& say);
std::string tax_words(Money price, int tax_basis_points, const wire::Words& say);
// What stands beside a price: as tax_words, or "plus tax".
std::string price_note(const Product& product, const wire::Words& say);

// The payload of a signed quote token: see quote.hpp.
struct Quote {
    Id<Product> product;
    Money price;  // of one
    int tax_basis_points = 0;
    TaxBehavior tax_behavior = TaxBehavior::inclusive;
    Instant valid_until;
};

}  // namespace barrow::catalog
