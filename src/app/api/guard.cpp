#include "rooms/guard/guard.hpp"

#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/guard/touchpoints.hpp"
#include "rooms/links/follow.hpp"

namespace barrow::app::api {
namespace {

constexpr std::int64_t ignore_days_max = 365;

Result<guard::Profile> read_profile(store::Tx& tx, const Id<access::Shop>& shop, const wire::Json& body, guard::Profile base) {
    wire::Fields fields(body, "profile");
    base.name = TRY(fields.text_or("name", base.name, guard::profile_name_max));
    base.address = TRY(fields.text_or("address", base.address, guard::profile_address_max));
    base.source = TRY(fields.text_or("source", base.source, guard::source_max));
    base.owner = TRY(fields.text_or("owner", base.owner, guard::profile_owner_max));
    if (fields.has("link")) {
        const auto slug = TRY(fields.text_or("link", "", links::slug_max));
        base.link = slug.empty() ? 0 : TRY(links::find(tx, shop, slug)).number;
    }
    TRY(fields.done());
    return base;
}

Result<wire::Json> profile_json(store::Tx& tx, const Id<access::Shop>& shop, const guard::Profile& profile) {
    const auto link = TRY(links::find_numbered(tx, shop, profile.link));
    return guard::json(profile, link ? link->slug : "");
}

}  // namespace

Task<http::Response> get_health(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto& shop = visit.shop();
        const auto sum = TRY(guard::summary(tx, shop, now));
        wire::Json::Array items;
        for (const auto& trouble : TRY(guard::troubles(tx, shop, now))) items.push_back(guard::json(trouble, shop));
        return wire::Json::object({{"targets", sum.targets},
                                   {"not_looked", sum.not_looked},
                                   {"broken", sum.broken},
                                   {"warned", sum.warned},
                                   {"clicks", sum.clicks},
                                   {"lost", money_json({sum.lost_minor, shop.currency})},
                                   {"items", std::move(items)}});
    });
}

Task<http::Response> post_health(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        const auto& shop = visit.shop().id;
        wire::Fields fields(body, "health");
        const auto act = TRY(fields.text("act", 20)), target = TRY(fields.text("target", links::target_max));
        if (act == "look") {
            TRY(guard::look_again(tx, shop, target, now));
        } else if (act == "ignore") {
            const auto until = now + days(TRY(fields.integer("days", 1, ignore_days_max)));
            TRY(guard::ignore(tx, shop, target, until, now));
        } else if (act == "hear") {
            TRY(guard::ignore(tx, shop, target, std::nullopt, now));
        } else if (act == "away") {
            TRY(guard::lead_away(tx, shop, TRY(fields.text("slug", links::slug_max)), target, now));
        } else if (act == "back") {
            TRY(guard::lead_back(tx, shop, TRY(fields.text("slug", links::slug_max)), target, now));
        } else {
            return fail(Fault::bad_input, "health: \"act\" must be look, ignore, hear, away or back");
        }
        TRY(fields.done());
        TRY(access::note_audit(tx, shop, who, "guard_" + act, "", now, site.random));
        return wire::Json::object({{"target", target}, {"act", act}});
    };
    auto answer = co_await write(site, visit, work);
    links::announce_change(site.bus, visit.shop().id);
    co_return answer;
}

Task<http::Response> get_touchpoints(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto text = [&](std::string_view name) { return visit.request.query_value(name).value_or(""); };
        const auto found = TRY(guard::inventory(tx, access::address(site, visit.shop(), ""), visit.shop(), now));
        wire::Json::Array items;
        for (const auto& one : guard::choose(found.all, {.kind = text("kind"), .words = text("words"), .live = text("live")}))
            items.push_back(guard::json(one));
        return wire::Json::object({{"items", std::move(items)}, {"cut", found.cut}});
    });
}

Task<http::Response> get_profiles(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        wire::Json::Array items;
        for (const auto& profile : TRY(guard::profiles(tx, visit.shop().id)))
            items.push_back(TRY(profile_json(tx, visit.shop().id, profile)));
        return wire::Json::object({{"items", std::move(items)}});
    });
}

Task<http::Response> post_profile(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        const auto& shop = visit.shop().id;
        const auto made = TRY(guard::add_profile(tx, shop, TRY(read_profile(tx, shop, body, {})), now, site.random));
        TRY(access::note_audit(tx, shop, who, "add_profile", made.id, now, site.random));
        return profile_json(tx, shop, made);
    };
    co_return co_await write(site, visit, work, 201);
}

Task<http::Response> patch_profile(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto id = visit.request.parameter("id");
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        const auto& shop = visit.shop().id;
        const auto wanted = TRY(read_profile(tx, shop, body, TRY(guard::find_profile(tx, shop, id))));
        TRY(guard::change_profile(tx, shop, wanted, now));
        TRY(access::note_audit(tx, shop, who, "change_profile", id, now, site.random));
        return profile_json(tx, shop, TRY(guard::find_profile(tx, shop, id)));
    };
    co_return co_await write(site, visit, work);
}

Task<http::Response> delete_profile(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto id = visit.request.parameter("id");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view who) -> Result<wire::Json> {
        TRY(guard::remove_profile(tx, visit.shop().id, id));
        TRY(access::note_audit(tx, visit.shop().id, who, "remove_profile", id, now, site.random));
        return wire::Json::object({{"removed", id}});
    };
    co_return co_await write(site, visit, work);
}

}  // namespace barrow::app::api
