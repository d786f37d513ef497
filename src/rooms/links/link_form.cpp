#include "rooms/links/link_form.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "floor/base/text.hpp"
#include "rooms/links/link_json.hpp"

namespace barrow::links {
namespace {

std::string text_of(const wire::Json& form, const std::string& name) {
    const auto* value = form.find(name);
    return value != nullptr && value->is_text() ? value->text() : "";
}
bool is_set(const wire::Json& form, const std::string& name) { return form.find(name) != nullptr; }

// A field that several boxes fill: one text, or a list of them.
std::vector<std::string> list_of(const wire::Json& form, const std::string& name) {
    std::vector<std::string> list;
    const auto* value = form.find(name);
    if (value == nullptr) return list;
    if (value->is_text()) return {value->text()};
    if (value->is_array()) {
        for (const auto& item : value->items()) {
            if (item.is_text()) list.push_back(item.text());
        }
    }
    return list;
}

std::vector<std::string> split_words(std::string_view text, std::string_view separators) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(separators), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::string joined(const std::vector<std::string>& list) {
    std::string out;
    for (const auto& one : list) out += (out.empty() ? "" : ", ") + one;
    return out;
}

// "2026-11-23T20:00", as the browser's field has it.
std::string minute_of(const std::optional<Instant>& at, const Zone& zone) { return at ? zone.typed(*at) : ""; }

Error at_part(const std::string& part, const Error& error) { return fail(error.fault, part + ": " + error.text); }

Result<std::optional<Instant>> read_minute(const std::string& text, const std::string& part, const Zone& zone) {
    if (text.empty()) return std::optional<Instant>();
    const auto at = zone.read(text);
    if (!at) return fail(Fault::bad_input, part + ": \"" + text.substr(0, 40) + "\" is no time; write it like 2026-12-24T18:00");
    return std::optional(*at);
}

Result<std::optional<std::int64_t>> read_number(const std::string& text, const std::string& part) {
    if (text.empty()) return std::optional<std::int64_t>();
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 1)
        return fail(Fault::bad_input, part + ": \"" + text.substr(0, 40) + "\" is no whole number from 1 on");
    return std::optional(number);
}

// ---- rules -----------------------------------------------------------------------------------------------------------------

std::string rule_field(std::size_t n, std::string_view field) { return "rule_" + std::to_string(n) + "_" + std::string(field); }

constexpr std::array<std::string_view, 4> chosen{"device", "os", "browser", "app"};  // lists of boxes
constexpr std::array<std::string_view, 2> listed{"country", "language"};             // words with commas

void put_rule(wire::Json& form, std::size_t n, const Rule& rule, const Zone& zone) {
    const auto json = rule_json(rule);
    const auto& conditions = *json.find("if");
    for (const auto name : chosen) {
        if (const auto* value = conditions.find(name)) form.set(rule_field(n, name), *value);
    }
    form.set(rule_field(n, "country"), joined(rule.countries));
    form.set(rule_field(n, "language"), joined(rule.languages));
    std::string query;
    for (const auto& [name, value] : rule.query) query += (query.empty() ? "" : "&") + name + "=" + value;
    form.set(rule_field(n, "query"), query);
    form.set(rule_field(n, "from"), minute_of(rule.from, zone));
    form.set(rule_field(n, "until"), minute_of(rule.until, zone));
    form.set(rule_field(n, "stage"), rule.stage ? std::string(name(*rule.stage)) : "");
    form.set(rule_field(n, "to"), rule.target);
}

// A rule's fields as the JSON that read_rule reads: one place says what a rule may be.
Result<wire::Json> rule_of(const wire::Json& form, std::size_t n, const Zone& zone) {
    const auto part = "Rule " + std::to_string(n + 1);
    auto conditions = wire::Json::object();
    const auto put_list = [&](std::string_view name, const std::vector<std::string>& list) {
        if (!list.empty()) conditions.set(std::string(name), wire::Json::Array(list.begin(), list.end()));
    };
    for (const auto name : chosen) put_list(name, list_of(form, rule_field(n, name)));
    for (const auto name : listed) put_list(name, split_words(text_of(form, rule_field(n, name)), ", ;"));
    auto query = wire::Json::object();
    for (const auto& pair : split_words(text_of(form, rule_field(n, "query")), ", &;?")) {
        const auto equals = std::min(pair.find('='), pair.size());
        query.set(pair.substr(0, equals), equals == pair.size() ? "*" : pair.substr(equals + 1));
    }
    if (!query.members().empty()) conditions.set("query", std::move(query));
    for (const std::string_view name : {"from", "until"}) {
        if (const auto at = TRY(read_minute(text_of(form, rule_field(n, name)), part, zone))) conditions.set(std::string(name), iso(*at));
    }
    if (const auto stage = text_of(form, rule_field(n, "stage")); !stage.empty()) conditions.set("stage", stage);
    return wire::Json::object({{"if", std::move(conditions)}, {"to", trimmed(text_of(form, rule_field(n, "to")))}});
}

bool is_empty(const wire::Json& rule) { return rule.find("if")->members().empty() && rule.find("to")->text().empty(); }

// How many rules the form has fields for; the last one may be the empty one.
std::size_t rules_in(const wire::Json& form) {
    std::size_t n = 0;
    while (n <= rules_max && is_set(form, rule_field(n, "to"))) ++n;
    return n;
}

Result<std::vector<Rule>> rules_of(const wire::Json& form, const Zone& zone) {
    std::vector<Rule> rules;
    std::vector<std::size_t> places;  // of each kept rule in the form
    for (std::size_t n = 0; n < rules_in(form); ++n) {
        const auto json = TRY(rule_of(form, n, zone));
        if (is_empty(json) || is_set(form, rule_field(n, "drop"))) continue;
        auto rule = read_rule(json);
        if (!rule) {
            auto words = rule.error().text;
            if (words.starts_with("rule: ")) words.erase(0, 6);
            return fail(Fault::bad_input, "Rule " + std::to_string(n + 1) + ": " + words);
        }
        rules.push_back(std::move(*rule));
        places.push_back(n);
    }
    const auto move = text_of(form, "move");
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (move == "up-" + std::to_string(places[i]) && i > 0) {
            std::swap(rules[i], rules[i - 1]);
            break;
        }
        if (move == "down-" + std::to_string(places[i]) && i + 1 < rules.size()) {
            std::swap(rules[i], rules[i + 1]);
            break;
        }
    }
    return rules;
}

