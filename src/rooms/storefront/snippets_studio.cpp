#include "rooms/storefront/snippets_studio.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/access/times.hpp"
#include "rooms/drafts/draft.hpp"
#include "rooms/experiments/experiments.hpp"
#include "rooms/experiments/tally.hpp"
#include "rooms/snippets/lint.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/stock/standing.hpp"
#include "rooms/storefront/publish.hpp"
#include "rooms/storefront/snippet_places.hpp"

namespace barrow::storefront {
namespace {

using telemetry::Surface;

// The surfaces that a creator chooses from; the others follow by themselves.
struct Choice {
    Surface surface;
    std::string_view label;
};
constexpr std::array<Choice, 5> choices{{{Surface::bio, "Your page"},
                                         {Surface::product, "Product page"},
                                         {Surface::live, "Live page"},
                                         {Surface::embed, "Other people's pages"},
                                         {Surface::card, "Pinned card"}}};

std::int64_t bit(Surface surface) { return std::int64_t{1} << static_cast<int>(surface); }

std::string surface_words(std::int64_t surfaces) {
    std::string words;
    for (const auto& choice : choices) {
        if ((surfaces & bit(choice.surface)) != 0) words += (words.empty() ? "" : " · ") + std::string(telemetry::name(choice.surface));
    }
    return words.empty() ? "nowhere" : words;
}

// The bits of the form's boxes in place of the ones before.
std::int64_t read_surfaces(const wire::Json& sent, std::int64_t before) {
    const auto* list = sent.find("surface");
    const auto ticked = [&](std::string_view name) {
        if (list == nullptr) return false;
        if (list->is_text()) return list->text() == name;
        return std::ranges::any_of(list->items(), [&](const auto& one) { return one.is_text() && one.text() == name; });
    };
    for (const auto& choice : choices)
        before = ticked(telemetry::name(choice.surface)) ? before | bit(choice.surface) : before & ~bit(choice.surface);
    return before;
}

// A variant's field: "live_title".
std::string field_of(Surface surface, std::string_view name) { return std::string(telemetry::name(surface)) + "_" + std::string(name); }

// `before` keeps what the form does not ask for: words of the other surfaces.
snippets::Words read_words(const wire::Json& sent, const std::vector<snippets::Variant>& before = {}) {
    const auto text = [&](std::string_view name) { return access::field(sent, name); };
    snippets::Words words{.title = text("title"),
                          .how = text("how"),
                          .proof = text("proof"),
                          .proof_source = text("proof_source"),
                          .proof_url = text("proof_url"),
                          .action = text("action"),
                          .variants = {}};
    for (const auto& choice : choices) {
        words.variants.push_back({.surface = choice.surface,
                                  .title = text(field_of(choice.surface, "title")),
                                  .how = text(field_of(choice.surface, "how")),
                                  .action = text(field_of(choice.surface, "action"))});
    }
    for (const auto& one : before)
        if (std::ranges::find(choices, one.surface, &Choice::surface) == choices.end()) words.variants.push_back(one);
    return snippets::cleaned(std::move(words));
}

// What a form or a snippet says of when.
struct When {
    std::string starts, ends;  // as typed: "2026-12-01T18:00", or ""
    bool nothing_after = false;
};
When read_when(const wire::Json& sent) {
    return {access::field(sent, "starts"), access::field(sent, "ends"), access::field(sent, "nothing_after") == "1"};
}

Result<std::optional<Instant>> read_time(const access::Visit& visit, const std::string& typed, std::string_view name) {
    if (typed.empty()) return std::optional<Instant>();
    const auto time = visit.zone().read(typed);
    if (!time) return fail(Fault::bad_input, std::string(name) + ": a day and a time, like 2026-12-01T18:00");
    return std::optional(*time);
}

Result<snippets::Publication> read_publication(const access::Visit& visit, const wire::Json& sent, std::int64_t surfaces_before,
                                               const std::vector<snippets::Variant>& variants_before = {}) {
    const auto when = read_when(sent);
    return snippets::Publication{.surfaces = read_surfaces(sent, surfaces_before),
                                 .words = read_words(sent, variants_before),
                                 .starts = TRY(read_time(visit, when.starts, "starts")),
                                 .ends = TRY(read_time(visit, when.ends, "ends")),
                                 .nothing_after = when.nothing_after};
}

// The draft that a form writes on: "" and "" when it writes on none.
struct DraftOfForm {
    std::string id;
    std::string seen;                    // see drafts::write_seen
    const drafts::Kept* kept = nullptr;  // as it is now, where it still is
};

// What the form shows. `current` is nullptr for a new snippet.
struct Form {
    const snippets::Snippet* current = nullptr;
    catalog::Product product{.price = {0, euro}};  // chosen, or the snippet's
    std::vector<catalog::Product> products;        // to choose from
    snippets::Words words;
    std::int64_t surfaces = snippets::everywhere;
    When when;
    std::string problem;
    DraftOfForm draft;
};

// The versions that a running experiment shows by turns, in order; empty when none runs.
Result<std::vector<std::int64_t>> tried_versions(store::Tx& tx, const Id<access::Shop>& shop, const Id<snippets::Snippet>& id) {
    std::vector<std::int64_t> versions;
    const auto running = TRY(experiments::running(tx, shop));
    for (const auto& experiment : running) {
        if (experiment.snippet_id != id.text) continue;
        for (const auto& arm : experiment.arms) versions.push_back(arm.snippet_version);
        break;  // the first one is the one that is shown
    }
    return versions;
}

std::string experiment_note(const std::vector<std::int64_t>& versions) {
    if (versions.empty()) return "";
    std::string words;
    for (std::size_t i = 0; i < versions.size(); ++i)
        words += (i == 0 ? "" : i + 1 == versions.size() ? " and " : ", ") + std::to_string(versions[i]);
    return "An experiment shows versions " + words + " by turns. A new version shows when it ends.";
}

// As others will see it. Words that are not signed yet carry no trust cue.
Result<wire::Json> preview(store::Tx& tx, const access::Site& site, const access::Visit& visit, const Form& form) {
    const auto standing = TRY(stock::standing(tx, visit.shop().id, form.product.id));
    if (form.current != nullptr && form.problem.empty() && form.draft.id.empty())
        return snippets::card(site, visit, *form.current, Surface::none, form.product, standing.words, standing.kind, "");
    snippets::Snippet draft{.product = form.product.id, .words = form.words};
    if (draft.words.title.empty()) draft.words.title = "What it does, for whom";
    if (draft.words.how.empty()) draft.words.how = "How, in one sentence.";
    auto card = snippets::card(site, visit, draft, Surface::none, form.product, standing.words, standing.kind, "");
    card.set("doc_url", "");
    return card;
}

std::string_view state_words(const snippets::Snippet& snippet) {
    switch (snippet.state) {
        case snippets::State::scheduled:
            return "waits for its time";
        case snippets::State::published:
            return "shown";
        case snippets::State::expired:
            return "ended";
        case snippets::State::revoked:
            return "taken back";
    }
    return "";
}

// ---- drafts ----------------------------------------------------------------------------------------------------------------------

// As the form calls a field.
std::string label_of(std::string_view field) {
    struct Label {
        std::string_view field, label;
    };
    constexpr std::array<Label, 13> labels{{{"title", "What it does, for whom"},
                                            {"how", "How"},
                                            {"proof", "Why believe it"},
                                            {"proof_source", "Whose words"},
                                            {"proof_url", "Where it can be read"},
                                            {"action", "Words of the button"},
                                            {"product", "Product"},
                                            {"surface", "Where it shows"},
                                            {"starts", "From"},
                                            {"ends", "Until"},
                                            {"nothing_after", "Show nothing afterwards"},
                                            {"snippet", "The snippet that it changes"},
                                            {"life", "The draft itself"}}};
    const auto found = std::ranges::find(labels, field, &Label::field);
    if (found != labels.end()) return std::string(found->label);
    for (const auto& choice : choices) {
        const auto own = std::string(telemetry::name(choice.surface)) + "_";
        if (field.starts_with(own)) return std::string(choice.label) + ": " + label_of(field.substr(own.size()));
    }
    return std::string(field);
}

// "Android phone, 29 November 2026, 10:41 CET"
std::string whose(const access::Visit& visit, const drafts::Head& head) {
    return head.by + ", " + access::date_and_time(visit.zone(), Instant{head.ms * 1'000});
}

// What else was written of each field, by whom and when.
wire::Json::Array other_words(const access::Visit& visit, const drafts::Document& draft) {
    wire::Json::Array list;
    for (const auto& field : drafts::conflicts(draft)) {
        const auto heads = drafts::choices(draft, field);
        const bool shows_first = field != drafts::life_field;  // of a life, the draft stands and the others are told
        for (std::size_t i = shows_first ? 1 : 0; i < heads.size(); ++i) {
            if (!shows_first && heads[i].value == drafts::life_draft) continue;
            list.push_back(wire::Json::object({{"label", label_of(field)},
                                               {"text", heads[i].value.empty() ? "(nothing)" : heads[i].value},
                                               {"whose", whose(visit, heads[i])}}));
        }
    }
    return list;
}

std::string draft_note(const access::Visit& visit, const DraftOfForm& draft) {
    if (draft.id.empty()) return "";
    if (draft.kept == nullptr) return "This draft is not kept any more. Keep it again, and it is a new one.";
    const auto life = drafts::life(draft.kept->document);
    const auto when = access::date_and_time(visit.zone(), draft.kept->changed);
    if (life == drafts::life_removed) return "This draft was removed on " + when + ". Keep it, and it is back.";
    if (life == drafts::life_published) return "This draft was published on " + when + ". Keep it, and it is a draft again.";
    return "A draft, kept on " + when + ". No surface shows it.";
}

std::string surfaces_text(std::int64_t surfaces) {
    std::string text;
    for (const auto& choice : choices)
        if ((surfaces & bit(choice.surface)) != 0) text += (text.empty() ? "" : " ") + std::string(telemetry::name(choice.surface));
    return text;
}

std::vector<std::pair<std::string, std::string>> draft_values(const wire::Json& sent) {
    const auto words = read_words(sent);
    const auto when = read_when(sent);
    std::vector<std::pair<std::string, std::string>> values{{"product", access::field(sent, "product")},
                                                            {"title", words.title},
                                                            {"how", words.how},
                                                            {"proof", words.proof},
                                                            {"proof_source", words.proof_source},
                                                            {"proof_url", words.proof_url},
                                                            {"action", words.action},
                                                            {"surface", surfaces_text(read_surfaces(sent, 0))},
                                                            {"starts", when.starts},
                                                            {"ends", when.ends},
                                                            {"nothing_after", when.nothing_after ? "1" : ""},
                                                            {"snippet", access::field(sent, "snippet")}};
    for (const auto& choice : choices)
        for (const auto* part : {"title", "how", "action"})
            values.emplace_back(field_of(choice.surface, part), access::field(sent, field_of(choice.surface, part)));
    return values;
}

// The same form as if it had been typed.
wire::Json typed_of(const drafts::Document& draft) {
    auto sent = wire::Json::object();
    for (const auto& field : draft.fields) sent.set(field.first, drafts::value(draft, field.first));
    wire::Json::Array ticked;
    const auto surfaces = drafts::value(draft, "surface");
    for (const auto& choice : choices)
        if ((" " + surfaces + " ").find(" " + std::string(telemetry::name(choice.surface)) + " ") != std::string::npos)
            ticked.push_back(telemetry::name(choice.surface));
    // Never asked, or nowhere: both are a choice of the form.
    if (draft.fields.contains("surface")) sent.set("surface", std::move(ticked));
    return sent;
}

http::Response told_of(drafts::Pen& pen, http::Response answer) {
    if (access::was_done(answer)) pen.committed();
    return answer;
}

// What was published is no draft any more, but what an unsent device wrote into it brings it back there.
Status end_draft(store::Tx& tx, const access::Visit& visit, const wire::Json& sent, drafts::Pen& pen, Instant now, Random& random) {
    const auto id = access::field(sent, "draft");
    if (id.empty()) return {};
    const auto ended =
        drafts::turn(tx, visit.shop().id, id, drafts::life_published, drafts::read_seen(access::field(sent, "seen")), pen, now, random);
    if (!ended && ended.error().fault != Fault::not_found) return ended.error();
    return {};
}

Result<access::StudioPage> form_page(store::Tx& tx, const access::Site& site, const access::Visit& visit, const Form& form) {
    const auto& shop = visit.shop();
    const auto now = site.clock.now();
    // Snippets name the field in front: "title: …", or "title has 70 characters …".
    std::vector<std::string> names{"product", "title", "how", "proof_source", "proof_url", "proof", "action", "starts", "ends"};
    for (const auto& choice : choices)
        for (const auto* part : {".title", ".how", ".action"}) names.push_back(std::string(telemetry::name(choice.surface)) + part);
    const auto named = std::ranges::find_if(
        names, [&](const auto& name) { return form.problem.starts_with(name + ":") || form.problem.starts_with(name + " "); });
    const auto wrong = named == names.end() ? std::string() : *named;
    const auto at = [&](std::string_view name) { return wrong == name ? access::at_field(form.problem, name) : std::string(); };

    wire::Json::Array products, surfaces, versions;
    for (const auto& product : form.products) {
        products.push_back(wire::Json::object({{"id", product.id.text},
                                               {"name", product.name},
                                               {"price", display(product.price)},
                                               {"image", product.image},
                                               {"selected", product.id == form.product.id}}));
    }
    for (const auto& choice : choices) {
        surfaces.push_back(wire::Json::object(
            {{"name", telemetry::name(choice.surface)}, {"label", choice.label}, {"checked", (form.surfaces & bit(choice.surface)) != 0}}));
    }
    wire::Json::Array variants, advice;
    bool says_otherwise = false;
    for (const auto& choice : choices) {
        const auto found = std::ranges::find(form.words.variants, choice.surface, &snippets::Variant::surface);
        const auto said = found == form.words.variants.end() ? snippets::Variant() : *found;
        const auto place = std::string(telemetry::name(choice.surface)) + ".";
        const auto part = [&](std::string_view name, std::string_view label, const std::string& value, std::size_t limit) {
            return wire::Json::object({{"field", field_of(choice.surface, name)},
                                       {"label", label},
                                       {"value", value},
                                       {"limit", std::to_string(limit)},
                                       {"error", at(place + std::string(name))}});
        };
        says_otherwise = says_otherwise || found != form.words.variants.end() || wrong.starts_with(place);
        variants.push_back(
            wire::Json::object({{"label", choice.label},
                                {"parts", wire::Json::array({part("title", "What it does, for whom", said.title, snippets::title_max),
                                                             part("how", "How", said.how, snippets::how_max),
                                                             part("action", "Words of the button", said.action, snippets::action_max)})}}));
    }
    if (form.problem.empty()) {
        for (const auto& finding : snippets::lint(form.words))
            if (!finding.blocks) advice.push_back(wire::Json::object({{"text", access::sentence(finding.words)}}));
    }
    const auto* current = form.current;
    std::string note;
    auto places = wire::Json::array();
    if (current != nullptr) {
        const auto tried = TRY(tried_versions(tx, shop.id, current->id));
        note = experiment_note(tried);
        places = TRY(places_of(tx, visit, *current, tried));
        for (const auto& line : TRY(snippets::versions(tx, shop.id, current->id))) {
            auto shown = *current;
            shown.version = line.version;
            shown.digest = line.digest;
            const bool waits = line.starts > now && !line.called_off, is_shown = line.version == current->version;
            const auto act = visit.base + "/studio/snippets/" + current->id.text + "/versions/" + std::to_string(line.version);
            const auto words = std::ranges::find(tried, line.version) != tried.end() ? std::string("in the experiment")
                               : line.called_off                                     ? std::string("called off")
                               : waits                                        ? "from " + access::date_and_time(visit.zone(), line.starts)
                               : !is_shown                                    ? line.title
                               : current->state != snippets::State::published ? std::string(state_words(*current))
                               : !tried.empty()                               ? std::string("waits")
                               : line.ends ? "shown until " + access::date_and_time(visit.zone(), *line.ends)
                                           : std::string("shown now");
            versions.push_back(wire::Json::object({{"version", std::to_string(line.version)},
                                                   {"when", access::long_date(visit.zone(), line.published)},
                                                   {"words", words},
                                                   {"href", visit.base + snippets::document_path(shown)},
                                                   {"back_url", !is_shown && !waits && !current->revoked ? act + "/show" : ""},
                                                   {"off_url", waits ? act + "/call-off" : ""}}));
        }
    }
    const auto own = visit.base + "/studio/snippets" + (current != nullptr ? "/" + current->id.text : "");
    const bool live = current != nullptr && !current->revoked;
    return access::StudioPage{
        .place = "snippets",
        .title = current != nullptr       ? current->words.title
                 : !form.draft.id.empty() ? "Draft of a snippet"
                                          : "New snippet",
        .template_path = "studio/snippet_edit.html",
        .values = wire::Json::object(
            {{"action", own},
             {"problem", form.problem.empty() ? ""
                         : wrong.empty()      ? access::sentence(form.problem)
                                              : "One thing is not right yet: see below."},
             {"note", note},
             {"products", std::move(products)},
             {"product_error", at("product")},
             {"title_text", form.words.title},
             {"title_error", at("title")},
             {"title_limit", std::to_string(snippets::title_max)},
             {"how", form.words.how},
             {"how_error", at("how")},
             {"how_limit", std::to_string(snippets::how_max)},
             {"proof", form.words.proof},
             {"proof_error", at("proof")},
             {"proof_limit", std::to_string(snippets::proof_max)},
             {"proof_source", form.words.proof_source},
             {"proof_source_error", at("proof_source")},
             {"proof_url", form.words.proof_url},
             {"proof_url_error", at("proof_url")},
             {"call", form.words.action},
             {"call_error", at("action")},
             {"call_limit", std::to_string(snippets::action_max)},
             {"bytes", current != nullptr ? std::to_string(current->document.size()) : ""},
             {"bytes_limit", std::to_string(snippets::document_bytes_max)},
             {"surfaces", std::move(surfaces)},
             {"variants", std::move(variants)},
             {"says_otherwise", says_otherwise},
             {"advice", std::move(advice)},
             {"zone", visit.zone().tag(now)},
             {"timed", !form.when.starts.empty() || !form.when.ends.empty() || wrong == "starts" || wrong == "ends"},
             {"starts", form.when.starts},
             {"starts_error", at("starts")},
             {"ends", form.when.ends},
             {"ends_error", at("ends")},
             {"nothing_after", form.when.nothing_after},
             {"titles", wire::Json::array()},
             {"keep_url", visit.base + "/studio/drafts"},
             {"draft", form.draft.id},
             {"seen", form.draft.seen},
             {"changes", current != nullptr ? current->id.text : ""},
             {"draft_note", draft_note(visit, form.draft)},
             {"others", form.draft.kept != nullptr ? other_words(visit, form.draft.kept->document) : wire::Json::Array()},
             {"remove_url", form.draft.kept != nullptr && drafts::life(form.draft.kept->document) == drafts::life_draft
                                ? visit.base + "/studio/drafts/" + form.draft.id + "/remove"
                                : ""},
             {"snippet", TRY(preview(tx, site, visit, form))},
             {"versions", std::move(versions)},
             {"places", std::move(places)},
             {"pin_card", live ? TRY(pinned_card(site, visit, *current, form.product)) : wire::Json(false)},
             {"embed_code", live ? embed_code(access::address(site, shop, ""), *current, form.product) : ""},
             {"revoke_url", live ? own + "/revoke" : ""},
             {"restore_url", current != nullptr && current->revoked ? own + "/restore" : ""}})};
}

// The product named by slug or id, else the first that has no snippet yet, else the first.
Result<catalog::Product> chosen(store::Tx& tx, const Id<access::Shop>& shop, const std::vector<catalog::Product>& products,
                                std::string_view wanted, Instant now) {
    for (const auto& product : products) {
        if (product.slug == wanted || product.id.text == wanted) return product;
    }
    const auto all = TRY(snippets::all(tx, shop, now));
    for (const auto& product : products) {
        if (std::ranges::none_of(all, [&](const auto& snippet) { return snippet.product == product.id; })) return product;
    }
    return products.front();
}

// A shop without a product has nothing to say yet: make one first.
Result<access::StudioPage> new_page(store::Tx& tx, const access::Site& site, const access::Visit& visit, std::string_view wanted,
                                    Form form) {
    form.products = TRY(catalog::all(tx, visit.shop().id));
    if (form.products.empty()) return fail(Fault::conflict, "A snippet explains a product: make one first, under Products.");
    form.product = TRY(chosen(tx, visit.shop().id, form.products, wanted, site.clock.now()));
    return form_page(tx, site, visit, form);
}

Result<Form> form_of(store::Tx& tx, const access::Visit& visit, const snippets::Snippet& current, Instant now) {
    auto product = TRY(catalog::find(tx, visit.shop().id, current.product));
    When when;
    if (current.starts > now) when.starts = visit.zone().typed(current.starts);
    if (current.ends && *current.ends > now) {  // a typo that is mended does not take the end away
        when.ends = visit.zone().typed(*current.ends);
        when.nothing_after = current.nothing_after;
    }
    return Form{.current = &current,
                .product = product,
                .products = {product},
                .words = current.words,
                .surfaces = current.surfaces,
                .when = std::move(when)};
}

// The form with what was typed into it, or kept of it: of a new snippet, or of the next version of the one that it names.
Result<access::StudioPage> typed_page(store::Tx& tx, const access::Site& site, const access::Visit& visit, const wire::Json& typed,
                                      const std::string& problem, const std::string& seen) {
    const auto now = site.clock.now();
    const auto& shop = visit.shop().id;
    DraftOfForm draft{.id = access::field(typed, "draft"), .seen = seen};
    std::optional<drafts::Kept> kept;
    if (!draft.id.empty()) {
        if (auto found = drafts::find(tx, shop, draft.id)) kept = std::move(*found);
        if (kept) draft.kept = &*kept;
    }
    const auto words = read_words(typed);
    const auto surfaces = [&](std::int64_t before) {
        return typed.find("surface") == nullptr && problem.empty() ? before : read_surfaces(typed, before);
    };
    const Id<snippets::Snippet> changes{access::field(typed, "snippet")};
    const auto current = snippets::find(tx, shop, changes, now);  // none of a new one, nor of one that is not there any more
    if (!current && current.error().fault != Fault::not_found) return current.error();
    if (!current) {
        return new_page(tx, site, visit, access::field(typed, "product"),
                        {.words = words,
                         .surfaces = surfaces(snippets::everywhere),
                         .when = read_when(typed),
                         .problem = problem,
                         .draft = std::move(draft)});
    }
    auto form = TRY(form_of(tx, visit, *current, now));
    form.words = words;
    form.surfaces = surfaces(current->surfaces);
    form.when = read_when(typed);
    form.problem = problem;
    form.draft = std::move(draft);
    return form_page(tx, site, visit, form);
}

// "It is signed. It shows from now on."
std::string told(const std::string& done, const access::Visit& visit, const std::optional<Instant>& starts, Instant now) {
    return done + " It shows " +
           (starts && *starts > now ? "from " + access::date_and_time(visit.zone(), *starts) + " on." : "from now on.");
}

}  // namespace

Task<http::Response> get_snippets(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        const auto tallies = TRY(experiments::tallies(tx, visit.shop().id));
        wire::Json::Array rows, drafts;
        for (const auto& draft : TRY(drafts::all(tx, visit.shop().id))) {
            const auto title = drafts::value(draft.document, "title");
            const auto open = drafts::conflicts(draft.document).size();
            drafts.push_back(wire::Json::object({{"href", visit.base + "/studio/drafts/" + draft.document.id},
                                                 {"title", title.empty() ? "Nothing said yet" : title},
                                                 {"when", access::date_and_time(visit.zone(), draft.changed)},
                                                 {"to_choose", open == 0   ? ""
                                                               : open == 1 ? "1 field to choose"
                                                                           : std::to_string(open) + " fields to choose"}}));
        }
        for (const auto& snippet : TRY(snippets::all(tx, visit.shop().id, now))) {
            const auto product = TRY(catalog::find(tx, visit.shop().id, snippet.product));
            const auto found = tallies.find(snippet.number);
            const auto tally = found == tallies.end() ? experiments::Tally() : found->second;
            const bool shows = snippet.state == snippets::State::published;
            rows.push_back(wire::Json::object({{"href", visit.base + "/studio/snippets/" + snippet.id.text},
                                               {"title", snippet.words.title},
                                               {"product_name", product.name},
                                               {"version", std::to_string(snippet.version)},
                                               {"state", shows && !product.published ? "waits for its product" : state_words(snippet)},
                                               {"state_kind", shows && product.published ? "good" : "muted"},
                                               {"surfaces", surface_words(snippet.surfaces)},
                                               {"seen", wire::grouped(tally.seen)},
                                               {"clicks", wire::grouped(tally.taps)},
                                               {"orders", wire::grouped(tally.orders)}}));
        }
        return access::StudioPage{.place = "snippets",
                                  .title = "Snippets",
                                  .template_path = "studio/snippets.html",
                                  .values = wire::Json::object({{"snippets", std::move(rows)}, {"drafts", std::move(drafts)}})};
    });
}

Task<http::Response> get_new_snippet(Doors& doors, access::Visit visit) {
    const auto wanted = visit.request.query_value("product").value_or("");
    auto response =
        co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) { return new_page(tx, doors.site, visit, wanted, {}); });
    if (response.status != http::status(Fault::conflict)) co_return response;
    const access::Toast toast{.text = "A snippet explains a product: make the product first."};
    co_return access::see_other(visit, access::with_toast(doors.site, visit, "/studio/products/new", toast));
}

