// Mutex and its annotations: clang's -Wthread-safety proves that what is guarded_by a mutex is touched under it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define BARROW_THREAD(attribute) __attribute__((attribute))
#else
#define BARROW_THREAD(attribute)
#endif

#define guarded_by(mutex) BARROW_THREAD(guarded_by(mutex))
#define requires_lock(mutex) BARROW_THREAD(exclusive_locks_required(mutex))

namespace barrow {

class BARROW_THREAD(capability("mutex")) Mutex {
public:
    void lock() BARROW_THREAD(acquire_capability()) { mutex_.lock(); }
    void unlock() BARROW_THREAD(release_capability()) { mutex_.unlock(); }

private:
    friend class Condition;
    std::mutex mutex_;
};

class BARROW_THREAD(scoped_lockable) Lock {
public:
    explicit Lock(Mutex& mutex) BARROW_THREAD(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() BARROW_THREAD(release_capability()) { mutex_.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    Mutex& mutex_;
};

// A condition to wait for under a Mutex. wait() returns with the mutex held; test the predicate in a loop.
class Condition {
public:
    void wait(Mutex& mutex) BARROW_THREAD(exclusive_locks_required(mutex)) {
        std::unique_lock held(mutex.mutex_, std::adopt_lock);
        condition_.wait(held);
        held.release();
    }
    // False when `ms` milliseconds passed without a call.
    bool wait_ms(Mutex& mutex, long ms) BARROW_THREAD(exclusive_locks_required(mutex)) {
        std::unique_lock held(mutex.mutex_, std::adopt_lock);
        const auto outcome = condition_.wait_for(held, std::chrono::milliseconds(ms));
        held.release();
        return outcome == std::cv_status::no_timeout;
    }
    void notify_one() { condition_.notify_one(); }
    void notify_all() { condition_.notify_all(); }

private:
    std::condition_variable condition_;
};

}  // namespace barrow
