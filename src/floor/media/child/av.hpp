// Inside barrow-media: libav's things with an owner, and a file in memory as libav reads and writes it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace barrow::media {

struct Free {
    void operator()(AVFrame* one) const { av_frame_free(&one); }
    void operator()(AVPacket* one) const { av_packet_free(&one); }
    void operator()(AVCodecContext* one) const { avcodec_free_context(&one); }
    void operator()(SwsContext* one) const { sws_freeContext(one); }
    void operator()(AVFormatContext* one) const {
        if (one->iformat != nullptr)
            avformat_close_input(&one);
        else
            avformat_free_context(one);
    }
    void operator()(AVIOContext* one) const {
        av_freep(&one->buffer);
        avio_context_free(&one);
    }
};
template <class Thing>
using Owned = std::unique_ptr<Thing, Free>;

inline Owned<AVFrame> new_frame() { return Owned<AVFrame>(av_frame_alloc()); }
inline Owned<AVPacket> new_packet() { return Owned<AVPacket>(av_packet_alloc()); }

// Reads `bytes`, which must outlive it.
class Source {
public:
    explicit Source(std::string_view bytes);
    AVIOContext* io() { return io_.get(); }

private:
    static int read(void* self, std::uint8_t* to, int size);
    static std::int64_t seek(void* self, std::int64_t offset, int whence);
    std::string_view bytes_;
    std::int64_t at_ = 0;
    Owned<AVIOContext> io_;
};

// Keeps what is written; never more than `most` bytes.
class Sink {
public:
    explicit Sink(std::size_t most);
    AVIOContext* io() { return io_.get(); }
    std::string bytes;

private:
    static int write(void* self, std::uint8_t* from, int size);
    static std::int64_t seek(void* self, std::int64_t offset, int whence);
    std::size_t most_;
    std::int64_t at_ = 0;
    Owned<AVIOContext> io_;
};

// A decoder of exactly this codec, on one thread, that refuses more than pixels_max. nullptr: it cannot be opened.
Owned<AVCodecContext> open_decoder(AVCodecID codec, const AVCodecParameters* parameters = nullptr);

}  // namespace barrow::media
