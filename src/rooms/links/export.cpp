#include "rooms/links/export.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "floor/wire/form.hpp"
#include "rooms/links/link_json.hpp"

namespace barrow::links {
namespace {

// How a member of link_json stands in a cell. `told` is for people and is not read back.
enum class Kind : std::uint8_t { text, number, flag, list, json, preview, told };
struct Column {
    std::string_view name;
    Kind kind;
};
constexpr std::array columns{
    Column{"slug", Kind::text},
    Column{"short_url", Kind::told},
    Column{"target", Kind::text},
    Column{"title", Kind::text},
    Column{"aliases", Kind::list},
    Column{"tags", Kind::list},
    Column{"folder", Kind::text},
    Column{"note", Kind::text},
    Column{"created", Kind::text},
    Column{"starts", Kind::text},
    Column{"ends", Kind::text},
    Column{"ended_target", Kind::text},
    Column{"fallback", Kind::text},
    Column{"keeps_target", Kind::flag},
    Column{"clicks", Kind::told},
    Column{"clicks_not_counted", Kind::told},
    Column{"imported_clicks", Kind::number},
    Column{"imported_from", Kind::text},
    Column{"clicks_max", Kind::number},
    Column{"clicks_let", Kind::number},
    Column{"archived", Kind::text},
    Column{"on_bio", Kind::flag},
    Column{"utm", Kind::text},
    Column{"pass_query", Kind::flag},
    Column{"tell_context", Kind::flag},
    Column{"no_index", Kind::flag},
    Column{"may_index", Kind::flag},
    Column{"outside", Kind::text},
    Column{"apps", Kind::json},
    Column{"preview_title", Kind::preview},
    Column{"preview_text", Kind::preview},
    Column{"preview_image", Kind::preview},
    Column{"live", Kind::text},
    Column{"rules", Kind::json},
    Column{"split", Kind::json},
    Column{"password_hash", Kind::text},
};
constexpr std::string_view preview_prefix = "preview_";

std::string joined(const wire::Json& list) {
    std::string out;
    for (const auto& one : list.items()) out += (out.empty() ? "" : "|") + one.text();  // a tag has no bar, nor has an address
    return out;
}

std::string cell(const Column& column, const Link& link, const wire::Json& json, const Seen& seen) {
    if (column.kind == Kind::told) {
        if (column.name == "short_url") return seen.base + link.slug;
        const auto counted = seen.clicks.find(link.number);
        const auto counts = counted == seen.clicks.end() ? telemetry::ClickCounts() : counted->second;
        return std::to_string(column.name == "clicks" ? counts.all + link.imported_clicks : counts.bots);
    }
    if (column.kind == Kind::flag && column.name == "pass_query") return link.pass_query ? "true" : "false";
    const auto* holder = column.kind == Kind::preview ? json.find("preview") : &json;
    const auto* value =
        holder == nullptr ? nullptr : holder->find(column.kind == Kind::preview ? column.name.substr(preview_prefix.size()) : column.name);
    if (value == nullptr) return column.kind == Kind::flag ? "false" : "";
    switch (column.kind) {
        case Kind::number:
            return std::to_string(value->integer());
        case Kind::flag:
            return value->boolean() ? "true" : "false";
        case Kind::list:
            return joined(*value);
        case Kind::json:
            return wire::write_json(*value);
        default:
            return value->text();
    }
}

Result<wire::Json> read_cell(const Column& column, const std::string& text) {
    const auto wrong = [&](const std::string& should) {
        return fail(Fault::bad_input, "its " + std::string(column.name) + " \"" + text.substr(0, 60) + "\" must be " + should);
    };
    switch (column.kind) {
        case Kind::number: {
            std::int64_t n = 0;
            const auto read = std::from_chars(text.data(), text.data() + text.size(), n);
            if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return wrong("a whole number");
            return wire::Json(n);
        }
        case Kind::flag:
            if (text != "true" && text != "false") return wrong("true or false");
            return wire::Json(text == "true");
        case Kind::list: {
            wire::Json::Array list;
            for (std::size_t at = 0; at <= text.size();) {
                const auto end = std::min(text.find('|', at), text.size());
                list.emplace_back(text.substr(at, end - at));
                at = end + 1;
            }
            return wire::Json(std::move(list));
        }
        case Kind::json: {
            auto json = wire::read_json(text);
            if (!json) return wrong("JSON");
            return json;
        }
        default:
            return wire::Json(text);
    }
}

}  // namespace

Result<Format> format_named(std::string_view name) {
    if (name == "csv") return Format::csv;
    if (name == "json") return Format::json;
    return fail(Fault::bad_input, "the format \"" + std::string(name.substr(0, 40)) + "\" must be csv or json");
}

std::string export_begin(Format format) {
    if (format == Format::json) return "[";
    std::string header;
    for (const auto& column : columns) header += (header.empty() ? "" : ",") + std::string(column.name);
    return header + "\r\n";
}

std::string export_page(Format format, const std::vector<Link>& links, const Seen& seen, bool first) {
    std::string page;
    for (const auto& link : links) {
        const auto json = link_json(link);
        if (format == Format::json) {
            page += (first ? "\n" : ",\n") + wire::write_json(json);
            first = false;
            continue;
        }
        for (std::size_t i = 0; i < columns.size(); ++i) page += (i == 0 ? "" : ",") + wire::csv_cell(cell(columns[i], link, json, seen));
        page += "\r\n";
    }
    return page;
}

std::string export_end(Format format) { return format == Format::json ? "\n]\n" : ""; }

Result<wire::Json> row_json(const std::vector<std::string>& header, const std::vector<std::string>& row) {
    auto json = wire::Json::object();
    auto preview = wire::Json::object();
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto column = std::ranges::find(columns, std::string_view(header[i]), &Column::name);
        if (column == columns.end())
            return fail(Fault::bad_input, "the column \"" + header[i].substr(0, 40) + "\" is none of the export's");
        if (column->kind == Kind::told || row[i].empty()) continue;
        auto value = TRY(read_cell(*column, row[i]));
        if (column->kind == Kind::preview)
            preview.set(std::string(column->name.substr(preview_prefix.size())), std::move(value));
        else
            json.set(std::string(column->name), std::move(value));
    }
    if (!preview.members().empty()) json.set("preview", std::move(preview));
    return json;
}

}  // namespace barrow::links
