#include "app/api/call.hpp"
#include "rooms/access/country.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/checkout/discount.hpp"
#include "rooms/checkout/shipping.hpp"
#include "rooms/checkout/tax.hpp"

namespace barrow::app::api {
namespace {

using checkout::Discount;
using checkout::Zone;

wire::Json maybe(const std::optional<std::int64_t>& number) { return number ? wire::Json(*number) : wire::Json(); }

wire::Json zone_json(const Zone& zone) {
    wire::Json::Array countries, rates;
    for (const auto& country : zone.countries) countries.emplace_back(country);
    for (const auto& rate : zone.rates) {
        rates.push_back(wire::Json::object({{"name", rate.name},
                                            {"price", money_json(rate.price)},
                                            {"free_from", rate.free_from ? money_json(*rate.free_from) : wire::Json()},
                                            {"days_min", rate.days_min},
                                            {"days_max", rate.days_max}}));
    }
    return wire::Json::object(
        {{"id", zone.id.text}, {"name", zone.name}, {"countries", std::move(countries)}, {"rates", std::move(rates)}});
}

bool is_set(wire::Fields& fields, const wire::Json& body, std::string_view name) { return fields.has(name) && !body.find(name)->is_null(); }

Result<Zone> read_zone(const wire::Json& body) {
    wire::Fields fields(body, "zone");
    Zone zone{.id = {}, .name = TRY(fields.text("name", 200)), .countries = {}, .rates = {}};
    for (const auto& one : TRY(fields.array("countries", 300))->items()) {
        if (!one.is_text()) return fail(Fault::bad_input, "countries: a list of texts, such as [\"DE\", \"AT\"]");
        zone.countries.push_back(one.text() == "*" ? "*" : TRY(access::read_country(one.text())));
    }
    for (const auto& one : TRY(fields.array("rates", checkout::rates_per_zone_max))->items()) {
        wire::Fields rate(one, "rate");
        checkout::Rate way{
            .name = TRY(rate.text("name", 200)), .price = TRY(read_money(*TRY(rate.object("price")), "price")), .free_from = {}};
        if (is_set(rate, one, "free_from"))
            way.free_from = TRY(read_money(*TRY(rate.object("free_from")), "free_from"));
        else if (rate.has("free_from"))
            TRY(rate.integer_or("free_from", 0, 0, 0));
        way.days_min = static_cast<int>(TRY(rate.integer_or("days_min", 0, 0, checkout::shipping_days_max)));
        way.days_max = static_cast<int>(TRY(rate.integer_or("days_max", way.days_min, 0, checkout::shipping_days_max)));
        TRY(rate.done());
        zone.rates.push_back(std::move(way));
    }
    TRY(fields.done());
    return zone;
}

Result<wire::Json> keep_zone(store::Tx& tx, access::Site& site, const access::Visit& visit, Zone zone, std::string_view who) {
    const auto now = site.clock.now();
    const auto kept = TRY(checkout::put_zone(tx, visit.shop(), std::move(zone), now, site.random));
    TRY(access::note_audit(tx, visit.shop().id, who, "put_shipping_zone", kept.id.text, now, site.random));
    return zone_json(kept);
}

wire::Json table_json(const checkout::TaxTable& table) {
    wire::Json::Array rates;
    for (const auto& rate : table.rates) {
        rates.push_back(
            wire::Json::object({{"country", rate.country}, {"basis_points", rate.basis_points}, {"destination", rate.destination}}));
    }
    return wire::Json::object({{"home_country", table.home}, {"rates", std::move(rates)}});
}

wire::Json discount_json(const Discount& discount) {
    wire::Json::Array products;
    for (const auto& product : discount.products) products.emplace_back(product.text);
    return wire::Json::object({{"code", discount.code},
                               {"kind", checkout::name(discount.kind)},
                               {"basis_points", discount.basis_points},
                               {"amount", money_json(discount.amount)},
                               {"goods_min", money_json(discount.goods_min)},
                               {"products", std::move(products)},
                               {"starts", time_json(discount.starts)},
                               {"ends", time_json(discount.ends)},
                               {"uses_max", maybe(discount.uses_max)},
                               {"per_customer_max", maybe(discount.per_customer_max)},
                               {"uses", discount.uses},
                               {"creator", discount.creator},
                               {"on", !discount.switched_off}});
}

Result<Discount> read_discount(const wire::Json& body, const access::Visit& visit, Instant now) {
    wire::Fields fields(body, "discount");
    const Money nothing{0, visit.shop().currency};
    Discount discount{.code = TRY(fields.text("code", 100)),
                      .kind = TRY(checkout::read_kind(TRY(fields.text("kind", 20)))),
                      .basis_points = static_cast<int>(TRY(fields.integer_or("basis_points", 0, 0, 10'000))),
                      .amount = nothing,
                      .goods_min = nothing,
                      .products = {},
                      .starts = now,
                      .ends = {},
                      .uses_max = {},
                      .per_customer_max = {}};
    if (fields.has("amount")) discount.amount = TRY(read_money(*TRY(fields.object("amount")), "amount"));
    if (fields.has("goods_min")) discount.goods_min = TRY(read_money(*TRY(fields.object("goods_min")), "goods_min"));
    if (fields.has("products")) {
        for (const auto& one : TRY(fields.array("products", checkout::discount_products_max))->items()) {
            if (!one.is_text()) return fail(Fault::bad_input, "products: a list of products' ids");
            discount.products.push_back({one.text()});
        }
    }
    // null and nothing are the same: no limit.
    const auto starts = TRY(fields.text_or("starts", "", 40)), ends = TRY(fields.text_or("ends", "", 40));
    if (!starts.empty()) discount.starts = TRY(read_iso(starts));
    if (!ends.empty()) discount.ends = TRY(read_iso(ends));
    const auto uses = TRY(fields.integer_or("uses_max", 0, 1, amount_minor_max));
    const auto each = TRY(fields.integer_or("per_customer_max", 0, 1, amount_minor_max));
    if (uses > 0) discount.uses_max = uses;
    if (each > 0) discount.per_customer_max = each;
    discount.creator = TRY(fields.text_or("creator", "", 200));
    TRY(fields.done());
    return discount;
}

}  // namespace

Task<http::Response> get_zones(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        wire::Json::Array items;
        for (const auto& zone : TRY(checkout::zones(tx, visit.shop()))) items.push_back(zone_json(zone));
        return wire::Json::object({{"items", std::move(items)}});
    });
}

Task<http::Response> post_zone(access::Site& site, access::Visit visit) {
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        return keep_zone(tx, site, visit, TRY(read_zone(body)), who);
    };
    co_return co_await write(site, visit, work, 201);
}

Task<http::Response> put_zone(access::Site& site, access::Visit visit) {
    const auto id = visit.request.parameter("id");
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        auto zone = TRY(read_zone(body));
        zone.id = {id};
        return keep_zone(tx, site, visit, std::move(zone), who);
    };
    co_return co_await write(site, visit, work);
}

