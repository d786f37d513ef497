// What every handler of links is given, and QR codes. Following a link is in follow_http.hpp, the bio page in pages/page_http.hpp.
#pragma once

#include "floor/base/limiter.hpp"
#include "floor/base/task.hpp"
#include "floor/store/batch.hpp"
#include "rooms/access/site.hpp"
#include "rooms/links/follow.hpp"
#include "rooms/telemetry/clicks.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/telemetry/countries.hpp"
#include "rooms/telemetry/repeats.hpp"
#include "rooms/telemetry/units.hpp"
#include "rooms/uploads/uploads_http.hpp"

namespace barrow::links {

using Places = store::Batcher<Place, bool>;

struct Doors {
    access::Site& site;
    telemetry::Counters& counters;
    telemetry::DaySalt& salt;
    Cache& cache;
    telemetry::Clicks& clicks;
    telemetry::Repeats& repeats;
    const telemetry::Countries& countries;
    Places& places;
    Limiter& password_tries;
    Limiter& taps;            // on ways out of apps, by address
    Limiter& reports;         // by address
    Limiter& reports_of_one;  // by link and address
    Lists lists;
    uploads::Doors& uploads;
};

// GET /qr/:file ("lamp.svg", "lamp.png"): the QR code of a short link; 404 where there is none. ?level=L M Q H, ?logo=1 puts the shop's
// logo in the middle, without one the stall's sign in its colour, ?side=1024 pixels of a PNG, ?d=poster makes the code a source of its own.
Task<http::Response> get_qr(Doors& doors, access::Visit visit);

}  // namespace barrow::links
