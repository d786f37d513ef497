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

// What comes first is answered before the last one is read: what many calls share is small from here on.
constexpr std::size_t receives_together = 16;
constexpr int rounds_in_a_row = 16;  // then others have their turn

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

IoLoop::IoLoop(bool may_use_uring)
    : may_use_uring_(may_use_uring), epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
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

void IoLoop::make(Callers& asked, std::size_t most, bool (Caller::*fill)(SocketCall&), void (Caller::*done)(const SocketCall&)) {
    std::size_t count = 0;
    for (auto left = std::min(asked.size(), most); left > 0; --left) {
        auto* caller = asked.front();
        asked.pop_front();
        if (caller->gone() || !(caller->*fill)(batch_[count])) continue;
        callers_[count++] = caller;
    }
    calls_->run(std::span(batch_).first(count));
    for (std::size_t i = 0; i < count; ++i) {
        if (!callers_[i]->gone()) (callers_[i]->*done)(batch_[i]);
    }
}

void IoLoop::run_calls() {
    // A round is for those who wait as it begins.
    for (int round = 0; round < rounds_in_a_row && !(receivers_.empty() && senders_.empty()); ++round) {
        for (auto left = receivers_.size(); left > 0; left -= std::min(left, receives_together)) {
            make(receivers_, std::min(left, receives_together), &Caller::fill_receive, &Caller::received);
            make(senders_, SocketCalls::together_max, &Caller::fill_send, &Caller::sent);
        }
        for (auto left = senders_.size(); left > 0; left -= std::min(left, SocketCalls::together_max))
            make(senders_, std::min(left, SocketCalls::together_max), &Caller::fill_send, &Caller::sent);
    }
    for (; !beginners_.empty(); beginners_.pop_front()) {
        if (!beginners_.front()->gone()) beginners_.front()->first_turn_over();
    }
    const auto gone = [](const Caller* caller) { return caller->gone(); };
    std::erase_if(receivers_, gone);
    std::erase_if(senders_, gone);
    retired_.clear();
}

void IoLoop::run(long tick_ms, const std::function<void()>& tick) {
    thread_ = std::this_thread::get_id();
    calls_ = std::make_unique<SocketCalls>(may_use_uring_);
    std::array<struct epoll_event, 256> events;
    auto next_tick_ms = steady_ms() + tick_ms;
    bool more = true;
    for (;;) {
        const bool ending = ending_;
        if (ending && !run_posted() && receivers_.empty() && senders_.empty()) break;
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
        run_calls();
        if (steady_ms() >= next_tick_ms) {
            tick();
            run_calls();
            next_tick_ms = steady_ms() + tick_ms;
        }
        const Lock lock(mutex_);
        more = !posted_.empty() || !receivers_.empty() || !senders_.empty();
    }
}

}  // namespace barrow::http
