// The listener: one loop, one listening socket and one sweep a thread; the kernel spreads connections by SO_REUSEPORT.
#include "floor/http/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "floor/http/connection.hpp"
#include "floor/http/hub.hpp"

namespace barrow::http {
namespace {

// An address to listen on, or of a peer.
struct Endpoint {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    [[nodiscard]] int port() const {
        return ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                                                   : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
    }
    // "203.0.113.9"; an IPv4 peer of an IPv6 listener looks like any other.
    [[nodiscard]] std::string text() const {
        char out[INET6_ADDRSTRLEN] = {};
        if (storage.ss_family == AF_INET6) {
            const auto& address = reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr;
            if (IN6_IS_ADDR_V4MAPPED(&address)) {
                inet_ntop(AF_INET, &address.s6_addr[12], out, sizeof out);
            } else {
                inet_ntop(AF_INET6, &address, out, sizeof out);
            }
        } else {
            inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, out, sizeof out);
        }
        return out;
    }
};

Result<Endpoint> read_endpoint(const std::string& host, int port) {
    if (port < 0 || port > 65'535) return fail(Fault::bad_input, "A port is a number from 0 to 65535.");
    Endpoint out;
    auto& four = reinterpret_cast<sockaddr_in&>(out.storage);
    auto& six = reinterpret_cast<sockaddr_in6&>(out.storage);
    if (inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(static_cast<std::uint16_t>(port));
        out.size = sizeof four;
        return out;
    }
    if (inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(static_cast<std::uint16_t>(port));
        out.size = sizeof six;
        return out;
    }
    return fail(Fault::bad_input, "\"" + host + "\" is not an address to listen on; write it like 127.0.0.1 or ::1.");
}

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Often enough for the shortest time-out, seldom enough that an idle server sleeps.
long sweep_ms(const ServerOptions& options) {
    const auto shortest = std::min({options.header_timeout_ms, options.body_timeout_ms, options.idle_timeout_ms, options.write_timeout_ms});
    return std::clamp(shortest / 4, 10L, 250L);
}

struct State {
    State(ServerOptions its_options, Front its_front, const Clock& its_clock, Log& its_log)
        : options(std::move(its_options)), front(std::move(its_front)), clock(its_clock), log(its_log) {}

    ServerOptions options;
    Front front;
    const Clock& clock;
    Log& log;
    std::shared_ptr<TlsContext> tls;
    std::atomic<std::int64_t> open = 0;
};

class IoThread final : public Watcher {
public:
    explicit IoThread(State& state) : state_(state), loop_(state.options.io_uring) {}
    ~IoThread() override { close_listener(); }
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    [[nodiscard]] Executor& executor() { return loop_; }
    [[nodiscard]] const Hall& hall() const { return *hall_; }

    void prepare(Hub& hub, int number) {
        hall_ = std::make_unique<Hall>(state_.options, state_.front, loop_, hub, state_.log, state_.open, number);
        tick();
    }

    // Listens on the endpoint; port 0 becomes the port that was free.
    Status listen(Endpoint& endpoint) {
        const auto failed = [&] {
            return fail(Fault::storage,
                        "Cannot listen on " + endpoint.text() + ":" + std::to_string(endpoint.port()) + ": " + std::strerror(errno) + ".");
        };
        listener_ = ::socket(endpoint.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (listener_ < 0) return failed();
        const int one = 1;
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        setsockopt(listener_, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
        setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);  // accepted sockets inherit it
        // A connection comes to us when its first bytes have come: a tap is read, answered and closed in one go. Who opens
        // one and says nothing waits in the kernel for a second before it costs us anything.
        setsockopt(listener_, IPPROTO_TCP, TCP_DEFER_ACCEPT, &one, sizeof one);
        if (::bind(listener_, endpoint.get(), endpoint.size) != 0 || ::listen(listener_, 4096) != 0) return failed();
        if (::getsockname(listener_, endpoint.get(), &endpoint.size) != 0) return failed();
        return {};
    }

    void start() {
        loop_.watch(listener_, EPOLLIN, *this);
        thread_ = std::thread([this] {
            sigset_t broken_pipe;  // OpenSSL and others write without MSG_NOSIGNAL
            sigemptyset(&broken_pipe);
            sigaddset(&broken_pipe, SIGPIPE);
            pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
            loop_.run(sweep_ms(state_.options), [this] { sweep(); });
        });
    }

    void begin_stop() {
        loop_.post([this] {
            hall_->stopping = true;
            close_listener();
            for (const auto& each : std::vector(crowd_.all)) each->stop();
        });
    }

    // What has not ended by itself.
    void cut() {
        loop_.post([this] {
            for (const auto& each : std::vector(crowd_.all)) each->close(Close::now);
        });
    }

    void end() {
        if (!thread_.joinable()) return;
        loop_.end();
        thread_.join();
    }

    void ready(std::uint32_t) override {
        const auto most = accepts_now();
        for (std::int64_t i = 0; i < most && listener_ >= 0; ++i) {
            Endpoint peer;
            const int socket = ::accept4(listener_, peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket >= 0) {
                welcome(socket, peer);
            } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                return;
            } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                // Try again when the next sweep may have freed something.
                state_.log.warning("accept_failed", {{"reason", std::strerror(errno)}});
                loop_.forget(listener_);
                paused_ = true;
                return;
            }  // else: the peer has already gone
        }
    }

private:
    void close_listener() {
        if (listener_ >= 0) ::close(std::exchange(listener_, -1));
    }

    // A handshake is a quarter of a millisecond of work for which those wait who have begun: they come first, but whoever is new gets half
    // of the time that goes by.
    std::int64_t accepts_now() {
        constexpr std::int64_t accepts_max = 64;
        if (!state_.tls) return accepts_max;
        const auto now = std::chrono::steady_clock::now();
        const auto since = now - std::exchange(accepted_, now);
        return std::clamp<std::int64_t>(1 + since / std::chrono::microseconds(500), 1, accepts_max);
    }

    void welcome(int socket, const Endpoint& peer) {
        hall_->connections.add(1);
        if (state_.open.load(std::memory_order_relaxed) >= static_cast<std::int64_t>(state_.options.connections_max)) {
            hall_->refused.add(1);
            ::close(socket);
            return;
        }
        state_.open.fetch_add(1, std::memory_order_relaxed);
        hall_->connections_open.add(1);
        const auto connection = std::make_shared<Connection>(socket, peer.text(), *hall_, loop_, crowd_, state_.tls);
        crowd_.add(connection);
        connection->begin();
    }

    void sweep() {
        tick();
        for (std::size_t i = crowd_.all.size(); i-- > 0;) {
            if (i < crowd_.all.size()) crowd_.all[i]->sweep();
        }
        if (paused_ && listener_ >= 0) {
            paused_ = false;
            loop_.watch(listener_, EPOLLIN, *this);
        }
    }

    void tick() {
        hall_->now_ms = steady_ms();
        const auto now = state_.clock.now();
        if (!hall_->date.empty() && now.seconds() == date_s_) return;
        date_s_ = now.seconds();
        hall_->date = "date: " + http_date(now) + "\r\n";
    }

    State& state_;
    IoLoop loop_;
    int listener_ = -1;
    std::unique_ptr<Hall> hall_;
    Crowd crowd_;
    bool paused_ = false;
    std::chrono::steady_clock::time_point accepted_;
    std::int64_t date_s_ = 0;
    std::thread thread_;
};

class LoopServer final : public Server {
public:
    LoopServer(ServerOptions options, Front front, const Clock& clock, Log& log)
        : state_(std::make_unique<State>(std::move(options), std::move(front), clock, log)) {}

