// What the settings mean.
#include "app/config.hpp"

#include <gtest/gtest.h>

namespace barrow::app {
namespace {

TEST(Config, the_public_address_tells_where_viewers_come_and_whether_by_tls) {
    struct Case {
        const char* public_address;
        const char* certificate;
        const char* authority;
        bool secure;
    };
    for (const auto& [public_address, certificate, authority, secure] :
         {Case{"", "", "localhost:8123", false}, Case{"", "own.pem", "localhost:8123", true},
          Case{"shop.example", "", "shop.example", false}, Case{"shop.example", "own.pem", "shop.example", true},
          Case{"https://shop.example", "", "shop.example", true}, Case{"https://shop.example:8443/", "", "shop.example:8443", true},
          Case{"http://shop.example:8080", "", "shop.example:8080", false}}) {
        Config config;
        config.public_address = public_address;
        config.certificate = certificate;
        EXPECT_EQ(config.authority(8123), authority) << public_address;
        EXPECT_EQ(config.secure(), secure) << public_address;
    }
}

TEST(Config, a_shop_is_private_while_only_this_machine_reaches_it) {
    struct Case {
        const char* host;
        const char* public_address;
        bool is_private;
    };
    for (const auto& [host, public_address, is_private] :
         {Case{"127.0.0.1", "", true}, Case{"localhost", "localhost:8080", true}, Case{"::1", "http://[::1]:8080", true},
          Case{"0.0.0.0", "", false}, Case{"192.168.1.7", "", false}, Case{"127.0.0.1", "https://shop.example", false},
          Case{"127.0.0.1", "localhost.example", false}}) {
        Config config;
        config.host = host;
        config.public_address = public_address;
        EXPECT_EQ(config.is_private(), is_private) << host << " " << public_address;
    }
}

TEST(Config, mail_has_both_settings_or_none) {
    struct Case {
        const char* smtp;
        const char* from;
        const char* outcome;
    };
    for (const auto& [smtp, from, outcome] :
         {Case{"", "", "none"}, Case{"smtp://u:p@mail.example", "stall@mira.example", "smtp://mail.example:587"},
          Case{"smtp://u:p@mail.example", "", "refused"}, Case{"", "stall@mira.example", "refused"},
          Case{"mail.example", "stall@mira.example", "refused"}, Case{"smtp://u:p@mail.example", "Mira <stall@mira.example>", "refused"}}) {
        Config config;
        config.smtp = smtp;
        config.mail_from = from;
        const auto server = config.mail_server();
        EXPECT_EQ(!server ? "refused" : *server ? (*server)->url : "none", outcome) << smtp << " " << from;
    }
}

}  // namespace
}  // namespace barrow::app
