// Upload: a picture, a video or a video's captions, of the shop. The row is here; its files are in the media folder, as floor/media made
// them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/media/workshop.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/uploads/captions.hpp"

namespace barrow::uploads {

// Of a shop to whom the operator said nothing else (access/quotas.hpp).
inline constexpr std::int64_t shop_bytes_max = 2LL << 30;  // of all its files: some thousand pictures, or thirty clips
inline constexpr std::int64_t shop_count_max = 5'000;
inline constexpr std::size_t name_max = 120, alt_max = 300;
inline constexpr std::int64_t listed_max = 100;

struct Upload {
    std::string id;
    std::string ending;  // of the file itself: ".webp", ".mp4", ".webm", or ".vtt": captions, without a size
    std::string name;    // as its owner called the file
    std::string alt;     // what it shows, for who cannot see it; "" while nobody said
    std::int64_t width = 0, height = 0, duration_ms = 0, bytes = 0;
    Instant created;
    std::string digest;  // of the picture: "sha256-…", or ""

    [[nodiscard]] bool is_captions() const { return ending == captions_ending; }
    [[nodiscard]] bool is_video() const { return ending != ".webp" && !is_captions(); }
    [[nodiscard]] std::string stem() const { return is_captions() ? id : id + "-" + std::to_string(width) + "x" + std::to_string(height); }
    [[nodiscard]] std::string path() const { return "/media/" + stem() + ending; }  // what a block, a link or the logo keeps
};

struct Room {
    std::int64_t count_max = 0, bytes_max = 0;
};
Result<Room> room_of(store::Tx& tx, const Id<access::Shop>& shop);
// Refuses (too_large) what is full already: asked before a file is decoded.
Status has_room(store::Tx& tx, const Id<access::Shop>& shop);
// Refuses (too_large) more files or bytes than a shop may have, with the sum in words. The texts are cut to their limits, since whoever
// sends a file did not choose its name for us.
Status add(store::Tx& tx, const Id<access::Shop>& shop, Upload upload);

struct Totals {
    std::int64_t count = 0, bytes = 0;
};
std::string room_words(std::int64_t bytes);  // "2 GB", "500 MB"
Result<Totals> totals(store::Tx& tx, const Id<access::Shop>& shop);
// Newest first, those before `before` ("" for all), at most `limit`.
Result<std::vector<Upload>> list(store::Tx& tx, const Id<access::Shop>& shop, std::string_view before = {},
                                 std::int64_t limit = listed_max);
// Refuses not_found.
Result<Upload> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);
// "sha256-…" of the picture at a path that Upload::path() or Shown::picture() makes; "" for any other path, and where none is known.
Result<std::string> picture_digest(store::Tx& tx, const Id<access::Shop>& shop, std::string_view path);
Status set_alt(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, std::string_view alt);
// The row; whoever calls it removes the files after the commit. Refuses not_found.
Result<Upload> remove(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);

// ---- the folder, compared with the rows ----------------------------------------------------------------------------------
inline constexpr Duration orphan_age = days(1);  // younger ones may be on their way to a row
inline constexpr std::size_t orphans_max = 1'000;

// Files in the shop's folder that are named as uploads are, that no row names and that are older than orphan_age by their date: what a
// crash between the files and the row leaves. Whole paths, at most orphans_max. Reads the folder and every row: once a day is enough.
Result<std::vector<std::string>> orphans(store::Tx& tx, const Id<access::Shop>& shop, const std::string& media_folder, Instant now);
void remove_files(const std::vector<std::string>& paths);  // those that are gone already are no trouble
// Rows without their file: a folder that was not restored with its database. At most listed_max, newest first.
Result<std::vector<Upload>> without_file(store::Tx& tx, const Id<access::Shop>& shop, const std::string& media_folder);

// What a path of an upload says by itself, so that a page needs no query to show it.
struct Shown {
    std::string id, stem, ending;
    std::int64_t width = 0, height = 0;

    // "/media/STEM.webp": the picture, or the video's own frame; share is the JPEG of it.
    [[nodiscard]] std::string picture() const { return "/media/" + stem + ".webp"; }
    [[nodiscard]] std::string share() const { return "/media/" + stem + ".jpg"; }
    [[nodiscard]] std::string at_least(std::int64_t wide) const;  // the smallest that is so wide, else the largest
    // "BASE/media/STEM-480.webp 480w, …": for a browser to choose from; "" where there is one only.
    [[nodiscard]] std::string srcset(std::string_view base) const;
    [[nodiscard]] bool is_video() const { return ending != ".webp"; }
};
// None: the path is not one that Upload::path() makes of a picture or a video. Whether the shop has it is not asked.
std::optional<Shown> shown(std::string_view path);

}  // namespace barrow::uploads
