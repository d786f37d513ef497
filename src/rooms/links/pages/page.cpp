#include "rooms/links/pages/page.hpp"

#include <algorithm>
#include <set>

#include "floor/base/text.hpp"
#include "rooms/access/quotas.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/links/doubt.hpp"
#include "rooms/links/pages/pages.sql.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::pages {
namespace {

std::string slug_of(std::string_view name) { return name == bio_name ? std::string() : lower(name); }

Content content_of(const std::string& text) {
    const auto json = wire::read_json(text);
    auto content = json ? read_content(*json) : Result<Content>(json.error());
    return content ? std::move(*content) : Content();  // what cannot be read is an empty page, never the end of the program
}
std::string text_of(const Content& content) { return wire::write_json(content_json(content)); }

Page read(const store::Row& row) {
    Page page{.slug = row.text("slug"),
              .number = row.integer("number"),
              .draft = content_of(row.text("draft")),
              .published = {},
              .published_at = row.maybe_instant("published_us"),
              .created = row.instant("created_us"),
              .changed = row.instant("changed_us")};
    if (page.published_at) page.published = content_of(row.text("published"));
    if (!page.published && page.is_bio()) page.published = first_bio();  // a draft alone changes nothing for visitors
    return page;
}

Past read_past(const store::Row& row) {
    return {.number = row.integer("number"),
            .at = row.instant("at_us"),
            .who = row.text("who"),
            .what = row.text("what"),
            .content = content_of(row.text("content"))};
}

Page untouched_bio() {
    return {.slug = "", .number = 0, .draft = first_bio(), .published = first_bio(), .published_at = {}, .created = {}, .changed = {}};
}

std::string_view name(PastKind kind) { return kind == PastKind::draft ? "draft" : "published"; }

Status note_past(store::Tx& tx, const Id<Shop>& shop, std::int64_t page, PastKind kind, const Content& content, const Change& why) {
    const auto last = TRY(tx.run(sql::last_past, {shop, page}))[0].integer("number");
    TRY(tx.run(sql::add_past, {shop, page, last + 1, name(kind), why.at, why.who, why.what, text_of(content)}));
    TRY(tx.run(sql::forget_past, {shop, page, name(kind)}));
    return {};
}

// The slug is a page's or a link's, never both: `/lamp` leads to one of them. A page that was taken away makes room.
Status make_room(store::Tx& tx, const Id<Shop>& shop, const std::string& slug, Instant now) {
    TRY(links::examine_slug(slug));
    if (slug.size() > slug_max) return fail(Fault::bad_input, "the address of a page has at most 60 characters");
    if (slug == bio_name || links::is_reserved(slug))
        return fail(Fault::bad_input, "the address \"" + slug + "\" is one of the shop's own pages; choose another");
    if (!TRY(tx.run(sql::find_page, {shop, slug})).empty())
        return fail(Fault::conflict, "this shop has a page \"" + slug + "\" already; choose another address");
    TRY(links::make_room(tx, shop, slug, links::Case::ignored));
    TRY(tx.run(sql::forget_removed_past, {shop, slug, now - removed_kept}));
    TRY(tx.run(sql::forget_removed, {shop, slug, now - removed_kept}));
    return {};
}

Status examine(const Content& content, bool is_bio) {
    if (!is_bio && content.title.empty()) return fail(Fault::bad_input, "title: say what the page is about");
    return {};
}

Result<Page> insert(store::Tx& tx, const Id<Shop>& shop, const std::string& slug, const Content& draft, Instant now) {
    const auto number = TRY(telemetry::next_number(tx, shop, "page"));
    TRY(access::within_quota(tx, shop, "pages", number));
    Page page{.slug = slug, .number = number, .draft = draft, .published = {}, .published_at = {}, .created = now, .changed = now};
    TRY(tx.run(sql::add_page, {shop, page.number, slug, text_of(draft), now}));
    return page;
}

}  // namespace

Content first_bio() {
    Content content;
    for (const auto* kind : {"live", "snippets", "links"})
        content.blocks.push_back({.id = content.next_id(), .kind = kind_named(kind), .from = {}, .until = {}, .values = {}, .items = {}});
    return content;
}

Result<Page> find(store::Tx& tx, const Id<Shop>& shop, std::string_view name) {
    const auto slug = slug_of(name);
    const auto rows = TRY(tx.run(sql::find_page, {shop, slug}));
    if (!rows.empty()) return read(rows[0]);
    if (slug.empty()) return untouched_bio();
    return fail(Fault::not_found, "there is no page \"" + slug.substr(0, 120) + "\"");
}

