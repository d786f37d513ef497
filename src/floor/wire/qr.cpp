#include "floor/wire/qr.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <qrcodegen/qrcodegen.hpp>
#include <span>
#include <vector>

#include "floor/base/bytes.hpp"
#include "floor/wire/page.hpp"

namespace barrow::wire {
namespace {

using qrcodegen::QrCode;
constexpr int quiet = 4;

QrCode encode(std::string_view text, const QrLook& look) {
    constexpr std::array levels{QrCode::Ecc::LOW, QrCode::Ecc::MEDIUM, QrCode::Ecc::QUARTILE, QrCode::Ecc::HIGH};
    constexpr std::size_t text_max = 1'000;
    const auto level =
        look.logo_colour.empty() && look.logo_pixels.empty() ? levels[static_cast<std::size_t>(look.level)] : QrCode::Ecc::HIGH;
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

void append(png_structp writer, png_bytep bytes, png_size_t size) {
    static_cast<std::string*>(png_get_io_ptr(writer))->append(reinterpret_cast<const char*>(bytes), size);
}

// A square PNG: of two bits a pixel with a palette, or of three bytes. `pixel` writes one.
template <class Pixel>
std::string png(int side, int type, std::span<const png_color> palette, Pixel pixel) {
    const bool painted = type == PNG_COLOR_TYPE_PALETTE;
    std::string out;
    auto* writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    check(writer != nullptr);
    auto* info = png_create_info_struct(writer);
    check(info != nullptr);
    const std::size_t each = painted ? 1 : 3;
    std::vector<png_byte> row(each * static_cast<std::size_t>(side));
    // libpng's errors end in abort() without a jump buffer: nothing that goes in here can be refused, and a string takes all that comes
    // out.
    png_set_write_fn(writer, &out, append, nullptr);
    png_set_IHDR(writer, info, static_cast<png_uint_32>(side), static_cast<png_uint_32>(side), painted ? 2 : 8, type, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (painted) png_set_PLTE(writer, info, palette.data(), static_cast<int>(palette.size()));
    png_write_info(writer, info);
    if (painted) png_set_packing(writer);
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) pixel(x, y, row.data() + each * static_cast<std::size_t>(x));
        png_write_row(writer, row.data());
    }
    png_write_end(writer, nullptr);
    png_destroy_write_struct(&writer, &info);
    return out;
}

std::string picture_svg(int modules, const std::string& pixels) {
    const auto bytes = png(QrLook::logo_side, PNG_COLOR_TYPE_RGB, {}, [&](int x, int y, png_byte* to) {
        for (int i = 0; i < 3; ++i) to[i] = static_cast<png_byte>(pixels[static_cast<std::size_t>(3 * (y * QrLook::logo_side + x) + i)]);
    });
    auto text = base64url(as_bytes(bytes));
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    const double side = modules, middle = quiet + side / 2;
    const auto at = [&](double part) { return number(middle - part * side / 2); };
    return "<path fill=\"#fff\" d=\"M" + at(plate) + " " + at(plate) + "h" + number(plate * side) + "v" + number(plate * side) + "h-" +
           number(plate * side) + "z\"/><image x=\"" + at(sign) + "\" y=\"" + at(sign) + "\" width=\"" + number(sign * side) +
           "\" height=\"" + number(sign * side) + "\" href=\"data:image/png;base64," + text + "\"/>";
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
           (!look.logo_pixels.empty()  ? picture_svg(code.getSize(), look.logo_pixels)
            : look.logo_colour.empty() ? ""
                                       : logo_svg(code.getSize(), escape_html(look.logo_colour))) +
           "</svg>";
}

Result<std::string> qr_png(std::string_view text, int side, const QrLook& look) {
    constexpr int side_max = 4'096;
    if (side < 1 || side > side_max) return fail(Fault::bad_input, "a picture of a QR code is 1 to 4,096 pixels wide");
    const auto code = encode(text, look);
    const int modules = code.getSize() + 2 * quiet;
    const int scale = (side + modules - 1) / modules, pixels = scale * modules;
    const double own = static_cast<double>(code.getSize()) * scale, middle = pixels / 2.0;
    const auto module_at = [&](int x, int y) { return code.getModule(x / scale - quiet, y / scale - quiet); };
    const auto from_middle = [&](int at) { return (at + 0.5 - middle) / own; };
    if (!look.logo_pixels.empty()) {
        return png(pixels, PNG_COLOR_TYPE_RGB, {}, [&](int x, int y, png_byte* to) {
            const auto across = from_middle(x), down = from_middle(y);
            const auto paint = std::abs(across) > plate / 2 || std::abs(down) > plate / 2 ? Paint::code
                               : std::abs(across) > sign / 2 || std::abs(down) > sign / 2 ? Paint::white
                                                                                          : Paint::colour;
            const auto in_logo = [](double at) {
                return std::min(QrLook::logo_side - 1, static_cast<int>((at / sign + 0.5) * QrLook::logo_side));
            };
            const auto* from = look.logo_pixels.data() + 3 * (in_logo(down) * QrLook::logo_side + in_logo(across));
            for (int i = 0; i < 3; ++i)
                to[i] = paint == Paint::colour ? static_cast<png_byte>(from[i]) : paint == Paint::code && module_at(x, y) ? 0 : 255;
        });
    }
    const auto ink = read_colour(look.logo_colour);
    const std::array<png_color, 3> palette{{{.red = 255, .green = 255, .blue = 255},
                                            {.red = 0, .green = 0, .blue = 0},
                                            {.red = ink.red, .green = ink.green, .blue = ink.blue}}};
    return png(pixels, PNG_COLOR_TYPE_PALETTE, palette, [&](int x, int y, png_byte* to) {
        const auto paint = look.logo_colour.empty() ? Paint::code : logo_at(from_middle(x), from_middle(y));
        *to = paint == Paint::white ? 0 : paint == Paint::colour ? 2 : module_at(x, y) ? 1 : 0;
    });
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
