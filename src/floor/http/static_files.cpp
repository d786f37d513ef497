#include "floor/http/static_files.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "floor/base/bytes.hpp"
#include "floor/wire/words.hpp"

namespace barrow::http {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string_view take_item(std::string_view& list, char separator) {
    const auto end = std::min(list.find(separator), list.size());
    const auto item = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    return item;
}

std::string content_tag(std::string_view bytes) {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
    return hex(std::span(digest).first(8));
}

Response not_found() { return problem(fail(Fault::not_found, "There is no file at this address.")); }

std::string_view type_of(std::string_view path) {
    static constexpr std::pair<std::string_view, std::string_view> types[] = {
        {".avif", "image/avif"},
        {".css", "text/css; charset=utf-8"},
        {".csv", "text/csv; charset=utf-8"},
        {".gif", "image/gif"},
        {".jpeg", "image/jpeg"},
        {".jpg", "image/jpeg"},
        {".json", "application/json"},
        {".mp3", "audio/mpeg"},
        {".mp4", "video/mp4"},
        {".pdf", "application/pdf"},
        {".png", "image/png"},
        {".txt", "text/plain; charset=utf-8"},
        {".vtt", "text/vtt"},
        {".webm", "video/webm"},
        {".webp", "image/webp"},
        {".zip", "application/zip"},
    };
    const auto dot = path.rfind('.');
    const auto ending = dot == std::string_view::npos ? std::string_view() : path.substr(dot);
    for (const auto& [known, type] : types) {
        if (ending == known) return type;
    }
    return "application/octet-stream";
}

struct ByteRange {
    std::int64_t from = 0, count = 0;
};
enum class RangeAsked : std::uint8_t { no, yes, impossible };

// "bytes=0-99", "bytes=100-", "bytes=-50". Several ranges, or what we cannot read, give the whole file, as RFC 9110 allows.
RangeAsked read_range(std::string_view text, std::int64_t size, ByteRange& range) {
    if (!text.starts_with("bytes=")) return RangeAsked::no;
    text.remove_prefix(6);
    const auto dash = text.find('-');
    if (dash == std::string_view::npos || text.find(',') != std::string_view::npos) return RangeAsked::no;
    const auto number = [](std::string_view digits, std::int64_t& out) {
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
        return error == std::errc() && end == digits.data() + digits.size() && out >= 0;
    };
    const auto first = trimmed(text.substr(0, dash));
    const auto second = trimmed(text.substr(dash + 1));
    std::int64_t from = 0, to = size - 1;
    if (first.empty()) {
        std::int64_t last = 0;
        if (!number(second, last)) return RangeAsked::no;
        if (last == 0 || size == 0) return RangeAsked::impossible;
        from = std::max<std::int64_t>(0, size - last);
    } else {
        if (!number(first, from) || (!second.empty() && !number(second, to)) || (!second.empty() && to < from)) return RangeAsked::no;
        if (from >= size) return RangeAsked::impossible;
        to = std::min(to, size - 1);
    }
    range = {from, to - from + 1};
    return RangeAsked::yes;
}

}  // namespace

std::string_view accepted_encoding(const Request& request, bool has_brotli, bool has_gzip) {
    bool brotli = false, gzip = false;
    auto list = request.header("accept-encoding");
    while (!list.empty()) {
        auto item = take_item(list, ',');
        const auto coding = take_item(item, ';');
        bool refused = false;
        while (!item.empty()) {
            const auto parameter = take_item(item, ';');
            if (parameter.starts_with("q=") || parameter.starts_with("Q="))
                refused = parameter.find_first_of("123456789") == std::string_view::npos;
        }
        if (coding == "br") brotli = !refused;
        if (coding == "gzip" || coding == "x-gzip") gzip = !refused;
    }
    if (brotli && has_brotli) return "br";
    if (gzip && has_gzip) return "gzip";
    return "";
}

bool has_etag(const Request& request, std::string_view etag) {
    auto list = request.header("if-none-match");
    while (!list.empty()) {
        auto item = take_item(list, ',');
        if (item == "*") return true;
        if (item.starts_with("W/")) item.remove_prefix(2);
        if (item == etag) return true;
    }
    return false;
}

AssetShelf::AssetShelf(std::span<const wire::Asset> assets, std::string hash) : hash_(std::move(hash)) {
    for (const auto& asset : assets) {
        const auto tag = content_tag(asset.plain);
        const auto form = [&](std::string_view bytes, const char* suffix) {
            return bytes.empty() ? Form{} : Form{std::make_shared<const std::string>(bytes), "\"" + tag + suffix + "\""};
        };
        kept_.push_back(
            {std::string(asset.path), std::string(asset.type), form(asset.plain, ""), form(asset.gzip, "-gz"), form(asset.brotli, "-br")});
        if (!kept_.back().plain.bytes) kept_.back().plain = {std::make_shared<const std::string>(), "\"" + tag + "\""};
    }
    std::sort(kept_.begin(), kept_.end(), [](const Kept& a, const Kept& b) { return a.path < b.path; });
}

