#include "floor/sign/x509.hpp"

#include <gtest/gtest.h>

#include "floor/base/bytes.hpp"

namespace barrow::sign {
namespace {

std::array<std::uint8_t, 32> number(std::string_view text) {
    std::array<std::uint8_t, 32> out;
    std::ranges::copy(read_base64url(text).value(), out.begin());
    return out;
}

// RFC 7515 appendix A.3.
constexpr std::string_view input =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST(Es256, verifies_and_signs_as_rfc_7515_appendix_a_3) {
    const auto key = Es256Key::of(number("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")).value();
    EXPECT_EQ(base64url(key.point().x), "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
    EXPECT_EQ(base64url(key.point().y), "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    auto bytes = read_base64url(signature).value();
    EXPECT_TRUE(verify_es256(as_bytes(input), bytes, key.point()));
    EXPECT_TRUE(verify_es256(as_bytes(input), key.sign(as_bytes(input)), key.point()));
    EXPECT_FALSE(verify_es256(as_bytes(input.substr(1)), bytes, key.point()));
    EXPECT_FALSE(verify_es256(as_bytes(input), std::span(bytes).first(63), key.point()));
    bytes[40] ^= 1;
    EXPECT_FALSE(verify_es256(as_bytes(input), bytes, key.point()));
    auto off_curve = key.point();
    off_curve.y[31] ^= 1;
    EXPECT_FALSE(verify_es256(as_bytes(input), read_base64url(signature).value(), off_curve));
}

TEST(Es256, keys_are_read_as_they_were_written) {
    SeededRandom random{5};
    const auto key = Es256Key::make(random);
    const auto again = Es256Key::read(key.pem()).value();
    EXPECT_EQ(again.point().x, key.point().x);
    EXPECT_TRUE(verify_es256(as_bytes("x"), again.sign(as_bytes("x")), key.point()));
    EXPECT_FALSE(Es256Key::read("no key"));
    EXPECT_FALSE(Es256Key::of(std::array<std::uint8_t, 32>{}));
    std::array<std::uint8_t, 32> too_large;
    too_large.fill(0xff);
    EXPECT_FALSE(Es256Key::of(too_large));
}

TEST(Certificates, a_local_authority_vouches_for_its_house_and_says_so) {
    SeededRandom random{6};
    const Instant now{1'795'000'000'000'000};
    const auto authority = make_local_authority("Barrow at box", {"local", "localhost", "box"}, now, random);
    const auto leaf = issue_local(authority, {"box.local", "localhost", "192.168.1.5"}, now, random).value();
    const auto facts = read_certificate(leaf.certificate_pem).value();
    EXPECT_EQ(facts.names, (std::vector<std::string>{"box.local", "localhost"}));
    EXPECT_LE((facts.not_after - facts.not_before), days(397)) << "Apple's systems refuse more";
    EXPECT_EQ(facts.serial.size(), 32U);
    EXPECT_TRUE(belongs_to(leaf.certificate_pem, Es256Key::read(leaf.key_pem).value()));
    EXPECT_FALSE(belongs_to(leaf.certificate_pem, Es256Key::read(authority.key_pem).value()));
    EXPECT_FALSE(read_certificate("nothing"));
    EXPECT_FALSE(issue_local({"nothing", authority.key_pem}, {"box.local"}, now, random));
    EXPECT_GT(certificate_der(authority.certificate_pem).size(), 200U);
    EXPECT_EQ(certificate_der("nothing"), "");
}

}  // namespace
}  // namespace barrow::sign
