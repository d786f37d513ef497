#include "rooms/uploads/upload.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <functional>
#include <unordered_set>

#include "floor/base/id.hpp"
#include "floor/base/money.hpp"
#include "floor/wire/form.hpp"
#include "rooms/access/quotas.hpp"
#include "rooms/uploads/uploads.sql.hpp"

namespace barrow::uploads {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t id_length = 26;                     // as new_id_text makes them
constexpr std::int64_t bytes_ever = amount_minor_max;     // what a count can hold
constexpr std::array<std::int64_t, 2> smaller{160, 480};  // as floor/media makes them

std::string cut(std::string text, std::size_t most) {
    if (!wire::is_text(text)) return "";
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    std::size_t count = 0, end = 0;
    while (end < text.size() && count < most) {
        ++count, ++end;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    }
    text.resize(end);
    return text;
}

Upload upload_of(const store::Row& row) {
    return {.id = row.text("id"),
            .ending = row.text("ending"),
            .name = row.text("name"),
            .alt = row.text("alt"),
            .width = row.integer("width"),
            .height = row.integer("height"),
            .duration_ms = row.integer("duration_ms"),
            .bytes = row.integer("bytes"),
            .created = row.instant("created_us"),
            .digest = row.text("digest")};
}

Error unknown() { return fail(Fault::not_found, "there is no such file any more; reload the page"); }

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '0' || read.ec != std::errc() || read.ptr != text.data() + text.size() || value < 1 ||
        value > media::side_max)
        return std::nullopt;
    return value;
}

}  // namespace

// "2 GB", "500 MB".
std::string room_words(std::int64_t bytes) {
    return bytes % (1 << 30) == 0 ? std::to_string(bytes >> 30) + " GB" : std::to_string(bytes >> 20) + " MB";
}

namespace {
Status fits(const Room& room, const Totals& have, std::int64_t bytes) {
    constexpr auto mend = "; remove some that no page shows, or ask who runs this installation for more room";
    if (have.count >= room.count_max)
        return fail(Fault::too_large,
                    "this shop keeps at most " + std::to_string(room.count_max) + " pictures and videos, and has them" + mend);
    if (have.bytes + bytes > room.bytes_max)
        return fail(Fault::too_large, "the pictures and videos of this shop may have " + room_words(room.bytes_max) + " together, and " +
                                          std::to_string(have.bytes >> 20) + " MB are there already" + mend);
    return {};
}
}  // namespace

Result<Room> room_of(store::Tx& tx, const Id<access::Shop>& shop) {
    Room room{.count_max = shop_count_max, .bytes_max = shop_bytes_max};
    if (const auto files = TRY(access::quota_of(tx, shop, "files"))) room.count_max = *files;
    if (const auto megabytes = TRY(access::quota_of(tx, shop, "megabytes"))) room.bytes_max = std::min(*megabytes, bytes_ever >> 20) << 20;
    return room;
}

Status has_room(store::Tx& tx, const Id<access::Shop>& shop) { return fits(TRY(room_of(tx, shop)), TRY(totals(tx, shop)), 1); }

Status add(store::Tx& tx, const Id<access::Shop>& shop, Upload upload) {
    TRY(fits(TRY(room_of(tx, shop)), TRY(totals(tx, shop)), upload.bytes));
    TRY(tx.run(sql::add, {shop, upload.id, upload.ending, cut(std::move(upload.name), name_max), cut(std::move(upload.alt), alt_max),
                          upload.width, upload.height, upload.duration_ms, upload.bytes, upload.created, upload.digest}));
    return {};
}

Result<Totals> totals(store::Tx& tx, const Id<access::Shop>& shop) {
    const auto rows = TRY(tx.run(sql::totals, {shop}));
    return Totals{.count = rows[0].integer("count"), .bytes = rows[0].integer("bytes")};
}

Result<std::vector<Upload>> list(store::Tx& tx, const Id<access::Shop>& shop, std::string_view before, std::int64_t limit) {
    std::vector<Upload> uploads;
    for (const auto row : TRY(tx.run(sql::list, {shop, before.empty() ? std::string_view("~") : before, limit})))
        uploads.push_back(upload_of(row));
    return uploads;
}

Result<Upload> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    const auto rows = TRY(tx.run(sql::find, {shop, id}));
    if (rows.empty()) return unknown();
    return upload_of(rows[0]);
}

Result<std::string> picture_digest(store::Tx& tx, const Id<access::Shop>& shop, std::string_view path) {
    const auto one = shown(path);
    if (!one || path != one->picture()) return std::string();
    const auto rows = TRY(tx.run(sql::find, {shop, one->id}));
    return rows.empty() ? std::string() : upload_of(rows[0]).digest;
}

