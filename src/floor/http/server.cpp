// The listener: one io_context, one acceptor and one sweep a thread; the kernel spreads connections by SO_REUSEPORT.
#include "floor/http/server.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <thread>

#include "floor/http/connection.hpp"
#include "floor/http/hub.hpp"

namespace barrow::http {
namespace {

using asio::ip::tcp;

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Often enough for the shortest time-out, seldom enough that an idle server sleeps.
long sweep_ms(const ServerOptions& options) {
    const auto shortest = std::min({options.header_timeout_ms, options.body_timeout_ms, options.idle_timeout_ms, options.write_timeout_ms});
    return std::clamp(shortest / 4, 10L, 250L);
}

class IoExecutor final : public Executor {
public:
    explicit IoExecutor(asio::io_context& io) : io_(io) {}
    void post(std::function<void()> work) override { asio::post(io_, std::move(work)); }

private:
    asio::io_context& io_;
};

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

class IoThread {
public:
    explicit IoThread(State& state) : state_(state), io_(1), executor_(io_), acceptor_(io_), timer_(io_) {}

    [[nodiscard]] Executor& executor() { return executor_; }
    [[nodiscard]] const Hall& hall() const { return *hall_; }
    [[nodiscard]] int port() const { return acceptor_.local_endpoint().port(); }

    void prepare(Hub& hub, int number) {
        hall_ = std::make_unique<Hall>(state_.options, state_.front, executor_, hub, state_.log, state_.open, number);
        tick();
    }

    Status listen(const tcp::endpoint& endpoint) {
        asio::error_code error;
        const auto failed = [&](const char* what) {
            return fail(Fault::storage, std::string("Cannot ") + what + " " + endpoint.address().to_string() + ":" +
                                            std::to_string(endpoint.port()) + ": " + error.message() + ".");
        };
        if (acceptor_.open(endpoint.protocol(), error)) return failed("open a socket for");
        const int one = 1;
        const int socket = acceptor_.native_handle();
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);  // accepted sockets inherit it
        if (acceptor_.bind(endpoint, error)) return failed("listen on");
        if (acceptor_.listen(4096, error)) return failed("listen on");
        acceptor_.non_blocking(true, error);
        return {};
    }

    void start() {
        accept();
        wait_for_sweep();
        thread_ = std::thread([this] {
            sigset_t broken_pipe;  // OpenSSL and others write without MSG_NOSIGNAL
            sigemptyset(&broken_pipe);
            sigaddset(&broken_pipe, SIGPIPE);
            pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
            auto work = asio::make_work_guard(io_);
            io_.run();
        });
    }

    void begin_stop() {
        asio::post(io_, [this] {
            hall_->stopping = true;
            asio::error_code ignored;
            acceptor_.close(ignored);
            for (const auto& each : std::vector(crowd_.all)) each->stop();
        });
    }

    // What has not ended by itself.
    void cut() {
        asio::post(io_, [this] {
            for (const auto& each : std::vector(crowd_.all)) each->close(Close::now);
        });
    }

    void end() {
        if (!thread_.joinable()) return;
        asio::post(io_, [this] {
            timer_.cancel();
            io_.stop();
        });
        thread_.join();
    }

private:
    void accept() {
        acceptor_.async_accept(peer_, [this](const asio::error_code& error, tcp::socket socket) {
            if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
            if (error) {
                // No file descriptors left, most likely: try again when the next sweep may have freed some.
                state_.log.warning("accept_failed", {{"reason", error.message()}});
                accept_again_ = true;
                return;
            }
            welcome(std::move(socket));
            accept();
        });
    }

    void welcome(tcp::socket socket) {
        hall_->connections.add(1);
        if (state_.open.load(std::memory_order_relaxed) >= static_cast<std::int64_t>(state_.options.connections_max)) {
            hall_->refused.add(1);
            return;
        }
        state_.open.fetch_add(1, std::memory_order_relaxed);
        hall_->connections_open.add(1);
        const auto connection = std::make_shared<Connection>(std::move(socket), peer_text(), *hall_, crowd_, state_.tls);
        crowd_.add(connection);
        connection->begin();
    }

