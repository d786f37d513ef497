// Any bytes as HTTP/1.1 requests. What must hold, whatever comes: the reader does not crash, reads the same in one piece and
// in many, its views lie inside the bytes it was given, and what it accepts frames the body in one way only.
#include <cstring>
#include <memory>
#include <string>

#include "floor/http/http1_reader.hpp"

namespace {

using barrow::check;
using namespace barrow::http;

void within(std::string_view part, const char* bytes, std::size_t size) {
    check(part.empty() || (part.data() >= bytes && part.data() + part.size() <= bytes + size));
}

void read_head(const std::uint8_t* data, std::size_t size) {
    const auto whole = std::make_unique<char[]>(size + 1);
    std::memcpy(whole.get(), data, size);
    Request request;
    Framing framing;
    Http1Reader reader(16 * 1024);
    const auto outcome = reader.read(whole.get(), size, request, framing);
    if (outcome.length > 0) {
        check(outcome.refused == 0 && outcome.length <= size && outcome.length <= 16 * 1024);
        check(std::string_view(whole.get(), outcome.length).ends_with("\r\n\r\n"));
        within(request.target, whole.get(), outcome.length);
        int lengths = 0, codings = 0;
        for (const auto& [name, value] : request.headers) {
            within(name, whole.get(), outcome.length);
            within(value, whole.get(), outcome.length);
            check(!name.empty() && name.find_first_of(" \t\r\n:") == std::string_view::npos);
            check(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
            lengths += name == "content-length";
            codings += name == "transfer-encoding";
        }
        check(lengths <= 1 && codings <= 1 && lengths + codings <= 1);
        check(!framing.chunked || framing.content_length == 0);
    }

    // The same bytes one after another give the same answer, at the same byte or before it for a refusal.
    const auto pieces = std::make_unique<char[]>(size + 1);
    std::memcpy(pieces.get(), data, size);
    Http1Reader again(16 * 1024);
    Request other;
    Framing other_framing;
    for (std::size_t seen = 1; seen <= size; ++seen) {
        const auto step = again.read(pieces.get(), seen, other, other_framing);
        if (step.refused == 0 && step.length == 0) continue;
        check((step.refused != 0) == (outcome.refused != 0));
        check(step.refused != 0 ||
              (step.length == outcome.length && other.headers.size() == request.headers.size() && other.method == request.method));
        break;
    }
}

void read_chunks(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    ChunkReader one, many;
    std::string body, other;
    std::size_t taken = 0;
    const auto state = one.read(bytes, 100'000, body, taken);
    check(taken <= size && body.size() <= size && body.size() <= 100'000);
    auto last = ChunkReader::State::more;
    std::size_t at = 0;
    for (; at < size && last == ChunkReader::State::more; ++at) {
        std::size_t one_taken = 0;
        last = many.read(bytes.substr(at, 1), 100'000, other, one_taken);
        if (last == ChunkReader::State::more) check(one_taken == 1);
    }
    check(last == state && body == other);
    if (state == ChunkReader::State::done) check(at == taken);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read_head(data, size);
    read_chunks(data, size);
    return 0;
}
