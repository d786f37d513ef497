// Inside http: the EventHub of a Server. A list of viewers per io thread, a ring of past events per topic.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/http/event_hub.hpp"
#include "floor/http/link.hpp"

namespace barrow::http {

class Viewer {
public:
    virtual ~Viewer() = default;
    virtual void push(const Shared& bytes) = 0;  // on the viewer's io thread; may leave the topic
};

class Hub final : public EventHub {
public:
    static constexpr std::size_t ring_max = 512;                // events a viewer may have missed
    static constexpr std::size_t ring_bytes_max = 1024 * 1024;  // of one topic
    static constexpr std::size_t topics_max = 10'000;           // that nobody views; older ones are forgotten first

    // One executor an io thread. They outlive the hub.
    explicit Hub(std::vector<Executor*> threads);

    void publish(std::string_view topic, const Event& event) override;
    [[nodiscard]] std::int64_t viewers(std::string_view topic) const override;

    // On io thread `thread`: from now on the viewer gets what the topic publishes. Returns what it gets first.
    std::string join(int thread, Viewer& viewer, const Subscription& subscription);
    // On the same thread; once for each join.
    void leave(int thread, Viewer& viewer, const std::string& topic);

private:
    struct Past {
        std::int64_t sequence;
        Shared bytes;
    };
    struct Topic {
        std::deque<Past> ring;
        std::size_t ring_bytes = 0;
        std::int64_t published = 0;         // how many so far, counted by us: an event's own sequence may be absent
        std::int64_t newest_lost = 0;       // the highest sequence that has fallen out of the ring
        std::vector<std::int64_t> viewers;  // per thread
        std::int64_t touched = 0;
    };
    struct Seat {
        Viewer* viewer;
        std::int64_t from;  // events up to this one came with the replay
    };
    struct Room {
        std::vector<Seat> seats;
        int walking = 0;  // someone walks down the list: leave() only blanks the seat
    };
    using Rooms = std::unordered_map<std::string, Room>;

    void deliver(std::size_t thread, const std::string& topic, std::int64_t number, const Shared& bytes);
    Topic& topic(std::string_view name) requires_lock(mutex_);

    std::vector<Executor*> threads_;
    std::vector<Rooms> rooms_;  // rooms_[t] is touched on thread t only
    mutable Mutex mutex_;
    std::unordered_map<std::string, Topic> topics_ guarded_by(mutex_);
    std::int64_t touches_ guarded_by(mutex_) = 0;
};

}  // namespace barrow::http
