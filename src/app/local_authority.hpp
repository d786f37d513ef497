// --tls local: a certificate authority of this installation's own, for a network without a domain. Phones trust it once, by /trust; then
// they keep pages for later (service worker) and take passkeys, as they do at a domain.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "floor/base/random.hpp"
#include "floor/base/time.hpp"
#include "floor/http/router.hpp"
#include "floor/http/server.hpp"
#include "floor/sign/x509.hpp"
#include "rooms/access/site.hpp"

namespace barrow::app {

// "box.local", "box", "localhost" and the addresses: what this machine is called in its network. `host` is what gethostname(2) says.
std::vector<std::string> local_names(std::string_view host, const std::vector<std::string>& addresses);

class LocalAuthority {
public:
    // FOLDER/local-ca.pem (certificate and key, mode 0600), made for this machine when it is not there. Refuses (storage) a file that is
    // damaged or cannot be written.
    static Result<LocalAuthority> open(const std::string& folder, Instant now, Random& random);

    [[nodiscard]] const std::string& certificate_pem() const { return authority_.certificate_pem; }
    [[nodiscard]] std::string fingerprint() const;  // SHA-256, "3f:a0:…": to compare on the phone

    // What this machine is called now, as far as the authority may vouch for it.
    [[nodiscard]] std::vector<std::string> names() const;
    // A certificate when there is none yet, the names have changed, or two thirds of its life are over; none: the last one is still good.
    Result<std::optional<http::ServedCertificate>> renew(Instant now, Random& random);

private:
    explicit LocalAuthority(sign::Issued authority) : authority_(std::move(authority)) {}
    sign::Issued authority_;
    std::vector<std::string> served_;
    Instant renewal_;
};

// GET /trust, how a phone is taught to trust it, and /trust/ca.crt. `page_url` is the page's own address by plain HTTP.
struct TrustPage {
    const LocalAuthority& authority;
    std::string page_url;
    std::string shop_url;   // where to go afterwards, by TLS
    std::string named_url;  // the same by the machine's name, which passkeys need; "" when it has none
};
void add_trust_routes(http::Router& router, access::Site& site, TrustPage trust);

}  // namespace barrow::app
