// Site: what every page of every shop needs, handed to each room's HTTP functions. Visit: one request at one shop.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/log.hpp"
#include "floor/base/random.hpp"
#include "floor/base/time.hpp"
#include "floor/bus/bus.hpp"
#include "floor/fetch/fetch.hpp"
#include "floor/http/event_hub.hpp"
#include "floor/http/http.hpp"
#include "floor/store/store.hpp"
#include "floor/wire/form.hpp"
#include "floor/wire/json.hpp"
#include "floor/wire/words.hpp"
#include "rooms/access/directory.hpp"
#include "rooms/access/login.hpp"
#include "rooms/access/times.hpp"

namespace barrow::access {

struct Site {
    store::Database& db;
    const Clock& clock;
    Random& random;
    Log& log;
    const Secrets& secrets;
    Directory& directory;
    bus::Bus& bus;                              // tells every node; see links::announce_change and live
    http::EventHub& events;                     // the viewers at this node
    fetch::Fetcher& fetcher;                    // asks the web; what users give is Peer::given_by_user
    std::string authority;                      // "localhost:8080": host of shops that have none of their own
    bool secure = false;                        // the authority is served by TLS
    bool takes_payments = true;                 // a payment provider is set up; without one nothing can be held or ordered
    bool takes_mail = false;                    // a mail server is set up; without one nobody can sign up for letters
    bool keeps_certificates = false;            // Barrow asks for them itself
    bool for_files = false;                     // pages are written into files: nothing stands on them that holds for a moment only
    bool test_mode = false;                     // receivers on this machine stand for the public web
    std::vector<std::string> operator_hosts{};  // what the operator called this installation: no shop but the first takes them by itself
};

struct Visit {
    std::shared_ptr<const Tenant> tenant;
    std::string base;  // "" or "/@mira"
    http::Request& request;
    bool ignores_case = false;  // of short links: the rule of the domain that was asked for

    [[nodiscard]] const Shop& shop() const { return tenant->shop; }
    [[nodiscard]] const Zone& zone() const { return tenant->zone; }
    // What its public pages say; the studio speaks English.
    [[nodiscard]] wire::Words words() const { return wire::Words(shop().language); }
};

// An address, a name of this machine or of its network, or what the operator calls it: no domain that somebody else could have pointed
// here.
bool is_house_host(const Site& site, std::string_view host);
// The shop that a request is for: `/@slug/…` (on another shop's own domain none), else its host's, else the first, where it is alone or the
// host is one of the house. Without a shop (an empty database, an unknown slug or domain) tenant is nullptr.
Visit visit(const Site& site, http::Request& request);
// What a suspended shop answers, nothing while it is open. Its owner may look at the studio and export; buyers find their receipts, letters
// can be stopped, payments that are under way are booked, and proofs can be checked. Pictures are let through: who asks for them is asked
// for by their own door. All else waits.
std::optional<http::Response> suspended(const Site& site, const Visit& visit);
http::Response closed(const Site& site, const Visit& visit);  // what viewers of it get
// For Front: takes "/@slug" off request.path.
void strip_shop(http::Request& request);

// "mira.example" or the site's authority; "https://mira.example" with the scheme; both without base.
std::string authority(const Site& site, const Shop& shop);
std::string origin(const Site& site, const Shop& shop);
// Absolute address of a path of this shop: origin, "/@slug" where needed, path.
std::string address(const Site& site, const Shop& shop, std::string_view path);
// did:web of the shop: its host's, or for a shop that shares a host "did:web:HOST:%40slug".
std::string did(const Site& site, const Shop& shop);
// What signs the shop's documents now: "did:web:…#key-N" and its key.
sign::ProofKey proof_key(const Site& site, const Tenant& tenant);

enum class Framing : std::uint8_t { nobody, itself, anybody };  // who may show the page in a frame

// A page of web/, with the values that every page has, and its headers (CSP with a nonce, no-store unless said otherwise).
// `csrf` is the session's in the studio, whose pages may show frames of this site.
http::Response page(const Site& site, const Visit& visit, std::string_view path, wire::Json values, std::string_view csrf = {},
                    Framing framing = Framing::nobody);

// The error as a page for people, or as problem JSON under /api/ and for those who accept only JSON. What viewers read are
// sentences; which field of a form of ours was damaged is told to programs and in the studio only.
http::Response refusal(const Site& site, const Visit& visit, const Error& error);
// The page alone; `detail` is a sentence, or "" for the page's own words.
http::Response error_page(const Site& site, const Visit& visit, int status, const std::string& detail);
// The refusal of a visit without a tenant.
http::Response no_shop(const Site& site, const Visit& visit);

// An error's text as people read it: with a capital letter, and a full stop unless it ends in an address.
std::string sentence(std::string text);
// What was refused, as a sentence in the shop's language; in English where it has no words for it.
std::string told(const Visit& visit, const Error& error);

// The first character of a name: stands in for a picture.
std::string first_letter(std::string_view name);

// 303 to a path of this shop.
http::Response see_other(const Visit& visit, std::string_view path);

// Forms of the public pages: refuses (forbidden) what another site's page sent, by Sec-Fetch-Site and Origin.
Status same_site(const Visit& visit);

// The form of a POST, a file in it as its bytes. Refuses other content types and broken bodies (bad_input).
Result<wire::Json> form(const Visit& visit);
// Likewise, but files stay where they came, in the request's body, and their fields are "".
Result<wire::FormWithFiles> form_with_files(const Visit& visit);

// The studio's door: the session of the cookie. For a POST the form's csrf must be the session's.
Result<Session> owner(store::Tx& tx, const Visit& visit, Instant now);
Status same_csrf(const Session& session, const wire::Json& form);
// "studio-mira", after the browser's "__Host-": each shop its own, since several on one host share their cookies.
std::string session_cookie(const Shop& shop);

// Bearer key of an API request, or a studio session whose csrf is in the header x-csrf. Returns "key:ID" or "owner".
Result<std::string> api_caller(store::Tx& tx, const Visit& visit, Instant now);

}  // namespace barrow::access
