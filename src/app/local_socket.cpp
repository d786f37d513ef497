#include "app/local_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace barrow::app {
namespace {

constexpr int local_timeout_ms = 120'000;  // a large import

Result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(Fault::bad_input, "the path " + path + " is too long for a local socket; choose a shorter --data folder");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

int connect_to(const std::string& path) {
    const auto address = address_of(path);
    if (!address) return -1;
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0) return fd;
    ::close(fd);
    return -1;
}

bool send_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// One line, or "" when the peer ends, is too slow or says too much.
std::string read_line(int fd) {
    std::string line;
    std::array<char, 65'536> buffer;
    while (line.size() <= local_message_bytes_max) {
        pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
        if (::poll(&wait, 1, local_timeout_ms) <= 0) return "";
        const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (got <= 0) return "";
        line.append(buffer.data(), static_cast<std::size_t>(got));
        if (line.back() == '\n') {
            line.pop_back();
            return line;
        }
    }
    return "";
}

Fault read_fault(std::string_view text) {
    for (int i = 0; i <= static_cast<int>(Fault::storage); ++i) {
        if (name(static_cast<Fault>(i)) == text) return static_cast<Fault>(i);
    }
    return Fault::storage;
}

}  // namespace

Result<std::unique_ptr<LocalSocket>> LocalSocket::listen(const std::string& path, Answer answer) {
    const auto address = TRY(address_of(path));
    if (const int running = connect_to(path); running >= 0) {
        ::close(running);
        return fail(Fault::conflict, "a server runs on this data folder already; stop it first, or choose another --data");
    }
    ::unlink(path.c_str());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto old_mask = ::umask(0177);
    const bool bound = fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, 16) == 0;
    ::umask(old_mask);
    std::array<int, 2> wake{};
    if (!bound || ::pipe2(wake.data(), O_CLOEXEC) != 0) {
        const std::string why = std::strerror(errno);
        if (fd >= 0) ::close(fd);
        return fail(Fault::storage, "cannot listen on " + path + ": " + why);
    }
    auto socket = std::unique_ptr<LocalSocket>(new LocalSocket(fd, wake[0], path, std::move(answer)));
    socket->wake_write_ = wake[1];
    socket->thread_ = std::thread([raw = socket.get()] { raw->serve(); });
    return socket;
}

LocalSocket::LocalSocket(int listener, int wake, std::string path, Answer answer)
    : listener_(listener), wake_read_(wake), path_(std::move(path)), answer_(std::move(answer)) {}

LocalSocket::~LocalSocket() {
    ::close(wake_write_);
    thread_.join();
    ::close(listener_);
    ::close(wake_read_);
    ::unlink(path_.c_str());
}

void LocalSocket::serve() {
    for (;;) {
        std::array<pollfd, 2> wait{{{.fd = listener_, .events = POLLIN, .revents = 0}, {.fd = wake_read_, .events = POLLIN, .revents = 0}}};
        if (::poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR) return;
        if (wait[1].revents != 0) return;
        if ((wait[0].revents & POLLIN) == 0) continue;
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        serve_one(connection);
        ::close(connection);
    }
}

void LocalSocket::serve_one(int connection) {
    const auto run = [&]() -> Result<wire::Json> {
        const auto message = TRY(wire::read_json(read_line(connection), {.bytes_max = local_message_bytes_max, .depth_max = 32}));
        wire::Fields fields(message, "message");
        const auto command = TRY(fields.text("command", 40));
        return answer_(command, *TRY(fields.object("arguments")));
    };
    auto result = run();
    const auto reply =
        result
            ? wire::Json::object({{"ok", std::move(*result)}})
            : wire::Json::object({{"error", wire::Json::object({{"fault", name(result.error().fault)}, {"text", result.error().text}})}});
    send_all(connection, wire::write_json(reply) + "\n");
}

std::optional<Result<wire::Json>> ask_server(const std::string& path, std::string_view command, const wire::Json& arguments) {
    const int fd = connect_to(path);
    if (fd < 0) return std::nullopt;
    const auto ask = [&]() -> Result<wire::Json> {
        const auto message = wire::write_json(wire::Json::object({{"command", command}, {"arguments", arguments}})) + "\n";
        if (message.size() > local_message_bytes_max) return fail(Fault::too_large, "the file is larger than 64 MB; split it");
        if (!send_all(fd, message)) return fail(Fault::storage, "the running server did not listen; see its log");
        const auto reply = TRY(wire::read_json(read_line(fd), {.bytes_max = local_message_bytes_max, .depth_max = 32}));
        if (const auto* ok = reply.find("ok")) return *ok;
        const auto* error = reply.find("error");
        if (error == nullptr) return fail(Fault::storage, "the running server gave no answer; see its log");
        return fail(read_fault(error->find("fault")->text()), error->find("text")->text());
    };
    auto result = ask();
    ::close(fd);
    return result;
}

}  // namespace barrow::app
