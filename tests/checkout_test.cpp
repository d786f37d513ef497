// The whole total before the button: what a buyer sees on a hold's page, and what is placed.
#include <gtest/gtest.h>

#include "rooms/catalog/product.hpp"
#include "rooms/checkout/discount.hpp"
#include "rooms/checkout/shipping.hpp"
#include "rooms/checkout/tax.hpp"
#include "rooms/orders/order.hpp"
#include "rooms/stock/stock.hpp"
#include "support/buyer.hpp"

namespace barrow::testing {
namespace {

class Checkout : public ::testing::TestWithParam<Engine> {
protected:
    Checkout() {
        write([&](store::Tx& tx) -> Status {
            const auto now = app.clock.now();
            catalog::Product product{.slug = "lamp", .name = "Lamp", .price = {2'400, euro}, .tax_basis_points = 1'900};
            lamp = TRY(catalog::add(tx, app.mira, product, now, app.random)).id;
            TRY(stock::receive(tx, app.mira.id, lamp, 20, "opening", now));
            product.slug = product.name = "file";
            product.ships = false;
            const auto file = TRY(catalog::add(tx, app.mira, product, now, app.random));
            TRY(stock::receive(tx, app.mira.id, file.id, 20, "opening", now));
            return {};
        });
    }
    template <class Fn>
    void write(Fn fn) {
        const auto done = app.db->write_now(fn);
        ASSERT_TRUE(done) << done.error().text;
    }
    void send_to(const char* name, std::vector<std::string> countries, std::vector<checkout::Rate> rates) {
        write([&](store::Tx& tx) -> Status {
            const checkout::Zone zone{.id = {}, .name = name, .countries = std::move(countries), .rates = std::move(rates)};
            TRY(checkout::put_zone(tx, app.mira, zone, app.clock.now(), app.random));
            return {};
        });
    }
    void nearby_and_far() {
        send_to("Nearby", {"DE", "AT"},
                {{.name = "Standard", .price = {490, euro}, .free_from = {}, .days_min = 3, .days_max = 5},
                 {.name = "Express", .price = {990, euro}, .free_from = {}, .days_min = 1, .days_max = 1}});
        send_to("Far", {"*"}, {{.name = "Standard", .price = {1'900, euro}, .free_from = {}}});
    }
    void add_code(const char* text, std::optional<std::int64_t> uses_max = {}, std::optional<std::int64_t> per_customer_max = {}) {
        write([&](store::Tx& tx) -> Status {
            TRY(checkout::add_discount(tx, app.mira,
                                       {.code = text,
                                        .kind = checkout::Discount::Kind::amount,
                                        .amount = {500, euro},
                                        .goods_min = {0, euro},
                                        .products = {},
                                        .starts = app.clock.now(),
                                        .ends = {},
                                        .uses_max = uses_max,
                                        .per_customer_max = per_customer_max},
                                       app.clock.now(), app.random));
            return {};
        });
    }
    std::string hold(const std::string& slug = "lamp") {
        const auto page = app.get("/p/" + slug).body;
        auto fields = hidden_fields(between(page, "action=\"/p/" + slug + "/holds\"", "</form>"));
        fields.emplace_back("pieces", "1");
        const auto held = app.post({}, "/p/" + slug + "/holds", fields);
        EXPECT_EQ(held.status, 303) << held.body;
        return std::string(held.header("location"));
    }
    // The form as a browser sends it back: what the page says was seen, and what is typed into it.
    static Form filled(const std::string& page, Form typed) {
        auto fields = hidden_fields(between(page, "data-checkout>", "</form>"));
        for (auto& one : typed) {
            std::erase_if(fields, [&](const auto& field) { return field.first == one.first; });
            fields.push_back(std::move(one));
        }
        return fields;
    }
    static Form address_in(const char* country, Form more = {}) {
        auto typed = address();
        for (auto& [name, value] : typed) {
            if (name == "country") value = country;
        }
        typed.insert(typed.end(), more.begin(), more.end());
        return typed;
    }
    static std::string total(const http::Response& page) { return between(page.body, "data-test=\"total\">", "<"); }
    static std::string note(const http::Response& page) { return between(page.body, "data-test=\"note\">", "</p>"); }
    http::Response update(const std::string& path, const Form& typed) { return app.post({}, path, filled(app.get(path).body, typed)); }
    http::Response order(const std::string& path, const std::string& page, const Form& typed) {
        return app.post({}, path + "/orders", filled(page, typed));
    }
    std::int64_t orders_count() {
        return app.db->read_now([&](store::Tx& tx) { return orders::newest(tx, app.mira.id, 0, 100); })->size();
    }
    orders::Order newest() {
        return app.db->read_now([&](store::Tx& tx) { return orders::newest(tx, app.mira.id, 0, 1); }).value().at(0);
    }

    TestApp app{GetParam()};
    Id<catalog::Product> lamp;
};
BARROW_BOTH_ENGINES(Checkout);

TEST_P(Checkout, AShopWithoutZonesSellsAsItAlwaysDid) {
    const auto path = hold();
    const auto page = app.get(path);
    EXPECT_EQ(total(page), "€24.00");
    EXPECT_EQ(page.body.find("Shipping"), std::string::npos);
    EXPECT_NE(page.body.find("<option value=\"JP\">Japan"), std::string::npos);
    EXPECT_EQ(app.post({}, path + "/orders", address()).status, 303) << "an old form without what was seen";
    EXPECT_EQ(newest().country, "DE");
    EXPECT_EQ(newest().tax_country, "") << "the shop did not tell where it is";
}

TEST_P(Checkout, TheWholeTotalStandsThereBeforeAnythingIsTyped) {
    nearby_and_far();
    const auto page = app.get(hold());
    EXPECT_EQ(total(page), "€28.90");
    EXPECT_NE(page.body.find("Standard, with you in 3–5 days"), std::string::npos);
    EXPECT_NE(page.body.find("Express, with you in a day"), std::string::npos);
    EXPECT_NE(page.body.find("Shipping · Standard"), std::string::npos);
    EXPECT_NE(page.body.find("includes 19 % tax, €4.61"), std::string::npos);
    EXPECT_NE(page.body.find("Order and pay · €28.90"), std::string::npos);
}

TEST_P(Checkout, UpdatingTheTotalPlacesNothingAndKeepsWhatWasTyped) {
    nearby_and_far();
    add_code("SPRING");
    const auto path = hold();
    const auto page = update(path, address_in("AT", {{"shipping", "Express"}, {"code", "spring"}}));
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(total(page), "€28.90");  // 24.00 − 5.00 + 9.90
    for (const auto* kept : {"value=\"Ada\"", "value=\"ada@example.com\"", "value=\"Quay 1\"", "<option value=\"AT\" selected>",
                             "value=\"Express\" checked", "value=\"spring\"", "SPRING counts.", "Code SPRING", "−€5.00"}) {
        EXPECT_NE(page.body.find(kept), std::string::npos) << kept;
    }
    EXPECT_EQ(page.body.find("class=\"wrong\""), std::string::npos);
    EXPECT_EQ(orders_count(), 0);
    // The other country has no Express: the way that is there.
    EXPECT_EQ(total(update(path, address_in("US", {{"shipping", "Express"}}))), "€43.00");
    EXPECT_EQ(app.post({}, "/holds/nobody", address()).status, 404);
}

TEST_P(Checkout, WhatWasSeenIsPaidAndNothingElse) {
    nearby_and_far();
    const auto path = hold();
    const auto seen = app.get(path).body;
    // Another country was chosen and "Order and pay" tapped at once.
    const auto back = order(path, seen, address_in("US"));
    EXPECT_EQ(back.status, 422);
    EXPECT_EQ(note(back), "For United States it costs €43.00; you saw €28.90. Nothing is ordered yet.");
    EXPECT_NE(back.body.find("value=\"Quay 1\""), std::string::npos);
    EXPECT_EQ(orders_count(), 0);
    const auto express = order(path, seen, address_in("DE", {{"shipping", "Express"}}));
    EXPECT_EQ(note(express), "Sent as Express it costs €33.90; you saw €28.90. Nothing is ordered yet.");
    const auto placed = order(path, back.body, address_in("US"));
    EXPECT_EQ(placed.status, 303) << placed.body;
    EXPECT_EQ(newest().sum.minor, 4'300);
    EXPECT_EQ(newest().country, "US");
    EXPECT_EQ(newest().shipping_name, "Standard");
    EXPECT_EQ(order(path, seen, address_in("DE")).header("location"), placed.header("location")) << "it is ordered, at what was seen last";
}

TEST_P(Checkout, ARateThatChangedMeanwhileIsShownFirst) {
    nearby_and_far();
    const auto path = hold();
    const auto seen = app.get(path).body;
    write([&](store::Tx& tx) -> Status {
        for (auto& zone : TRY(checkout::zones(tx, app.mira))) {
            if (zone.is_rest()) continue;
            zone.rates[0].price.minor = 590;
            TRY(checkout::put_zone(tx, app.mira, zone, app.clock.now(), app.random));
        }
        return {};
    });
    const auto back = order(path, seen, address_in("DE"));
    EXPECT_EQ(note(back), "What it costs changed from €28.90 to €29.90 since you saw it. Nothing is ordered yet.");
    for (const auto* forged : {"1", "-1", "none", "99999999999999999999"}) {
        EXPECT_EQ(order(path, seen, address_in("DE", {{"seen", forged}})).status, 422) << forged;
    }
    EXPECT_EQ(order(path, back.body, address_in("DE")).status, 303);
}

TEST_P(Checkout, ACodeThatDoesNotCountIsSaidAtItsField) {
    add_code("ONCE", 1);
    add_code("EACH", std::nullopt, 1);
    const auto first = hold(), second = hold(), third = hold(), fourth = hold();
    EXPECT_NE(update(first, address_in("DE", {{"code", "NOPE"}})).body.find("There is no such code."), std::string::npos);
    const auto wrong = order(first, app.get(first).body, address_in("DE", {{"code", "NOPE"}}));
    EXPECT_EQ(wrong.status, 422);
    EXPECT_NE(wrong.body.find("One field needs you."), std::string::npos);
    const auto one = update(first, address_in("DE", {{"code", "once"}})), other = update(second, address_in("DE", {{"code", "once"}}));
    EXPECT_EQ(total(other), "€19.00");
    EXPECT_EQ(order(first, one.body, address_in("DE", {{"code", "once"}})).status, 303);
    EXPECT_EQ(newest().discount_code, "ONCE");
    const auto late = order(second, other.body, address_in("DE", {{"code", "once"}}));
    EXPECT_EQ(late.status, 422);
    EXPECT_NE(late.body.find("This code is used up."), std::string::npos);
    EXPECT_EQ(note(late), "Without the code ONCE it costs €24.00; you saw €19.00. Nothing is ordered yet.");
    const auto hers = update(third, address_in("DE", {{"code", "EACH"}}));
    EXPECT_EQ(order(third, hers.body, address_in("DE", {{"code", "EACH"}})).status, 303);
    const auto again = update(fourth, {{"email", "ADA+2@example.com"}, {"country", "DE"}, {"code", "EACH"}});
    EXPECT_NE(again.body.find("You have used this code already."), std::string::npos);
    EXPECT_EQ(orders_count(), 2);
}

TEST_P(Checkout, CodesAreNotGuessedOneAfterTheOther) {
    add_code("SPRING");
    const auto path = hold();
    for (int i = 0; i < 30; ++i)
        EXPECT_EQ(total(update(path, address_in("DE", {{"code", "SPRING"}}))), "€19.00") << "a right one is no try";
    for (int i = 0; i < 10; ++i) update(path, address_in("DE", {{"code", "GUESS" + std::to_string(i)}}));
    const auto rests = update(path, address_in("DE", {{"code", "SPRING"}}));
    EXPECT_NE(rests.body.find("Too many tries."), std::string::npos);
    EXPECT_EQ(total(rests), "€24.00");
    EXPECT_EQ(order(path, rests.body, address_in("DE", {{"code", "SPRING"}})).status, 422);
    app.clock.advance(minutes(1));
    EXPECT_EQ(total(update(path, address_in("DE", {{"code", "SPRING"}}))), "€19.00");
}

TEST_P(Checkout, ACountryThatIsNotReachedIsRefused) {
    send_to("Nearby", {"DE", "AT"}, {{.name = "Standard", .price = {490, euro}, .free_from = {}}});
    const auto path = hold();
    const auto page = app.get(path).body;
    EXPECT_EQ(page.find("<option value=\"FR\""), std::string::npos);
    EXPECT_NE(update(path, address_in("FR")).body.find("It is not sent there."), std::string::npos);
    EXPECT_EQ(order(path, page, address_in("FR")).status, 422);
    EXPECT_EQ(orders_count(), 0);
}

TEST_P(Checkout, WhatIsNotSentAsksForNoAddress) {
    nearby_and_far();
    const auto path = hold("file");
    const auto page = app.get(path);
    EXPECT_EQ(total(page), "€24.00");
    EXPECT_EQ(page.body.find("name=\"street\""), std::string::npos);
    EXPECT_EQ(page.body.find("name=\"country\""), std::string::npos);
    EXPECT_EQ(order(path, page.body, {{"name", "Ada"}, {"email", "ada@example.com"}}).status, 303);
    EXPECT_EQ(newest().buyer.address, "");
    EXPECT_EQ(newest().country, "");
}

TEST_P(Checkout, TaxIsTheBuyersCountrysOnceThereIsATable) {
    const auto mira = app.log_in(app.mira);
    EXPECT_EQ(app.post(mira, "/studio/selling", {{"home_country", ""}, {"rates", "FR 20"}}).status, 422);
    ASSERT_EQ(app.post(mira, "/studio/selling", {{"home_country", "DE"}, {"rates", "DE own\r\nFR 20"}}).status, 303);
    write([&](store::Tx& tx) -> Status {
        auto product = TRY(catalog::find(tx, app.mira.id, lamp));
        product.tax_behavior = catalog::TaxBehavior::exclusive;
        TRY(catalog::change(tx, app.mira, product, app.clock.now()));
        return {};
    });
    EXPECT_NE(app.get("/p/lamp").body.find("plus tax"), std::string::npos);
    const auto path = hold();
    const auto german = app.get(path);
    EXPECT_EQ(total(german), "€28.56");
    EXPECT_NE(german.body.find("19 % tax</bdi>"), std::string::npos);
    const auto french = update(path, address_in("FR"));
    EXPECT_EQ(total(french), "€28.80");
    EXPECT_EQ(total(update(path, address_in("US"))), "€24.00");
    const auto file_page = hold("file");
    EXPECT_NE(app.get(file_page).body.find("The tax is that of your country."), std::string::npos);
    EXPECT_EQ(order(path, french.body, address_in("FR")).status, 303);
    EXPECT_EQ(newest().tax_country, "FR");
    EXPECT_EQ(newest().tax.minor, 480);
    const auto list = app.get(mira, "/studio/orders").body;
    EXPECT_NE(list.find("tax €4.80 FR"), std::string::npos);
}

TEST_P(Checkout, TheReceiptAddsUp) {
    nearby_and_far();
    add_code("SPRING");
    const auto path = hold();
    const auto page = update(path, address_in("AT", {{"code", "SPRING"}}));
    const auto placed = order(path, page.body, address_in("AT", {{"code", "SPRING"}}));
    ASSERT_EQ(placed.status, 303);
    pay(app, {path, std::string(placed.header("location"))});
    const auto receipt = app.get("/orders/" + newest().token);
    for (const auto* row : {"1 × Lamp", "€24.00", "Code SPRING", "−€5.00", "Shipping · Standard", "€4.90"})
        EXPECT_NE(receipt.body.find(row), std::string::npos) << row;
    EXPECT_EQ(total(receipt), "€23.90");
    const auto promise = json_of(app.get("/orders/" + newest().token + "/promise.json"));
    EXPECT_EQ(promise.find("discount_code")->text(), "SPRING");
    EXPECT_EQ(promise.find("more")->items().at(0).find("what")->text(), "Shipping · Standard");
    const auto mira = app.log_in(app.mira);
    EXPECT_NE(app.get(mira, "/studio/orders").body.find("Standard €4.90 · SPRING −€5.00"), std::string::npos);
    EXPECT_NE(app.get(mira, "/studio/selling/codes").body.find("SPRING"), std::string::npos);
}

TEST_P(Checkout, TheStudioKeepsZonesAndCodes) {
    const auto mira = app.log_in(app.mira);
    const auto zone = [&](Form fields) { return app.post(mira, "/studio/selling/shipping", std::move(fields)); };
    EXPECT_NE(app.get(mira, "/studio/selling/shipping").body.find("Without a zone you send everywhere"), std::string::npos);
    const auto wrong = zone({{"id", ""}, {"name", "Europe"}, {"countries", "EU QQ"}, {"way_0", "Standard"}, {"price_0", "4.90"}});
    EXPECT_EQ(wrong.status, 422);
    EXPECT_NE(wrong.body.find("value=\"EU QQ\""), std::string::npos) << "what was typed stays";
    ASSERT_EQ(zone({{"id", ""},
                    {"name", "Europe"},
                    {"countries", "EU"},
                    {"way_0", "Standard"},
                    {"price_0", "4.90"},
                    {"free_from_0", "50"},
                    {"days_min_0", "3"},
                    {"days_max_0", "5"},
                    {"way_1", ""},
                    {"price_1", ""}})
                  .status,
              303);
    const auto page = app.get(mira, "/studio/selling/shipping").body;
    EXPECT_NE(page.find("value=\"50.00\""), std::string::npos);
    EXPECT_EQ(total(app.get(hold())), "€28.90");
    const auto remove = between(page, "action=\"/studio/selling/shipping/", "/remove\"");
    ASSERT_NE(remove, "");
    EXPECT_EQ(app.post(mira, "/studio/selling/shipping/" + remove + "/remove", {}).status, 303);
    EXPECT_EQ(total(app.get(hold())), "€24.00");
    const auto code = [&](Form fields) { return app.post(mira, "/studio/selling/codes", std::move(fields)); };
    EXPECT_EQ(code({{"code", "spring"}, {"kind", "percent"}, {"value", "ten"}}).status, 422);
    EXPECT_EQ(code({{"code", "spring"}, {"kind", "percent"}, {"value", "200"}}).status, 422);
    EXPECT_EQ(code({{"code", "spring"}, {"kind", "percent"}, {"value", "12.5"}, {"product", lamp.text}}).status, 303);
    EXPECT_EQ(code({{"code", "SPRING"}, {"kind", "creator"}, {"creator", "noa"}}).status, 422);
    const auto path = hold();
    EXPECT_EQ(total(update(path, address_in("DE", {{"code", "spring"}}))), "€21.00");
    EXPECT_EQ(app.post(mira, "/studio/selling/codes/SPRING/off", {}).status, 303);
    EXPECT_NE(update(path, address_in("DE", {{"code", "spring"}})).body.find("This code is over."), std::string::npos);
    EXPECT_EQ(app.post(mira, "/studio/selling/codes/SPRING/on", {}).status, 303);
    EXPECT_EQ(app.get("/studio/selling").status, 303) << "the studio is its owner's";
}

TEST_P(Checkout, ProgramsSetTheSameThings) {
    const auto key = app.make_key(app.mira);
    const auto send = [&](http::Method method, const std::string& path, const std::string& body) {
        return app.api(method, "/api/v1/" + path, key, body);
    };
    using http::Method;
    EXPECT_EQ(send(Method::patch, "shop", R"({"home_country": "xx"})").status, 400);
    ASSERT_EQ(send(Method::patch, "shop", R"({"home_country": "de"})").status, 200);
    EXPECT_EQ(json_of(send(Method::get, "shop", "")).find("home_country")->text(), "DE");
    ASSERT_EQ(send(Method::put, "tax-rates", R"({"rates": [{"country": "FR", "basis_points": 2000}]})").status, 200);
    EXPECT_EQ(send(Method::put, "tax-rates", R"({"rates": [{"country": "FR", "basis_points": 9000}]})").status, 400);
    EXPECT_EQ(json_of(send(Method::get, "tax-rates", "")).find("rates")->items().size(), 1U);
    const std::string zone = R"({"name": "Europe", "countries": ["DE", "FR"], "rates":
        [{"name": "Standard", "price": {"minor": 490, "currency": "EUR"}, "free_from": null, "days_min": 2, "days_max": 4}]})";
    const auto made = send(Method::post, "shipping-zones", zone);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(send(Method::post, "shipping-zones", zone).status, 400) << "its countries are taken";
    const auto id = json_of(made).find("id")->text();
    EXPECT_EQ(send(Method::put, "shipping-zones/" + id, zone).status, 200);
    EXPECT_EQ(send(Method::put, "shipping-zones/nobody", zone).status, 404);
    EXPECT_EQ(json_of(send(Method::get, "shipping-zones", "")).find("items")->items().size(), 1U);
    ASSERT_EQ(send(Method::post, "discounts", R"({"code": "spring", "kind": "percent", "basis_points": 1000, "uses_max": 5, "ends": null})")
                  .status,
              201);
    EXPECT_EQ(send(Method::post, "discounts", R"({"code": "SPRING", "kind": "shipping"})").status, 409);
    EXPECT_EQ(send(Method::post, "discounts", R"({"code": "X1", "kind": "gift"})").status, 400);
    EXPECT_EQ(json_of(send(Method::get, "discounts/spring", "")).find("uses_max")->integer(), 5);
    EXPECT_FALSE(json_of(send(Method::patch, "discounts/spring", R"({"on": false})")).find("on")->boolean());
    EXPECT_EQ(send(Method::get, "discounts/none", "").status, 404);
    ASSERT_EQ(send(Method::patch, "products/lamp", R"({"tax_behavior": "exclusive", "ships": false})").status, 200);
    EXPECT_EQ(json_of(send(Method::get, "products/lamp", "")).find("tax_behavior")->text(), "exclusive");
    EXPECT_EQ(send(Method::patch, "products/lamp", R"({"tax_behavior": "maybe"})").status, 400);
    EXPECT_EQ(send(Method::del, "shipping-zones/" + id, "").status, 200);
    place(app, "lamp");
    const auto order = json_of(send(Method::get, "orders", "")).find("items")->items().at(0);
    EXPECT_EQ(order.find("tax_country")->text(), "DE");
    EXPECT_EQ(order.find("discount")->find("minor")->integer(), 0);
}

}  // namespace
}  // namespace barrow::testing
