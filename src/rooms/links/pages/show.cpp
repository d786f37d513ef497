#include "rooms/links/pages/show.hpp"

#include <algorithm>

#include "floor/wire/page.hpp"
#include "rooms/access/theme.hpp"
#include "rooms/links/address.hpp"
#include "rooms/links/pages/numbers.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/stock/standing.hpp"
#include "rooms/uploads/upload.hpp"

namespace barrow::pages {
namespace {

// Reads what the blocks of one page name, and turns each into the values of its template; null for a block with nothing to show.
class Showing {
public:
    Showing(store::Tx& tx, const links::Doors& doors, const access::Visit& visit, const Page& page, const Content& content,
            const Viewer& viewer, Instant now)
        : tx_(tx), doors_(doors), visit_(visit), page_(page), content_(content), viewer_(viewer), now_(now), say_(visit.words()) {}

    Result<wire::Json> block(const Block& block) {
        for (const auto& [kind, show] : shows) {
            if (block.kind->name == kind) return (this->*show)(block);
        }
        check(false);  // a kind of the table that nothing shows
        return wire::Json();
    }
    // Of a block that shows nothing: why, and what to do.
    Result<std::string> why_nothing(const Block& block) {
        const auto kind = block.kind->name;
        if (kind == "link") return why_no_link(block.value("link"));
        if (kind == "links") return std::string("no link that leads on is set to show on the bio page: tick it on a link's page");
        if (kind == "today") return std::string("today's link is not set or does not lead on: set it under Links");
        if (kind == "live" && block.value("session").empty()) return std::string("no live session is planned: plan one under Live");
        if (kind == "live") return "there is no live session \"" + block.value("session") + "\": choose another, or plan it under Live";
        if (kind == "product") return why_no_product(block.value("product"));
        if (kind == "snippets") return std::string("no snippet of a product for sale shows on the bio page: write one under Snippets");
        if (kind == "snippet") {
            const auto snippet = snippets::find(tx_, shop(), block.value("snippet"), now_);
            if (snippet && snippet->state != snippets::State::published)
                return "the snippet \"" + block.value("snippet") + "\" is " + std::string(name(snippet->state)) + ": see Snippets";
            if (snippet) return why_no_product(TRY(catalog::find(tx_, shop(), snippet->product)).slug);
            if (snippet.error().fault != Fault::not_found) return snippet.error();
            return "the snippet \"" + block.value("snippet") + "\" is gone: choose another";
        }
        for (const auto& item : block.items) {
            const auto& value = value_of(item, kind == "social" ? "address" : "link");
            if (value.starts_with('#')) return TRY(why_no_link(value)) + (block.items.size() > 1 ? "; so is it with the others" : "");
        }
        return std::string("nothing is in it: fill it, or take it out");
    }
    std::vector<telemetry::TouchKey> seen;
    std::string image;                  // the first picture: for previews of the page elsewhere
    std::vector<std::string> profiles;  // addresses of social profiles: for search engines

private:
    using Show = Result<wire::Json> (Showing::*)(const Block&);
    struct Line {
        std::string_view kind;
        Show show;
    };
    static const std::array<Line, 15> shows;

    const Id<access::Shop>& shop() const { return visit_.shop().id; }
    std::string here() const { return source_of(page_); }

