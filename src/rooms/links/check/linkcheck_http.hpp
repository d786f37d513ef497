// The studio's page of the link check, and the check of a shop that it shares with the API.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "floor/base/mutex.hpp"
#include "rooms/access/site.hpp"
#include "rooms/links/check/told.hpp"

namespace barrow::links::linkcheck {

inline constexpr std::size_t studio_addresses_max = 5;  // what one page shows, and one request of ours may ask of others

// One check at a time and shop: a check is a few dozen requests to other people's servers.
class Turns {
public:
    bool take(const Id<access::Shop>& shop);  // false: one is under way
    void give_back(const Id<access::Shop>& shop);

private:
    Mutex mutex_;
    std::set<std::string> under_way_ guarded_by(mutex_);
};

struct Doors {
    access::Site& site;
    Turns& turns;
};

// The shop's own origin, which may stand in a private network: that of the installation, of a host that the operator named, or of one whose
// certificate an authority gave us. "" where nobody verified that the host is ours: then it is asked as any other.
Result<std::string> own_origin(store::Tx& tx, const access::Site& site, const access::Shop& shop);

// Follows the addresses as all browsers, side by side: no longer than walk_ms_max. Addresses are given by a user: private ones are refused
// at every hop, but for this shop's own origin. Refuses what ask() refuses, none or more than studio_addresses_max (bad_input), and a
// second check of the shop while one is under way (rate_limited).
Task<Result<std::vector<Told>>> check_for_shop(Doors& doors, const access::Shop& shop, std::vector<std::string> addresses);

Task<http::Response> get_linkcheck(Doors& doors, access::Visit visit);   // GET  /studio/linkcheck, ?url= fills the field
Task<http::Response> post_linkcheck(Doors& doors, access::Visit visit);  // POST /studio/linkcheck: addresses, one a line; shows the page

}  // namespace barrow::links::linkcheck