Status set_alt(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, std::string_view alt) {
    TRY(wire::fits("the words", alt, alt_max));
    if (TRY(tx.run(sql::set_alt, {shop, id, alt})).empty()) return unknown();
    return {};
}

Result<Upload> remove(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    auto upload = TRY(find(tx, shop, id));
    TRY(tx.run(sql::remove, {shop, id}));
    return upload;
}

// ---- the folder ----------------------------------------------------------------------------------------------------------

namespace {
// The upload that a file belongs to: "01jy…-1080x1350-480.webp", "01jy….vtt"; "" where it is named otherwise.
std::string_view owner_of(std::string_view file) {
    const auto id = file.substr(0, id_length), rest = file.substr(id.size());
    const bool named = (rest.starts_with('-') || rest == captions_ending) &&
                       std::ranges::all_of(id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
    return named ? id : std::string_view();
}

std::optional<Instant> written(const std::string& path) {
    struct stat about{};
    if (::lstat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
    return Instant{} + seconds(about.st_mtim.tv_sec);
}

// Every upload of the shop, in pages.
Status each(store::Tx& tx, const Id<access::Shop>& shop, const std::function<bool(const Upload&)>& see) {
    constexpr std::int64_t page = 1'000;
    for (std::string before;;) {
        const auto uploads = TRY(list(tx, shop, before, page));
        for (const auto& upload : uploads) {
            if (!see(upload)) return {};
        }
        if (static_cast<std::int64_t>(uploads.size()) < page) return {};
        before = uploads.back().id;
    }
}
}  // namespace

Result<std::vector<std::string>> orphans(store::Tx& tx, const Id<access::Shop>& shop, const std::string& media_folder, Instant now) {
    std::vector<std::string> old;
    std::unordered_set<std::string> rows;
    std::error_code error;
    fs::directory_iterator files(media_folder + "/" + shop.text, error);
    if (error) return old;  // there is no folder yet
    TRY(each(tx, shop, [&](const Upload& upload) { return rows.insert(upload.id).second; }));
    for (const auto end = fs::directory_iterator(); files != end && old.size() < orphans_max; files.increment(error)) {
        const auto name = files->path().filename().string();
        const auto id = owner_of(name);
        if (id.empty() || rows.contains(std::string(id))) continue;
        const auto at = written(files->path().string());
        if (at && *at < now - orphan_age) old.push_back(files->path().string());
        if (error) break;
    }
    return old;
}

void remove_files(const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
        std::error_code error;
        fs::remove(path, error);
    }
}

Result<std::vector<Upload>> without_file(store::Tx& tx, const Id<access::Shop>& shop, const std::string& media_folder) {
    std::vector<Upload> missing;
    TRY(each(tx, shop, [&](const Upload& upload) {
        if (!written(media_folder + "/" + shop.text + "/" + upload.stem() + upload.ending)) missing.push_back(upload);
        return static_cast<std::int64_t>(missing.size()) < listed_max;
    }));
    return missing;
}

std::string Shown::at_least(std::int64_t wide) const {
    for (const auto each : smaller) {
        if (each >= wide && each < width) return "/media/" + stem + "-" + std::to_string(each) + ".webp";
    }
    return picture();
}

std::string Shown::srcset(std::string_view base) const {
    std::string set;
    for (const auto each : smaller) {
        if (each < width) set += std::string(base) + at_least(each) + " " + std::to_string(each) + "w, ";
    }
    return set.empty() ? "" : set + std::string(base) + picture() + " " + std::to_string(width) + "w";
}

std::optional<Shown> shown(std::string_view path) {
    constexpr std::string_view begin = "/media/";
    constexpr std::size_t id_size = 26;
    if (!path.starts_with(begin)) return std::nullopt;
    path.remove_prefix(begin.size());
    const auto dot = path.rfind('.');
    if (dot == path.npos || path.size() < id_size + 1 || !is_id_text(path.substr(0, id_size)) || path[id_size] != '-') return std::nullopt;
    Shown shown{
        .id = std::string(path.substr(0, id_size)), .stem = std::string(path.substr(0, dot)), .ending = std::string(path.substr(dot))};
    if (shown.ending != ".webp" && shown.ending != ".mp4" && shown.ending != ".webm") return std::nullopt;
    const auto size = path.substr(0, dot).substr(id_size + 1);
    const auto cross = std::min(size.find('x'), size.size());
    const auto width = number(size.substr(0, cross)), height = number(cross < size.size() ? size.substr(cross + 1) : "");
    if (!width || !height) return std::nullopt;
    shown.width = *width;
    shown.height = *height;
    return shown;
}

}  // namespace barrow::uploads
