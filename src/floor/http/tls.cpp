// OpenSSL with memory on both sides.
#include "floor/http/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cstring>

namespace barrow::http {
namespace {

std::string openssl_reason() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    std::array<char, 160> text{};
    ERR_error_string_n(code, text.data(), text.size());
    return text.data();
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered, unsigned offered_size,
                    void*) {
    static constexpr unsigned char ours[] = "\x02h2\x08http/1.1";
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, chosen_size, ours, sizeof ours - 1, offered, offered_size) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

SSL_CTX* context_of(void* held) { return static_cast<SSL_CTX*>(held); }
SSL* session_of(void* held) { return static_cast<SSL*>(held); }

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::open(const std::string& certificate_file, const std::string& key_file) {
    SSL_CTX* made = SSL_CTX_new(TLS_server_method());
    check(made != nullptr);
    std::shared_ptr<TlsContext> context(new TlsContext(made));
    SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION);
    SSL_CTX_set_options(made, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION | SSL_OP_PRIORITIZE_CHACHA);
    // HTTP/2 over TLS 1.2 forbids the others.
    SSL_CTX_set_cipher_list(made, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_num_tickets(made, 1);                          // a tap on a link comes back once, not twice
    SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);  // tickets carry the state
    static constexpr unsigned char name[] = "barrow";
    SSL_CTX_set_session_id_context(made, name, sizeof name - 1);
    SSL_CTX_set_alpn_select_cb(made, choose_protocol, nullptr);
    if (SSL_CTX_use_certificate_chain_file(made, certificate_file.c_str()) != 1) {
        return fail(Fault::bad_input, "The certificate file " + certificate_file + " cannot be used: " + openssl_reason() + ".");
    }
    if (SSL_CTX_use_PrivateKey_file(made, key_file.c_str(), SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(made) != 1) {
        return fail(Fault::bad_input, "The key file " + key_file + " cannot be used with the certificate: " + openssl_reason() + ".");
    }
    return context;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_of(context_)); }

TlsSession::TlsSession(std::shared_ptr<TlsContext> context)
    : context_(std::move(context)), session_(SSL_new(context_of(context_->context_))) {
    check(session_ != nullptr);
    SSL_set_bio(session_of(session_), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(session_of(session_));
}

TlsSession::~TlsSession() { SSL_free(session_of(session_)); }

void TlsSession::collect(std::string& cipher) {
    BIO* out = SSL_get_wbio(session_of(session_));
    char* bytes = nullptr;
    const auto count = BIO_get_mem_data(out, &bytes);
    if (count > 0) {
        cipher.append(bytes, static_cast<std::size_t>(count));
        (void)BIO_reset(out);
    }
}

TlsSession::State TlsSession::received(std::string_view bytes, Buffer& plain, std::string& cipher) {
    SSL* session = session_of(session_);
    ERR_clear_error();
    if (!bytes.empty()) BIO_write(SSL_get_rbio(session), bytes.data(), static_cast<int>(bytes.size()));
    if (state_ == State::handshake) {
        const int outcome = SSL_do_handshake(session);
        if (outcome == 1) {
            state_ = State::open;
        } else if (SSL_get_error(session, outcome) != SSL_ERROR_WANT_READ) {
            state_ = State::failed;
        }
    }
    while (state_ == State::open) {
        char* at = plain.room(4096);
        const int count = SSL_read(session, at, static_cast<int>(plain.room_size()));
        if (count > 0) {
            plain.came(static_cast<std::size_t>(count));
            continue;
        }
        const int error = SSL_get_error(session, count);
        if (error == SSL_ERROR_WANT_READ) break;
        state_ = error == SSL_ERROR_ZERO_RETURN ? State::ended : State::failed;
    }
    collect(cipher);
    ERR_clear_error();
    return state_;
}

bool TlsSession::encrypt(std::string_view plain, std::string& cipher) {
    SSL* session = session_of(session_);
    ERR_clear_error();
    while (!plain.empty()) {
        const int count = SSL_write(session, plain.data(), static_cast<int>(std::min<std::size_t>(plain.size(), 1 << 20)));
        if (count <= 0) return false;  // memory never makes it wait
        plain.remove_prefix(static_cast<std::size_t>(count));
    }
    collect(cipher);
    return true;
}

void TlsSession::end(std::string& cipher) {
    if (state_ != State::open && state_ != State::ended) return;
    SSL_shutdown(session_of(session_));
    ERR_clear_error();
    collect(cipher);
}

bool TlsSession::speaks_h2() const {
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_of(session_), &chosen, &size);
    return size == 2 && std::memcmp(chosen, "h2", 2) == 0;
}

}  // namespace barrow::http
