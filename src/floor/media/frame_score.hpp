// How good a still a frame of a video makes: a pure function over its brightness.
#pragma once

#include <cstdint>
#include <span>

namespace barrow::media {

// From 0 (black, white, one colour) upwards; of two frames of one video the better still has more. `luma` holds width × height values of
// 0 to 255, row by row; a picture about 160 wide says enough. The product of three: sharpness (the mean square of the Laplacian, taken as
// its root), contrast (the standard deviation), and exposure (how far the mean is from either end). A fade has little contrast, motion blur
// little sharpness, a black frame neither. Costs about 0.1 ms.
double frame_score(std::span<const std::uint8_t> luma, int width, int height);

}  // namespace barrow::media
