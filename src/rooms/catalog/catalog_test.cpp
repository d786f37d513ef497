#include <gtest/gtest.h>

#include <algorithm>

#include "rooms/access/shops.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/catalog/quote.hpp"

namespace barrow::catalog {
namespace {

const Id<access::Shop> mira{"01hmira0000000000000000000"}, tom{"01htom00000000000000000000"};
const std::array<std::uint8_t, 32> key{7};
const Instant noon{1'763'899'200'000'000};

Quote sample() {
    return {.product = {"01hlamp0000000000000000000"}, .price = {2400, euro}, .tax_basis_points = 1900, .valid_until = noon + quote_life};
}

TEST(Quote, binds_for_its_shop_until_its_last_second) {
    const auto token = write_quote(sample(), mira, key);
    const auto read = read_quote(token, mira, key, noon + quote_life).value();
    EXPECT_EQ(read.price, sample().price);
    EXPECT_EQ(read.product, sample().product);
    EXPECT_EQ(read_quote(token, mira, key, noon + quote_life + seconds(1)).error().fault, Fault::gone);
    EXPECT_EQ(read_quote(token, tom, key, noon).error().fault, Fault::bad_input);
}

TEST(Quote, cannot_be_made_cheaper) {
    auto token = write_quote(sample(), mira, key);
    token.replace(token.find("2400"), 4, "0001");
    EXPECT_EQ(read_quote(token, mira, key, noon).error().fault, Fault::bad_input);
    for (const char* rubbish : {"", "q1", "q1.a.b.c.d.e.f", "q1......."}) EXPECT_FALSE(read_quote(rubbish, mira, key, noon)) << rubbish;
}

TEST(Product, names_become_slugs) {
    const struct {
        const char* name;
        const char* slug;
    } cases[] = {{"Tide Lamp", "tide-lamp"}, {"  Bowl -- blue ", "bowl-blue"}, {"Tide Lamp №2", "tide-lamp-2"}, {"灯", ""}};
    for (const auto& c : cases) EXPECT_EQ(slug_of(c.name), c.slug);
}

// Whatever a thing is called, it gets an address, and the second of a name gets its own.
TEST(Product, every_name_finds_a_free_slug) {
    std::vector<std::string> used;
    const Taken taken = [&](const std::string& slug) -> Result<bool> { return std::ranges::find(used, slug) != used.end(); };
    const std::string letters(59, 'a');
    const struct {
        std::string name, slug;
    } cases[] = {{"Tide Lamp", "tide-lamp"},
                 {"Tide lamp", "tide-lamp-2"},
                 {"灯", "product"},
                 {"灯", "product-2"},
                 {"灯 2", "product-3"},
                 {"x", "product-4"},
                 {letters + " bc", letters},
                 {letters + " bd", letters.substr(0, 58) + "-2"},
                 {std::string(57, 'd') + " e fg", std::string(57, 'd') + "-e"},
                 {std::string(57, 'd') + " e fh", std::string(57, 'd') + "-2"}};
    for (const auto& c : cases) {
        const auto slug = free_slug(c.name, "product", taken);
        ASSERT_TRUE(slug) << c.name;
        EXPECT_EQ(*slug, c.slug) << c.name;
        EXPECT_TRUE(access::is_slug(*slug, slug_max)) << *slug;
        used.push_back(*slug);
    }
    const Taken all_taken = [](const std::string&) -> Result<bool> { return true; };
    EXPECT_EQ(free_slug("Lamp", "product", all_taken).error().fault, Fault::conflict);
}

TEST(Product, says_the_tax_that_is_in_the_price) {
    EXPECT_EQ(tax_words({2400, euro}, 1900, wire::Words("en")), "includes 19 % tax, €3.83");
    EXPECT_EQ(tax_words({1000, euro}, 550, wire::Words("en")), "includes 5.5 % tax, €0.52");
    EXPECT_EQ(tax_words({1000, euro}, 550, wire::Words("de")), "enthält 5,5 % Steuer, 0,52\u00a0€");
    EXPECT_EQ(tax_words({2400, euro}, 0, wire::Words("en")), "");
}

}  // namespace
}  // namespace barrow::catalog