Result<std::vector<Share>> split_of(const wire::Json& form) {
    std::vector<Share> split;
    for (std::size_t n = 0; n < split_max; ++n) {
        const auto name = "split_" + std::to_string(n) + "_";
        auto target = trimmed(text_of(form, name + "target"));
        if (target.empty()) continue;
        const auto percent = TRY(read_number(trimmed(text_of(form, name + "percent")), "Split " + std::to_string(n + 1)));
        if (!percent) return fail(Fault::bad_input, "Split " + std::to_string(n + 1) + ": say how many percent go there");
        split.push_back({.target = std::move(target), .percent = *percent});
    }
    return split;
}

}  // namespace

wire::Json form_of(const Link& link, const Zone& zone) {
    auto form = wire::Json::object({{"slug", link.slug},
                                    {"target", link.target},
                                    {"title", link.title},
                                    {"live", link.live},
                                    {"utm", link.utm},
                                    {"starts", minute_of(link.starts, zone)},
                                    {"ends", minute_of(link.ends, zone)},
                                    {"clicks_max", link.clicks_max ? std::to_string(*link.clicks_max) : ""},
                                    {"ended_target", link.ended_target},
                                    {"fallback", link.fallback},
                                    {"preview_title", link.preview_title},
                                    {"preview_text", link.preview_text},
                                    {"preview_image", link.preview_image},
                                    {"app_ios", link.apps.ios},
                                    {"app_android", link.apps.android},
                                    {"app_package", link.apps.package},
                                    {"outside", link.outside == Outside::offer   ? "offer"
                                                : link.outside == Outside::never ? "never"
                                                                                 : ""},
                                    {"folder", link.folder},
                                    {"tags", joined(link.tags)},
                                    {"note", link.note}});
    if (link.on_bio) form.set("on_bio", "1");
    if (link.pass_query) form.set("pass_query", "1");
    if (link.tell_context) form.set("tell_context", "1");
    form.set("robots", link.may_index ? "index" : link.no_index ? "nofollow" : "");
    if (link.keeps_target) form.set("keeps_target", "1");
    for (std::size_t n = 0; n < link.rules.size() && n < rules_max; ++n) put_rule(form, n, link.rules[n], zone);
    for (std::size_t n = 0; n < link.split.size(); ++n) {
        const auto name = "split_" + std::to_string(n) + "_";
        form.set(name + "target", link.split[n].target).set(name + "percent", std::to_string(link.split[n].percent));
    }
    return form;
}

