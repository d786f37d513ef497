// Inside barrow-media: foreign bytes become a Box. The only place that libav is called from.
#pragma once

#include <string_view>

#include "floor/media/box.hpp"

namespace barrow::media {

inline constexpr std::int64_t widths[] = {1'080, 480, 160};  // a phone's page, half of it, a list
inline constexpr std::size_t picture_goal = 60'000;          // bytes of a WebP: quality goes down for it, as far as it still looks good
inline constexpr std::size_t share_goal = 250'000;           // of the JPEG: some apps show no preview of a larger one

// Pictures: decoded, turned as EXIF says, written anew as WebP in each of `widths` that is not wider than the picture, and as one JPEG, for
// apps that know no WebP. What a camera wrote beside the picture (place, time, device) is in none of them. Moving pictures give their first
// frame. Videos: the streams are copied into a fresh MP4 (its index first, so that it plays while it loads) or WebM, likewise without
// what was written beside them, and the best of frames_tried frames becomes the pictures.
// Refuses (bad_input) what is broken or breaks off, and videos that browsers do not play, saying how to export them; (too_large) what has
// more pixels than sniff.hpp allows. Costs up to a few seconds and about 500 MB.
Result<Box> decode(std::string_view bytes);

}  // namespace barrow::media
