#include "floor/wire/form.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace barrow::wire {
namespace {

constexpr std::size_t form_fields_max = 1000;  // a link with fifty rules
constexpr std::size_t csv_rows_max = 1'000'000;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

Result<std::string> decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) return fail(Fault::bad_input, "the form holds a broken % escape");
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    if (!is_text(out)) return fail(Fault::bad_input, "the form holds bytes that are not UTF-8, or a zero byte");
    return out;
}

std::string trimmed(std::string text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A formula to a spreadsheet, or one behind guards: those get one guard more, so that taking one off gives back what was there.
bool starts_formula(std::string_view cell) {
    const auto first = cell.find_first_not_of('\'');
    return first != cell.npos && std::string_view("=+-@\t\r\n").find(cell[first]) != std::string_view::npos;
}

std::string unguarded(std::string cell) {
    if (cell.starts_with('\'') && starts_formula(cell)) cell.erase(0, 1);
    return cell;
}

}  // namespace

bool is_text(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead == 0) return false;
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const int length = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
        if (length == 0 || i + length > text.size()) return false;
        char32_t point = lead & (0xffU >> (length + 1));
        for (int k = 1; k < length; ++k) {
            const auto byte = static_cast<unsigned char>(text[i + k]);
            if ((byte & 0xc0) != 0x80) return false;
            point = point << 6 | (byte & 0x3f);
        }
        constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
        if (point < least[static_cast<std::size_t>(length)] || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff) return false;
        i += static_cast<std::size_t>(length);
    }
    return true;
}

namespace {
// A name that is there already becomes a list.
void add_field(Json& form, std::string name, std::string value) {
    auto& members = form.members();
    const auto there = std::ranges::find(members, name, &Json::Object::value_type::first);
    if (there == members.end()) {
        members.emplace_back(std::move(name), Json(std::move(value)));
    } else if (there->second.is_array()) {
        there->second.push(std::move(value));
    } else {
        there->second = Json(Json::Array{std::move(there->second), Json(std::move(value))});
    }
}
}  // namespace

Result<Json> read_form(std::string_view body) {
    Json form = Json::object();
    std::size_t count = 0;
    while (!body.empty()) {
        const auto end = std::min(body.find('&'), body.size());
        const auto field = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (field.empty()) continue;
        if (++count > form_fields_max) return fail(Fault::too_large, "the form has more than 1000 fields");
        const auto equals = std::min(field.find('='), field.size());
        auto name = TRY(decode(field.substr(0, equals)));
        auto value = TRY(decode(equals < field.size() ? field.substr(equals + 1) : std::string_view()));
        add_field(form, std::move(name), std::move(value));
    }
    return form;
}

namespace {
// name="a b" of a header's value; a quote in it comes as %22.
std::optional<std::string> quoted_parameter(std::string_view value, std::string_view name) {
    const auto mark = "; " + std::string(name) + "=\"";
    const auto at = value.find(mark);
    if (at == value.npos) return std::nullopt;
    const auto end = value.find('"', at + mark.size());
    if (end == value.npos) return std::nullopt;
    return std::string(value.substr(at + mark.size(), end - at - mark.size()));
}
}  // namespace

Result<Json> read_multipart(std::string_view body, std::string_view content_type) {
    auto read = TRY(read_multipart_in_place(body, content_type));
    for (const auto& file : read.files) read.form.set(file.field, std::string(file.bytes));
    return std::move(read.form);
}

