// Inside http: many socket calls in one system call. io_uring is used for nothing else here: each call is made at once, on this thread,
// without waiting (MSG_DONTWAIT), and has its result when run() returns, so no buffer has to outlive it. Where the kernel has no io_uring
// or forbids it (kernel.io_uring_disabled, seccomp of many containers, kernels before 6.0), they are made one after another: same results.
// Measured by benches/redirect.sh: a fifth of what a kept request costs.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct io_uring;

namespace barrow::http {

struct SocketCall {
    static constexpr int pieces_max = 16;

    enum class Kind : std::uint8_t { receive, send };
    Kind kind = Kind::receive;
    int socket = -1;
    int pieces_count = 0;  // of a receive one: the room
    std::array<struct iovec, pieces_max> pieces;
    struct msghdr message{};
    int result = 0;  // bytes, or a negative errno: -EAGAIN when it would have to wait

    [[nodiscard]] std::size_t bytes() const {
        std::size_t sum = 0;
        for (int i = 0; i < pieces_count; ++i) sum += pieces[static_cast<std::size_t>(i)].iov_len;
        return sum;
    }
};

class SocketCalls {
public:
    static constexpr std::size_t together_max = 64;

    explicit SocketCalls(bool may_use_uring);  // on the thread that runs them
    ~SocketCalls();
    SocketCalls(const SocketCalls&) = delete;
    SocketCalls& operator=(const SocketCalls&) = delete;

    // At most together_max, each with its result.
    void run(std::span<SocketCall> calls);
    [[nodiscard]] bool uses_uring() const { return ring_ != nullptr; }

private:
    struct CloseRing {
        void operator()(struct io_uring* ring) const;
    };
    std::unique_ptr<struct io_uring, CloseRing> ring_;
};

}  // namespace barrow::http
