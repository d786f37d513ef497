#include "floor/wire/qr.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <qrcodegen/qrcodegen.hpp>
#include <vector>

#include "floor/wire/page.hpp"

namespace barrow::wire {
namespace {

using qrcodegen::QrCode;
constexpr int quiet = 4;

QrCode encode(std::string_view text, const QrLook& look) {
    constexpr std::array levels{QrCode::Ecc::LOW, QrCode::Ecc::MEDIUM, QrCode::Ecc::QUARTILE, QrCode::Ecc::HIGH};
    constexpr std::size_t text_max = 1'000;
    const auto level = look.logo_colour.empty() ? levels[static_cast<std::size_t>(look.level)] : QrCode::Ecc::HIGH;
    return QrCode::encodeText(std::string(text.substr(0, text_max)).c_str(), level);
}

struct Colour {
    std::uint8_t red = 0, green = 0, blue = 0;
};
Colour read_colour(std::string_view hex) {
    Colour colour;
    const auto part = [&](std::size_t at, std::uint8_t& out) {
        if (hex.size() == 7) std::from_chars(hex.data() + at, hex.data() + at + 2, out, 16);
    };
    part(1, colour.red);
    part(3, colour.green);
    part(5, colour.blue);
    return colour;
}

// The logo, in fractions of the code's own side (without the quiet zone): a white plate of a fifth of it, which is 4 % of the area where
// level high mends 30, and on it the awning, two stripes of colour beside one of paper, over a board.
constexpr double plate = 0.22, sign = 0.17;
enum class Paint : std::uint8_t { code, white, colour };
Paint logo_at(double x, double y) {  // from the code's middle, -0.5 to 0.5
    if (std::abs(x) > plate / 2 || std::abs(y) > plate / 2) return Paint::code;
    if (std::abs(x) > sign / 2 || std::abs(y) > sign / 2) return Paint::white;
    const double across = x / sign + 0.5, down = y / sign + 0.5;
    if (down < 0.55) return across < 0.34 || across > 0.66 ? Paint::colour : Paint::white;
    if (down < 0.67) return Paint::white;
    return Paint::colour;
}

std::string number(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 3).ptr;
    return {text.data(), end};
}

std::string logo_svg(int modules, const std::string& colour) {
    const double side = modules, middle = quiet + side / 2;
    const auto box = [&](double left, double top, double wide, double high, const std::string& fill) {
        return "<path fill=\"" + fill + "\" d=\"M" + number(middle + left * side) + " " + number(middle + top * side) + "h" +
               number(wide * side) + "v" + number(high * side) + "h-" + number(wide * side) + "z\"/>";
    };
    const double left = -sign / 2, stripe = sign * 0.34;
    return box(-plate / 2, -plate / 2, plate, plate, "#fff") + box(left, left, stripe, sign * 0.55, colour) +
           box(left + sign - stripe, left, stripe, sign * 0.55, colour) + box(left, left + sign * 0.67, sign, sign * 0.33, colour);
}

void append(png_structp png, png_bytep bytes, png_size_t size) {
    static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace

std::optional<QrLook::Level> qr_level_named(std::string_view letter) {
    constexpr std::string_view letters = "LMQH", small = "lmqh";
    if (letter.size() != 1) return std::nullopt;
    auto at = letters.find(letter);
    if (at == letters.npos) at = small.find(letter);
    return at == letters.npos ? std::nullopt : std::optional(static_cast<QrLook::Level>(at));
}

std::string qr_svg(std::string_view text, std::string_view title, const QrLook& look) {
    const auto code = encode(text, look);
    const auto side = std::to_string(code.getSize() + 2 * quiet);
    std::string path;
    for (int y = 0; y < code.getSize(); ++y) {
        for (int x = 0; x < code.getSize(); ++x) {
            if (!code.getModule(x, y)) continue;
            int run = 1;
            while (code.getModule(x + run, y)) ++run;  // outside the code every module is light
            path += "M" + std::to_string(x + quiet) + " " + std::to_string(y + quiet) + "h" + std::to_string(run) + "v1h-" +
                    std::to_string(run) + "z";
            x += run;
        }
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
           "\" role=\"img\" shape-rendering=\"crispEdges\"><title>" + escape_html(title) + "</title><path fill=\"#fff\" d=\"M0 0h" + side +
           "v" + side + "H0z\"/><path fill=\"#000\" d=\"" + path + "\"/>" +
           (look.logo_colour.empty() ? "" : logo_svg(code.getSize(), escape_html(look.logo_colour))) + "</svg>";
}

Result<std::string> qr_png(std::string_view text, int side, const QrLook& look) {
    constexpr int side_max = 4'096;
    if (side < 1 || side > side_max) return fail(Fault::bad_input, "a picture of a QR code is 1 to 4,096 pixels wide");
    const auto code = encode(text, look);
    const int modules = code.getSize() + 2 * quiet;
    const int scale = (side + modules - 1) / modules, pixels = scale * modules;
    const auto ink = read_colour(look.logo_colour);
    std::array<png_color, 3> palette{{{.red = 255, .green = 255, .blue = 255},
                                      {.red = 0, .green = 0, .blue = 0},
                                      {.red = ink.red, .green = ink.green, .blue = ink.blue}}};

    std::string out;
    auto* png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    check(png != nullptr);
    auto* info = png_create_info_struct(png);
    check(info != nullptr);
    std::vector<png_byte> row(static_cast<std::size_t>(pixels));
    // libpng's errors end in abort() without a jump buffer: nothing that goes in here can be refused, and a string takes all that comes
    // out.
    png_set_write_fn(png, &out, append, nullptr);
    png_set_IHDR(png, info, static_cast<png_uint_32>(pixels), static_cast<png_uint_32>(pixels), 2, PNG_COLOR_TYPE_PALETTE,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    png_write_info(png, info);
    png_set_packing(png);
    const double own = static_cast<double>(code.getSize()) * scale, middle = pixels / 2.0;
    for (int y = 0; y < pixels; ++y) {
        for (int x = 0; x < pixels; ++x) {
            png_byte pixel = code.getModule(x / scale - quiet, y / scale - quiet) ? 1 : 0;
            if (!look.logo_colour.empty()) {
                const auto paint = logo_at((x + 0.5 - middle) / own, (y + 0.5 - middle) / own);
                if (paint != Paint::code) pixel = paint == Paint::white ? 0 : 2;
            }
            row[static_cast<std::size_t>(x)] = pixel;
        }
        png_write_row(png, row.data());
    }
    png_write_end(png, nullptr);
    png_destroy_write_struct(&png, &info);
    return out;
}

std::string qr_blocks(std::string_view text) {
    const auto code = encode(text, {.level = QrLook::Level::low, .logo_colour = {}});
    constexpr int margin = 2;
    std::string out;
    // Two rows of modules a line: a light module is drawn, so that it reads on a dark terminal; phones read either way.
    for (int y = -margin; y < code.getSize() + margin; y += 2) {
        for (int x = -margin; x < code.getSize() + margin; ++x) {
            const bool upper = !code.getModule(x, y), lower = !code.getModule(x, y + 1);
            out += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
        }
        out += '\n';
    }
    return out;
}

}  // namespace barrow::wire