    std::string peer_text() const {
        const auto address = peer_.address();
        if (address.is_v6() && address.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
        return address.to_string();
    }

    void wait_for_sweep() {
        timer_.expires_after(std::chrono::milliseconds(sweep_ms(state_.options)));
        timer_.async_wait([this](const asio::error_code& error) {
            if (error) return;
            tick();
            for (std::size_t i = crowd_.all.size(); i-- > 0;) {
                if (i < crowd_.all.size()) crowd_.all[i]->sweep();
            }
            if (accept_again_ && acceptor_.is_open()) {
                accept_again_ = false;
                accept();
            }
            wait_for_sweep();
        });
    }

    void tick() {
        hall_->now_ms = steady_ms();
        const auto now = state_.clock.now();
        if (!hall_->date.empty() && now.seconds() == date_s_) return;
        date_s_ = now.seconds();
        hall_->date = "date: " + http_date(now) + "\r\n";
    }

    State& state_;
    asio::io_context io_;
    IoExecutor executor_;
    tcp::acceptor acceptor_;
    tcp::endpoint peer_;
    asio::steady_timer timer_;
    std::unique_ptr<Hall> hall_;
    Crowd crowd_;
    bool accept_again_ = false;
    std::int64_t date_s_ = 0;
    std::thread thread_;
};

class AsioServer final : public Server {
public:
    AsioServer(ServerOptions options, Front front, const Clock& clock, Log& log)
        : state_(std::make_unique<State>(std::move(options), std::move(front), clock, log)) {}

    ~AsioServer() override { stop(); }

    Status listen() {
        auto& options = state_->options;
        asio::error_code error;
        auto address = asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
        if (error) return fail(Fault::bad_input, "\"" + options.host + "\" is not an address to listen on; write it like 127.0.0.1 or ::1.");
        if (options.port < 0 || options.port > 65'535) return fail(Fault::bad_input, "A port is a number from 0 to 65535.");
        if (options.certificate_file.empty() != options.key_file.empty()) {
            return fail(Fault::bad_input, "TLS needs both a certificate file and a key file.");
        }
        if (!options.certificate_file.empty()) state_->tls = TRY(TlsContext::open(options.certificate_file, options.key_file));
        tcp::endpoint endpoint(address, static_cast<unsigned short>(options.port));
        TRY(nobody_listens(endpoint));
        const int count = std::clamp(options.threads, 1, 64);
        std::vector<Executor*> executors;
        for (int i = 0; i < count; ++i) {
            threads_.push_back(std::make_unique<IoThread>(*state_));
            executors.push_back(&threads_.back()->executor());
        }
        hub_ = std::make_unique<Hub>(std::move(executors));
        for (int i = 0; i < count; ++i) threads_[static_cast<std::size_t>(i)]->prepare(*hub_, i);
        for (auto& thread : threads_) {
            TRY(thread->listen(endpoint));
            endpoint.port(static_cast<unsigned short>(thread->port()));
        }
        port_ = endpoint.port();
        return {};
    }

    [[nodiscard]] int port() const override { return port_; }
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
    static Status nobody_listens(const tcp::endpoint& endpoint) {
        if (endpoint.port() == 0) return {};
        const int probe = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int one = 1;
        setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        const bool taken = ::bind(probe, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0;
        const int reason = errno;
        ::close(probe);
        if (!taken) return {};
        return fail(Fault::conflict, "Cannot listen on " + endpoint.address().to_string() + ":" + std::to_string(endpoint.port()) + ": " +
                                         std::string(strerror(reason)) + ".");
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
    auto server = std::make_unique<AsioServer>(std::move(options), std::move(front), clock, log);
    TRY(server->listen());
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace barrow::http
