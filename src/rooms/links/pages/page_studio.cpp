#include "rooms/links/pages/page_studio.hpp"

#include <algorithm>
#include <charconv>

#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/access/theme.hpp"
#include "rooms/links/pages/numbers.hpp"
#include "rooms/links/pages/page_form.hpp"
#include "rooms/links/pages/show.hpp"
#include "rooms/snippets/show.hpp"

namespace barrow::pages {
namespace {

constexpr std::size_t suggestions_max = 100;  // links and products that a field proposes while one types

std::string name_of(const Page& page) { return page.is_bio() ? std::string(bio_name) : page.slug; }
std::string editor_of(const Page& page) { return page.is_bio() ? "/studio/page" : "/studio/pages/" + page.slug; }

// Which form of the editor came back, and what is not right in it.
struct Trouble {
    enum class At : std::uint8_t { nothing, whole, block, new_block, about, new_page } at = At::nothing;
    std::int64_t block = 0;
    const Kind* kind = nullptr;  // of a new block
    const wire::Json* sent = nullptr;
    std::string problem;
};

// "blocks[3].link: …" is about the third block; "link: …" about the one that was sent.
struct About {
    std::optional<std::size_t> block;
    std::string problem;
};
About about(const std::string& problem) {
    constexpr std::string_view mark = "blocks[";
    std::size_t n = 0;
    if (!problem.starts_with(mark)) return {{}, problem};
    const auto read = std::from_chars(problem.data() + mark.size(), problem.data() + problem.size(), n);
    if (read.ec != std::errc() || n == 0 || std::string_view(read.ptr).substr(0, 2) != "].") return {{}, problem};
    return {n - 1, std::string(read.ptr + 2)};
}

Result<Choices> choices_of(store::Tx& tx, const links::Doors& doors, const access::Visit& visit) {
    const auto& shop = visit.shop().id;
    Choices choices;
    choices.base = visit.base;
    choices.takes_files = doors.uploads.workshop != nullptr;
    for (const auto& product : TRY(catalog::all(tx, shop))) {
        if (product.published) choices.products.emplace_back(product.slug, product.name);
    }
    for (const auto& snippet : TRY(snippets::all(tx, shop, doors.site.clock.now())))
        choices.snippets.emplace_back(snippet.slug, snippet.words.title);
    return choices;
}

Status put_suggestions(store::Tx& tx, const Id<access::Shop>& shop, wire::Json& values) {
    wire::Json::Array targets, files;
    const auto add = [](wire::Json::Array& list, const std::string& value, const std::string& label) {
        if (list.size() < suggestions_max && !value.empty()) list.push_back(wire::Json::object({{"value", value}, {"label", label}}));
    };
    for (const auto& upload : TRY(uploads::list(tx, shop))) add(files, upload.path(), upload.alt.empty() ? upload.name : upload.alt);
    for (const auto& product : TRY(catalog::all(tx, shop))) {
        add(targets, "/p/" + product.slug, product.name);
        add(files, product.image, product.name);
    }
    for (const auto& link : TRY(links::list(tx, shop))) add(targets, link.slug, link.title.empty() ? link.target : link.title);
    values.set("targets", std::move(targets)).set("files", std::move(files));
    return {};
}

wire::Json kind_values(const Page& page, const access::Visit& visit, const std::string& action, bool takes_mail) {
    wire::Json::Array out;
    for (const auto& kind : kinds()) {
        if (kind.needs_mail && !takes_mail) continue;
        const bool there = kind.once && std::ranges::find(page.draft.blocks, &kind, &Block::kind) != page.draft.blocks.end();
        const bool asks = kind.items_max > 0 || std::ranges::any_of(kind.fields, [](const Field& field) { return field.required; });
        out.push_back(wire::Json::object(
            {{"name", kind.name},
             {"label", kind.label},
             {"help", kind.help},
             {"there", there},
             {"at_once", !asks && !there},
             {"href", asks && !there ? visit.base + editor_of(page) + "?add=" + std::string(kind.name) + "#new-block" : ""},
             {"action", action + "/blocks"}}));
    }
    return out;
}

wire::Json style_values(const Content& draft, const access::Shop& shop) {
    wire::Json::Array out;
    for (const auto& style : access::styles()) {
        out.push_back(wire::Json::object({{"name", style.name},
                                          {"label", style.label},
                                          {"words", style.words},
                                          {"properties", access::style_properties(style.name, shop.accent, shop.paper)},
                                          {"checked", draft.style == style.name || (draft.style.empty() && style.properties.empty())}}));
    }
    return out;
}

std::string state_of(const Page& page, const Zone& zone) {
    if (page.number == 0) return "This is the page as it came. Visitors see it until you publish your own.";
    if (!page.published_at)
        return page.is_bio() ? "Not published yet: visitors see the page as it came." : "Not published yet: nobody sees it.";
    const auto when = access::date_and_time(zone, *page.published_at);
    return page.differs() ? "Changed since it was published, " + when + "." : "Visitors see this, published " + when + ".";
}

Result<access::StudioPage> editor(store::Tx& tx, const links::Doors& doors, const access::Visit& visit, std::string_view slug,
                                  const Trouble& trouble, wire::Json settings = {}) {
    const auto& shop = visit.shop();
    const auto now = doors.site.clock.now();
    const auto page = TRY(find(tx, shop.id, slug));
    const auto draft = TRY(named(tx, shop.id, page.draft));
    const auto choices = TRY(choices_of(tx, doors, visit));
    const auto action = visit.base + "/studio/pages/" + name_of(page);
    const auto place = about(trouble.problem);
    const auto wants_open = std::atoll(visit.request.query_value("open").value_or("").c_str());
    const auto* adding = trouble.at == Trouble::At::new_block ? trouble.kind
                         : trouble.at == Trouble::At::nothing ? kind_named(visit.request.query_value("add").value_or(""))
                                                              : nullptr;
    auto counted = numbers_of(tx, shop.id, page, page.draft, now);
    if (!counted) return counted.error();
    const auto& numbers = *counted;
    auto empty = shows_nothing(tx, doors, visit, page, page.draft, now);
    if (!empty) return empty.error();
    wire::Json::Array empty_blocks;
    wire::Json::Array blocks;
    bool told = trouble.at != Trouble::At::whole;
    for (std::size_t i = 0; i < draft.blocks.size(); ++i) {
        const auto& block = draft.blocks[i];
        const bool sent = trouble.at == Trouble::At::block && trouble.block == block.id;
        const bool wrong = place.block ? *place.block == i : sent;
        told = told || wrong;
        auto values = field_values(*block.kind, "b" + std::to_string(block.id), sent ? *trouble.sent : form_of(block, visit.zone()),
                                   choices, wrong ? place.problem : "");
        const auto nothing = empty->find(block.id);
        if (nothing != empty->end())
            empty_blocks.push_back(wire::Json::object(
                {{"label", block.kind->label},
                 {"href", visit.base + editor_of(page) + "?open=" + std::to_string(block.id) + "#block-" + std::to_string(block.id)},
                 {"why", nothing->second}}));
        const auto tapped = numbers.blocks.find(block.id);
        values.set("block", block.id)
            .set("taps", tapped == numbers.blocks.end() ? "" : wire::grouped(tapped->second.month))
            .set("label", block.kind->label)
            .set("words", words_of(block))
            .set("state", pages::state_of(block, visit.zone(), doors.site.takes_mail, now))
            .set("nothing", nothing == empty->end() ? "" : nothing->second)
            .set("hidden", block.hidden)
            .set("open", wrong || sent || wants_open == block.id)
            .set("can_up", i > 0)
            .set("can_down", i + 1 < draft.blocks.size())
            .set("action", action + "/blocks/" + std::to_string(block.id));
        blocks.push_back(std::move(values));
    }
    auto fresh = wire::Json(false);
    if (adding != nullptr) {
        const auto blank = wire::Json::object();
        fresh = field_values(*adding, "new", trouble.sent != nullptr ? *trouble.sent : blank, choices,
                             place.block && *place.block < draft.blocks.size() ? "" : place.problem);
        fresh.set("kind", adding->name)
            .set("label", adding->label)
            .set("action", action + "/blocks")
            .set("back", visit.base + editor_of(page));
    }
    wire::Json::Array pages, past;
    for (const auto& one : TRY(all(tx, shop.id))) {
        pages.push_back(wire::Json::object({{"label", one.is_bio() ? "Bio page" : one.draft.title},
                                            {"href", visit.base + editor_of(one)},
                                            {"here", one.number == page.number && one.slug == page.slug},
                                            {"state", one.published  ? (one.differs() ? "changed" : "")
                                                      : one.is_bio() ? "changed"
                                                                     : "draft"}}));
    }
    for (const auto& one : TRY(history(tx, shop.id, page, PastKind::published)))
        past.push_back(wire::Json::object(
            {{"number", one.number}, {"when", access::date_and_time(visit.zone(), one.at)}, {"blocks", one.content.blocks.size()}}));
    const auto about_page = trouble.at == Trouble::At::about, about_new = trouble.at == Trouble::At::new_page;
    const auto said = [&](bool here, std::string_view word) {
        return here && trouble.problem.find(word) != std::string::npos ? access::at_field(trouble.problem, word) : std::string();
    };
    const auto typed = [&](bool here, const char* name, const std::string& otherwise) {
        return here ? access::field(*trouble.sent, name) : otherwise;
    };
    const auto shown_path = page.is_bio() ? visit.base + "/" : visit.base + "/" + page.slug;
    const auto address_error = [&](bool here) {
        return here && !trouble.problem.starts_with("title: ") && !trouble.problem.starts_with("text: ") ? access::sentence(trouble.problem)
                                                                                                         : std::string();
    };
    auto values = settings.is_null() ? access::shop_values(shop, "") : std::move(settings);
    bool settings_open = false;
    for (const auto* one : {"name_error", "bio_error", "legal_name_error", "contact_error", "accent_error", "logo_error", "language_error",
                            "time_zone_error"})
        settings_open = settings_open || !values.find(one)->text().empty();
    const auto logo = uploads::shown(values.find("logo")->text());
    values.set("is_bio", page.is_bio())
        .set("takes_files", choices.takes_files)
        .set("logo_now", logo ? visit.base + logo->at_least(160) : "")
        .set("settings_open", settings_open)
        .set("action", action)
        .set("problem", told ? "" : access::sentence(place.problem))
        .set("see_url", page.published ? shown_path : "")
        .set("address", access::authority(doors.site, shop) + shown_path)
        .set("preview_url", action + "/preview")
        .set("state_words", state_of(page, visit.zone()))
        .set("state_kind", page.published && !page.differs() ? "good" : "sale")
        .set("can_publish", page.number != 0 && page.differs())
        .set("empty_blocks", std::move(empty_blocks))
        .set("views", wire::grouped(numbers.views.month))
        .set("taps", wire::grouped(numbers.taps.month))
        .set("share", share_words(numbers.taps.month, numbers.views.month))
        .set("week_views", wire::grouped(numbers.views.week))
        .set("week_taps", wire::grouped(numbers.taps.week))
        .set("week_share", share_words(numbers.taps.week, numbers.views.week))
        .set("not_views", numbers.views.not_counted == 0 ? "" : wire::grouped(numbers.views.not_counted))
        .set("blocks", std::move(blocks))
        .set("adding", std::move(fresh))
        .set("kinds", kind_values(page, visit, action, doors.site.takes_mail))
        .set("full", page.draft.blocks.size() >= blocks_max)
        .set("styles", style_values(draft, shop))
        .set("page_title", typed(about_page, "title", draft.title))
        .set("page_title_error", said(about_page, "title"))
        .set("page_text", typed(about_page, "text", draft.text))
        .set("page_text_error", said(about_page, "text: "))
        .set("page_slug", typed(about_page, "slug", page.slug))
        .set("page_slug_error", address_error(about_page))
        .set("no_index", about_page ? trouble.sent->find("no_index") != nullptr : draft.no_index)
        .set("about_open", about_page)
        .set("pages", std::move(pages))
        .set("new_title", typed(about_new, "title", ""))
        .set("new_title_error", said(about_new, "title: "))
        .set("new_slug", typed(about_new, "slug", ""))
        .set("new_slug_error", address_error(about_new))
        .set("new_open", about_new)
        .set("past", std::move(past))
        .set("host", access::authority(doors.site, shop) + visit.base + "/");
    TRY(put_suggestions(tx, shop.id, values));
    return access::StudioPage{.place = "page",
                              .title = page.is_bio() ? "Your page" : page.draft.title,
                              .template_path = "studio/page.html",
                              .values = std::move(values)};
}

// What an act on a page says afterwards, and at which block the editor opens again.
struct Done {
    access::Toast toast;
    std::int64_t block = 0;
    bool open = false;
};
using ActOnPage = std::function<Result<Done>(store::Tx&, const wire::Json& sent, Page& page)>;

// Runs `act` on the page of the address. `page` is as it is afterwards: the editor opens at its address.
Task<http::Response> act_on_page(links::Doors& doors, access::Visit visit, const ActOnPage& act, Trouble at) {
    auto& site = doors.site;
    const auto slug = visit.request.parameter("slug");
    auto taking = uploads::take_form(doors.uploads, visit);
    auto taken = co_await taking;
    const access::Act acted = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        TRY(Status(taken.files));
        auto page = TRY(find(tx, visit.shop().id, slug));
        auto done = TRY(act(tx, sent, page));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "change_page", name_of(page), site.clock.now(), site.random));
        auto to = editor_of(page);
        if (done.open) to += "?open=" + std::to_string(done.block);
        to = access::with_toast(site, visit, to, done.toast);
        return done.block != 0 ? to + "#block-" + std::to_string(done.block) : to;
    };
    const access::Again again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
        at.sent = &sent;
        at.problem = error.text;
        if (at.at == Trouble::At::new_block && at.kind == nullptr) at.kind = kind_named(access::field(sent, "kind"));
        return editor(tx, doors, visit, slug, at);
    };
    auto response = co_await access::studio_form(site, visit, std::move(taken.form), acted, again);
    if (access::was_done(response)) links::announce_change(site.bus, visit.shop().id);  // an address may be a page's now, or no longer
    co_return response;
}

