// The doors of live: the page of a session, the overlay, its events, and the control room.
#pragma once

#include "floor/base/task.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/site.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/checkout/hold_http.hpp"
#include "rooms/live/session.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/telemetry/units.hpp"

namespace barrow::live {

struct Doors {
    access::Site& site;
    telemetry::Counters& counters;
    telemetry::DaySalt& salt;
};

// GET /live/:slug
Task<http::Response> get_live(Doors& doors, access::Visit visit);
// GET /live/:slug/qr.svg: leads to the session's page from the overlay, and says so in its context.
http::Response get_qr(Doors& doors, const access::Visit& visit);
// GET /overlay/:session and /overlay/:session/events (SSE; begins with where things stand, so that nothing is missed). An
// overlay opens it with ?as=overlay, so that the control room can say how many are connected.
Task<http::Response> get_overlay(Doors& doors, access::Visit visit);
Task<http::Response> get_events(Doors& doors, access::Visit visit);

// While the ear lives, what any node announces of a session goes to the viewers at this one.
[[nodiscard]] bus::Bus::Ear show_announced(bus::Bus& bus, http::EventHub& events);
// Tells every overlay and live page that shows the product how many are left. Reads the store; called after a change.
Task<Status> announce_stock(access::Site& site, Id<access::Shop> shop, Id<catalog::Product> product);
// Tells the session's overlays and pages what is pinned now.
Task<Status> announce_pin(access::Site& site, std::shared_ptr<const access::Tenant> tenant, Id<Session> session);
// Likewise every session that shows the product: what is said of it changed.
Task<Status> announce_snippet(access::Site& site, std::shared_ptr<const access::Tenant> tenant, Id<catalog::Product> product);

// Tells the control rooms of the session, and nobody else, that something was paid; they read what it was with the owner's cookie.
void announce_order(access::Site& site, const Id<Session>& session);

// The studio: GET and POST /studio/live, GET /studio/live/:id (?as=json: what changes while it is open) with its events, and the buttons
// POST /studio/live/:id/:act (start, end, pin, drop, price).
Task<http::Response> get_sessions(Doors& doors, access::Visit visit);
Task<http::Response> post_session(Doors& doors, access::Visit visit);
Task<http::Response> get_control_room(Doors& doors, access::Visit visit);
Task<http::Response> get_control_events(Doors& doors, access::Visit visit);
Task<http::Response> post_control(Doors& doors, access::Visit visit);

}  // namespace barrow::live
