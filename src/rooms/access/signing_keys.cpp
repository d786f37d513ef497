#include "rooms/access/signing_keys.hpp"

#include <algorithm>

#include "rooms/access/access.sql.hpp"

namespace barrow::access {

Status add_signing_key(store::Tx& tx, const Id<Shop>& shop, std::int64_t number, const Secrets& secrets, Instant now, Random& random) {
    const auto keys = sign::make_key_pair(random);
    TRY(tx.run(sql::add_signing_key,
               {shop, number, base64url(keys.public_key), sign::seal(keys.secret_key, secrets.operator_key(), random), now}));
    return {};
}

Result<std::vector<SigningKey>> signing_keys(store::Tx& tx, const Id<Shop>& shop, const Secrets& secrets) {
    std::vector<SigningKey> keys;
    for (const auto row : TRY(tx.run(sql::signing_keys, {shop}))) {
        const auto secret = TRY(sign::open_sealed(row.text("sealed_secret"), secrets.operator_key()));
        if (secret.size() != 32) return fail(Fault::storage, "a signing key is damaged; restore it from a backup");
        sign::SecretKey seed;
        std::ranges::copy(secret, seed.begin());
        keys.push_back({.number = row.integer("number"), .keys = sign::key_pair_of(seed), .retired = !row.is_null("retired_us")});
    }
    if (keys.empty()) return fail(Fault::storage, "the shop has no signing key");
    return keys;
}

wire::Json did_document(const std::string& did, const std::vector<SigningKey>& keys) {
    wire::Json::Array methods, names;
    for (const auto& key : keys) {
        const auto id = did + "#key-" + std::to_string(key.number);
        methods.push_back(wire::Json::object(
            {{"id", id}, {"type", "Multikey"}, {"controller", did}, {"publicKeyMultibase", sign::multikey(key.keys.public_key)}}));
        names.emplace_back(id);
    }
    return wire::Json::object({{"@context", wire::Json::array({"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"})},
                               {"id", did},
                               {"verificationMethod", std::move(methods)},
                               {"assertionMethod", std::move(names)}});
}

}  // namespace barrow::access
