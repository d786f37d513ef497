// Box: what the decoder program hands back through its output: the files it made, or why it made none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "floor/media/sniff.hpp"

namespace barrow::media {

inline constexpr std::size_t box_bytes_max = video_bytes_max + (8 << 20);  // the video again, and its pictures

// The middle of the picture as bare pixels, red, green and blue from the upper left: for what draws it into another (a QR code) and shall
// need no decoder for it. Behind this header, which makes it a PPM.
inline constexpr std::size_t stamp_side = 96;
inline constexpr std::string_view stamp_header = "P6\n96 96\n255\n";

template <class Bytes>
struct PieceOf {
    std::string ending;  // ".webp" is the largest picture; "-480.webp", "-160.webp", ".jpg", "-96.ppm"; ".mp4" or ".webm" the video
    Bytes bytes;
};
template <class Bytes>
struct BoxOf {
    bool video = false;
    std::int64_t width = 0, height = 0;  // of the largest picture
    std::int64_t duration_ms = 0;
    std::vector<PieceOf<Bytes>> pieces;
};
using Box = BoxOf<std::string>;           // as it is written
using OpenBox = BoxOf<std::string_view>;  // as it is read: its bytes stand in the text

std::string write_box(const Result<Box>& made);
// Takes nothing on trust, since what wrote it read foreign bytes: a piece has one of the endings above, once, and its bytes are what its
// ending says. Refuses (outside) what is not so; else what write_box was given.
Result<OpenBox> read_box(std::string_view text);

}  // namespace barrow::media
