#include "floor/sign/x509.hpp"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

namespace barrow::sign {
namespace {

struct Freer {
    void operator()(X509* one) const { X509_free(one); }
    void operator()(X509_REQ* one) const { X509_REQ_free(one); }
    void operator()(BIO* one) const { BIO_free(one); }
    void operator()(X509_EXTENSION* one) const { X509_EXTENSION_free(one); }
    void operator()(GENERAL_NAMES* one) const { GENERAL_NAMES_free(one); }
    void operator()(BIGNUM* one) const { BN_free(one); }
    void operator()(ASN1_OCTET_STRING* one) const { ASN1_OCTET_STRING_free(one); }
};
template <class Thing>
using Held = std::unique_ptr<Thing, Freer>;

constexpr std::size_t common_name_max = 64;  // RFC 5280 appendix A.1
constexpr Duration authority_life = days(3'652);
constexpr Duration backdated = hours(24);  // a phone whose clock is behind

EVP_PKEY* handle(const Es256Key& key) { return static_cast<EVP_PKEY*>(key.handle()); }

std::string text_of(BIO* out) {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(out, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

Held<X509> first_of(const std::string& pem) {
    const Held<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Held<X509> found(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return found;
}

std::string pem_of(X509* certificate) {
    const Held<BIO> out(BIO_new(BIO_s_mem()));
    check(out && PEM_write_bio_X509(out.get(), certificate) == 1);
    return text_of(out.get());
}

bool is_address(const std::string& name) {
    const Held<ASN1_OCTET_STRING> address(a2i_IPADDRESS(name.c_str()));
    ERR_clear_error();
    return address != nullptr;
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
    return text;
}

Held<X509_EXTENSION> extension(int nid, const std::string& value, X509* of = nullptr, X509* issuer = nullptr) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, of, nullptr, nullptr, 0);
    Held<X509_EXTENSION> made(X509V3_EXT_nconf_nid(nullptr, &context, nid, value.c_str()));
    check(made != nullptr);
    return made;
}

void name_it(X509_NAME* name, std::string_view common_name) {
    check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.data()),
                                     static_cast<int>(std::min(common_name.size(), common_name_max)), -1, 0) == 1);
}

Instant instant_of(const ASN1_TIME* at) {
    std::tm parts{};
    check(ASN1_TIME_to_tm(at, &parts) == 1);
    return Instant{static_cast<std::int64_t>(timegm(&parts)) * 1'000'000};
}

// Version 3, a random serial of 127 bits (RFC 5280 section 4.1.2.2), its key and life.
Held<X509> begin(const Es256Key& key, Instant from, Instant to, Random& random) {
    Held<X509> made(X509_new());
    std::array<std::uint8_t, 16> serial;
    random.fill(serial);
    serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7f) | 0x40);
    const Held<BIGNUM> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
    check(made && number && X509_set_version(made.get(), X509_VERSION_3) == 1 &&
          BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(made.get())) != nullptr &&
          ASN1_TIME_set(X509_getm_notBefore(made.get()), from.seconds()) != nullptr &&
          ASN1_TIME_set(X509_getm_notAfter(made.get()), to.seconds()) != nullptr && X509_set_pubkey(made.get(), handle(key)) == 1);
    return made;
}

void add(X509* to, int nid, const std::string& value, X509* issuer) {
    const auto made = extension(nid, value, to, issuer);
    check(X509_add_ext(to, made.get(), -1) == 1);
}

}  // namespace