// Saves the draft; the toast offers what it was.
Result<access::Toast> save_draft(store::Tx& tx, const links::Doors& doors, const access::Visit& visit, Page& page, Content draft,
                                 const std::string& what, std::optional<std::string_view> to = {}) {
    const auto now = doors.site.clock.now();
    const auto& shop = visit.shop().id;
    const auto was = page.draft;
    page = TRY(save(tx, shop, name_of(page), std::move(draft), {.who = "owner", .what = what, .at = now}, doors.site.random, to,
                    &doors.lists.deny));
    access::Toast toast{.text = what + "."};
    if (page.draft != was) {
        toast.undo_url = visit.base + "/studio/pages/" + name_of(page) + "/put-back";
        toast.undo_fields.emplace_back("past", std::to_string(TRY(history(tx, shop, page, PastKind::draft)).front().number));
    }
    return toast;
}

std::string quoted(const Block& block) { return std::string(block.kind->label); }

Error no_block() { return fail(Fault::not_found, "this block is not on the page any more; reload it"); }

}  // namespace

// ---- showing ---------------------------------------------------------------------------------------------------------------

Task<http::Response> get_bio_editor(links::Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) { return editor(tx, doors, visit, "", {}); });
}

Task<http::Response> get_editor(links::Doors& doors, access::Visit visit) {
    const auto slug = visit.request.parameter("slug");
    if (slug == bio_name) co_return access::see_other(visit, "/studio/page");
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) { return editor(tx, doors, visit, slug, {}); });
}

