// Inside barrow-media: a decoded frame becomes the pictures that pages show.
#pragma once

#include <optional>

#include "floor/media/box.hpp"
#include "floor/media/child/av.hpp"

namespace barrow::media {

// The first picture of a file that holds one. Refuses what decode() refuses.
Result<Owned<AVFrame>> first_picture(Type type, std::string_view bytes);

// EXIF's numbers: 1 as it is, 3 upside down, 6 a quarter turn to the right, 8 to the left; the even ones are mirrored.
int orientation_of(const AVFrame& frame);

// `frame` turned as `orientation` says, in all widths and as JPEG; sets the box's size.
Status put_pictures(const AVFrame& frame, int orientation, Box& box);

// Scaled to `width` × `height` in `format`, with the frame's own colours. nullptr: it cannot be.
Owned<AVFrame> scaled(const AVFrame& frame, int width, int height, AVPixelFormat format);

}  // namespace barrow::media
