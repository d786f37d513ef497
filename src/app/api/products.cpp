#include <algorithm>

#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/storefront/product_lint.hpp"
#include "rooms/storefront/shelve.hpp"

namespace barrow::app::api {
namespace {

wire::Json texts(const std::vector<std::string>& list) {
    wire::Json::Array items;
    for (const auto& text : list) items.emplace_back(text);
    return items;
}

wire::Json page_json(const catalog::Explanation& page) {
    wire::Json::Array questions;
    for (const auto& one : page.questions) questions.push_back(wire::Json::object({{"question", one.question}, {"answer", one.answer}}));
    return wire::Json::object({{"gets", texts(page.gets)},
                               {"delivery", page.delivery},
                               {"refund", page.refund},
                               {"steps", texts(page.steps)},
                               {"limits", texts(page.limits)},
                               {"questions", std::move(questions)}});
}

Result<wire::Json> product_json(store::Tx& tx, const access::Site& site, const access::Shop& shop, const catalog::Product& product) {
    std::int64_t left = 0, held = 0, sold = 0;
    for (const auto& allotment : TRY(stock::allotments(tx, shop.id, product.id))) {
        left += allotment.closed ? 0 : allotment.left_count;
        held += allotment.held_count;
        sold += allotment.taken_count;
    }
    return wire::Json::object({{"id", product.id.text},
                               {"slug", product.slug},
                               {"name", product.name},
                               {"price", money_json(product.price)},
                               {"tax_basis_points", product.tax_basis_points},
                               {"tax_behavior", catalog::name(product.tax_behavior)},
                               {"ships", product.ships},
                               {"image", product.image},
                               {"image_alt", product.image_alt},
                               {"published", product.published},
                               {"page", page_json(product.page)},
                               {"units", wire::Json::object({{"left", left}, {"held", held}, {"sold", sold}})},
                               {"url", access::address(site, shop, "/p/" + product.slug)},
                               {"created", time_json(product.created)}});
}

Result<std::vector<std::string>> read_texts(wire::Fields& fields, std::string_view name) {
    std::vector<std::string> out;
    if (!fields.has(name)) return out;
    const auto* list = TRY(fields.array(name, 10));
    for (const auto& one : list->items()) {
        if (!one.is_text()) return fail(Fault::bad_input, "page: \"" + std::string(name) + "\" must be a list of texts");
        out.push_back(one.text());
    }
    return out;
}

Result<catalog::Explanation> read_page(const wire::Json& json) {
    wire::Fields fields(json, "page");
    catalog::Explanation page;
    page.gets = TRY(read_texts(fields, "gets"));
    page.delivery = TRY(fields.text_or("delivery", "", 200));
    page.refund = TRY(fields.text_or("refund", "", 200));
    page.steps = TRY(read_texts(fields, "steps"));
    page.limits = TRY(read_texts(fields, "limits"));
    if (fields.has("questions")) {
        const auto* questions = TRY(fields.array("questions", 10));
        for (const auto& one : questions->items()) {
            wire::Fields pair(one, "question");
            page.questions.push_back({.question = TRY(pair.text("question", 400)), .answer = TRY(pair.text("answer", 400))});
            TRY(pair.done());
        }
    }
    TRY(fields.done());
    return page;
}

// The members that POST and PATCH share; those that are not sent stay as they are.
Status read_into(catalog::Product& product, wire::Fields& fields) {
    if (fields.has("name")) product.name = TRY(fields.text("name", 200));
    if (fields.has("price")) product.price = TRY(read_money(*TRY(fields.object("price")), "price"));
    product.tax_basis_points = static_cast<int>(TRY(fields.integer_or("tax_basis_points", product.tax_basis_points, 0, 5'000)));
    if (fields.has("tax_behavior")) product.tax_behavior = TRY(catalog::read_tax_behavior(TRY(fields.text("tax_behavior", 20))));
    product.ships = TRY(fields.boolean_or("ships", product.ships));
    if (fields.has("image")) product.image = TRY(fields.text_or("image", "", 500));
    if (fields.has("image_alt")) product.image_alt = TRY(fields.text_or("image_alt", "", 500));
    product.published = TRY(fields.boolean_or("published", product.published));
    if (fields.has("page")) product.page = TRY(read_page(*TRY(fields.object("page"))));
    return {};
}

// Names a PATCH, so that one whose answer got lost can be sent again. Without one each counts for itself.
Result<std::string> key_of(const access::Visit& visit, Instant now, Random& random) {
    const auto key = visit.request.header("idempotency-key");
    if (key.empty()) return new_id_text(now, random);
    const bool plain = std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
    if (key.size() > storefront::recount_key_length_max || !plain)
        return fail(Fault::bad_input, "Idempotency-Key: at most 100 letters, digits and signs, such as a UUID");
    return "sent " + std::string(key);
}

}  // namespace

Task<http::Response> get_products(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        const auto after = after_of(visit);
        wire::Json::Array items;
        std::string next, last;
        for (const auto& product : TRY(catalog::all(tx, visit.shop().id))) {
            if (product.id.text <= after) continue;
            if (static_cast<std::int64_t>(items.size()) == limit) {
                next = last;
                break;
            }
            items.push_back(TRY(product_json(tx, site, visit.shop(), product)));
            last = product.id.text;
        }
        return listed(visit, std::move(items), limit, next);
    });
}

Task<http::Response> post_product(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "product");
        catalog::Product product{.slug = TRY(fields.text_or("slug", "", 60)), .price = {0, visit.shop().currency}};
        if (!fields.has("name")) return fail(Fault::bad_input, "product: \"name\" is missing; give it a text");
        if (!fields.has("price"))
            return fail(Fault::bad_input, "product: \"price\" is missing; write {\"minor\": 2400, \"currency\": \"EUR\"}");
        TRY(read_into(product, fields));
        const auto units = TRY(fields.integer_or("units", 0, 0, storefront::units_max));
        TRY(fields.done());
        product = TRY(storefront::shelve(tx, visit.shop(), std::move(product), units, now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, who, "add_product", product.id.text, now, site.random));
        return product_json(tx, site, visit.shop(), product);
    };
    co_return co_await write(site, visit, work, 201);
}

Task<http::Response> get_product(access::Site& site, access::Visit visit) {
    const auto slug = visit.request.parameter("slug");
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        return product_json(tx, site, visit.shop(), TRY(catalog::find(tx, visit.shop().id, slug)));
    });
}

Task<http::Response> patch_product(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "product");
        auto product = TRY(catalog::find(tx, visit.shop().id, slug));
        TRY(read_into(product, fields));
        const auto more = TRY(fields.integer_or("add_units", 0, -storefront::units_max, storefront::units_max));
        TRY(fields.done());
        TRY(storefront::honest(product));
        product = TRY(catalog::change(tx, visit.shop(), std::move(product), now));
        const auto key = TRY(key_of(visit, now, site.random));
        TRY(storefront::recount(tx, {.shop = visit.shop().id, .product = product.id, .change = more, .key = key}, now));
        TRY(access::note_audit(tx, visit.shop().id, who, "change_product", product.id.text, now, site.random));
        return product_json(tx, site, visit.shop(), product);
    };
    co_return co_await write(site, visit, work);
}

}  // namespace barrow::app::api
