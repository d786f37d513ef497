#include "rooms/checkout/selling_studio.hpp"

#include <algorithm>
#include <charconv>

#include "rooms/access/country.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/checkout/discount.hpp"
#include "rooms/checkout/shipping.hpp"
#include "rooms/checkout/tax.hpp"

namespace barrow::checkout {
namespace {

constexpr std::size_t empty_rows = 2;              // of a zone's ways, behind those that are there
constexpr std::size_t products_offered_max = 100;  // to choose from for a code

// The refusal where its field stands, "" for other fields.
std::string error_at(const std::string& problem, std::string_view field) {
    return problem.starts_with(std::string(field) + ": ") ? access::at_field(problem, field) : std::string();
}

// A refusal of no field stands above the form.
std::string above(const std::string& problem, std::initializer_list<std::string_view> fields) {
    const bool at_one = std::ranges::any_of(fields, [&](std::string_view field) { return !error_at(problem, field).empty(); });
    return at_one ? "One thing is not right yet: see below." : access::sentence(problem);
}

std::string currency_sign(Currency currency) {
    const auto nothing = display({0, currency});
    auto sign = nothing.substr(0, nothing.find('0'));
    while (sign.ends_with(' ')) sign.pop_back();
    return sign;
}

// ---- home country and tax ------------------------------------------------------------------------------------------------

Result<access::StudioPage> selling_page(store::Tx& tx, const access::Visit& visit, const std::string& home, const std::string& rates,
                                        const std::string& problem) {
    const auto& shop = visit.shop();
    std::vector<std::string> codes;
    for (const auto& country : access::countries()) codes.emplace_back(country.code);
    wire::Json::Array lands;
    for (const auto& [code, name] : access::by_name(codes, wire::Words("en")))
        lands.push_back(wire::Json::object({{"code", code}, {"name", name}, {"selected", code == home}}));
    const auto sent_to = TRY(zones(tx, shop));
    const auto list = TRY(discounts(tx, shop));
    const auto counted = [](std::size_t n, std::string_view one, std::string_view more) {
        return n == 0 ? std::string() : std::to_string(n) + " " + std::string(n == 1 ? one : more);
    };
    return access::StudioPage{.place = "products",
                              .title = "Selling",
                              .template_path = "studio/selling.html",
                              .values = wire::Json::object({{"countries", std::move(lands)},
                                                            {"home_country_error", error_at(problem, "home_country")},
                                                            {"rates", rates},
                                                            {"rates_error", error_at(problem, "rates")},
                                                            {"problem", above(problem, {"home_country", "rates"})},
                                                            {"zones", counted(sent_to.size(), "zone", "zones")},
                                                            {"codes", counted(list.size(), "code", "codes")}})};
}

// ---- shipping ------------------------------------------------------------------------------------------------------------

std::string numbered(std::string_view name, std::size_t i) { return std::string(name) + "_" + std::to_string(i); }

struct Row {
    std::string name, price, free_from, days_min, days_max;
};

std::vector<Row> rows_of(const wire::Json& form) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < rates_per_zone_max; ++i) {
        const auto text = [&](std::string_view name) { return access::field(form, numbered(name, i)); };
        rows.push_back({text("way"), text("price"), text("free_from"), text("days_min"), text("days_max")});
    }
    while (!rows.empty() && rows.back().name.empty() && rows.back().price.empty()) rows.pop_back();
    return rows;
}

Result<int> read_days(const std::string& text) {
    int days = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), days);
    if (!text.empty() && (read.ec != std::errc() || read.ptr != text.data() + text.size()))
        return fail(Fault::bad_input, "rates: days are whole numbers from 0 to 99");
    return days;
}

