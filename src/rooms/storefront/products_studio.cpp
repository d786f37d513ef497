#include "rooms/storefront/products_studio.hpp"

#include <algorithm>
#include <array>

#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/storefront/product_lint.hpp"
#include "rooms/storefront/shelve.hpp"
#include "rooms/uploads/uploads_http.hpp"

namespace barrow::storefront {
namespace {

// A field of the form: its name, and how a refusal about it begins, here or in catalog.
struct Field {
    std::string_view name;
    std::array<std::string_view, 3> refusals;
};
constexpr std::array<Field, 13> fields{{{"name", {"the product needs", "the name", "name: "}},
                                        {"slug", {"the address", "this shop has a product"}},
                                        {"price", {"price", "the price", "prices of"}},
                                        {"tax", {"tax", "the tax"}},
                                        {"units", {"units"}},
                                        {"image", {"the image must", "image: "}},
                                        {"image_alt", {"the image's"}},
                                        {"page_gets", {"what you get", "gets: "}},
                                        {"page_delivery", {"the delivery", "delivery: "}},
                                        {"page_refund", {"the refund", "refund: "}},
                                        {"page_steps", {"how it works", "steps: "}},
                                        {"page_limits", {"who it is not", "limits: "}},
                                        {"page_questions", {"questions", "a question", "an answer"}}}};

// Which field a refusal belongs to; "" for the form as a whole.
std::string_view field_of(std::string_view problem) {
    for (const auto& field : fields) {
        for (const auto start : field.refusals) {
            if (!start.empty() && problem.starts_with(start)) return field.name;
        }
    }
    return "";
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t')) line.remove_suffix(1);
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
        if (!line.empty()) lines.emplace_back(line);
        at = end + 1;
    }
    return lines;
}

std::string questions_text(const std::vector<catalog::Explanation::Question>& questions) {
    std::vector<std::string> lines;
    for (const auto& one : questions) lines.push_back(one.question + " | " + one.answer);
    return joined(lines);
}

Result<std::vector<catalog::Explanation::Question>> read_questions(std::string_view text) {
    std::vector<catalog::Explanation::Question> questions;
    for (const auto& line : lines_of(text)) {
        const auto bar = line.find('|');
        if (bar == std::string::npos) return fail(Fault::bad_input, "questions: put the answer after a bar, \"Does it float? | Yes.\"");
        const auto question = lines_of(line.substr(0, bar)), answer = lines_of(line.substr(bar + 1));
        if (question.empty() || answer.empty()) return fail(Fault::bad_input, "questions: each needs a question and an answer");
        questions.push_back({question.front(), answer.front()});
    }
    return questions;
}

// What the form shows: as typed, or as the product stands.
struct Typed {
    std::string name, slug, price, tax, units, units_seen, image, image_alt;
    std::string key;  // of this attempt: however often it is sent, its units count once
    std::string gets, delivery, refund, steps, limits, questions;
    bool ships = true, exclusive = false;
    bool published = true;
};

Typed typed_of(const wire::Json& sent) {
    const auto text = [&](std::string_view name) { return access::field(sent, name); };
    return {.name = text("name"),
            .slug = text("slug"),
            .price = text("price"),
            .tax = text("tax"),
            .units = text("units"),
            .units_seen = text("units_seen"),
            .image = text("image"),
            .image_alt = text("image_alt"),
            .key = text("key"),
            .gets = text("page_gets"),
            .delivery = text("page_delivery"),
            .refund = text("page_refund"),
            .steps = text("page_steps"),
            .limits = text("page_limits"),
            .questions = text("page_questions"),
            .ships = text("asks_ships").empty() || !text("ships").empty(),  // a form without the question leaves it as it is sold mostly
            .exclusive = text("tax_behavior") == "exclusive",
            .published = !text("published").empty()};
}

Typed typed_of(const catalog::Product& product, const stock::Standing& standing) {
    const auto units = std::to_string(on_hand(standing));
    return {.name = product.name,
            .slug = product.slug,
            .price = decimal(product.price),
            .tax = percent_field(product.tax_basis_points),
            .units = units,
            .units_seen = units,
            .image = product.image,
            .image_alt = product.image_alt,
            .key = {},
            .gets = joined(product.page.gets),
            .delivery = product.page.delivery,
            .refund = product.page.refund,
            .steps = joined(product.page.steps),
            .limits = joined(product.page.limits),
            .questions = questions_text(product.page.questions),
            .ships = product.ships,
            .exclusive = product.tax_behavior == catalog::TaxBehavior::exclusive,
            .published = product.published};
}

Result<std::int64_t> read_units(const std::string& text) {
    const auto form = wire::Json::object({{"units", text.empty() ? std::string("0") : text}});
    wire::Fields reader(form, "form");
    const auto units = reader.integer("units", 0, units_max);
    if (!units) return fail(Fault::bad_input, "units: a whole number from 0 to 1,000,000");
    return units;
}

// The form's fields put into a product. Refuses (bad_input) what cannot be read, all of it at once, a line for each.
Result<catalog::Product> filled(catalog::Product product, const Typed& typed, Currency currency) {
    std::vector<std::string> problems;
    const auto read = [&](auto result, auto other) {
        if (!result) problems.push_back(result.error().text);
        return result ? *result : other;
    };
    product.name = typed.name;
    if (product.name.empty()) problems.emplace_back("the product needs a name");
    const auto price = read_decimal(typed.price, currency);
    if (price)
        product.price = *price;
    else
        problems.push_back("price: " + (typed.price.empty() ? "say what it costs, such as 24.00" : price.error().text));
    product.tax_basis_points = read(read_percent(typed.tax), 0);
    read(read_units(typed.units), std::int64_t{0});
    product.image = typed.image;
    if (const auto upload = uploads::shown(product.image); upload && upload->is_video()) product.image = upload->picture();  // its frame
    product.image_alt = typed.image_alt;
    product.published = typed.published;
    product.ships = typed.ships;
    product.tax_behavior = typed.exclusive ? catalog::TaxBehavior::exclusive : catalog::TaxBehavior::inclusive;
    product.page = {.gets = lines_of(typed.gets),
                    .delivery = typed.delivery,
                    .refund = typed.refund,
                    .steps = lines_of(typed.steps),
                    .limits = lines_of(typed.limits),
                    .questions = read(read_questions(typed.questions), product.page.questions)};
    if (!problems.empty()) return fail(Fault::bad_input, joined(problems));
    return product;
}

// What stands at a field: the first refusal that belongs to it; at "" what belongs to none.
std::string words_at(const std::vector<std::string>& problems, std::string_view name) {
    const auto found = std::ranges::find(problems, name, [](const auto& problem) { return field_of(problem); });
    if (found == problems.end()) return "";
    return access::at_field(*found, name.starts_with("page_") ? name.substr(5) : name);
}

wire::Json blocks(const Typed& typed, const std::vector<std::string>& problems) {
    struct Block {
        std::string_view name, label, help, limit;
        bool tall;
        const std::string& value;
    };
    const std::array<Block, 6> list{
        {{"page_gets", "What you get", "One thing a line, at most three.", "", true, typed.gets},
         {"page_delivery", "When it is there", "\"With you in three working days\"", "100", false, typed.delivery},
         {"page_refund", "If it does not fit", "One line, with days.", "140", false, typed.refund},
         {"page_steps", "How it works", "One step a line, at most three.", "", true, typed.steps},
         {"page_limits", "Who it is not for", "One a line, at most five. It earns more trust than praise.", "", true, typed.limits},
         {"page_questions", "Questions", "One a line, at most three: Question? | Answer", "", true, typed.questions}}};
    wire::Json::Array out;
    for (const auto& block : list) {
        out.push_back(wire::Json::object({{"name", block.name},
                                          {"label", block.label},
                                          {"help", block.help},
                                          {"value", block.value},
                                          {"limit", block.limit},
                                          {"tall", block.tall},
                                          {"error", words_at(problems, block.name)}}));
    }
    return out;
}

struct FieldName {
    std::string_view name, label;
};
constexpr std::array<FieldName, 7> fields_by_name{{{"name", "Name"},
                                                   {"gets", "What you get"},
                                                   {"delivery", "When it is there"},
                                                   {"refund", "If it does not fit"},
                                                   {"steps", "How it works"},
                                                   {"limits", "Who it is not for"},
                                                   {"questions", "Questions"}}};

// What a careful friend would say before people see the page.
wire::Json lint_values(const catalog::Product& product, bool has_snippet) {
    wire::Json::Array out;
    for (const auto& finding : lint(product, has_snippet)) {
        // The box beside the form asks for the snippet already.
        if (finding.field == "snippet") continue;
        const auto field = std::ranges::find(fields_by_name, finding.field, &FieldName::name);
        const bool named = finding.rule != "missing" && field != fields_by_name.end();
        out.push_back(wire::Json::object({{"text", (named ? std::string(field->label) + ": " : std::string()) + finding.words}}));
    }
    return out;
}

std::string currency_sign(Currency currency) {
    const auto nothing = display({0, currency});
    auto sign = nothing.substr(0, nothing.find('0'));
    while (sign.ends_with(' ')) sign.pop_back();
    return sign;
}

// `product` is nullptr for a new one.
Result<access::StudioPage> form_page(store::Tx& tx, const Doors& doors, const access::Visit& visit, const catalog::Product* product,
                                     const Typed& typed, const std::string& problem) {
    const auto& site = doors.site;
    const auto problems = lines_of(problem);
    const auto uploaded = uploads::shown(typed.image);
    const auto at = [&](std::string_view name) { return words_at(problems, name); };
    const auto elsewhere = at("");
    auto card = wire::Json(false);
    std::string snippet_new;
    if (product != nullptr) {
        const auto standing = TRY(stock::standing(tx, visit.shop().id, product->id));
        for (const auto& snippet : TRY(snippets::of_product(tx, visit.shop().id, product->id, site.clock.now()))) {
            if (snippet.revoked) continue;
            card = snippets::card(site, visit, snippet, telemetry::Surface::none, *product, standing.words, standing.kind, "");
            break;
        }
        if (!card.is_object()) snippet_new = visit.base + "/studio/snippets/new?product=" + product->slug;
    }
    const auto own = visit.base + "/studio/products" + (product != nullptr ? "/" + product->slug : "");
    return access::StudioPage{
        .place = "products",
        .title = product != nullptr ? product->name : "New product",
        .template_path = "studio/product_edit.html",
        .values = wire::Json::object(
            {{"action", own},
             {"is_new", product == nullptr},
             {"public_url", product != nullptr && product->published ? visit.base + "/p/" + product->slug : ""},
             {"address", access::address(site, visit.shop(), product != nullptr ? "/p/" + product->slug : "/p/")},
             {"problem", problems.empty()      ? ""
                         : !elsewhere.empty()  ? elsewhere
                         : problems.size() > 1 ? std::to_string(problems.size()) + " things are not right yet: see below."
                                               : "One thing is not right yet: see below."},
             {"name", typed.name},
             {"name_error", at("name")},
             {"slug", typed.slug},
             {"slug_error", at("slug")},
             {"price", typed.price},
             {"price_error", at("price")},
             {"currency_sign", currency_sign(visit.shop().currency)},
             {"tax", typed.tax},
             {"tax_error", at("tax")},
             {"ships", typed.ships},
             {"exclusive", typed.exclusive},
             {"units", typed.units},
             {"units_seen", typed.units_seen},
             {"key", is_id_text(typed.key) ? typed.key : new_id_text(site.clock.now(), site.random)},
             {"units_error", at("units")},
             {"image", typed.image},
             {"takes_files", doors.uploads.workshop != nullptr},
             {"image_now", uploaded ? visit.base + uploaded->at_least(160) : ""},
             {"image_url", typed.image.empty() ? "" : visit.base + typed.image},
             {"image_error", at("image")},
             {"image_alt", typed.image_alt},
             {"image_alt_error", at("image_alt")},
             {"published", typed.published},
             {"blocks", blocks(typed, problems)},
             {"lint", product != nullptr ? lint_values(*product, card.is_object()) : wire::Json::array()},
             {"snippet", std::move(card)},
             {"snippet_new_url", snippet_new},
             {"archive_url", product != nullptr && product->published ? own + "/archive" : ""}})};
}

}  // namespace

