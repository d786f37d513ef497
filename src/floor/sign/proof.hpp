// Data Integrity proofs, cryptosuite eddsa-jcs-2022 (W3C Data Integrity EdDSA Cryptosuites v1.0, section 3.3).
#pragma once

#include <string>
#include <string_view>

#include "floor/base/time.hpp"
#include "floor/sign/sign.hpp"
#include "floor/wire/json.hpp"

namespace barrow::sign {

struct ProofKey {
    KeyPair keys;
    std::string verification_method;  // "did:web:mira.example#key-1"
};

// The document with its `proof` member added. `document` must be an object without one.
wire::Json with_proof(wire::Json document, const ProofKey& key, Instant created);

// What the proof says about itself, before anything is believed.
Result<std::string> verification_method(const wire::Json& document);

// Ok when the proof holds for this key. Refuses (Fault::bad_input) a missing proof, another suite, another purpose and any
// changed byte.
Status verify_proof(const wire::Json& document, const PublicKey& key);

// did:web (W3C CCG): "mira.example" → "did:web:mira.example", "localhost:8080" → "did:web:localhost%3A8080".
std::string did_web(std::string_view authority);
// Where the DID document of "did:web:…#key-1" is: "https://mira.example/.well-known/did.json", with a path
// "https://HOST/path/did.json"; http for localhost. Refuses other methods (bad_input).
Result<std::string> did_address(std::string_view verification_method);

}  // namespace barrow::sign
