// Publishing takes the lock, puts the event into the ring and posts it to the threads that have viewers, all in one order;
// joining takes the same lock, so an event is either in the replay or comes later, never both and never neither.
#include "floor/http/hub.hpp"

#include <algorithm>
#include <charconv>

namespace barrow::http {

std::string format(const Event& event) {
    std::string out;
    out.reserve(event.data.size() + event.name.size() + 48);
    if (event.sequence != 0) out.append("id: ").append(std::to_string(event.sequence)).append("\n");
    if (!event.name.empty()) {
        out.append("event: ");
        for (const char c : event.name) out.push_back(c == '\n' || c == '\r' ? ' ' : c);
        out.push_back('\n');
    }
    // More lines than one stay one event: each becomes a data line.
    std::string_view rest = event.data;
    do {
        const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
        out.append("data: ").append(rest.substr(0, end)).push_back('\n');
        const bool both = rest.substr(end).starts_with("\r\n");
        rest.remove_prefix(std::min(end + (both ? 2 : 1), rest.size()));
    } while (!rest.empty());
    out.push_back('\n');
    return out;
}

std::optional<std::int64_t> last_event_id(const Request& request) {
    const auto text = request.header("last-event-id");
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

Hub::Hub(std::vector<Executor*> threads) : threads_(std::move(threads)), rooms_(threads_.size()) {}

Hub::Topic& Hub::topic(std::string_view name) {
    auto found = topics_.find(std::string(name));
    if (found == topics_.end()) {
        if (topics_.size() >= topics_max) {
            auto oldest = topics_.end();
            for (auto each = topics_.begin(); each != topics_.end(); ++each) {
                const bool viewed = std::any_of(each->second.viewers.begin(), each->second.viewers.end(), [](auto n) { return n > 0; });
                if (!viewed && (oldest == topics_.end() || each->second.touched < oldest->second.touched)) oldest = each;
            }
            if (oldest != topics_.end()) topics_.erase(oldest);
        }
        found = topics_.emplace(std::string(name), Topic{}).first;
        found->second.viewers.resize(threads_.size());
    }
    found->second.touched = ++touches_;
    return found->second;
}

void Hub::publish(std::string_view name, const Event& event) {
    auto bytes = std::make_shared<const std::string>(format(event));
    const Lock lock(mutex_);
    auto& to = topic(name);
    const auto number = ++to.published;
    if (event.sequence != 0) {
        to.ring_bytes += bytes->size();
        to.ring.push_back({event.sequence, bytes});
        while (to.ring.size() > ring_max || to.ring_bytes > ring_bytes_max) {
            to.newest_lost = std::max(to.newest_lost, to.ring.front().sequence);
            to.ring_bytes -= to.ring.front().bytes->size();
            to.ring.pop_front();
        }
    }
    for (std::size_t thread = 0; thread < threads_.size(); ++thread) {
        if (to.viewers[thread] == 0) continue;
        threads_[thread]->post([this, thread, name = std::string(name), number, bytes] { deliver(thread, name, number, bytes); });
    }
}

std::int64_t Hub::viewers(std::string_view name) const {
    const Lock lock(mutex_);
    const auto found = topics_.find(std::string(name));
    std::int64_t sum = 0;
    if (found != topics_.end()) {
        for (const auto count : found->second.viewers) sum += count;
    }
    return sum;
}

std::string Hub::join(int thread, Viewer& viewer, const Subscription& subscription) {
    std::string first = subscription.replay;
    const auto at = static_cast<std::size_t>(thread);
    std::int64_t from = 0;
    {
        const Lock lock(mutex_);
        auto& to = topic(subscription.topic);
        if (subscription.after) {
            const auto after = *subscription.after;
            const bool reaches_back =
                !to.ring.empty() && (to.newest_lost > 0 ? to.newest_lost <= after : to.ring.front().sequence <= after + 1);
            if (!reaches_back && after > 0 && subscription.replay.empty()) first += "event: gap\ndata: {}\n\n";
            for (const auto& past : to.ring) {
                if (past.sequence > after) first += *past.bytes;
            }
        }
        from = to.published;
        ++to.viewers[at];
    }
    rooms_[at][subscription.topic].seats.push_back({&viewer, from});
    return first;
}

void Hub::leave(int thread, Viewer& viewer, const std::string& name) {
    const auto at = static_cast<std::size_t>(thread);
    const auto room = rooms_[at].find(name);
    check(room != rooms_[at].end());
    auto& seats = room->second.seats;
    const auto seat = std::find_if(seats.begin(), seats.end(), [&](const Seat& each) { return each.viewer == &viewer; });
    check(seat != seats.end());
    if (room->second.walking > 0) {
        seat->viewer = nullptr;
    } else {
        *seat = seats.back();
        seats.pop_back();
        if (seats.empty()) rooms_[at].erase(room);
    }
    const Lock lock(mutex_);
    if (const auto found = topics_.find(name); found != topics_.end()) --found->second.viewers[at];
}

void Hub::deliver(std::size_t thread, const std::string& name, std::int64_t number, const Shared& bytes) {
    const auto found = rooms_[thread].find(name);
    if (found == rooms_[thread].end()) return;
    auto& room = found->second;
    ++room.walking;
    for (std::size_t i = 0; i < room.seats.size(); ++i) {
        if (room.seats[i].viewer && room.seats[i].from < number) room.seats[i].viewer->push(bytes);
    }
    --room.walking;
    std::erase_if(room.seats, [](const Seat& seat) { return seat.viewer == nullptr; });
    if (room.seats.empty()) rooms_[thread].erase(name);
}

}  // namespace barrow::http
