// Smtp: hands a written message to the operator's mail server (RFC 5321, by libcurl). It neither writes messages nor tries again.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/result.hpp"
#include "floor/base/task.hpp"

namespace barrow::fetch {

struct SmtpServer {
    std::string url;             // "smtp://mail.example:587", "smtps://mail.example:465": without user and password
    std::string user, password;  // both empty: without AUTH
    bool loopback = false;       // this machine's own: no TLS is asked for
};
// "smtp://user:password@host:587", percent-encoded where it must be. Without a port 587, for smtps 465. Refuses (bad_input) what is no such
// address; the error never repeats it, since it holds a password.
Result<SmtpServer> read_smtp(std::string_view url);

struct Envelope {
    std::string from, to;  // bare addresses
    std::string message;   // headers and body, lines end in CRLF
};

class Smtp {
public:
    virtual ~Smtp() = default;
    // Success: the server has taken the message upon itself. not_found: it takes no mail for this recipient (5xx to RCPT TO). gone: it will
    // not have this message (5xx after it was read). outside: everything else, and later may be better: no answer, 4xx, a refused login, a
    // server without STARTTLS that is not on this machine. busy: too many wait. Never longer than `smtp_ms_max`.
    [[nodiscard]] virtual Later<Status> send(Envelope envelope) = 0;
    // As Fetcher::stop.
    virtual void stop() {}
};

inline constexpr long smtp_ms_max = 60'000;  // with the wait for a connection; below the lease of a slow promise

struct SmtpOptions {
    std::string certificate_authorities_file{};  // PEM; empty: the system's
    std::size_t waiting_max = 10'000;
    std::size_t connections_max = 4;  // mail servers count them
    long connect_ms = 10'000;
    std::vector<std::string> resolve{};  // "mail.example:587:127.0.0.1", as libcurl reads it: tests
};

// libcurl on one thread of its own; connections are kept for the next message. The destructor stops it.
std::unique_ptr<Smtp> open_smtp(SmtpServer server, SmtpOptions options = {});

}  // namespace barrow::fetch
