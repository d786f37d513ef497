// The Ed25519 keys that sign a shop's proofs, published as did:web in /.well-known/did.json.
#pragma once

#include <vector>

#include "floor/sign/proof.hpp"
#include "floor/store/store.hpp"
#include "floor/wire/json.hpp"
#include "rooms/access/secrets.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::access {

struct SigningKey {
    std::int64_t number = 1;  // did:web:HOST#key-N
    sign::KeyPair keys;
    Instant created;
    bool retired = false;  // still verifies, signs no more
};

Status add_signing_key(store::Tx& tx, const Id<Shop>& shop, std::int64_t number, const Secrets& secrets, Instant now, Random& random);

// A new key signs from now on; the one before is retired, and vouches for the new one in the DID document. Returns the new number. Refuses
// (conflict) more than signing_keys_max keys of one shop.
Result<std::int64_t> rotate_signing_key(store::Tx& tx, const Id<Shop>& shop, const Secrets& secrets, Instant now, Random& random);
inline constexpr std::int64_t signing_keys_max = 50;

// All of them, oldest first. Refuses (storage) when the operator's key is not the one that sealed them.
Result<std::vector<SigningKey>> signing_keys(store::Tx& tx, const Id<Shop>& shop, const Secrets& secrets);

// The DID document of `did` ("did:web:mira.example") with every key, retired ones too: old proofs stay checkable. For each key after the
// first "keyRotations" holds a statement that the key before it signed: {"type": "KeyRotation", "from", "to" (names of keys),
// "publicKeyMultibase" (the new one), "created", "proof"}. Whoever knew an older key follows them to the new one, and needs to believe
// nobody else.
wire::Json did_document(const std::string& did, const std::vector<SigningKey>& keys);

}  // namespace barrow::access