const AssetShelf::Kept* AssetShelf::find(std::string_view path) const {
    const auto found = std::ranges::lower_bound(kept_, path, {}, &Kept::path);
    return found == kept_.end() || found->path != path ? nullptr : &*found;
}

Response AssetShelf::answer(const Request& request, std::string_view hash, std::string_view path) const {
    const auto* found = find(path);
    // What says nothing is there once, for all languages.
    const auto folder = path.substr(0, path.find('/'));
    if (found == nullptr && std::ranges::find(wire::languages(), folder) != wire::languages().end())
        found = find(path.substr(std::min(folder.size() + 1, path.size())));
    if (found == nullptr) return not_found();
    const auto encoding = accepted_encoding(request, found->brotli.bytes != nullptr, found->gzip.bytes != nullptr);
    const auto& form = encoding == "br" ? found->brotli : encoding == "gzip" ? found->gzip : found->plain;
    Response response;
    response.with("etag", form.etag).with("cache-control", hash == hash_ ? "public, max-age=31536000, immutable" : "no-cache");
    response.with("x-content-type-options", "nosniff");
    // Anybody's: a page in a frame without rights is of no origin, and its modules are asked for as another site's.
    response.with("access-control-allow-origin", "*");
    if (found->gzip.bytes || found->brotli.bytes) response.with("vary", "accept-encoding");
    if (has_etag(request, form.etag)) {
        response.status = 304;
        return response;
    }
    response.with("content-type", found->type);
    if (!encoding.empty()) response.with("content-encoding", std::string(encoding));
    response.shared_body = form.bytes;
    return response;
}

void AssetShelf::add_to(Router& router) const {
    router.add({Method::get, "/assets/:hash/*path",
                [this](Request& request) { return answer(request, request.parameter("hash"), request.parameter("path")); }});
}

Result<std::unique_ptr<PublicFolder>> PublicFolder::open(const std::string& path) {
    const int folder = ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return fail(Fault::storage, "The folder " + path + " cannot be opened; create it or name another.");
    return std::unique_ptr<PublicFolder>(new PublicFolder(folder));
}

PublicFolder::~PublicFolder() { ::close(folder_); }

Response PublicFolder::answer(const Request& request, std::string_view path, Keep keep) const {
    if (path.empty() || path.size() > 512 || path.find('\0') != std::string_view::npos || path.find('\\') != std::string_view::npos)
        return not_found();
    for (auto rest = path; !rest.empty();) {
        const auto name = rest.substr(0, rest.find('/'));
        if (name.empty() || name.front() == '.') return not_found();
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    }
    // The kernel keeps the walk beneath the folder, whatever the names are and whoever changes them meanwhile.
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const int file = static_cast<int>(::syscall(SYS_openat2, folder_, std::string(path).c_str(), &how, sizeof how));
    if (file < 0) return not_found();
    struct stat about{};
    if (::fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        ::close(file);
        return not_found();
    }
    const auto size = static_cast<std::int64_t>(about.st_size);
    // What has its name for good is the same on every node and disk.
    const auto etag = keep == Keep::for_good
                          ? "\"" + content_tag(path) + "-" + std::to_string(size) + "\""
                          : "\"" + std::to_string(about.st_ino) + "-" + std::to_string(size) + "-" + std::to_string(about.st_mtim.tv_sec) +
                                "." + std::to_string(about.st_mtim.tv_nsec) + "\"";
    Response response;
    response.with("etag", etag)
        .with("cache-control", keep == Keep::for_good ? "public, max-age=31536000, immutable" : "public, max-age=3600")
        .with("accept-ranges", "bytes");
    response.with("x-content-type-options", "nosniff").with("content-security-policy", "default-src 'none'; sandbox");
    if (has_etag(request, etag)) {
        ::close(file);
        response.status = 304;
        return response;
    }
    ByteRange range{0, size};
    const auto condition = request.header("if-range");
    if (condition.empty() || condition == etag) {
        switch (read_range(request.header("range"), size, range)) {
            case RangeAsked::no:
                break;
            case RangeAsked::yes:
                range.count = std::min(range.count, range_bytes_max);
                response.status = 206;
                response.with("content-range", "bytes " + std::to_string(range.from) + "-" + std::to_string(range.from + range.count - 1) +
                                                   "/" + std::to_string(size));
                break;
            case RangeAsked::impossible:
                ::close(file);
                response.status = 416;
                response.with("content-range", "bytes */" + std::to_string(size));
                return response;
        }
    }
    if (range.count > file_bytes_max) {
        ::close(file);
        return problem(fail(Fault::too_large, "This file is sent in parts only: ask for a range of at most 64 MiB."));
    }
    response.body.resize(static_cast<std::size_t>(range.count));
    std::size_t read = 0;
    while (read < response.body.size()) {
        const auto count =
            ::pread(file, response.body.data() + read, response.body.size() - read, range.from + static_cast<std::int64_t>(read));
        if (count <= 0) break;
        read += static_cast<std::size_t>(count);
    }
    ::close(file);
    if (read < response.body.size()) return problem(fail(Fault::storage, "The file could not be read to its end; try again."));
    response.with("content-type", std::string(type_of(path)));
    return response;
}

}  // namespace barrow::http
