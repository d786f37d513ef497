#include "floor/sign/es256.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>

namespace barrow::sign {
namespace {

template <class Thing, void (*Free)(Thing*)>
struct Freer {
    void operator()(Thing* thing) const { Free(thing); }
};
using Number = std::unique_ptr<BIGNUM, Freer<BIGNUM, BN_clear_free>>;
using Group = std::unique_ptr<EC_GROUP, Freer<EC_GROUP, EC_GROUP_free>>;
using CurvePoint = std::unique_ptr<EC_POINT, Freer<EC_POINT, EC_POINT_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM, OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using Digester = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Parts = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG, ECDSA_SIG_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;

constexpr std::size_t octets = 65;  // 0x04, x, y

EVP_PKEY* key_of(void* held) { return static_cast<EVP_PKEY*>(held); }

// nullptr: no point of the curve.
EVP_PKEY* from_parts(std::span<const std::uint8_t> point, const BIGNUM* secret) {
    const Builder builder(OSSL_PARAM_BLD_new());
    bool made = OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
                OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
    if (secret != nullptr) made = made && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1;
    check(made);
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    check(parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1);
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &key, secret != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    return key;
}

}  // namespace

Es256Key::Es256Key(void* key) : key_(key, [](void* held) { EVP_PKEY_free(key_of(held)); }) {}

Es256Key Es256Key::make(Random& random) {
    for (;;) {  // one try in 2^32 is not below the order
        std::array<std::uint8_t, 32> secret;
        random.fill(secret);
        auto key = of(secret);
        if (key) return std::move(*key);
    }
}

Result<Es256Key> Es256Key::of(std::span<const std::uint8_t, 32> secret) {
    const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    const Number number(BN_bin2bn(secret.data(), static_cast<int>(secret.size()), nullptr));
    check(group && number);
    if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0)
        return fail(Fault::bad_input, "the secret of a P-256 key must be from 1 to the order of the curve");
    const CurvePoint point(EC_POINT_new(group.get()));
    std::array<std::uint8_t, octets> bytes;
    check(point && EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1 &&
          EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(), bytes.size(), nullptr) == octets);
    auto* key = from_parts(bytes, number.get());
    check(key != nullptr);
    return Es256Key(key);
}

Result<Es256Key> Es256Key::read(const std::string& pem) {
    BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    check(in != nullptr);
    Key key(PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr));
    BIO_free(in);
    std::array<char, 32> group{};
    if (!key || EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) != 1 ||
        std::string_view(group.data()) != "prime256v1") {
        ERR_clear_error();
        return fail(Fault::storage, "a key is no P-256 key in PEM; put back your copy of it");
    }
    return Es256Key(key.release());
}

std::string Es256Key::pem() const {
    BIO* out = BIO_new(BIO_s_mem());
    check(out != nullptr && PEM_write_bio_PKCS8PrivateKey(out, key_of(key_.get()), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(out, &bytes);
    std::string text(bytes, static_cast<std::size_t>(size));
    BIO_free(out);
    return text;
}

Point Es256Key::point() const {
    std::array<std::uint8_t, octets> bytes{};
    std::size_t size = 0;
    check(EVP_PKEY_get_octet_string_param(key_of(key_.get()), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, bytes.data(), bytes.size(), &size) == 1 &&
          size == octets);
    Point point;
    std::copy_n(bytes.begin() + 1, 32, point.x.begin());
    std::copy_n(bytes.begin() + 33, 32, point.y.begin());
    return point;
}

Es256Signature Es256Key::sign(std::span<const std::uint8_t> message) const {
    const Digester digester(EVP_MD_CTX_new());
    std::array<std::uint8_t, 80> der{};  // at most 72
    std::size_t size = der.size();
    check(digester && EVP_DigestSignInit(digester.get(), nullptr, EVP_sha256(), nullptr, key_of(key_.get())) == 1 &&
          EVP_DigestSign(digester.get(), der.data(), &size, message.data(), message.size()) == 1);
    const std::uint8_t* at = der.data();
    const Parts parts(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
    Es256Signature signature;
    check(parts && BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), signature.data(), 32) == 32 &&
          BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), signature.data() + 32, 32) == 32);
    return signature;
}

bool verify_es256(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature, const Point& point) {
    if (signature.size() != 64) return false;
    std::array<std::uint8_t, octets> bytes{0x04};
    std::ranges::copy(point.x, bytes.begin() + 1);
    std::ranges::copy(point.y, bytes.begin() + 33);
    const Key key(from_parts(bytes, nullptr));
    if (!key) return false;
    const Parts parts(ECDSA_SIG_new());
    check(parts &&
          ECDSA_SIG_set0(parts.get(), BN_bin2bn(signature.data(), 32, nullptr), BN_bin2bn(signature.data() + 32, 32, nullptr)) == 1);
    std::uint8_t* der = nullptr;
    const int size = i2d_ECDSA_SIG(parts.get(), &der);
    const Digester digester(EVP_MD_CTX_new());
    const bool good = size > 0 && digester && EVP_DigestVerifyInit(digester.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                      EVP_DigestVerify(digester.get(), der, static_cast<std::size_t>(size), message.data(), message.size()) == 1;
    OPENSSL_free(der);
    ERR_clear_error();
    return good;
}

}  // namespace barrow::sign
