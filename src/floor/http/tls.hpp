// Inside http: TLS over bytes in memory. The connection moves the cipher bytes; no sockets here.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "floor/http/link.hpp"

namespace barrow::http {

// One certificate for all io threads. TLS 1.2 or newer, ALPN h2 and http/1.1, session tickets.
class TlsContext {
public:
    // Refuses files that cannot be read, are not PEM, or do not belong together.
    static Result<std::shared_ptr<TlsContext>> open(const std::string& certificate_file, const std::string& key_file);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

private:
    friend class TlsSession;
    explicit TlsContext(void* context) : context_(context) {}
    void* context_;
};

class TlsSession {
public:
    explicit TlsSession(std::shared_ptr<TlsContext> context);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    enum class State : std::uint8_t { handshake, open, ended, failed };
    // Cipher bytes from the peer; what they hold is appended to `plain`, what must be sent now to `cipher`.
    State received(std::string_view bytes, Buffer& plain, std::string& cipher);
    // False: the session is broken.
    bool encrypt(std::string_view plain, std::string& cipher);
    void end(std::string& cipher);  // close_notify
    [[nodiscard]] bool speaks_h2() const;

private:
    void collect(std::string& cipher);

    std::shared_ptr<TlsContext> context_;
    void* session_;
    State state_ = State::handshake;
};

}  // namespace barrow::http
