// App: every room wired together, on a world that is handed in. It opens no socket and starts no thread, so that the server,
// the tests and the simulator run the same thing.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/desk.hpp"
#include "floor/base/log.hpp"
#include "floor/base/random.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"
#include "floor/bus/bus.hpp"
#include "floor/fetch/fetch.hpp"
#include "floor/fetch/smtp.hpp"
#include "floor/http/server.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/secrets.hpp"

namespace barrow::payments {
class Provider;
}
namespace barrow::media {
class Workshop;
}

namespace barrow::app {

struct TrustPage;  // local_authority.hpp

struct World {
    const Clock& clock;
    Random& random;
    Log& log;
    store::Database& db;
    bus::Bus& bus;
    http::EventHub& events;
    fetch::Fetcher& fetcher;
    const access::Secrets& secrets;
    const TrustPage* trust = nullptr;              // --tls local
    media::Workshop* workshop = nullptr;           // none: no picture or video can be uploaded
    fetch::Smtp* smtp = nullptr;                   // none: no mail is sent, and nobody can sign up for letters
    std::vector<payments::Provider*> providers{};  // beside the sandbox; one of its name takes its place
};

class App {
public:
    // Migrates the database and reads the shops. Refuses what they refuse.
    static Result<std::unique_ptr<App>> open(const World& world, const Config& config, std::string authority, bool secure);
    virtual ~App() = default;

    // What the server calls for each request.
    [[nodiscard]] virtual http::Front front() = 0;
    // Every route: for the OpenAPI check.
    [[nodiscard]] virtual const http::Router& router() const = 0;

    // The clockwork's step: writes counts, keeps promises, closes drops, lets go of what ran out. The caller starts it on `here`, again and
    // again, a quarter of a second apart.
    virtual Task<Status> tick(Executor& here) = 0;

    // Hears what other programs changed in the database and makes anew what is kept in memory of it. One at a time, a few times a second,
    // apart from the steps: a shop that was suspended or a link that was blocked elsewhere waits for no slow one.
    virtual Task<Status> hear() = 0;

    // Ends when what the last step began for others (mails, webhooks) is done, or given back. Before the executor of the steps ends.
    virtual Task<Status> settle() = 0;

    // Commands that come through the local socket. Blocks; not on an io thread.
    virtual Result<wire::Json> command(std::string_view name, const wire::Json& arguments) = 0;

    // The server's own numbers for /metrics; called when they are asked for.
    std::function<http::Server::Counters()> server_counters;
    // Called from any thread when the clockwork should step soon: somebody waits for news.
    std::function<void()> wake;
};

}  // namespace barrow::app
