// Certificates: asks an ACME authority for one for every domain, renews them in time, and hands them to the listener. Several nodes on
// one database share them; each name is asked for by one node at a time.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "floor/acme/acme.hpp"
#include "floor/base/log.hpp"
#include "floor/http/server.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/certificates.hpp"

namespace barrow::app {

class CertificateKeeper {
public:
    struct World {
        const Clock& clock;
        Random& random;
        Log& log;
        store::Database& db;
        const access::Secrets& secrets;
        fetch::Fetcher& fetcher;
        std::function<Status(const std::vector<http::ServedCertificate>&)> serve;  // Server::set_certificates
        std::function<bool(Duration)> pause;                                       // acme::World::pause
    };
    // `domains` are the operator's own, the first of them answers for unknown names; the shops' hosts and domains come beside them.
    CertificateKeeper(World world, acme::Authority authority, std::vector<std::string> domains)
        : world_(std::move(world)), authority_(std::move(authority)), domains_(std::move(domains)) {}

    // One look: serves what is new in the database, and asks for what is due, one after the other; seconds for each name. The caller
    // starts it again and again.
    Task<Status> pass();

private:
    Task<Status> serve_new(const std::vector<std::string>& wanted);
    Task<Status> ask(std::string name);
    Task<acme::Outcome> obtain(const std::string& name);

    World world_;
    const acme::Authority authority_;
    const std::vector<std::string> domains_;
    using Served = std::map<std::string, std::pair<Instant, http::ServedCertificate>, std::less<>>;  // by name, with its end
    Served served_;
};

// A name is due: never asked for, its time has come, or another authority was chosen since.
bool is_due(const access::CertificateState* state, std::string_view directory, Instant now);

}  // namespace barrow::app
