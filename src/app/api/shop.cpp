#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"

namespace barrow::app::api {
namespace {

wire::Json shop_json(const access::Visit& visit, const std::string& zone) {
    const auto& shop = visit.shop();
    return wire::Json::object({{"slug", shop.slug},
                               {"name", shop.name},
                               {"host", shop.host},
                               {"language", shop.language},
                               {"time_zone", zone},
                               {"currency", shop.currency.code()}});
}

}  // namespace

Task<http::Response> get_shop(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx&) -> Result<wire::Json> { return shop_json(visit, visit.shop().time_zone); });
}

Task<http::Response> patch_shop(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "shop");
        const auto zone = TRY(fields.text("time_zone", 64));
        TRY(fields.done());
        TRY(access::set_zone(tx, visit.shop().id, zone));
        TRY(access::note_audit(tx, visit.shop().id, who, "set_zone", zone, now, site.random));
        return shop_json(visit, zone);
    };
    auto response = co_await write(site, visit, work);
    if (response.status < 300) {
        auto reloaded = co_await site.db.read([&](store::Tx& tx) { return site.directory.reload(tx); });
        if (!reloaded) co_return refused(site, visit, reloaded.error());
    }
    co_return response;
}

}  // namespace barrow::app::api
