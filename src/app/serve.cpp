#include "app/serve.hpp"

#include <signal.h>

#include <atomic>
#include <optional>
#include <thread>

#include "app/app.hpp"
#include "app/certificates.hpp"
#include "app/data_folder.hpp"
#include "app/local_authority.hpp"
#include "app/local_socket.hpp"
#include "app/plain_http.hpp"
#include "floor/http/addresses.hpp"
#include "floor/http/static_files.hpp"
#include "floor/media/workshop.hpp"

namespace barrow::app {
namespace {

constexpr Duration certificates_every = seconds(5);  // a domain that was added is asked for within it
constexpr Duration hear_every = milliseconds(200);   // what is changed elsewhere is known here within a second, with room for a slow answer
constexpr long tick_ms = 250;                        // counts are durable and overlays told within it; a wake makes it shorter

// The clockwork's own thread: steps the app again and again.
class Clockwork {
public:
    Clockwork(App& app, Log& log) : app_(app), log_(log) {
        app_.wake = [this] {
            const Lock lock(mutex_);
            woken_ = true;
            changed_.notify_one();
        };
        thread_ = std::thread([this] { run(); });
    }
    ~Clockwork() {
        {
            const Lock lock(mutex_);
            stopping_ = true;
            changed_.notify_one();
        }
        thread_.join();
    }

private:
    void run() {
        Loop loop;
        for (bool last = false; !last;) {
            {
                const Lock lock(mutex_);
                if (!woken_ && !stopping_) changed_.wait_ms(mutex_, tick_ms);
                woken_ = false;
                last = stopping_;  // one more step after the word to stop: what was counted is written
            }
            auto stepped = loop.wait(app_.tick(loop));
            if (!stepped) log_.error("tick_failed", {{"text", stepped.error().text}});
        }
        (void)loop.wait(app_.settle());
    }

