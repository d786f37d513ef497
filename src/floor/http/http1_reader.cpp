// llhttp reads the head; around it stand the checks that it leaves to its caller.
#include "floor/http/http1_reader.hpp"

#include <llhttp.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "floor/http/link.hpp"

namespace barrow::http {
namespace {

constexpr std::size_t headers_max = 100;        // a list to walk for every lookup
constexpr std::size_t overhead_max = 4 * 1024;  // chunk extensions and trailers

bool is_token_char(char c) {
    static constexpr auto table = [] {
        std::array<bool, 256> out{};
        for (int i = '0'; i <= '9'; ++i) out[static_cast<std::size_t>(i)] = true;
        for (int i = 'a'; i <= 'z'; ++i) out[static_cast<std::size_t>(i)] = out[static_cast<std::size_t>(i - 32)] = true;
        for (const char each : std::string_view("!#$%&'*+-.^_`|~")) out[static_cast<unsigned char>(each)] = true;
        return out;
    }();
    return table[static_cast<unsigned char>(c)];
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool same_word(std::string_view text, std::string_view lower_case) {
    return text.size() == lower_case.size() && std::equal(text.begin(), text.end(), lower_case.begin(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
           });
}

bool has_word(std::string_view list, std::string_view lower_case) {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        if (same_word(trimmed(list.substr(0, comma)), lower_case)) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

struct Spans {
    Request* request;
    std::string_view target;
    bool too_many = false;
};

Spans& spans(llhttp_t* parser) { return *static_cast<Spans*>(parser->data); }

void extend(std::string_view& span, const char* at, std::size_t length) {
    span = !span.empty() && span.data() + span.size() == at ? std::string_view(span.data(), span.size() + length)
                                                            : std::string_view(at, length);
}

const llhttp_settings_t& settings() {
    static const llhttp_settings_t table = [] {
        llhttp_settings_t made;
        llhttp_settings_init(&made);
        made.on_url = [](llhttp_t* parser, const char* at, std::size_t length) {
            extend(spans(parser).target, at, length);
            return 0;
        };
        made.on_header_field = [](llhttp_t* parser, const char* at, std::size_t length) {
            auto& headers = spans(parser).request->headers;
            if (!headers.empty() && headers.back().second.empty() && headers.back().first.data() + headers.back().first.size() == at) {
                extend(headers.back().first, at, length);
                return 0;
            }
            if (headers.size() == headers_max) {
                spans(parser).too_many = true;
                return -1;
            }
            headers.emplace_back(std::string_view(at, length), std::string_view());
            return 0;
        };
        made.on_header_value = [](llhttp_t* parser, const char* at, std::size_t length) {
            extend(spans(parser).request->headers.back().second, at, length);
            return 0;
        };
        made.on_headers_complete = [](llhttp_t*) { return 1; };  // the body is not llhttp's
        return made;
    }();
    return table;
}

Method method_of(std::uint8_t code) {
    switch (code) {
        case HTTP_GET:
            return Method::get;
        case HTTP_HEAD:
            return Method::head;
        case HTTP_POST:
            return Method::post;
        case HTTP_PUT:
            return Method::put;
        case HTTP_PATCH:
            return Method::patch;
        case HTTP_DELETE:
            return Method::del;
        case HTTP_OPTIONS:
            return Method::options;
        default:
            return Method::other;
    }
}

bool is_request_line(std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    return first != std::string_view::npos && first > 0 && last > first + 1 && line.find(' ', first + 1) == last &&
           line.substr(last + 1).starts_with("HTTP/");
}

// A first line with a method that we do not know is not malformed: 501. Anything else that llhttp refuses is 400.
int refusal(std::string_view head) {
    const auto space = head.find(' ');
    const bool method_is_token = space != std::string_view::npos && space > 0 &&
                                 std::all_of(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(space), is_token_char);
    const auto line = head.substr(0, head.find('\r'));
    if (!method_is_token) return 400;
    if (line.ends_with(" HTTP/1.1") || line.ends_with(" HTTP/1.0")) return 501;
    return 400;
}

// Reads what frames the message. 0, or the status of the refusal.
int read_framing(Request& request, Framing& framing, int minor) {
    framing = Framing{};
    int hosts = 0, lengths = 0, codings = 0;
    bool close = false, keep = false;
    for (const auto& [key, value] : request.headers) {
        switch (key.size()) {
            case 4:
                if (key == "host") {
                    ++hosts;
                    request.authority = value;
                }
                break;
            case 6:
                if (key == "expect") {
                    if (!same_word(value, "100-continue")) return 417;
                    framing.expects_continue = minor == 1;
                }
                break;
            case 10:
                if (key == "connection") {
                    close = close || has_word(value, "close");
                    keep = keep || has_word(value, "keep-alive");
                }
                break;
            case 14:
                if (key == "content-length") {
                    ++lengths;
                    if (value.empty() || value.size() > 15 || value.find_first_not_of("0123456789") != std::string_view::npos) return 400;
                    for (const char c : value) framing.content_length = framing.content_length * 10 + static_cast<std::uint64_t>(c - '0');
                }
                break;
            case 17:
                if (key == "transfer-encoding") {
                    ++codings;
                    if (!same_word(value, "chunked")) return minor == 1 ? 501 : 400;
                    framing.chunked = true;
                }
                break;
            default:
                break;
        }
    }
    if (lengths > 1 || codings > 1 || (lengths > 0 && codings > 0) || (codings > 0 && minor == 0)) return 400;
    if (hosts > 1 || (hosts == 0 && minor == 1)) return 400;
    framing.keep_alive = !close && (minor == 1 || keep);
    framing.keep_alive_by_default = minor == 1;
    return 0;
}

}  // namespace

Http1Reader::Outcome Http1Reader::read(char* bytes, std::size_t size, Request& request, Framing& framing) {
    // The first byte of a method is a letter: a TLS hello or noise need not wait for a line end that never comes.
    if (size > 0 && !is_token_char(bytes[0])) return {.refused = 400};
    std::size_t length = 0;
    while (length == 0) {
        const auto* end = seen_ < size ? static_cast<const char*>(std::memchr(bytes + seen_, '\n', size - seen_)) : nullptr;
        if (!end) {
            seen_ = size;
            if (size > head_bytes_max_) return {.refused = 431};
            return {};
        }
        const auto at = static_cast<std::size_t>(end - bytes);
        if (at == 0 || bytes[at - 1] != '\r') return {.refused = 400};
        const std::string_view line(bytes + line_, at - 1 - line_);
        if (line.empty()) {
            length = at + 1;
        } else {
            if (line_ > 0 && (line.front() == ' ' || line.front() == '\t')) return {.refused = 400};  // a folded header
            if (has_control(line)) return {.refused = 400};
            // llhttp takes more spaces than one between the words, and a header without a name.
            if (line_ == 0 ? !is_request_line(line) : !is_token_char(line.front())) return {.refused = 400};
        }
        line_ = seen_ = at + 1;
    }
    line_ = seen_ = 0;
    if (length > head_bytes_max_) return {.refused = 431};

    request.headers.clear();
    request.parameters.clear();
    request.body = {};
    request.authority = {};
    request.http_major = 1;
    Spans found{&request, {}, false};
    llhttp_t parser;
    llhttp_init(&parser, HTTP_REQUEST, &settings());
    parser.data = &found;
    const auto error = llhttp_execute(&parser, bytes, length);
    if (found.too_many) return {.refused = 431};
    if (error != HPE_OK && error != HPE_PAUSED_UPGRADE) {
        if (error == HPE_INVALID_METHOD) return {.refused = refusal({bytes, length})};
        return {.refused = error == HPE_INVALID_VERSION ? 505 : 400};
    }
    if (parser.http_major != 1 || parser.http_minor > 1) return {.refused = 505};
    request.method = method_of(parser.method);
    if (parser.method == HTTP_CONNECT) return {.refused = 501};
    for (auto& [key, value] : request.headers) {
        auto* name = bytes + (key.data() - bytes);
        for (std::size_t i = 0; i < key.size(); ++i) {
            if (!is_token_char(name[i])) return {.refused = 400};
            if (name[i] >= 'A' && name[i] <= 'Z') name[i] = static_cast<char>(name[i] + 32);
        }
        value = trimmed(value);
    }
    if (const int status = read_framing(request, framing, parser.http_minor)) return {.refused = status};
    request.target = found.target;
    return {.refused = 0, .length = length};
}

ChunkReader::State ChunkReader::read(std::string_view bytes, std::size_t body_max, std::string& body, std::size_t& taken) {
    taken = 0;
    while (part_ != Part::done) {
        if (taken == bytes.size()) return State::more;
        const char c = bytes[taken];
        switch (part_) {
            case Part::size: {
                const int digit = c >= '0' && c <= '9'   ? c - '0'
                                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                         : -1;
                if (digit >= 0) {
                    if (++digits_ > 12) return State::refused;  // beyond any body we take, and before it overflows
                    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
                } else if (digits_ == 0) {
                    return State::refused;
                } else if (c == ';') {
                    part_ = Part::extension;
                } else if (c == '\r') {
                    part_ = Part::size_end;
                } else {
                    return State::refused;
                }
                ++taken;
                break;
            }
            case Part::extension:
                if (c == '\r') {
                    part_ = Part::size_end;
                } else if (is_control(c) || ++overhead_ > overhead_max) {
                    return State::refused;
                }
                ++taken;
                break;
            case Part::size_end:
                if (c != '\n') return State::refused;
                ++taken;
                digits_ = 0;
                if (left_ > body_max || body.size() + left_ > body_max) return State::too_large;
                part_ = left_ == 0 ? Part::trailer : Part::content;
                break;
            case Part::content: {
                const auto count = std::min<std::uint64_t>(left_, bytes.size() - taken);
                body.append(bytes.substr(taken, count));
                taken += count;
                left_ -= count;
                if (left_ == 0) part_ = Part::content_end;
                break;
            }
            case Part::content_end:
                if (c != '\r') return State::refused;
                ++taken;
                part_ = Part::content_end2;
                break;
            case Part::content_end2:
                if (c != '\n') return State::refused;
                ++taken;
                part_ = Part::size;
                break;
            case Part::trailer:
                ++taken;
                if (++overhead_ > overhead_max) return State::refused;
                if (c != '\n') {
                    line_.push_back(c);
                    break;
                }
                if (line_.empty() || line_.back() != '\r') return State::refused;
                line_.pop_back();
                if (line_.empty()) {
                    part_ = Part::done;
                    break;
                }
                {
                    const auto colon = line_.find(':');
                    if (colon == std::string::npos || colon == 0) return State::refused;
                    for (std::size_t i = 0; i < line_.size(); ++i) {
                        if (i < colon ? !is_token_char(line_[i]) : is_control(line_[i])) return State::refused;
                    }
                }
                line_.clear();  // nobody asked for trailers
                break;
            case Part::done:
                break;
        }
    }
    return State::done;
}

}  // namespace barrow::http
