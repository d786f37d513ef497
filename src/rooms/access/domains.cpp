#include "rooms/access/domains.hpp"

#include <algorithm>

#include "rooms/access/domains.sql.hpp"

namespace barrow::access {
namespace {

constexpr std::size_t name_bytes_max = 253, label_bytes_max = 63;  // RFC 1035 section 2.3.4

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > label_bytes_max || label.front() == '-' || label.back() == '-') return false;
    return std::ranges::all_of(label, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Error taken(std::string_view name) {
    return fail(Fault::conflict, "the domain " + std::string(name) + " is another shop's here; remove it there first, or choose another");
}

}  // namespace

Result<std::string> read_domain(std::string_view text) {
    std::string name(text.substr(0, name_bytes_max + 1));
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (name.ends_with('.')) name.pop_back();
    const auto wrong = [&](const std::string& mend) {
        return fail(Fault::bad_input, "\"" + name.substr(0, 80) + "\" is no domain name; " + mend);
    };
    if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return wrong("write it in its ASCII form, which begins with xn--");
    if (name.find('/') != std::string::npos || name.find(':') != std::string::npos)
        return wrong("write the name alone, without https:// and path");
    if (name.size() > name_bytes_max || name.find('.') == std::string::npos) return wrong("write it like links.example");
    for (std::string_view rest = name;;) {
        const auto dot = std::min(rest.find('.'), rest.size());
        if (!is_label(rest.substr(0, dot))) return wrong("write it like links.example");
        if (dot == rest.size()) {
            // RFC 3696 section 2: no top-level domain is all digits, so that no address is a name.
            if (std::ranges::all_of(rest, [](char c) { return c >= '0' && c <= '9'; })) return wrong("an address cannot be a domain");
            break;
        }
        rest.remove_prefix(dot + 1);
    }
    return name;
}

Result<Domain> add_domain(store::Tx& tx, const Id<Shop>& shop, const std::string& name, bool ignores_case, Instant now) {
    const auto there = TRY(domains_of(tx, shop));
    if (std::ranges::find(there, name, &Domain::name) != there.end())
        return fail(Fault::conflict, "the domain " + name + " is there already");
    if (there.size() >= domains_max)
        return fail(Fault::too_large, "a shop has at most " + std::to_string(domains_max) + " domains; remove one first");
    const auto hosts = TRY(tx.run(domains::sql::owner_of_host, {name}));
    if (!hosts.empty() && hosts[0].id<Shop>("id") != shop) return taken(name);
    if (!TRY(tx.run(domains::sql::owner_of_domain, {name})).empty()) return taken(name);
    TRY(tx.run(domains::sql::add_domain, {shop, name, ignores_case ? 1 : 0, now}));
    return Domain{.shop = shop, .name = name, .ignores_case = ignores_case, .created = now};
}

Status remove_domain(store::Tx& tx, const Id<Shop>& shop, std::string_view name) {
    if (!TRY(tx.run(domains::sql::remove_domain, {shop, name})).empty()) return {};
    return fail(Fault::not_found, "the shop has no domain \"" + std::string(name) + "\"");
}

Status set_case_rule(store::Tx& tx, const Id<Shop>& shop, std::string_view name, bool ignores_case) {
    if (!TRY(tx.run(domains::sql::set_case_rule, {shop, name, ignores_case ? 1 : 0})).empty()) return {};
    return fail(Fault::not_found, "the shop has no domain \"" + std::string(name) + "\"");
}

Result<std::vector<Domain>> domains_of(store::Tx& tx, const Id<Shop>& shop) {
    std::vector<Domain> found;
    for (const auto row : TRY(tx.run(domains::sql::domains_of, {shop})))
        found.push_back({shop, row.text("name"), row.integer("ignores_case") != 0, row.instant("created_us")});
    return found;
}

Result<std::vector<Domain>> all_domains(store::Tx& tx) {
    std::vector<Domain> found;
    for (const auto row : TRY(tx.run(domains::sql::all_domains)))
        found.push_back({row.id<Shop>("shop_id"), row.text("name"), row.integer("ignores_case") != 0, row.instant("created_us")});
    return found;
}

Result<std::vector<std::string>> all_hosts(store::Tx& tx) {
    std::vector<std::string> found;
    for (const auto row : TRY(tx.run(domains::sql::all_hosts))) found.push_back(row.text("host"));
    return found;
}

Status host_is_free(store::Tx& tx, const Id<Shop>& shop, std::string_view host) {
    if (host.empty()) return {};
    const auto owners = TRY(tx.run(domains::sql::owner_of_domain, {host}));
    if (!owners.empty() && owners[0].id<Shop>("shop_id") != shop) return taken(host);
    return {};
}

}  // namespace barrow::access