Result<FormWithFiles> read_multipart_in_place(std::string_view body, std::string_view content_type) {
    constexpr std::size_t boundary_max = 70;  // RFC 2046
    const auto broken = [](const char* what) { return fail(Fault::bad_input, "the form is broken: " + std::string(what)); };
    const auto at = content_type.find("boundary=");
    if (at == content_type.npos) return broken("its content type names no boundary");
    auto boundary = content_type.substr(at + 9);
    boundary = boundary.starts_with('"') ? boundary.substr(1, boundary.find('"', 1) - 1) : boundary.substr(0, boundary.find(';'));
    if (boundary.empty() || boundary.size() > boundary_max) return broken("its boundary has no or too many characters");
    const auto delimiter = "\r\n--" + std::string(boundary);
    if (!body.starts_with(std::string_view(delimiter).substr(2))) return broken("it does not begin with its boundary");
    body.remove_prefix(delimiter.size() - 2);
    FormWithFiles read{.form = Json::object(), .files = {}};
    for (std::size_t parts = 0; !body.starts_with("--"); ++parts) {
        if (parts == form_fields_max) return fail(Fault::too_large, "the form has more than 1000 parts");
        const auto head_end = body.find("\r\n\r\n");
        if (!body.starts_with("\r\n") || head_end == body.npos) return broken("a part has no header");
        const auto head = body.substr(2, head_end - 2);
        body.remove_prefix(head_end + 4);
        const auto end = body.find(delimiter);
        if (end == body.npos) return broken("it breaks off");
        auto name = quoted_parameter(head, "name");
        if (!name || !is_text(*name)) return broken("a part has no name");
        const auto value = body.substr(0, end);
        const bool file = quoted_parameter(head, "filename").has_value();
        if (!file && !is_text(value)) return fail(Fault::bad_input, "the form holds bytes that are not UTF-8, or a zero byte");
        if (file && read.form.find(*name) != nullptr) return broken("a file is there twice");
        if (file) read.files.push_back({*name, value});
        add_field(read.form, std::move(*name), file ? std::string() : std::string(value));
        body.remove_prefix(end + delimiter.size());
    }
    return read;
}

Result<Table> read_csv(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (!is_text(text)) return fail(Fault::bad_input, "the file is not UTF-8; save it as \"CSV UTF-8\"");
    const auto first_line = text.substr(0, std::min(text.find('\n'), text.size()));
    char delimiter = ',';
    for (const char candidate : {';', '\t'}) {
        if (std::ranges::count(first_line, candidate) > std::ranges::count(first_line, delimiter)) delimiter = candidate;
    }

    Table table;
    std::vector<std::string> row;
    std::string cell;
    std::size_t line = 1, row_line = 1, quote_line = 0;
    bool quoted = false, was_quoted = false;
    const auto end_row = [&]() -> Status {
        row.push_back(std::move(cell));
        cell.clear();
        const bool blank = row.size() == 1 && row[0].empty() && !was_quoted;
        was_quoted = false;
        if (!blank) {
            if (table.header.empty()) {
                for (auto& name : row) table.header.push_back(trimmed(std::move(name)));
            } else {
                if (row.size() > table.header.size()) {
                    return fail(Fault::bad_input, "line " + std::to_string(row_line) + " has " + std::to_string(row.size()) +
                                                      " cells, the header has " + std::to_string(table.header.size()));
                }
                if (table.rows.size() == csv_rows_max) return fail(Fault::too_large, "the file has more than 1,000,000 rows; split it");
                for (auto& value : row) value = unguarded(std::move(value));
                row.resize(table.header.size());
                table.rows.push_back(std::move(row));
                table.lines.push_back(row_line);
            }
        }
        row.clear();
        return {};
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') ++line;
        if (quoted) {
            if (c != '"') {
                cell += c;
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                cell += '"';
                ++i;
            } else {
                quoted = false;
            }
        } else if (c == '"' && cell.empty()) {
            quoted = was_quoted = true;
            quote_line = line;
        } else if (c == delimiter) {
            row.push_back(std::move(cell));
            cell.clear();
        } else if (c == '\n') {
            TRY(end_row());
            row_line = line;
        } else if (c != '\r' || (i + 1 < text.size() && text[i + 1] != '\n')) {
            cell += c;
        }
    }
    if (quoted) return fail(Fault::bad_input, "line " + std::to_string(quote_line) + " opens a quote that is never closed");
    if (!cell.empty() || !row.empty() || was_quoted) TRY(end_row());
    if (table.header.empty()) return fail(Fault::bad_input, "the file is empty; its first line must name the columns");
    return table;
}

std::size_t character_count(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Status fits(std::string_view what, std::string_view text, std::size_t most) {
    const auto count = character_count(text);
    if (count <= most) return {};
    return fail(Fault::bad_input,
                std::string(what) + " has " + std::to_string(count) + " characters; shorten it to " + std::to_string(most));
}

bool looks_like_email(std::string_view text) {
    constexpr std::size_t length_max = 254;  // RFC 5321
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && at == text.rfind('@') && at + 1 < text.size() && text.size() <= length_max &&
           text.find_first_of(" \t\r\n,;<>\"") == std::string_view::npos;
}

std::string csv_cell(std::string_view text) {
    std::string cell(text);
    if (starts_formula(cell)) cell.insert(0, 1, '\'');
    if (cell.find_first_of(",;\"\r\n\t") == std::string::npos) return cell;
    std::string out = "\"";
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

}  // namespace barrow::wire
