#include "floor/media/child/video.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "floor/media/child/picture.hpp"
#include "floor/media/frame_score.hpp"

namespace barrow::media {
namespace {

constexpr int score_width = 160;
constexpr std::int64_t duration_max_us = 30LL * 60 * 1'000'000;
constexpr std::int64_t missing_max_us = 300'000;  // what a file says and what its last packets say may differ by some frames

Error broken() { return fail(Fault::bad_input, "the video is broken or breaks off; export it again"); }
Error not_played(const std::string& what) {
    return fail(Fault::bad_input, what +
                                      " is not played by every browser; export the video as MP4 with H.264 and AAC"
                                      " (iPhone: Settings, Camera, Formats, Most Compatible)");
}

// The file as libav reads it. Other files that it names are not opened.
class Reading {
public:
    static Result<Reading> open(Type type, std::string_view bytes) {
        Reading reading;
        reading.source_ = std::make_unique<Source>(bytes);
        auto* raw = avformat_alloc_context();
        raw->pb = reading.source_->io();
        raw->flags |= AVFMT_FLAG_CUSTOM_IO;
        raw->io_open = [](AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); };
        raw->max_streams = 16;
        if (avformat_open_input(&raw, nullptr, av_find_input_format(type == Type::webm ? "matroska" : "mov"), nullptr) < 0) return broken();
        reading.file_.reset(raw);
        if (avformat_find_stream_info(raw, nullptr) < 0) return broken();
        return reading;
    }
    AVFormatContext& file() { return *file_; }

private:
    Reading() = default;
    std::unique_ptr<Source> source_;  // outlives the file
    Owned<AVFormatContext> file_;
};

struct Streams {
    AVStream* video = nullptr;
    AVStream* audio = nullptr;
};

Result<Streams> streams_of(AVFormatContext& file, Type type) {
    Streams streams;
    const auto best = [&](AVMediaType kind) -> AVStream* {
        const auto n = av_find_best_stream(&file, kind, -1, -1, nullptr, 0);
        return n < 0 ? nullptr : file.streams[n];
    };
    streams.video = best(AVMEDIA_TYPE_VIDEO);
    streams.audio = best(AVMEDIA_TYPE_AUDIO);
    if (streams.video == nullptr || (streams.video->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0)
        return fail(Fault::bad_input, "there is no picture in this video; a sound alone cannot be shown");
    const auto& video = *streams.video->codecpar;
    const auto called = [](AVCodecID id) { return std::string(avcodec_get_name(id)); };
    const auto one_of = [](AVCodecID id, std::initializer_list<AVCodecID> list) { return std::ranges::find(list, id) != list.end(); };
    const bool webm = type == Type::webm;
    if (webm ? !one_of(video.codec_id, {AV_CODEC_ID_VP8, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1})
             : !one_of(video.codec_id, {AV_CODEC_ID_H264, AV_CODEC_ID_AV1}))
        return not_played("its picture (" + called(video.codec_id) + ")");
    if (video.codec_id == AV_CODEC_ID_H264 && video.format != AV_PIX_FMT_YUV420P && video.format != AV_PIX_FMT_YUVJ420P)
        return not_played("H.264 with more than 8 bits or full colour");
    if (streams.audio != nullptr) {
        const auto sound = streams.audio->codecpar->codec_id;
        if (webm ? !one_of(sound, {AV_CODEC_ID_OPUS, AV_CODEC_ID_VORBIS}) : !one_of(sound, {AV_CODEC_ID_AAC, AV_CODEC_ID_MP3}))
            return not_played("its sound (" + called(sound) + ")");
    }
    if (video.width < 16 || video.height < 16) return broken();
    if (video.width > video_side_max || video.height > video_side_max)
        return fail(Fault::too_large,
                    "the video has " + std::to_string(video.width) + " × " + std::to_string(video.height) + " pixels; export it 1080 wide");
    if (file.duration <= 0) return broken();
    if (file.duration > duration_max_us)
        return fail(Fault::too_large, "the video is longer than 30 minutes; cut it, or put it elsewhere and link to it");
    return streams;
}

// As EXIF numbers it; what is no quarter turn stays as it is.
int orientation_of_stream(const AVStream& stream) {
    const auto* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
    if (matrix == nullptr) return 1;
    const auto angle = av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix));  // counter-clockwise
    if (std::isnan(angle)) return 1;
    switch ((static_cast<int>(std::lround(angle / 90)) % 4 + 4) % 4) {
        case 1:
            return 8;
        case 2:
            return 3;
        case 3:
            return 6;
        default:
            return 1;
    }
}