namespace {
// A field that says what the form was made with leaves the value as it is: forms know minutes, the link may know seconds.
bool is_untouched(const wire::Json& form, const wire::Json& shown, const std::string& name) {
    return trimmed(text_of(form, name)) == trimmed(text_of(shown, name));
}
bool rules_untouched(const wire::Json& form, const wire::Json& shown, const Zone& zone) {
    if (!text_of(form, "move").empty()) return false;
    for (std::size_t n = 0; n <= rules_max; ++n) {
        if (is_set(form, rule_field(n, "drop"))) return false;
        const auto typed = rule_of(form, n, zone), was = rule_of(shown, n, zone);
        if (!typed || !was || wire::write_json(*typed) != wire::write_json(*was)) return false;
    }
    return true;
}
}  // namespace

Result<Link> link_of_form(const wire::Json& form, Link base, const Zone& zone) {
    const auto shown = form_of(base, zone);
    auto link = std::move(base);
    link.slug = trimmed(text_of(form, "slug"));
    link.target = trimmed(text_of(form, "target"));
    link.title = trimmed(text_of(form, "title"));
    link.live = trimmed(text_of(form, "live"));
    link.utm = trimmed(text_of(form, "utm"));
    link.ended_target = trimmed(text_of(form, "ended_target"));
    link.fallback = trimmed(text_of(form, "fallback"));
    link.preview_title = trimmed(text_of(form, "preview_title"));
    link.preview_text = trimmed(text_of(form, "preview_text"));
    link.preview_image = trimmed(text_of(form, "preview_image"));
    link.folder = trimmed(text_of(form, "folder"));
    link.note = trimmed(text_of(form, "note"));
    link.on_bio = is_set(form, "on_bio");
    link.pass_query = is_set(form, "pass_query");
    link.tell_context = is_set(form, "tell_context");
    const auto robots = text_of(form, "robots");
    link.no_index = robots == "nofollow";
    link.may_index = robots == "index";
    const auto outside = text_of(form, "outside");
    link.outside = outside == "offer" ? Outside::offer : outside == "never" ? Outside::never : Outside::as_shop;
    link.apps = {.ios = trimmed(text_of(form, "app_ios")),
                 .android = trimmed(text_of(form, "app_android")),
                 .package = trimmed(text_of(form, "app_package"))};
    link.keeps_target = is_set(form, "keeps_target");
    link.tags.clear();
    for (const auto& tag : split_words(text_of(form, "tags"), ",")) {
        if (auto word = trimmed(tag); !word.empty()) link.tags.push_back(std::move(word));
    }
    std::ranges::sort(link.tags);
    link.tags.erase(std::unique(link.tags.begin(), link.tags.end()), link.tags.end());
    if (!is_untouched(form, shown, "starts")) link.starts = TRY(read_minute(text_of(form, "starts"), "Opens", zone));
    if (!is_untouched(form, shown, "ends")) link.ends = TRY(read_minute(text_of(form, "ends"), "Ends", zone));
    link.clicks_max = TRY(read_number(trimmed(text_of(form, "clicks_max")), "Places"));
    if (!rules_untouched(form, shown, zone)) link.rules = TRY(rules_of(form, zone));
    link.split = TRY(split_of(form));
    if (is_set(form, "password_off")) {
        link.password_hash.clear();
    } else if (const auto password = text_of(form, "password"); !password.empty()) {
        const auto set = set_password(link, password);
        if (!set) return at_part("Password", set.error());
    }
    return link;
}