Task<http::Response> get_products(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        wire::Json::Array rows;
        for (const auto& product : TRY(catalog::all(tx, visit.shop().id))) {
            std::int64_t left = 0, held = 0, sold = 0;
            for (const auto& allotment : TRY(stock::allotments(tx, visit.shop().id, product.id))) {
                left += allotment.closed ? 0 : allotment.left_count;
                held += allotment.held_count;
                sold += allotment.taken_count;
            }
            const auto standing = TRY(stock::standing(tx, visit.shop().id, product.id));
            rows.push_back(wire::Json::object({{"href", visit.base + "/studio/products/" + product.slug},
                                               {"public_url", visit.base + "/p/" + product.slug},
                                               {"name", product.name},
                                               {"image", product.image.empty() ? "" : visit.base + product.image},
                                               {"image_alt", product.image_alt},
                                               {"price", display(product.price)},
                                               {"left", std::to_string(left)},
                                               {"held", std::to_string(held)},
                                               {"sold", std::to_string(sold)},
                                               {"state", product.published ? standing.words : "off the stall"},
                                               {"state_kind", product.published ? standing.kind : "muted"},
                                               {"published", product.published}}));
        }
        return access::StudioPage{.place = "products",
                                  .title = "Products",
                                  .template_path = "studio/products.html",
                                  .values = wire::Json::object({{"products", std::move(rows)}})};
    });
}

