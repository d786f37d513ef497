// X.509 as Barrow needs it: a request for a certificate, what a certificate says, and a local authority of our own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "floor/base/bytes.hpp"
#include "floor/base/time.hpp"
#include "floor/sign/es256.hpp"

namespace barrow::sign {

// PKCS #10 (RFC 2986) in DER for DNS names, the first one also as common name where it fits (64 bytes).
Bytes certificate_request(const Es256Key& key, const std::vector<std::string>& names);

struct CertificateFacts {
    std::vector<std::string> names;  // DNS names and addresses it is for
    Instant not_before, not_after;
    std::string serial;  // hex, lower case
};
// Of the first certificate of a PEM chain. Refuses (bad_input) what is none.
Result<CertificateFacts> read_certificate(const std::string& chain_pem);
// The first certificate is of this key.
bool belongs_to(const std::string& chain_pem, const Es256Key& key);
std::string common_name(const std::string& chain_pem);      // of the first one; "" for none
std::string certificate_der(const std::string& chain_pem);  // of the first one; "" for none

// A certificate and its key, PEM.
struct Issued {
    std::string certificate_pem, key_pem;
};

// An authority for one household: it can vouch only for `names` below (and what ends in .NAME) and for addresses of private networks
// (RFC 1918, RFC 4193, link-local, loopback), so that a stolen key reads nobody's mail. P-256, ten years.
Issued make_local_authority(std::string_view called, const std::vector<std::string>& names, Instant now, Random& random);

inline constexpr Duration local_leaf_life = days(397);  // the most that Apple's systems take

// A server's certificate under it for names and addresses ("192.168.1.5", "::1"). Refuses (storage) a damaged authority.
Result<Issued> issue_local(const Issued& authority, const std::vector<std::string>& names, Instant now, Random& random);

}  // namespace barrow::sign
