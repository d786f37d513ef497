#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/links/follow.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::app::api {
namespace {

using Counted = std::unordered_map<std::int64_t, telemetry::Clicks>;

// Clicks of the whole life and of the last seven days.
Result<Counted> counted(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    return telemetry::clicks_by_link(tx, shop, now.day() - 6);
}

wire::Json link_json(const access::Site& site, const access::Shop& shop, const links::Link& link, Counted& clicks) {
    const auto& count = clicks[link.number];
    return wire::Json::object(
        {{"slug", link.slug},
         {"target", link.target},
         {"title", link.title},
         {"on_bio", link.on_bio},
         {"short_url", access::address(site, shop, "/s/" + link.slug)},
         {"clicks",
          wire::Json::object({{"all", count.all + link.imported_clicks}, {"week", count.recent}, {"imported", link.imported_clicks}})},
         {"imported_from", link.imported_from},
         {"created", time_json(link.created)},
         {"ends", time_json(link.ends)}});
}

Result<wire::Json> one_json(store::Tx& tx, const access::Site& site, const access::Shop& shop, std::string_view slug, Instant now) {
    auto clicks = TRY(counted(tx, shop.id, now));
    return link_json(site, shop, TRY(links::find(tx, shop.id, slug)), clicks);
}

Result<std::optional<Instant>> read_ends(const wire::Json& body, wire::Fields& fields) {
    const auto* sent = body.find("ends");
    const auto text = TRY(fields.text_or("ends", "", 40));
    if (sent == nullptr || sent->is_null() || text.empty()) return std::optional<Instant>();
    const auto at = read_iso(text);
    if (!at) return fail(Fault::bad_input, "link: \"ends\" must be a time like 2026-12-24T18:00:00Z");
    return std::optional(*at);
}

}  // namespace

Task<http::Response> get_links(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        auto clicks = TRY(counted(tx, visit.shop().id, now));
        wire::Json::Array items;
        std::string next;
        std::int64_t last = 0;
        // newest() gives pages of 100, the most that are asked for; one more shows whether there is a next page.
        const auto page = TRY(links::newest(tx, visit.shop().id, TRY(number_after(visit))));
        for (const auto& link : page) {
            if (static_cast<std::int64_t>(items.size()) == limit) break;
            items.push_back(link_json(site, visit.shop(), link, clicks));
            last = link.number;
        }
        const bool more = page.size() > items.size() || (!page.empty() && static_cast<std::int64_t>(items.size()) == page_size_max &&
                                                         !TRY(links::newest(tx, visit.shop().id, last)).empty());
        if (more) next = std::to_string(last);
        return listed(visit, std::move(items), limit, next);
    });
}

Task<http::Response> post_link(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "link");
        links::Link wanted{.slug = TRY(fields.text_or("slug", "", links::slug_max)),
                           .target = TRY(fields.text("target", links::target_max)),
                           .title = TRY(fields.text_or("title", "", links::title_max)),
                           .on_bio = TRY(fields.boolean_or("on_bio", false)),
                           .ends = TRY(read_ends(body, fields))};
        TRY(fields.done());
        const auto link = TRY(links::add(tx, visit.shop().id, std::move(wanted), now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, who, "add_link", link.slug, now, site.random));
        return one_json(tx, site, visit.shop(), link.slug, now);
    };
    auto response = co_await write(site, visit, work, 201);
    links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> get_link(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    co_return co_await read(site, visit, [&](store::Tx& tx) { return one_json(tx, site, visit.shop(), slug, now); });
}

Task<http::Response> patch_link(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "link");
        TRY(links::find(tx, visit.shop().id, slug));
        if (fields.has("target")) {
            TRY(links::retarget(tx, visit.shop().id, slug, TRY(fields.text("target", links::target_max))));
            TRY(access::note_audit(tx, visit.shop().id, who, "retarget_link", slug, now, site.random));
        }
        if (fields.has("ends")) {
            const auto ends = TRY(read_ends(body, fields));
            TRY(links::set_end(tx, visit.shop().id, slug, ends));
            TRY(access::note_audit(tx, visit.shop().id, who, ends ? "end_link" : "resume_link", slug, now, site.random));
        }
        TRY(fields.done());
        return one_json(tx, site, visit.shop(), slug, now);
    };
    auto response = co_await write(site, visit, work);
    links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

}  // namespace barrow::app::api
