// Inside http: what an io thread does: waits for sockets, runs what was posted, and ticks. Epoll, edge-triggered: a request
// on a kept connection costs one recv, one send and its share of one epoll_wait.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/base/task.hpp"

namespace barrow::http {

class Watcher {
public:
    virtual ~Watcher() = default;
    virtual void ready(std::uint32_t events) = 0;  // EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR
};

class IoLoop final : public Executor {
public:
    IoLoop();
    ~IoLoop() override;
    IoLoop(const IoLoop&) = delete;
    IoLoop& operator=(const IoLoop&) = delete;

    // Tells the watcher when `events` begin to hold (EPOLLET) or as long as they do. Closing the socket ends it.
    void watch(int socket, std::uint32_t events, Watcher& watcher) const;
    void forget(int socket) const;
    // Keeps what was closed until the events that were fetched with its own are dealt with.
    void retire(std::shared_ptr<void> closed) { retired_.push_back(std::move(closed)); }

    void post(std::function<void()> work) override;

    // On the calling thread until end(): `tick` is called every `tick_ms` or so.
    void run(long tick_ms, const std::function<void()>& tick);
    void end();  // from any thread; what was posted before still runs

private:
    bool run_posted();
    void wake() const;

    int epoll_;
    int wake_;
    std::atomic<bool> ending_ = false;
    std::atomic<bool> woken_ = false;
    std::atomic<std::thread::id> thread_{};
    std::vector<std::shared_ptr<void>> retired_;
    std::vector<std::function<void()>> running_;
    Mutex mutex_;
    std::vector<std::function<void()>> posted_ guarded_by(mutex_);
};

}  // namespace barrow::http
