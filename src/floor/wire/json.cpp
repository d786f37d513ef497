#include "floor/wire/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace barrow::wire {
namespace {

// Builds a Json from nlohmann's events, so that names given twice and depth are seen while reading.
class Builder {
public:
    explicit Builder(JsonLimits limits) : limits_(limits) {}

    bool null() { return place(Json()); }
    bool boolean(bool value) { return place(Json(value)); }
    bool number_integer(std::int64_t value) { return place(Json(value)); }
    bool number_unsigned(std::uint64_t value) {
        return place(value <= INT64_MAX ? Json(static_cast<std::int64_t>(value)) : Json(static_cast<double>(value)));
    }
    bool number_float(double value, const std::string& written) {
        if (!std::isfinite(value)) return refuse("the number " + written.substr(0, 40) + " is too large");
        return place(Json(value));
    }
    bool string(std::string& value) {
        if (value.find('\0') != std::string::npos) return refuse("a text holds a zero byte (\\u0000); take it out");
        return place(Json(std::move(value)));
    }
    bool binary(nlohmann::json::binary_t&) { return false; }
    bool start_object(std::size_t) { return open(Json(Json::Object{})); }
    bool start_array(std::size_t) { return open(Json(Json::Array{})); }
    bool end_object() {
        names_.pop_back();
        return close();
    }
    bool end_array() {
        names_.pop_back();
        return close();
    }
    bool key(std::string& name) {
        if (name.find('\0') != std::string::npos) return refuse("a name holds a zero byte (\\u0000); take it out");
        if (!names_.back().insert(name).second) return refuse("\"" + name.substr(0, 80) + "\" is there twice");
        key_.push_back(std::move(name));
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) {
        const std::string text = error.what();
        const bool out_of_range = text.find("out_of_range") != std::string::npos;
        return refuse(out_of_range ? "a number is too large at byte " + std::to_string(position)
                                   : "this is no JSON: it breaks off at byte " + std::to_string(position));
    }

    Json root;
    std::string wrong;

private:
    bool refuse(std::string text) {
        wrong = std::move(text);
        return false;
    }
    bool place(Json value) {
        if (open_.empty()) {
            root = std::move(value);
        } else if (open_.back().is_array()) {
            open_.back().items().push_back(std::move(value));
        } else {
            open_.back().members().emplace_back(std::move(key_.back()), std::move(value));
            key_.pop_back();
        }
        return true;
    }
    bool open(Json value) {
        if (static_cast<int>(open_.size()) >= limits_.depth_max) {
            return refuse("lists and objects are nested deeper than " + std::to_string(limits_.depth_max));
        }
        open_.push_back(std::move(value));
        names_.emplace_back();
        return true;
    }
    bool close() {
        Json value = std::move(open_.back());
        open_.pop_back();
        return place(std::move(value));
    }

    JsonLimits limits_;
    std::vector<Json> open_;
    std::vector<std::set<std::string>> names_;
    std::vector<std::string> key_;
};

void write_text(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    constexpr char digits[] = "0123456789abcdef";
                    out += "\\u00";
                    out += digits[c >> 4];
                    out += digits[c & 15];
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

// UTF-8 as UTF-16 code units, the order in which RFC 8785 sorts names.
std::u16string utf16(std::string_view text) {
    std::u16string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const int length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        char32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
        for (int k = 1; k < length && i + k < text.size(); ++k) point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
        i += length;
        if (point >= 0x10000) {
            out += static_cast<char16_t>(0xd800 + ((point - 0x10000) >> 10));
            out += static_cast<char16_t>(0xdc00 + ((point - 0x10000) & 0x3ff));
        } else {
            out += static_cast<char16_t>(point);
        }
    }
    return out;
}

enum class Form { compact, pretty, canonical };

void write(std::string& out, const Json& value, Form form, int depth) {
    const auto new_line = [&](int level) {
        if (form != Form::pretty) return;
        out += '\n';
        out.append(static_cast<std::size_t>(level) * 2, ' ');
    };
    if (value.is_null()) {
        out += "null";
    } else if (value.is_bool()) {
        out += value.boolean() ? "true" : "false";
    } else if (value.is_integer()) {
        // Canonical numbers are doubles: beyond 2^53 they are written as the nearest one.
        const auto number = value.integer();
        constexpr std::int64_t exact = 9'007'199'254'740'992;
        out += form == Form::canonical && (number > exact || number < -exact) ? write_number(static_cast<double>(number))
                                                                              : std::to_string(number);
    } else if (value.is_number()) {
        out += write_number(value.number());
    } else if (value.is_text()) {
        write_text(out, value.text());
    } else if (value.is_array()) {
        out += '[';
        bool first = true;
        for (const auto& item : value.items()) {
            if (!first) out += ',';
            first = false;
            new_line(depth + 1);
            write(out, item, form, depth + 1);
        }
        if (!first) new_line(depth);
        out += ']';
    } else {
        std::vector<const std::pair<std::string, Json>*> members;
        for (const auto& member : value.members()) members.push_back(&member);
        if (form == Form::canonical) {
            std::ranges::sort(members, [](const auto* a, const auto* b) { return utf16(a->first) < utf16(b->first); });
        }
        out += '{';
        bool first = true;
        for (const auto* member : members) {
            if (!first) out += ',';
            first = false;
            new_line(depth + 1);
            write_text(out, member->first);
            out += form == Form::pretty ? ": " : ":";
            write(out, member->second, form, depth + 1);
        }
        if (!first) new_line(depth);
        out += '}';
    }
}

}  // namespace