Task<http::Response> post_snippet(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    drafts::Pen pen(doors.draft_pens);
    const auto act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        snippets::NewSnippet wanted{.slug = "",
                                    .product = {access::field(sent, "product")},
                                    .publication = TRY(read_publication(visit, sent, snippets::everywhere))};
        if (!catalog::find(tx, visit.shop().id, wanted.product)) return fail(Fault::bad_input, "product: choose one of this shop");
        const auto snippet = TRY(storefront::publish(tx, visit.shop(), std::move(wanted), site.secrets, now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "publish_snippet", snippet.id.text, now, site.random));
        TRY(end_draft(tx, visit, sent, pen, now, site.random));
        return access::with_toast(site, visit, "/studio/snippets/" + snippet.id.text,
                                  {.text = told("It is signed.", visit, snippet.starts, now)});
    };
    const auto again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
        return typed_page(tx, site, visit, sent, error.text, access::field(sent, "seen"));
    };
    co_return told_of(pen, co_await access::studio_form(site, visit, act, again));
}

Task<http::Response> get_snippet_edit(Doors& doors, access::Visit visit) {
    const Id<snippets::Snippet> id{visit.request.parameter("id")};
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        const auto current = TRY(snippets::find(tx, visit.shop().id, id, doors.site.clock.now()));
        return form_page(tx, doors.site, visit, TRY(form_of(tx, visit, current, doors.site.clock.now())));
    });
}

