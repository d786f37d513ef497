// HTTP/2 on one connection, by nghttp2: frames, flow control and header compression are its, limits and meaning are ours.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <unordered_map>

#include "floor/http/hub.hpp"
#include "floor/http/link.hpp"

namespace barrow::http {
namespace {

constexpr std::uint32_t streams_max = 100;
constexpr std::int64_t tasks_max = 200;  // of one connection; a stream that was reset may leave its task running
constexpr std::uint32_t stream_window = 256 * 1024;
constexpr std::int32_t connection_window = 1024 * 1024;
constexpr std::int64_t heartbeat_ms = 15'000;
constexpr std::size_t viewer_backlog_max = 256 * 1024;
constexpr std::size_t headers_max = 100;
constexpr std::size_t body_progress_min = 16 * 1024;
constexpr std::size_t dropped_max = 1024 * 1024;  // of a body that is still coming when its answer is out
// Rapid reset: opening and dropping streams costs a peer nothing and us the work. A browser that stops a page drops a few
// dozen; this many at once, or this many a second, is an attack.
constexpr double resets_at_once = 100;
constexpr double resets_a_second = 20;

class Http2;

struct Span {
    std::size_t name_size, value_size;
};

struct Stream final : Viewer {
    Stream(Http2& its_home, std::int32_t its_id, std::int64_t now_ms) : home(&its_home), id(its_id), moved_ms(now_ms) {}

    void push(const Shared& bytes) override;

    Http2* home;  // nullptr: the stream or its connection is gone
    std::int32_t id;
    std::int64_t moved_ms;  // when it last made progress
    std::string text;       // names and values of the request, one behind the other
    std::vector<Span> spans;
    bool too_large = false, headers_whole = false, request_whole = false, answered = false;
    Request request;
    std::string host, body;
    std::size_t progress = 0, dropped = 0;
    std::uint64_t length = 0;  // of the body, where the request said it
    const Route* route = nullptr;

    std::string own_body;
    Shared shared_body;
    std::string_view rest;  // of the body, not yet in frames

    bool is_events = false, joined = false, deferred = false, last = false;
    std::string topic;
    std::deque<Shared> events;
    std::size_t events_bytes = 0, event_sent = 0;
};

class Http2 final : public Protocol {
public:
    Http2(Link& link, Hall& hall) : link_(link), hall_(hall), resets_left_(resets_at_once), resets_ms_(hall.now_ms) {
        moved_ms_ = hall.now_ms;
        nghttp2_session_server_new2(&session_, callbacks(), this, options());
        const nghttp2_settings_entry settings[] = {
            {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, streams_max},
            {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window},
            {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(hall.options.header_bytes_max)},
        };
        nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
        nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, connection_window);
    }
    ~Http2() override {
        lost();
        nghttp2_session_del(session_);
    }
    Http2(const Http2&) = delete;
    Http2& operator=(const Http2&) = delete;

    void work(Buffer& in) override {
        if (in.size() > 0 && !ending_) {
            in_session_ = true;
            const auto count = nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(in.begin()), in.size());
            in_session_ = false;
            if (count < 0) {
                hall_.refused.add(1);
                end();
            }
        }
        in.take(in.size());
        pump();
    }

    [[nodiscard]] bool wants_bytes() const override { return true; }

