// A draft as a device would send it, two of them from one input: what is read is written back as it was read, and the two meet alike from
// either side.
#include <algorithm>
#include <cstdlib>

#include "rooms/drafts/merge.hpp"

using namespace barrow;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto middle = std::min(text.find('\n'), text.size());
    const auto read = [](std::string_view half) -> Result<drafts::Document> { return drafts::read(TRY(wire::read_json(half))); };
    auto one = read(text.substr(0, middle)), other = read(text.substr(std::min(middle + 1, text.size())));
    if (!one) return 0;
    const auto written = drafts::canonical(*one);
    const auto again = read(written);
    if (!again || *again != *one || drafts::canonical(*again) != written) std::abort();
    (void)drafts::examine(*one, Instant{1'795'000'000'000'000});
    (void)drafts::conflicts(*one);
    if (drafts::merge(*one, *one) != *one) std::abort();
    if (!other) return 0;
    other->id = one->id;
    const auto both = drafts::merge(*one, *other);
    if (both != drafts::merge(*other, *one) || both != drafts::merge(both, *one) || both != drafts::merge(*other, both)) std::abort();
    if (!read(drafts::canonical(both))) std::abort();
    return 0;
}