    // Where a tap on this page is counted: the link's own clicks, with the page (or the clip) as the source.
    std::string through(const links::Link& link, const std::string& source) const {
        return visit_.base + "/s/" + link.slug + "?d=" + http::percent_encode(source);
    }
    // What shows a path in about `wide` pixels: an uploaded video's own frame, any other path itself.
    static std::string picture_of(const std::string& path, std::int64_t wide) {
        const auto upload = uploads::shown(path);
        return upload ? upload->at_least(wide) : path;
    }
    // Nobody is shown a link that would only tell them that it is over, full, off or not open yet.
    [[nodiscard]] bool leads_on(const links::Link& link) const {
        const bool over = (link.ends && *link.ends <= now_) || (link.clicks_max && link.clicks_let >= *link.clicks_max);
        return !link.archived && link.blocked.empty() && !(link.starts && *link.starts > now_) && (!over || !link.ended_target.empty());
    }
    Result<std::string> why_no_link(const std::string& value) {
        const auto link = TRY(link_of(tx_, shop(), value));
        if (!link) return std::string("its link was removed: put it back under Links, Removed, or choose another");
        const auto its = "its link " + link->slug;
        if (!link->blocked.empty()) return its + " was switched off by the operator: choose another";
        if (link->archived) return its + " is in the archive: take it out of there, or choose another";
        if (link->starts && *link->starts > now_)
            return its + " opens on " + access::date_and_time(visit_.zone(), *link->starts) + ": until then it is not shown";
        return its + " has ended: let it go on, say where it goes afterwards, or choose another";
    }
    Result<std::string> why_no_product(const std::string& slug) {
        const auto product = catalog::find(tx_, shop(), slug);
        if (product) return "the product " + product->name + " is not for sale: show it again under Products, or choose another";
        if (product.error().fault != Fault::not_found) return product.error();
        return "there is no product \"" + slug + "\": choose another";
    }
    Result<std::optional<links::Link>> working(std::string_view value) {
        auto link = TRY(link_of(tx_, shop(), value));
        if (link && !leads_on(*link)) link.reset();
        return link;
    }
    void impression(telemetry::Context context, std::string product = "") {
        seen.push_back({.shop = shop(),
                        .day = now_.day(),
                        .touch = telemetry::Touch::impression,
                        .context = std::move(context),
                        .product_id = std::move(product)});
    }
    wire::Json row(const links::Link& link, const std::string& label, const std::string& note) const {
        return wire::Json::object({{"href", through(link, here())},
                                   {"label", !label.empty()        ? label
                                             : !link.title.empty() ? link.title
                                                                   : link.target},
                                   {"note", note}});
    }

    [[nodiscard]] wire::Json time(Instant at) const {
        return access::time_value(visit_.zone(), at, access::date_and_time(visit_.zone(), at, say_));
    }

