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
