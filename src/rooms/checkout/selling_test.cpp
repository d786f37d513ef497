// Zones, tax tables and codes as rows, on both engines.
#include <gtest/gtest.h>

#include "rooms/catalog/product.hpp"
#include "rooms/checkout/reckon.hpp"
#include "support/databases.hpp"

namespace barrow::checkout {
namespace {

class Selling : public testing::OnBothEngines {
protected:
    access::Shop mira = shop("mira"), tom = shop("tom");
    static access::Shop shop(const char* name) {
        access::Shop made;
        made.id = {name};
        made.slug = made.name = name;
        made.home_country = "DE";
        return made;
    }
    template <class Fn>
    auto write(Fn fn) {
        return db->write_now(fn);
    }
    template <class Fn>
    std::string fault(Fn fn) {
        const auto done = db->write_now(fn);
        return done ? "ok" : done.error().text;
    }
    auto put(Zone zone, const access::Shop& whose) {
        return write([&](store::Tx& tx) { return put_zone(tx, whose, zone, now, random); });
    }
    static Zone zone(const char* name, std::vector<std::string> countries, std::int64_t minor = 490) {
        return {.id = {},
                .name = name,
                .countries = std::move(countries),
                .rates = {{.name = "Standard", .price = {minor, euro}, .free_from = {}}}};
    }
    Discount code(const char* text) {
        return {.code = text,
                .kind = Discount::Kind::percent,
                .basis_points = 1'000,
                .amount = {0, euro},
                .goods_min = {0, euro},
                .starts = now};
    }
    auto add(const Discount& discount, const access::Shop& whose) {
        return write([&](store::Tx& tx) { return add_discount(tx, whose, discount, now, random); });
    }
    bool use(const Discount& discount, const char* order, const char* customer = "") {
        return write([&](store::Tx& tx) {
                   return use_discount(
                       tx, {.shop = mira.id, .discount = discount.id, .order = order, .customer = customer, .creator = discount.creator},
                       now);
               })
            .value();
    }
    std::int64_t uses(const char* text) {
        return db->read_now([&](store::Tx& tx) { return find_discount(tx, mira, text); }).value().uses;
    }
    Result<Reckoned> reckoned(const Choice& choice, bool ships = true) {
        const Item one{.product = {.id = {"lamp"}, .name = "Lamp", .price = {2'400, euro}, .tax_basis_points = 1'900, .ships = ships},
                       .pieces = 1,
                       .quote = {},
                       .seen = {}};
        return db->read_now([&](store::Tx& tx) { return reckon(tx, mira, std::span(&one, 1), choice, now); });
    }
};
BARROW_BOTH_ENGINES(Selling);

TEST_P(Selling, without_a_zone_all_is_sent_everywhere_for_nothing) {
    const auto before = reckoned({}).value();
    EXPECT_EQ(before.total.sum.minor, 2'400);
    EXPECT_EQ(before.total.country, "DE");
    EXPECT_GT(before.countries.size(), 36U);
    EXPECT_TRUE(before.ways.empty());
    const auto kept = put(zone("Nearby", {"DE", "AT"}), mira).value();
    ASSERT_TRUE(put(zone("Nearby", {"DE", "AT"}), tom));
    const auto near = reckoned({.country = "AT", .way = {}, .code = {}, .customer = {}}).value();
    EXPECT_EQ(near.total.sum.minor, 2'890);
    EXPECT_EQ(near.countries, (std::vector<std::string>{"AT", "DE"}));
    EXPECT_FALSE(reckoned({.country = "US", .way = {}, .code = {}, .customer = {}}).value().reaches);
    ASSERT_TRUE(put(zone("World", {"*"}, 1'900), mira));
    EXPECT_EQ(reckoned({.country = "US", .way = {}, .code = {}, .customer = {}}).value().total.sum.minor, 4'300);
    EXPECT_EQ(reckoned({.country = "AT", .way = {}, .code = {}, .customer = {}}).value().total.sum.minor, 2'890)
        << "the zone that names it wins";
    EXPECT_TRUE(write([&](store::Tx& tx) { return remove_zone(tx, mira.id, kept.id); }));
    EXPECT_EQ(reckoned({.country = "AT", .way = {}, .code = {}, .customer = {}}).value().total.sum.minor, 4'300);
    EXPECT_FALSE(write([&](store::Tx& tx) { return remove_zone(tx, mira.id, kept.id); }));
    EXPECT_EQ(db->read_now([&](store::Tx& tx) { return zones(tx, tom); })->size(), 1U);
}

TEST_P(Selling, zones_are_refused_with_the_field_that_is_wrong) {
    const auto first = put(zone("Nearby", {"DE"}), mira).value();
    const auto why = [&](Zone wrong) { return put(std::move(wrong), mira).error().text; };
    EXPECT_TRUE(why(zone("", {"FR"})).starts_with("name: "));
    EXPECT_TRUE(why(zone("Again", {"FR", "DE"})).starts_with("countries: DE is in the zone Nearby"));
    EXPECT_TRUE(why(zone("X", {"XX"})).starts_with("country: "));
    EXPECT_TRUE(why(zone("X", {"*", "FR"})).starts_with("countries: "));
    EXPECT_TRUE(why(zone("X", {})).starts_with("countries: "));
    auto twice = zone("X", {"FR"});
    twice.rates.push_back(twice.rates.front());
    EXPECT_TRUE(why(twice).starts_with("rates: "));
    twice.rates.clear();
    EXPECT_TRUE(why(twice).starts_with("rates: "));
    auto days = zone("X", {"FR"});
    days.rates.front().days_min = 5;
    EXPECT_TRUE(why(days).starts_with("rates: "));
    auto changed = first;
    changed.countries = {"DE", "FR"};
    changed.rates.front().free_from = Money{5'000, euro};
    ASSERT_TRUE(put(changed, mira));
    const auto now_there = db->read_now([&](store::Tx& tx) { return zones(tx, mira); }).value();
    ASSERT_EQ(now_there.size(), 1U);
    EXPECT_EQ(now_there[0].countries, changed.countries);
    EXPECT_EQ(now_there[0].rates[0].free_from, (Money{5'000, euro}));
    changed.id = {"nobody"};
    EXPECT_FALSE(put(changed, mira));
}

TEST_P(Selling, a_tax_table_needs_a_home_and_asks_for_a_country) {
    const auto set = [&](const access::Shop& whose, const char* text) {
        return write([&](store::Tx& tx) { return set_tax_rates(tx, whose, read_tax_rates(text).value()); });
    };
    auto nowhere = mira;
    nowhere.home_country.clear();
    EXPECT_FALSE(set(nowhere, "FR 20"));
    EXPECT_TRUE(set(nowhere, ""));
    EXPECT_FALSE(set(mira, "FR 20, FR 21"));
    EXPECT_FALSE(reckoned({}, false).value().asks_country) << "what is not sent asks for nothing while the table is empty";
    ASSERT_TRUE(set(mira, "DE own, FR 20"));
    ASSERT_TRUE(set(mira, "FR 20"));
    const auto file = reckoned({.country = "FR", .way = {}, .code = {}, .customer = {}}, false).value();
    EXPECT_TRUE(file.asks_country);
    EXPECT_FALSE(file.ships);
    EXPECT_EQ(file.total.tax.minor, 400);
    EXPECT_EQ(file.total.tax_country, "FR");
    EXPECT_EQ(reckoned({.country = "US", .way = {}, .code = {}, .customer = {}}).value().total.tax.minor, 0);
    EXPECT_EQ(reckoned({.country = "DE", .way = {}, .code = {}, .customer = {}}).value().total.tax.minor, 383);
}

TEST_P(Selling, codes_are_refused_with_the_field_that_is_wrong) {
    const auto why = [&](auto change) {
        auto wrong = code("SPRING");
        change(wrong);
        const auto done = add(wrong, mira);
        return done ? std::string("ok") : done.error().text.substr(0, done.error().text.find(':'));
    };
    EXPECT_EQ(why([](Discount& one) { one.code = "a b!"; }), "code");
    EXPECT_EQ(why([](Discount& one) { one.code = "X"; }), "code");
    EXPECT_EQ(why([](Discount& one) { one.basis_points = 0; }), "value");
    EXPECT_EQ(why([](Discount& one) { one.basis_points = 10'001; }), "value");
    EXPECT_EQ(why([](Discount& one) { one.kind = Discount::Kind::amount; }), "value");
    EXPECT_EQ(why([](Discount& one) { one.kind = Discount::Kind::creator; }), "creator");
    EXPECT_EQ(why([](Discount& one) { one.ends = one.starts; }), "ends");
    EXPECT_EQ(why([](Discount& one) { one.uses_max = 0; }), "uses_max");
    EXPECT_EQ(why([](Discount& one) { one.per_customer_max = 0; }), "per_customer_max");
    EXPECT_EQ(why([](Discount& one) { one.code = " spring "; }), "ok");
    EXPECT_EQ(why([](Discount&) {}), "code") << "it is there already";
    EXPECT_TRUE(add(code("SPRING"), tom)) << "another shop's code of the same name";
    EXPECT_EQ(db->read_now([&](store::Tx& tx) { return discounts(tx, mira); })->size(), 1U);
}

TEST_P(Selling, a_code_counts_in_its_time_and_to_its_limits) {
    auto one = code("SPRING");
    one.ends = now + hours(1);
    one.starts = now + minutes(1);
    one.uses_max = 2;
    one.per_customer_max = 1;
    one = add(one, mira).value();
    const auto state = [&](const char* customer = "") {
        return reckoned({.country = {}, .way = {}, .code = "spring", .customer = customer}).value().code;
    };
    EXPECT_EQ(reckoned({.country = {}, .way = {}, .code = "WINTER", .customer = {}}).value().code, CodeState::unknown);
    EXPECT_EQ(state(), CodeState::not_yet);
    EXPECT_FALSE(use(one, "o0"));
    now = now + minutes(1);
    EXPECT_EQ(state(), CodeState::good);
    EXPECT_EQ(reckoned({.country = {}, .way = {}, .code = "spring", .customer = {}}).value().total.sum.minor, 2'160);
    EXPECT_TRUE(use(one, "o1", "ada"));
    EXPECT_EQ(state("ada"), CodeState::used_by_you);
    EXPECT_FALSE(use(one, "o2", "ada"));
    EXPECT_EQ(state("bob"), CodeState::good);
    EXPECT_TRUE(use(one, "o3", "bob"));
    EXPECT_EQ(state("eva"), CodeState::used_up);
    EXPECT_FALSE(use(one, "o4", "eva"));
    // An order is let go: its use is somebody else's, once.
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(write([&](store::Tx& tx) { return give_back(tx, mira.id, "o1", now); }));
    EXPECT_EQ(uses("SPRING"), 1);
    EXPECT_TRUE(use(one, "o5", "ada")) << "who let it go may have it again";
    // … and is paid late all the same: over the limit, since it has its price.
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(write([&](store::Tx& tx) { return use_again(tx, mira.id, "o1"); }));
    EXPECT_EQ(uses("SPRING"), 3);
    ASSERT_TRUE(write([&](store::Tx& tx) { return switch_discount(tx, mira.id, "spring", Switch::off); }));
    EXPECT_EQ(state(), CodeState::over);
    ASSERT_TRUE(write([&](store::Tx& tx) { return switch_discount(tx, mira.id, "spring", Switch::on); }));
    now = now + hours(1);
    EXPECT_EQ(state(), CodeState::over);
    EXPECT_FALSE(use(one, "o6"));
}

TEST_P(Selling, an_order_knows_whose_code_it_was) {
    auto hers = code("NOA");
    hers.kind = Discount::Kind::creator;
    hers.creator = "noa";
    hers = add(hers, mira).value();
    EXPECT_TRUE(use(hers, "o1"));
    const auto whose = db->read_now([&](store::Tx& tx) { return attribution(tx, mira.id, "o1"); }).value();
    ASSERT_TRUE(whose);
    EXPECT_EQ(whose->creator, "noa");
    EXPECT_EQ(whose->code, "NOA");
    EXPECT_FALSE(db->read_now([&](store::Tx& tx) { return attribution(tx, tom.id, "o1"); }).value());
}

}  // namespace
}  // namespace barrow::checkout