Task<http::Response> get_new_product(Doors& doors, access::Visit visit) {
    const Typed fresh{.units = "1", .units_seen = "0"};
    co_return co_await access::studio_page(doors.site, visit,
                                           [&](store::Tx& tx) { return form_page(tx, doors, visit, nullptr, fresh, ""); });
}

namespace {
// A form that may bring its picture along.
Task<http::Response> act_with_picture(Doors& doors, access::Visit visit, access::Act act, access::Again again) {
    auto taking = uploads::take_form(doors.uploads, visit);
    auto taken = co_await taking;
    const access::Act acted = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        TRY(Status(taken.files));
        return act(tx, sent);
    };
    co_return co_await access::studio_form(doors.site, visit, std::move(taken.form), acted, again);
}
}  // namespace

Task<http::Response> post_product(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const access::Act act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto typed = typed_of(sent);
        catalog::Product fresh{.slug = typed.slug, .price = {0, visit.shop().currency}};
        auto product = TRY(filled(std::move(fresh), typed, visit.shop().currency));
        product = TRY(shelve(tx, visit.shop(), std::move(product), TRY(read_units(typed.units)), now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "add_product", product.id.text, now, site.random));
        access::Toast toast{.text = product.name + " is kept, not shown yet."};
        if (product.published) {
            toast.text = product.name + " has its own page. It shows on yours once it has a snippet.";
            toast.next_url = visit.base + "/studio/snippets/new?product=" + product.slug;
            toast.next_label = "Write its snippet";
        }
        return access::with_toast(site, visit, "/studio/products/" + product.slug, toast);
    };
    const access::Again again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
        return form_page(tx, doors, visit, nullptr, typed_of(sent), error.text);
    };
    co_return co_await act_with_picture(doors, visit, act, again);
}

