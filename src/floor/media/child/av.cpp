#include "floor/media/child/av.hpp"

#include <algorithm>
#include <cstring>

#include "floor/media/sniff.hpp"

namespace barrow::media {
namespace {

constexpr int buffer_size = 64 * 1024;

std::int64_t place(std::int64_t at, std::int64_t size, std::int64_t offset, int whence) {
    const auto from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? at : whence == SEEK_END ? size : -1;
    return from < 0 || from + offset < 0 ? AVERROR(EINVAL) : from + offset;
}

}  // namespace

Source::Source(std::string_view bytes)
    : bytes_(bytes),
      io_(avio_alloc_context(static_cast<unsigned char*>(av_malloc(buffer_size)), buffer_size, 0, this, &Source::read, nullptr,
                             &Source::seek)) {}

int Source::read(void* self, std::uint8_t* to, int size) {
    auto& source = *static_cast<Source*>(self);
    if (source.at_ >= static_cast<std::int64_t>(source.bytes_.size())) return AVERROR_EOF;
    const auto rest = source.bytes_.substr(static_cast<std::size_t>(source.at_), static_cast<std::size_t>(size));
    std::memcpy(to, rest.data(), rest.size());
    source.at_ += static_cast<std::int64_t>(rest.size());
    return static_cast<int>(rest.size());
}

std::int64_t Source::seek(void* self, std::int64_t offset, int whence) {
    auto& source = *static_cast<Source*>(self);
    const auto size = static_cast<std::int64_t>(source.bytes_.size());
    if (whence == AVSEEK_SIZE) return size;
    const auto to = place(source.at_, size, offset, whence & ~AVSEEK_FORCE);
    if (to >= 0) source.at_ = to;
    return to;
}

Sink::Sink(std::size_t most)
    : most_(most),
      io_(avio_alloc_context(static_cast<unsigned char*>(av_malloc(buffer_size)), buffer_size, 1, this, nullptr, &Sink::write,
                             &Sink::seek)) {}

int Sink::write(void* self, std::uint8_t* from, int size) {
    auto& sink = *static_cast<Sink*>(self);
    const auto at = static_cast<std::size_t>(sink.at_), end = at + static_cast<std::size_t>(size);
    if (end > sink.most_) return AVERROR(ENOSPC);
    if (end > sink.bytes.size()) sink.bytes.resize(end);
    std::memcpy(sink.bytes.data() + at, from, static_cast<std::size_t>(size));
    sink.at_ = static_cast<std::int64_t>(end);
    return size;
}

std::int64_t Sink::seek(void* self, std::int64_t offset, int whence) {
    auto& sink = *static_cast<Sink*>(self);
    const auto size = static_cast<std::int64_t>(sink.bytes.size());
    if (whence == AVSEEK_SIZE) return size;
    const auto to = place(sink.at_, size, offset, whence & ~AVSEEK_FORCE);
    if (to >= 0) sink.at_ = to;
    return to;
}

Owned<AVCodecContext> open_decoder(AVCodecID id, const AVCodecParameters* parameters) {
    // AV1 has several; dav1d is the one that needs no hardware and takes the least time.
    const auto* codec = id == AV_CODEC_ID_AV1 ? avcodec_find_decoder_by_name("libdav1d") : avcodec_find_decoder(id);
    if (codec == nullptr) return nullptr;
    Owned<AVCodecContext> context(avcodec_alloc_context3(codec));
    if (parameters != nullptr && avcodec_parameters_to_context(context.get(), parameters) < 0) return nullptr;
    context->thread_count = 1;
    context->max_pixels = pixels_max;
    context->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER;
    if (avcodec_open2(context.get(), codec, nullptr) < 0) return nullptr;
    return context;
}

}  // namespace barrow::media
