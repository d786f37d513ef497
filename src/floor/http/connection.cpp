// One connection. It is watched once for both directions, for as long as it lives; reading stops when the socket gave less
// than there was room for, so no call is made in vain. A connection that waits costs its buffers and nothing else.
#include "floor/http/connection.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace barrow::http {
namespace {

constexpr std::string_view h2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::size_t read_least = 1024;  // room for a usual request; the buffer grows when more comes
constexpr std::size_t read_most = 64 * 1024;
constexpr std::size_t cipher_most = 64 * 1024;      // encrypted ahead of the socket
constexpr std::size_t kept_buffer_max = 16 * 1024;  // an idle connection holds no more than this
constexpr std::size_t linger_bytes_max = 1024 * 1024;
constexpr std::int64_t linger_ms = 2'000;
constexpr std::size_t sent_pieces_max = 64;  // sent and not yet forgotten

}  // namespace

void Crowd::add(const std::shared_ptr<Connection>& connection) {
    connection->place_ = all.size();
    all.push_back(connection);
}

void Crowd::remove(Connection& connection) {
    const auto place = connection.place_;
    std::swap(all[place], all.back());
    all[place]->place_ = place;
    all.pop_back();
}

Connection::Connection(int socket, std::string peer, Hall& hall, IoLoop& loop, Crowd& crowd, const std::shared_ptr<TlsContext>& tls)
    : socket_(socket), peer_(std::move(peer)), hall_(hall), loop_(loop), crowd_(crowd) {
    if (tls) {
        tls_ = std::make_unique<TlsSession>(tls);
        plain_ = std::make_unique<Buffer>();
    }
}

Connection::~Connection() {
    if (socket_ >= 0) ::close(socket_);
}

void Connection::begin() {
    deadline_ms_ = hall_.now_ms + hall_.options.header_timeout_ms;  // until it is known which protocol it speaks
    // Who taps a link has mostly sent the request by now: then it is answered, and perhaps over, before anyone has to watch.
    readable_ = true;
    read();
    loop_.will_begin(*this);
}

void Connection::first_turn_over() { loop_.watch(socket_, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this); }

void Connection::ready(std::uint32_t events) {
    if (ending_ == Ending::closed) return;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) hung_up_ = true;  // one more read will say what it is
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readable_ = true;
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) && waiting_) {
        waiting_ = false;
        turn();
    }
    read();
}

bool Connection::may_read() const {
    if (ending_ == Ending::linger || ending_ == Ending::lingering) return true;
    return ending_ == Ending::no && !ended_by_peer_ && backlog() <= backlog_high && (!protocol_ || protocol_->wants_bytes());
}

void Connection::read() {
    if (receiving_ || !readable_ || !may_read()) return;
    receiving_ = true;
    loop_.will_receive(*this);
}

bool Connection::fill_receive(SocketCall& call) {
    receiving_ = false;
    if (!may_read()) return false;
    call.kind = SocketCall::Kind::receive;
    call.socket = socket_;
    call.pieces_count = 1;
    char* room = in_.room(read_least);
    call.pieces.front() = {room, std::min(in_.room_size(), read_most)};
    return true;
}

void Connection::received(const SocketCall& call) {
    const auto count = call.result;
    if (count > 0) {
        readable_ = static_cast<std::size_t>(count) == call.pieces.front().iov_len || hung_up_;
        came(static_cast<std::size_t>(count));
        read();
    } else if (count == 0) {
        readable_ = false;
        ended_by_peer_ = true;
        turn();
    } else if (count == -EAGAIN || count == -EWOULDBLOCK) {
        readable_ = false;
    } else {
        shut();
    }
}

void Connection::came(std::size_t count) {
    if (ending_ == Ending::lingering || ending_ == Ending::linger) {
        lingered_ += count;
        if (lingered_ > linger_bytes_max) shut();
        return;
    }
    in_.came(count);
    if (tls_) {
        const auto state = tls_->received(in_.view(), *plain_, cipher_);
        in_.take(in_.size());
        if (state == TlsSession::State::failed) {
            hall_.refused.add(1);
            ending_ = Ending::flushed;  // the alert is still to go out
            flush();
            return;
        }
        if (state == TlsSession::State::ended) ended_by_peer_ = true;
        if (state == TlsSession::State::handshake) {
            flush();
            return;
        }
    }
    turn();
}

