#include "rooms/access/domains_http.hpp"

#include <algorithm>

#include "rooms/access/certificates.hpp"
#include "rooms/access/domains.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"

namespace barrow::access {
namespace {

constexpr std::string_view path = "/studio/domains";

Result<wire::Json> row_of(store::Tx& tx, const Site& site, const Visit& visit, const Domain& domain, bool removable) {
    const auto state = TRY(certificate_state(tx, domain.name));
    const auto at = visit.base + std::string(path) + "/" + domain.name;
    const bool good = state && state->is_there() && !state->needs_help();
    return wire::Json::object(
        {{"name", domain.name},
         {"href", "https://" + domain.name + "/"},
         {"ignores_case", domain.ignores_case},
         {"certificate", site.keeps_certificates ? certificate_standing(state ? &*state : nullptr, site.clock.now(), visit.zone()) : ""},
         {"state", good                           ? "good"
                   : state && state->needs_help() ? "danger"
                                                  : "muted"},
         {"trouble", state ? sentence(certificate_trouble(*state, visit.zone())) : ""},
         {"remove_url", removable ? at + "/remove" : ""},
         {"case_url", removable ? at + "/case" : ""},
         {"again_url", state && state->needs_help() ? at + "/again" : ""}});
}

Result<StudioPage> domains_page(store::Tx& tx, const Site& site, const Visit& visit, std::string_view typed, const std::string& problem) {
    const auto& shop = visit.shop();
    const auto domains = TRY(domains_of(tx, shop.id));
    const auto points_to = authority(site, shop);
    wire::Json::Array rows;
    if (!shop.host.empty() && std::ranges::find(domains, shop.host, &Domain::name) == domains.end())
        rows.push_back(TRY(row_of(tx, site, visit, {.shop = shop.id, .name = shop.host, .ignores_case = false, .created = {}}, false)));
    for (const auto& domain : domains) rows.push_back(TRY(row_of(tx, site, visit, domain, true)));
    return StudioPage{.place = "page",
                      .title = "Domains",
                      .template_path = "studio/domains.html",
                      .values = wire::Json::object({{"has_domains", !rows.empty()},
                                                    {"domains", std::move(rows)},
                                                    {"name", typed},
                                                    {"name_error", problem.empty() ? "" : sentence(problem)},
                                                    {"keeps_certificates", site.keeps_certificates},
                                                    {"points_to", points_to.substr(0, points_to.find(':'))}}),
                      .status = problem.empty() ? 200 : 422};
}

// One domain's form: runs `act` and says `words`; then the directory is read anew.
Task<http::Response> post_one(Site& site, Visit visit, std::function<Result<std::string>(store::Tx&, const wire::Json&)> act) {
    auto response = co_await studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            return with_toast(site, visit, path, {.text = TRY(act(tx, sent))});
        },
        [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
            return domains_page(tx, site, visit, field(sent, "name"), error.text);
        });
    if (response.status == 303) {
        auto reloaded = co_await site.db.read([&](store::Tx& tx) { return site.directory.reload(tx); });
        if (!reloaded) co_return refusal(site, visit, reloaded.error());
    }
    co_return response;
}

// Refuses (not_found) a name that does not lead to the shop.
Status is_of(store::Tx& tx, const Shop& shop, const std::string& name) {
    const auto domains = TRY(domains_of(tx, shop.id));
    if (shop.host == name || std::ranges::find(domains, name, &Domain::name) != domains.end()) return {};
    return fail(Fault::not_found, "the shop has no domain \"" + name + "\"");
}

}  // namespace

Status may_take(const Site& site, const Shop& shop, std::string_view name) {
    const auto first = site.directory.first();
    if ((first && first->shop.id == shop.id) || std::ranges::find(site.operator_hosts, name) == site.operator_hosts.end()) return {};
    return fail(Fault::forbidden, "the domain " + std::string(name) + " is this installation's own; ask whoever runs it");
}

Task<http::Response> get_domains(Site& site, Visit visit) {
    co_return co_await studio_page(site, visit, [&](store::Tx& tx) { return domains_page(tx, site, visit, "", ""); });
}

Task<http::Response> post_domain(Site& site, Visit visit) {
    const auto act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto name = TRY(read_domain(field(sent, "name")));
        if (const auto may = may_take(site, visit.shop(), name); !may) return fail(Fault::conflict, may.error().text);
        TRY(add_domain(tx, visit.shop().id, name, field(sent, "ignores_case") == "on", site.clock.now()));
        TRY(note_audit(tx, visit.shop().id, "owner", "add_domain", name, site.clock.now(), site.random));
        return name + " leads here as soon as its DNS does.";
    };
    co_return co_await post_one(site, visit, act);
}

Task<http::Response> post_domain_remove(Site& site, Visit visit) {
    const auto name = visit.request.parameter("name");
    const auto act = [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        TRY(remove_domain(tx, visit.shop().id, name));
        TRY(note_audit(tx, visit.shop().id, "owner", "remove_domain", name, site.clock.now(), site.random));
        return name + " no longer leads here.";
    };
    co_return co_await post_one(site, visit, act);
}

Task<http::Response> post_domain_case(Site& site, Visit visit) {
    const auto name = visit.request.parameter("name");
    const auto act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const bool ignores = field(sent, "ignores_case") == "on";
        TRY(set_case_rule(tx, visit.shop().id, name, ignores));
        TRY(note_audit(tx, visit.shop().id, "owner", "change_domain", name, site.clock.now(), site.random));
        return ignores ? "Capitals no longer count at " + name + "." : "Capitals count at " + name + ".";
    };
    co_return co_await post_one(site, visit, act);
}

Task<http::Response> post_domain_again(Site& site, Visit visit) {
    const auto name = visit.request.parameter("name");
    const auto act = [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        TRY(is_of(tx, visit.shop(), name));
        TRY(ask_for_certificate_sooner(tx, name, site.clock.now()));
        return "A certificate for " + name + " is asked for now; look again in a minute.";
    };
    co_return co_await post_one(site, visit, act);
}

}  // namespace barrow::access