Result<std::vector<Page>> all(store::Tx& tx, const Id<Shop>& shop) {
    std::vector<Page> pages;
    for (const auto row : TRY(tx.run(sql::list_pages, {shop}))) pages.push_back(read(row));
    if (pages.empty() || !pages.front().is_bio()) pages.insert(pages.begin(), untouched_bio());
    return pages;
}

Result<Page> add(store::Tx& tx, const Id<Shop>& shop, std::string_view wanted, Content draft, Instant now, Random& random,
                 const links::DenyList* deny) {
    TRY(examine(draft, false));
    const auto slug = lower(wanted.empty() ? catalog::slug_of(draft.title) : std::string(wanted));
    if (slug.empty()) return fail(Fault::bad_input, "the address: choose one of letters and digits; the title gives none");
    TRY(make_room(tx, shop, slug, now));
    if (TRY(all(tx, shop)).size() > pages_max)
        return fail(Fault::too_large, "a shop has at most 50 pages beside the bio page; remove one first");
    TRY(settle(tx, shop, draft, {}, now, random, deny));
    return insert(tx, shop, slug, draft, now);
}

Result<Page> save(store::Tx& tx, const Id<Shop>& shop, std::string_view name, Content draft, const Change& why, Random& random,
                  std::optional<std::string_view> to, const links::DenyList* deny) {
    auto page = TRY(find(tx, shop, name));
    TRY(examine(draft, page.is_bio()));
    TRY(settle(tx, shop, draft, page.draft, why.at, random, deny));
    auto slug = page.slug;
    if (to && !page.is_bio() && lower(*to) != page.slug) {
        slug = lower(*to);
        TRY(make_room(tx, shop, slug, why.at));
    }
    if (draft == page.draft && slug == page.slug) return page;
    if (page.number == 0) page = TRY(insert(tx, shop, "", page.draft, why.at));
    TRY(note_past(tx, shop, page.number, PastKind::draft, page.draft, why));
    TRY(tx.run(sql::save_draft, {shop, page.number, slug, text_of(draft), why.at}));
    page.slug = slug;
    page.draft = std::move(draft);
    page.changed = why.at;
    return page;
}

Result<Page> publish(store::Tx& tx, const Id<Shop>& shop, std::string_view name, const Change& why, Random& random) {
    auto page = TRY(find(tx, shop, name));
    if (page.number == 0) page = TRY(insert(tx, shop, "", page.draft, why.at));
    if (!page.differs()) return page;
    TRY(settle(tx, shop, page.draft, page.draft, why.at, random));  // a draft that was written before its link went
    TRY(note_past(tx, shop, page.number, PastKind::published, page.draft, why));
    TRY(tx.run(sql::publish_page, {shop, page.number, text_of(page.draft), why.at}));
    page.published = page.draft;
    page.published_at = why.at;
    return page;
}

Status remove(store::Tx& tx, const Id<Shop>& shop, std::string_view name, Instant now) {
    const auto page = TRY(find(tx, shop, name));
    if (page.is_bio()) return fail(Fault::bad_input, "the bio page stays; take its blocks out or hide them");
    TRY(tx.run(sql::remove_page, {shop, page.number, now}));
    return {};
}

Status forget_removed(store::Tx& tx, const Id<Shop>& shop, Instant now) {
    TRY(tx.run(sql::forget_removed_past, {shop, "/", now - removed_kept}));  // no page has this address
    TRY(tx.run(sql::forget_removed, {shop, "/", now - removed_kept}));
    return {};
}

Status restore(store::Tx& tx, const Id<Shop>& shop, std::string_view name) {
    const auto slug = slug_of(name);
    TRY(links::make_room(tx, shop, slug, links::Case::ignored));
    if (TRY(all(tx, shop)).size() > pages_max)
        return fail(Fault::too_large, "a shop has at most 50 pages beside the bio page; remove one first");
    if (TRY(tx.run(sql::restore_page, {shop, slug})).empty())
        return fail(Fault::not_found, "there is no page \"" + slug.substr(0, 120) + "\" to bring back");
    return {};
}

Result<std::vector<Past>> history(store::Tx& tx, const Id<Shop>& shop, const Page& page, PastKind kind) {
    std::vector<Past> past;
    if (page.number == 0) return past;
    for (const auto row : TRY(tx.run(sql::past, {shop, page.number, name(kind)}))) past.push_back(read_past(row));
    return past;
}

Result<Page> put_back(store::Tx& tx, const Id<Shop>& shop, std::string_view name, std::int64_t number, const Change& why, Random& random) {
    const auto page = TRY(find(tx, shop, name));
    const auto rows = TRY(tx.run(sql::find_past, {shop, page.number, number}));
    if (rows.empty()) return fail(Fault::not_found, "this version of the page is not kept any more; the last twenty are");
    return save(tx, shop, name, read_past(rows[0]).content, why, random);
}