    ~LoopServer() override { stop(); }

    Status listen() {
        auto& options = state_->options;
        if (options.certificate_file.empty() != options.key_file.empty()) {
            return fail(Fault::bad_input, "TLS needs both a certificate file and a key file.");
        }
        if (options.tls || !options.certificate_file.empty())
            state_->tls = TRY(TlsContext::open(options.certificate_file, options.key_file));
        auto endpoint = TRY(read_endpoint(options.host, options.port));
        TRY(nobody_listens(endpoint));
        const int count = std::clamp(options.threads, 1, 64);
        std::vector<Executor*> executors;
        for (int i = 0; i < count; ++i) {
            threads_.push_back(std::make_unique<IoThread>(*state_));
            executors.push_back(&threads_.back()->executor());
        }
        hub_ = std::make_unique<Hub>(std::move(executors));
        for (int i = 0; i < count; ++i) threads_[static_cast<std::size_t>(i)]->prepare(*hub_, i);
        for (auto& thread : threads_) TRY(thread->listen(endpoint));
        port_ = endpoint.port();
        return {};
    }

    [[nodiscard]] int port() const override { return port_; }
    Status set_certificates(const std::vector<ServedCertificate>& certificates) override {
        check(state_->tls != nullptr);
        return state_->tls->set(certificates);
    }
    [[nodiscard]] EventHub& events() override { return *hub_; }

