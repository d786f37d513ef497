// QR codes (ISO/IEC 18004) as SVG and as PNG, made by qrcodegen and libpng.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "floor/base/result.hpp"

namespace barrow::wire {

struct QrLook {
    // How much of the code may be dirty or covered: about 7, 15, 25 and 30 %.
    enum class Level : std::uint8_t { low, medium, quartile, high } level = Level::medium;
    std::string logo_colour;  // "#0b6b4b": a stall's awning in the middle, which takes level high; "" for none
    std::string logo_pixels;  // instead: a picture, logo_side × logo_side × 3 bytes of red, green and blue; "" for none
    static constexpr int logo_side = 96;
};
std::optional<QrLook::Level> qr_level_named(std::string_view letter);  // "L" "M" "Q" "H", in either case

// Four modules of quiet zone, black on white; `title` is read aloud. Text beyond 1,000 bytes is cut: no phone reads more from a screen.
std::string qr_svg(std::string_view text, std::string_view title, const QrLook& look = {});
// At least `side` pixels wide and high: a whole number of pixels a module. Refuses a side of more than 4,096 (bad_input).
Result<std::string> qr_png(std::string_view text, int side, const QrLook& look = {});

// For a terminal: two rows of modules a line, in block characters.
std::string qr_blocks(std::string_view text);

}  // namespace barrow::wire
