#include "app/plain_http.hpp"

#include <gtest/gtest.h>

#include "app/config.hpp"
#include "app/local_authority.hpp"
#include "floor/wire/qr.hpp"

namespace barrow::app {
namespace {

TEST(PlainHttp, leads_to_tls_but_for_what_must_stay) {
    for (const auto* stays : {"/.well-known/acme-challenge/abc", "/trust", "/trust/ca.crt", "/healthz"})
        EXPECT_TRUE(stays_plain(stays)) << stays;
    for (const auto* goes : {"/", "/s/lamp", "/.well-known/did.json", "/trusted", "/studio/login", "/healthz/more", "/metrics"})
        EXPECT_FALSE(stays_plain(goes)) << goes;
}

TEST(PlainHttp, the_address_keeps_host_path_and_query) {
    struct Case {
        const char *host, *target;
        int port;
        const char* address;
    };
    for (const auto& [host, target, port, address] :
         {Case{"a.example", "/s/lamp?d=clip7", 443, "https://a.example/s/lamp?d=clip7"},
          Case{"192.168.1.5", "/", 8443, "https://192.168.1.5:8443/"}, Case{"[::1]", "/@mira/", 8443, "https://[::1]:8443/@mira/"},
          Case{"a.example", "http://a.example/s/lamp", 443, "https://a.example/s/lamp"}, Case{"", "/", 443, ""}}) {
        http::Request request;
        request.host = host;
        request.target = target;
        request.path = "/s/lamp";
        EXPECT_EQ(tls_address(request, port), address);
    }
}

TEST(Tls, what_goes_together_and_what_its_defaults_are) {
    const auto settled = [](Config config) {
        EXPECT_TRUE(config.settle());
        return config.host + ":" + std::to_string(config.port) + " " + std::to_string(config.http_port) + " " +
               config.authority(config.port);
    };
    EXPECT_EQ(settled({}), "127.0.0.1:8080 -1 localhost:8080");
    EXPECT_EQ(settled({.domains = {"Shop.Example"}}), "0.0.0.0:443 80 shop.example");
    EXPECT_EQ(settled({.port = 8443, .domains = {"shop.example"}, .says_port = true}), "0.0.0.0:8443 80 shop.example:8443");
    EXPECT_EQ(settled({.tls = "local"}), "0.0.0.0:8443 8080 localhost:8443");
    EXPECT_EQ(settled({.certificate = "c", .key = "k"}), "127.0.0.1:8080 -1 localhost:8080");
    const auto refused = [](Config config) { return !config.settle(); };
    EXPECT_TRUE(refused({.certificate = "c"}));
    EXPECT_TRUE(refused({.domains = {"localhost"}}));
    EXPECT_TRUE(refused({.domains = {"shop.example"}, .acme_directory = "http://ca.example/dir"}));
    EXPECT_TRUE(refused({.domains = {"shop.example"}, .acme_contact = "nobody"}));
    EXPECT_TRUE(refused({.domains = {"shop.example"}, .tls = "local"}));
    EXPECT_TRUE(refused({.tls = "global"}));
    EXPECT_TRUE(refused({.http_port = 80}));

    Config behind{.public_address = "https://shop.example", .certificate = "c", .key = "k"};
    EXPECT_EQ(behind.tls_port(8443), 443) << "somebody forwards 443 to us";
    behind.public_address = "https://shop.example:9443";
    EXPECT_EQ(behind.tls_port(8443), 9443);
    behind.public_address = "";
    EXPECT_EQ(behind.tls_port(8443), 8443);
}

TEST(TlsLocal, names_are_what_the_machine_is_called) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(local_names("Box.lan", {"192.168.1.5"}), (Names{"box.local", "box", "localhost", "192.168.1.5", "127.0.0.1", "::1"}));
    EXPECT_EQ(local_names("", {}), (Names{"localhost", "127.0.0.1", "::1"}));
    EXPECT_EQ(local_names("my_box", {}), (Names{"localhost", "127.0.0.1", "::1"}));
}

TEST(TlsLocal, the_terminals_code_is_as_wide_in_every_line) {
    const auto code = wire::qr_blocks("http://192.168.1.5:8080/trust");
    std::size_t lines = 0, width = 0, here = 0;
    for (const char c : code) {
        if (c == '\n') {
            if (lines++ == 0) width = here;
            EXPECT_EQ(here, width);
            here = 0;
        } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
            ++here;
        }
    }
    EXPECT_EQ(width, 29U);  // version 2: 25 modules, and two light ones on each side
    EXPECT_EQ(lines, 15U);
}

}  // namespace
}  // namespace barrow::app
