// Any bytes as a picture or a video, and as what the decoder program answers. What must hold, whatever comes: nothing crashes, what is made
// is what read_box takes and is no larger than a page needs, and every refusal is one line.
#include <algorithm>

#include "floor/media/child/av.hpp"
#include "floor/media/child/decode.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barrow;
    static const bool quiet = (av_log_set_level(AV_LOG_QUIET), true);
    check(quiet);
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    (void)media::read_box(file);
    const auto made = media::decode(file);
    if (!made) {
        const auto& text = made.error().text;
        check(!text.empty() && std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
        check(made.error().fault == Fault::bad_input || made.error().fault == Fault::too_large);
        return 0;
    }
    const auto written = media::write_box(made);
    const auto box = media::read_box(written);
    check(box.ok() && box->width <= media::widths[0] && box->height <= 4'096 && box->pieces.size() == made->pieces.size());
    return 0;
}
