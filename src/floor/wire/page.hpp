// Pages: mustache templates (logic-free, HTML-escaped by default) filled with Json.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "floor/base/result.hpp"
#include "floor/wire/json.hpp"

namespace barrow::wire {

// Finds a partial by name ("viewer/product.css"); nullptr means there is none, which is a bug of the template.
using Partials = std::function<const std::string_view*(std::string_view name)>;

// {{text}} escaped, {{{html}}} raw (only for what we made), {{#list}}…{{/list}}, {{^none}}…{{/none}}, {{>partial}}.
// An empty list, false, null and "" are falsy. Beside each list NAME stands has_NAME, true when there is something in it. A template that
// does not parse is a bug.
std::string render(std::string_view template_text, const Json& values, const Partials& partials);

std::string escape_html(std::string_view text);
// JSON that may stand inside a script element: no "<" is left in it.
std::string json_in_html(const Json& json);

// 1204 → "1,204": counts for people.
std::string grouped(std::int64_t number);

}  // namespace barrow::wire
