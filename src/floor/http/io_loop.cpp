#include "floor/http/io_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

namespace barrow::http {
namespace {

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

IoLoop::IoLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    check(epoll_ >= 0 && wake_ >= 0);
    struct epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.ptr = nullptr;
    check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) == 0);
}

IoLoop::~IoLoop() {
    ::close(wake_);
    ::close(epoll_);
}

void IoLoop::watch(int socket, std::uint32_t events, Watcher& watcher) const {
    struct epoll_event event{};
    event.events = events;
    event.data.ptr = &watcher;
    check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) == 0);
}

void IoLoop::forget(int socket) const { ::epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr); }

void IoLoop::wake() const {
    const std::uint64_t one = 1;
    while (::write(wake_, &one, sizeof one) < 0 && errno == EINTR) {}
}

void IoLoop::post(std::function<void()> work) {
    // All of it under the lock: the work may be the last thing that the loop was waited for, and then the loop is gone.
    const Lock lock(mutex_);
    posted_.push_back(std::move(work));
    // The loop's own thread looks into the queue before it sleeps; others wake it once.
    if (std::this_thread::get_id() != thread_.load(std::memory_order_relaxed) && !woken_.exchange(true)) wake();
}

void IoLoop::end() {
    ending_ = true;
    wake();
}

bool IoLoop::run_posted() {
    woken_ = false;
    {
        const Lock lock(mutex_);
        running_.swap(posted_);
    }
    const bool any = !running_.empty();
    for (auto& work : running_) {
        work();
        work = nullptr;
    }
    running_.clear();
    return any;
}

void IoLoop::run(long tick_ms, const std::function<void()>& tick) {
    thread_ = std::this_thread::get_id();
    std::array<struct epoll_event, 256> events;
    auto next_tick_ms = steady_ms() + tick_ms;
    bool more = true;
    for (;;) {
        const bool ending = ending_;
        if (ending && !run_posted()) break;
        const auto wait_ms = more || ending ? 0 : std::max<std::int64_t>(0, next_tick_ms - steady_ms());
        const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(wait_ms));
        for (int i = 0; i < count; ++i) {
            const auto& event = events[static_cast<std::size_t>(i)];
            if (event.data.ptr == nullptr) {
                std::uint64_t ignored = 0;
                (void)!::read(wake_, &ignored, sizeof ignored);
            } else {
                static_cast<Watcher*>(event.data.ptr)->ready(event.events);
            }
        }
        run_posted();
        retired_.clear();
        {
            const Lock lock(mutex_);
            more = !posted_.empty();
        }
        if (steady_ms() >= next_tick_ms) {
            tick();
            retired_.clear();
            next_tick_ms = steady_ms() + tick_ms;
        }
    }
}

}  // namespace barrow::http