Task<http::Response> delete_zone(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto id = visit.request.parameter("id");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view who) -> Result<wire::Json> {
        TRY(checkout::remove_zone(tx, visit.shop().id, {id}));
        TRY(access::note_audit(tx, visit.shop().id, who, "remove_shipping_zone", id, now, site.random));
        return wire::Json::object({{"removed", id}});
    };
    co_return co_await write(site, visit, work);
}

Task<http::Response> get_tax_rates(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit,
                            [&](store::Tx& tx) -> Result<wire::Json> { return table_json(TRY(checkout::tax_table(tx, visit.shop()))); });
}

Task<http::Response> put_tax_rates(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "tax");
        std::vector<checkout::TaxRate> rates;
        for (const auto& one : TRY(fields.array("rates", checkout::tax_rates_max))->items()) {
            wire::Fields rate(one, "rate");
            rates.push_back({.country = TRY(access::read_country(TRY(rate.text("country", 20)))),
                             .basis_points = static_cast<int>(TRY(rate.integer_or("basis_points", 0, 0, 5'000))),
                             .destination = TRY(rate.boolean_or("destination", true))});
            TRY(rate.done());
        }
        TRY(fields.done());
        TRY(checkout::set_tax_rates(tx, visit.shop(), rates));
        TRY(access::note_audit(tx, visit.shop().id, who, "change_tax", std::to_string(rates.size()), now, site.random));
        return table_json(TRY(checkout::tax_table(tx, visit.shop())));
    };
    co_return co_await write(site, visit, work);
}

Task<http::Response> get_discounts(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        wire::Json::Array items;
        for (const auto& discount : TRY(checkout::discounts(tx, visit.shop()))) items.push_back(discount_json(discount));
        return wire::Json::object({{"items", std::move(items)}});
    });
}

Task<http::Response> post_discount(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        const auto made = TRY(checkout::add_discount(tx, visit.shop(), TRY(read_discount(body, visit, now)), now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, who, "add_discount", made.code, now, site.random));
        return discount_json(made);
    };
    co_return co_await write(site, visit, work, 201);
}

Task<http::Response> get_discount(access::Site& site, access::Visit visit) {
    const auto code = visit.request.parameter("code");
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        return discount_json(TRY(checkout::find_discount(tx, visit.shop(), code)));
    });
}

Task<http::Response> patch_discount(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto code = visit.request.parameter("code");
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "discount");
        if (!fields.has("on")) return fail(Fault::bad_input, "discount: \"on\" is missing; say true or false");
        const bool on = TRY(fields.boolean_or("on", true));
        TRY(fields.done());
        TRY(checkout::switch_discount(tx, visit.shop().id, code, on ? checkout::Switch::on : checkout::Switch::off));
        TRY(access::note_audit(tx, visit.shop().id, who, on ? "resume_discount" : "end_discount", code, now, site.random));
        return discount_json(TRY(checkout::find_discount(tx, visit.shop(), code)));
    };
    co_return co_await write(site, visit, work);
}

}  // namespace barrow::app::api
