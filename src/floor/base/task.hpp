// Task<T>: a coroutine that yields one T. Later<T>: something that another thread or the network will answer.
//
// A task starts when it is awaited or given to start(), and always goes on on the executor that it was started with, so a
// handler never needs a lock for its own variables. Cost: one allocation a task, one posted function for each Later.
//
// g++ 12 copies some temporaries of a co_await expression byte by byte and then frees them twice: those of types without a
// constructor of their own, which are `Place{…}`, `f({…})` and lambdas that capture by value. Name them on a line before, or
// capture by reference. What a function returns, and std::string and its like, are safe.
#pragma once

#include <coroutine>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "floor/base/mutex.hpp"
#include "floor/base/result.hpp"

namespace barrow {

// Runs functions one after another on a thread of its own choosing. post() may be called from any thread.
class Executor {
public:
    virtual ~Executor() = default;
    virtual void post(std::function<void()> work) = 0;
};

template <class T>
class [[nodiscard]] Task {
public:
    struct promise_type {
        Executor* executor = nullptr;
        std::coroutine_handle<> waiting;
        std::optional<T> value;

        Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct Handover {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept { return done.promise().waiting; }
            void await_resume() noexcept {}
        };
        Handover final_suspend() noexcept { return {}; }
        void return_value(T result) { value.emplace(std::move(result)); }
        [[noreturn]] void unhandled_exception() { std::terminate(); }  // exceptions end where the library is called
    };

    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent) {
        handle_.promise().executor = parent.promise().executor;
        handle_.promise().waiting = parent;
        return handle_;
    }
    T await_resume() { return std::move(*handle_.promise().value); }

private:
    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    std::coroutine_handle<promise_type> handle_;
};

// Runs `begin` when awaited; `begin` is given a function that must be called exactly once, from any thread, with the answer.
template <class T>
class [[nodiscard]] Later {
public:
    using Answer = std::function<void(T)>;
    explicit Later(std::function<void(Answer)> begin) : begin_(std::move(begin)) {}

    bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiting) {
        auto* executor = waiting.promise().executor;
        begin_([this, executor, waiting](T answer) {
            answer_.emplace(std::move(answer));
            executor->post([waiting] { waiting.resume(); });
        });
    }
    T await_resume() { return std::move(*answer_); }

private:
    std::function<void(Answer)> begin_;
    std::optional<T> answer_;
};

// `auto& here = co_await current_executor;`: the executor that this task goes on on.
struct CurrentExecutor {
    Executor* executor = nullptr;
    bool await_ready() noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> asking) noexcept {
        executor = asking.promise().executor;
        return false;  // goes on at once
    }
    Executor& await_resume() noexcept { return *executor; }
};
inline constexpr struct {
    CurrentExecutor operator co_await() const { return {}; }
} current_executor;

namespace detail {
struct Detached {
    struct promise_type {
        Executor* executor;
        template <class... Rest>
        explicit promise_type(Executor& on, Rest&&...) : executor(&on) {}
        Detached get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        [[noreturn]] void unhandled_exception() { std::terminate(); }
    };
};
template <class T>
Detached run(Executor&, Task<T> task, std::function<void(T)> done) {
    auto answer = co_await task;
    done(std::move(answer));
}
}  // namespace detail

// Starts the task on the calling thread, which must be one that `executor` runs on; `done` is called there with its value.
template <class T>
void start(Executor& executor, Task<T> task, std::function<void(T)> done) {
    detail::run<T>(executor, std::move(task), std::move(done));
}

// An executor that runs on the thread that waits: commands, tests and the simulator.
class Loop final : public Executor {
public:
    void post(std::function<void()> work) override {
        const Lock lock(mutex_);
        queue_.push_back(std::move(work));
        changed_.notify_one();
    }
    // Runs the task and all that it posts until it has its value.
    template <class T>
    T wait(Task<T> task) {
        std::optional<T> value;
        start<T>(*this, std::move(task), [&](T answer) { value.emplace(std::move(answer)); });
        while (!value) run_one();
        return std::move(*value);
    }
    // Runs what is queued now; returns how many functions ran.
    int run_ready() {
        int count = 0;
        for (auto work = take(false); work; work = take(false)) {
            work();
            ++count;
        }
        return count;
    }

private:
    void run_one() { take(true)(); }
    std::function<void()> take(bool wait_for_one) {
        const Lock lock(mutex_);
        while (queue_.empty()) {
            if (!wait_for_one) return {};
            changed_.wait(mutex_);
        }
        auto work = std::move(queue_.front());
        queue_.pop_front();
        return work;
    }

    Mutex mutex_;
    Condition changed_;
    std::deque<std::function<void()>> queue_ guarded_by(mutex_);
};

}  // namespace barrow
