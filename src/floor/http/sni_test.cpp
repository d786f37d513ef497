// Certificates by server name, changed while the server runs.
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "floor/base/random.hpp"
#include "floor/http/server.hpp"
#include "floor/sign/x509.hpp"

namespace barrow::http {
namespace {

class Sni : public ::testing::Test {
protected:
    Sni() {
        std::ofstream(root_) << house_.certificate_pem;
        router_.add({Method::get, "/", [](Request&) { return Response::text("hello"); }});
        Front front{.find = [this](Request& request, Response& answer) { return find_route(router_, request, answer); },
                    .finish = [](const Request&, Response&) {}};
        server_ = Server::open({.port = 0, .threads = 1, .tls = true}, std::move(front), clock_, log_).value();
        server_->start();
    }
    ~Sni() override {
        server_->stop();
        std::filesystem::remove(root_);
    }

    ServedCertificate made(const std::string& name) {
        const auto issued = sign::issue_local(house_, {name}, clock_.now(), random_).value();
        return {{name}, issued.certificate_pem, issued.key_pem};
    }
    static std::string serial(const ServedCertificate& certificate) { return sign::read_certificate(certificate.chain_pem)->serial; }

    // The serial of the certificate that the name got, checked for the name and up to the house's root; "" when it was refused.
    std::string seen(const std::string& name, CURL* kept = nullptr) {
        CURL* curl = kept != nullptr ? kept : curl_easy_init();
        const auto port = std::to_string(server_->port());
        auto* resolved = curl_slist_append(nullptr, (name + ":" + port + ":127.0.0.1").c_str());
        curl_easy_setopt(curl, CURLOPT_URL, ("https://" + name + ":" + port + "/").c_str());
        curl_easy_setopt(curl, CURLOPT_RESOLVE, resolved);
        curl_easy_setopt(curl, CURLOPT_CAINFO, root_.c_str());
        curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 4000L);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
        code_ = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects_);
        std::string found;
        curl_certinfo* info = nullptr;
        if (code_ == CURLE_OK && curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info) == CURLE_OK && info->num_of_certs > 0) {
            for (auto* one = info->certinfo[0]; one != nullptr; one = one->next) {
                const std::string_view line(one->data);
                if (line.starts_with("Serial Number:")) found = line.substr(14);
            }
        }
        curl_slist_free_all(resolved);
        if (kept == nullptr) curl_easy_cleanup(curl);
        return found;
    }

    SystemClock clock_;
    SystemRandom random_;
    SilentLog log_;
    sign::Issued house_ = sign::make_local_authority("House", {"test"}, clock_.now(), random_);
    std::string root_ = std::filesystem::temp_directory_path() / ("barrow-sni-" + std::to_string(::getpid()) + ".pem");
    Router router_;
    std::unique_ptr<Server> server_;
    CURLcode code_ = CURLE_OK;
    long connects_ = 0;
};

TEST_F(Sni, each_name_gets_its_own_and_a_new_one_without_a_restart) {
    EXPECT_EQ(seen("a.test"), "");
    EXPECT_EQ(code_, CURLE_SSL_CONNECT_ERROR) << "there is no certificate yet";
    const auto a = made("a.test"), b = made("b.test"), newer = made("a.test");
    ASSERT_TRUE(server_->set_certificates({a, b}));
    EXPECT_EQ(seen("a.test"), serial(a));
    EXPECT_EQ(seen("b.test"), serial(b));
    EXPECT_EQ(seen("A.Test"), serial(a));
    EXPECT_EQ(seen("c.test"), "");
    EXPECT_EQ(code_, CURLE_PEER_FAILED_VERIFICATION) << "who asks for another name gets the first one's";

    CURL* kept = curl_easy_init();
    EXPECT_EQ(seen("a.test", kept), serial(a));
    ASSERT_TRUE(server_->set_certificates({newer, b}));
    (void)seen("a.test", kept);
    EXPECT_EQ(code_, CURLE_OK);
    EXPECT_EQ(connects_, 0) << "the connection under way did not go on";
    curl_easy_cleanup(kept);
    EXPECT_EQ(seen("a.test"), serial(newer));
    EXPECT_EQ(seen("b.test"), serial(b));
}

TEST_F(Sni, what_does_not_belong_together_is_refused_and_changes_nothing) {
    const auto a = made("a.test"), b = made("b.test");
    ASSERT_TRUE(server_->set_certificates({a}));
    EXPECT_FALSE(server_->set_certificates({b, {{"c.test"}, a.chain_pem, b.key_pem}}));
    EXPECT_FALSE(server_->set_certificates({{{"c.test"}, "", ""}}));
    EXPECT_EQ(seen("a.test"), serial(a));
}

TEST_F(Sni, an_authority_of_a_house_is_believed_in_its_house_only) {
    const auto evil = made("bank.example");
    ASSERT_TRUE(server_->set_certificates({evil}));
    EXPECT_EQ(seen("bank.example"), "");
    EXPECT_EQ(code_, CURLE_PEER_FAILED_VERIFICATION);
}

}  // namespace
}  // namespace barrow::http