Task<http::Response> get_preview(links::Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const Viewer viewer{.came_with = {}, .unit = snippets::unit_of(visit, doors.salt)};
    auto shown = co_await doors.site.db.read([&](store::Tx& tx) -> Result<Shown> {
        TRY(access::owner(tx, visit, now));
        const auto page = TRY(find(tx, visit.shop().id, slug));
        return show(tx, doors, visit, page, page.draft, viewer, now);
    });
    if (!shown) co_return access::refusal(doors.site, visit, shown.error());
    shown->values.set("preview", true);
    co_return page_response(doors, visit, std::move(shown->values), access::Framing::itself);
}

// ---- acting ----------------------------------------------------------------------------------------------------------------

Task<http::Response> post_settings(links::Doors& doors, access::Visit visit) {
    const access::ShopAgain again = [&](store::Tx& tx, wire::Json values) { return editor(tx, doors, visit, "", {}, std::move(values)); };
    auto taking = uploads::take_form(doors.uploads, visit);
    auto taken = co_await taking;
    co_return co_await access::post_shop(doors.site, visit, std::move(taken.form), std::move(taken.files), again);
}

Task<http::Response> post_page(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    co_return co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            Content draft{.title = access::field(sent, "title"), .text = {}, .style = {}, .blocks = {}};
            draft = TRY(read_content(content_json(draft)));
            const auto page = TRY(add(tx, visit.shop().id, access::field(sent, "slug"), std::move(draft), now, site.random));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "add_page", page.slug, now, site.random));
            return access::with_toast(site, visit, editor_of(page), {.text = "Made. Put blocks on it, then publish it."});
        },
        [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
            const Trouble trouble{.at = Trouble::At::new_page, .sent = &sent, .problem = error.text};
            return editor(tx, doors, visit, "", trouble);
        });
}

