// The studio's page of domains: which names lead to the shop, and what became of their certificates.
#pragma once

#include <string_view>

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"

namespace barrow::access {

Task<http::Response> get_domains(Site& site, Visit visit);
Task<http::Response> post_domain(Site& site, Visit visit);         // name, ignores_case "on"
Task<http::Response> post_domain_remove(Site& site, Visit visit);  // /studio/domains/:name/remove
Task<http::Response> post_domain_case(Site& site, Visit visit);    // /studio/domains/:name/case, ignores_case "on" or ""
Task<http::Response> post_domain_again(Site& site, Visit visit);   // /studio/domains/:name/again: asks for the certificate now

// Refuses (forbidden) a name that the operator gave this installation, for a shop that does not answer at it: the command line may.
Status may_take(const Site& site, const Shop& shop, std::string_view name);

}  // namespace barrow::access