Task<http::Response> post_snippet_edit(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<snippets::Snippet> id{visit.request.parameter("id")};
    drafts::Pen pen(doors.draft_pens);
    const auto act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto before = TRY(snippets::find(tx, visit.shop().id, id, now));
        if (before.revoked) return fail(Fault::conflict, "It was taken back. Show it again first, then publish.");
        const auto publication = TRY(read_publication(visit, sent, before.surfaces, before.words.variants));
        const auto snippet = TRY(snippets::publish_again(tx, visit.shop(), id, publication, site.secrets, now));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "publish_snippet", id.text, now, site.random));
        TRY(end_draft(tx, visit, sent, pen, now, site.random));
        const bool tried = !TRY(tried_versions(tx, visit.shop().id, id)).empty();
        return access::with_toast(site, visit, "/studio/snippets/" + id.text,
                                  {.text = tried ? std::string("It is signed. It shows when the experiment ends.")
                                                 : told("It is signed.", visit, publication.starts, now)});
    };
    const auto again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) -> Result<access::StudioPage> {
        auto typed = sent;
        typed.set("snippet", id.text);
        return typed_page(tx, site, visit, typed, error.text, access::field(sent, "seen"));
    };
    co_return told_of(pen, co_await access::studio_form(site, visit, act, again));
}

