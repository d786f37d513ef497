#include "rooms/access/domains.hpp"

#include "app/api/call.hpp"
#include "rooms/access/certificates.hpp"
#include "rooms/access/domains_http.hpp"
#include "rooms/access/shops.hpp"

namespace barrow::app::api {
namespace {

Result<wire::Json> domain_json(store::Tx& tx, const access::Domain& domain, Instant now) {
    const auto state = TRY(access::certificate_state(tx, domain.name));
    auto certificate = wire::Json();
    if (state) {
        certificate = wire::Json::object({{"ends", state->is_there() ? time_json(state->not_after) : wire::Json()},
                                          {"next_try", time_json(state->next_try)},
                                          {"failed_count", state->failed_count},
                                          {"problem", state->problem},
                                          {"words", access::certificate_words(&*state, now)}});
    }
    return wire::Json::object({{"name", domain.name},
                               {"ignores_case", domain.ignores_case},
                               {"created", time_json(domain.created)},
                               {"certificate", std::move(certificate)}});
}

// The directory knows of a change as soon as the answer is out.
Task<http::Response> reloaded(access::Site& site, access::Visit visit, http::Response response) {
    if (response.status >= 300) co_return response;
    auto done = co_await site.db.read([&](store::Tx& tx) { return site.directory.reload(tx); });
    if (!done) co_return access::refusal(site, visit, done.error());
    co_return response;
}

}  // namespace

Task<http::Response> get_domains(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return co_await read(site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        wire::Json::Array items;
        for (const auto& domain : TRY(access::domains_of(tx, visit.shop().id))) items.push_back(TRY(domain_json(tx, domain, now)));
        return wire::Json::object({{"items", std::move(items)}, {"next", wire::Json()}});
    });
}

Task<http::Response> post_domain(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto work = [&](store::Tx& tx, const wire::Json& body, std::string_view who) -> Result<wire::Json> {
        wire::Fields fields(body, "domain");
        const auto name = TRY(access::read_domain(TRY(fields.text("name", 300))));
        const bool ignores_case = TRY(fields.boolean_or("ignores_case", false));
        TRY(fields.done());
        TRY(access::may_take(site, visit.shop(), name));
        const auto domain = TRY(access::add_domain(tx, visit.shop().id, name, ignores_case, now));
        TRY(access::note_audit(tx, visit.shop().id, who, "add_domain", name, now, site.random));
        return domain_json(tx, domain, now);
    };
    auto response = co_await write(site, visit, work, 201);
    co_return co_await reloaded(site, visit, std::move(response));
}

Task<http::Response> delete_domain(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto name = visit.request.parameter("name");
    const auto work = [&](store::Tx& tx, const wire::Json&, std::string_view who) -> Result<wire::Json> {
        TRY(access::remove_domain(tx, visit.shop().id, name));
        TRY(access::note_audit(tx, visit.shop().id, who, "remove_domain", name, now, site.random));
        return wire::Json::object({{"removed", name}});
    };
    auto response = co_await write(site, visit, work);
    co_return co_await reloaded(site, visit, std::move(response));
}

}  // namespace barrow::app::api
