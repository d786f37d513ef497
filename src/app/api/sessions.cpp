#include <array>

#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/links/follow.hpp"
#include "rooms/live/live_http.hpp"

namespace barrow::app::api {
namespace {

constexpr std::array<std::string_view, 3> states{"scheduled", "live", "ended"};

Result<wire::Json> session_json(store::Tx& tx, const access::Site& site, const access::Shop& shop, const live::Session& session) {
    wire::Json::Array products;
    auto pinned = wire::Json();
    for (const auto& product : TRY(live::products(tx, shop.id, session.id))) {
        products.emplace_back(product.slug);
        if (session.pinned && *session.pinned == product.id) pinned = product.slug;
    }
    return wire::Json::object({{"id", session.id.text},
                               {"slug", session.slug},
                               {"title", session.title},
                               {"state", states[static_cast<std::size_t>(session.state)]},
                               {"starts", time_json(session.starts)},
                               {"started", time_json(session.started)},
                               {"ended", time_json(session.ended)},
                               {"watch_url", session.watch_url},
                               {"products", std::move(products)},
                               {"pinned", std::move(pinned)},
                               {"url", access::address(site, shop, "/live/" + session.slug)},
                               {"overlay_url", access::address(site, shop, "/overlay/" + session.id.text)}});
}

Result<Id<catalog::Product>> product_named(store::Tx& tx, const Id<access::Shop>& shop, const std::string& slug) {
    const auto product = catalog::find(tx, shop, std::string_view(slug));
    if (!product) return fail(Fault::bad_input, "session: there is no product \"" + slug + "\" in this shop");
    return product->id;
}

using Turn = std::function<Result<live::Session>(store::Tx&, const Id<live::Session>&, wire::Fields&)>;

// start, pin, end: one step of a session, told to its overlays and pages.
Task<http::Response> turn(access::Site& site, access::Visit visit, std::string_view what, Turn step) {
    const auto now = site.clock.now();
    const Id<live::Session> id{visit.request.parameter("id")};
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, what);
        const auto session = TRY(step(tx, id, fields));
        TRY(fields.done());
        TRY(access::note_audit(tx, visit.shop().id, who, "live_" + std::string(what), id.text, now, site.random));
        return session_json(tx, site, visit.shop(), session);
    };
    auto response = co_await write(site, visit, work);
    if (response.status == 200) {
        links::announce_change(site.bus, visit.shop().id);
        const auto told = co_await live::announce_pin(site, visit.tenant, id);
        if (!told) site.log.warning("announce_failed", {{"session", id.text}, {"text", told.error().text}});
    }
    co_return response;
}

}  // namespace

Task<http::Response> get_sessions(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        const auto after = TRY(number_after(visit));
        wire::Json::Array items;
        std::string next;
        std::int64_t last = 0;
        for (const auto& session : TRY(live::newest(tx, visit.shop().id))) {
            if (after != 0 && session.number >= after) continue;
            if (static_cast<std::int64_t>(items.size()) == limit) {
                next = std::to_string(last);
                break;
            }
            items.push_back(TRY(session_json(tx, site, visit.shop(), session)));
            last = session.number;
        }
        return listed(visit, std::move(items), limit, next);
    });
}

Task<http::Response> post_session(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "session");
        live::NewSession wanted{.title = TRY(fields.text("title", live::title_max)), .slug = TRY(fields.text_or("slug", "", 60))};
        const auto starts = read_iso(TRY(fields.text("starts", 40)));
        if (!starts) return fail(Fault::bad_input, "session: \"starts\" must be a time like 2026-11-24T20:00:00Z");
        wanted.starts = *starts;
        wanted.watch_url = TRY(fields.text_or("watch_url", "", 2'000));
        if (fields.has("products")) {
            for (const auto& one : TRY(fields.array("products", live::products_max))->items()) {
                if (!one.is_text()) return fail(Fault::bad_input, "session: \"products\" must be a list of slugs");
                wanted.products.push_back(TRY(product_named(tx, visit.shop().id, one.text())));
            }
        }
        TRY(fields.done());
        const auto session = TRY(live::schedule(tx, visit.shop(), wanted, now, site.random));
        TRY(access::note_audit(tx, visit.shop().id, who, "schedule_session", session.id.text, now, site.random));
        return session_json(tx, site, visit.shop(), session);
    };
    auto response = co_await write(site, visit, work, 201);
    if (response.status < 300) links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> post_start(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto step = [&](store::Tx& tx, const Id<live::Session>& id, wire::Fields&) { return live::start(tx, visit.shop().id, id, now); };
    co_return co_await turn(site, visit, "start", step);
}

Task<http::Response> post_pin(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto step = [&](store::Tx& tx, const Id<live::Session>& id, wire::Fields& fields) -> Result<live::Session> {
        if (!fields.has("product"))
            return fail(Fault::bad_input, "pin: \"product\" is missing; give it a slug, or null to take it off the screen");
        const auto slug = TRY(fields.text_or("product", "", 60));
        std::optional<Id<catalog::Product>> product;
        if (!slug.empty()) product = TRY(product_named(tx, visit.shop().id, slug));
        return live::pin(tx, visit.shop().id, id, product, now);
    };
    co_return co_await turn(site, visit, "pin", step);
}

Task<http::Response> post_end(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto step = [&](store::Tx& tx, const Id<live::Session>& id, wire::Fields&) { return live::end(tx, visit.shop().id, id, now); };
    co_return co_await turn(site, visit, "end", step);
}

}  // namespace barrow::app::api
