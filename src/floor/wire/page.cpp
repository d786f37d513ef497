#include "floor/wire/page.hpp"

#include <kainjow/mustache.hpp>
#include <map>
#include <memory>

#include "floor/wire/assets.hpp"

namespace barrow::wire {
namespace {

using Mustache = kainjow::mustache::mustache;
using Data = kainjow::mustache::data;

Data to_data(const Json& value) {
    if (value.is_object()) {
        Data object(Data::type::object);
        for (const auto& [name, member] : value.members()) {
            if (member.is_array()) object.set("has_" + name, Data(member.items().empty() ? Data::type::bool_false : Data::type::bool_true));
            object.set(name, to_data(member));
        }
        return object;
    }
    if (value.is_array()) {
        if (value.items().empty()) return Data(Data::type::bool_false);
        Data list(Data::type::list);
        for (const auto& item : value.items()) list.push_back(to_data(item));
        return list;
    }
    if (value.is_bool()) return Data(value.boolean() ? Data::type::bool_true : Data::type::bool_false);
    if (value.is_integer()) return Data(std::to_string(value.integer()));
    if (value.is_number()) return Data(write_number(value.number()));
    if (value.is_text() && !value.text().empty()) return Data(value.text());
    return Data(Data::type::bool_false);
}

// Partials are put in place before parsing, so that a page is parsed once and not at every answer.
std::string with_partials(std::string_view text, const Partials& partials, int depth) {
    check(depth < 12);  // a partial that holds itself
    std::string out;
    for (;;) {
        const auto at = text.find("{{>");
        if (at == std::string_view::npos) return out += text;
        const auto end = text.find("}}", at);
        check(end != std::string_view::npos);
        auto name = text.substr(at + 3, end - at - 3);
        while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
        while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
        const auto* partial = partials(name);
        check(partial != nullptr);
        out += text.substr(0, at);
        out += with_partials(*partial, partials, depth + 1);
        text.remove_prefix(end + 2);
    }
}

std::unique_ptr<Mustache> parse(std::string_view template_text, const Partials& partials) {
    auto parsed = std::make_unique<Mustache>(with_partials(template_text, partials, 0));
    check(parsed->is_valid());
    parsed->set_custom_escape([](const std::string& text) { return escape_html(text); });
    return parsed;
}

}  // namespace

std::string render(std::string_view template_text, const Json& values, const Partials& partials) {
    return parse(template_text, partials)->render(to_data(values));
}

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string json_in_html(const Json& json) {
    std::string out;
    for (const char c : write_json(json)) {
        if (c == '<')
            out += "\\u003c";
        else
            out += c;
    }
    return out;
}

std::string grouped(std::int64_t number) {
    const auto digits = std::to_string(number);
    const std::size_t start = number < 0 ? 1 : 0;
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > start && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

std::string page(std::string_view path, std::string_view language, Json values) {
    // What web/ holds is compiled in and never changes: each thread keeps its parsed pages.
    thread_local std::map<std::pair<std::string, std::string>, std::unique_ptr<Mustache>, std::less<>> parsed;
    const std::pair key{std::string(path), std::string(language)};
    auto found = parsed.find(key);
    if (found == parsed.end()) {
        const auto* asset = find_asset(path, language);
        check(asset != nullptr);
        const auto partials = [&](std::string_view name) -> const std::string_view* {
            const auto* partial = find_asset(name, language);
            return partial == nullptr ? nullptr : &partial->plain;
        };
        found = parsed.emplace(key, parse(asset->plain, partials)).first;
    }
    values.set("assets", "/assets/" + std::string(assets_hash()) + (language == "en" ? "" : "/" + std::string(language)));
    return found->second->render(to_data(values));
}

}  // namespace barrow::wire