// ---- links -----------------------------------------------------------------------------------------------------------------

namespace {

// Calls with each value that holds a link, its field's name as in errors, and the label that stands beside it. Stops at a refusal.
template <class Fn>
Status each_link(Content& content, Fn fn) {
    for (std::size_t i = 0; i < content.blocks.size(); ++i) {
        auto& block = content.blocks[i];
        const auto visit = [&](std::span<const Field> fields, Values& values, const std::string& before) -> Status {
            for (const auto& field : fields) {
                const auto found = values.find(field.name);
                if (found == values.end() || (field.holds != Holds::link && field.holds != Holds::address)) continue;
                TRY(fn(found->second, values, "blocks[" + std::to_string(i + 1) + "]." + before + std::string(field.name)));
            }
            return {};
        };
        TRY(visit(block.kind->fields, block.values, ""));
        for (std::size_t n = 0; n < block.items.size(); ++n)
            TRY(visit(block.kind->item_fields, block.items[n], "items[" + std::to_string(n + 1) + "]."));
    }
    return {};
}

std::string title_of(const Values& values) {
    if (const auto& label = value_of(values, "label"); !label.empty()) return label;
    for (const auto& network : networks()) {
        if (network.name == value_of(values, "network")) return std::string(network.label);
    }
    return "";
}

bool is_mail(std::string_view value) { return value.starts_with("mailto:"); }

}  // namespace

Result<std::optional<links::Link>> link_of(store::Tx& tx, const Id<Shop>& shop, std::string_view value) {
    if (!value.starts_with('#')) return std::optional<links::Link>();
    return links::find_numbered(tx, shop, std::atoll(std::string(value.substr(1)).c_str()));
}

Status settle(store::Tx& tx, const Id<Shop>& shop, Content& content, const Content& before, Instant now, Random& random,
              const links::DenyList* deny) {
    // The links that the page had, for addresses that are sent again.
    std::vector<links::Link> there;
    std::set<std::string> had;
    auto old = before;
    TRY(each_link(old, [&](const std::string& value, const Values&, const std::string&) -> Status {
        had.insert(value);
        if (auto link = TRY(link_of(tx, shop, value))) there.push_back(std::move(*link));
        return {};
    }));
    const auto allowed = [&](const links::Link& link, const std::string& where) -> Status {
        if (deny == nullptr || had.contains("#" + std::to_string(link.number))) return {};
        const auto good = links::examine_denied(link, *deny);
        return good ? Status() : fail(good.error().fault, where + ": " + good.error().text);
    };
    return each_link(content, [&](std::string& value, const Values& values, const std::string& where) -> Status {
        if (is_mail(value)) {
            if (value.size() < 10 || value.find('@') == value.npos || value.find_first_of(" ?\"<>") != value.npos)
                return fail(Fault::bad_input, where + ": write it like mailto:hello@mira.example");
            return {};
        }
        if (value.starts_with('#')) {
            // One that was removed meanwhile shows nothing, and is there again with it.
            if (!had.contains(value) && !TRY(link_of(tx, shop, value)))
                return fail(Fault::bad_input, where + ": its link is gone; say again where it leads");
            return {};
        }
        auto slug = value;
        if (slug.starts_with("/s/")) slug.erase(0, 3);
        if (links::examine_slug(slug)) {
            const auto link = links::find(tx, shop, slug, links::Case::ignored);
            if (!link && link.error().fault != Fault::not_found) return link.error();
            if (!link)
                return fail(Fault::bad_input,
                            where + ": there is no link \"" + slug +
                                "\"; choose one of yours, or write where it leads: https://… or a path like /p/tide-lamp");
            TRY(allowed(*link, where));
            value = "#" + std::to_string(link->number);
            return {};
        }
        if (const auto good = links::examine_target(value); !good) return fail(good.error().fault, where + ": " + good.error().text);
        const auto title = title_of(values);
        const auto same = std::ranges::find_if(there, [&](const auto& link) { return link.target == value && link.title == title; });
        if (same != there.end()) {
            value = "#" + std::to_string(same->number);
            return {};
        }
        links::Link wanted{.target = value, .title = title, .folder = std::string(folder)};
        TRY(allowed(wanted, where));
        const auto made = TRY(links::add(tx, shop, std::move(wanted), now, random));
        value = "#" + std::to_string(made.number);
        there.push_back(made);
        return {};
    });
}

Result<Content> named(store::Tx& tx, const Id<Shop>& shop, Content content) {
    TRY(each_link(content, [&](std::string& value, const Values&, const std::string&) -> Status {
        if (!value.starts_with('#')) return {};
        const auto link = TRY(link_of(tx, shop, value));
        value = link ? link->slug : "";
        return {};
    }));
    return content;
}

}  // namespace barrow::pages