// Clear text: the preface of HTTP/2 by prior knowledge, or HTTP/1.1. TLS: what ALPN agreed on. False: not known yet.
bool Connection::choose_protocol() {
    bool h2 = false;
    if (tls_) {
        h2 = tls_->speaks_h2();
    } else {
        const auto seen = in_.view();
        if (seen.empty()) return false;
        const auto count = std::min(seen.size(), h2_preface.size());
        h2 = seen.substr(0, count) == h2_preface.substr(0, count);
        if (h2 && count < h2_preface.size()) return false;
    }
    protocol_ = h2 ? make_http2(*this, hall_) : make_http1(*this, hall_);
    return true;
}

void Connection::turn() {
    if (ending_ == Ending::closed) return;
    if (turning_) {
        again_ = true;
        return;
    }
    const auto self = shared_from_this();
    turning_ = true;
    do {
        again_ = false;
        if (ending_ == Ending::no && (protocol_ || choose_protocol())) protocol_->work(plain_ ? *plain_ : in_);
        flush();
    } while (again_ && ending_ != Ending::closed);
    turning_ = false;
    if (ending_ == Ending::closed) return;
    if (ended_by_peer_) {
        // A peer may stop sending and still want its answers.
        if (ending_ == Ending::no && (!protocol_ || protocol_->wants_bytes())) close(Close::flushed), flush();
        if (ending_ == Ending::lingering) shut();
        return;
    }
    read();
}

void Connection::send(Shared bytes) {
    if (bytes->empty()) return;
    if (!queue_.empty()) queue_bytes_ += queue_.back().own.size();  // it grows no more
    queue_bytes_ += bytes->size();
    queue_.push_back({std::move(bytes), {}});
}

std::size_t Connection::backlog() const {
    std::size_t waiting = out_.size() - out_sent_ + cipher_.size() - cipher_sent_;
    if (!queue_.empty()) waiting += queue_bytes_ + queue_.back().own.size() - piece_sent_;
    return waiting;
}

int Connection::gather(struct iovec* pieces, int pieces_max) const {
    int count = 0;
    const auto put = [&](std::string_view text) {
        if (!text.empty() && count < pieces_max) pieces[count++] = {const_cast<char*>(text.data()), text.size()};
    };
    put(std::string_view(out_).substr(out_sent_));
    auto skip = piece_sent_;
    for (auto i = queue_front_; i < queue_.size() && count < pieces_max; ++i) {
        const auto& piece = queue_[i];
        const auto from_shared = std::min(skip, piece.shared->size());
        put(std::string_view(*piece.shared).substr(from_shared));
        put(std::string_view(piece.own).substr(skip - from_shared));
        skip = 0;
    }
    return count;
}

void Connection::take_sent(std::size_t count) {
    const auto from_out = std::min(count, out_.size() - out_sent_);
    out_sent_ += from_out;
    count -= from_out;
    if (out_sent_ == out_.size()) {
        out_.clear();
        out_sent_ = 0;
    }
    while (queue_front_ < queue_.size()) {
        auto& piece = queue_[queue_front_];
        const auto whole = piece.shared->size() + piece.own.size();
        const auto taken = std::min(count, whole - piece_sent_);
        piece_sent_ += taken;
        count -= taken;
        if (piece_sent_ < whole) {
            if (queue_front_ >= sent_pieces_max) {
                queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(queue_front_));
                queue_front_ = 0;
            }
            return;
        }
        queue_bytes_ -= queue_front_ + 1 < queue_.size() ? whole : piece.shared->size();
        piece = {};
        piece_sent_ = 0;
        ++queue_front_;
    }
    queue_.clear();
    queue_front_ = 0;
}

// What waits becomes cipher bytes; behind the last of them the notice that there is no more.
bool Connection::encrypt() {
    while (cipher_.size() - cipher_sent_ < cipher_most) {
        struct iovec piece{};
        if (gather(&piece, 1) == 0) {
            take_sent(0);
            if (ending_ != Ending::no && !notified_) {
                notified_ = true;
                tls_->end(cipher_);
            }
            break;
        }
        const auto count = std::min<std::size_t>(piece.iov_len, 16 * 1024);
        if (!tls_->encrypt({static_cast<const char*>(piece.iov_base), count}, cipher_)) return false;
        take_sent(count);
    }
    return true;
}

bool Connection::fill_send(SocketCall& call) {
    if (call_made_) return false;  // twice in one batch, after flush_now: the second waits for the first one's result
    sending_ = false;
    if (ending_ == Ending::lingering || waiting_) return false;
    if (tls_ && !encrypt()) {
        shut();
        return false;
    }
    call.kind = SocketCall::Kind::send;
    call.socket = socket_;
    if (tls_) {
        call.pieces.front() = {cipher_.data() + cipher_sent_, cipher_.size() - cipher_sent_};
        call.pieces_count = cipher_sent_ < cipher_.size() ? 1 : 0;
    } else {
        call.pieces_count = gather(call.pieces.data(), SocketCall::pieces_max);
        if (call.pieces_count == 0) take_sent(0);
    }
    if (call.pieces_count == 0 && ending_ != Ending::no) finish();
    call_made_ = call.pieces_count > 0;
    return call_made_;
}

