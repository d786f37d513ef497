// Inside http: TLS over bytes in memory. The connection moves the cipher bytes; no sockets here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/http/link.hpp"

namespace barrow::http {

struct NamedCertificates;  // tls.cpp

// The certificates of all io threads. TLS 1.2 or newer, ALPN h2 and http/1.1, session tickets.
class TlsContext {
public:
    // Refuses files that cannot be read, are not PEM, or do not belong together. Without files there is no certificate until set().
    static Result<std::shared_ptr<TlsContext>> open(const std::string& certificate_file, const std::string& key_file);
    // From now on each handshake gets the one for its server name (SNI). For other names, and without one: that of the file, else the
    // first; else it is refused (unrecognized_name). Refuses (bad_input) what is no PEM or does not belong together, and changes nothing.
    Status set(const std::vector<ServedCertificate>& certificates);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

private:
    friend class TlsSession;
    explicit TlsContext(void* context) : context_(context) {}
    static int choose_certificate(void* session, int* alert, void* self);
    void* context_;
    bool has_file_ = false;
    Mutex mutex_;
    std::shared_ptr<const NamedCertificates> named_ guarded_by(mutex_);
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
