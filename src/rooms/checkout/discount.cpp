#include "rooms/checkout/discount.hpp"

#include <algorithm>
#include <array>

#include "floor/sign/sign.hpp"
#include "floor/wire/form.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/checkout/checkout.sql.hpp"

namespace barrow::checkout {
namespace {

constexpr std::array<std::string_view, 4> kind_names = {"percent", "amount", "shipping", "creator"};

bool is_code(std::string_view text) {
    return text.size() >= 2 && text.size() <= code_length_max &&
           std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

Status examine(store::Tx& tx, const access::Shop& shop, const Discount& discount) {
    using Kind = Discount::Kind;
    if (!is_code(discount.code)) return fail(Fault::bad_input, "code: 2 to 40 of A to Z, 0 to 9, - and _");
    if (discount.kind == Kind::percent && (discount.basis_points < 1 || discount.basis_points > 10'000))
        return fail(Fault::bad_input, "value: more than 0 and at most 100 %");
    if (discount.amount.currency != shop.currency || discount.goods_min.currency != shop.currency)
        return fail(Fault::bad_input, "value: amounts of this shop are in " + std::string(shop.currency.code()));
    if (discount.kind == Kind::amount && discount.amount.minor < 1) return fail(Fault::bad_input, "value: say how much it takes off");
    if (discount.goods_min.minor < 0) return fail(Fault::bad_input, "goods_min: not below 0");
    if (discount.ends && *discount.ends <= discount.starts) return fail(Fault::bad_input, "ends: later than it begins");
    if (discount.uses_max.value_or(1) < 1) return fail(Fault::bad_input, "uses_max: a whole number from 1, or none");
    if (discount.per_customer_max.value_or(1) < 1) return fail(Fault::bad_input, "per_customer_max: a whole number from 1, or none");
    if (discount.kind == Kind::creator && discount.creator.empty()) return fail(Fault::bad_input, "creator: say whose code it is");
    TRY(wire::fits("creator: the name", discount.creator, 60));
    if (discount.products.size() > discount_products_max) return fail(Fault::bad_input, "products: at most 50; leave it empty for all");
    for (const auto& product : discount.products) TRY(catalog::find(tx, shop.id, product));
    return {};
}

Discount read(const store::Row& row, Currency currency) {
    Discount discount{.id = row.id<Discount>("id"),
                      .code = row.text("code"),
                      .kind = static_cast<Discount::Kind>(std::ranges::find(kind_names, row.text("kind")) - kind_names.begin()),
                      .basis_points = static_cast<int>(row.integer("basis_points")),
                      .amount = {row.integer("amount_minor"), currency},
                      .goods_min = {row.integer("goods_min_minor"), currency},
                      .products = {},
                      .starts = row.instant("starts_us"),
                      .ends = row.maybe_instant("ends_us"),
                      .uses_max = row.maybe_integer("uses_max"),
                      .per_customer_max = row.maybe_integer("per_customer_max"),
                      .uses = row.integer("uses"),
                      .creator = row.text("creator"),
                      .switched_off = row.integer("switched_off") == 1};
    const auto products = row.text("products");
    for (std::size_t at = 0; at < products.size();) {
        const auto end = std::min(products.find(' ', at), products.size());
        if (end > at) discount.products.push_back({products.substr(at, end - at)});
        at = end + 1;
    }
    return discount;
}

}  // namespace

bool Discount::covers(const Id<catalog::Product>& product) const {
    return products.empty() || std::ranges::find(products, product) != products.end();
}

std::string_view name(Discount::Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

Result<Discount::Kind> read_kind(std::string_view word) {
    const auto* found = std::ranges::find(kind_names, word);
    if (found == kind_names.end()) return fail(Fault::bad_input, "kind: percent, amount, shipping or creator");
    return static_cast<Discount::Kind>(found - kind_names.begin());
}

std::string folded_code(std::string_view typed) {
    std::string code;
    for (const char c : typed.substr(0, 200)) {
        if (c != ' ' && c != '\t') code += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return code;
}

Result<Discount> add_discount(store::Tx& tx, const access::Shop& shop, Discount discount, Instant now, Random& random) {
    discount.code = folded_code(discount.code);
    TRY(examine(tx, shop, discount));
    if (TRY(tx.run(sql::count_discounts, {shop.id}))[0].integer("n") >= static_cast<std::int64_t>(discounts_max))
        return fail(Fault::bad_input, "code: a shop keeps at most 500 codes");
    discount.id = Id<Discount>::make(now, random);
    std::string products;
    for (const auto& product : discount.products) products += (products.empty() ? "" : " ") + product.text;
    const auto added = tx.run(sql::add_discount, {shop.id, discount.id, discount.code, name(discount.kind), discount.basis_points,
                                                  discount.amount.minor, discount.goods_min.minor, products, discount.starts, discount.ends,
                                                  discount.uses_max, discount.per_customer_max, discount.creator});
    if (!added && added.error().fault == Fault::conflict) return fail(Fault::conflict, "code: there is one " + discount.code + " already");
    TRY(added);
    return discount;
}

Result<std::vector<Discount>> discounts(store::Tx& tx, const access::Shop& shop) {
    std::vector<Discount> list;
    for (const auto row : TRY(tx.run(sql::discounts, {shop.id}))) list.push_back(read(row, shop.currency));
    return list;
}

Result<Discount> find_discount(store::Tx& tx, const access::Shop& shop, std::string_view code) {
    const auto rows = TRY(tx.run(sql::find_discount, {shop.id, folded_code(code)}));
    if (rows.empty())
        return fail(Fault::not_found, "there is no code \"" + std::string(code.substr(0, code_length_max)) + "\" in this shop");
    return read(rows[0], shop.currency);
}

Status switch_discount(store::Tx& tx, const Id<access::Shop>& shop, std::string_view code, Switch to) {
    const auto done = TRY(tx.run(sql::switch_discount, {shop, folded_code(code), to == Switch::off ? 1 : 0}));
    if (done.empty())
        return fail(Fault::not_found, "there is no code \"" + std::string(code.substr(0, code_length_max)) + "\" in this shop");
    return {};
}

std::string folded_email(std::string_view email) {
    std::string folded;
    for (const char c : email) folded += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    const auto at = folded.rfind('@');
    if (at == std::string::npos) return folded;
    auto who = folded.substr(0, at), host = folded.substr(at + 1);
    // What begins with + is nobody else's address: then it is the name.
    if (const auto plus = who.find('+'); plus != std::string::npos && plus > 0) who.resize(plus);
    if (host == "googlemail.com") host = "gmail.com";
    if (host == "gmail.com") std::erase(who, '.');
    return who + "@" + host;
}

std::string customer_of(std::string_view email, std::span<const std::uint8_t, 32> key) {
    if (email.empty()) return "";
    const auto digest = sign::hmac_sha256(key, as_bytes(folded_email(email)));
    return base64url(std::span(digest).first(18));
}

Result<CodeState> state_of(store::Tx& tx, const access::Shop& shop, const Discount& discount, std::string_view customer, Instant now) {
    if (discount.switched_off || (discount.ends && now >= *discount.ends)) return CodeState::over;
    if (now < discount.starts) return CodeState::not_yet;
    if (discount.uses_max && discount.uses >= *discount.uses_max) return CodeState::used_up;
    if (discount.per_customer_max && !customer.empty()) {
        const auto used = TRY(tx.run(sql::uses_of_customer, {shop.id, discount.id, customer}))[0].integer("n");
        if (used >= *discount.per_customer_max) return CodeState::used_by_you;
    }
    return CodeState::good;
}

Result<bool> use_discount(store::Tx& tx, const Use& use, Instant now) {
    if (TRY(tx.run(sql::use_discount, {use.shop, use.discount, now, use.customer})).empty()) return false;
    TRY(tx.run(sql::add_use, {use.shop, use.order, use.discount, use.customer, use.creator, now}));
    return true;
}

Status give_back(store::Tx& tx, const Id<access::Shop>& shop, std::string_view order, Instant now) {
    const auto rows = TRY(tx.run(sql::give_use_back, {shop, order, now}));
    if (!rows.empty()) TRY(tx.run(sql::count_use, {shop, rows[0].text("discount_id"), -1}));
    return {};
}

Status use_again(store::Tx& tx, const Id<access::Shop>& shop, std::string_view order) {
    const auto rows = TRY(tx.run(sql::take_use_again, {shop, order}));
    if (!rows.empty()) TRY(tx.run(sql::count_use, {shop, rows[0].text("discount_id"), 1}));
    return {};
}

Result<std::optional<Attribution>> attribution(store::Tx& tx, const Id<access::Shop>& shop, std::string_view order) {
    const auto rows = TRY(tx.run(sql::use_of_order, {shop, order}));
    if (rows.empty()) return std::optional<Attribution>();
    return std::optional(Attribution{rows[0].id<Discount>("discount_id"), rows[0].text("code"), rows[0].text("creator")});
}

}  // namespace barrow::checkout
