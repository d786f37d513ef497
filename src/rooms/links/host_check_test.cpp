#include "rooms/links/host_check.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace barrow::links {
namespace {

TEST(Host, is_refused_where_it_passes_for_another) {
    const struct {
        const char *target, *says;  // "" is good
    } cases[] = {
        {"https://shop.example/p?x=@", ""},
        {"/p/lamp", ""},
        {"https://xn--mnchen-3ya.example/", ""},  // münchen: Latin alone
        {"https://xn--80ak6aa92e.example/", ""},  // wholly Cyrillic: it is what it is
        {"https://xn--fiq228c.example/", ""},     // Chinese
        {"https://bank.example@evil.example/", "name before @"},
        {"https://user:secret@shop.example/", "name before @"},
        {"https://m\xC3\xBCnchen.example/", "xn--mnchen-3ya.example"},       // as browsers write it
        {"https://xn--pypal-4ve.example/", "mixes letters of two scripts"},  // pаypal with a Cyrillic а
        {"https://good.xn--pypal-4ve.example/", "mixes letters of two scripts"},
        {"https://xn--99999999.example/", "broken"},
        {"https://:80/", "no host"},
    };
    for (const auto& one : cases) {
        const auto status = examine_host(one.target);
        EXPECT_EQ(status.ok(), *one.says == '\0') << one.target << (status ? "" : ": " + status.error().text);
        if (!status) { EXPECT_NE(status.error().text.find(one.says), std::string::npos) << status.error().text; }
    }
}

TEST(Host, is_found_in_an_address) {
    const struct {
        const char *target, *host;
    } cases[] = {{"https://Shop.Example:8443/x", "shop.example"},
                 {"http://a.example.", "a.example"},
                 {"https://[2001:db8::1]:80/", "[2001:db8::1]"},
                 {"https://u@b.example?x", "b.example"},
                 {"/p/lamp", ""},
                 {"ftp://x.example", ""}};
    for (const auto& one : cases) EXPECT_EQ(host_of(one.target), one.host) << one.target;
}

TEST(DenyList, names_hosts_and_what_is_below_them) {
    const auto file = std::filesystem::temp_directory_path() / ("barrow-deny-" + std::to_string(getpid()));
    std::ofstream(file)
        << "# a feed\n127.0.0.1\tevil.example\nhttp://bad.example/malware.exe\r\nworse.example   # since May\nlocalhost\n\n";
    DenyList list;
    EXPECT_FALSE(list.names("https://evil.example/"));
    EXPECT_TRUE(list.reload(file.string()).value());
    EXPECT_FALSE(list.reload(file.string()).value()) << "the file has not changed";
    EXPECT_EQ(list.size(), 3U);
    const struct {
        const char* target;
        bool denied;
    } cases[] = {{"https://evil.example/x", true},
                 {"https://a.b.EVIL.example:99", true},
                 {"https://notevil.example/", false},
                 {"https://bad.example/", true},
                 {"http://worse.example", true},
                 {"https://example/", false},
                 {"/p/lamp", false}};
    for (const auto& one : cases) EXPECT_EQ(list.names(one.target), one.denied) << one.target;
    std::filesystem::remove(file);
    EXPECT_FALSE(list.reload(file.string()));
    EXPECT_TRUE(list.names("https://evil.example/")) << "the list that was read stays";
}

TEST(Host, that_looks_like_another_is_named) {
    struct Case {
        std::string_view target, looks;
    };
    const Case cases[] = {
        {"https://xn--80ak6aa92e.com/login", "apple.com"},  // all Cyrillic
        {"https://www.xn--80ak6aa92e.com/", "www.apple.com"},
        {"https://xn--e1afmkfd.xn--p1ai/", ""},  // пример.рф: letters that no Latin name has
        {"https://apple.com/", ""},
        {"https://xn--mnchen-3ya.de/", ""},
        {"/p/lamp", ""},
    };
    for (const auto& [target, looks] : cases) EXPECT_EQ(lookalike_of(target), looks) << target;
}

}  // namespace
}  // namespace barrow::links