    void start() override {
        check(!started_);
        started_ = true;
        for (auto& thread : threads_) thread->start();
    }

    void stop() override {
        if (!started_ || stopped_) return;
        stopped_ = true;
        for (auto& thread : threads_) thread->begin_stop();
        const auto ended = [&] { return counters().connections_open == 0 && tasks() == 0; };
        wait(ended, state_->options.shutdown_timeout_ms);
        for (auto& thread : threads_) thread->cut();
        // A task whose connection is gone still has to come back: what it waits for has a time limit of its own.
        if (!wait(ended, tasks_wait_ms)) state_->log.error("stopped_with_tasks", {{"tasks", tasks()}});
        const bool leaking = tasks() > 0;
        for (auto& thread : threads_) thread->end();
        if (leaking) {
            // Their answers will be posted to executors that must still be there.
            for (auto& thread : threads_) (void)thread.release();
            threads_.clear();
            (void)hub_.release();
            (void)state_.release();
        }
    }

    [[nodiscard]] Counters counters() const override {
        Counters sum{};
        for (const auto& thread : threads_) {
            const auto& hall = thread->hall();
            sum.connections_open += hall.connections_open.read();
            sum.connections_total += hall.connections.read();
            sum.requests_total += hall.requests.read();
            sum.refused_total += hall.refused.read();
            sum.streams_open += hall.streams.read();
            sum.bytes_out_total += hall.bytes_out.read();
        }
        return sum;
    }

private:
    static constexpr long tasks_wait_ms = 10'000;

    // With SO_REUSEPORT a second program would silently share the port with us, so a socket without it asks first.
    static Status nobody_listens(const Endpoint& endpoint) {
        if (endpoint.port() == 0) return {};
        const int probe = ::socket(endpoint.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int one = 1;
        setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        const bool taken = ::bind(probe, endpoint.get(), endpoint.size) != 0;
        const int reason = errno;
        ::close(probe);
        if (!taken) return {};
        return fail(Fault::conflict,
                    "Cannot listen on " + endpoint.text() + ":" + std::to_string(endpoint.port()) + ": " + std::strerror(reason) + ".");
    }

    [[nodiscard]] std::int64_t tasks() const {
        std::int64_t sum = 0;
        for (const auto& thread : threads_) sum += thread->hall().tasks.read();
        return sum;
    }

    template <class Predicate>
    static bool wait(Predicate ended, long ms) {
        const auto until = steady_ms() + ms;
        while (!ended()) {
            if (steady_ms() >= until) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return true;
    }

    std::unique_ptr<State> state_;
    std::vector<std::unique_ptr<IoThread>> threads_;
    std::unique_ptr<Hub> hub_;
    int port_ = 0;
    bool started_ = false, stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::open(ServerOptions options, Front front, const Clock& clock, Log& log) {
    check(static_cast<bool>(front.find));
    auto server = std::make_unique<LoopServer>(std::move(options), std::move(front), clock, log);
    TRY(server->listen());
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace barrow::http
