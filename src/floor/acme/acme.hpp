// ACME (RFC 8555): a certificate for a name, from an authority that asks us to show something at that name (HTTP-01). Knows no shop
// and keeps nothing: what must be kept is handed out as it arises.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "floor/base/random.hpp"
#include "floor/base/result.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"
#include "floor/fetch/fetch.hpp"
#include "floor/sign/es256.hpp"
#include "floor/wire/json.hpp"

namespace barrow::acme {

inline constexpr std::string_view lets_encrypt = "https://acme-v02.api.letsencrypt.org/directory";

struct Authority {
    std::string directory{lets_encrypt};
    std::string contact;  // a mail address that hears of trouble, or ""
};

struct Account {
    sign::Es256Key key;
    std::string url;  // "" until it is registered
};

// What a client needs of the world around it.
struct World {
    fetch::Fetcher& fetcher;
    const Clock& clock;
    Random& random;
    // Shows `answer` at http://NAME/.well-known/acme-challenge/TOKEN, from every node, before it returns.
    std::function<Task<Status>(std::string token, std::string answer)> show;
    // Keeps the account's new address.
    std::function<Task<Status>(std::string url)> registered;
    // Waits; false: the program stops, and the request ends with Fault::busy.
    std::function<bool(Duration)> pause;
};

struct Obtained {
    std::string chain_pem, key_pem;
    Instant not_before, not_after;
    std::string serial;
};
struct Outcome {
    Result<Obtained> certificate;         // the Error is one line for a person: what is wrong, and how to mend it
    std::optional<Duration> retry_after;  // the authority asks to wait so long
};

// Registers the account where it has no url (the terms of service are agreed to), orders, answers the challenge, and waits for the
// certificate: about ten requests, five minutes at most. Refuses (outside) an authority that does not answer or refuses; (rate_limited)
// one that has had enough; (bad_input) a name that it cannot reach or will not take; (busy) when pause says stop.
Task<Outcome> obtain(World& world, Authority authority, Account account, std::string name);

// What is shown at TOKEN: TOKEN "." base64url(SHA-256(JWK thumbprint, RFC 7638)).
std::string key_authorization(std::string_view token, const sign::Point& point);

// A problem document (RFC 7807) of the authority as one line about `name`, with the mend.
Error explain(const wire::Json& problem, std::string_view name);

// Retry-After: seconds or a date (RFC 9110 section 10.2.3), at most a day; none for anything else.
std::optional<Duration> read_retry_after(std::string_view value, Instant now);

}  // namespace barrow::acme
