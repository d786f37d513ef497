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
    bool gone = false;                         // disabled because it answered 410
};
// At most endpoints_max, oldest first.
Result<std::vector<Endpoint>> endpoints(store::Tx& tx, const Id<access::Shop>& shop);

struct Made {
    Endpoint endpoint;
    std::string secret;  // "whsec_…", shown once
};
// Refuses (bad_input) an address that is not https (in test mode http on loopback is) and an event that there is not, (conflict) one
// endpoint too many.
Result<Made> add(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, std::string_view url,
                 std::vector<std::string> events, Instant now);
// Each refuses (not_found) an endpoint that is not there. What was promised to a removed one is not sent any more.
Status remove(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);
Result<std::string> rotate(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, std::string_view id);  // the new secret
// What its owner needs to see again; sealed in the database.
Result<std::string> secret_of(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, std::string_view id);
Status send_test(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, Instant now);  // type "test", before all that waits

// What was sent to an endpoint, or waits to be. Kept as long as promises are.
struct Delivery {
    std::string id, type;  // the event's webhook-id
    outbox::Delivery::State state;
    int tries = 0;
    Instant at;                          // when it happened
    std::optional<Instant> next, ended;  // the next try; when it arrived or was given up
    std::string answer, error;           // of the last try: "204", "" where nobody answered; in words what went wrong
};
inline constexpr std::int64_t deliveries_shown = 20;
// For a page: the last deliveries_shown that were tried, and how many wait behind them.
struct Last {
    std::vector<Delivery> tried;
    std::int64_t untried = 0;
};
Result<Last> last_deliveries(store::Tx& tx, const Id<access::Shop>& shop, std::string_view endpoint, Instant now);
// Each of these refuses (not_found) an endpoint or a delivery that is not there. The newest first, after the one with the id `after`.
Result<std::vector<Delivery>> deliveries(store::Tx& tx, const Id<access::Shop>& shop, std::string_view endpoint, std::string_view after,
                                         std::int64_t count_max, Instant now);
// Once more, with the same webhook-id; it goes before all that waits. Refuses (conflict) where the endpoint is switched off.
Result<Delivery> send_again(store::Tx& tx, const Id<access::Shop>& shop, std::string_view endpoint, std::string_view delivery, Instant now);
struct SentAgain {
    std::int64_t count = 0;
    bool more = false;  // there may be: ask again
};
// All that happened since `since` and did not arrive; outbox::again_max at once.
Result<SentAgain> send_failed_again(store::Tx& tx, const Id<access::Shop>& shop, std::string_view endpoint, Instant since, Instant now);

// Keeps a promise of promise_kind: sends, and notes how the endpoint fares. In test mode receivers on loopback stand for the public web;
// else the address rules of fetch::Peer::given_by_user hold.
Task<Status> keep(access::Site& site, outbox::Promise promise);

}  // namespace barrow::webhooks
