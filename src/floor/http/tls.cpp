// OpenSSL with memory on both sides.
#include "floor/http/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <cstring>
#include <map>

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

struct Freer {
    void operator()(X509* one) const { X509_free(one); }
    void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
    void operator()(BIO* one) const { BIO_free(one); }
    void operator()(STACK_OF(X509) * all) const { sk_X509_pop_free(all, X509_free); }
};
template <class Thing>
using Held = std::unique_ptr<Thing, Freer>;

struct Loaded {
    Held<X509> leaf;
    Held<STACK_OF(X509)> above;
    Held<EVP_PKEY> key;
};

Result<std::shared_ptr<const Loaded>> load(const ServedCertificate& certificate) {
    const auto whose = certificate.names.empty() ? std::string("no name") : certificate.names.front();
    auto loaded = std::make_shared<Loaded>();
    const Held<BIO> chain(BIO_new_mem_buf(certificate.chain_pem.data(), static_cast<int>(certificate.chain_pem.size())));
    const Held<BIO> key(BIO_new_mem_buf(certificate.key_pem.data(), static_cast<int>(certificate.key_pem.size())));
    loaded->above.reset(sk_X509_new_null());
    check(chain && key && loaded->above);
    loaded->leaf.reset(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
    while (auto* next = loaded->leaf ? PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr) : nullptr)
        sk_X509_push(loaded->above.get(), next);
    ERR_clear_error();
    loaded->key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
    if (!loaded->leaf || !loaded->key || X509_check_private_key(loaded->leaf.get(), loaded->key.get()) != 1)
        return fail(Fault::bad_input, "The certificate of " + whose + " cannot be used: " + openssl_reason() + ".");
    return std::shared_ptr<const Loaded>(std::move(loaded));
}

SSL_CTX* context_of(void* held) { return static_cast<SSL_CTX*>(held); }
SSL* session_of(void* held) { return static_cast<SSL*>(held); }

}  // namespace

struct NamedCertificates {
    std::map<std::string, std::shared_ptr<const Loaded>, std::less<>> by_name;
    std::shared_ptr<const Loaded> first;
};

Status TlsContext::set(const std::vector<ServedCertificate>& certificates) {
    auto fresh = std::make_shared<NamedCertificates>();
    for (const auto& certificate : certificates) {
        auto loaded = TRY(load(certificate));
        if (!fresh->first) fresh->first = loaded;
        for (const auto& name : certificate.names) fresh->by_name.emplace(name, loaded);
    }
    const Lock lock(mutex_);
    named_ = std::move(fresh);
    return {};
}

int TlsContext::choose_certificate(void* session, int* alert, void* self) {
    auto& context = *static_cast<TlsContext*>(self);
    std::shared_ptr<const NamedCertificates> named;
    {
        const Lock lock(context.mutex_);
        named = context.named_;
    }
    SSL* mine = session_of(session);
    const char* asked = SSL_get_servername(mine, TLSEXT_NAMETYPE_host_name);
    std::shared_ptr<const Loaded> chosen;
    if (named && asked != nullptr) {
        std::string name(asked);
        for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        if (const auto found = named->by_name.find(name); found != named->by_name.end()) chosen = found->second;
    }
    if (!chosen && context.has_file_) return SSL_TLSEXT_ERR_OK;
    if (!chosen && named) chosen = named->first;
    SSL_certs_clear(mine);  // a certificate of another kind of key would stay beside it
    if (chosen && SSL_use_cert_and_key(mine, chosen->leaf.get(), chosen->key.get(), chosen->above.get(), 1) == 1) return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

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
    SSL_CTX_set_tlsext_servername_callback(
        made, +[](SSL* session, int* alert, void* self) { return choose_certificate(session, alert, self); });
    SSL_CTX_set_tlsext_servername_arg(made, context.get());
    if (certificate_file.empty()) return context;
    context->has_file_ = true;
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
