#include "floor/media/box.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace barrow::media {
namespace {

constexpr std::size_t line_max = 400;

struct Ending {
    std::string_view text;
    std::optional<Type> type;  // none: the stamp
};
constexpr std::array<Ending, 7> endings{{{"-96.ppm", std::nullopt},
                                         {".webp", Type::webp},
                                         {"-480.webp", Type::webp},
                                         {"-160.webp", Type::webp},
                                         {".jpg", Type::jpeg},
                                         {".mp4", Type::mp4},
                                         {".webm", Type::webm}}};

Error broken() { return fail(Fault::outside, "the decoder gave no answer that makes sense; save the file again, in another format"); }

bool is_stamp(std::string_view bytes) {
    return bytes.starts_with(stamp_header) && bytes.size() == stamp_header.size() + 3 * stamp_side * stamp_side;
}

// The next line, without its end; what is longer than line_max is none.
std::optional<std::string_view> take_line(std::string_view& text) {
    const auto end = text.substr(0, line_max).find('\n');
    if (end == text.npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

std::string_view take_word(std::string_view& line) {
    const auto end = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

std::optional<std::int64_t> take_number(std::string_view& line, std::int64_t most) {
    const auto word = take_word(line);
    std::int64_t number = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
    if (word.empty() || read.ec != std::errc() || read.ptr != word.data() + word.size() || number < 0 || number > most) return std::nullopt;
    return number;
}

// "no bad_input the file breaks off": one of the two faults that the decoder may find.
Error refusal(std::string_view line) {
    const auto fault = take_word(line);
    const bool plain = std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
    if (!plain || line.empty()) return broken();
    if (fault == name(Fault::too_large)) return fail(Fault::too_large, std::string(line));
    return fault == name(Fault::bad_input) ? fail(Fault::bad_input, std::string(line)) : broken();
}

}  // namespace

std::string write_box(const Result<Box>& made) {
    if (!made) return "no " + std::string(name(made.error().fault)) + " " + made.error().text + "\n";
    std::string out = std::string(made->video ? "video " : "picture ") + std::to_string(made->width) + " " + std::to_string(made->height) +
                      " " + std::to_string(made->duration_ms) + "\n";
    for (const auto& piece : made->pieces) out += piece.ending + " " + std::to_string(piece.bytes.size()) + "\n" + piece.bytes;
    return out;
}

Result<OpenBox> read_box(std::string_view text) {
    auto line = take_line(text);
    if (!line) return broken();
    OpenBox box;
    const auto kind = take_word(*line);
    if (kind == "no") return refusal(*line);
    if (kind != "picture" && kind != "video") return broken();
    box.video = kind == "video";
    const auto width = take_number(*line, side_max), height = take_number(*line, side_max), duration = take_number(*line, 1'000'000'000);
    if (!width || !height || !duration || *width < 1 || *height < 1) return broken();
    box.width = *width;
    box.height = *height;
    box.duration_ms = *duration;
    while (!text.empty()) {
        line = take_line(text);
        if (!line) return broken();
        const auto ending = std::ranges::find(endings, take_word(*line), &Ending::text);
        const auto size = take_number(*line, static_cast<std::int64_t>(text.size()));
        if (ending == endings.end() || !size ||
            std::ranges::find(box.pieces, ending->text, &PieceOf<std::string_view>::ending) != box.pieces.end())
            return broken();
        const auto bytes = text.substr(0, static_cast<std::size_t>(*size));
        const bool right = ending->type ? type_by_magic(bytes) == ending->type && (box.video || !is_video(*ending->type)) : is_stamp(bytes);
        if (!right) return broken();
        box.pieces.push_back({std::string(ending->text), bytes});
        text.remove_prefix(bytes.size());
    }
    const auto there = [&](std::string_view ending) {
        return std::ranges::find(box.pieces, ending, &PieceOf<std::string_view>::ending) != box.pieces.end();
    };
    if (!there(".webp") || !there(".jpg") || (box.video && there(".mp4") == there(".webm"))) return broken();
    return box;
}

}  // namespace barrow::media
