#include "floor/sign/proof.hpp"

#include <algorithm>

namespace barrow::sign {
namespace {

// SHA-256 of the canonical proof options, then SHA-256 of the canonical document: what is signed.
Bytes hash_data(const wire::Json& document, const wire::Json& options) {
    const auto of_options = sha256(as_bytes(wire::write_canonical(options)));
    const auto of_document = sha256(as_bytes(wire::write_canonical(document)));
    Bytes both(of_options.size() + of_document.size());
    std::ranges::copy(of_document, std::ranges::copy(of_options, both.begin()).out);
    return both;
}

wire::Json without(const wire::Json& object, std::string_view name) {
    wire::Json rest = wire::Json::object();
    for (const auto& [member, value] : object.members()) {
        if (member != name) rest.members().emplace_back(member, value);
    }
    return rest;
}

Result<const wire::Json*> proof_of(const wire::Json& document) {
    const auto* proof = document.find("proof");
    if (proof == nullptr || !proof->is_object()) return fail(Fault::bad_input, "the document carries no proof");
    return proof;
}

bool says(const wire::Json& proof, std::string_view name, std::string_view text) {
    const auto* value = proof.find(name);
    return value != nullptr && value->is_text() && value->text() == text;
}

}  // namespace

wire::Json with_proof(wire::Json document, const ProofKey& key, Instant created) {
    check(document.is_object() && document.find("proof") == nullptr);
    auto proof = wire::Json::object({{"type", "DataIntegrityProof"},
                                     {"cryptosuite", "eddsa-jcs-2022"},
                                     {"created", iso(created)},
                                     {"verificationMethod", key.verification_method},
                                     {"proofPurpose", "assertionMethod"}});
    // A proof of a document with a context carries the same context (section 3.3.1, step 2).
    if (const auto* context = document.find("@context")) proof.set("@context", *context);
    proof.set("proofValue", "z" + base58(sign(hash_data(document, proof), key.keys)));
    document.set("proof", std::move(proof));
    return document;
}

Result<std::string> verification_method(const wire::Json& document) {
    const auto* proof = TRY(proof_of(document));
    const auto* method = proof->find("verificationMethod");
    if (method == nullptr || !method->is_text()) return fail(Fault::bad_input, "the proof names no verificationMethod");
    return method->text();
}

Status verify_proof(const wire::Json& document, const PublicKey& key) {
    const auto* proof = TRY(proof_of(document));
    if (!says(*proof, "type", "DataIntegrityProof") || !says(*proof, "cryptosuite", "eddsa-jcs-2022")) {
        return fail(Fault::bad_input, "the proof is of a kind that is not known here; eddsa-jcs-2022 is");
    }
    if (!says(*proof, "proofPurpose", "assertionMethod")) return fail(Fault::bad_input, "the proof was made for another purpose");
    const auto* value = proof->find("proofValue");
    if (value == nullptr || !value->is_text() || !value->text().starts_with('z')) {
        return fail(Fault::bad_input, "the proof has no proofValue in base58btc");
    }
    const auto signature = TRY(read_base58(std::string_view(value->text()).substr(1)));
    // The proof's context must be the beginning of the document's (section 3.3.2, step 4).
    if (const auto* context = proof->find("@context")) {
        const auto* of_document = document.find("@context");
        if (of_document == nullptr) return fail(Fault::bad_input, "the proof has a @context that the document has not");
        const auto as_list = [](const wire::Json& one) { return one.is_array() ? one.items() : wire::Json::Array{one}; };
        const auto short_list = as_list(*context);
        const auto long_list = as_list(*of_document);
        if (short_list.size() > long_list.size() || !std::equal(short_list.begin(), short_list.end(), long_list.begin())) {
            return fail(Fault::bad_input, "the @context of the proof is not that of the document");
        }
    }
    auto unsecured = without(document, "proof");
    if (const auto* context = proof->find("@context")) unsecured.set("@context", *context);
    if (!verify(hash_data(unsecured, without(*proof, "proofValue")), signature, key)) {
        return fail(Fault::bad_input, "the signature does not fit: the text was changed after it was signed, or another key signed it");
    }
    return {};
}

std::string did_web(std::string_view authority) {
    std::string did = "did:web:";
    for (const char c : authority) {
        if (c == ':') {
            did += "%3A";
        } else {
            did += c;
        }
    }
    return did;
}

Result<std::string> did_address(std::string_view method) {
    constexpr std::string_view prefix = "did:web:";
    if (!method.starts_with(prefix))
        return fail(Fault::bad_input, "the signer is named by another method than did:web; give its key with --key");
    auto rest = method.substr(prefix.size(), method.find('#') == std::string_view::npos ? method.npos : method.find('#') - prefix.size());
    const auto decoded = [](std::string_view part) {
        std::string out;
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (part.substr(i, 3) == "%3A") {
                out += ':';
                i += 2;
            } else {
                out += part[i];
            }
        }
        return out;
    };
    const auto host = decoded(rest.substr(0, rest.find(':')));
    if (host.empty() || host.find_first_of("/@?#") != std::string::npos)
        return fail(Fault::bad_input, "the signer's name " + std::string(method) + " holds no host");
    const bool local = host == "localhost" || host.starts_with("localhost:") || host.starts_with("127.0.0.1");
    std::string address = (local ? "http://" : "https://") + host;
    if (rest.find(':') == std::string_view::npos) return address + "/.well-known/did.json";
    for (rest.remove_prefix(rest.find(':')); !rest.empty();) {
        rest.remove_prefix(1);
        address += "/" + std::string(rest.substr(0, rest.find(':')));  // %40 and the like are right in a path as they stand
        rest.remove_prefix(std::min(rest.find(':'), rest.size()));
    }
    return address + "/did.json";
}

}  // namespace barrow::sign
