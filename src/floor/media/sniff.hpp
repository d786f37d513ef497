// What a file is, by its first bytes and never by its name. No library: this runs before anything is decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "floor/base/result.hpp"

namespace barrow::media {

enum class Type : std::uint8_t { jpeg, png, webp, avif, gif, mp4, webm };  // mp4: QuickTime's .mov too

inline constexpr std::size_t picture_bytes_max = 25 << 20;  // what a camera of 50 megapixels writes
inline constexpr std::size_t video_bytes_max = 64 << 20;    // a minute at 8 Mbit/s; it is in memory while it comes and goes
inline constexpr std::int64_t pixels_max = 50'000'000;      // 200 MB as red, green, blue and alpha
inline constexpr std::int64_t side_max = 16'383;            // what WebP can write

constexpr bool is_video(Type type) { return type == Type::mp4 || type == Type::webm; }

// Refuses (bad_input) what is none of these, and says for what people try (SVG, HEIC, PDF, TIFF, a page) how to save it instead; and
// (too_large) more bytes than its kind may have, and pictures whose header claims more than side_max or pixels_max. AVIF and videos say
// their size behind tables that only the decoder reads; there the same limits are its own.
Result<Type> sniff(std::string_view bytes);

// By the first bytes alone; none for what is no picture or video that we know.
std::optional<Type> type_by_magic(std::string_view bytes);

}  // namespace barrow::media
