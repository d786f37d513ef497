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

// A receipt that was kept as a page has its document in it (web/viewer/promise.html).
std::string document_in(std::string text) {
    constexpr std::string_view begin = "<script type=\"application/json\" id=\"document\">", end = "</script>";
    const auto from = text.find(begin);
    if (from == text.npos) return text;
    return text.substr(from + begin.size(), text.find(end, from) - from - begin.size());
}

// Whose key: as it was said, or where the proof says it is. A receipt brings its shop's keys along, for when nobody can be asked.
struct Signer {
    sign::PublicKey key;
    bool from_the_document = false;
};
Result<Signer> signer_of(const wire::Json& document, const std::string& method, const std::string& key, const std::string& did) {
    if (!key.empty()) return Signer{TRY(sign::read_multikey(key))};
    if (!did.empty()) return Signer{TRY(key_in(TRY(wire::read_json(TRY(read_file(did, 1 << 20)))), method))};
    const auto text = fetch_text(TRY(sign::did_address(method)));
    if (text) return Signer{TRY(key_in(TRY(wire::read_json(*text)), method))};
    const auto* own = document.find("did");
    if (own == nullptr || text.error().fault != Fault::outside) return text.error();
    return Signer{TRY(key_in(*own, method)), true};
}

// The words on a receipt were signed on their own, earlier: by the same shop, with a key that it had then.
Status verify_lines(const wire::Json& receipt, std::vector<std::string>& told) {
    const auto *lines = receipt.find("lines"), *did = receipt.find("did");
    if (lines == nullptr || !lines->is_array() || did == nullptr) return fail(Fault::bad_input, "the receipt has no lines");
    for (const auto& line : lines->items()) {
        const auto *snippet = line.find("snippet"), *product = line.find("product"), *amount = line.find("amount");
        if (product != nullptr && product->is_text() && amount != nullptr && amount->is_text())
            told.push_back(product->text() + ": " + amount->text());
        if (snippet == nullptr) continue;
        const auto key = TRY(key_in(*did, TRY(sign::verification_method(*snippet))));
        if (const auto fits = sign::verify_proof(*snippet, key); !fits)
            return fail(Fault::bad_input, "the words on the receipt: " + fits.error().text);
        if (const auto* does = snippet->find("does"); does != nullptr && does->is_text()) told.push_back("\"" + does->text() + "\"");
    }
    return {};
}

Status verify_picture(const wire::Json& document, std::string_view bytes) {
    const auto* digest = document.find("image_digest");
    if (digest == nullptr || !digest->is_text())
        return fail(Fault::bad_input,
                    "this document signs no picture: those of before, and pictures that were not uploaded, have no digest in it");
    if (digest->text() != "sha256-" + base64(sign::sha256(as_bytes(bytes))))
        return fail(Fault::bad_input, "the picture is not the one that was signed; it was changed, or is a smaller copy of it");
    return {};
}

}  // namespace

void add_snippet(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("snippet", "signed snippets");
    group.require_subcommand(1);
    auto& command =
        *group.add_subcommand("verify", "check a signed snippet, quote or receipt: who signed it, and that no byte changed since");
    add_place(command, common);  // as every command; the document and its keys say all that is needed
    add_json(command, common);
    struct Flags {
        std::string source, key, did, picture;
    };
    auto flags = std::make_shared<Flags>();
    command.add_option("FILE|URL", flags->source, "the document, or where it is")->required();
    command.add_option("--did", flags->did, "did.json of the signer as a file; else it is fetched from where the proof says");
    command.add_option("--key", flags->key, "the signer's key (z6Mk…), when you have it from elsewhere");
    command.add_option("--picture", flags->picture, "its picture as a file: whether it is the one that was signed, byte for byte");
    command.callback([&common, flags] {
        common.run = [&common, flags]() -> Status {
            const bool is_url = flags->source.starts_with("http://") || flags->source.starts_with("https://");
            const auto text = TRY(is_url ? fetch_text(flags->source) : read_file(flags->source, 1 << 20));
            const auto document = TRY(wire::read_json(document_in(text)));
            const auto method = TRY(sign::verification_method(document));
            const auto signer = TRY(signer_of(document, method, flags->key, flags->did));
            const auto& key = signer.key;
            TRY(sign::verify_proof(document, key));
            const auto* type = document.find("type");
            std::vector<std::string> told;
            if (type != nullptr && type->is_text() && type->text() == "PromiseReceipt") TRY(verify_lines(document, told));
            if (!flags->picture.empty()) TRY(verify_picture(document, TRY(read_file(flags->picture, 64 << 20))));
            const auto* does = document.find("does");
            if (common.json) {
                say(wire::write_json_pretty(wire::Json::object({{"verified", !signer.from_the_document},
                                                                {"signature_fits", true},
                                                                {"signer", method},
                                                                {"key", sign::multikey(key)},
                                                                {"key_from_the_document", signer.from_the_document},
                                                                {"picture_fits", flags->picture.empty() ? wire::Json() : wire::Json(true)},
                                                                {"does", does != nullptr ? *does : wire::Json("")}})));
            } else {
                say((signer.from_the_document ? "the signature fits the key in the document: " : "verified: signed by ") + method);
                for (const auto& line : told) say("  " + line);
                if (!flags->picture.empty()) say("  its picture is the one that was signed");
                if (does != nullptr && does->is_text()) say("  " + does->text());
                const auto *price = document.find("price"), *until = document.find("valid_until");  // a quote
                if (price != nullptr && price->is_text() && until != nullptr && until->is_text())
                    say("  " + price->text() + ", good until " + until->text());
            }
            if (signer.from_the_document)
                return fail(Fault::outside,
                            "nobody could be asked whether " + sign::multikey(key) + " is the shop's key; say it with --did or --key");
            return {};
        };
    });
}

}  // namespace barrow::cli
