// Bus: tells listeners in this program, and later on other nodes, that something happened. It carries hints, not facts: a
// message may be lost with its node, so whoever must not miss one reads the outbox.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "floor/base/result.hpp"

namespace barrow::bus {

struct Message {
    std::string subject;  // "live.01j….stock": words of letters, digits, - and _ with dots between, at most 255 characters
    std::string payload;
};

using Listener = std::function<void(const Message&)>;

class Bus {
public:
    virtual ~Bus() = default;

    // To every listener whose pattern fits, from any thread. A subject that is none is a bug. In-process listeners are called
    // before it returns; over a network, later and on another thread.
    virtual void publish(std::string_view subject, std::string_view payload) = 0;

    // Ends the listening when it goes; a call that is under way on another thread may still end after that. The bus must
    // outlive it.
    using Ear = std::shared_ptr<void>;

    // Pattern: a subject in which a word may be * (any word), and the last one > (one word or more). Of the listeners that name
    // the same group, one gets each message; without a group, all do. Listeners must not block and may publish.
    [[nodiscard]] virtual Ear listen(std::string_view pattern, Listener listener, std::string_view group = {}) = 0;
};

bool is_subject(std::string_view text);
bool is_pattern(std::string_view text);
bool fits(std::string_view pattern, std::string_view subject);

// Within one process: for a single node, tests and the simulator. Cost: each publish looks at each listener.
std::unique_ptr<Bus> open_in_process();

}  // namespace barrow::bus
