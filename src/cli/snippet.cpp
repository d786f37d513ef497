#include <memory>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "floor/sign/proof.hpp"

namespace barrow::cli {
namespace {

// The key of "did:web:HOST#key-N" in a DID document.
Result<sign::PublicKey> key_in(const wire::Json& did_document, const std::string& method) {
    const auto* methods = did_document.find("verificationMethod");
    if (methods == nullptr || !methods->is_array()) return fail(Fault::bad_input, "the DID document lists no keys");
    for (const auto& one : methods->items()) {
        const auto* id = one.find("id");
        const auto* key = one.find("publicKeyMultibase");
        if (id != nullptr && id->is_text() && id->text() == method && key != nullptr && key->is_text())
            return sign::read_multikey(key->text());
    }
    return fail(Fault::not_found, "the DID document has no key " + method);
}

}  // namespace

void add_snippet(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("snippet", "signed snippets");
    group.require_subcommand(1);
    auto& command = *group.add_subcommand("verify", "check a signed snippet: who signed it, and that no byte changed since");
    add_place(command, common);  // as every command; the document and its keys say all that is needed
    add_json(command, common);
    struct Flags {
        std::string source, key, did;
    };
    auto flags = std::make_shared<Flags>();
    command.add_option("FILE|URL", flags->source, "the document, or where it is")->required();
    command.add_option("--did", flags->did, "did.json of the signer as a file; else it is fetched from where the proof says");
    command.add_option("--key", flags->key, "the signer's key (z6Mk…), when you have it from elsewhere");
    command.callback([&common, flags] {
        common.run = [&common, flags]() -> Status {
            const bool is_url = flags->source.starts_with("http://") || flags->source.starts_with("https://");
            const auto text = TRY(is_url ? fetch_text(flags->source) : read_file(flags->source, 1 << 20));
            const auto document = TRY(wire::read_json(text));
            const auto method = TRY(sign::verification_method(document));
            sign::PublicKey key;
            if (!flags->key.empty()) {
                key = TRY(sign::read_multikey(flags->key));
            } else {
                const auto did_text =
                    TRY(!flags->did.empty() ? read_file(flags->did, 1 << 20) : fetch_text(TRY(sign::did_address(method))));
                key = TRY(key_in(TRY(wire::read_json(did_text)), method));
            }
            TRY(sign::verify_proof(document, key));
            const auto* does = document.find("does");
            if (common.json) {
                say(wire::write_json_pretty(wire::Json::object({{"verified", true},
                                                                {"signer", method},
                                                                {"key", sign::multikey(key)},
                                                                {"does", does != nullptr ? *does : wire::Json("")}})));
            } else {
                say("verified: signed by " + method);
                if (does != nullptr && does->is_text()) say("  " + does->text());
                const auto *price = document.find("price"), *until = document.find("valid_until");  // a quote
                if (price != nullptr && price->is_text() && until != nullptr && until->is_text())
                    say("  " + price->text() + ", good until " + until->text());
            }
            return {};
        };
    });
}

}  // namespace barrow::cli
