#include "floor/media/sniff.hpp"

#include <algorithm>
#include <string>

namespace barrow::media {
namespace {

struct Size {
    std::int64_t width = 0, height = 0;
};

std::int64_t big(std::string_view bytes, std::size_t at, std::size_t count) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

std::int64_t little(std::string_view bytes, std::size_t at, std::size_t count) {
    std::int64_t value = 0;
    for (std::size_t i = count; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
    return value;
}

bool has(std::string_view bytes, std::size_t at, std::string_view mark) { return bytes.size() >= at && bytes.substr(at).starts_with(mark); }

// "ftyp" of ISO media: the brand, and those that it is said to go with.
bool has_brand(std::string_view bytes, std::string_view brand) {
    const auto end = std::min<std::size_t>({static_cast<std::size_t>(big(bytes, 0, 4)), bytes.size(), 256});
    for (std::size_t at = 8; at + 4 <= end; at += 4) {
        if (at != 12 && bytes.substr(at, 4) == brand) return true;
    }
    return false;
}
bool is_iso_media(std::string_view bytes) { return bytes.size() >= 16 && has(bytes, 4, "ftyp"); }

// Walks the markers to the frame's header.
std::optional<Size> jpeg_size(std::string_view bytes) {
    for (std::size_t at = 2; at + 9 <= bytes.size();) {
        if (static_cast<unsigned char>(bytes[at]) != 0xff) return std::nullopt;
        const auto marker = static_cast<unsigned char>(bytes[at + 1]);
        if (marker == 0xff) {
            ++at;
            continue;
        }
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
            return Size{big(bytes, at + 7, 2), big(bytes, at + 5, 2)};
        at += 2 + static_cast<std::size_t>(big(bytes, at + 2, 2));
    }
    return std::nullopt;
}

std::optional<Size> webp_size(std::string_view bytes) {
    if (bytes.size() < 30) return std::nullopt;
    if (has(bytes, 12, "VP8X")) return Size{little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1};
    if (has(bytes, 12, "VP8 ")) return Size{little(bytes, 26, 2) & 0x3fff, little(bytes, 28, 2) & 0x3fff};
    if (!has(bytes, 12, "VP8L")) return std::nullopt;
    const auto bits = little(bytes, 21, 4);
    return Size{(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
}

std::optional<Size> size_by_header(Type type, std::string_view bytes) {
    switch (type) {
        case Type::jpeg:
            return jpeg_size(bytes);
        case Type::png:
            return bytes.size() < 24 ? std::nullopt : std::optional(Size{big(bytes, 16, 4), big(bytes, 20, 4)});
        case Type::webp:
            return webp_size(bytes);
        case Type::gif:
            return bytes.size() < 10 ? std::nullopt : std::optional(Size{little(bytes, 6, 2), little(bytes, 8, 2)});
        default:
            return std::nullopt;
    }
}

Error refused(std::string_view bytes) {
    const auto begin = bytes.substr(0, 1'024);
    const auto first = begin.find_first_not_of("\xef\xbb\xbf \t\r\n");
    const auto text = first == begin.npos ? std::string_view() : begin.substr(first);
    const auto say = [](const char* words) { return fail(Fault::bad_input, words); };
    if (bytes.empty()) return say("the file is empty; choose another");
    if (text.find("<svg") != text.npos) return say("an SVG picture can hold scripts, so it is not taken; export it as PNG or WebP");
    if (text.starts_with('<')) return say("this is a page, no picture or video; save the picture itself");
    if (text.starts_with("%PDF")) return say("this is a PDF; export the page as PNG");
    if (is_iso_media(bytes) &&
        (has_brand(bytes, "heic") || has_brand(bytes, "heix") || has_brand(bytes, "mif1") || has_brand(bytes, "hevc")))
        return say("HEIC pictures cannot be shown by browsers; export it as JPEG (iPhone: Settings, Camera, Formats, Most Compatible)");
    if (has(bytes, 0, "II*") || has(bytes, 0, "MM\0*")) return say("this is TIFF or a camera's raw file; export it as JPEG");
    if (has(bytes, 0, "BM")) return say("this is a BMP picture; save it as PNG");
    if (has(bytes, 0, "RIFF") && has(bytes, 8, "AVI ")) return say("this is an AVI video; export it as MP4 with H.264 and AAC");
    if (text.find(" --> ") != text.npos) return say("these are captions, but no WebVTT; save them as .vtt, whose first line is WEBVTT");
    return say("this is no picture or video that we know; take JPEG, PNG, WebP, AVIF, GIF, MP4 or WebM, or WebVTT for captions");
}

}  // namespace

std::optional<Type> type_by_magic(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (has(bytes, 0, "\xff\xd8\xff")) return Type::jpeg;
    if (has(bytes, 0, "\x89PNG\r\n\x1a\n")) return Type::png;
    if (has(bytes, 0, "RIFF") && has(bytes, 8, "WEBP")) return Type::webp;
    if (has(bytes, 0, "GIF87a") || has(bytes, 0, "GIF89a")) return Type::gif;
    if (has(bytes, 0, "\x1a\x45\xdf\xa3"sv)) return Type::webm;
    if (!is_iso_media(bytes)) return std::nullopt;
    if (has_brand(bytes, "avif") || has_brand(bytes, "avis")) return Type::avif;
    for (const auto* brand :
         {"isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "M4VH", "M4VP", "MSNV", "dash", "qt  "}) {
        if (has_brand(bytes, brand)) return Type::mp4;
    }
    return std::nullopt;
}

Result<Type> sniff(std::string_view bytes) {
    const auto type = type_by_magic(bytes);
    if (!type) return refused(bytes);
    const auto most = is_video(*type) ? video_bytes_max : picture_bytes_max;
    if (bytes.size() > most)
        return fail(Fault::too_large, std::string(is_video(*type) ? "the video" : "the picture") + " is larger than " +
                                          std::to_string(most >> 20) + " MB; export it smaller" +
                                          (is_video(*type) ? ", 1080 pixels wide and at most a minute" : ""));
    const auto size = size_by_header(*type, bytes);
    if (!size) {
        if (is_video(*type) || *type == Type::avif) return *type;
        return fail(Fault::bad_input, "the file breaks off before it says how large its picture is; save it again");
    }
    if (size->width < 1 || size->height < 1) return fail(Fault::bad_input, "the picture has no width or no height; save it again");
    if (size->width > side_max || size->height > side_max || size->width * size->height > pixels_max)
        return fail(Fault::too_large, "the picture has " + std::to_string(size->width) + " × " + std::to_string(size->height) +
                                          " pixels; 50 million and 16,383 a side are the most");
    return *type;
}

}  // namespace barrow::media
