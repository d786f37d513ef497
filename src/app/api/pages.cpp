#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/links/follow.hpp"
#include "rooms/links/pages/numbers.hpp"
#include "rooms/links/pages/show.hpp"

namespace barrow::app::api {
namespace {

std::string name_of(const pages::Page& page) { return page.is_bio() ? std::string(pages::bio_name) : page.slug; }

wire::Json head_json(const access::Site& site, const access::Shop& shop, const pages::Page& page) {
    return wire::Json::object({{"slug", name_of(page)},
                               {"url", access::address(site, shop, page.is_bio() ? "/" : "/" + page.slug)},
                               {"title", page.draft.title},
                               {"blocks", page.draft.blocks.size()},
                               {"is_published", page.published.has_value()},
                               {"published_at", time_json(page.published_at)},
                               {"differs", page.differs()}});
}

wire::Json views_json(const pages::Views& views) {
    return wire::Json::object({{"week", views.week}, {"month", views.month}, {"not_counted", views.not_counted}});
}
wire::Json taps_json(const pages::Taps& taps) { return wire::Json::object({{"week", taps.week}, {"month", taps.month}}); }

// With links by their slugs, as a caller writes them.
Result<wire::Json> page_json(store::Tx& tx, const links::Doors& doors, const access::Visit& visit, const pages::Page& page) {
    const auto& site = doors.site;
    const auto& shop = visit.shop();
    auto json = head_json(site, shop, page);
    std::erase_if(json.members(), [](const auto& member) { return member.first == "title" || member.first == "blocks"; });
    auto empty = pages::shows_nothing(tx, doors, visit, page, page.draft, site.clock.now());
    if (!empty) return empty.error();
    wire::Json::Array nothing;
    for (const auto& [block, words] : *empty) nothing.push_back(wire::Json::object({{"block", block}, {"words", words}}));
    json.set("shows_nothing", std::move(nothing));
    auto published = wire::Json();
    if (page.published) published = pages::content_json(TRY(pages::named(tx, shop.id, *page.published)));
    const auto now = site.clock.now();
    const auto numbers = pages::numbers_of(tx, shop.id, page, page.published ? *page.published : page.draft, now);
    if (!numbers) return numbers.error();
    json.set("views", views_json(numbers->views)).set("taps", taps_json(numbers->taps));
    wire::Json::Array blocks;
    for (const auto& [block, taps] : numbers->blocks) blocks.push_back(wire::Json::object({{"block", block}, {"taps", taps_json(taps)}}));
    json.set("block_taps", std::move(blocks));
    return json.set("draft", pages::content_json(TRY(pages::named(tx, shop.id, page.draft)))).set("published", std::move(published));
}

}  // namespace

Task<http::Response> get_pages(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        wire::Json::Array items;
        auto views = telemetry::views_of(tx, visit.shop().id, site.clock.now().day());
        if (!views) return views.error();
        for (const auto& page : TRY(pages::all(tx, visit.shop().id)))
            items.push_back(head_json(site, visit.shop(), page).set("views", views_json((*views)[pages::subject_of(page)])));
        return wire::Json::object({{"items", std::move(items)}});
    });
}

Task<http::Response> get_page(links::Doors& doors, access::Visit visit) {
    const auto slug = visit.request.parameter("slug");
    co_return co_await read(doors.site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        return page_json(tx, doors, visit, TRY(pages::find(tx, visit.shop().id, slug)));
    });
}

Task<http::Response> put_page(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        auto rest = body;
        bool wants_publish = false;
        if (const auto* publish = body.find("publish")) {
            if (!publish->is_bool()) return fail(Fault::bad_input, "publish: this must be true or false");
            wants_publish = publish->boolean();
            std::erase_if(rest.members(), [](const auto& member) { return member.first == "publish"; });
        }
        auto draft = TRY(pages::read_content(rest));
        const auto& shop = visit.shop().id;
        const auto there = pages::find(tx, shop, slug);
        if (!there && there.error().fault != Fault::not_found) return there.error();
        auto page = there ? TRY(pages::save(tx, shop, slug, std::move(draft), {.who = who, .what = "by the API", .at = now}, site.random,
                                            {}, &doors.lists.deny))
                          : TRY(pages::add(tx, shop, slug, std::move(draft), now, site.random, &doors.lists.deny));
        if (wants_publish)
            page = TRY(pages::publish(tx, shop, name_of(page), {.who = who, .what = "published by the API", .at = now}, site.random));
        TRY(access::note_audit(tx, shop, who, wants_publish ? "publish_page" : "change_page", name_of(page), now, site.random));
        return page_json(tx, doors, visit, page);
    };
    auto response = co_await write(site, visit, work);
    if (response.status < 300) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> delete_page(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view who) -> Result<wire::Json> {
        const auto page = TRY(pages::find(tx, visit.shop().id, slug));
        TRY(pages::remove(tx, visit.shop().id, slug, now));
        TRY(access::note_audit(tx, visit.shop().id, who, "remove_page", page.slug, now, site.random));
        return wire::Json::object({{"removed", page.slug}, {"kept_until", time_json(now + pages::removed_kept)}});
    };
    auto response = co_await write(site, visit, work);
    if (response.status < 300) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

}  // namespace barrow::app::api
