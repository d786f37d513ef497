// Any table with a header, by the names that services and people give its columns; case, spaces and underscores do not count. Bitly's,
// Dub's, Shlink's and Rebrandly's tables are read by it, too.
#include <algorithm>
#include <array>
#include <charconv>

#include "floor/base/text.hpp"
#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

enum Field : std::uint8_t {
    target,
    slug,
    domain,
    title,
    tags,
    clicks,
    created,
    starts,
    ends,
    ended_target,
    note,
    folder,
    archived,
    clicks_max,
    password,
    ios,
    android,
    field_count,
};

// Of each field the names, the surest first. "link" leads somewhere only where nothing else does: beside a long address it is the short
// one.
constexpr std::array<std::string_view, field_count> names{
    "target longurl destinationurl destination targeturl redirecturl redirectto redirect originalurl original fullurl linkurl longlink "
    "originallink destinationlink url website webaddress href link",
    "slug shortcode keyword backhalf custombackhalf alias slashtag path shorturl shortlink bitlink shortenedurl shortenedlink shortaddress "
    "short key code link",
    "domain shortdomain customdomain host",
    "title name linktitle linkname label",
    "tags tag labels",
    "clicks visits visitcount clickcount totalclicks totalvisits hits linkclicks engagements totalengagements views",
    "createdat created datecreated createddate creationdate createdon date timestamp",
    "starts startsat validsince startdate activefrom",
    "ends endsat expiresat expires expirationdate expiration expirydate validuntil expirein enddate",
    "endedtarget expiredurl expirationurl fallbackurl",
    "note notes comment comments description",
    "folder foldername",
    "archived isarchived",
    "clicksmax maxvisits clickslimit maxclicks clicklimit",
    "password",
    "iosurl ios iphoneurl",
    "androidurl android",
};

using Columns = std::array<std::optional<std::size_t>, field_count>;

Columns find_columns(const wire::Table& table) {
    Columns columns;
    std::vector<bool> used(table.header.size());
    for (std::size_t field = 0; field < field_count; ++field) {
        for (auto rest = names[field]; !rest.empty() && !columns[field];) {
            const auto end = std::min(rest.find(' '), rest.size());
            const auto at = column(table, rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (at && !used[*at]) {
                columns[field] = at;
                used[*at] = true;
            }
        }
    }
    return columns;
}

std::string column_list(const wire::Table& table) {
    constexpr std::size_t named_max = 20;
    std::string list;
    for (std::size_t i = 0; i < table.header.size() && i < named_max; ++i)
        list += (i == 0 ? "\"" : ", \"") + table.header[i].substr(0, 40) + "\"";
    return list + (table.header.size() > named_max ? " and others" : "");
}

std::vector<std::string> split_tags(std::string_view text) {
    std::vector<std::string> list;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(",|"), text.size());
        if (auto tag = trimmed(text.substr(0, end)); !tag.empty()) list.push_back(std::move(tag));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return list;
}

// "1,204" → 1204; nothing for what is no whole number.
std::optional<std::int64_t> read_number(std::string text) {
    std::erase_if(text, [](char c) { return c == ',' || c == ' '; });
    std::int64_t n = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), n);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || n < 0 || n > 9'007'199'254'740'991) return std::nullopt;
    return n;
}

bool is_yes(std::string_view text) {
    const auto plain = plain_name(text);
    return plain == "yes" || plain == "true" || plain == "1";
}

}  // namespace

std::string plain_name(std::string_view header) {
    std::string out;
    for (const char c : header) {
        if (c >= 'A' && c <= 'Z')
            out += static_cast<char>(c + 32);
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out += c;
    }
    return out;
}

std::optional<std::size_t> column(const wire::Table& table, std::string_view plain) {
    for (std::size_t i = 0; i < table.header.size(); ++i) {
        if (plain_name(table.header[i]) == plain) return i;
    }
    return std::nullopt;
}

