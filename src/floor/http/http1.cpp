// HTTP/1.1 on one connection: heads and bodies in, answers out in the order of the requests.
#include <algorithm>
#include <charconv>

#include "floor/http/http1_reader.hpp"
#include "floor/http/hub.hpp"
#include "floor/http/link.hpp"

namespace barrow::http {
namespace {

constexpr std::int64_t heartbeat_ms = 15'000;
constexpr std::size_t viewer_backlog_max = 256 * 1024;
// A body that crawls is an attack: in each body_timeout_ms at least this much has to come.
constexpr std::size_t body_progress_min = 16 * 1024;
// For the connection's next request; a larger one is given back with its answer.
constexpr std::size_t body_kept_max = 64 * 1024;

std::string_view status_line(int status) {
    switch (status) {
#define BARROW_STATUS(code, text) \
    case code:                    \
        return "HTTP/1.1 " #code " " text "\r\n"
        BARROW_STATUS(200, "OK");
        BARROW_STATUS(201, "Created");
        BARROW_STATUS(202, "Accepted");
        BARROW_STATUS(204, "No Content");
        BARROW_STATUS(206, "Partial Content");
        BARROW_STATUS(301, "Moved Permanently");
        BARROW_STATUS(302, "Found");
        BARROW_STATUS(303, "See Other");
        BARROW_STATUS(304, "Not Modified");
        BARROW_STATUS(307, "Temporary Redirect");
        BARROW_STATUS(308, "Permanent Redirect");
        BARROW_STATUS(400, "Bad Request");
        BARROW_STATUS(401, "Unauthorized");
        BARROW_STATUS(402, "Payment Required");
        BARROW_STATUS(403, "Forbidden");
        BARROW_STATUS(404, "Not Found");
        BARROW_STATUS(405, "Method Not Allowed");
        BARROW_STATUS(406, "Not Acceptable");
        BARROW_STATUS(408, "Request Timeout");
        BARROW_STATUS(409, "Conflict");
        BARROW_STATUS(410, "Gone");
        BARROW_STATUS(411, "Length Required");
        BARROW_STATUS(412, "Precondition Failed");
        BARROW_STATUS(413, "Content Too Large");
        BARROW_STATUS(415, "Unsupported Media Type");
        BARROW_STATUS(416, "Range Not Satisfiable");
        BARROW_STATUS(417, "Expectation Failed");
        BARROW_STATUS(421, "Misdirected Request");
        BARROW_STATUS(422, "Unprocessable Content");
        BARROW_STATUS(425, "Too Early");
        BARROW_STATUS(428, "Precondition Required");
        BARROW_STATUS(429, "Too Many Requests");
        BARROW_STATUS(431, "Request Header Fields Too Large");
        BARROW_STATUS(451, "Unavailable For Legal Reasons");
        BARROW_STATUS(500, "Internal Server Error");
        BARROW_STATUS(501, "Not Implemented");
        BARROW_STATUS(502, "Bad Gateway");
        BARROW_STATUS(503, "Service Unavailable");
        BARROW_STATUS(504, "Gateway Timeout");
        BARROW_STATUS(505, "HTTP Version Not Supported");
#undef BARROW_STATUS
        default:
            return {};
    }
}

std::string_view refusal_text(int status) {
    switch (status) {
        case 408:
            return "The request did not arrive in time.\n";
        case 413:
            return "The body is larger than this address takes.\n";
        case 417:
            return "The only expectation that is met here is 100-continue.\n";
        case 431:
            return "The request's headers are larger than this server takes.\n";
        case 501:
            return "This method or transfer coding is not known here.\n";
        case 505:
            return "This server speaks HTTP/1.1 and HTTP/2.\n";
        default:
            return "The request is not well-formed HTTP.\n";
    }
}

enum class Phase : std::uint8_t { head, body, running, stream, closing };

class Http1 final : public Protocol, public Viewer {
public:
    Http1(Link& link, Hall& hall) : link_(link), hall_(hall), reader_(hall.options.header_bytes_max) {
        deadline_ms_ = hall.now_ms + hall.options.header_timeout_ms;  // who connects has something to say
    }

    void work(Buffer& in) override {
        for (;;) {
            while (phase_ == Phase::head || phase_ == Phase::body) {
                if (link_.backlog() > backlog_high) return;
                if (phase_ == Phase::head ? !take_head(in) : !take_body(in)) return;
            }
            if (phase_ != Phase::running) break;
            if (!finished_) return;
            finished_ = false;
            answer(*request_, *answer_, keep_alive_);
            in.take(in_place_);
            request_.reset();
            answer_.reset();
            parked_.reset();
            if (body_.capacity() > body_kept_max) std::string().swap(body_);  // assigned, it would keep its room
        }
        in.take(in.size());  // nothing more is heard
    }

    [[nodiscard]] bool wants_bytes() const override { return phase_ != Phase::running; }

