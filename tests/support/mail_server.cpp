#include "support/mail_server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "support/paths.hpp"

namespace barrow::testing {

MailServer::MailServer(std::vector<std::string> words) {
    words.insert(words.begin(), {"/usr/bin/python3", tests::in_project("tests/support/mail_server.py")});
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::abort();
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
        ::dup2(in[0], 0);
        ::dup2(out[1], 1);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_it_ = in[1];
    from_it_ = out[0];
    const auto said = line();
    EXPECT_TRUE(said.starts_with("ready ")) << "is python3-aiosmtpd there? It said: " << said;
    if (said.starts_with("ready ")) port_ = std::stoi(said.substr(6));
}

MailServer::~MailServer() {
    ::close(to_it_);
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    ::close(from_it_);
}

std::string MailServer::line() {
    for (;;) {
        if (const auto end = read_.find('\n'); end != std::string::npos) {
            auto one = read_.substr(0, end);
            read_.erase(0, end + 1);
            return one;
        }
        pollfd ready{.fd = from_it_, .events = POLLIN, .revents = 0};
        char bytes[65'536];
        if (::poll(&ready, 1, 10'000) <= 0) return {};
        const auto count = ::read(from_it_, bytes, sizeof bytes);
        if (count <= 0) return {};
        read_.append(bytes, static_cast<std::size_t>(count));
    }
}

wire::Json MailServer::next() {
    const auto said = line();
    auto message = wire::read_json(said);
    EXPECT_TRUE(message) << "no mail came: " << said;
    return message ? *message : wire::Json::object();
}

}  // namespace barrow::testing
