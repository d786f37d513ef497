// Captions of a video: a WebVTT file, read cue by cue and written anew.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "floor/base/result.hpp"

namespace barrow::uploads {

inline constexpr std::size_t captions_bytes_max = 1 << 20;  // what is said in ten hours
inline constexpr std::string_view captions_ending = ".vtt";

struct Captions {
    std::string text;          // "WEBVTT" and the cues alone: notes, styles and regions stay behind
    std::int64_t cues = 0;     // one at least
    std::int64_t ends_ms = 0;  // of the last
};

// Whether a file begins as WebVTT does. One that does is never decoded as anything else.
bool is_captions(std::string_view bytes);

// Refuses (too_large) more than captions_bytes_max, and (bad_input, with the line) what is not UTF-8 text, a time that is none, a cue that
// ends before it begins or has no time, and a file without cues.
Result<Captions> read_captions(std::string_view bytes);

}  // namespace barrow::uploads