// ---- the video itself --------------------------------------------------------------------------------------------------------

// Adds a stream that is the same as `from` but for what was written beside it.
AVStream* add_copy(AVFormatContext& out, const AVStream& from) {
    auto* to = avformat_new_stream(&out, nullptr);
    if (to == nullptr || avcodec_parameters_copy(to->codecpar, from.codecpar) < 0) return nullptr;
    to->codecpar->codec_tag = 0;
    to->time_base = from.time_base;
    to->sample_aspect_ratio = from.sample_aspect_ratio;
    std::size_t size = 0;
    if (const auto* matrix = av_stream_get_side_data(&from, AV_PKT_DATA_DISPLAYMATRIX, &size)) {
        auto* copy = av_stream_new_side_data(to, AV_PKT_DATA_DISPLAYMATRIX, size);
        if (copy == nullptr) return nullptr;
        std::copy_n(matrix, size, copy);
    }
    return to;
}

Result<std::string> copied(Type type, std::string_view bytes) {
    auto reading = Reading::open(type, bytes);
    if (!reading) return reading.error();
    const auto streams = streams_of(reading->file(), type);
    if (!streams) return streams.error();
    Sink sink(box_bytes_max - (1 << 20));
    AVFormatContext* raw = nullptr;
    avformat_alloc_output_context2(&raw, nullptr, type == Type::webm ? "webm" : "mp4", nullptr);
    const Owned<AVFormatContext> out(raw);
    if (!out) return broken();
    out->pb = sink.io();
    out->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;  // no name of the program in it
    // Moving the index to the front reads back what was written: nothing else can be opened.
    struct Back {
        Sink* sink;
        std::vector<std::unique_ptr<Source>> sources;
    } back{&sink, {}};
    out->opaque = &back;
    out->io_open = [](AVFormatContext* context, AVIOContext** io, const char*, int flags, AVDictionary**) {
        auto& self = *static_cast<Back*>(context->opaque);
        if ((flags & AVIO_FLAG_WRITE) != 0) return AVERROR(EPERM);
        self.sources.push_back(std::make_unique<Source>(self.sink->bytes));
        *io = self.sources.back()->io();
        return 0;
    };
    out->io_close2 = [](AVFormatContext*, AVIOContext*) { return 0; };
    const auto* video = add_copy(*out, *streams->video);
    const auto* audio = streams->audio == nullptr ? nullptr : add_copy(*out, *streams->audio);
    AVDictionary* options = nullptr;
    if (type != Type::webm) av_dict_set(&options, "movflags", "faststart", 0);
    const auto begun =
        video == nullptr || (streams->audio != nullptr && audio == nullptr) ? -1 : avformat_write_header(out.get(), &options);
    av_dict_free(&options);
    if (begun < 0) return broken();
    const auto packet = new_packet();
    std::int64_t end_us = 0;
    while (av_read_frame(&reading->file(), packet.get()) >= 0) {
        const auto* from = packet->stream_index == streams->video->index                                ? streams->video
                           : streams->audio != nullptr && packet->stream_index == streams->audio->index ? streams->audio
                                                                                                        : nullptr;
        if (from == nullptr) {
            av_packet_unref(packet.get());
            continue;
        }
        if ((packet->flags & AV_PKT_FLAG_CORRUPT) != 0) return broken();
        const auto ends = (packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts) + packet->duration;
        const auto* to = from == streams->video ? video : audio;
        end_us = std::max(end_us, av_rescale_q(ends, from->time_base, {1, 1'000'000}));
        packet->stream_index = to->index;
        packet->pos = -1;
        av_packet_rescale_ts(packet.get(), from->time_base, to->time_base);
        if (av_interleaved_write_frame(out.get(), packet.get()) < 0) return broken();
    }
    if (av_write_trailer(out.get()) < 0) return broken();
    const auto begins = reading->file().start_time == AV_NOPTS_VALUE ? 0 : reading->file().start_time;
    if (end_us - begins + missing_max_us < reading->file().duration) return broken();  // half a file
    avio_flush(sink.io());
    return std::move(sink.bytes);
}

// ---- its own frame -----------------------------------------------------------------------------------------------------------

