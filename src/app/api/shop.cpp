#include "app/api/call.hpp"
#include "rooms/access/country.hpp"
#include "rooms/access/shops.hpp"

namespace barrow::app::api {
namespace {

wire::Json shop_json(const access::Shop& shop) {
    return wire::Json::object({{"slug", shop.slug},
                               {"name", shop.name},
                               {"host", shop.host},
                               {"language", shop.language},
                               {"time_zone", shop.time_zone},
                               {"currency", shop.currency.code()},
                               {"home_country", shop.home_country}});
}

}  // namespace

Task<http::Response> get_shop(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx&) -> Result<wire::Json> { return shop_json(visit.shop()); });
}

Task<http::Response> patch_shop(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "shop");
        auto shop = visit.shop();
        shop.time_zone = TRY(fields.text_or("time_zone", shop.time_zone, 64));
        shop.language = TRY(fields.text_or("language", shop.language, 35));
        shop.home_country = TRY(fields.text_or("home_country", shop.home_country, 2));
        TRY(fields.done());
        if (shop.time_zone != visit.shop().time_zone) {
            TRY(access::set_zone(tx, shop.id, shop.time_zone));
            TRY(access::note_audit(tx, shop.id, who, "set_zone", shop.time_zone, now, site.random));
        }
        if (shop.language != visit.shop().language) {
            TRY(access::set_language(tx, shop.id, shop.language));
            TRY(access::note_audit(tx, shop.id, who, "set_language", shop.language, now, site.random));
        }
        if (shop.home_country != visit.shop().home_country) {
            if (!shop.home_country.empty()) shop.home_country = TRY(access::read_country(shop.home_country));
            TRY(access::set_home_country(tx, shop.id, shop.home_country));
            TRY(access::note_audit(tx, shop.id, who, "set_home_country", shop.home_country, now, site.random));
        }
        return shop_json(shop);
    };
    auto response = co_await write(site, visit, work);
    if (response.status < 300) {
        auto reloaded = co_await site.db.read([&](store::Tx& tx) { return site.directory.reload(tx); });
        if (!reloaded) co_return refused(site, visit, reloaded.error());
    }
    co_return response;
}

}  // namespace barrow::app::api
