// Inside http: reads an HTTP/1.1 request head and a chunked body, strictly. Whatever two programs could read in two ways is
// refused, because that is how requests are smuggled. Pure: bytes in, values out; the fuzzer's door.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "floor/http/http.hpp"

namespace barrow::http {

struct Framing {
    bool keep_alive = true;
    bool keep_alive_by_default = true;  // HTTP/1.1: it need not be said in the answer
    bool chunked = false;
    bool expects_continue = false;
    std::uint64_t content_length = 0;
    [[nodiscard]] bool has_body() const { return chunked || content_length > 0; }
};

class Http1Reader {
public:
    explicit Http1Reader(std::size_t head_bytes_max) : head_bytes_max_(head_bytes_max) {}

    struct Outcome {
        int refused = 0;         // a status; 0: not refused
        std::size_t length = 0;  // of the head with its empty line; 0 and not refused: more bytes are needed
    };
    // Reads the head at the start of `bytes`. Header names are put into lower case there; the request's views point there.
    // Call it again from the same start when more came; it does not look twice at what it has seen.
    Outcome read(char* bytes, std::size_t size, Request& request, Framing& framing);

private:
    std::size_t head_bytes_max_;
    std::size_t line_ = 0;  // where the line begins that is not complete
    std::size_t seen_ = 0;  // up to where there is no line end
};

class ChunkReader {
public:
    enum class State : std::uint8_t { more, done, refused, too_large };
    // Takes from `bytes` what belongs to the body and appends the chunks' content to `body`; `taken` says how much.
    State read(std::string_view bytes, std::size_t body_max, std::string& body, std::size_t& taken);

private:
    enum class Part : std::uint8_t { size, extension, size_end, content, content_end, content_end2, trailer, done };
    Part part_ = Part::size;
    std::uint64_t left_ = 0;
    int digits_ = 0;
    std::size_t overhead_ = 0;  // bytes of extensions and trailers: they carry nothing for us
    std::string line_;          // of the trailer
};

}  // namespace barrow::http
