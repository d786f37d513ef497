// Inside http: what a protocol (HTTP/1.1, HTTP/2) sees of its connection and of its io thread. No sockets here.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "floor/base/log.hpp"
#include "floor/base/task.hpp"
#include "floor/http/http.hpp"
#include "floor/http/server.hpp"

namespace barrow::http {

class Hub;
using Shared = std::shared_ptr<const std::string>;

// Answers that wait beyond this stop the reading of further requests: a peer that asks must also listen.
inline constexpr std::size_t backlog_high = 256 * 1024;
// A body up to this size is copied behind its head, so that both leave in one send; a larger one is sent from where it is.
inline constexpr std::size_t copied_body_max = 16 * 1024;

// A body of `length` grows by doubling until so much of it is there, and then has its whole room at once: it is not moved from one large
// piece of memory to the next, and who promises a body and sends none holds nothing.
inline constexpr std::size_t body_believed = 1024 * 1024;
inline void append_body(std::string& body, std::string_view bytes, std::uint64_t length) {
    if (body.size() >= body_believed && body.capacity() < length) body.reserve(length);
    body.append(bytes);
}

// Bytes that came and are not yet taken, in one piece.
class Buffer {
public:
    [[nodiscard]] char* begin() { return bytes_.get() + from_; }
    [[nodiscard]] std::size_t size() const { return to_ - from_; }
    [[nodiscard]] std::string_view view() const { return {bytes_.get() + from_, size()}; }
    void take(std::size_t count) {
        from_ += count;
        if (from_ == to_) from_ = to_ = 0;
    }
    // Room for at least `least` more bytes; moves what is there, so no view may be in use.
    [[nodiscard]] char* room(std::size_t least) {
        if (capacity_ - to_ < least) {
            if (capacity_ - size() >= least) {
                std::memmove(bytes_.get(), begin(), size());
            } else {
                capacity_ = std::max({capacity_ * 2, size() + least, std::size_t{1024}});
                auto wider = std::make_unique_for_overwrite<char[]>(capacity_);
                if (size() > 0) std::memcpy(wider.get(), begin(), size());
                bytes_ = std::move(wider);
            }
            to_ = size();
            from_ = 0;
        }
        return bytes_.get() + to_;
    }
    [[nodiscard]] std::size_t room_size() const { return capacity_ - to_; }
    void came(std::size_t count) { to_ += count; }
    void append(std::string_view text) {
        if (text.empty()) return;
        std::memcpy(room(text.size()), text.data(), text.size());
        came(text.size());
    }
    // Gives away the memory with the first `count` bytes, where views of them stay good; the rest is copied.
    [[nodiscard]] std::unique_ptr<char[]> give_away(std::size_t count) {
        auto old = std::move(bytes_);
        const std::string_view rest{old.get() + from_ + count, size() - count};
        capacity_ = from_ = to_ = 0;
        append(rest);
        return old;
    }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0, from_ = 0, to_ = 0;
};

// A counter that one thread writes and any thread reads: no locked instruction on the way of a request.
class Count {
public:
    void add(std::int64_t by) { value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t read() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_ = 0;
};

// What the connections of one io thread share.
struct Hall {
    Hall(const ServerOptions& its_options, const Front& its_front, Executor& its_executor, Hub& its_hub, Log& its_log,
         std::atomic<std::int64_t>& its_open, int its_thread)
        : options(its_options), front(its_front), executor(its_executor), hub(its_hub), log(its_log), open(its_open), thread(its_thread) {}

    const ServerOptions& options;
    const Front& front;
    Executor& executor;
    Hub& hub;
    Log& log;
    std::atomic<std::int64_t>& open;  // connections of all threads
    int thread;
    std::int64_t now_ms = 0;  // steady, as fine as the sweep: for time-outs
    std::string date;         // "date: Mon, 23 Nov 2026 09:15:00 GMT\r\n"
    bool stopping = false;
    Request scratch;  // reused, so that a quick request allocates no header list
    Count requests, refused, bytes_out, streams, connections, connections_open, tasks;
};

enum class Close : std::uint8_t {
    flushed,  // when all is sent
    linger,   // when all is sent; then what still comes is thrown away for a while, lest a reset destroys our answer
    now,
};

class Link {
public:
    virtual ~Link() = default;
    [[nodiscard]] virtual std::string& tail() = 0;  // append here; it leaves at the end of the turn
    virtual void send(Shared bytes) = 0;            // behind the tail, without a copy
    [[nodiscard]] virtual std::size_t backlog() const = 0;
    virtual void flush() = 0;      // at the end of the loop's turn, with what others send
    virtual void flush_now() = 0;  // as much as the socket takes
    virtual void close(Close how) = 0;
    virtual void turn() = 0;  // work() again, flush, read on: after something that came from elsewhere
    [[nodiscard]] virtual std::shared_ptr<Link> hold() = 0;
    [[nodiscard]] virtual std::string_view peer() const = 0;
    [[nodiscard]] virtual bool secure() const = 0;
};

class Protocol {
public:
    virtual ~Protocol() = default;
    virtual void work(Buffer& in) = 0;  // takes what it can; called again when more came
    [[nodiscard]] virtual bool wants_bytes() const = 0;
    virtual void sweep() = 0;  // time-outs, heartbeats
    virtual void stop() = 0;   // finish what is under way and close
    virtual void lost() = 0;   // the connection is gone
};

// Who asked: the peer, or what a trusted proxy says. Sets request.peer and request.secure.
void fill_peer(Request& request, const Link& link, const ServerOptions& options);
// Splits request.target into path and query and request.authority into host. False: not a target or authority we accept.
bool fill_target(Request& request, std::string_view target);
bool fill_host(Request& request, std::string& lower_case);

// Whether a control character other than a tab stands in it. Eight bytes at a step: every header of every request is asked.
bool has_control(std::string_view text);

// A header of an answer as it may be sent: no line ends, and not one of those that the connection itself writes.
bool may_send_header(std::string_view name, std::string_view value);

std::unique_ptr<Protocol> make_http1(Link& link, Hall& hall);
std::unique_ptr<Protocol> make_http2(Link& link, Hall& hall);

}  // namespace barrow::http