Task<http::Response> post_block(links::Doors& doors, access::Visit visit) {
    const ActOnPage act = [&](store::Tx& tx, const wire::Json& sent, Page& page) -> Result<Done> {
        const auto* kind = kind_named(access::field(sent, "kind"));
        if (kind == nullptr) return fail(Fault::not_found, "there is no such kind of block");
        auto draft = page.draft;
        if (draft.blocks.size() >= blocks_max) return fail(Fault::too_large, "a page has at most 60 blocks; take one out first");
        if (kind->once && std::ranges::find(draft.blocks, kind, &Block::kind) != draft.blocks.end())
            return fail(Fault::conflict, "a page has this block once, and it is there");
        const Block base{.id = draft.next_id(), .kind = kind, .from = {}, .until = {}, .values = {}, .items = {}};
        draft.blocks.push_back(TRY(block_of_form(sent, base, visit.zone())));
        return Done{.toast = TRY(save_draft(tx, doors, visit, page, std::move(draft), "Added: " + quoted(base))), .block = base.id};
    };
    const Trouble at{.at = Trouble::At::new_block};
    co_return co_await act_on_page(doors, visit, act, at);
}

Task<http::Response> post_change_block(links::Doors& doors, access::Visit visit) {
    const auto id = std::atoll(visit.request.parameter("block").c_str());
    const ActOnPage act = [&](store::Tx& tx, const wire::Json& sent, Page& page) -> Result<Done> {
        const auto what = access::field(sent, "act");
        auto draft = page.draft;
        const auto found = std::ranges::find(draft.blocks, id, &Block::id);
        if (found == draft.blocks.end()) return no_block();
        const auto label = quoted(*found);
        if (what == "up" || what == "down") {
            move(draft, id, what == "up" ? Step::up : Step::down);
            return Done{.toast = TRY(save_draft(tx, doors, visit, page, std::move(draft), "Moved: " + label)), .block = id};
        }
        if (what == "remove") {
            draft.blocks.erase(found);
            return Done{.toast = TRY(save_draft(tx, doors, visit, page, std::move(draft), "Taken out: " + label))};
        }
        // What was typed is kept with hide and show, too.
        *found = TRY(block_of_form(sent, *found, visit.zone()));
        if (what == "hide" || what == "show") found->hidden = what == "hide";
        const bool items = what.starts_with("item-");
        const auto words = what == "hide" ? "Hidden: " : what == "show" ? "Shown again: " : "Saved: ";
        return Done{.toast = TRY(save_draft(tx, doors, visit, page, std::move(draft), words + label)), .block = id, .open = items};
    };
    const Trouble at{.at = Trouble::At::block, .block = id};
    co_return co_await act_on_page(doors, visit, act, at);
}