Result<Rate> read_rate(const Row& row, Currency currency) {
    const auto price = read_decimal(row.price.empty() ? "0" : row.price, currency);
    if (!price) return fail(Fault::bad_input, "rates: the price of " + row.name + ": " + price.error().text);
    Rate rate{.name = row.name, .price = *price, .free_from = {}, .days_min = TRY(read_days(row.days_min))};
    if (!row.free_from.empty()) {
        const auto from = read_decimal(row.free_from, currency);
        if (!from) return fail(Fault::bad_input, "rates: from where " + row.name + " is free: " + from.error().text);
        rate.free_from = *from;
    }
    rate.days_max = row.days_max.empty() ? rate.days_min : TRY(read_days(row.days_max));
    return rate;
}

Result<Zone> read_zone(const wire::Json& form, Currency currency) {
    Zone zone{.id = {access::field(form, "id")},
              .name = access::field(form, "name"),
              .countries = TRY(read_countries(access::field(form, "countries"))),
              .rates = {}};
    for (const auto& row : rows_of(form)) {
        if (row.name.empty() && row.price.empty()) continue;
        zone.rates.push_back(TRY(read_rate(row, currency)));
    }
    return zone;
}

wire::Json zone_json(const access::Visit& visit, const std::string& id, const std::string& name, const std::string& countries,
                     std::vector<Row> rows, const std::string& problem) {
    rows.resize(std::min(rows.size() + empty_rows, rates_per_zone_max));
    wire::Json::Array ways;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        ways.push_back(wire::Json::object({{"i", std::to_string(i)},
                                           {"number", std::to_string(i + 1)},
                                           {"way", row.name},
                                           {"price", row.price},
                                           {"free_from", row.free_from},
                                           {"days_min", row.days_min},
                                           {"days_max", row.days_max}}));
    }
    return wire::Json::object({{"id", id},
                               {"at", id.empty() ? "new" : id},
                               {"name", name},
                               {"name_error", error_at(problem, "name")},
                               {"countries", countries},
                               {"countries_error", error_at(problem, "countries")},
                               {"rates_error", error_at(problem, "rates")},
                               {"problem", above(problem, {"name", "countries", "rates"})},
                               {"open", !problem.empty()},
                               {"ways", std::move(ways)},
                               {"sign", currency_sign(visit.shop().currency)},
                               {"remove_url", id.empty() ? "" : visit.base + "/studio/selling/shipping/" + id + "/remove"}});
}

Result<access::StudioPage> shipping_page(store::Tx& tx, const access::Visit& visit, const wire::Json* typed, const std::string& problem) {
    wire::Json::Array list;
    const auto typed_id = typed != nullptr ? access::field(*typed, "id") : "";
    const auto as_typed = [&] {
        return zone_json(visit, typed_id, access::field(*typed, "name"), access::field(*typed, "countries"), rows_of(*typed), problem);
    };
    for (const auto& zone : TRY(zones(tx, visit.shop()))) {
        std::string countries, told;
        for (const auto& code : zone.countries) countries += (countries.empty() ? "" : " ") + code;
        std::vector<Row> rows;
        for (const auto& rate : zone.rates) {
            const bool days = rate.days_max > 0;
            rows.push_back({rate.name, decimal(rate.price), rate.free_from ? decimal(*rate.free_from) : "",
                            days ? std::to_string(rate.days_min) : "", days ? std::to_string(rate.days_max) : ""});
            told += (told.empty() ? "" : " · ") + rate.name + " " + (rate.price.minor == 0 ? "free" : display(rate.price));
        }
        auto json = typed != nullptr && typed_id == zone.id.text
                        ? as_typed()
                        : zone_json(visit, zone.id.text, zone.name, countries, std::move(rows), "");
        json.set("told", told).set("where", zone.is_rest() ? "everywhere else" : countries);
        list.push_back(std::move(json));
    }
    auto fresh = typed != nullptr && typed_id.empty() ? as_typed() : zone_json(visit, "", "", "", {}, "");
    fresh.set("open", list.empty() || (typed != nullptr && typed_id.empty()));
    return access::StudioPage{
        .place = "products",
        .title = "Shipping",
        .template_path = "studio/shipping.html",
        .values = wire::Json::object({{"zones", std::move(list)}, {"new_zone", wire::Json::Array{std::move(fresh)}}})};
}