    void sweep() override {
        const auto now = hall_.now_ms;
        resets_left_ = std::min(resets_at_once, resets_left_ + resets_a_second * static_cast<double>(now - resets_ms_) / 1000);
        resets_ms_ = now;
        if (streams_.empty()) {
            if (now - moved_ms_ >= hall_.options.idle_timeout_ms) {
                nghttp2_session_terminate_session(session_, NGHTTP2_NO_ERROR);
                pump();  // nothing is left to want: it closes
            }
        }
        std::vector<std::shared_ptr<Stream>> all;
        all.reserve(streams_.size());
        for (const auto& [id, stream] : streams_) all.push_back(stream);
        for (const auto& stream : all) {
            const auto still_ms = now - stream->moved_ms;
            if (stream->is_events) {
                if (still_ms >= heartbeat_ms && stream->events.empty()) stream->push(std::make_shared<const std::string>(":\n\n"));
            } else if (!stream->headers_whole) {
                if (still_ms >= hall_.options.header_timeout_ms) {
                    nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
                    end();
                    break;
                }
            } else if (!stream->request_whole && !stream->answered) {
                if (still_ms >= hall_.options.body_timeout_ms) refuse(*stream, 408, "The request did not arrive in time.\n");
            } else if (stream->answered && still_ms >= hall_.options.write_timeout_ms) {
                nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_CANCEL);
            }
        }
        pump();
        link_.flush();
    }

    void stop() override {
        nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR, nullptr, 0);
        for (const auto& [id, stream] : streams_) {
            if (!stream->is_events || stream->last) continue;
            leave(*stream);
            stream->last = true;
            queue(*stream, std::make_shared<const std::string>("retry: 1000\n\n"));
        }
        pump();
        link_.flush();
    }

    void lost() override {
        for (const auto& [id, stream] : streams_) {
            leave(*stream);
            stream->home = nullptr;
        }
        streams_.clear();
    }

    void push(Stream& stream, const Shared& bytes) {
        if (stream.last) return;
        const auto kept = streams_.at(stream.id);
        if (stream.events_bytes + link_.backlog() + bytes->size() > viewer_backlog_max) link_.flush_now();
        if (!kept->home) return;  // the peer was found gone
        if (stream.events_bytes + link_.backlog() + bytes->size() > viewer_backlog_max) {
            hall_.log.info("viewer_too_slow", {{"backlog_bytes", static_cast<std::int64_t>(stream.events_bytes)}});
            leave(stream);
            stream.last = true;
            nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, NGHTTP2_CANCEL);
        } else {
            queue(stream, bytes);
        }
        pump();
        link_.flush();
    }

