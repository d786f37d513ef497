// Who opens a link or a page, as far as their request says it: a person, and if not, why that is no click and no view.
#pragma once

#include "rooms/links/links_http.hpp"

namespace barrow::links {

// The headers that matter here, found in one pass: this runs for every click. Views into the request.
struct Said {
    std::string_view agent, language, referrer;
    bool ahead = false, cookies = false;
};
Said said_by(const http::Request& request);

// `subject`: a link's number, or a page's (telemetry::page_subject). Remembers the opening, so that the next one like it is a repetition.
struct Opened {
    telemetry::WhyNot why = telemetry::WhyNot::no;
    telemetry::Repeats::Place place{};  // of a person: where they come from
};
Opened opened(const Doors& doors, const access::Visit& visit, const Said& said, std::int64_t subject, const telemetry::Agent& agent,
              Instant now);
// Why the opening does not count in the end: as above, and `flood` for one that would. Asked once, when it is counted: a page that asks
// for a password, and the password after it, are one click.
telemetry::WhyNot why_not(const Doors& doors, const access::Visit& visit, const Opened& opened, Instant now);

}  // namespace barrow::links
