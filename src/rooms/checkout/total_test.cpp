#include "rooms/checkout/total.hpp"

#include <gtest/gtest.h>

namespace barrow::checkout {
namespace {

catalog::Product product(const char* id, std::int64_t minor, int tax_basis_points = 1'900) {
    return {.id = {id}, .slug = id, .name = id, .price = {minor, euro}, .tax_basis_points = tax_basis_points, .created = {}};
}
Item item(const char* id, std::int64_t minor, std::int64_t pieces = 1) {
    return {.product = product(id, minor), .pieces = pieces, .quote = {}, .seen = {}};
}

TEST(Total, names_the_tax_inside_each_line) {
    struct Case {
        std::int64_t minor, pieces;
        int rate;
        std::int64_t amount, tax;
    };
    for (const auto& [minor, pieces, rate, amount, tax] : {Case{2'400, 1, 1'900, 2'400, 383},
                                                           {2'400, 3, 1'900, 7'200, 1'150},
                                                           {119, 1, 1'900, 119, 19},
                                                           {1'000, 2, 0, 2'000, 0},
                                                           {107, 1, 700, 107, 7},
                                                           {0, 5, 1'900, 0, 0}}) {
        auto one = item("lamp", minor, pieces);
        one.product.tax_basis_points = rate;
        const auto sum = total(std::span(&one, 1), euro);
        ASSERT_TRUE(sum) << sum.error().text;
        EXPECT_EQ(sum->sum.minor, amount);
        EXPECT_EQ(sum->tax.minor, tax);
    }
}

TEST(Total, honours_a_quote_and_shows_what_changed) {
    auto quoted = item("lamp", 3'000, 2);
    quoted.quote = catalog::Quote{.product = {"lamp"}, .price = {2'400, euro}, .tax_basis_points = 700, .valid_until = {}};
    quoted.seen = Money{2'300, euro};  // the quote binds, and it is not what an older page said
    auto stale = item("mug", 1'200);
    stale.seen = Money{1'000, euro};
    auto same = item("pen", 300);
    same.seen = Money{300, euro};
    const Item items[] = {quoted, stale, same};
    const auto sum = total(items, euro).value();
    EXPECT_EQ(sum.sum.minor, 4'800 + 1'200 + 300);
    EXPECT_EQ(sum.lines[0].tax.minor, portion(4'800, 700, 10'700));
    ASSERT_EQ(sum.changes.size(), 2U);
    EXPECT_EQ(sum.changes[0].was.minor, 2'300);
    EXPECT_EQ(sum.changes[0].is.minor, 2'400) << "the price that binds, not that of now";
    EXPECT_EQ(sum.changes[1].name, "mug");
    EXPECT_EQ(sum.changes[1].was.minor, 1'000);
    EXPECT_EQ(sum.changes[1].is.minor, 1'200);
}

TEST(Total, a_quote_binds_also_when_the_product_was_taken_off_the_stall) {
    auto archived = item("lamp", 2'400);
    archived.product.published = false;
    EXPECT_EQ(total(std::span(&archived, 1), euro).error().fault, Fault::gone);
    archived.quote = catalog::Quote{.product = {"lamp"}, .price = {2'300, euro}, .tax_basis_points = 1'900, .valid_until = {}};
    const auto sum = total(std::span(&archived, 1), euro);
    ASSERT_TRUE(sum) << sum.error().text;
    EXPECT_EQ(sum->sum.minor, 2'300);
}

// What must hold of any total.
void expect_sound(const Total& sum) {
    std::int64_t goods = 0, tax = 0, off = 0;
    for (const auto& line : sum.lines) {
        EXPECT_GE(line.amount.minor, 0);
        EXPECT_GE(line.discount.minor, 0);
        EXPECT_GE(line.tax.minor, 0);
        EXPECT_LE(line.tax.minor, line.amount.minor);
        goods += line.amount.minor;
        tax += line.tax.minor;
        off += line.discount.minor;
    }
    EXPECT_EQ(sum.goods.minor, goods);
    EXPECT_EQ(sum.tax.minor, tax + sum.shipping_tax.minor);
    EXPECT_EQ(sum.discount.minor, off + sum.shipping_discount.minor);
    EXPECT_EQ(sum.sum.minor, goods + sum.shipping.minor);
    EXPECT_GE(sum.shipping.minor, 0);
}

TEST(Total, a_price_with_tax_in_it_stays_and_one_without_gets_the_buyers_on_top) {
    const TaxTable table{.home = "DE", .rates = {{"AT", 2'000}, {"FR", 2'000, false}, {"LU", 1'700}}};
    struct Case {
        const char* country;
        catalog::TaxBehavior behavior;
        std::int64_t minor, pieces, sum, tax;
        const char* whose;
    };
    constexpr auto in = catalog::TaxBehavior::inclusive, on_top = catalog::TaxBehavior::exclusive;
    for (const auto& [country, behavior, minor, pieces, sum, tax, whose] :
         {Case{"DE", in, 2'400, 1, 2'400, 383, "DE"}, Case{"AT", in, 2'400, 1, 2'400, 400, "AT"},
          Case{"FR", in, 2'400, 1, 2'400, 383, "DE"},  // own: the product's rate counts there
          Case{"US", in, 2'400, 1, 2'400, 0, "US"},    // it leaves the country
          Case{"DE", on_top, 2'400, 1, 2'856, 456, "DE"}, Case{"AT", on_top, 2'400, 2, 5'760, 960, "AT"},
          Case{"LU", on_top, 50, 1, 59, 9, "LU"},  // 8.5: half away from zero
          Case{"US", on_top, 2'400, 1, 2'400, 0, "US"}, Case{"", on_top, 100, 1, 119, 19, "DE"}}) {
        auto one = item("lamp", minor, pieces);
        one.product.tax_behavior = behavior;
        const auto whole =
            total(std::span(&one, 1), euro, {.country = country, .taxes = table, .ways = {}, .way = {}, .discount = {}}).value();
        EXPECT_EQ(whole.sum.minor, sum) << country << minor;
        EXPECT_EQ(whole.tax.minor, tax) << country << minor;
        EXPECT_EQ(whole.tax_country, whose) << country;
        expect_sound(whole);
    }
}

TEST(Total, nothing_leaves_a_country_that_nobody_told) {
    const auto one = item("lamp", 2'400);
    const TaxTable table{.home = "", .rates = {{"FR", 2'000}}};
    const auto whole = total(std::span(&one, 1), euro, {.country = "US", .taxes = table, .ways = {}, .way = {}, .discount = {}}).value();
    EXPECT_EQ(whole.tax.minor, 383);
    EXPECT_EQ(whole.tax_country, "");
}

TEST(Total, an_empty_table_leaves_each_product_its_own_rate) {
    const auto one = item("lamp", 2'400);
    for (const auto* country : {"", "DE", "US"}) {
        const auto whole =
            total(std::span(&one, 1), euro, {.country = country, .taxes = {"DE", {}}, .ways = {}, .way = {}, .discount = {}}).value();
        EXPECT_EQ(whole.tax.minor, 383) << country;
        EXPECT_EQ(whole.tax_country, "DE");
    }
}

// What was added on top is what is found inside: at no rate and no amount do the two differ by a unit.
TEST(Total, tax_on_top_is_the_tax_inside) {
    for (const int rate : {0, 1, 550, 700, 810, 1'900, 2'000, 2'550, 3'333, 5'000}) {
        for (std::int64_t net = 0; net < 3'000; ++net) {
            const auto on_top = tax_on_top({net, euro}, rate);
            ASSERT_EQ(tax_part({net + on_top.minor, euro}, rate), on_top) << net << " at " << rate;
        }
    }
}

TEST(Total, counts_in_the_units_of_each_currency) {
    for (const auto* code : {"JPY", "EUR", "KWD", "CLF"}) {
        const auto currency = Currency::read(code).value();
        auto one = item("lamp", 2'999, 3);
        one.product.price.currency = currency;
        one.product.tax_behavior = catalog::TaxBehavior::exclusive;
        const Discount third{
            .code = "THIRD", .kind = Discount::Kind::percent, .basis_points = 3'333, .amount = {0, currency}, .goods_min = {0, currency}};
        const Rate way{.name = "Standard", .price = {490, currency}};
        const auto whole =
            total(std::span(&one, 1), currency, {.country = "DE", .taxes = {"DE", {}}, .ways = {way}, .way = "", .discount = third})
                .value();
        const std::int64_t before = 8'997 + 1'709, off = 3'568;  // 1709.43, 3568.3
        EXPECT_EQ(whole.discount.minor, off) << code;
        EXPECT_EQ(whole.goods.minor, before - off) << code;
        EXPECT_EQ(whole.shipping_tax.minor, 78) << code;
        EXPECT_EQ(whole.sum.currency, currency);
        expect_sound(whole);
    }
}

Discount amount_off(std::int64_t minor) {
    return {.code = "OFF", .kind = Discount::Kind::amount, .amount = {minor, euro}, .goods_min = {0, euro}};
}
Terms with(Discount discount) { return {.country = {}, .taxes = {}, .ways = {}, .way = {}, .discount = std::move(discount)}; }

TEST(Total, a_fixed_amount_is_shared_by_the_lines_to_the_last_unit) {
    const std::vector<Item> items = {item("lamp", 1'000), item("mug", 1'000), item("pen", 1'000), item("card", 0)};
    for (const std::int64_t minor : {1, 2, 100, 500, 1'001, 2'999, 3'000}) {
        const auto whole = total(items, euro, with(amount_off(minor))).value();
        EXPECT_EQ(whole.discount.minor, minor);
        EXPECT_EQ(whole.sum.minor, 3'000 - minor);
        EXPECT_EQ(whole.lines[3].discount.minor, 0);
        expect_sound(whole);
    }
    EXPECT_EQ(total(items, euro, with(amount_off(100))).value().lines[0].discount.minor, 34) << "the odd unit is the first line's";
}

TEST(Total, never_takes_off_more_than_the_goods) {
    const std::vector<Item> items = {item("lamp", 1'000), item("mug", 333)};
    const auto all = total(items, euro, with(amount_off(100'000))).value();
    EXPECT_EQ(all.sum.minor, 0);
    EXPECT_EQ(all.discount.minor, 1'333);
    expect_sound(all);
    const auto whole =
        total(items, euro, with({.code = "ALL", .basis_points = 10'000, .amount = {0, euro}, .goods_min = {0, euro}})).value();
    EXPECT_EQ(whole.sum.minor, 0);
    expect_sound(whole);
}

TEST(Total, a_code_covers_its_products_and_asks_for_its_goods) {
    const std::vector<Item> items = {item("lamp", 2'000), item("mug", 1'000)};
    auto mugs = amount_off(1'500);
    mugs.products = {{"mug"}};
    const auto some = total(items, euro, with(mugs)).value();
    EXPECT_EQ(some.lines[0].discount.minor, 0);
    EXPECT_EQ(some.lines[1].discount.minor, 1'000);
    EXPECT_EQ(some.discount_code, "OFF");
    mugs.products = {{"pen"}};
    const auto none = total(items, euro, with(mugs)).value();
    EXPECT_EQ(none.code, CodeState::other_products);
    EXPECT_EQ(none.discount_code, "");
    EXPECT_EQ(none.sum.minor, 3'000);
    auto large = amount_off(100);
    large.goods_min = {3'001, euro};
    EXPECT_EQ(total(items, euro, with(large)).value().code, CodeState::too_little);
    large.goods_min = {3'000, euro};
    EXPECT_EQ(total(items, euro, with(large)).value().sum.minor, 2'900);
}

TEST(Total, a_creators_code_leaves_the_price) {
    const auto one = item("lamp", 2'400);
    const Discount code{.code = "NOA", .kind = Discount::Kind::creator, .amount = {0, euro}, .goods_min = {0, euro}, .creator = "noa"};
    const auto whole = total(std::span(&one, 1), euro, with(code)).value();
    EXPECT_EQ(whole.sum.minor, 2'400);
    EXPECT_EQ(whole.discount.minor, 0);
    EXPECT_EQ(whole.discount_code, "NOA");
    EXPECT_EQ(whole.creator, "noa");
}

TEST(Total, shipping_is_chosen_by_name_else_the_cheapest) {
    const Rate standard{.name = "Standard", .price = {490, euro}, .free_from = Money{5'000, euro}},
        express{.name = "Express", .price = {990, euro}};
    const Discount free_code{.code = "SHIP", .kind = Discount::Kind::shipping, .amount = {0, euro}, .goods_min = {0, euro}};
    struct Case {
        const char* way;
        std::int64_t pieces;
        bool code;
        std::int64_t shipping, off;
        const char* name;
    };
    for (const auto& [way, pieces, code, shipping, off, name] :
         {Case{"", 1, false, 490, 0, "Standard"}, Case{"Express", 1, false, 990, 0, "Express"}, Case{"Drone", 1, false, 490, 0, "Standard"},
          Case{"", 3, false, 0, 0, "Standard"}, Case{"", 1, true, 0, 490, "Standard"},
          Case{"Express", 1, true, 500, 490, "Express"},  // the difference
          Case{"Express", 3, true, 990, 0, "Express"}}) {
        const auto one = item("lamp", 2'000, pieces);
        Terms terms{.country = "DE", .taxes = {"DE", {}}, .ways = {express, standard}, .way = way, .discount = {}};
        if (code) terms.discount = free_code;
        const auto whole = total(std::span(&one, 1), euro, terms).value();
        EXPECT_EQ(whole.shipping.minor, shipping) << way << pieces << code;
        EXPECT_EQ(whole.shipping_discount.minor, off) << way << pieces << code;
        EXPECT_EQ(whole.shipping_name, name);
        EXPECT_EQ(whole.shipping_tax.minor, portion(shipping, 1'900, 11'900));
        expect_sound(whole);
    }
}

TEST(Total, shipping_is_taxed_like_the_most_expensive_line_and_asked_of_what_is_sent) {
    auto book = item("book", 1'000, 1), lamp = item("lamp", 999, 1);
    book.product.tax_basis_points = 700;
    const Rate standard{.name = "Standard", .price = {490, euro}};
    const Terms terms{.country = "DE", .taxes = {"DE", {}}, .ways = {standard}, .way = {}, .discount = {}};
    const std::vector<Item> both = {lamp, book};
    EXPECT_EQ(total(both, euro, terms).value().shipping_tax.minor, portion(490, 700, 10'700));
    lamp.product.ships = book.product.ships = false;
    const std::vector<Item> files = {lamp, book};
    const auto whole = total(files, euro, terms).value();
    EXPECT_EQ(whole.shipping.minor, 0);
    EXPECT_EQ(whole.shipping_name, "");
}

TEST(Total, free_from_looks_at_the_goods_behind_the_code) {
    const Rate standard{.name = "Standard", .price = {490, euro}, .free_from = Money{5'000, euro}};
    const auto one = item("lamp", 5'000);
    Terms terms{.country = "DE", .taxes = {}, .ways = {standard}, .way = {}, .discount = amount_off(1)};
    EXPECT_EQ(total(std::span(&one, 1), euro, terms).value().shipping.minor, 490);
    terms.discount.reset();
    EXPECT_EQ(total(std::span(&one, 1), euro, terms).value().shipping.minor, 0);
}

TEST(Tax, a_table_is_typed_as_people_write_it) {
    const auto rates = read_tax_rates("DE own, fr 20\nAT: 20 %; LU=17,5\r\n CH 8.1").value();
    EXPECT_EQ(tax_rates_text(rates), "DE own\nFR 20\nAT 20\nLU 17.5\nCH 8.1");
    EXPECT_TRUE(read_tax_rates("").value().empty());
    for (const auto* wrong : {"XX 20", "DE", "DE 1900", "DE -1", "DE twenty", "DE 51", "D"}) EXPECT_FALSE(read_tax_rates(wrong)) << wrong;
}

TEST(Discount, one_person_is_one_customer) {
    struct Case {
        const char* typed;
        const char* folded;
    };
    for (const auto& [typed, folded] : {Case{"Ada@Example.org", "ada@example.org"}, Case{"ada+shop@example.org", "ada@example.org"},
                                        Case{"a.d.a@gmail.com", "ada@gmail.com"}, Case{"a.da+x.y@GoogleMail.com", "ada@gmail.com"},
                                        Case{"a.d.a@example.org", "a.d.a@example.org"}, Case{"+ada@example.org", "+ada@example.org"}}) {
        EXPECT_EQ(folded_email(typed), folded);
    }
    const std::array<std::uint8_t, 32> key{1}, other{2};
    EXPECT_EQ(customer_of("Ada@Example.org", key), customer_of("ada+1@example.org", key));
    EXPECT_NE(customer_of("ada@example.org", key), customer_of("ada@example.org", other)) << "another shop knows another customer";
    EXPECT_EQ(customer_of("ada@example.org", key).find("ada"), std::string::npos);
    EXPECT_EQ(customer_of("", key), "");
    EXPECT_EQ(folded_code(" spring 24 "), "SPRING24");
}

TEST(Total, refuses_what_cannot_be_bought) {
    const auto why = [](std::vector<Item> items) { return std::string(name(total(items, euro).error().fault)); };
    auto dollars = item("lamp", 100);
    dollars.product.price = {100, us_dollar};
    auto gone = item("lamp", 100);
    gone.product.published = false;
    auto other = item("lamp", 100);
    other.quote = catalog::Quote{.product = {"mug"}, .price = {1, euro}, .tax_basis_points = 0, .valid_until = {}};
    EXPECT_EQ(why({}), "bad_input");
    EXPECT_EQ(why({item("lamp", 100, 0)}), "bad_input");
    EXPECT_EQ(why({item("lamp", 100, 1'000)}), "bad_input");
    EXPECT_EQ(why(std::vector<Item>(101, item("lamp", 100))), "bad_input");
    EXPECT_EQ(why({dollars}), "bad_input");
    EXPECT_EQ(why({other}), "bad_input");
    EXPECT_EQ(why({gone}), "gone");
    EXPECT_EQ(why({item("lamp", amount_minor_max, 2)}), "too_large");
}

}  // namespace
}  // namespace barrow::checkout
