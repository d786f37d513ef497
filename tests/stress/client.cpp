#include "stress/client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace barrow::stress {
namespace {

class Socket {
public:
    explicit Socket(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        open_ = connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    ~Socket() { close(fd_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    [[nodiscard]] bool is_open() const { return open_; }
    bool send_all(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    // All until the other side closes; nothing when the line breaks or it takes too long.
    [[nodiscard]] std::optional<std::string> receive_all(int timeout_ms) const {
        std::string bytes;
        char piece[16 * 1024];
        for (;;) {
            pollfd ready{fd_, POLLIN, 0};
            if (poll(&ready, 1, timeout_ms) <= 0) return std::nullopt;
            const auto count = recv(fd_, piece, sizeof piece, 0);
            if (count < 0) return std::nullopt;
            if (count == 0) return bytes;
            bytes.append(piece, static_cast<std::size_t>(count));
        }
    }

private:
    int fd_;
    bool open_ = false;
};

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

std::string Answer::header(std::string_view lower_case_name) const {
    const auto all = lower(headers);
    const auto wanted = "\r\n" + std::string(lower_case_name) + ": ";
    const auto at = all.find(wanted);
    if (at == std::string::npos) return "";
    const auto from = at + wanted.size();
    return headers.substr(from, headers.find("\r\n", from) - from);
}

Answer ask(int port, std::string_view method, const std::string& target, const std::string& body, int timeout_ms, const std::string& host) {
    const Socket socket(port);
    if (!socket.is_open()) return {};
    std::string request = std::string(method) + " " + target +
                          " HTTP/1.1\r\nhost: " + (host.empty() ? "localhost:" + std::to_string(port) : host) + "\r\nconnection: close\r\n";
    if (method == "POST")
        request += "content-type: application/x-www-form-urlencoded\r\ncontent-length: " + std::to_string(body.size()) + "\r\n";
    if (!socket.send_all(request + "\r\n" + body)) return {};
    const auto bytes = socket.receive_all(timeout_ms);
    if (!bytes) return {};
    const auto end = bytes->find("\r\n\r\n");
    if (end == std::string::npos || bytes->size() < 12) return {};
    Answer answer{.status = std::atoi(bytes->c_str() + 9), .headers = bytes->substr(0, end + 2), .body = bytes->substr(end + 4)};
    const auto length = answer.header("content-length");
    if (!length.empty() && answer.body.size() != static_cast<std::size_t>(std::atoll(length.c_str()))) return {};
    return answer;
}

Child Child::start(const std::vector<std::string>& words, const std::string& log_file) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    Child child;
    child.process_ = fork();
    if (child.process_ < 0) std::abort();
    if (child.process_ == 0) {
        dup2(ends[1], 1);
        const int log = open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (log >= 0) dup2(log, 2);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execv(arguments[0], arguments.data());
        _exit(127);
    }
    close(ends[1]);
    child.out_ = ends[0];
    return child;
}

Child::~Child() {
    if (process_ > 0) stop(SIGKILL);
    if (out_ >= 0) close(out_);
}

Child::Child(Child&& other) noexcept : process_(std::exchange(other.process_, 0)), out_(std::exchange(other.out_, -1)) {}

Child& Child::operator=(Child&& other) noexcept {
    std::swap(process_, other.process_);
    std::swap(out_, other.out_);
    return *this;
}

std::string Child::read_line() {
    std::string line;
    for (char c = 0; read(out_, &c, 1) == 1 && c != '\n';) line += c;
    return line;
}

std::string Child::read_all() {
    std::string text;
    char piece[4096];
    for (auto count = read(out_, piece, sizeof piece); count > 0; count = read(out_, piece, sizeof piece))
        text.append(piece, static_cast<std::size_t>(count));
    return text;
}

int Child::stop(int signal) {
    kill(process_, signal);
    return wait();
}

int Child::wait() {
    int status = 0;
    waitpid(std::exchange(process_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Ran run(const std::vector<std::string>& words, const std::string& log_file) {
    auto child = Child::start(words, log_file);
    Ran ran;
    ran.said = child.read_all();
    ran.status = child.wait();
    return ran;
}

}  // namespace barrow::stress
