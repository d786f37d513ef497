// A real `barrow serve --domain` and a real certificate authority: pebble, Let's Encrypt's own for tests, with a name server beside it.
// The authority looks at our plain port over loopback, and refuses four nonces in ten.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "floor/base/random.hpp"
#include "floor/base/time.hpp"
#include "floor/sign/x509.hpp"
#include "floor/wire/json.hpp"
#include "stress/client.hpp"
#include "support/paths.hpp"

namespace barrow::stress {
namespace {

int free_port() {
    const int one = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof at;
    EXPECT_EQ(::bind(one, reinterpret_cast<sockaddr*>(&at), size), 0);
    ::getsockname(one, reinterpret_cast<sockaddr*>(&at), &size);
    ::close(one);
    return ntohs(at.sin_port);
}

void pause_ms(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

class RealAuthority : public ::testing::Test {
protected:
    RealAuthority() {
        std::filesystem::create_directories(folder_);
        EXPECT_EQ(barrow({"demo"}).status, 0);
    }
    ~RealAuthority() override {
        server_ = Child();
        authority_ = Child();
        names_ = Child();
        if (HasFailure())
            std::cout << "the logs are kept in " << folder_ << "\n";
        else
            std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }
    void write(const std::string& name, const std::string& text) const { std::ofstream(in_folder(name)) << text; }
    Ran shell(const std::string& line) { return run({"/bin/sh", "-c", line}, in_folder("shell.log")); }
    Ran barrow(std::vector<std::string> words) {
        words.insert(words.begin(), tests::program());
        words.insert(words.end(), {"--data", in_folder("data")});
        return run(words, in_folder("barrow.log"));
    }

    // The authority, whose certificates are good for so many seconds.
    void found_authority(int validity_s) {
        SystemRandom random;
        const auto now = SystemClock().now();
        const auto house = sign::make_local_authority("Test house", {"localhost"}, now, random);
        const auto own = sign::issue_local(house, {"localhost", "127.0.0.1"}, now, random).value();
        write("house.pem", house.certificate_pem);
        write("pebble.pem", own.certificate_pem);
        write("pebble.key", own.key_pem);
        const auto at = [](int port) { return "127.0.0.1:" + std::to_string(port); };
        const auto settings = wire::Json::object({{"listenAddress", at(acme_port_)},
                                                  {"managementListenAddress", at(management_port_)},
                                                  {"certificate", in_folder("pebble.pem")},
                                                  {"privateKey", in_folder("pebble.key")},
                                                  {"httpPort", http_port_},
                                                  {"tlsPort", free_port()},
                                                  {"ocspResponderURL", ""},
                                                  {"externalAccountBindingRequired", false},
                                                  {"certificateValidityPeriod", validity_s}});
        write("pebble.json", wire::write_json(wire::Json().set("pebble", settings)));
        names_ = Child::start({"/bin/sh", "-c",
                               "exec pebble-challtestsrv -defaultIPv6 '' -http01 '' -https01 '' -tlsalpn01 '' -dns01 " + at(dns_port_) +
                                   " -management " + at(names_port_) + " > " + in_folder("names.log") + " 2>&1"},
                              in_folder("names.err"));
        authority_ = Child::start({"/bin/sh", "-c",
                                   "PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=40 exec pebble -strict -config " + in_folder("pebble.json") +
                                       " -dnsserver " + at(dns_port_) + " > " + in_folder("pebble.log") + " 2>&1"},
                                  in_folder("pebble.err"));
        const auto root = "curl -sf --cacert " + in_folder("house.pem") + " https://localhost:" + std::to_string(management_port_) +
                          "/roots/0 -o " + in_folder("root.pem");
        for (int tries = 0; tries < 100 && shell(root).status != 0; ++tries) pause_ms(50);
        ASSERT_TRUE(std::filesystem::exists(folder_ / "root.pem")) << "pebble did not start; see " << folder_;
    }

    void serve(const std::string& name) {
        server_ = Child::start(
            {tests::program(), "serve", "--domain", name, "--acme-directory", "https://localhost:" + std::to_string(acme_port_) + "/dir",
             "--acme-authorities", in_folder("house.pem"), "--acme-contact", "mira@shop.test", "--host", "127.0.0.1", "--port",
             std::to_string(tls_port_), "--http-port", std::to_string(http_port_), "--data", in_folder("data")},
            in_folder("serve.log"));
        ASSERT_TRUE(server_.read_line().starts_with("serving on port")) << "see " << folder_;
    }

    // A page by TLS, with the chain and the name checked against the authority's root; "" when that fails.
    std::string page_of(const std::string& name) {
        const auto port = std::to_string(tls_port_);
        const auto got = shell("curl -sf --max-time 5 --cacert " + in_folder("root.pem") + " --resolve " + name + ":" + port +
                               ":127.0.0.1 https://" + name + ":" + port + "/");
        return got.status == 0 ? got.said : "";
    }
    std::string serial_of(const std::string& name) {
        return shell("openssl s_client -connect 127.0.0.1:" + std::to_string(tls_port_) + " -servername " + name +
                     " < /dev/null 2> /dev/null | openssl x509 -noout -serial 2> /dev/null")
            .said;
    }
    // Within a minute.
    template <class Good>
    bool soon(Good good) {
        for (int tries = 0; tries < 300; ++tries) {
            if (good()) return true;
            pause_ms(200);
        }
        return false;
    }
    bool told(const std::string& words) {
        return soon([&] { return barrow({"domain", "list"}).said.find(words) != std::string::npos; });
    }

    std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("barrow-acme-" + std::to_string(::getpid()));
    int acme_port_ = free_port(), management_port_ = free_port(), dns_port_ = free_port(), names_port_ = free_port(),
        http_port_ = free_port(), tls_port_ = free_port();
    Child names_, authority_, server_;
};

TEST_F(RealAuthority, a_certificate_is_got_served_swapped_and_kept) {
    ASSERT_NO_FATAL_FAILURE(found_authority(90 * 86'400));
    ASSERT_NO_FATAL_FAILURE(serve("shop.test"));
    ASSERT_TRUE(soon([&] { return !page_of("shop.test").empty(); })) << barrow({"domain", "list"}).said;
    EXPECT_NE(page_of("shop.test").find("Mira"), std::string::npos);
    EXPECT_EQ(page_of("other.test"), "") << "the certificate is for one name";
    EXPECT_TRUE(told("good until"));

    // The plain port leads to TLS.
    const auto plain = get(http_port_, "/p/tide-lamp?a=b");
    EXPECT_EQ(plain.status, 308);
    EXPECT_TRUE(plain.header("location").ends_with(":" + std::to_string(tls_port_) + "/p/tide-lamp?a=b")) << plain.header("location");
    EXPECT_EQ(get(http_port_, "/healthz").body, "ok\n");
    EXPECT_EQ(get(http_port_, "/.well-known/acme-challenge/none").status, 404);

    // Another one, while it serves.
    const auto first = serial_of("shop.test");
    ASSERT_TRUE(first.starts_with("serial=")) << first;
    ASSERT_EQ(barrow({"domain", "renew", "shop.test"}).status, 0);
    EXPECT_TRUE(soon([&] { return serial_of("shop.test") != first; }));
    EXPECT_NE(page_of("shop.test"), "");

    // A domain that is added while it serves gets its own.
    ASSERT_EQ(barrow({"domain", "add", "links.test"}).status, 0);
    EXPECT_TRUE(soon([&] { return !page_of("links.test").empty(); }));

    // After a restart they are there at once, without asking.
    const auto second = serial_of("shop.test");
    server_.stop(SIGTERM);
    authority_.stop(SIGTERM);
    ASSERT_NO_FATAL_FAILURE(serve("shop.test"));
    EXPECT_TRUE(soon([&] { return serial_of("shop.test") == second; }));
    EXPECT_EQ(barrow({"doctor"}).status, 0) << barrow({"doctor"}).said;
    const auto files = shell("grep -rl 'PRIVATE KEY' " + in_folder("data") + " | wc -l");
    EXPECT_EQ(files.said.substr(0, 1), "0") << "a key lies open in the data folder";
}

TEST_F(RealAuthority, a_certificate_is_renewed_when_two_thirds_of_its_life_are_over) {
    ASSERT_NO_FATAL_FAILURE(found_authority(18));
    ASSERT_NO_FATAL_FAILURE(serve("shop.test"));
    ASSERT_TRUE(soon([&] { return serial_of("shop.test").starts_with("serial="); }));
    const auto first = serial_of("shop.test");
    EXPECT_TRUE(soon([&] { return serial_of("shop.test") != first; }));
    EXPECT_NE(page_of("shop.test"), "");
}

TEST_F(RealAuthority, a_name_that_cannot_be_reached_is_told_clearly_and_hurts_nobody) {
    ASSERT_NO_FATAL_FAILURE(found_authority(90 * 86'400));
    const auto set =
        shell("curl -sf -d '{\"host\": \"dead.test\", \"addresses\": [\"127.0.0.2\"]}' http://127.0.0.1:" + std::to_string(names_port_) +
              "/add-a");
    ASSERT_EQ(set.status, 0);
    ASSERT_EQ(barrow({"domain", "add", "dead.test"}).status, 0);
    ASSERT_NO_FATAL_FAILURE(serve("shop.test"));
    ASSERT_TRUE(told("the authority cannot reach dead.test on port 80: point its DNS to this server and open that port"))
        << barrow({"domain", "list"}).said;
    EXPECT_TRUE(told("; next try "));
    EXPECT_TRUE(soon([&] { return !page_of("shop.test").empty(); }));
    const auto found = barrow({"doctor"});
    EXPECT_EQ(found.status, 1);
    EXPECT_NE(found.said.find("MEND  certificate of dead.test"), std::string::npos) << found.said;
    const auto metrics = shell("curl -sf --cacert " + in_folder("root.pem") + " --resolve shop.test:" + std::to_string(tls_port_) +
                               ":127.0.0.1 https://shop.test:" + std::to_string(tls_port_) + "/metrics");
    EXPECT_NE(metrics.said.find("barrow_certificates_failing 1\n"), std::string::npos) << metrics.said;

    // Mended: asked for again, it is there.
    ASSERT_EQ(shell("curl -sf -d '{\"host\": \"dead.test\"}' http://127.0.0.1:" + std::to_string(names_port_) + "/clear-a").status, 0);
    ASSERT_EQ(barrow({"domain", "renew", "dead.test"}).status, 0);
    EXPECT_TRUE(soon([&] { return !page_of("dead.test").empty(); }));
}

}  // namespace
}  // namespace barrow::stress
