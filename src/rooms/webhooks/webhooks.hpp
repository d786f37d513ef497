// Webhooks: other programs are told what happens in the shop. Rooms tell in the transaction of the change; the outbox sends afterwards,
// each event to each endpoint that wants it, at least once.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/outbox/outbox.hpp"
#include "floor/store/store.hpp"
#include "floor/wire/json.hpp"
#include "rooms/access/site.hpp"

namespace barrow::webhooks {

inline constexpr std::array<std::string_view, 11> event_types{"letters.confirmed", "letters.stopped", "link.created", "link.updated",
                                                              "link.removed",      "link.clicked",    "link.broken",  "link.recovered",
                                                              "lead.created",      "sale.created",    "sale.refunded"};
inline constexpr std::string_view promise_kind = "webhook";
inline constexpr int endpoints_max = 10;
inline constexpr Duration disabled_after = days(5);  // of failures without one success between

struct Event {
    std::string_view type;  // one of event_types
    std::string key;        // told twice with one key: one event
    wire::Json data;
};
// Promises it to every endpoint that wants the type. Where there is none it costs one query and writes nothing.
Status tell(store::Tx& tx, const Id<access::Shop>& shop, const Event& event, Instant at);

struct Endpoint {
    std::string id, url;
    std::vector<std::string> events;  // empty: all
    Instant created;
    std::optional<Instant> failing, disabled;  // since when
};
// At most endpoints_max, oldest first.
Result<std::vector<Endpoint>> endpoints(store::Tx& tx, const Id<access::Shop>& shop);

struct Made {
    Endpoint endpoint;
    std::string secret;  // "whsec_…", shown once
};
// Refuses (bad_input) an address that is not http(s) and an event that there is not, (conflict) one endpoint too many.
Result<Made> add(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, std::string_view url,
                 std::vector<std::string> events, Instant now);
// Each refuses (not_found) an endpoint that is not there. What was promised to a removed one is not sent any more.
Status remove(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);
Result<std::string> rotate(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, std::string_view id);  // the new secret
// What its owner needs to see again; sealed in the database.
Result<std::string> secret_of(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, std::string_view id);
Status send_test(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, Instant now);  // type "test"

// Keeps a promise of promise_kind: sends, and notes how the endpoint fares. `own_machine_too`: test mode, where receivers on loopback stand
// for the public web; else the address rules of fetch::Peer::given_by_user hold.
Task<Status> keep(access::Site& site, outbox::Promise promise, bool own_machine_too);

}  // namespace barrow::webhooks
