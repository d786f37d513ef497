// Server: listens, speaks HTTP/1.1 and HTTP/2 (TLS by ALPN, clear text by prior knowledge), calls the front function.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "floor/base/log.hpp"
#include "floor/base/result.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"
#include "floor/http/event_hub.hpp"
#include "floor/http/http.hpp"
#include "floor/http/router.hpp"

namespace barrow::http {

// A certificate for the names it is served for; PEM texts.
struct ServedCertificate {
    std::vector<std::string> names;  // lower case
    std::string chain_pem, key_pem;
};

struct ServerOptions {
    std::string host = "127.0.0.1";
    int port = 8080;                             // 0 takes a free one
    int threads = 2;                             // one loop each, SO_REUSEPORT
    std::string certificate_file{}, key_file{};  // PEM; both or none
    bool tls = false;                            // TLS without files, too: set_certificates brings them
    std::vector<std::string> trusted_proxies{};  // addresses whose X-Forwarded-For and -Proto are believed
    bool io_uring = true;                        // where the kernel has it; see calls.hpp
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t connections_max = 20'000;
    long header_timeout_ms = 5'000;  // from the first byte of a request to the end of its headers
    long body_timeout_ms = 15'000;
    long idle_timeout_ms = 60'000;   // a kept-alive connection without a request
    long write_timeout_ms = 30'000;  // a peer that does not read
    long shutdown_timeout_ms = 5'000;
};

// What stands in front of the routes: it finds the route (perhaps after changing the path), or answers itself.
// Called on an io thread; must not block.
struct Front {
    std::function<const Route*(Request&, Response& answer)> find;  // nullptr: `answer` is sent
    std::function<void(const Request&, Response&)> finish;         // adds the headers that every answer has
};

class Server {
public:
    static Result<std::unique_ptr<Server>> open(ServerOptions options, Front front, const Clock& clock, Log& log);
    virtual ~Server() = default;

    [[nodiscard]] virtual int port() const = 0;
    [[nodiscard]] virtual EventHub& events() = 0;
    // Starts the threads and returns.
    virtual void start() = 0;
    // Takes no more connections, lets requests under way end (up to shutdown_timeout_ms), tells streams to come back.
    virtual void stop() = 0;

    // Of a server with TLS: from now on each handshake gets the certificate of the name it asks for (SNI), else that of the file, else the
    // first one; connections under way go on. Refuses (bad_input) texts that do not belong together, and changes nothing. From any thread.
    virtual Status set_certificates(const std::vector<ServedCertificate>& certificates) = 0;

    struct Counters {
        std::int64_t connections_open, connections_total, requests_total, refused_total, streams_open, bytes_out_total;
    };
    [[nodiscard]] virtual Counters counters() const = 0;
};

}  // namespace barrow::http
