// What routes.cpp hangs on: the doors of every room, with all that they need.
#pragma once

#include "app/api/api.hpp"
#include "app/app.hpp"
#include "floor/http/static_files.hpp"
#include "rooms/access/site.hpp"
#include "rooms/checkout/hold_http.hpp"
#include "rooms/guard/rounds.hpp"
#include "rooms/letters/letters_http.hpp"
#include "rooms/links/check/linkcheck_http.hpp"
#include "rooms/links/follow_http.hpp"
#include "rooms/live/live_http.hpp"
#include "rooms/orders/orders_http.hpp"
#include "rooms/payments/payments_http.hpp"
#include "rooms/reports/reports_http.hpp"
#include "rooms/storefront/storefront_http.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/telemetry/units.hpp"
#include "rooms/uploads/uploads_http.hpp"

namespace barrow::app {

struct Rooms {
    access::Site site;
    telemetry::Counters counters;
    telemetry::DaySalt salt;
    telemetry::Clicks clicks;
    telemetry::Repeats repeats;
    std::unique_ptr<telemetry::Countries> countries;
    links::Cache link_cache;
    links::Places places;
    links::DenyList deny, watch;
    Limiter password_tries{links::password_tries_max, minutes(1)};
    Limiter taps{links::taps_max, minutes(1)};
    Limiter reports{links::reports_max, hours(1)};
    Limiter reports_of_one{1, days(1)};
    links::linkcheck::Turns linkcheck_turns;
    Limiter asks{letters::asks_max, minutes(1)};
    checkout::Holds holds;
    orders::Orders order_batches;
    http::AssetShelf shelf{wire::assets(), std::string(wire::assets_hash())};
    payments::Providers providers;
    uploads::Doors uploads{site, nullptr, nullptr, {}};
    links::Doors links{site,   counters,       salt, link_cache, clicks,         repeats,       *countries,
                       places, password_tries, taps, reports,    reports_of_one, {deny, watch}, uploads};
    links::linkcheck::Doors linkcheck{site, linkcheck_turns};
    letters::Doors letters{site, asks, nullptr, {}};
    guard::Doors guard{site};
    reports::Doors report{site, {}};
    storefront::Doors storefront{site, counters, salt, uploads};
    live::Doors live{site, counters, salt};
    checkout::Doors checkout{site, holds, {}};
    orders::Doors orders{site, order_batches, providers};
    payments::Doors payments{site, providers, {}};
};

// Every URL on one page.
void add_routes(http::Router& router, Rooms& rooms);

}  // namespace barrow::app
