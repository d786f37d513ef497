// Files that are served as they are: what web/ holds (compiled in), and a folder of uploads.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/http/http.hpp"
#include "floor/http/router.hpp"
#include "floor/wire/assets.hpp"

namespace barrow::http {

// The form of a body that the request accepts: "br", "gzip" or "" for the plain one. q=0 refuses.
std::string_view accepted_encoding(const Request& request, bool has_brotli, bool has_gzip);
// True when If-None-Match names the tag, or is *.
bool has_etag(const Request& request, std::string_view etag);

// The assets under /assets/HASH/path. Under the right hash they may be kept for a year; under another one (a page of an older
// release asks) today's file is sent, to be asked for again next time. Answers 304 by ETag. Cost: two lookups, no copy.
class AssetShelf {
public:
    AssetShelf(std::span<const wire::Asset> assets, std::string hash);

    [[nodiscard]] Response answer(const Request& request, std::string_view hash, std::string_view path) const;
    // GET /assets/:hash/*path. The shelf must outlive the router.
    void add_to(Router& router) const;

private:
    struct Form {
        std::shared_ptr<const std::string> bytes;  // nullptr: there is no such form
        std::string etag;
    };
    struct Kept {
        std::string path, type;
        Form plain, gzip, brotli;
    };
    [[nodiscard]] const Kept* find(std::string_view path) const;

    std::vector<Kept> kept_;  // sorted by path
    std::string hash_;
};

// How long browsers and caches between may keep a file without asking: for_good where another content gets another name.
enum class Keep : std::uint8_t { an_hour, for_good };

// A folder whose files anyone may read. What they hold was uploaded by somebody, so a browser must neither guess its type
// nor run it: nosniff and a sandbox.
class PublicFolder {
public:
    static constexpr std::int64_t file_bytes_max = 64 * 1024 * 1024;  // in memory while it is sent; a part may be asked for

    static constexpr std::int64_t range_bytes_max = 4 * 1024 * 1024;

    static Result<std::unique_ptr<PublicFolder>> open(const std::string& path);
    ~PublicFolder();
    PublicFolder(const PublicFolder&) = delete;
    PublicFolder& operator=(const PublicFolder&) = delete;

    // 404 for whatever is not a plain file beneath the folder: no links, no "..", no names that begin with a dot. One range
    // of bytes is honoured, from its begin for at most range_bytes_max: players ask on from there (RFC 9110 section 15.3.7 lets a server
    // send less). Cost: the file is read on the calling thread.
    [[nodiscard]] Response answer(const Request& request, std::string_view path, Keep keep = Keep::an_hour) const;

private:
    explicit PublicFolder(int folder) : folder_(folder) {}
    int folder_;
};

}  // namespace barrow::http
