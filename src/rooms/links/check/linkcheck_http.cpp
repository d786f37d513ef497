#include "rooms/links/check/linkcheck_http.hpp"

#include <algorithm>

#include "floor/base/together.hpp"
#include "floor/fetch/url.hpp"
#include "rooms/access/certificates.hpp"
#include "rooms/access/studio.hpp"

namespace barrow::links::linkcheck {
namespace {

access::StudioPage check_page(const std::string& typed, const std::string& problem, wire::Json::Array results) {
    return {.place = "links",
            .title = "Check a link",
            .template_path = "studio/linkcheck.html",
            .values = wire::Json::object({{"typed", typed},
                                          {"wrong", access::sentence(problem)},
                                          {"addresses_max", studio_addresses_max},
                                          {"results", std::move(results)}}),
            .toast = {}};
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        if (!line.empty()) lines.emplace_back(line);
    }
    return lines;
}

}  // namespace

Result<std::string> own_origin(store::Tx& tx, const access::Site& site, const access::Shop& shop) {
    auto origin = fetch::origin(access::origin(site, shop));
    if (shop.host.empty() || std::ranges::find(site.operator_hosts, shop.host) != site.operator_hosts.end()) return origin;
    // Whoever has a host's DNS may let it lead anywhere tomorrow: what answers there must show our certificate, too.
    const auto certificate = TRY(access::certificate_state(tx, shop.host));
    return certificate && certificate->is_there() ? origin : std::string();
}

bool Turns::take(const Id<access::Shop>& shop) {
    const Lock lock(mutex_);
    return under_way_.insert(shop.text).second;
}

void Turns::give_back(const Id<access::Shop>& shop) {
    const Lock lock(mutex_);
    under_way_.erase(shop.text);
}

Task<Result<std::vector<Told>>> check_for_shop(Doors& doors, const access::Shop& shop, std::vector<std::string> addresses) {
    if (addresses.empty() || addresses.size() > studio_addresses_max)
        co_return fail(Fault::bad_input, "give one to " + std::to_string(studio_addresses_max) + " addresses, one a line");
    How how{.agents = {}};
    for (const auto& agent : agents()) how.agents.push_back(agent.agent);
    if (shop.host.empty()) {
        how.own_origins.push_back(fetch::origin(access::origin(doors.site, shop)));
    } else {
        auto own = co_await doors.site.db.read([&](store::Tx& tx) { return own_origin(tx, doors.site, shop); });
        if (!own) co_return own.error();
        if (!own->empty()) how.own_origins.push_back(std::move(*own));
    }
    std::vector<Task<Checked>> tasks;
    for (const auto& address : addresses) {
        auto asked = ask(address);
        if (!asked) co_return asked.error();
        tasks.push_back(follow(doors.site.fetcher, std::move(*asked), how));
    }
    const auto shop_id = shop.id;
    if (!doors.turns.take(shop_id)) co_return fail(Fault::rate_limited, "a check is under way; it takes some seconds, then try again");
    auto all = together(std::move(tasks));
    auto checked = co_await all;
    doors.turns.give_back(shop_id);
    std::vector<Told> told;
    for (auto& one : checked) {
        auto verdict = judge(one, doors.site.clock.now());
        told.push_back({.checked = std::move(one), .verdict = std::move(verdict)});
    }
    co_return told;
}

Task<http::Response> get_linkcheck(Doors& doors, access::Visit visit) {
    const auto typed = visit.request.query_value("url").value_or("");
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx&) -> Result<access::StudioPage> {
        return check_page(typed.substr(0, address_bytes_max), "", {});
    });
}

Task<http::Response> post_linkcheck(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto sent = access::form(visit);
    if (!sent) co_return access::refusal(site, visit, sent.error());
    const auto allowed = co_await site.db.read([&](store::Tx& tx) -> Status {
        const auto session = TRY(access::owner(tx, visit, now));
        return access::same_csrf(session, *sent);
    });
    if (!allowed) co_return access::refusal(site, visit, allowed.error());
    const auto typed = access::field(*sent, "addresses");
    auto addresses = lines_of(typed);
    auto checking = check_for_shop(doors, visit.shop(), std::move(addresses));
    const auto told = co_await checking;
    wire::Json::Array results;
    if (told) {
        for (const auto& one : *told) results.push_back(to_values(one));
    }
    co_return co_await access::studio_page(site, visit, [&](store::Tx&) -> Result<access::StudioPage> {
        auto page = check_page(typed, told ? "" : told.error().text, results);
        if (!told) page.status = told.error().fault == Fault::bad_input ? 422 : http::status(told.error().fault);
        return page;
    });
}

}  // namespace barrow::links::linkcheck