// ---- codes ---------------------------------------------------------------------------------------------------------------

std::string worth(const Discount& discount) {
    switch (discount.kind) {
        case Discount::Kind::percent: {
            return catalog::percent_words(discount.basis_points, wire::Words("en")) + " % off";
        }
        case Discount::Kind::amount:
            return display(discount.amount) + " off";
        case Discount::Kind::shipping:
            return "free shipping";
        case Discount::Kind::creator:
            return "no discount";
    }
    return "";
}

struct StateWords {
    std::string_view words, kind;
};
StateWords standing(const Discount& discount, Instant now) {
    if (discount.switched_off) return {"off", "muted"};
    if (discount.ends && now >= *discount.ends) return {"over", "muted"};
    if (discount.uses_max && discount.uses >= *discount.uses_max) return {"used up", "muted"};
    if (now < discount.starts) return {"waits", "sale"};
    return {"counts", "good"};
}

Result<std::optional<std::int64_t>> read_limit(const std::string& text, std::string_view name) {
    if (text.empty()) return std::optional<std::int64_t>();
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 1)
        return fail(Fault::bad_input, std::string(name) + ": a whole number from 1, or nothing");
    return std::optional(number);
}

// A field that was sent once is a text, several times a list.
std::vector<std::string> chosen(const wire::Json& form, std::string_view name) {
    std::vector<std::string> values;
    if (const auto* sent = form.find(name)) {
        if (sent->is_text()) values.push_back(sent->text());
        if (sent->is_array())
            for (const auto& one : sent->items()) values.push_back(one.text());
    }
    return values;
}

Result<Discount> read_form(const wire::Json& form, const access::Visit& visit, Instant now) {
    const auto text = [&](std::string_view name) { return access::field(form, name); };
    const auto currency = visit.shop().currency;
    Discount discount{.code = text("code"),
                      .kind = TRY(read_kind(text("kind"))),
                      .amount = {0, currency},
                      .goods_min = {0, currency},
                      .products = {},
                      .starts = now,
                      .ends = {},
                      .uses_max = TRY(read_limit(text("uses_max"), "uses_max")),
                      .per_customer_max = TRY(read_limit(text("per_customer_max"), "per_customer_max")),
                      .creator = text("creator")};
    const auto value = [&](Currency as) -> Result<std::int64_t> {
        const auto read = read_decimal(text("value"), as);
        if (!read) return fail(Fault::bad_input, "value: " + (text("value").empty() ? "say how much it takes off" : read.error().text));
        return read->minor;
    };
    // A percent has two decimals, as euros have.
    if (discount.kind == Discount::Kind::percent)
        discount.basis_points = static_cast<int>(std::min<std::int64_t>(TRY(value(euro)), 1'000'000));
    if (discount.kind == Discount::Kind::amount) discount.amount.minor = TRY(value(currency));
    if (!text("goods_min").empty()) {
        const auto least = read_decimal(text("goods_min"), currency);
        if (!least) return fail(Fault::bad_input, "goods_min: " + least.error().text);
        discount.goods_min = *least;
    }
    const auto time = [&](std::string_view name) -> Result<std::optional<Instant>> {
        if (text(name).empty()) return std::optional<Instant>();
        const auto read = visit.zone().read(text(name));
        if (!read) return fail(Fault::bad_input, std::string(name) + ": " + read.error().text);
        return std::optional(*read);
    };
    if (const auto starts = TRY(time("starts"))) discount.starts = *starts;
    discount.ends = TRY(time("ends"));
    for (const auto& id : chosen(form, "product")) discount.products.push_back({id});
    return discount;
}