Task<http::Response> post_order(links::Doors& doors, access::Visit visit) {
    const ActOnPage act = [&](store::Tx& tx, const wire::Json& sent, Page& page) -> Result<Done> {
        auto draft = page.draft;
        TRY(reorder(draft, access::field(sent, "order")));
        const auto moved = std::atoll(access::field(sent, "moved").c_str());
        const auto* block = draft.find(moved);
        const auto what = block == nullptr ? std::string("Moved") : "Moved: " + quoted(*block);
        return Done{.toast = TRY(save_draft(tx, doors, visit, page, std::move(draft), what)), .block = moved};
    };
    const Trouble at{.at = Trouble::At::whole};
    co_return co_await act_on_page(doors, visit, act, at);
}

Task<http::Response> post_about(links::Doors& doors, access::Visit visit) {
    const ActOnPage act = [&](store::Tx& tx, const wire::Json& sent, Page& page) -> Result<Done> {
        auto draft = page.draft;
        draft.title = access::field(sent, "title");
        draft.text = access::field(sent, "text");
        std::erase(draft.text, '\r');
        draft.no_index = sent.find("no_index") != nullptr;
        TRY(read_content(content_json(draft)));
        const auto slug = access::field(sent, "slug");
        return Done{.toast = TRY(save_draft(tx, doors, visit, page, std::move(draft), "Saved",
                                            slug.empty() ? std::nullopt : std::optional<std::string_view>(slug)))};
    };
    const Trouble at{.at = Trouble::At::about};
    co_return co_await act_on_page(doors, visit, act, at);
}

