#include "rooms/catalog/product.hpp"

#include "floor/wire/form.hpp"
#include "floor/wire/json.hpp"
#include "rooms/access/quotas.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/catalog/catalog.sql.hpp"

namespace barrow::catalog {
namespace {

using wire::fits;

Status fits(std::string_view what, const std::vector<std::string>& texts, std::size_t count, std::size_t most) {
    if (texts.size() > count) return fail(Fault::bad_input, std::string(what) + ": at most " + std::to_string(count) + " lines");
    for (const auto& text : texts) TRY(fits(what, text, most));
    return {};
}

Status examine(const Product& product, const access::Shop& shop) {
    if (!access::is_slug(product.slug, slug_max))
        return fail(Fault::bad_input, "the address \"" + product.slug + "\" must be 2 to 60 of a-z, 0-9 and inner hyphens");
    if (product.name.empty()) return fail(Fault::bad_input, "the product needs a name");
    TRY(fits("the name", product.name, 80));
    if (product.price.currency != shop.currency)
        return fail(Fault::bad_input, "prices of this shop are in " + std::string(shop.currency.code()));
    if (product.price.minor < 0 || product.price.minor > 100'000'000'000)
        return fail(Fault::bad_input, "the price must be between 0 and 1,000,000,000.00");
    if (product.tax_basis_points < 0 || product.tax_basis_points > 5'000)
        return fail(Fault::bad_input, "the tax must be between 0 and 50 %");
    if (!product.image.empty() && (product.image.front() != '/' || product.image.starts_with("//")))
        return fail(Fault::bad_input, "the image must be a path on this site");
    TRY(fits("the image's description", product.image_alt, 140));
    const auto& page = product.page;
    TRY(fits("what you get", page.gets, 3, 100));
    TRY(fits("the delivery", page.delivery, 100));
    TRY(fits("the refund promise", page.refund, 140));
    TRY(fits("how it works", page.steps, 3, 140));
    TRY(fits("who it is not for", page.limits, 5, 140));
    if (page.questions.size() > 3) return fail(Fault::bad_input, "questions: at most 3");
    for (const auto& question : page.questions) {
        TRY(fits("a question", question.question, 100));
        TRY(fits("an answer", question.answer, 300));
    }
    return {};
}

wire::Json texts(const std::vector<std::string>& list) {
    wire::Json::Array items;
    for (const auto& text : list) items.emplace_back(text);
    return items;
}

std::string write_page(const Explanation& page) {
    wire::Json::Array questions;
    for (const auto& question : page.questions) questions.push_back(wire::Json::array({question.question, question.answer}));
    return wire::write_json(wire::Json::object({{"gets", texts(page.gets)},
                                                {"delivery", page.delivery},
                                                {"refund", page.refund},
                                                {"steps", texts(page.steps)},
                                                {"limits", texts(page.limits)},
                                                {"questions", std::move(questions)}}));
}

std::vector<std::string> read_texts(const wire::Json* list) {
    std::vector<std::string> out;
    if (list != nullptr) {
        for (const auto& item : list->items()) out.push_back(item.text());
    }
    return out;
}

Explanation read_page(const std::string& text) {
    const auto json = wire::read_json(text).value();  // ours: a bug when broken
    const auto word = [&](std::string_view name) { return json.find(name) == nullptr ? std::string() : json.find(name)->text(); };
    Explanation page{.gets = read_texts(json.find("gets")),
                     .delivery = word("delivery"),
                     .refund = word("refund"),
                     .steps = read_texts(json.find("steps")),
                     .limits = read_texts(json.find("limits")),
                     .questions = {}};
    if (const auto* questions = json.find("questions")) {
        for (const auto& pair : questions->items()) page.questions.push_back({pair.items()[0].text(), pair.items()[1].text()});
    }
    return page;
}

Product read(const store::Row& row) {
    return {.id = row.id<Product>("id"),
            .slug = row.text("slug"),
            .name = row.text("name"),
            .price = row.money("price_minor", "currency"),
            .tax_basis_points = static_cast<int>(row.integer("tax_basis_points")),
            .tax_behavior = row.text("tax_behavior") == "exclusive" ? TaxBehavior::exclusive : TaxBehavior::inclusive,
            .ships = row.integer("ships") == 1,
            .image = row.text("image"),
            .image_alt = row.text("image_alt"),
            .page = read_page(row.text("page")),
            .published = row.integer("published") == 1,
            .created = row.instant("created_us")};
}

Result<Product> one(const store::Rows& rows, std::string_view named) {
    if (rows.empty()) return fail(Fault::not_found, "there is no product \"" + std::string(named) + "\" in this shop");
    return read(rows[0]);
}

}  // namespace

Result<std::int64_t> count(store::Tx& tx, const Id<access::Shop>& shop) { return TRY(tx.run(sql::count_products, {shop}))[0].integer("n"); }

Result<Product> add(store::Tx& tx, const access::Shop& shop, Product product, Instant now, Random& random) {
    TRY(examine(product, shop));
    TRY(access::within_quota(tx, shop.id, "products", TRY(count(tx, shop.id)) + 1));
    product.id = Id<Product>::make(now, random);
    product.created = now;
    const auto added =
        tx.run(sql::add_product, {shop.id, product.id, product.slug, product.name, product.price.minor, product.price.currency,
                                  product.tax_basis_points, product.image, product.image_alt, write_page(product.page),
                                  product.published ? 1 : 0, now, product.ships ? 1 : 0, name(product.tax_behavior)});
    if (!added) {
        if (added.error().fault == Fault::conflict)
            return fail(Fault::conflict, "this shop has a product \"" + product.slug + "\" already; choose another address");
        return added.error();
    }
    TRY(tx.run(sql::add_price, {shop.id, product.id, now, product.price.minor, product.price.currency}));
    return product;
}

Result<Product> change(store::Tx& tx, const access::Shop& shop, Product product, Instant now) {
    const auto before = TRY(find(tx, shop.id, product.id));
    product.slug = before.slug;
    product.created = before.created;
    TRY(examine(product, shop));
    TRY(tx.run(sql::change_product,
               {shop.id, product.id, product.name, product.price.minor, product.tax_basis_points, product.image, product.image_alt,
                write_page(product.page), product.published ? 1 : 0, product.ships ? 1 : 0, name(product.tax_behavior)}));
    if (product.price.minor != before.price.minor) {
        TRY(tx.run(sql::add_price, {shop.id, product.id, now, product.price.minor, product.price.currency}));
    }
    return product;
}

Result<Product> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug) {
    return one(TRY(tx.run(sql::find_by_slug, {shop, slug})), slug);
}
Result<Product> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Product>& id) {
    return one(TRY(tx.run(sql::find_by_id, {shop, id})), id.text);
}

Result<std::vector<Product>> all(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Product> products;
    for (const auto row : TRY(tx.run(sql::all_products, {shop}))) products.push_back(read(row));
    return products;
}

namespace {
std::string cut(std::string slug, std::size_t length_max) {
    slug.resize(std::min(slug.size(), length_max));
    while (!slug.empty() && slug.back() == '-') slug.pop_back();
    return slug;
}
}  // namespace

std::string slug_of(std::string_view name) {
    std::string slug;
    for (const char c : name) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            slug += c;
        else if (c >= 'A' && c <= 'Z')
            slug += static_cast<char>(c - 'A' + 'a');
        else if (!slug.empty() && slug.back() != '-')
            slug += '-';
    }
    return cut(std::move(slug), slug_max);
}

