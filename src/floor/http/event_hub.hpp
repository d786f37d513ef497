// EventHub: server-sent events to many viewers. An event is formatted once and shared by all connections.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "floor/http/http.hpp"

namespace barrow::http {

struct Event {
    std::int64_t sequence = 0;  // becomes `id:`; 0 sends none. A viewer resumes by Last-Event-ID.
    std::string name;           // `event:`
    std::string data;           // one line of JSON
};

// The wire form: "id: 7\nevent: stock\ndata: {…}\n\n".
std::string format(const Event& event);

// What a Response carries to become a stream: first the replayed bytes, then what the topic's ring still holds after
// `after`, then all that the topic publishes, without gaps or doubles.
class Subscription {
public:
    std::string topic;
    std::string replay;  // formatted events that the viewer missed
    // The sequence of the last event that the viewer (or `replay`) has: read it from Last-Event-ID. When the ring no
    // longer reaches back that far and there is no `replay`, the stream begins with `event: gap`: read the page anew.
    std::optional<std::int64_t> after;
};

// The number in the request's Last-Event-ID; none when there is none, or it is not one.
std::optional<std::int64_t> last_event_id(const Request& request);

class EventHub {
public:
    virtual ~EventHub() = default;
    // To all open streams of the topic; from any thread, without waiting. A viewer whose socket is full for longer than
    // the server's limit is closed: it comes back with Last-Event-ID.
    virtual void publish(std::string_view topic, const Event& event) = 0;
    [[nodiscard]] virtual std::int64_t viewers(std::string_view topic) const = 0;
};

}  // namespace barrow::http