Bytes certificate_request(const Es256Key& key, const std::vector<std::string>& names) {
    const Held<X509_REQ> request(X509_REQ_new());
    check(request && !names.empty() && X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1);
    if (names.front().size() <= common_name_max) name_it(X509_REQ_get_subject_name(request.get()), names.front());
    STACK_OF(X509_EXTENSION)* extensions = sk_X509_EXTENSION_new_null();
    sk_X509_EXTENSION_push(extensions, extension(NID_subject_alt_name, alternative_names(names)).release());
    check(X509_REQ_add_extensions(request.get(), extensions) == 1);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    check(X509_REQ_set_pubkey(request.get(), handle(key)) == 1 && X509_REQ_sign(request.get(), handle(key), EVP_sha256()) > 0);
    unsigned char* der = nullptr;
    const int size = i2d_X509_REQ(request.get(), &der);
    check(size > 0);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

Result<CertificateFacts> read_certificate(const std::string& chain_pem) {
    const auto certificate = first_of(chain_pem);
    if (!certificate) return fail(Fault::bad_input, "there is no certificate in the PEM text");
    CertificateFacts facts{.names = {},
                           .not_before = instant_of(X509_get0_notBefore(certificate.get())),
                           .not_after = instant_of(X509_get0_notAfter(certificate.get())),
                           .serial = ""};
    const Held<GENERAL_NAMES> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto* one = sk_GENERAL_NAME_value(names.get(), i);
        if (one->type != GEN_DNS) continue;
        facts.names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(one->d.dNSName)),
                                 static_cast<std::size_t>(ASN1_STRING_length(one->d.dNSName)));
    }
    const Held<BIGNUM> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr));
    check(number != nullptr);
    Bytes serial(static_cast<std::size_t>(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), serial.data());
    facts.serial = hex(serial);
    ERR_clear_error();
    return facts;
}

bool belongs_to(const std::string& chain_pem, const Es256Key& key) {
    const auto certificate = first_of(chain_pem);
    const bool same = certificate && X509_check_private_key(certificate.get(), handle(key)) == 1;
    ERR_clear_error();
    return same;
}

std::string common_name(const std::string& chain_pem) {
    const auto certificate = first_of(chain_pem);
    std::array<char, 256> text{};
    if (certificate) X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, text.data(), text.size());
    return text.data();
}

std::string certificate_der(const std::string& chain_pem) {
    const auto certificate = first_of(chain_pem);
    if (!certificate) return "";
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate.get(), &der);
    check(size > 0);
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

Issued make_local_authority(std::string_view called, const std::vector<std::string>& names, Instant now, Random& random) {
    const auto key = Es256Key::make(random);
    const auto made = begin(key, now - backdated, now + authority_life, random);
    auto* certificate = made.get();
    name_it(X509_get_subject_name(certificate), called);
    check(X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1);
    add(certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0", certificate);
    add(certificate, NID_key_usage, "critical,keyCertSign,cRLSign", certificate);
    add(certificate, NID_subject_key_identifier, "hash", certificate);
    std::string permitted =
        "critical,permitted;IP:10.0.0.0/255.0.0.0,permitted;IP:172.16.0.0/255.240.0.0,permitted;IP:192.168.0.0/255.255.0.0,"
        "permitted;IP:169.254.0.0/255.255.0.0,permitted;IP:127.0.0.0/255.0.0.0,permitted;IP:100.64.0.0/255.192.0.0,"
        "permitted;IP:fc00::/fe00::,permitted;IP:fe80::/ffc0::,permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    for (const auto& name : names) permitted += ",permitted;DNS:" + name;
    add(certificate, NID_name_constraints, permitted, certificate);
    check(X509_sign(certificate, handle(key), EVP_sha256()) > 0);
    return {pem_of(certificate), key.pem()};
}

Result<Issued> issue_local(const Issued& authority, const std::vector<std::string>& names, Instant now, Random& random) {
    const auto above = first_of(authority.certificate_pem);
    if (!above) return fail(Fault::storage, "the local authority's certificate is damaged");
    const auto above_key = TRY(Es256Key::read(authority.key_pem));
    const auto key = Es256Key::make(random);
    const auto made = begin(key, now - backdated, now - backdated + local_leaf_life, random);
    auto* certificate = made.get();
    check(!names.empty());
    name_it(X509_get_subject_name(certificate), names.front());
    check(X509_set_issuer_name(certificate, X509_get_subject_name(above.get())) == 1);
    add(certificate, NID_basic_constraints, "critical,CA:FALSE", above.get());
    add(certificate, NID_key_usage, "critical,digitalSignature", above.get());
    add(certificate, NID_ext_key_usage, "serverAuth", above.get());
    add(certificate, NID_authority_key_identifier, "keyid:always", above.get());
    add(certificate, NID_subject_alt_name, alternative_names(names), above.get());
    check(X509_sign(certificate, handle(above_key), EVP_sha256()) > 0);
    return Issued{pem_of(certificate) + authority.certificate_pem, key.pem()};
}

}  // namespace barrow::sign
