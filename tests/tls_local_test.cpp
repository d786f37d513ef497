// A real `barrow serve --tls local`: what its page gives away is what its TLS is signed with.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "stress/client.hpp"
#include "support/paths.hpp"

namespace barrow::stress {
namespace {

TEST(TlsLocalServed, a_phone_that_took_the_certificate_sees_the_shop) {
    const auto folder = std::filesystem::temp_directory_path() / ("barrow-tls-local-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto in_folder = [&](const char* name) { return (folder / name).string(); };
    const auto shell = [&](const std::string& line) { return run({"/bin/sh", "-c", line}, in_folder("shell.log")); };
    EXPECT_EQ(run({tests::program(), "demo", "--data", in_folder("data")}, in_folder("log")).status, 0);
    std::string authority;
    for (int start = 0; start < 2; ++start) {
        auto server = Child::start({tests::program(), "serve", "--tls", "local", "--host", "127.0.0.1", "--port", "0", "--http-port", "0",
                                    "--data", in_folder("data")},
                                   in_folder("log"));
        const auto line = server.read_line();
        const auto comma = line.find(", plain HTTP on port ");
        ASSERT_NE(comma, std::string::npos) << line;
        const auto tls = std::to_string(std::stoi(line.substr(16)));
        const int plain = std::stoi(line.substr(comma + 21));
        EXPECT_NE(server.read_line().find("/trust"), std::string::npos);

        const auto page = get(plain, "/trust");
        EXPECT_EQ(page.status, 200);
        EXPECT_NE(page.body.find("Certificate Trust Settings"), std::string::npos);
        const auto taken = get(plain, "/trust/ca.crt");
        EXPECT_EQ(taken.header("content-type"), "application/x-x509-ca-cert");
        if (start == 0) authority = taken.body;
        EXPECT_EQ(taken.body, authority) << "the authority was made anew: phones must trust it once only";
        EXPECT_EQ(get(plain, "/p/tide-lamp").status, 308);

        EXPECT_EQ(shell("curl -s http://127.0.0.1:" + std::to_string(plain) + "/trust/ca.crt | openssl x509 -inform der -out " +
                        in_folder("ca.pem"))
                      .status,
                  0);
        for (const std::string host : {"localhost", "127.0.0.1"}) {
            const auto shop = shell("curl -sf --cacert " + in_folder("ca.pem") + " https://" + host + ":" + tls + "/");
            EXPECT_EQ(shop.status, 0) << host;
            EXPECT_NE(shop.said.find("Mira"), std::string::npos) << host;
        }
        const auto other = shell("curl -s --cacert " + in_folder("ca.pem") + " --resolve bank.example:" + tls +
                                 ":127.0.0.1 https://bank.example:" + tls + "/");
        EXPECT_EQ(other.status, 60) << "curl's number for a certificate that is not believed";
        EXPECT_EQ(server.stop(SIGTERM), 0);
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace barrow::stress