void Connection::sent(const SocketCall& call) {
    call_made_ = false;
    if (call.result < 0) {
        if (call.result == -EAGAIN || call.result == -EWOULDBLOCK)
            wait();
        else
            shut();
        return;
    }
    const auto count = static_cast<std::size_t>(call.result);
    const bool whole = count == call.bytes();
    hall_.bytes_out.add(call.result);
    write_deadline_ms_ = hall_.now_ms + hall_.options.write_timeout_ms;
    if (tls_) {
        cipher_sent_ += count;
        if (cipher_sent_ == cipher_.size() || cipher_sent_ > cipher_most) {
            cipher_.erase(0, cipher_sent_);
            cipher_sent_ = 0;
        }
    } else {
        take_sent(count);
    }
    if (!whole) {
        wait();
    } else if (backlog() > 0) {
        flush();
    } else {
        stuck_ = false;
        if (ending_ != Ending::no) finish();
    }
    if (ending_ != Ending::no) return;
    if (stalled_ && backlog() <= backlog_high) {  // requests may still wait in the buffer
        stalled_ = false;
        turn();
    } else {
        read();
    }
}

void Connection::wait() {
    // Only progress moves the deadline: a peer that reads nothing is woken for, now and then, too.
    if (!stuck_) write_deadline_ms_ = hall_.now_ms + hall_.options.write_timeout_ms;
    stuck_ = true;
    waiting_ = true;
}

void Connection::flush() {
    if (ending_ == Ending::closed || ending_ == Ending::lingering || waiting_) return;
    const auto waiting = backlog();
    if (sending_ || (waiting == 0 && ending_ == Ending::no)) return;
    stalled_ = stalled_ || waiting > backlog_high;
    sending_ = true;
    loop_.will_send(*this);
}

void Connection::flush_now() {
    for (bool whole = true; whole && ending_ != Ending::closed;) {
        SocketCall call;
        if (!fill_send(call)) return;
        loop_.make_now(call);
        whole = call.result == static_cast<int>(call.bytes());
        sent(call);
    }
}

// All is sent and the connection is to end.
void Connection::finish() {
    if (tls_ && !notified_) {  // there was no room left for it
        notified_ = true;
        tls_->end(cipher_);
        flush();
        return;
    }
    if (ending_ != Ending::linger || ended_by_peer_) {
        shut();
        return;
    }
    ending_ = Ending::lingering;
    ::shutdown(socket_, SHUT_WR);
    deadline_ms_ = hall_.now_ms + linger_ms;
    in_.take(in_.size());
    read();
}

void Connection::close(Close how) {
    if (ending_ == Ending::closed || ending_ == Ending::lingering) return;
    if (how == Close::now) {
        shut();
    } else {
        ending_ = how == Close::linger ? Ending::linger : Ending::flushed;
        write_deadline_ms_ = hall_.now_ms + hall_.options.write_timeout_ms;
    }
}

void Connection::shut() {
    if (ending_ == Ending::closed) return;
    ending_ = Ending::closed;
    const auto self = shared_from_this();
    if (protocol_) protocol_->lost();
    ::close(std::exchange(socket_, -1));
    loop_.retire(self);
    crowd_.remove(*this);
    hall_.connections_open.add(-1);
    hall_.open.fetch_sub(1, std::memory_order_relaxed);
}

void Connection::sweep() {
    if (ending_ == Ending::closed) return;
    const auto self = shared_from_this();
    if (ending_ == Ending::lingering) {
        if (hall_.now_ms >= deadline_ms_) shut();
        return;
    }
    if (waiting_ || ending_ != Ending::no) {
        if (hall_.now_ms >= write_deadline_ms_) {
            shut();
            return;
        }
    }
    if (ending_ != Ending::no) return;
    if (!protocol_) {
        if (hall_.now_ms >= deadline_ms_) shut();
        return;
    }
    protocol_->sweep();
    if (ending_ == Ending::no && out_.empty() && out_.capacity() > kept_buffer_max) out_ = std::string();
    if (ending_ == Ending::no && cipher_.empty() && cipher_.capacity() > kept_buffer_max) cipher_ = std::string();
}

void Connection::stop() {
    const auto self = shared_from_this();
    if (ending_ == Ending::lingering) shut();
    if (ending_ != Ending::no) return;
    if (!protocol_) {
        shut();
        return;
    }
    protocol_->stop();
}

}  // namespace barrow::http