bool Json::boolean() const {
    check(is_bool());
    return std::get<bool>(held_);
}
std::int64_t Json::integer() const {
    check(is_integer());
    return std::get<std::int64_t>(held_);
}
double Json::number() const {
    if (is_integer()) return static_cast<double>(integer());
    check(is_number());
    return std::get<double>(held_);
}
const std::string& Json::text() const {
    check(is_text());
    return std::get<std::string>(held_);
}
const Json::Array& Json::items() const {
    check(is_array());
    return std::get<Array>(held_);
}
const Json::Object& Json::members() const {
    check(is_object());
    return std::get<Object>(held_);
}
Json::Array& Json::items() {
    check(is_array());
    return std::get<Array>(held_);
}
Json::Object& Json::members() {
    check(is_object());
    return std::get<Object>(held_);
}

const Json* Json::find(std::string_view name) const {
    if (!is_object()) return nullptr;
    for (const auto& [member, value] : members()) {
        if (member == name) return &value;
    }
    return nullptr;
}
Json& Json::set(std::string name, Json value) {
    if (is_null()) held_ = Object{};
    for (auto& [member, old] : members()) {
        if (member == name) {
            old = std::move(value);
            return *this;
        }
    }
    members().emplace_back(std::move(name), std::move(value));
    return *this;
}
Json& Json::push(Json value) {
    if (is_null()) held_ = Array{};
    items().push_back(std::move(value));
    return *this;
}

Result<Json> read_json(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.bytes_max) {
        return fail(Fault::too_large, "the JSON has " + std::to_string(text.size()) + " bytes; at most " +
                                          std::to_string(limits.bytes_max) + " are read here");
    }
    Builder builder(limits);
    if (!nlohmann::json::sax_parse(text, &builder)) {
        return fail(Fault::bad_input, builder.wrong.empty() ? "this is no JSON" : builder.wrong);
    }
    return std::move(builder.root);
}

std::string write_json(const Json& value) {
    std::string out;
    write(out, value, Form::compact, 0);
    return out;
}
std::string write_json_pretty(const Json& value) {
    std::string out;
    write(out, value, Form::pretty, 0);
    return out;
}
std::string write_canonical(const Json& value) {
    std::string out;
    write(out, value, Form::canonical, 0);
    return out;
}