private:
    static const nghttp2_option* options() {
        static nghttp2_option* const made = [] {
            nghttp2_option* option = nullptr;
            nghttp2_option_new(&option);
            nghttp2_option_set_max_send_header_block_length(option, 64 * 1024);
            return option;
        }();
        return made;
    }

    static Http2& self(void* user) { return *static_cast<Http2*>(user); }

    static const nghttp2_session_callbacks* callbacks() {
        static nghttp2_session_callbacks* const made = [] {
            nghttp2_session_callbacks* table = nullptr;
            nghttp2_session_callbacks_new(&table);
            nghttp2_session_callbacks_set_on_begin_headers_callback(table, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
                return frame->headers.cat == NGHTTP2_HCAT_REQUEST ? self(user).begin(frame->hd.stream_id) : 0;
            });
            nghttp2_session_callbacks_set_on_header_callback(
                table, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                          const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
                    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
                        self(user).header(frame->hd.stream_id, {reinterpret_cast<const char*>(name), name_size},
                                          {reinterpret_cast<const char*>(value), value_size});
                    }
                    return 0;
                });
            nghttp2_session_callbacks_set_on_frame_recv_callback(table, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
                self(user).received(*frame);
                return 0;
            });
            nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
                table, [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size, void* user) {
                    self(user).content(id, {reinterpret_cast<const char*>(bytes), size});
                    return 0;
                });
            nghttp2_session_callbacks_set_on_frame_send_callback(table, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
                self(user).went(*frame);
                return 0;
            });
            nghttp2_session_callbacks_set_on_stream_close_callback(table, [](nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
                self(user).closed(id);
                return 0;
            });
            return table;
        }();
        return made;
    }

    Stream* find(std::int32_t id) {
        const auto found = streams_.find(id);
        return found == streams_.end() ? nullptr : found->second.get();
    }

    int begin(std::int32_t id) {
        moved_ms_ = hall_.now_ms;
        if (tasks_ >= tasks_max) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        streams_.emplace(id, std::make_shared<Stream>(*this, id, hall_.now_ms));
        return 0;
    }

    void header(std::int32_t id, std::string_view name, std::string_view value) {
        auto* stream = find(id);
        if (!stream || stream->too_large) return;
        // As RFC 9113 counts: each field costs 32 bytes more than its text.
        if (stream->text.size() + name.size() + value.size() + 32 * (stream->spans.size() + 1) > hall_.options.header_bytes_max ||
            stream->spans.size() == headers_max) {
            stream->too_large = true;
            return;
        }
        stream->text.append(name).append(value);
        stream->spans.push_back({name.size(), value.size()});
    }

    void received(const nghttp2_frame& frame) {
        const bool whole = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        if (frame.hd.type == NGHTTP2_RST_STREAM) {
            reset();
            return;
        }
        if (frame.hd.type != NGHTTP2_HEADERS && frame.hd.type != NGHTTP2_DATA) return;
        auto* stream = find(frame.hd.stream_id);
        if (!stream) return;
        const auto held = streams_.at(frame.hd.stream_id);
        stream->request_whole = whole;
        if (frame.hd.type == NGHTTP2_HEADERS && frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
            asked(*stream);
        } else if (whole && !stream->answered && stream->route) {
            run(*stream);
        }
    }

    void asked(Stream& stream) {
        stream.headers_whole = true;
        stream.moved_ms = hall_.now_ms;
        hall_.requests.add(1);
        if (stream.too_large) {
            refuse(stream, 431, "The request's headers are larger than this server takes.\n");
            return;
        }
        Request& request = stream.request;
        request.http_major = 2;
        std::string_view target, host;
        std::size_t at = 0;
        int hosts = 0;
        for (const auto& span : stream.spans) {
            const auto name = std::string_view(stream.text).substr(at, span.name_size);
            const auto value = std::string_view(stream.text).substr(at + span.name_size, span.value_size);
            at += span.name_size + span.value_size;
            if (name == ":method") {
                request.method = method_of(value);
            } else if (name == ":path") {
                target = value;
            } else if (name == ":authority") {
                request.authority = value;
            } else if (!name.starts_with(':')) {
                if (name == "host") {
                    host = value;
                    ++hosts;
                }
                request.headers.emplace_back(name, value);
            }
        }
        if (request.authority.empty()) request.authority = host;
        if (hosts == 0) request.headers.emplace_back("host", request.authority);
        if (hosts > 1 || (hosts == 1 && host != request.authority) || !fill_target(request, target) || !fill_host(request, stream.host)) {
            refuse(stream, 400, "The request is not well-formed HTTP.\n");
            return;
        }
        fill_peer(request, link_, hall_.options);
        Response early;
        stream.route = hall_.front.find(request, early);
        if (!stream.route) {
            answer(stream, early);
            return;
        }
        if (const auto said = request.header("content-length"); !said.empty())
            std::from_chars(said.data(), said.data() + said.size(), stream.length);
        if (stream.length > stream.route->body_max) {
            refuse(stream, 413, "The body is larger than this address takes.\n");
        } else if (stream.request_whole) {
            run(stream);
        }
    }

    static Method method_of(std::string_view text) {
        for (const auto method : {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del, Method::options}) {
            if (text == name(method)) return method;
        }
        return Method::other;
    }

    void content(std::int32_t id, std::string_view bytes) {
        auto* stream = find(id);
        if (!stream) return;
        if (stream->answered || !stream->route) {
            // Some clients take a reset for a failure though the answer is there, so a little more is read and dropped.
            stream->dropped += bytes.size();
            if (stream->dropped > dropped_max) nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR);
            return;
        }
        if (stream->body.size() + bytes.size() > stream->route->body_max) {
            refuse(*stream, 413, "The body is larger than this address takes.\n");
            return;
        }
        append_body(stream->body, bytes, stream->length);
        stream->progress += bytes.size();
        if (stream->progress >= body_progress_min) {
            stream->progress = 0;
            stream->moved_ms = hall_.now_ms;
        }
    }

    void run(Stream& stream) {
        stream.request.body = stream.body;
        if (auto response = answer_at_once(*stream.route, stream.request)) {
            answer(stream, *response);
            return;
        }
        hall_.tasks.add(1);
        ++tasks_;
        // The task keeps the stream and the connection: the request's bytes stay where they are, even when the peer has left.
        start<Response>(hall_.executor, std::get<Slow>(stream.route->handler)(stream.request),
                        [this, kept = streams_.at(stream.id), held = link_.hold()](Response response) {
                            hall_.tasks.add(-1);
                            --tasks_;
                            if (!kept->home) return;
                            answer(*kept, response);
                            if (!in_session_) link_.turn();
                        });
    }

    void refuse(Stream& stream, int status, std::string text) {
        hall_.refused.add(1);
        auto response = Response::text(std::move(text), status);
        send(stream, response);
    }

    void answer(Stream& stream, Response& response) {
        if (hall_.front.finish) hall_.front.finish(stream.request, response);
        send(stream, response);
    }

    void send(Stream& stream, Response& response) {
        stream.answered = true;
        stream.moved_ms = moved_ms_ = hall_.now_ms;
        std::vector<std::pair<std::string, std::string_view>> fields;
        fields.reserve(response.headers.size() + 3);
        char status[8], length[24];
        fields.emplace_back(
            ":status", std::string_view(
                           status, static_cast<std::size_t>(std::to_chars(status, status + sizeof status, response.status).ptr - status)));
        fields.emplace_back("date", std::string_view(hall_.date).substr(6, hall_.date.size() - 8));
        for (const auto& [key, value] : response.headers) {
            if (!may_send_header(key, value)) {
                hall_.log.error("header_refused", {{"name", key.substr(0, 40)}});
                continue;
            }
            auto& field = fields.emplace_back(key, value);
            for (char& c : field.first) {
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
            }
        }
        const bool head = stream.request.method == Method::head;
        const bool bodiless = response.status == 204 || response.status == 304;
        stream.is_events = response.events != nullptr && !head;
        stream.shared_body = std::move(response.shared_body);
        stream.own_body = std::move(response.body);
        stream.rest = stream.shared_body ? std::string_view(*stream.shared_body) : std::string_view(stream.own_body);
        if (!response.events && !bodiless) {
            const auto end = std::to_chars(length, length + sizeof length, stream.rest.size()).ptr;
            fields.emplace_back("content-length", std::string_view(length, static_cast<std::size_t>(end - length)));
        }
        std::vector<nghttp2_nv> pairs;
        pairs.reserve(fields.size());
        for (auto& [key, value] : fields) {
            pairs.push_back({reinterpret_cast<std::uint8_t*>(key.data()), reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())),
                             key.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
        }
        nghttp2_data_provider body{};
        body.source.ptr = &stream;
        body.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t size, std::uint32_t* flags,
                                nghttp2_data_source* source, void*) { return read(*static_cast<Stream*>(source->ptr), to, size, *flags); };
        const bool with_body = stream.is_events || (!head && !bodiless && !stream.rest.empty());
        nghttp2_submit_response(session_, stream.id, pairs.data(), pairs.size(), with_body ? &body : nullptr);
        if (stream.is_events) {
            stream.topic = response.events->topic;
            stream.joined = true;
            hall_.streams.add(1);
            auto first = hall_.hub.join(hall_.thread, stream, *response.events);
            if (!first.empty()) queue(stream, std::make_shared<const std::string>(std::move(first)));
            if (hall_.stopping) {
                leave(stream);
                stream.last = true;
                queue(stream, std::make_shared<const std::string>("retry: 1000\n\n"));
            }
        }
    }

    static ssize_t read(Stream& stream, std::uint8_t* to, std::size_t size, std::uint32_t& flags) {
        if (stream.home) stream.moved_ms = stream.home->hall_.now_ms;
        if (!stream.is_events) {
            const auto count = std::min(size, stream.rest.size());
            std::memcpy(to, stream.rest.data(), count);
            stream.rest.remove_prefix(count);
            if (stream.rest.empty()) flags |= NGHTTP2_DATA_FLAG_EOF;
            return static_cast<ssize_t>(count);
        }
        std::size_t count = 0;
        while (!stream.events.empty() && count < size) {
            const auto& front = *stream.events.front();
            const auto part = std::min(size - count, front.size() - stream.event_sent);
            std::memcpy(to + count, front.data() + stream.event_sent, part);
            count += part;
            stream.event_sent += part;
            stream.events_bytes -= part;
            if (stream.event_sent == front.size()) {
                stream.events.pop_front();
                stream.event_sent = 0;
            }
        }
        if (stream.events.empty() && stream.last) {
            flags |= NGHTTP2_DATA_FLAG_EOF;
        } else if (count == 0) {
            stream.deferred = true;
            return NGHTTP2_ERR_DEFERRED;
        }
        return static_cast<ssize_t>(count);
    }

    void queue(Stream& stream, Shared bytes) {
        stream.events_bytes += bytes->size();
        stream.events.push_back(std::move(bytes));
        if (stream.deferred) {
            stream.deferred = false;
            nghttp2_session_resume_data(session_, stream.id);
        }
    }

    void leave(Stream& stream) {
        if (!stream.joined) return;
        stream.joined = false;
        hall_.streams.add(-1);
        hall_.hub.leave(hall_.thread, stream, stream.topic);
    }

    void went(const nghttp2_frame& frame) {
        if (frame.hd.type == NGHTTP2_RST_STREAM && frame.rst_stream.error_code != NGHTTP2_NO_ERROR &&
            frame.rst_stream.error_code != NGHTTP2_CANCEL) {
            reset();  // a peer can also make us do the resetting
        }
    }

    void reset() {
        resets_left_ -= 1;
        if (resets_left_ >= 0 || ending_) return;
        hall_.refused.add(1);
        hall_.log.warning("http2_too_many_resets", {});
        nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
        end();
    }

    void closed(std::int32_t id) {
        const auto found = streams_.find(id);
        if (found == streams_.end()) return;
        leave(*found->second);
        found->second->home = nullptr;
        streams_.erase(found);
        moved_ms_ = hall_.now_ms;
    }

    void end() { ending_ = true; }

    void pump() {
        if (in_session_) return;
        in_session_ = true;
        bool drained = false;
        while (link_.backlog() <= backlog_high) {
            const std::uint8_t* bytes = nullptr;
            const auto count = nghttp2_session_mem_send(session_, &bytes);
            if (count <= 0) {
                drained = true;
                break;
            }
            link_.tail().append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
        }
        in_session_ = false;
        const bool over = nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
        if (drained && (ending_ || over)) link_.close(ending_ ? Close::linger : Close::flushed);
    }

    Link& link_;
    Hall& hall_;
    nghttp2_session* session_ = nullptr;
    std::unordered_map<std::int32_t, std::shared_ptr<Stream>> streams_;
    std::int64_t moved_ms_ = 0, tasks_ = 0;
    double resets_left_;
    std::int64_t resets_ms_;
    bool in_session_ = false, ending_ = false;
};

void Stream::push(const Shared& bytes) {
    const auto kept = home;
    if (kept) kept->push(*this, bytes);
}

}  // namespace

std::unique_ptr<Protocol> make_http2(Link& link, Hall& hall) { return std::make_unique<Http2>(link, hall); }

}  // namespace barrow::http