namespace {

template <class T>
wire::Json boxes(const wire::Json& form, const std::string& field, std::initializer_list<std::string_view> more = {}) {
    const auto set = list_of(form, field);
    wire::Json::Array out;
    const auto add = [&](std::string_view value, std::string_view label) {
        out.push_back(wire::Json::object(
            {{"field", field}, {"value", value}, {"label", label}, {"checked", std::ranges::find(set, value) != set.end()}}));
    };
    for (const auto value : more) add(value, value == "any" ? "any app" : value);
    for (int i = 0; i <= static_cast<int>(T::other); ++i) {
        const auto value = telemetry::name(static_cast<T>(i));
        add(value, value == "none" ? "no app" : value);
    }
    return out;
}

}  // namespace

wire::Json rule_rows(const wire::Json& form, const Zone& zone) {
    wire::Json::Array rows;
    const auto last = rules_in(form);
    bool empty_one = false;
    for (std::size_t n = 0; n <= last && n <= rules_max && !empty_one; ++n) {
        const auto json = rule_of(form, n, zone);
        const auto read = json ? read_rule(*json) : Result<Rule>(json.error());
        empty_one = json && is_empty(*json);
        const auto field = [&](std::string_view name) { return text_of(form, rule_field(n, name)); };
        const auto stage = field("stage");
        wire::Json::Array stages;
        for (const auto& [value, label] : {std::pair<std::string_view, std::string_view>{"", "always"},
                                           {"before", "before it begins"},
                                           {"live", "while it is live"},
                                           {"sold_out", "when it is sold out"},
                                           {"after", "after it"}}) {
            stages.push_back(wire::Json::object({{"value", value}, {"label", label}, {"selected", stage == value}}));
        }
        rows.push_back(wire::Json::object({{"n", n},
                                           {"name", "rule_" + std::to_string(n)},
                                           {"number", n + 1},
                                           {"is_new", empty_one},
                                           {"words", read ? rule_words(*read, zone) : "not right yet"},
                                           {"to", field("to")},
                                           {"open", !read && !empty_one},
                                           {"devices", boxes<telemetry::Device>(form, rule_field(n, "device"))},
                                           {"apps", boxes<telemetry::App>(form, rule_field(n, "app"), {"any"})},
                                           {"systems", boxes<telemetry::Os>(form, rule_field(n, "os"))},
                                           {"browsers", boxes<telemetry::Browser>(form, rule_field(n, "browser"))},
                                           {"country", field("country")},
                                           {"language", field("language")},
                                           {"query", field("query")},
                                           {"from", field("from")},
                                           {"until", field("until")},
                                           {"stages", std::move(stages)},
                                           {"can_up", n > 0 && !empty_one},
                                           {"can_down", n + 1 < last && !empty_one}}));
    }
    return rows;
}

wire::Json options(const wire::Json& form, const std::string& field,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> all) {
    const auto picked = text_of(form, field);
    wire::Json::Array out;
    for (const auto& [value, label] : all)
        out.push_back(wire::Json::object({{"value", value}, {"label", label}, {"selected", picked == value}}));
    return out;
}

wire::Json split_rows(const wire::Json& form) {
    wire::Json::Array rows;
    bool free = false;
    for (std::size_t n = 0; n < split_max && !free; ++n) {
        const auto name = "split_" + std::to_string(n) + "_";
        auto target = text_of(form, name + "target");
        free = target.empty();
        rows.push_back(wire::Json::object(
            {{"n", n}, {"number", n + 1}, {"name", name}, {"target", std::move(target)}, {"percent", text_of(form, name + "percent")}}));
    }
    return rows;
}

}  // namespace barrow::links