    Result<wire::Json> link(const Block& block) {
        const auto link = TRY(working(block.value("link")));
        return link ? row(*link, block.value("label"), block.value("note")) : wire::Json();
    }
    Result<wire::Json> links(const Block&) {
        wire::Json::Array rows;
        for (const auto& link : TRY(links::on_bio(tx_, shop()))) {
            const auto number = "#" + std::to_string(link.number);
            const bool stands_alone = std::ranges::any_of(content_.blocks, [&](const Block& other) {
                return other.shows(now_) && other.kind->name == "link" && other.value("link") == number;
            });
            if (!stands_alone && leads_on(link))
                rows.push_back(row(link, "", access::authority(doors_.site, visit_.shop()) + visit_.base + "/s/" + link.slug));
        }
        return rows.empty() ? wire::Json() : wire::Json::object({{"rows", std::move(rows)}});
    }
    Result<wire::Json> today(const Block& block) {
        const auto link = links::find(tx_, shop(), "today");
        if (!link) return link.error().fault == Fault::not_found ? Result<wire::Json>(wire::Json()) : Result<wire::Json>(link.error());
        if (!leads_on(*link)) return wire::Json();
        return row(*link, block.value("label").empty() && link->title.empty() ? say_("Today's link") : block.value("label"), "");
    }
    Result<wire::Json> live(const Block& block) {
        const auto& session = block.value("session");
        const auto moment = TRY(links::moment_of(tx_, shop(), session.empty() ? "*" : session, now_));
        if (!moment) return wire::Json();
        using links::Stage;
        const bool before = moment->stage == Stage::before, after = moment->stage == Stage::after;
        const bool on_air = !before && !after;
        return wire::Json::object({{"href", visit_.base + (after ? moment->target : "/live/" + moment->live_slug)},
                                   {"title", moment->title},
                                   {"on_air", on_air},
                                   {"when", on_air  ? say_("on air now")
                                            : after ? say_("over — watch it again")
                                                    : ""},
                                   {"at", before ? time(moment->starts) : wire::Json(false)}});
    }
    Result<wire::Json> product(const Block& block) {
        const auto product = catalog::find(tx_, shop(), block.value("product"));
        if (!product)
            return product.error().fault == Fault::not_found ? Result<wire::Json>(wire::Json()) : Result<wire::Json>(product.error());
        if (!product->published) return wire::Json();
        const auto standing = TRY(stock::standing(tx_, shop(), product->id));
        auto context = viewer_.came_with;
        context.surface = telemetry::Surface::bio;
        context.snippet = context.snippet_version = 0;
        context.day = now_.day();
        const auto href = visit_.base + links::with_context("/p/" + product->slug, snippets::context_token(*visit_.tenant, context));
        impression(std::move(context), product->id.text);
        if (image.empty()) image = product->image;
        const auto& label = block.value("label");
        return wire::Json::object({{"name", product->name},
                                   {"href", href},
                                   {"image", product->image.empty() ? std::string() : visit_.base + product->image},
                                   {"image_alt", product->image_alt},
                                   {"state", stock::told(standing, say_)},
                                   {"state_kind", standing.kind},
                                   {"action", (label.empty() ? say_("See it") : label) + " · " + say_.money(product->price)}});
    }
    // The card of a snippet for this viewer; null when it shows nothing now or its product is not for sale.
    Result<wire::Json> card(snippets::Snippet snippet) {
        if (snippet.state != snippets::State::published) return wire::Json();
        const auto product = TRY(catalog::find(tx_, shop(), snippet.product));
        if (!product.published) return wire::Json();
        if (!running_) running_ = TRY(experiments::running(tx_, shop()));
        auto shown = TRY(snippets::show(tx_, visit_.shop(), std::move(snippet), *running_, viewer_.came_with, telemetry::Surface::bio,
                                        viewer_.unit, now_));
        const auto standing = TRY(stock::standing(tx_, shop(), product.id));
        auto href = visit_.base + links::with_context("/p/" + product.slug, snippets::context_token(*visit_.tenant, shown.context));
        auto values = snippets::card(doors_.site, visit_, shown.snippet, telemetry::Surface::bio, product, stock::told(standing, say_),
                                     standing.kind, std::move(href));
        impression(std::move(shown.context));
        if (image.empty()) image = product.image;
        return values;
    }
    Result<wire::Json> snippet(const Block& block) {
        auto snippet = snippets::find(tx_, shop(), block.value("snippet"), now_);
        if (!snippet)
            return snippet.error().fault == Fault::not_found ? Result<wire::Json>(wire::Json()) : Result<wire::Json>(snippet.error());
        return card(std::move(*snippet));
    }
    Result<wire::Json> all_snippets(const Block&) {
        wire::Json::Array cards;
        for (auto& one : TRY(snippets::all(tx_, shop(), now_))) {
            const bool stands_alone = std::ranges::any_of(content_.blocks, [&](const Block& other) {
                return other.shows(now_) && other.kind->name == "snippet" && other.value("snippet") == one.slug;
            });
            if (stands_alone || !one.on(telemetry::Surface::bio)) continue;
            if (auto shown = TRY(card(std::move(one))); !shown.is_null()) cards.push_back(std::move(shown));
        }
        return cards.empty() ? wire::Json() : wire::Json::object({{"cards", std::move(cards)}});
    }
    Result<wire::Json> clips(const Block& block) {
        wire::Json::Array tiles;
        for (const auto& item : block.items) {
            const auto link = TRY(working(value_of(item, "link")));
            if (!link) continue;
            tiles.push_back(wire::Json::object({{"href", through(*link, clip_source(item, *link))},
                                                {"label", value_of(item, "label")},
                                                {"picture", visit_.base + picture_of(value_of(item, "picture"), 480)}}));
        }
        if (tiles.empty()) return wire::Json();
        return wire::Json::object({{"label", block.value("label")}, {"tiles", std::move(tiles)}});
    }
    Result<wire::Json> countdown(const Block& block) {
        const auto at = read_iso(block.value("at"));
        if (!at) return wire::Json();
        const bool over = *at <= now_;
        const auto link = TRY(working(block.value("link")));
        return wire::Json::object({{"label", block.value("label")},
                                   {"after", block.value("after")},
                                   {"href", link ? through(*link, here()) : ""},
                                   {"over", over},
                                   {"at", time(*at)},
                                   {"at_ms", at->us / 1'000},
                                   {"now_ms", now_.us / 1'000}});
    }
    Result<wire::Json> heading(const Block& block) { return wire::Json::object({{"text", block.value("text")}}); }
    Result<wire::Json> text(const Block& block) {
        wire::Json::Array paragraphs;
        std::string_view rest = block.value("text");
        while (!rest.empty()) {
            const auto end = std::min(rest.find("\n\n"), rest.size());
            if (end > 0) paragraphs.push_back(wire::Json::object({{"words", rest.substr(0, end)}}));
            rest.remove_prefix(end);
            while (rest.starts_with('\n')) rest.remove_prefix(1);
        }
        return wire::Json::object({{"paragraphs", std::move(paragraphs)}});
    }
    Result<wire::Json> picture(const Block& block) {
        const auto& path = block.value("picture");
        const auto upload = uploads::shown(path);
        if (image.empty()) image = upload ? upload->share() : path;
        return wire::Json::object({{"picture", visit_.base + (upload ? upload->picture() : path)},
                                   {"srcset", upload ? upload->srcset(visit_.base) : ""},
                                   {"width", upload ? std::to_string(upload->width) : ""},
                                   {"height", upload ? std::to_string(upload->height) : ""},
                                   {"alt", block.value("alt")},
                                   {"note", block.value("note")}});
    }
    Result<wire::Json> video(const Block& block) {
        const auto path = [&](const std::string& value) { return value.empty() ? "" : visit_.base + value; };
        const auto upload = uploads::shown(block.value("video"));
        auto poster = picture_of(block.value("poster"), 1'080);
        if (poster.empty() && upload) poster = upload->picture();  // the clip's own frame
        if (image.empty() && upload) image = upload->share();
        return wire::Json::object({{"video", path(block.value("video"))},
                                   {"width", upload ? std::to_string(upload->width) : ""},
                                   {"height", upload ? std::to_string(upload->height) : ""},
                                   {"poster", path(poster)},
                                   {"captions", path(block.value("captions"))},
                                   {"label", block.value("label")}});
    }
    Result<wire::Json> social(const Block& block) {
        wire::Json::Array signs;
        for (const auto& item : block.items) {
            const auto network = std::ranges::find(networks(), std::string_view(value_of(item, "network")), &Network::name);
            const auto& address = value_of(item, "address");
            const auto link = TRY(working(address));
            if (network == networks().end() || (!link && !address.starts_with("mailto:"))) continue;
            if (link && link->target.starts_with("http")) profiles.push_back(link->target);
            signs.push_back(wire::Json::object(
                {{"href", link ? through(*link, here()) : address}, {"label", network->label}, {"path", network->path}}));
        }
        return signs.empty() ? wire::Json() : wire::Json::object({{"signs", std::move(signs)}});
    }
    Result<wire::Json> letters(const Block& block) {
        auto context = viewer_.came_with;
        context.surface = telemetry::Surface::bio;
        context.day = now_.day();
        return wire::Json::object({{"label", block.value("label")},
                                   {"purpose", block.value("purpose")},
                                   {"list", block.value("list").empty() ? "letters" : block.value("list")},
                                   {"context", snippets::context_token(*visit_.tenant, context)},
                                   {"action", visit_.base + "/letters"}});
    }

    store::Tx& tx_;
    const links::Doors& doors_;
    const access::Visit& visit_;
    const Page& page_;
    const Content& content_;
    const Viewer& viewer_;
    Instant now_;
    wire::Words say_;
    std::optional<std::vector<experiments::Experiment>> running_;
};

const std::array<Showing::Line, 15> Showing::shows{{{"link", &Showing::link},
                                                    {"links", &Showing::links},
                                                    {"today", &Showing::today},
                                                    {"live", &Showing::live},
                                                    {"product", &Showing::product},
                                                    {"snippet", &Showing::snippet},
                                                    {"snippets", &Showing::all_snippets},
                                                    {"clips", &Showing::clips},
                                                    {"countdown", &Showing::countdown},
                                                    {"heading", &Showing::heading},
                                                    {"text", &Showing::text},
                                                    {"image", &Showing::picture},
                                                    {"video", &Showing::video},
                                                    {"social", &Showing::social},
                                                    {"letters", &Showing::letters}}};

// schema.org: the bio page is a ProfilePage of who sells, the others are pages of it.
std::string json_ld(const std::string& url, const std::string& home, const access::Shop& shop, const Page& page, const std::string& title,
                    const std::string& text, const std::vector<std::string>& profiles) {
    auto seller = wire::Json::object({{"@type", "Organization"}, {"name", shop.name}, {"url", home}});
    if (!shop.bio.empty()) seller.set("description", shop.bio);
    if (!profiles.empty()) seller.set("sameAs", wire::Json::Array(profiles.begin(), profiles.end()));
    auto json = wire::Json::object(
        {{"@context", "https://schema.org"}, {"@type", page.is_bio() ? "ProfilePage" : "WebPage"}, {"name", title}, {"url", url}});
    if (!text.empty()) json.set("description", text);
    return wire::json_in_html(json.set(page.is_bio() ? "mainEntity" : "publisher", std::move(seller)));
}

}  // namespace

Result<std::map<std::int64_t, std::string>> shows_nothing(store::Tx& tx, const links::Doors& doors, const access::Visit& visit,
                                                          const Page& page, const Content& content, Instant now) {
    const Viewer viewer{.came_with = {}, .unit = snippets::unit_of(visit, doors.salt)};
    Showing showing(tx, doors, visit, page, content, viewer, now);
    std::map<std::int64_t, std::string> why;
    for (const auto& block : content.blocks) {
        if (!block.shows(now) || (block.kind->needs_mail && !doors.site.takes_mail)) continue;
        if (TRY(showing.block(block)).is_null()) why[block.id] = TRY(showing.why_nothing(block));
    }
    return why;
}

Result<Shown> show(store::Tx& tx, const links::Doors& doors, const access::Visit& visit, const Page& page, const Content& content,
                   const Viewer& viewer, Instant now) {
    const auto& shop = visit.shop();
    Showing showing(tx, doors, visit, page, content, viewer, now);
    wire::Json::Array blocks;
    bool counts_down = false, has_cards = false, has_form = false, has_times = false;
    for (const auto& block : content.blocks) {
        if (!block.shows(now) || (block.kind->needs_mail && !doors.site.takes_mail)) continue;
        auto values = TRY(showing.block(block));
        if (values.is_null()) continue;
        const auto kind = block.kind->name;
        counts_down = counts_down || (kind == "countdown" && !values.find("over")->boolean());
        has_times = has_times || kind == "countdown" || kind == "live";
        has_cards = has_cards || kind == "snippet" || kind == "snippets";
        has_form = has_form || kind == "letters";
        blocks.push_back(wire::Json::object({{"is_" + std::string(kind), std::move(values)}}));
    }
    const auto url = access::address(doors.site, shop, page.is_bio() ? "/" : "/" + page.slug),
               home = access::address(doors.site, shop, "/");
    const auto& title = content.title.empty() ? shop.name : content.title;
    const auto& text = content.text.empty() && page.is_bio() ? shop.bio : content.text;
    const auto logo = uploads::shown(shop.logo);
    if (showing.image.empty() && logo) showing.image = logo->share();
    return Shown{.values = wire::Json::object({{"url", url},
                                               {"logo", logo ? visit.base + logo->at_least(160) : ""},
                                               {"is_bio", page.is_bio()},
                                               {"page_title", title},
                                               {"document_title", title == shop.name ? title : title + " · " + shop.name},
                                               {"text", text},
                                               {"home", visit.base + "/"},
                                               {"no_index", content.no_index},
                                               {"image", showing.image.empty() ? "" : access::address(doors.site, shop, showing.image)},
                                               {"initial", access::first_letter(shop.name)},
                                               {"style_css", access::style_properties(content.style, shop.accent, shop.paper)},
                                               {"json_ld_html", json_ld(url, home, shop, page, title, text, showing.profiles)},
                                               {"nothing", blocks.empty()},
                                               {"counts_down", counts_down},
                                               {"has_times", has_times},
                                               {"has_cards", has_cards},
                                               {"has_form", has_form},
                                               {"preview", false},
                                               {"blocks", std::move(blocks)}}),
                 .seen = std::move(showing.seen)};
}

}  // namespace barrow::pages