    App& app_;
    Log& log_;
    Mutex mutex_;
    Condition changed_;
    bool woken_ guarded_by(mutex_) = false;
    bool stopping_ guarded_by(mutex_) = false;
    std::thread thread_;
};

// A thread of its own for what the clockwork must not wait for, or what must not wait for the clockwork: again and again, so long apart.
class Rounds {
public:
    Rounds(Log& log, std::string_view failed_event, Duration between) : log_(log), failed_event_(failed_event), between_(between) {}
    ~Rounds() {
        {
            const Lock lock(mutex_);
            stopping_ = true;
            changed_.notify_one();
        }
        if (thread_.joinable()) thread_.join();
    }
    void start(std::function<Task<Status>()> pass) {
        thread_ = std::thread([this, pass = std::move(pass)] {
            Loop loop;
            std::string told;  // what lasts is said once
            do {
                auto looked = loop.wait(pass());
                auto trouble = looked ? std::string() : looked.error().text;
                if (!trouble.empty() && trouble != told) log_.error(failed_event_, {{"text", trouble}});
                told = std::move(trouble);
            } while (pause(between_));
        });
    }
    // False: the program stops.
    bool pause(Duration wait) {
        const Lock lock(mutex_);
        if (!stopping_ && wait.us > 0) changed_.wait_ms(mutex_, wait.us / milliseconds(1).us);
        return !stopping_;
    }

private:
    Log& log_;
    const std::string_view failed_event_;
    const Duration between_;
    Mutex mutex_;
    Condition changed_;
    bool stopping_ guarded_by(mutex_) = false;
    std::thread thread_;
};

acme::Authority authority_of(const Config& config) {
    acme::Authority authority;
    if (!config.acme_directory.empty()) authority.directory = config.acme_directory;
    authority.contact = config.acme_contact;
    return authority;
}

// "192.168.1.5:8443", "[fd00::5]:8443": as phones reach a server that listens on `host`; the machine's first address where that is all.
std::string lan_authority(std::string host, int port) {
    if (host == "0.0.0.0" || host == "::") {
        auto addresses = http::lan_addresses();
        if (host == "0.0.0.0") std::erase_if(addresses, [](const auto& one) { return one.find(':') != std::string::npos; });
        host = addresses.empty() ? "localhost" : addresses.front();
    }
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

// Serves a certificate for what this machine is called now, when the last one is not for that.
Status serve_local(LocalAuthority& authority, http::Server& server, const Clock& clock, Random& random) {
    const auto fresh = TRY(authority.renew(clock.now(), random));
    return fresh ? server.set_certificates({*fresh}) : Status();
}

}  // namespace

Status serve(const Config& given, const std::function<void(const Ready&)>& ready) {
    Config config = given;
    // Blocked before any thread is made, so that only sigwait below takes them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    SystemClock clock;
    SystemRandom random;
    StderrLog log(clock);
    const auto folder = TRY(DataFolder::open(config, DataFolder::Missing::make, random));

    const auto workshop = TRY(media::Workshop::open(config.media_folder(), media::Workshop::program_beside()));
    const auto bus = bus::open_in_process();
    const auto fetcher = fetch::open_fetcher();
    const auto mail_server = TRY(config.mail_server());
    const auto smtp = mail_server ? fetch::open_smtp(*mail_server) : nullptr;

    http::ServerOptions options{.host = config.host,
                                .port = config.port,
                                .threads = config.threads,
                                .certificate_file = config.certificate,
                                .key_file = config.key,
                                .tls = config.own_tls(),
                                .trusted_proxies = config.trusted_proxies};
    std::unique_ptr<App> app;
    http::Front front;
    auto server = TRY(http::Server::open(
        options,
        {.find = [&front](http::Request& request, http::Response& answer) { return front.find(request, answer); },
         .finish = [&front](const http::Request& request, http::Response& response) { front.finish(request, response); }},
        clock, log));
    std::unique_ptr<http::Server> plain;
    if (config.http_port >= 0) {
        plain = TRY(http::Server::open({.host = config.host, .port = config.http_port, .threads = 1},
                                       plain_front(front, config.tls_port(server->port())), clock, log));
    }
    std::optional<LocalAuthority> local;
    std::optional<TrustPage> trust;
    if (config.tls_local()) {
        local = TRY(LocalAuthority::open(config.data + "/keys", clock.now(), random));
        TRY(serve_local(*local, *server, clock, random));
        if (config.public_address.empty()) config.public_address = "https://" + lan_authority(config.host, server->port());
        const auto name = local->names().front();
        trust.emplace(
            TrustPage{.authority = *local,
                      .page_url = "http://" + lan_authority(config.host, plain->port()) + "/trust",
                      .shop_url = config.public_address + "/",
                      .named_url = name.ends_with(".local") ? "https://" + name + ":" + std::to_string(server->port()) + "/" : ""});
    }
    const bool secure = config.secure();
    const auto authority = config.authority(server->port());
    app = TRY(App::open({.clock = clock,
                         .random = random,
                         .log = log,
                         .db = *folder.db,
                         .bus = *bus,
                         .events = server->events(),
                         .fetcher = *fetcher,
                         .secrets = folder.secrets,
                         .trust = trust ? &*trust : nullptr,
                         .workshop = workshop.get(),
                         .smtp = smtp.get()},
                        config, authority, secure));
    app->server_counters = [&server] { return server->counters(); };
    front = app->front();
    std::unique_ptr<fetch::Fetcher> acme_fetcher;
    std::optional<CertificateKeeper> keeper;
    std::optional<Rounds> watch;
    auto socket = TRY(LocalSocket::listen(
        config.socket_path(), [&app](std::string_view command, const wire::Json& arguments) { return app->command(command, arguments); }));
    {
        Clockwork clockwork(*app, log);
        server->start();
        if (plain) plain->start();
        watch.emplace(log, "certificates_failed", certificates_every);
        Rounds hearing(log, "others_not_heard", hear_every);
        hearing.start([&app] { return app->hear(); });
        if (!config.domains.empty()) {
            acme_fetcher = fetch::open_fetcher({.certificate_authorities_file = config.acme_authorities});
            keeper.emplace(CertificateKeeper::World{.clock = clock,
                                                    .random = random,
                                                    .log = log,
                                                    .db = *folder.db,
                                                    .secrets = folder.secrets,
                                                    .fetcher = *acme_fetcher,
                                                    .serve = [&server](const auto& all) { return server->set_certificates(all); },
                                                    .pause = [&watch](Duration wait) { return watch->pause(wait); }},
                           authority_of(config), config.domains);
            watch->start([&keeper] { return keeper->pass(); });
        } else if (local) {
            watch->start([&]() -> Task<Status> { co_return serve_local(*local, *server, clock, random); });
        }
        log.info("serving", {{"port", std::int64_t{server->port()}}, {"address", authority}, {"tls", secure ? "yes" : "no"}});
        ready({.port = server->port(),
               .plain_port = plain ? plain->port() : -1,
               .trust_url = trust ? trust->page_url : "",
               .fingerprint = local ? local->fingerprint() : ""});
        int signal = 0;
        sigwait(&signals, &signal);
        log.info("stopping", {{"signal", std::int64_t{signal}}});
        socket.reset();
        if (acme_fetcher) acme_fetcher->stop();
        watch.reset();
        if (plain) plain->stop();
        if (smtp) smtp->stop();
        workshop->stop();
        fetcher->stop();  // who waits for the web is told so, and does not hold the stop up
        server->stop();
    }
    folder.db->drain();
    log.info("stopped");
    return {};
}

}  // namespace barrow::app
