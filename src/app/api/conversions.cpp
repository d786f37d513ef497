#include "app/api/call.hpp"
#include "rooms/links/conversion.hpp"
#include "rooms/links/link.hpp"

namespace barrow::app::api {
namespace {

Result<links::Conversion> read_conversion(wire::Fields& fields) {
    const auto event = TRY(fields.text("event", 20));
    const auto kind = links::conversion_kind_named(event);
    if (!kind) return fail(Fault::bad_input, R"(conversion: "event" must be "lead", "sale" or "refund")");
    links::Conversion told{.kind = *kind,
                           .key = TRY(fields.text("key", links::conversion_key_max)),
                           .name = TRY(fields.text_or("name", "", links::conversion_name_max)),
                           .sale = TRY(fields.text_or("sale", "", links::conversion_key_max))};
    if (fields.has("amount")) told.amount = TRY(read_money(*TRY(fields.object("amount")), "conversion: amount"));
    if (fields.has("occurred")) {
        const auto at = read_iso(TRY(fields.text("occurred", 40)));
        if (!at) return fail(Fault::bad_input, R"(conversion: "occurred" must be a time like 2026-12-24T18:00:00Z)");
        told.occurred = *at;
    }
    return told;
}

}  // namespace

Task<http::Response> post_conversion(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view) -> Result<wire::Json> {
        wire::Fields fields(body, "conversion");
        const auto told = TRY(read_conversion(fields));
        const links::Touched touched{.token = TRY(fields.text_or("context", "", 200)),
                                     .slug = TRY(fields.text_or("link", "", links::slug_max))};
        TRY(fields.done());
        const auto recorded = TRY(links::record(tx, *visit.tenant, told, touched, now));
        auto json = links::conversion_json(recorded.conversion);
        json.set("new", recorded.is_new);
        return json;
    };
    co_return co_await write(site, visit, work);
}

Task<http::Response> get_conversions(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        auto found = TRY(links::conversions(tx, visit.shop().id, TRY(number_after(visit)), limit + 1));
        const bool more = static_cast<std::int64_t>(found.size()) > limit;
        if (more) found.pop_back();
        wire::Json::Array items;
        for (const auto& one : found) items.push_back(links::conversion_json(one));
        return listed(visit, std::move(items), limit, more ? std::to_string(found.back().number) : "");
    });
}

}  // namespace barrow::app::api
