#include "floor/http/calls.hpp"

#include <liburing.h>

#include <algorithm>
#include <cerrno>

#include "floor/base/result.hpp"

namespace barrow::http {
namespace {

constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;

void prepare(SocketCall& call) {
    call.message.msg_iov = call.pieces.data();
    call.message.msg_iovlen = static_cast<std::size_t>(call.pieces_count);
}

void run_alone(SocketCall& call) {
    const auto& piece = call.pieces.front();
    ssize_t count = -1;
    do {
        if (call.kind == SocketCall::Kind::receive)
            count = ::recv(call.socket, piece.iov_base, piece.iov_len, MSG_DONTWAIT);
        else if (call.pieces_count == 1)
            count = ::send(call.socket, piece.iov_base, piece.iov_len, flags);
        else {
            prepare(call);
            count = ::sendmsg(call.socket, &call.message, flags);
        }
    } while (count < 0 && errno == EINTR);
    call.result = count < 0 ? -errno : static_cast<int>(count);
}

void put(struct io_uring_sqe& entry, SocketCall& call) {
    const auto& piece = call.pieces.front();
    if (call.kind == SocketCall::Kind::receive)
        io_uring_prep_recv(&entry, call.socket, piece.iov_base, piece.iov_len, MSG_DONTWAIT);
    else if (call.pieces_count == 1)
        io_uring_prep_send(&entry, call.socket, piece.iov_base, piece.iov_len, flags);
    else {
        prepare(call);
        io_uring_prep_sendmsg(&entry, call.socket, &call.message, flags);
    }
    io_uring_sqe_set_data(&entry, &call);
}

}  // namespace

void SocketCalls::CloseRing::operator()(struct io_uring* ring) const {
    io_uring_queue_exit(ring);
    delete ring;
}

SocketCalls::SocketCalls(bool may_use_uring) {
    if (!may_use_uring) return;
    auto ring = std::make_unique<struct io_uring>();
    if (io_uring_queue_init(together_max, ring.get(), IORING_SETUP_SINGLE_ISSUER) != 0) return;
    ring_.reset(ring.release());
    io_uring_register_ring_fd(ring_.get());
}

SocketCalls::~SocketCalls() = default;

void SocketCalls::run(std::span<SocketCall> calls) {
    if (!ring_ || calls.size() < 2) {
        for (auto& call : calls) run_alone(call);
        return;
    }
    check(calls.size() <= together_max);
    for (auto& call : calls) put(*io_uring_get_sqe(ring_.get()), call);
    // A signal may end the wait early; what was taken stays taken.
    for (std::size_t done = 0; done < calls.size();) {
        const int outcome = io_uring_submit_and_wait(ring_.get(), static_cast<unsigned>(calls.size() - done));
        check(outcome >= 0 || outcome == -EINTR || outcome == -EAGAIN || outcome == -EBUSY);
        unsigned head = 0, seen = 0;
        struct io_uring_cqe* each = nullptr;
        io_uring_for_each_cqe(ring_.get(), head, each) {
            auto& call = *static_cast<SocketCall*>(io_uring_cqe_get_data(each));
            call.result = each->res;
            if (call.result == -EINTR) run_alone(call);
            ++seen;
        }
        io_uring_cq_advance(ring_.get(), seen);
        done += seen;
    }
}

}  // namespace barrow::http