double score_of(const AVFrame& frame) {
    const int width = std::min(score_width, frame.width), height = std::max(1, frame.height * width / frame.width);
    const auto small = scaled(frame, width, height, AV_PIX_FMT_GRAY8);
    if (!small) return -1;
    std::vector<std::uint8_t> luma;
    for (int y = 0; y < height; ++y) {
        const auto* row = small->data[0] + std::ptrdiff_t{y} * small->linesize[0];
        luma.insert(luma.end(), row, row + width);
    }
    return frame_score(luma, width, height);
}

// Walks through a video, decoding as little as it can.
class Walk {
public:
    Walk(AVFormatContext& file, AVStream& stream, AVCodecContext& context) : file_(file), stream_(stream), context_(context) {
        for (unsigned n = 0; n < file.nb_streams; ++n) {
            if (file.streams[n] != &stream) file.streams[n]->discard = AVDISCARD_ALL;
        }
    }
    // The first frame that is not before `at`, which never goes back: from a key frame on the way there, where there is one, else from
    // where it stands. After pixels_each_max the one that it has come to; none at the end.
    Owned<AVFrame> to(std::int64_t at) {
        const auto* key = avformat_index_get_entry_from_timestamp(&stream_, at, AVSEEK_FLAG_BACKWARD);
        if (key != nullptr && key->timestamp > here_ && av_seek_frame(&file_, stream_.index, at, AVSEEK_FLAG_BACKWARD) >= 0)
            avcodec_flush_buffers(&context_);
        auto frame = new_frame(), last = new_frame();
        const auto pixels = std::int64_t{stream_.codecpar->width} * stream_.codecpar->height;
        for (std::int64_t n = 0; n < std::clamp<std::int64_t>(pixels_each_max / pixels, 4, 60);) {
            const auto came = avcodec_receive_frame(&context_, frame.get());
            if (came == AVERROR(EAGAIN) && feed()) continue;
            if (came < 0) break;
            ++n;
            here_ = frame->best_effort_timestamp;
            av_frame_unref(last.get());
            av_frame_move_ref(last.get(), frame.get());
            if (here_ >= at) break;
        }
        return last->width > 0 ? std::move(last) : nullptr;
    }

private:
    // The next packet, or the word that there is none; false when that was said before.
    bool feed() {
        const auto packet = new_packet();
        while (av_read_frame(&file_, packet.get()) >= 0) {
            if (packet->stream_index == stream_.index) {
                avcodec_send_packet(&context_, packet.get());  // a broken one gives no frame
                return true;
            }
            av_packet_unref(packet.get());
        }
        return avcodec_send_packet(&context_, nullptr) >= 0;
    }

    AVFormatContext& file_;
    AVStream& stream_;
    AVCodecContext& context_;
    std::int64_t here_ = std::numeric_limits<std::int64_t>::min();
};

Result<Owned<AVFrame>> best_frame(AVFormatContext& file, AVStream& stream) {
    const auto context = open_decoder(stream.codecpar->codec_id, stream.codecpar);
    if (!context) return broken();
    Walk walk(file, stream, *context);
    const auto begins = file.start_time == AV_NOPTS_VALUE ? 0 : file.start_time;
    Owned<AVFrame> best;
    double best_score = -1;
    for (int n = 0; n < frames_tried; ++n) {
        const auto at_us = begins + file.duration / 20 + file.duration * 9 / 10 * n / frames_tried;
        auto frame = walk.to(av_rescale_q(at_us, {1, 1'000'000}, stream.time_base));
        if (!frame) continue;
        const auto score = score_of(*frame);
        if (score > best_score) {
            best = std::move(frame);
            best_score = score;
        }
    }
    if (!best) return broken();
    return best;
}

}  // namespace

Result<Box> decode_video(Type type, std::string_view bytes) {
    auto video = copied(type, bytes);
    if (!video) return video.error();
    // The frame is of what visitors will get.
    auto reading = Reading::open(type, *video);
    if (!reading) return reading.error();
    const auto streams = streams_of(reading->file(), type);
    if (!streams) return streams.error();
    const auto frame = best_frame(reading->file(), *streams->video);
    if (!frame) return frame.error();
    Box box{.video = true, .duration_ms = reading->file().duration / 1'000, .pieces = {}};
    if (auto put = put_pictures(**frame, orientation_of_stream(*streams->video), box); !put) return put.error();
    box.pieces.push_back({type == Type::webm ? ".webm" : ".mp4", std::move(*video)});
    return box;
}

}  // namespace barrow::media