Task<http::Response> post_style(links::Doors& doors, access::Visit visit) {
    const ActOnPage act = [&](store::Tx& tx, const wire::Json& sent, Page& page) -> Result<Done> {
        auto draft = page.draft;
        const auto* style = access::style_named(access::field(sent, "style"));
        if (style == nullptr) return fail(Fault::bad_input, "choose one of the looks");
        draft.style = style->properties.empty() ? "" : style->name;
        return Done{.toast = TRY(save_draft(tx, doors, visit, page, std::move(draft), "Look: " + std::string(style->label)))};
    };
    const Trouble at{.at = Trouble::At::whole};
    co_return co_await act_on_page(doors, visit, act, at);
}

namespace {
// Visitors see the draft; the toast offers what they saw before, where they saw something of the creator's.
Result<access::Toast> publish_draft(store::Tx& tx, const links::Doors& doors, const access::Visit& visit, Page& page) {
    const auto& shop = visit.shop().id;
    const Change why{.who = "owner", .what = "published", .at = doors.site.clock.now()};
    page = TRY(publish(tx, shop, name_of(page), why, doors.site.random));
    access::Toast toast{.text = "Published. Visitors see it now.", .next_url = visit.base + "/" + page.slug, .next_label = "See it"};
    auto empty = shows_nothing(tx, doors, visit, page, page.draft, doors.site.clock.now());
    if (!empty) return empty.error();
    if (!empty->empty())
        toast.text = "Published. " + std::to_string(empty->size()) + (empty->size() == 1 ? " block shows" : " blocks show") +
                     " nothing; the editor says what to do.";
    const auto past = TRY(history(tx, shop, page, PastKind::published));
    if (past.size() > 1) {
        toast.undo_url = visit.base + "/studio/pages/" + name_of(page) + "/put-back";
        toast.undo_fields = {{"past", std::to_string(past[1].number)}, {"publish", "1"}};
    }
    return toast;
}
}  // namespace

Task<http::Response> post_publish(links::Doors& doors, access::Visit visit) {
    const ActOnPage act = [&](store::Tx& tx, const wire::Json&, Page& page) -> Result<Done> {
        return Done{.toast = TRY(publish_draft(tx, doors, visit, page))};
    };
    const Trouble at{.at = Trouble::At::whole};
    co_return co_await act_on_page(doors, visit, act, at);
}

Task<http::Response> post_put_page_back(links::Doors& doors, access::Visit visit) {
    const ActOnPage act = [&](store::Tx& tx, const wire::Json& sent, Page& page) -> Result<Done> {
        const auto number = std::atoll(access::field(sent, "past").c_str());
        const Change why{.who = "owner", .what = "put back", .at = doors.site.clock.now()};
        page = TRY(put_back(tx, visit.shop().id, name_of(page), number, why, doors.site.random));
        if (sent.find("publish") == nullptr) return Done{.toast = {.text = "The draft is again as it was."}};
        auto toast = TRY(publish_draft(tx, doors, visit, page));
        toast.text = "Visitors see the earlier page again.";
        return Done{.toast = std::move(toast)};
    };
    const Trouble at{.at = Trouble::At::whole};
    co_return co_await act_on_page(doors, visit, act, at);
}

Task<http::Response> post_remove(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto slug = visit.request.parameter("slug");
    auto response = co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        const auto now = site.clock.now();
        TRY(remove(tx, visit.shop().id, slug, now));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "remove_page", slug, now, site.random));
        return access::with_toast(
            site, visit, "/studio/page",
            {.text = "The page " + slug + " is gone.", .undo_url = visit.base + "/studio/pages/" + slug + "/restore"});
    });
    if (access::was_done(response)) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> post_restore(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto slug = visit.request.parameter("slug");
    auto response = co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
            TRY(restore(tx, visit.shop().id, slug));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "restore_page", slug, site.clock.now(), site.random));
            return access::with_toast(site, visit, "/studio/pages/" + slug, {.text = "The page " + slug + " is back."});
        },
        [&](store::Tx& tx, const wire::Json&, const Error& error) {
            const Trouble trouble{.at = Trouble::At::whole, .problem = error.text};
            return editor(tx, doors, visit, "", trouble);
        });
    if (access::was_done(response)) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

}  // namespace barrow::pages