    void sweep() override {
        if (phase_ == Phase::stream) {
            if (hall_.now_ms - pushed_ms_ >= heartbeat_ms) {
                link_.tail().append(":\n\n");
                pushed_ms_ = hall_.now_ms;
                link_.flush();
            }
            return;
        }
        if (hall_.now_ms < deadline_ms_) return;
        if (phase_ == Phase::head && !head_begun_) {
            link_.close(Close::now);
        } else if (phase_ == Phase::head || phase_ == Phase::body) {
            refuse(408);
            link_.flush();
        }
    }

    void stop() override {
        if (phase_ == Phase::head && !head_begun_) link_.close(Close::flushed);
        if (phase_ == Phase::stream) {
            link_.tail().append("retry: 1000\n\n");
            leave();
            link_.close(Close::flushed);
        }
        link_.flush();
    }

    void lost() override { leave(); }

    void push(const Shared& bytes) override {
        if (link_.backlog() + bytes->size() > viewer_backlog_max) link_.flush_now();
        if (!joined_) return;  // the peer was found gone
        if (link_.backlog() + bytes->size() > viewer_backlog_max) {
            hall_.log.info("viewer_too_slow", {{"backlog_bytes", static_cast<std::int64_t>(link_.backlog())}});
            link_.close(Close::now);
            return;
        }
        pushed_ms_ = hall_.now_ms;
        link_.send(bytes);
        link_.flush();
    }

private:
    bool take_head(Buffer& in) {
        // Some old clients send a line end behind a body.
        while (!head_begun_ && in.size() >= 2 && in.begin()[0] == '\r' && in.begin()[1] == '\n' && blank_lines_ < 2) {
            in.take(2);
            ++blank_lines_;
        }
        if (in.size() == 0 || (in.size() == 1 && in.begin()[0] == '\r')) return false;
        if (!head_begun_) {
            head_begun_ = true;
            deadline_ms_ = hall_.now_ms + hall_.options.header_timeout_ms;
        }
        Request& request = hall_.scratch;
        const auto outcome = reader_.read(in.begin(), in.size(), request, framing_);
        if (outcome.refused != 0) {
            refuse(outcome.refused);
            return true;
        }
        if (outcome.length == 0) return false;
        head_begun_ = false;
        blank_lines_ = 0;
        hall_.requests.add(1);
        if (!fill_target(request, request.target) || !fill_host(request, host_)) {
            refuse(400);
            return true;
        }
        fill_peer(request, link_, hall_.options);
        keep_alive_ = framing_.keep_alive && !hall_.stopping;

        Response early;
        const Route* route = hall_.front.find(request, early);
        const bool whole = !framing_.has_body() || (!framing_.chunked && in.size() - outcome.length >= framing_.content_length);
        if (!route) {
            // A body that is still to come is not read for this answer, so the connection ends with it.
            keep_alive_ = keep_alive_ && whole;
            const bool linger = !whole;
            in.take(outcome.length + (whole ? framing_.content_length : 0));
            answer(request, early, keep_alive_, linger);
            return true;
        }
        if (framing_.content_length > route->body_max) {
            refuse(413);
            return true;
        }
        in_place_ = 0;
        if (whole) {
            in_place_ = outcome.length + framing_.content_length;
            request.body = in.view().substr(outcome.length, framing_.content_length);
            run(request, *route, in);
            return true;
        }
        // The head moves to a place of its own, because the buffer moves while the body comes.
        route_ = route;
        parked_ = in.give_away(outcome.length);
        request_ = std::make_unique<Request>(std::move(request));
        hall_.scratch = Request{};
        chunks_ = ChunkReader{};
        body_.clear();
        phase_ = Phase::body;
        progress_ = 0;
        deadline_ms_ = hall_.now_ms + hall_.options.body_timeout_ms;
        if (framing_.expects_continue && in.size() == 0) link_.tail().append("HTTP/1.1 100 Continue\r\n\r\n");
        return true;
    }

    bool take_body(Buffer& in) {
        const auto before = body_.size();
        if (framing_.chunked) {
            std::size_t taken = 0;
            const auto state = chunks_.read(in.view(), route_->body_max, body_, taken);
            in.take(taken);
            if (state == ChunkReader::State::refused || state == ChunkReader::State::too_large) {
                refuse(state == ChunkReader::State::refused ? 400 : 413);
                return true;
            }
            if (state == ChunkReader::State::more) return progressed(before);
        } else {
            const auto count = std::min<std::size_t>(framing_.content_length - body_.size(), in.size());
            append_body(body_, in.view().substr(0, count), framing_.content_length);
            in.take(count);
            if (body_.size() < framing_.content_length) return progressed(before);
        }
        request_->body = body_;
        run(*request_, *route_, in);
        return true;
    }

    bool progressed(std::size_t before) {
        progress_ += body_.size() - before;
        if (progress_ >= body_progress_min) {
            progress_ = 0;
            deadline_ms_ = hall_.now_ms + hall_.options.body_timeout_ms;
        }
        return false;
    }