Result<std::string> free_slug(std::string_view name, std::string_view fallback, const Taken& taken) {
    constexpr int numbers_max = 1'000;  // a weekly show of one title runs for twenty years
    auto slug = slug_of(name);
    if (slug.size() < 2) slug = fallback;
    if (!TRY(taken(slug))) return slug;
    for (int number = 2; number <= numbers_max; ++number) {
        const auto end = "-" + std::to_string(number);
        auto numbered = cut(slug, slug_max - end.size()) + end;
        if (!TRY(taken(numbered))) return numbered;
    }
    return fail(Fault::conflict, "slug: \"" + slug + "\" and a thousand numbers after it are in use; choose another name");
}

Result<std::string> free_slug(store::Tx& tx, const Id<access::Shop>& shop, std::string_view name) {
    return free_slug(name, "product", [&](const std::string& slug) -> Result<bool> {
        if (slug == "new") return true;  // the studio's own address
        return !TRY(tx.run(sql::find_by_slug, {shop, slug})).empty();
    });
}

std::string_view name(TaxBehavior behavior) { return behavior == TaxBehavior::exclusive ? "exclusive" : "inclusive"; }

Result<TaxBehavior> read_tax_behavior(std::string_view word) {
    if (word == "inclusive") return TaxBehavior::inclusive;
    if (word == "exclusive") return TaxBehavior::exclusive;
    return fail(Fault::bad_input, "tax_behavior: say inclusive (the price has it) or exclusive (it comes on top)");
}

std::string price_note(const Product& product, const wire::Words& say) {
    if (product.tax_behavior == TaxBehavior::exclusive) return say("plus tax");
    return tax_words(product.price, product.tax_basis_points, say);
}

std::string tax_words(Money price, int tax_basis_points, const wire::Words& say) {
    if (tax_basis_points == 0) return "";
    return tax_told({portion(price.minor, tax_basis_points, 10'000 + tax_basis_points), price.currency}, tax_basis_points, say);
}

std::string percent_words(int basis_points, const wire::Words& say) {
    auto percent = std::to_string(basis_points / 100);
    if (basis_points % 100 != 0) {
        percent += "." + std::to_string(basis_points % 100 / 10);
        if (basis_points % 10 != 0) percent += std::to_string(basis_points % 10);
    }
    return say.decimal(percent);
}

std::string tax_told(Money tax, int tax_basis_points, const wire::Words& say) {
    return say("includes {percent} % tax, {tax}", {{"percent", percent_words(tax_basis_points, say)}, {"tax", say.money(tax)}});
}

}  // namespace barrow::catalog
