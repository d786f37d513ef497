#include "rooms/letters/letters.hpp"

#include "app/api/call.hpp"

namespace barrow::app::api {

Task<http::Response> get_letters(access::Site& site, access::Visit visit) {
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        auto people = TRY(letters::page(tx, visit.shop().id, after_of(visit), limit + 1));
        const bool more = static_cast<std::int64_t>(people.size()) > limit;
        if (more) people.pop_back();
        wire::Json::Array items;
        for (const auto& one : people) {
            items.push_back(wire::Json::object({{"id", one.id},
                                                {"list", one.list},
                                                {"address", one.address},
                                                {"state", letters::name(one.state)},
                                                {"words", one.words},
                                                {"link", one.link},
                                                {"asked", time_json(one.asked)},
                                                {"confirmed", time_json(one.confirmed)},
                                                {"ended", time_json(one.ended)}}));
        }
        return listed(visit, std::move(items), limit, more ? people.back().id : "");
    });
}

}  // namespace barrow::app::api
