// Inside http: what an io thread does: waits for sockets, runs what was posted, makes the socket calls that were asked for, and ticks.
// Epoll, edge-triggered: a request on a kept connection costs a receive, a send and its share of one epoll_wait; calls are made many at
// once.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/base/task.hpp"
#include "floor/http/calls.hpp"

namespace barrow::http {

class Watcher {
public:
    virtual ~Watcher() = default;
    virtual void ready(std::uint32_t events) = 0;  // EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR
};

// Who asked for a call. It fills it in just before it is made, or says that there is none to make any more.
class Caller : public Watcher {
public:
    virtual bool fill_receive(SocketCall& call) = 0;
    virtual void received(const SocketCall& call) = 0;
    virtual bool fill_send(SocketCall& call) = 0;
    virtual void sent(const SocketCall& call) = 0;
    virtual void first_turn_over() = 0;
    [[nodiscard]] virtual bool gone() const = 0;  // it is retired
};

class IoLoop final : public Executor {
public:
    explicit IoLoop(bool may_use_uring);
    ~IoLoop() override;
    IoLoop(const IoLoop&) = delete;
    IoLoop& operator=(const IoLoop&) = delete;

    // Tells the watcher when `events` begin to hold (EPOLLET) or as long as they do. Closing the socket ends it.
    void watch(int socket, std::uint32_t events, Watcher& watcher) const;
    void forget(int socket) const;
    // Keeps what was closed until the events that were fetched with its own are dealt with.
    void retire(std::shared_ptr<void> closed) { retired_.push_back(std::move(closed)); }

    // Later in this turn; a caller that wants more and more of them waits for the next one. Who is retired by then is not asked.
    void will_receive(Caller& caller) { receivers_.push_back(&caller); }
    void will_send(Caller& caller) { senders_.push_back(&caller); }
    void make_now(SocketCall& call) { calls_->run({&call, 1}); }
    // Its first calls come first: whoever is served and gone by then need not be watched.
    void will_begin(Caller& caller) { beginners_.push_back(&caller); }

    void post(std::function<void()> work) override;

    // On the calling thread until end(): `tick` is called every `tick_ms` or so.
    void run(long tick_ms, const std::function<void()>& tick);
    void end();  // from any thread; what was posted before still runs

private:
    bool run_posted();
    void wake() const;
    using Callers = std::deque<Caller*>;
    void run_calls();
    void make(Callers& asked, std::size_t most, bool (Caller::*fill)(SocketCall&), void (Caller::*done)(const SocketCall&));

    const bool may_use_uring_;
    int epoll_;
    int wake_;
    std::atomic<bool> ending_ = false;
    std::atomic<bool> woken_ = false;
    std::atomic<std::thread::id> thread_{};
    std::vector<std::shared_ptr<void>> retired_;
    std::vector<std::function<void()>> running_;
    std::unique_ptr<SocketCalls> calls_;
    std::array<SocketCall, SocketCalls::together_max> batch_;
    std::array<Caller*, SocketCalls::together_max> callers_{};  // of the batch
    Callers receivers_, senders_, beginners_;
    Mutex mutex_;
    std::vector<std::function<void()>> posted_ guarded_by(mutex_);
};

}  // namespace barrow::http