    void run(Request& request, const Route& route, Buffer& in) {
        if (auto response = answer_at_once(route, request)) {
            answer(request, *response, keep_alive_);
            in.take(in_place_);
            request_.reset();
            parked_.reset();
            return;
        }
        if (&request == &hall_.scratch) {
            request_ = std::make_unique<Request>(std::move(request));
            hall_.scratch = Request{};
        }
        phase_ = Phase::running;
        hall_.tasks.add(1);
        starting_ = true;
        start<Response>(hall_.executor, std::get<Slow>(route.handler)(*request_), [this, held = link_.hold()](Response response) {
            hall_.tasks.add(-1);
            answer_ = std::make_unique<Response>(std::move(response));
            finished_ = true;
            if (!starting_) link_.turn();
        });
        starting_ = false;
    }

    void answer(const Request& request, Response& response, bool keep_alive, bool linger = false) {
        if (hall_.front.finish) hall_.front.finish(request, response);
        const bool stream = response.events != nullptr && request.method != Method::head;
        keep_alive = keep_alive && !response.events && !hall_.stopping;
        auto& out = link_.tail();
        write_head(out, response, keep_alive);
        const std::string_view body = response.shared_body ? std::string_view(*response.shared_body) : std::string_view(response.body);
        const bool bodiless = response.status == 204 || response.status == 304;
        if (!response.events && !bodiless) {
            char digits[24];
            const auto end = std::to_chars(digits, digits + sizeof digits, body.size()).ptr;
            out.append("content-length: ").append(digits, end).append("\r\n");
        }
        out.append("\r\n");
        if (stream) {
            open_stream(response);
            return;
        }
        if (request.method != Method::head && !bodiless && !response.events) {
            if (body.size() <= copied_body_max) {
                out.append(body);
            } else {
                link_.send(response.shared_body ? response.shared_body : std::make_shared<const std::string>(std::move(response.body)));
            }
        }
        if (keep_alive) {
            phase_ = Phase::head;
            deadline_ms_ = hall_.now_ms + hall_.options.idle_timeout_ms;
        } else {
            end(linger ? Close::linger : Close::flushed);
        }
    }

    void write_head(std::string& out, const Response& response, bool keep_alive) {
        const auto line = status_line(response.status);
        if (line.empty()) {
            out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" -\r\n");
        } else {
            out.append(line);
        }
        out.append(hall_.date);
        for (const auto& [name, value] : response.headers) {
            if (!may_send_header(name, value)) {
                hall_.log.error("header_refused", {{"name", name.substr(0, 40)}});
                continue;
            }
            out.append(name).append(": ").append(value).append("\r\n");
        }
        if (!keep_alive) {
            out.append("connection: close\r\n");
        } else if (!framing_.keep_alive_by_default) {
            out.append("connection: keep-alive\r\n");
        }
    }

    void open_stream(const Response& response) {
        // The body ends with the connection, so the shared bytes of an event need no framing of their own.
        phase_ = Phase::stream;
        topic_ = response.events->topic;
        joined_ = true;
        hall_.streams.add(1);
        pushed_ms_ = hall_.now_ms;
        link_.tail().append(hall_.hub.join(hall_.thread, *this, *response.events));
        if (hall_.stopping) stop();
    }

    void leave() {
        if (!joined_) return;
        joined_ = false;
        hall_.streams.add(-1);
        hall_.hub.leave(hall_.thread, *this, topic_);
    }

    void refuse(int status) {
        hall_.refused.add(1);
        const auto text = refusal_text(status);
        auto& out = link_.tail();
        out.append(status_line(status)).append(hall_.date);
        out.append("content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\nconnection: close\r\ncontent-length: ");
        out.append(std::to_string(text.size())).append("\r\n\r\n").append(text);
        end(Close::linger);
    }

    void end(Close how) {
        phase_ = Phase::closing;
        link_.close(how);
    }

    Link& link_;
    Hall& hall_;
    Http1Reader reader_;
    ChunkReader chunks_;
    Framing framing_;
    Phase phase_ = Phase::head;
    bool head_begun_ = false, keep_alive_ = true, finished_ = false, starting_ = false, joined_ = false;
    int blank_lines_ = 0;
    std::int64_t deadline_ms_ = 0, pushed_ms_ = 0;
    std::size_t in_place_ = 0;  // bytes of the request that still stand in the buffer
    std::size_t progress_ = 0;
    const Route* route_ = nullptr;
    std::unique_ptr<char[]> parked_;
    std::unique_ptr<Request> request_;
    std::unique_ptr<Response> answer_;
    std::string body_, host_, topic_;
};

}  // namespace

std::unique_ptr<Protocol> make_http1(Link& link, Hall& hall) { return std::make_unique<Http1>(link, hall); }

}  // namespace barrow::http
