#include "floor/media/child/decode.hpp"

#include "floor/media/child/picture.hpp"
#include "floor/media/child/video.hpp"

namespace barrow::media {

Result<Box> decode(std::string_view bytes) {
    const auto type = TRY(sniff(bytes));
    if (is_video(type)) return decode_video(type, bytes);
    const auto frame = TRY(first_picture(type, bytes));
    Box box;
    TRY(put_pictures(*frame, orientation_of(*frame), box));
    return box;
}

}  // namespace barrow::media
