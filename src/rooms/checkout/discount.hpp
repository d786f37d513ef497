// Discount: a code that takes something off, or only says through whom the buyer came.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/id.hpp"
#include "floor/base/money.hpp"
#include "floor/base/time.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::catalog {
struct Product;
}

namespace barrow::checkout {

inline constexpr std::size_t discounts_max = 500, code_length_max = 40, discount_products_max = 50;

struct Discount {
    // shipping: the cheapest way to send costs nothing, a dearer one the difference. creator: the price stays, the code is only noted.
    enum class Kind : std::uint8_t { percent, amount, shipping, creator };
    Id<Discount> id;
    std::string code;  // "SPRING", upper case
    Kind kind = Kind::percent;
    int basis_points = 0;                        // 1000 is 10 %
    Money amount{0, euro};                       // what a fixed one takes off
    Money goods_min{0, euro};                    // the goods, before it, from which it counts
    std::vector<Id<catalog::Product>> products;  // only of these; empty: of all
    Instant starts;                              // not before
    std::optional<Instant> ends;                 // not from then on
    std::optional<std::int64_t> uses_max, per_customer_max;
    std::int64_t uses = 0;
    std::string creator;  // whose it is: an owner's name in the ledger; "" for the shop's own
    bool switched_off = false;

    [[nodiscard]] bool covers(const Id<catalog::Product>& product) const;
};
std::string_view name(Discount::Kind kind);
Result<Discount::Kind> read_kind(std::string_view word);  // refuses (bad_input) any other

// " spring " → "SPRING": what people type, as codes are kept.
std::string folded_code(std::string_view typed);

// Refuses (bad_input) a code that is not 2 to 40 of A-Z, 0-9, - and _; what takes off nothing or more than all; an end before its begin;
// limits below 1; a creator's code without a creator; an unknown product; more than discounts_max; (conflict) a code that is there.
Result<Discount> add_discount(store::Tx& tx, const access::Shop& shop, Discount discount, Instant now, Random& random);
// The newest first.
Result<std::vector<Discount>> discounts(store::Tx& tx, const access::Shop& shop);
// Refuses (not_found) a code that is none.
Result<Discount> find_discount(store::Tx& tx, const access::Shop& shop, std::string_view code);
enum class Switch : std::uint8_t { on, off };
Status switch_discount(store::Tx& tx, const Id<access::Shop>& shop, std::string_view code, Switch to);

// A customer's opaque name: the keyed hash of the address, folded so that one person is one: lower case, without "+tag", at gmail.com and
// googlemail.com without dots. "" for no address.
std::string customer_of(std::string_view email, std::span<const std::uint8_t, 32> key);
std::string folded_email(std::string_view email);

// Why a code does not count just now; good when it does. The last two are for whoever knows the basket to find: checkout::total.
enum class CodeState : std::uint8_t { good, unknown, not_yet, over, used_up, used_by_you, too_little, other_products };
// What the clock and the limits say; `customer` is customer_of, "" while it is not known. It promises nothing: use_discount decides.
Result<CodeState> state_of(store::Tx& tx, const access::Shop& shop, const Discount& discount, std::string_view customer, Instant now);

// The use is counted if there is one left: the check and the change are one statement. False when there is none.
struct Use {
    Id<access::Shop> shop;
    Id<Discount> discount;
    std::string order, customer, creator;
};
Result<bool> use_discount(store::Tx& tx, const Use& use, Instant now);
// The order was let go unpaid: somebody else may use it. Twice is once.
Status give_back(store::Tx& tx, const Id<access::Shop>& shop, std::string_view order, Instant now);
// It was paid late all the same: counted again, over the limit if need be, since the order has its price.
Status use_again(store::Tx& tx, const Id<access::Shop>& shop, std::string_view order);
// Whose code an order was made with, for who books its shares.
struct Attribution {
    Id<Discount> discount;
    std::string code, creator;
};
Result<std::optional<Attribution>> attribution(store::Tx& tx, const Id<access::Shop>& shop, std::string_view order);

}  // namespace barrow::checkout