namespace {
enum class Turn : std::uint8_t { revoke, restore };
Task<http::Response> post_turn(Doors& doors, access::Visit visit, Turn turn) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<snippets::Snippet> id{visit.request.parameter("id")};
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        const bool revoked = turn == Turn::revoke;
        TRY(revoked ? snippets::revoke(tx, visit.shop().id, id, now) : snippets::restore(tx, visit.shop().id, id, now));
        TRY(access::note_audit(tx, visit.shop().id, "owner", revoked ? "revoke_snippet" : "restore_snippet", id.text, now, site.random));
        access::Toast toast{.text = revoked ? "Taken back: no surface shows it now." : "It shows again."};
        if (revoked) toast.undo_url = visit.base + "/studio/snippets/" + id.text + "/restore";
        return access::with_toast(site, visit, "/studio/snippets", toast);
    });
}
}  // namespace

namespace {
std::int64_t version_of(const access::Visit& visit) {
    const auto text = visit.request.parameter("version");
    std::int64_t version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    return version;
}
}  // namespace

Task<http::Response> post_snippet_version_show(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<snippets::Snippet> id{visit.request.parameter("id")};
    const auto version = version_of(visit);
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        const auto before = TRY(snippets::find(tx, visit.shop().id, id, now));
        const auto snippet = TRY(snippets::roll_back(tx, visit.shop(), id, version, site.secrets, now));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "roll_back_snippet", id.text, now, site.random));
        access::Toast toast{.text = "The words of version " + std::to_string(version) + " show again, as version " +
                                    std::to_string(snippet.version) + "."};
        if (before.state == snippets::State::published)
            toast.undo_url = visit.base + "/studio/snippets/" + id.text + "/versions/" + std::to_string(before.version) + "/show";
        return access::with_toast(site, visit, "/studio/snippets/" + id.text, toast);
    });
}