std::string write_number(double value) {
    check(std::isfinite(value));
    if (value == 0) return "0";
    std::string out;
    if (value < 0) {
        out = "-";
        value = -value;
    }
    // Shortest digits that read back the same: "1.2345e+21".
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    const std::string_view written(buffer, static_cast<std::size_t>(end - buffer));
    const auto e = written.find('e');
    std::string digits;
    for (const char c : written.substr(0, e)) {
        if (c != '.') digits += c;
    }
    int exponent = 0;
    auto tail = written.substr(e + 1);
    if (tail.front() == '+') tail.remove_prefix(1);
    std::from_chars(tail.data(), tail.data() + tail.size(), exponent);
    const int point = exponent + 1;  // digits before the decimal point
    const int count = static_cast<int>(digits.size());
    if (count <= point && point <= 21) {
        out += digits + std::string(static_cast<std::size_t>(point - count), '0');
    } else if (0 < point && point <= 21) {
        out += digits.substr(0, static_cast<std::size_t>(point)) + "." + digits.substr(static_cast<std::size_t>(point));
    } else if (-6 < point && point <= 0) {
        out += "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    } else {
        out += digits.substr(0, 1);
        if (count > 1) out += "." + digits.substr(1);
        out += point > 0 ? "e+" : "e-";
        out += std::to_string(std::abs(point - 1));
    }
    return out;
}

const Json* Fields::take(std::string_view name) {
    taken_.emplace_back(name);
    return json_.find(name);
}
Error Fields::wrong(std::string_view name, const std::string& should) const {
    return fail(Fault::bad_input, what_ + ": \"" + std::string(name) + "\" " + should);
}

Result<std::string> Fields::text(std::string_view name, std::size_t length_max) {
    auto value = TRY(text_or(name, "", length_max));
    if (value.empty()) return wrong(name, "is missing; give it a text");
    return value;
}
Result<std::string> Fields::text_or(std::string_view name, std::string_view other, std::size_t length_max) {
    const auto* value = take(name);
    if (value == nullptr || value->is_null()) return std::string(other);
    if (!value->is_text()) return wrong(name, "must be a text");
    std::string text = value->text();
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return std::string(other);
    text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
    std::size_t characters = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) != 0x80) ++characters;
        if (byte == 0) return wrong(name, "holds a zero byte; take it out");
    }
    if (characters > length_max) {
        return wrong(name, "has " + std::to_string(characters) + " characters; shorten it to " + std::to_string(length_max));
    }
    return text;
}
Result<std::int64_t> Fields::integer(std::string_view name, std::int64_t least, std::int64_t most) {
    if (json_.find(name) == nullptr) return wrong(name, "is missing; give it a whole number");
    return integer_or(name, least, least, most);
}
Result<std::int64_t> Fields::integer_or(std::string_view name, std::int64_t other, std::int64_t least, std::int64_t most) {
    const auto* value = take(name);
    if (value == nullptr || value->is_null()) return other;
    std::int64_t number = 0;
    if (value->is_integer()) {
        number = value->integer();
    } else if (value->is_text()) {  // a form's field
        const auto& text = value->text();
        if (text.empty()) return other;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return wrong(name, "must be a whole number");
    } else {
        return wrong(name, "must be a whole number");
    }
    if (number < least || number > most) {
        return wrong(name,
                     "is " + std::to_string(number) + "; it must lie between " + std::to_string(least) + " and " + std::to_string(most));
    }
    return number;
}
Result<bool> Fields::boolean_or(std::string_view name, bool other) {
    const auto* value = take(name);
    if (value == nullptr || value->is_null()) return other;
    if (value->is_bool()) return value->boolean();
    if (value->is_text()) {
        const auto& text = value->text();
        if (text == "on" || text == "true" || text == "1") return true;
        if (text.empty() || text == "off" || text == "false" || text == "0") return false;
    }
    return wrong(name, "must be true or false");
}
Result<const Json*> Fields::object(std::string_view name) {
    const auto* value = take(name);
    if (value == nullptr || !value->is_object()) return wrong(name, "is missing; give it an object");
    return value;
}
Result<const Json*> Fields::array(std::string_view name, std::size_t size_max) {
    const auto* value = take(name);
    if (value == nullptr || !value->is_array()) return wrong(name, "is missing; give it a list");
    if (value->items().size() > size_max) {
        return wrong(name, "has " + std::to_string(value->items().size()) + " items; at most " + std::to_string(size_max) + " are taken");
    }
    return value;
}
Status Fields::done() {
    if (!json_.is_object()) return fail(Fault::bad_input, what_ + " must be an object");
    for (const auto& [name, value] : json_.members()) {
        if (std::ranges::find(taken_, name) == taken_.end()) return wrong(name, "is not known here; take it out");
    }
    return {};
}

}  // namespace barrow::wire