Result<access::StudioPage> codes_page(store::Tx& tx, const access::Site& site, const access::Visit& visit, const wire::Json* typed,
                                      const std::string& problem) {
    const auto now = site.clock.now();
    const auto& shop = visit.shop();
    wire::Json::Array rows, kinds, offered;
    const auto products = TRY(catalog::all(tx, shop.id));
    for (const auto& discount : TRY(discounts(tx, shop))) {
        const auto state = standing(discount, now);
        std::string limits;
        const auto add = [&](const std::string& words) { limits += (limits.empty() ? "" : " · ") + words; };
        if (!discount.creator.empty()) add("for " + discount.creator);
        if (discount.goods_min.minor > 0) add("from " + display(discount.goods_min));
        if (discount.per_customer_max) add(std::to_string(*discount.per_customer_max) + " a customer");
        if (!discount.products.empty())
            add(std::to_string(discount.products.size()) + (discount.products.size() == 1 ? " product" : " products"));
        if (discount.starts > now) add("from " + visit.zone().stamp(discount.starts));
        if (discount.ends) add("until " + visit.zone().stamp(*discount.ends));
        const auto own = visit.base + "/studio/selling/codes/" + discount.code;
        rows.push_back(wire::Json::object(
            {{"code", discount.code},
             {"worth", worth(discount)},
             {"limits", limits},
             {"uses", std::to_string(discount.uses) + (discount.uses_max ? " of " + std::to_string(*discount.uses_max) : "")},
             {"state", state.words},
             {"state_kind", state.kind},
             {"is_off", discount.switched_off},
             {"turn_url", own + (discount.switched_off ? "/on" : "/off")}}));
    }
    const auto text = [&](std::string_view name) { return typed != nullptr ? access::field(*typed, name) : std::string(); };
    struct KindWords {
        std::string_view value, words;
    };
    constexpr KindWords words[] = {{"percent", "percent off"},
                                   {"amount", "an amount off"},
                                   {"shipping", "free shipping"},
                                   {"creator", "no discount: it says through whom they came"}};
    for (const auto& kind : words)
        kinds.push_back(wire::Json::object({{"value", kind.value}, {"words", kind.words}, {"selected", text("kind") == kind.value}}));
    const auto ticked = typed != nullptr ? chosen(*typed, "product") : std::vector<std::string>();
    for (const auto& product : products) {
        if (offered.size() == products_offered_max) break;
        if (!product.published) continue;
        const bool checked = std::ranges::find(ticked, product.id.text) != ticked.end();
        offered.push_back(wire::Json::object({{"id", product.id.text}, {"name", product.name}, {"checked", checked}}));
    }
    auto values = wire::Json::object({{"codes", std::move(rows)},
                                      {"kinds", std::move(kinds)},
                                      {"products", std::move(offered)},
                                      {"some_products", !ticked.empty()},
                                      {"sign", currency_sign(shop.currency)},
                                      {"zone", visit.zone().tag(now)},
                                      {"open", typed != nullptr}});
    std::string elsewhere = access::sentence(problem);
    for (const auto* name : {"code", "value", "goods_min", "starts", "ends", "uses_max", "per_customer_max", "creator"}) {
        values.set(name, text(name));
        const auto error = error_at(problem, name);
        values.set(std::string(name) + "_error", error);
        if (!error.empty()) elsewhere = "One thing is not right yet: see below.";
    }
    values.set("problem", elsewhere);
    return access::StudioPage{.place = "products", .title = "Codes", .template_path = "studio/codes.html", .values = std::move(values)};
}

}  // namespace

Task<http::Response> get_selling(access::Site& site, access::Visit visit) {
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        const auto table = TRY(tax_table(tx, visit.shop()));
        return selling_page(tx, visit, table.home, tax_rates_text(table.rates), "");
    });
}

