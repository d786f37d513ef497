// The domains that a shop has beside its host. Each leads to the same shop; each has its own rule for the case of short links.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::access {

inline constexpr std::size_t domains_max = 50;  // of a shop; Let's Encrypt gives one account 300 certificates in three hours

struct Domain {
    Id<Shop> shop;
    std::string name;           // "links.example", lower case, in ASCII
    bool ignores_case = false;  // /Lamp and /lamp are one link
    Instant created;
};

// "Links.Example." → "links.example". Refuses (bad_input) what is no public domain name: one without a dot, an address, an
// underscore, letters outside ASCII (write xn--…).
Result<std::string> read_domain(std::string_view text);

// Refuses: a name that is another shop's domain or host, or is there already (conflict); more than domains_max (too_large).
// The shop's own host may be added, too, to give it a case rule.
Result<Domain> add_domain(store::Tx& tx, const Id<Shop>& shop, const std::string& name, bool ignores_case, Instant now);

// Refuses (not_found) a name that is not a domain of the shop.
Status remove_domain(store::Tx& tx, const Id<Shop>& shop, std::string_view name);
Status set_case_rule(store::Tx& tx, const Id<Shop>& shop, std::string_view name, bool ignores_case);

// By name.
Result<std::vector<Domain>> domains_of(store::Tx& tx, const Id<Shop>& shop);
// Of every shop: for the directory and for whoever keeps the certificates.
Result<std::vector<Domain>> all_domains(store::Tx& tx);

// The shops' own hosts.
Result<std::vector<std::string>> all_hosts(store::Tx& tx);

// Refuses (conflict) a host that another shop has as a domain.
Status host_is_free(store::Tx& tx, const Id<Shop>& shop, std::string_view host);

}  // namespace barrow::access
