// Inside barrow-media: a video as browsers play it, and the frame that stands for it.
#pragma once

#include "floor/media/box.hpp"

namespace barrow::media {

inline constexpr int frames_tried = 16;  // spread over the middle nine tenths
inline constexpr std::int64_t pixels_each_max =
    75'000'000;  // decoded on the way to one of them: 36 frames of 1080 × 1920, half a second's work
inline constexpr std::int64_t video_side_max = 4'096;

// Refuses what decode() refuses.
Result<Box> decode_video(Type type, std::string_view bytes);

}  // namespace barrow::media
