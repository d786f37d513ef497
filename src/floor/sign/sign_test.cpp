#include "floor/sign/sign.hpp"

#include <gtest/gtest.h>

#include "floor/sign/proof.hpp"
#include "support/vectors.hpp"

namespace barrow::sign {
namespace {

Bytes unhex(std::string_view text) {
    Bytes out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        out.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    return out;
}

TEST(Ed25519, signs_as_rfc_8032_section_7_1_test_2) {
    SecretKey secret;
    std::ranges::copy(unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"), secret.begin());
    const auto keys = key_pair_of(secret);
    EXPECT_EQ(hex(keys.public_key), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    const Bytes message{0x72};
    const auto signature = sign(message, keys);
    EXPECT_EQ(
        hex(signature),
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    EXPECT_TRUE(verify(message, signature, keys.public_key));
    auto bent = signature;
    bent[0] ^= 1;
    EXPECT_FALSE(verify(message, bent, keys.public_key));
    EXPECT_FALSE(verify(message, std::span(signature).first(63), keys.public_key));
}

TEST(Ed25519, answers_every_wycheproof_case) {
    NEED_VECTORS(file, "protocol/wycheproof/ed25519_test.json");
    const auto json = wire::read_json(*file, {.bytes_max = 64 << 20, .depth_max = 32}).value();
    int cases = 0;
    for (const auto& group : json.find("testGroups")->items()) {
        const auto* key = group.find("publicKey");
        const auto public_key = unhex(key->find("pk")->text());
        for (const auto& test : group.find("tests")->items()) {
            const bool valid = test.find("result")->text() == "valid";
            EXPECT_EQ(verify(unhex(test.find("msg")->text()), unhex(test.find("sig")->text()), public_key), valid)
                << test.find("tcId")->integer() << " " << test.find("comment")->text();
            ++cases;
        }
    }
    EXPECT_GT(cases, 100);
}

TEST(Hmac, is_that_of_rfc_4231_case_2) {
    EXPECT_EQ(hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Multikey, is_read_back_and_begins_with_z6Mk) {
    SeededRandom random(1);
    const auto keys = make_key_pair(random);
    const auto text = multikey(keys.public_key);
    EXPECT_TRUE(text.starts_with("z6Mk"));
    EXPECT_EQ(read_multikey(text).value(), keys.public_key);
    EXPECT_FALSE(read_multikey("z6Mk"));
    EXPECT_FALSE(read_multikey("f" + text));
}

TEST(Seal, opens_only_under_its_key_and_unchanged) {
    SeededRandom random(2);
    std::array<std::uint8_t, 32> key{}, other{};
    other[0] = 1;
    auto sealed = seal(as_bytes("secret"), key, random);
    EXPECT_EQ(as_text(open_sealed(sealed, key).value()), "secret");
    EXPECT_FALSE(open_sealed(sealed, other));
    sealed[10] = sealed[10] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(open_sealed(sealed, key));
}

wire::Json snippet() { return wire::Json::object({{"headline", "Light that follows the tide"}, {"version", 3}}); }

TEST(Proof, holds_until_a_byte_changes) {
    SeededRandom random(3);
    const ProofKey key{make_key_pair(random), did_web("localhost:8080") + "#key-1"};
    EXPECT_EQ(key.verification_method, "did:web:localhost%3A8080#key-1");
    const auto document = with_proof(snippet(), key, Instant{1'700'000'000'000'000});
    EXPECT_TRUE(verify_proof(document, key.keys.public_key)) << wire::write_json(document);
    EXPECT_EQ(verification_method(document).value(), key.verification_method);

    auto changed = document;
    changed.set("headline", "Light that follows the moon");
    EXPECT_FALSE(verify_proof(changed, key.keys.public_key));
    auto dated = document;
    dated.members().back().second.set("created", "2020-01-01T00:00:00Z");
    EXPECT_FALSE(verify_proof(dated, key.keys.public_key));
    auto added = document;
    added.set("price", 1);
    EXPECT_FALSE(verify_proof(added, key.keys.public_key));
    EXPECT_FALSE(verify_proof(document, make_key_pair(random).public_key));
    EXPECT_FALSE(verify_proof(snippet(), key.keys.public_key));
}

// As a shop sends it, with letters beyond ASCII, a nested object and a number.
wire::Json as_served() {
    return wire::Json::object({{"id", "http://localhost:8080/snippets/sha256-0e7uqhEKvmkrBdXU0Yl79sJ2NghHtKxvHF4Y_3s6GcE.json"},
                               {"type", "Snippet"},
                               {"version", 2},
                               {"shop", "Mira's stall"},
                               {"product", wire::Json::object({{"slug", "tide-lamp"}, {"name", "Tide lamp"}})},
                               {"does", "Know high water without looking at a screen"},
                               {"how", "F\xc3\xbcr den Hafen: a lamp that brightens and dims, \xe2\x82\xac not included."},
                               {"url", "../p/tide-lamp"}});
}

// The same as tests/browser/proofs.mjs does with the verifier of the browsers.
TEST(Proof, no_changed_byte_is_verified) {
    SeededRandom random(4);
    const ProofKey key{make_key_pair(random), did_web("localhost:8080") + "#key-1"};
    const auto document = with_proof(as_served(), key, Instant{1'700'000'000'000'000});
    const auto text = wire::write_json(document);
    ASSERT_TRUE(verify_proof(wire::read_json(text).value(), key.keys.public_key));
    int refused_by_reader = 0, refused_by_proof = 0;
    const auto refused = [&](const std::string& changed) {
        const auto read = wire::read_json(changed);
        if (!read) return ++refused_by_reader > 0;
        if (*read == document) return true;  // a space outside of texts says the same
        return !verify_proof(*read, key.keys.public_key) && ++refused_by_proof > 0;
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto one = text;
        for (const auto flip :
             {1U << random.below(8), 1 + static_cast<unsigned>(random.below(255)), 1 + static_cast<unsigned>(random.below(31))}) {
            one[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ flip);
            ASSERT_TRUE(refused(one)) << "byte " << at << " in: " << one;
        }
        ASSERT_TRUE(refused(text.substr(0, at) + text.substr(at + 1))) << "without byte " << at;
        ASSERT_TRUE(refused(text.substr(0, at) + static_cast<char>(32 + random.below(95)) + text.substr(at))) << "one put in at " << at;
    }
    EXPECT_GT(refused_by_reader, 100);
    EXPECT_GT(refused_by_proof, 1'000);
}

TEST(Proof, what_means_nothing_in_json_changes_nothing) {
    SeededRandom random(5);
    const ProofKey key{make_key_pair(random), did_web("localhost:8080") + "#key-1"};
    const auto document = with_proof(as_served(), key, Instant{1'700'000'000'000'000});
    const auto text = wire::write_json(document);
    const auto with = [&](std::string_view found, std::string_view put) {
        auto one = text;
        const auto at = one.find(found);
        EXPECT_NE(at, std::string::npos) << found;
        return one.replace(at, found.size(), put);
    };
    const auto holds = [&](const std::string& one) {
        const auto read = wire::read_json(one);
        return read && verify_proof(*read, key.keys.public_key).ok();
    };
    EXPECT_TRUE(holds(wire::write_json_pretty(document)));
    EXPECT_TRUE(holds(with("Know", "\\u004b\\u006Eow")));
    EXPECT_TRUE(holds(with("\xc3\xbc", "\\u00fc")));
    EXPECT_TRUE(holds(with("../p/", "..\\/p\\/")));
    EXPECT_TRUE(holds(with("\"version\":2", "\"version\": 2.0")));
    EXPECT_FALSE(holds(with("Know high", "Know  high")));
    EXPECT_FALSE(holds(with("\xc3\xbc", "u\xcc\x88"))) << "the same to the eye, taken apart";
    EXPECT_FALSE(holds(with("\"does\":", "\"does\":\"Get rich while you sleep\",\"does\":"))) << "a name twice";
    EXPECT_FALSE(holds(with("\"version\":2", "\"version\":\"2\"")));
    EXPECT_FALSE(holds(with("assertionMethod", "authentication")));
}

TEST(Proof, another_key_is_refused_bit_by_bit) {
    SeededRandom random(6);
    const ProofKey key{make_key_pair(random), did_web("localhost:8080") + "#key-1"};
    const auto document = with_proof(as_served(), key, Instant{1'700'000'000'000'000});
    for (std::size_t bit = 0; bit < 256; ++bit) {
        auto bent = key.keys.public_key;
        bent[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        EXPECT_FALSE(verify_proof(document, bent)) << "bit " << bit;
    }
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(verify_proof(document, make_key_pair(random).public_key));
}

TEST(Did, document_is_where_the_method_says) {
    const struct {
        const char* method;
        const char* address;
    } cases[] = {{"did:web:mira.example#key-1", "https://mira.example/.well-known/did.json"},
                 {"did:web:localhost%3A8080#key-2", "http://localhost:8080/.well-known/did.json"},
                 {"did:web:shops.example:%40tom#key-1", "https://shops.example/%40tom/did.json"}};
    for (const auto& c : cases) EXPECT_EQ(did_address(c.method).value(), c.address);
    for (const char* bad : {"did:key:z6Mk", "did:web:", "did:web:a/b#key-1", ""}) EXPECT_FALSE(did_address(bad)) << bad;
}

TEST(Proof, accepts_the_published_signed_document) {
    NEED_VECTORS(file, "protocol/vc-di-eddsa/eddsa-jcs-2022/signedJCS.json");
    auto document = wire::read_json(*file).value();
    const auto method = verification_method(document).value();
    const auto key = read_multikey(method.substr(method.find('#') + 1)).value();
    EXPECT_TRUE(verify_proof(document, key)) << verify_proof(document, key).error().text;
    document.set("id", "urn:changed");
    EXPECT_FALSE(verify_proof(document, key));
}

}  // namespace
}  // namespace barrow::sign
