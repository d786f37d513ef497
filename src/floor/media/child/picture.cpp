#include "floor/media/child/picture.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "floor/media/child/decode.hpp"

namespace barrow::media {
namespace {

constexpr std::int64_t height_max = 4'096;  // a strip of a picture is made narrower, so that no page is endless

Error broken() { return fail(Fault::bad_input, "the picture is broken or breaks off; save it again, or take another"); }
Error no_memory() { return fail(Fault::too_large, "the picture takes too much memory; export it smaller"); }

// Decoders that mend what is missing give a grey half; who sent half a file wants to know.
bool breaks_off(Type type, std::string_view bytes) {
    using namespace std::string_view_literals;
    if (type == Type::png) return bytes.rfind("IEND\xae\x42\x60\x82"sv) == bytes.npos;
    if (type == Type::gif) return bytes.rfind(';') == bytes.npos;
    if (type != Type::jpeg) return false;
    const auto end = bytes.rfind("\xff\xd9"sv), scan = bytes.rfind("\xff\xda"sv);
    return end == bytes.npos || scan == bytes.npos || end < scan;
}

AVCodecID codec_of(Type type) {
    switch (type) {
        case Type::jpeg:
            return AV_CODEC_ID_MJPEG;
        case Type::png:
            return AV_CODEC_ID_PNG;
        case Type::webp:
            return AV_CODEC_ID_WEBP;
        case Type::gif:
            return AV_CODEC_ID_GIF;
        default:
            return AV_CODEC_ID_NONE;
    }
}

Result<Owned<AVFrame>> decoded(AVCodecContext& context, const AVPacket& packet) {
    auto frame = new_frame();
    if (avcodec_send_packet(&context, &packet) < 0) return broken();
    avcodec_send_packet(&context, nullptr);
    if (avcodec_receive_frame(&context, frame.get()) < 0 || frame->width < 1 || frame->height < 1) return broken();
    if ((frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0) return broken();
    return frame;
}

Result<Owned<AVFrame>> first_of_avif(std::string_view bytes) {
    Source source(bytes);
    auto* raw = avformat_alloc_context();
    raw->pb = source.io();
    raw->flags |= AVFMT_FLAG_CUSTOM_IO;
    if (avformat_open_input(&raw, nullptr, av_find_input_format("mov"), nullptr) < 0) return broken();
    const Owned<AVFormatContext> file(raw);
    if (file->nb_streams < 1) return broken();
    const auto& parameters = *file->streams[0]->codecpar;
    if (parameters.codec_id != AV_CODEC_ID_AV1) return broken();
    if (std::int64_t{parameters.width} * parameters.height > pixels_max)
        return fail(Fault::too_large, "the picture has more than 50 million pixels; export it smaller");
    const auto context = open_decoder(AV_CODEC_ID_AV1, &parameters);
    const auto packet = new_packet();
    while (context && av_read_frame(file.get(), packet.get()) >= 0) {
        if (packet->stream_index == 0 && (packet->flags & AV_PKT_FLAG_CORRUPT) == 0) return decoded(*context, *packet);
        av_packet_unref(packet.get());
    }
    return broken();
}

Owned<AVFrame> blank(int width, int height, AVPixelFormat format) {
    auto frame = new_frame();
    frame->width = width;
    frame->height = height;
    frame->format = format;
    if (av_frame_get_buffer(frame.get(), 0) < 0) return nullptr;
    return frame;
}

bool turns_side(int orientation) { return orientation >= 5; }

// Packed four bytes a pixel; `from` turned as EXIF says.
Owned<AVFrame> turned(const AVFrame& from, int orientation) {
    const int wide = turns_side(orientation) ? from.height : from.width, high = turns_side(orientation) ? from.width : from.height;
    auto to = blank(wide, high, AV_PIX_FMT_RGB32);
    if (!to) return nullptr;
    const int right = from.width - 1, bottom = from.height - 1;
    for (int y = 0; y < high; ++y) {
        for (int x = 0; x < wide; ++x) {
            int at_x = x, at_y = y;
            switch (orientation) {
                case 2:
                    at_x = right - x;
                    break;
                case 3:
                    at_x = right - x, at_y = bottom - y;
                    break;
                case 4:
                    at_y = bottom - y;
                    break;
                case 5:
                    at_x = y, at_y = x;
                    break;
                case 6:
                    at_x = y, at_y = bottom - x;
                    break;
                case 7:
                    at_x = right - y, at_y = bottom - x;
                    break;
                case 8:
                    at_x = right - y, at_y = x;
                    break;
                default:
                    break;
            }
            std::memcpy(to->data[0] + std::ptrdiff_t{y} * to->linesize[0] + std::ptrdiff_t{4} * x,
                        from.data[0] + std::ptrdiff_t{at_y} * from.linesize[0] + std::ptrdiff_t{4} * at_x, 4);
        }
    }
    return to;
}

// RGB32 is one number a pixel, alpha at its top.
template <class Work>
void each_pixel(AVFrame& frame, Work work) {
    for (int y = 0; y < frame.height; ++y) {
        for (int x = 0; x < frame.width; ++x) {
            std::uint32_t pixel = 0;
            auto* at = frame.data[0] + std::ptrdiff_t{y} * frame.linesize[0] + std::ptrdiff_t{4} * x;
            std::memcpy(&pixel, at, 4);
            pixel = work(pixel);
            std::memcpy(at, &pixel, 4);
        }
    }
}

bool is_opaque(AVFrame& frame) {
    bool opaque = true;
    each_pixel(frame, [&](std::uint32_t pixel) {
        opaque = opaque && pixel >> 24 == 255;
        return pixel;
    });
    return opaque;
}

// What is seen through becomes white paper.
void put_on_white(AVFrame& frame) {
    each_pixel(frame, [](std::uint32_t pixel) {
        const auto alpha = pixel >> 24;
        const auto over = [&](unsigned shift) { return (((pixel >> shift & 255) * alpha + 255 * (255 - alpha)) / 255) << shift; };
        return 0xff000000U | over(16) | over(8) | over(0);
    });
}

// One picture as `encoder` writes it. "" when it cannot.
std::string encoded(const AVFrame& frame, const char* encoder, int quality) {
    const auto* codec = avcodec_find_encoder_by_name(encoder);
    if (codec == nullptr) return "";
    const Owned<AVCodecContext> context(avcodec_alloc_context3(codec));
    context->width = frame.width;
    context->height = frame.height;
    context->pix_fmt = static_cast<AVPixelFormat>(frame.format);
    context->time_base = {1, 25};
    context->thread_count = 1;
    context->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
    context->global_quality = quality * FF_QP2LAMBDA;
    if (codec->id == AV_CODEC_ID_MJPEG) context->color_range = AVCOL_RANGE_JPEG;
    const auto packet = new_packet();
    if (avcodec_open2(context.get(), codec, nullptr) < 0 || avcodec_send_frame(context.get(), &frame) < 0) return "";
    avcodec_send_frame(context.get(), nullptr);
    if (avcodec_receive_packet(context.get(), packet.get()) < 0) return "";
    return {reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)};
}

// The square in its middle, small, as a PPM. "" when it cannot be.
std::string stamp(const AVFrame& frame) {
    constexpr int side = static_cast<int>(stamp_side);
    const int wide = std::max(side, frame.width * side / std::max(1, frame.height)),
              high = std::max(side, frame.height * side / frame.width);
    const auto small = scaled(frame, wide, high, AV_PIX_FMT_RGB24);
    if (!small) return "";
    std::string out(stamp_header);
    for (int y = (high - side) / 2; y < (high - side) / 2 + side; ++y) {
        const auto* from = small->data[0] + std::ptrdiff_t{y} * small->linesize[0] + std::ptrdiff_t{3} * ((wide - side) / 2);
        out.append(reinterpret_cast<const char*>(from), 3 * stamp_side);
    }
    return out;
}

// The first of `qualities` whose file is within `goal`, else the last.
template <std::size_t count>
std::string within(std::size_t goal, const AVFrame& frame, const char* encoder, const std::array<int, count>& qualities) {
    std::string bytes;
    for (const int quality : qualities) {
        bytes = encoded(frame, encoder, quality);
        if (bytes.size() <= goal) break;
    }
    return bytes;
}
constexpr std::array webp_qualities{82, 74, 66, 58, 50};
constexpr std::array jpeg_qualities{4, 6, 9, 13};  // the quantiser's scale: more is less

}  // namespace

Owned<AVFrame> scaled(const AVFrame& frame, int width, int height, AVPixelFormat format) {
    const auto from = static_cast<AVPixelFormat>(frame.format);
    const Owned<SwsContext> scaler(sws_getContext(frame.width, frame.height, from, width, height, format,
                                                  SWS_AREA | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP, nullptr, nullptr,
                                                  nullptr));
    auto to = blank(width, height, format);
    if (!scaler || !to) return nullptr;
    int *table = nullptr, *table_to = nullptr;
    int full = 0, full_to = 0, brightness = 0, contrast = 0, saturation = 0;
    if (sws_getColorspaceDetails(scaler.get(), &table, &full, &table_to, &full_to, &brightness, &contrast, &saturation) >= 0) {
        const auto* own = frame.colorspace == AVCOL_SPC_UNSPECIFIED ? table : sws_getCoefficients(frame.colorspace);
        sws_setColorspaceDetails(scaler.get(), own, full != 0 || frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0, table_to, full_to,
                                 brightness, contrast, saturation);
    }
    if (sws_scale(scaler.get(), frame.data, frame.linesize, 0, frame.height, to->data, to->linesize) != height) return nullptr;
    return to;
}

Result<Owned<AVFrame>> first_picture(Type type, std::string_view bytes) {
    if (type == Type::avif) return first_of_avif(bytes);
    if (breaks_off(type, bytes)) return broken();
    // libav reads a little beyond the end, and wants zeros there.
    const auto packet = new_packet();
    if (av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0) return no_memory();
    std::memcpy(packet->data, bytes.data(), bytes.size());
    const auto context = open_decoder(codec_of(type));
    if (!context) return fail(Fault::bad_input, "pictures of this kind cannot be read here; take JPEG or PNG");
    auto frame = decoded(*context, *packet);
    if (!frame && type == Type::webp && bytes.substr(0, 64).find("ANIM") != bytes.npos)
        return fail(Fault::bad_input, "moving WebP pictures cannot be read; save one frame, or export it as MP4");
    return frame;
}

int orientation_of(const AVFrame& frame) {
    const auto* said = av_dict_get(frame.metadata, "Orientation", nullptr, 0);
    if (said == nullptr) return 1;
    const auto number = std::atoi(said->value);
    return number >= 1 && number <= 8 ? number : 1;
}

Status put_pictures(const AVFrame& frame, int orientation, Box& box) {
    const std::int64_t wide = turns_side(orientation) ? frame.height : frame.width,
                       high = turns_side(orientation) ? frame.width : frame.height;
    const auto height_at = [&](std::int64_t width) { return std::max<std::int64_t>(1, (high * width + wide / 2) / wide); };
    auto width = std::min(wide, widths[0]);
    if (height_at(width) > height_max) width = std::max<std::int64_t>(1, wide * height_max / high);
    const auto height = std::min(height_at(width), height_max);
    const bool side = turns_side(orientation);
    const auto flat = scaled(frame, static_cast<int>(side ? height : width), static_cast<int>(side ? width : height), AV_PIX_FMT_RGB32);
    const auto whole = flat ? turned(*flat, orientation) : nullptr;
    if (!whole) return no_memory();
    const bool opaque = is_opaque(*whole);
    box.width = width;
    box.height = height;
    for (const auto each : widths) {
        if (each >= width && each != widths[0]) continue;
        const auto wide_now = std::min(each, width);
        const auto high_now = wide_now == width ? height : std::max<std::int64_t>(1, (height * wide_now + width / 2) / width);
        const auto picture =
            scaled(*whole, static_cast<int>(wide_now), static_cast<int>(high_now), opaque ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUVA420P);
        auto bytes = picture ? within(picture_goal, *picture, "libwebp", webp_qualities) : std::string();
        if (bytes.empty()) return no_memory();
        const auto ending = each == widths[0] ? std::string(".webp") : "-" + std::to_string(each) + ".webp";
        box.pieces.push_back({ending, std::move(bytes)});
    }
    if (!opaque) put_on_white(*whole);
    const auto shared = scaled(*whole, whole->width, whole->height, AV_PIX_FMT_YUVJ420P);
    auto bytes = shared ? within(share_goal, *shared, "mjpeg", jpeg_qualities) : std::string();
    if (bytes.empty()) return no_memory();
    box.pieces.push_back({".jpg", std::move(bytes)});
    auto pixels = stamp(*whole);
    if (pixels.empty()) return no_memory();
    box.pieces.push_back({"-96.ppm", std::move(pixels)});
    return {};
}

}  // namespace barrow::media
