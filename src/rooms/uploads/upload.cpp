#include "rooms/uploads/upload.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "floor/base/id.hpp"
#include "floor/wire/form.hpp"
#include "rooms/uploads/uploads.sql.hpp"

namespace barrow::uploads {
namespace {

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
            .created = row.instant("created_us")};
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

Status add(store::Tx& tx, const Id<access::Shop>& shop, Upload upload) {
    const auto have = TRY(totals(tx, shop));
    if (have.count >= shop_count_max)
        return fail(Fault::too_large, "a shop keeps at most " + std::to_string(shop_count_max) + " files; remove some that no page shows");
    if (have.bytes + upload.bytes > shop_bytes_max)
        return fail(Fault::too_large, "the files of a shop may have 2 GB together, and " + std::to_string(have.bytes >> 20) +
                                          " MB are there already; remove some that no page shows");
    TRY(tx.run(sql::add, {shop, upload.id, upload.ending, cut(std::move(upload.name), name_max), cut(std::move(upload.alt), alt_max),
                          upload.width, upload.height, upload.duration_ms, upload.bytes, upload.created}));
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