bool has_columns(const Source& source, std::initializer_list<std::string_view> plain) {
    return !source.is_json() && std::ranges::all_of(plain, [&](auto name) { return column(source.table, name).has_value(); });
}

bool is_headless(const Source& source) {
    if (source.is_json()) return false;
    const auto& first = source.table.header[0];
    return first.starts_with("https://") || first.starts_with("http://");
}

Status read_headless(const Source& source, Intake& intake, std::initializer_list<std::string_view> plain) {
    Source named;
    auto& table = named.table;
    table = source.table;
    table.rows.insert(table.rows.begin(), table.header);
    table.lines.insert(table.lines.begin(), 1);
    table.header.assign(plain.begin(), plain.end());
    for (auto& row : table.rows) row.resize(table.header.size());
    return read_columns(named, intake);
}

Status read_columns(const Source& source, Intake& intake) {
    const auto& table = source.table;
    const auto columns = find_columns(table);
    if (!columns[target] || !columns[slug]) {
        return fail(Fault::bad_input,
                    "no column says " + std::string(columns[target] ? "what the short address is" : "where the links lead") +
                        "; line 1 names " + column_list(table) + ": name one of them \"" + (columns[target] ? "slug" : "target") + "\"");
    }
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& row = table.rows[i];
        const auto cell = [&](Field field) { return columns[field] ? trimmed(row[*columns[field]]) : std::string(); };
        Intake::Found found{.where = "line " + std::to_string(table.lines[i])};
        auto& link = found.link;
        auto address = short_address(cell(slug));
        link.slug = std::move(address.slug);
        found.domain = cell(domain).empty() ? address.domain : cell(domain);
        link.target = cell(target);
        link.title = cell(title);
        link.tags = split_tags(cell(tags));
        link.note = cell(note);
        link.folder = cell(folder);
        link.ended_target = cell(ended_target);
        found.password = cell(password);
        if (const auto at = cell(created); !at.empty()) {
            if (const auto born = read_time(at))
                link.created = *born;
            else
                intake.count("the day it was made could not be read", found.where);
        }
        const auto refuse = [&](const std::string& what, const std::string& is_no) {
            intake.refuse(found.where, link.slug, "its " + what + " is no " + is_no);
        };
        if (const auto at = cell(starts); !at.empty() && !(link.starts = read_time(at))) {
            refuse("start \"" + at + "\"", "time like 2026-12-24T18:00:00Z");
            continue;
        }
        if (const auto at = cell(ends); !at.empty() && !(link.ends = read_time(at))) {
            refuse("end \"" + at + "\"", "time like 2026-12-24T18:00:00Z");
            continue;
        }
        if (const auto n = cell(clicks); !n.empty()) {
            const auto counted = read_number(n);
            if (!counted) {
                refuse("clicks \"" + n + "\"", "whole number");
                continue;
            }
            link.imported_clicks = *counted;
        }
        if (const auto n = cell(clicks_max); !n.empty() && !(link.clicks_max = read_number(n))) {
            refuse("limit of clicks \"" + n + "\"", "whole number");
            continue;
        }
        if (is_yes(cell(archived))) link.archived = link.created == Instant() ? intake.now() : link.created;
        if (auto to = cell(ios); !to.empty()) link.rules.push_back(rule_for(telemetry::Os::ios, std::move(to)));
        if (auto to = cell(android); !to.empty()) link.rules.push_back(rule_for(telemetry::Os::android, std::move(to)));
        intake.take(std::move(found));
    }
    std::string unread;
    for (std::size_t i = 0; i < table.header.size(); ++i) {
        if (!table.header[i].empty() && std::ranges::find(columns, std::optional(i)) == columns.end())
            unread += (unread.empty() ? "" : ", ") + table.header[i].substr(0, 40);
    }
    if (!unread.empty()) intake.note("columns that are not read: " + unread.substr(0, 400));
    return {};
}

const Service from_csv{"csv", [](const Source& source) { return !source.is_json(); }, read_columns,
                       "save the table as CSV with a header that names at least \"target\" and \"slug\""};

}  // namespace barrow::links::import