Task<http::Response> post_selling(access::Site& site, access::Visit visit) {
    const access::Act act = [&](store::Tx& tx, const wire::Json& form) -> Result<std::string> {
        auto shop = visit.shop();
        const auto home = access::field(form, "home_country");
        const auto rates = TRY(read_tax_rates(access::field(form, "rates")));
        shop.home_country = home.empty() ? "" : TRY(access::read_country(home));
        TRY(access::set_home_country(tx, shop.id, shop.home_country));
        TRY(set_tax_rates(tx, shop, rates));
        TRY(access::note_audit(tx, shop.id, "owner", "change_tax", shop.home_country, site.clock.now(), site.random));
        return access::with_toast(site, visit, "/studio/selling", {.text = "Saved. The next total has it."});
    };
    const access::Again again = [&](store::Tx& tx, const wire::Json& form, const Error& error) {
        return selling_page(tx, visit, access::field(form, "home_country"), access::field(form, "rates"), error.text);
    };
    auto response = co_await access::studio_form(site, visit, act, again);
    if (response.status == 303) {
        auto reloaded = co_await site.db.read([&](store::Tx& tx) { return site.directory.reload(tx); });
        if (!reloaded) co_return access::refusal(site, visit, reloaded.error());
    }
    co_return response;
}

Task<http::Response> get_shipping(access::Site& site, access::Visit visit) {
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) { return shipping_page(tx, visit, nullptr, ""); });
}

Task<http::Response> post_zone(access::Site& site, access::Visit visit) {
    const access::Act act = [&](store::Tx& tx, const wire::Json& form) -> Result<std::string> {
        const auto now = site.clock.now();
        const auto zone = TRY(put_zone(tx, visit.shop(), TRY(read_zone(form, visit.shop().currency)), now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "put_shipping_zone", zone.id.text, now, site.random));
        return access::with_toast(site, visit, "/studio/selling/shipping", {.text = zone.name + " is kept. The next total has it."});
    };
    const access::Again again = [&](store::Tx& tx, const wire::Json& form, const Error& error) {
        return shipping_page(tx, visit, &form, error.text);
    };
    co_return co_await access::studio_form(site, visit, act, again);
}

Task<http::Response> post_zone_remove(access::Site& site, access::Visit visit) {
    const Id<Zone> id{visit.request.parameter("id")};
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        TRY(remove_zone(tx, visit.shop().id, id));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "remove_shipping_zone", id.text, site.clock.now(), site.random));
        const bool last = TRY(zones(tx, visit.shop())).empty();
        return access::with_toast(
            site, visit, "/studio/selling/shipping",
            {.text = last ? "Removed. All is sent everywhere for nothing now." : "Removed. Nothing is sent there now."});
    });
}

Task<http::Response> get_codes(access::Site& site, access::Visit visit) {
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) { return codes_page(tx, site, visit, nullptr, ""); });
}

Task<http::Response> post_code(access::Site& site, access::Visit visit) {
    const access::Act act = [&](store::Tx& tx, const wire::Json& form) -> Result<std::string> {
        const auto now = site.clock.now();
        const auto made = TRY(add_discount(tx, visit.shop(), TRY(read_form(form, visit, now)), now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "add_discount", made.code, now, site.random));
        return access::with_toast(site, visit, "/studio/selling/codes", {.text = made.code + " is made."});
    };
    const access::Again again = [&](store::Tx& tx, const wire::Json& form, const Error& error) {
        return codes_page(tx, site, visit, &form, error.text);
    };
    co_return co_await access::studio_form(site, visit, act, again);
}

namespace {
Task<http::Response> post_turn(access::Site& site, access::Visit visit, Switch to) {
    const auto code = visit.request.parameter("code");
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        const bool off = to == Switch::off;
        TRY(switch_discount(tx, visit.shop().id, code, to));
        TRY(access::note_audit(tx, visit.shop().id, "owner", off ? "end_discount" : "resume_discount", code, site.clock.now(),
                               site.random));
        access::Toast toast{.text = folded_code(code) + (off ? " counts no more." : " counts again.")};
        if (off) toast.undo_url = visit.base + "/studio/selling/codes/" + folded_code(code) + "/on";
        return access::with_toast(site, visit, "/studio/selling/codes", toast);
    });
}
}  // namespace

Task<http::Response> post_code_off(access::Site& site, access::Visit visit) { return post_turn(site, std::move(visit), Switch::off); }
Task<http::Response> post_code_on(access::Site& site, access::Visit visit) { return post_turn(site, std::move(visit), Switch::on); }

}  // namespace barrow::checkout
