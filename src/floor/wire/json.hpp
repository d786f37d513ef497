// Json: a value with integers kept as integers; strict reading, plain and canonical (RFC 8785) writing.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "floor/base/result.hpp"

namespace barrow::wire {

class Json {
public:
    using Array = std::vector<Json>;
    using Object = std::vector<std::pair<std::string, Json>>;  // in the order of insertion

    Json() = default;
    Json(std::nullptr_t) {}
    Json(bool value) : held_(value) {}
    Json(int value) : held_(std::int64_t{value}) {}
    Json(std::int64_t value) : held_(value) {}
    Json(std::size_t value) : held_(static_cast<std::int64_t>(value)) {}
    Json(double value) : held_(value) {}
    Json(const char* value) : held_(std::string(value)) {}
    Json(std::string value) : held_(std::move(value)) {}
    Json(std::string_view value) : held_(std::string(value)) {}
    Json(Array value) : held_(std::move(value)) {}
    Json(Object value) : held_(std::move(value)) {}

    // Json::object({{"slug", "lamp"}, {"left", 7}}) and Json::array({…}): say which, since {…} alone could be either.
    static Json object(std::initializer_list<std::pair<std::string, Json>> members = {}) { return Json(Object(members)); }
    static Json array(std::initializer_list<Json> items = {}) { return Json(Array(items)); }

    [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(held_); }
    [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(held_); }
    [[nodiscard]] bool is_integer() const { return std::holds_alternative<std::int64_t>(held_); }
    [[nodiscard]] bool is_number() const { return is_integer() || std::holds_alternative<double>(held_); }
    [[nodiscard]] bool is_text() const { return std::holds_alternative<std::string>(held_); }
    [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(held_); }
    [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(held_); }

    // Each is a bug on another kind; test first, or read outside input through Fields.
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] std::int64_t integer() const;
    [[nodiscard]] double number() const;
    [[nodiscard]] const std::string& text() const;
    [[nodiscard]] const Array& items() const;
    [[nodiscard]] const Object& members() const;
    Array& items();
    Object& members();

    // The member, or nullptr; nullptr too when this is no object.
    [[nodiscard]] const Json* find(std::string_view name) const;
    // Replaces or adds a member; this must be an object (or null, which becomes one). Returns *this to chain.
    Json& set(std::string name, Json value);
    Json& push(Json value);  // likewise for arrays

    bool operator==(const Json&) const = default;

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> held_;
};

struct JsonLimits {
    std::size_t bytes_max = 1 << 20;
    int depth_max = 32;
};
// Refuses: syntax errors (with the byte), a name twice in one object, bad UTF-8, a zero byte in a text (not every engine keeps it), numbers
// no double can hold, and what passes the limits. Integers beyond 64 bits become doubles.
Result<Json> read_json(std::string_view text, JsonLimits limits = {});

std::string write_json(const Json& value);         // compact, members as inserted
std::string write_json_pretty(const Json& value);  // two spaces, for people
// RFC 8785 (JCS): members sorted by UTF-16 code units, numbers as ECMAScript prints them.
std::string write_canonical(const Json& value);
// ECMAScript's Number::toString for a finite double (RFC 8785 section 3.2.2.3).
std::string write_number(double value);

// Reads an object from outside: every member must be asked for, and of the right kind. Errors name the member.
//   Fields fields(json, "product"); const auto name = TRY(fields.text("name", 80)); … TRY(fields.done());
class Fields {
public:
    Fields(const Json& object, std::string_view what) : json_(object), what_(what) {}

    Result<std::string> text(std::string_view name, std::size_t length_max);  // required, not empty
    Result<std::string> text_or(std::string_view name, std::string_view other, std::size_t length_max);
    Result<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);  // required
    Result<std::int64_t> integer_or(std::string_view name, std::int64_t other, std::int64_t least, std::int64_t most);
    Result<bool> boolean_or(std::string_view name, bool other);
    Result<const Json*> object(std::string_view name);                       // required
    Result<const Json*> array(std::string_view name, std::size_t size_max);  // required
    bool has(std::string_view name) const { return json_.find(name) != nullptr; }
    // Refuses members that nobody asked for.
    Status done();

private:
    const Json* take(std::string_view name);
    Error wrong(std::string_view name, const std::string& should) const;
    const Json& json_;
    std::string what_;
    std::vector<std::string> taken_;
};

}  // namespace barrow::wire