Task<http::Response> get_edit(Doors& doors, access::Visit visit) {
    const auto slug = visit.request.parameter("slug");
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        const auto product = TRY(catalog::find(tx, visit.shop().id, slug));
        return form_page(tx, doors, visit, &product, typed_of(product, TRY(stock::standing(tx, visit.shop().id, product.id))), "");
    });
}

Task<http::Response> post_edit(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const access::Act act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto typed = typed_of(sent);
        auto product = TRY(filled(TRY(catalog::find(tx, visit.shop().id, slug)), typed, visit.shop().currency));
        TRY(honest(product));
        product = TRY(catalog::change(tx, visit.shop(), std::move(product), now));
        TRY(recount(tx,
                    {.shop = visit.shop().id,
                     .product = product.id,
                     .change = TRY(read_units(typed.units)) - TRY(read_units(typed.units_seen)),
                     .key = is_id_text(typed.key) ? typed.key : new_id_text(now, site.random)},
                    now));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "change_product", product.id.text, now, site.random));
        return access::with_toast(site, visit, "/studio/products/" + product.slug,
                                  {.text = product.published ? "Saved. Its page shows it now." : "Saved. It is not for sale."});
    };
    const access::Again again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) -> Result<access::StudioPage> {
        const auto product = TRY(catalog::find(tx, visit.shop().id, slug));
        auto typed = typed_of(sent);
        typed.slug = product.slug;
        return form_page(tx, doors, visit, &product, typed, error.text);
    };
    co_return co_await act_with_picture(doors, visit, act, again);
}

namespace {
Task<http::Response> post_set_published(Doors& doors, access::Visit visit, bool published) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        auto product = TRY(catalog::find(tx, visit.shop().id, slug));
        product.published = published;
        TRY(honest(product));
        product = TRY(catalog::change(tx, visit.shop(), std::move(product), now));
        TRY(access::note_audit(tx, visit.shop().id, "owner", published ? "show_product" : "archive_product", product.id.text, now,
                               site.random));
        access::Toast toast{.text = published ? product.name + " is for sale again." : product.name + " is not for sale any more."};
        if (!published) toast.undo_url = visit.base + "/studio/products/" + product.slug + "/show";
        return access::with_toast(site, visit, "/studio/products", toast);
    });
}
}  // namespace

Task<http::Response> post_archive(Doors& doors, access::Visit visit) { return post_set_published(doors, std::move(visit), false); }
Task<http::Response> post_show(Doors& doors, access::Visit visit) { return post_set_published(doors, std::move(visit), true); }

}  // namespace barrow::storefront
