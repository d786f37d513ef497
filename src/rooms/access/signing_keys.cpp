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

Result<std::int64_t> rotate_signing_key(store::Tx& tx, const Id<Shop>& shop, const Secrets& secrets, Instant now, Random& random) {
    const auto keys = TRY(signing_keys(tx, shop, secrets));
    if (keys.back().number >= signing_keys_max)
        return fail(Fault::conflict, "a shop has at most " + std::to_string(signing_keys_max) + " signing keys in its life");
    const auto number = keys.back().number + 1;
    TRY(tx.run(sql::retire_signing_keys, {shop, now}));
    TRY(add_signing_key(tx, shop, number, secrets, now, random));
    return number;
}

Result<std::vector<SigningKey>> signing_keys(store::Tx& tx, const Id<Shop>& shop, const Secrets& secrets) {
    std::vector<SigningKey> keys;
    for (const auto row : TRY(tx.run(sql::signing_keys, {shop}))) {
        const auto secret = TRY(sign::open_sealed(row.text("sealed_secret"), secrets.operator_key()));
        if (secret.size() != 32) return fail(Fault::storage, "a signing key is damaged; restore it from a backup");
        sign::SecretKey seed;
        std::ranges::copy(secret, seed.begin());
        keys.push_back({.number = row.integer("number"),
                        .keys = sign::key_pair_of(seed),
                        .created = row.instant("created_us"),
                        .retired = !row.is_null("retired_us")});
    }
    if (keys.empty()) return fail(Fault::storage, "the shop has no signing key");
    return keys;
}

wire::Json did_document(const std::string& did, const std::vector<SigningKey>& keys) {
    wire::Json::Array methods, names, rotations;
    const SigningKey* before = nullptr;
    const auto name_of = [&](const SigningKey& key) { return did + "#key-" + std::to_string(key.number); };
    for (const auto& key : keys) {
        const auto id = name_of(key);
        if (before != nullptr) {
            auto statement = wire::Json::object({{"type", "KeyRotation"},
                                                 {"from", name_of(*before)},
                                                 {"to", id},
                                                 {"publicKeyMultibase", sign::multikey(key.keys.public_key)},
                                                 {"created", iso(key.created)}});
            rotations.push_back(sign::with_proof(std::move(statement), {before->keys, name_of(*before)}, key.created));
        }
        before = &key;
        methods.push_back(wire::Json::object(
            {{"id", id}, {"type", "Multikey"}, {"controller", did}, {"publicKeyMultibase", sign::multikey(key.keys.public_key)}}));
        names.emplace_back(id);
    }
    auto document =
        wire::Json::object({{"@context", wire::Json::array({"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"})},
                            {"id", did},
                            {"verificationMethod", std::move(methods)},
                            {"assertionMethod", std::move(names)}});
    if (!rotations.empty()) document.set("keyRotations", std::move(rotations));
    return document;
}

}  // namespace barrow::access