Task<http::Response> post_snippet_version_call_off(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<snippets::Snippet> id{visit.request.parameter("id")};
    const auto version = version_of(visit);
    co_return co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        TRY(snippets::call_off(tx, visit.shop().id, id, version, now));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "call_off_snippet", id.text, now, site.random));
        return access::with_toast(site, visit, "/studio/snippets/" + id.text,
                                  {.text = "Version " + std::to_string(version) + " is called off: it never shows."});
    });
}

Task<http::Response> post_snippet_revoke(Doors& doors, access::Visit visit) { return post_turn(doors, std::move(visit), Turn::revoke); }
Task<http::Response> post_snippet_restore(Doors& doors, access::Visit visit) { return post_turn(doors, std::move(visit), Turn::restore); }

Task<http::Response> get_draft(Doors& doors, access::Visit visit) {
    const auto id = std::string(visit.request.parameter("id"));
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        const auto kept = TRY(drafts::find(tx, visit.shop().id, id));
        auto typed = typed_of(kept.document);
        typed.set("draft", id);
        return typed_page(tx, doors.site, visit, typed, "", drafts::write_seen(kept.document));
    });
}

Task<http::Response> post_draft(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    drafts::Pen pen(doors.draft_pens);
    const auto act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        drafts::Typed typed{.id = access::field(sent, "draft"),
                            .values = draft_values(sent),
                            .seen = drafts::read_seen(access::field(sent, "seen")),
                            .by = "the form"};
        // The thirty days are over: its words are still in the form.
        if (!typed.id.empty()) {
            const auto there = drafts::find(tx, visit.shop().id, typed.id);
            if (!there && there.error().fault != Fault::not_found) return there.error();
            if (!there) typed.id.clear();
        }
        const auto kept = TRY(drafts::keep(tx, visit.shop().id, typed, pen, now, site.random));
        const auto open = drafts::conflicts(kept.document).size();
        return access::with_toast(site, visit, "/studio/drafts/" + kept.document.id,
                                  {.text = open == 0 ? "Kept as a draft. No surface shows it."
                                                     : "Kept as a draft. Another device wrote on it meanwhile: both are kept, choose."});
    };
    const auto again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
        return typed_page(tx, site, visit, sent, error.text, access::field(sent, "seen"));
    };
    co_return told_of(pen, co_await access::studio_form(site, visit, act, again));
}

namespace {
Task<http::Response> post_draft_life(Doors& doors, access::Visit visit, std::string_view life) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto id = std::string(visit.request.parameter("id"));
    drafts::Pen pen(doors.draft_pens);
    const auto act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        TRY(drafts::turn(tx, visit.shop().id, id, life, drafts::read_seen(access::field(sent, "seen")), pen, now, site.random));
        if (life == drafts::life_draft) return access::with_toast(site, visit, "/studio/drafts/" + id, {.text = "It is a draft again."});
        return access::with_toast(
            site, visit, "/studio/snippets",
            {.text = "The draft is removed. It is kept for thirty days.", .undo_url = visit.base + "/studio/drafts/" + id + "/restore"});
    };
    co_return told_of(pen, co_await access::studio_form(site, visit, act));
}
}  // namespace

Task<http::Response> post_draft_remove(Doors& doors, access::Visit visit) {
    return post_draft_life(doors, std::move(visit), drafts::life_removed);
}
Task<http::Response> post_draft_restore(Doors& doors, access::Visit visit) {
    return post_draft_life(doors, std::move(visit), drafts::life_draft);
}

}  // namespace barrow::storefront
