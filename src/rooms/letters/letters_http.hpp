// The doors of letters: signing up, the page that a mail leads to, the mail itself, and the studio's side.
#pragma once

#include "floor/base/limiter.hpp"
#include "floor/base/task.hpp"
#include "floor/fetch/smtp.hpp"
#include "floor/outbox/outbox.hpp"
#include "rooms/access/site.hpp"
#include "rooms/letters/letters.hpp"

namespace barrow::letters {

inline constexpr std::int64_t asks_max = 5;  // a minute from one address of the net

struct Doors {
    access::Site& site;  // takes_mail: without a mail server nobody can sign up
    Limiter& asks;
    fetch::Smtp* smtp = nullptr;
    std::string mail_from;  // "stall@mira.example"
};

// GET /letters?list=letters: the form, for who has no page to put it on. 404 in plain words where no mail is set up.
Task<http::Response> get_letters(Doors& doors, access::Visit visit);
// POST /letters: email, list, context (a token of telemetry, or nothing), website (what people do not see stays empty). The answer is the
// same for every address that is one. Refuses other sites' forms (403), what is no address (422), too many (429).
Task<http::Response> post_letters(Doors& doors, access::Visit visit);
// GET /letters/:token: a page with one button, so that programs that open mails' links confirm nothing.
Task<http::Response> get_token(Doors& doors, access::Visit visit);
// POST /letters/:token: do=confirm, do=stop, or RFC 8058's List-Unsubscribe=One-Click.
Task<http::Response> post_token(Doors& doors, access::Visit visit);

// Keeps a promise of mail_kind.
Task<Status> keep_mail(Doors& doors, outbox::Promise promise);

Task<http::Response> get_studio(Doors& doors, access::Visit visit);   // GET  /studio/letters
Task<http::Response> post_studio(Doors& doors, access::Visit visit);  // POST /studio/letters: slug, name, words
Task<http::Response> post_stop(Doors& doors, access::Visit visit);    // POST /studio/letters/:id/stop
Task<http::Response> get_csv(Doors& doors, access::Visit visit);      // GET  /studio/export/letters.csv

}  // namespace barrow::letters
