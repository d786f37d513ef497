// Inside http: a socket with its bytes, perhaps TLS, and the protocol that it turned out to speak.
#pragma once

#include <sys/uio.h>

#include <vector>

#include "floor/http/io_loop.hpp"
#include "floor/http/link.hpp"
#include "floor/http/tls.hpp"

namespace barrow::http {

class Connection;

// The open connections of one io thread; each knows its place, so that leaving costs nothing.
struct Crowd {
    std::vector<std::shared_ptr<Connection>> all;
    void add(const std::shared_ptr<Connection>& connection);
    void remove(Connection& connection);
};

class Connection final : public Link, public Caller, public std::enable_shared_from_this<Connection> {
public:
    // Takes the socket, which must not block.
    Connection(int socket, std::string peer, Hall& hall, IoLoop& loop, Crowd& crowd, const std::shared_ptr<TlsContext>& tls);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void begin();
    void ready(std::uint32_t events) override;
    bool fill_receive(SocketCall& call) override;
    void received(const SocketCall& call) override;
    bool fill_send(SocketCall& call) override;
    void sent(const SocketCall& call) override;
    void first_turn_over() override;
    [[nodiscard]] bool gone() const override { return ending_ == Ending::closed; }
    void sweep();
    void stop();

    std::string& tail() override { return queue_.empty() ? out_ : queue_.back().own; }
    void send(Shared bytes) override;
    [[nodiscard]] std::size_t backlog() const override;
    void flush() override;
    void flush_now() override;
    void close(Close how) override;
    void turn() override;
    [[nodiscard]] std::shared_ptr<Link> hold() override { return shared_from_this(); }
    [[nodiscard]] std::string_view peer() const override { return peer_; }
    [[nodiscard]] bool secure() const override { return tls_ != nullptr; }

private:
    friend struct Crowd;
    struct Piece {
        Shared shared;
        std::string own;  // what comes behind it
    };
    enum class Ending : std::uint8_t { no, flushed, linger, lingering, closed };

    void read();
    [[nodiscard]] bool may_read() const;
    void came(std::size_t count);
    bool choose_protocol();
    int gather(struct iovec* pieces, int pieces_max) const;
    bool encrypt();  // what waits, up to cipher_most; false: the session is broken
    void take_sent(std::size_t count);
    void wait();
    void finish();
    void shut();

    int socket_;
    std::string peer_;
    Hall& hall_;
    IoLoop& loop_;
    Crowd& crowd_;
    std::size_t place_ = 0;
    std::unique_ptr<TlsSession> tls_;
    std::unique_ptr<Protocol> protocol_;
    Buffer in_;
    std::unique_ptr<Buffer> plain_;  // with TLS: what in_ held
    std::string out_;
    std::size_t out_sent_ = 0;
    std::vector<Piece> queue_;  // behind out_
    std::size_t queue_front_ = 0, piece_sent_ = 0;
    std::size_t queue_bytes_ = 0;  // of the pieces from queue_front_ on, but for the last one's own: that still grows
    std::string cipher_;
    std::size_t cipher_sent_ = 0;
    Ending ending_ = Ending::no;
    bool receiving_ = false, sending_ = false;  // asked for
    bool call_made_ = false;                    // to send; its result is to come
    bool readable_ = false, hung_up_ = false, waiting_ = false, turning_ = false, again_ = false, ended_by_peer_ = false, notified_ = false,
         stuck_ = false, stalled_ = false;
    std::int64_t write_deadline_ms_ = 0, deadline_ms_ = 0;
    std::size_t lingered_ = 0;
};

}  // namespace barrow::http
