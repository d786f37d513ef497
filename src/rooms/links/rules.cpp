#include "rooms/links/rules.hpp"

#include <algorithm>
#include <array>

#include "rooms/experiments/bucket.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {
namespace {

constexpr std::array<std::string_view, 4> stages{"before", "live", "sold_out", "after"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same_letters(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

// "de" fits "de" and "de-AT"; "de-AT" fits itself alone.
bool speaks(std::string_view wanted, std::string_view spoken) {
    return spoken.size() >= wanted.size() && same_letters(wanted, spoken.substr(0, wanted.size())) &&
           (spoken.size() == wanted.size() || spoken[wanted.size()] == '-');
}

template <class T>
bool one_of(const std::vector<T>& wanted, T is) {
    return wanted.empty() || std::ranges::find(wanted, is) != wanted.end();
}

bool fits_app(const Rule& rule, telemetry::App app) {
    if (rule.any_app && app != telemetry::App::none) return true;
    return rule.any_app ? std::ranges::find(rule.apps, app) != rule.apps.end() : one_of(rule.apps, app);
}

}  // namespace

std::string_view name(Stage stage) { return stages[static_cast<std::size_t>(stage)]; }
std::optional<Stage> stage_named(std::string_view name) {
    const auto found = std::ranges::find(stages, name);
    return found == stages.end() ? std::nullopt : std::optional(static_cast<Stage>(found - stages.begin()));
}

bool fits(const Rule& rule, const Visitor& visitor) {
    if (rule.from && visitor.now < *rule.from) return false;
    if (rule.until && visitor.now >= *rule.until) return false;
    if (rule.stage && rule.stage != visitor.stage) return false;
    if (!one_of(rule.devices, visitor.agent.device) || !one_of(rule.systems, visitor.agent.os) ||
        !one_of(rule.browsers, visitor.agent.browser) || !fits_app(rule, visitor.agent.app)) {
        return false;
    }
    if (!rule.countries.empty() &&
        std::ranges::none_of(rule.countries, [&](const std::string& country) { return same_letters(country, visitor.country); })) {
        return false;
    }
    if (!rule.languages.empty() &&
        std::ranges::none_of(rule.languages, [&](const std::string& language) { return speaks(language, visitor.language); })) {
        return false;
    }
    return std::ranges::all_of(rule.query, [&](const auto& wanted) {
        const auto value = parameter(visitor.query, wanted.first);
        return value && (wanted.second == "*" || *value == wanted.second);
    });
}

const Rule* first_fitting(const std::vector<Rule>& rules, const Visitor& visitor) {
    const auto found = std::ranges::find_if(rules, [&](const Rule& rule) { return fits(rule, visitor); });
    return found == rules.end() ? nullptr : &*found;
}

std::size_t branch_of(const std::vector<Share>& split, std::int64_t split_number, std::string_view unit) {
    const auto n = experiments::bucket_hash("link" + std::to_string(split_number), unit, 2);
    check(n.has_value());
    // The target's own share is the first range: [0, 1 - the others).
    double from = 1.0;
    for (const auto& share : split) from -= static_cast<double>(share.percent) / 100.0;
    if (*n < from) return 0;
    for (std::size_t i = 0; i < split.size(); ++i) {
        from += static_cast<double>(split[i].percent) / 100.0;
        if (*n < from) return i + 1;
    }
    return split.size();  // the last one, where the sum fell short of 1 by rounding
}

std::optional<std::string_view> parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) == name) return pair.substr(std::min(equals + 1, pair.size()));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return std::nullopt;
}

std::string_view preferred_language(std::string_view accept_language) {
    const auto end = accept_language.find_first_of(",; ");
    return accept_language.substr(0, end);
}

// ---- as JSON and as words --------------------------------------------------------------------------------------------------

namespace {

template <class T>
wire::Json names(const std::vector<T>& list) {
    wire::Json::Array items;
    for (const auto& one : list) {
        if constexpr (std::is_same_v<T, std::string>) {
            items.emplace_back(one);
        } else {
            items.emplace_back(telemetry::name(one));
        }
    }
    return items;
}

Error wrong(const std::string& what) { return fail(Fault::bad_input, "rule: " + what); }

// A list of texts, or one text.
Result<std::vector<std::string>> texts(const wire::Json& json, const std::string& condition) {
    std::vector<std::string> list;
    if (json.is_text()) {
        list.push_back(json.text());
    } else if (json.is_array()) {
        for (const auto& item : json.items()) {
            if (!item.is_text()) return wrong("\"" + condition + "\" must be a list of texts");
            list.push_back(item.text());
        }
    } else {
        return wrong("\"" + condition + "\" must be a list of texts");
    }
    if (list.empty()) return wrong("\"" + condition + "\" is an empty list; leave it out to mean everybody");
    if (list.size() > condition_values_max) return wrong("\"" + condition + "\" has more than 60 values");
    return list;
}

// "phone, tablet, desktop, other": `other` is the last of each.
template <class T>
std::string all_names() {
    std::string out;
    for (int i = 0; i <= static_cast<int>(T::other); ++i) out += (i == 0 ? "" : ", ") + std::string(telemetry::name(static_cast<T>(i)));
    return out;
}

template <class T>
Status read_names(const wire::Json& json, const std::string& condition, std::optional<T> (*named)(std::string_view), std::vector<T>& out) {
    for (const auto& text : TRY(texts(json, condition))) {
        const auto value = named(text);
        if (!value) return wrong(condition + " \"" + text.substr(0, 40) + "\" is not known; it is one of " + all_names<T>());
        out.push_back(*value);
    }
    return {};
}

bool is_country(std::string_view text) {
    return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}
bool is_language(std::string_view text) {
    return text.size() >= 2 && text.size() <= 35 && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
           });
}
// As it stands in an address: RFC 3986 query characters without the separators.
bool is_query_text(std::string_view text) {
    return text.size() <= 100 &&
           std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '&' || c == '=' || c == '#'; });
}

Result<Instant> read_time(const wire::Json& json, const std::string& condition) {
    const auto at = json.is_text() ? read_iso(json.text()) : Result<Instant>(wrong(""));
    if (!at) return wrong("\"" + condition + "\" must be a time like 2026-12-24T18:00:00Z");
    return whole_second(*at);
}

Status read_condition(const std::string& condition, const wire::Json& value, Rule& rule) {
    using namespace telemetry;
    if (condition == "device") return read_names<Device>(value, condition, device_named, rule.devices);
    if (condition == "os") return read_names<Os>(value, condition, os_named, rule.systems);
    if (condition == "browser") return read_names<Browser>(value, condition, browser_named, rule.browsers);
    if (condition == "app") {
        wire::Json::Array others;
        for (auto& text : TRY(texts(value, condition))) {
            if (text == "any")
                rule.any_app = true;
            else
                others.emplace_back(std::move(text));
        }
        return others.empty() ? Status() : read_names<App>(others, condition, app_named, rule.apps);
    }
    if (condition == "country") {
        rule.countries = TRY(texts(value, condition));
        for (auto& country : rule.countries) {
            const auto typed = country.substr(0, 40);
            std::ranges::transform(country, country.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
            if (!is_country(country)) return wrong("country \"" + typed + "\" must be two letters, like DE");
        }
        return {};
    }
    if (condition == "language") {
        rule.languages = TRY(texts(value, condition));
        for (const auto& language : rule.languages) {
            if (!is_language(language)) return wrong("language \"" + language.substr(0, 40) + "\" must be a tag like de or pt-BR");
        }
        return {};
    }
    if (condition == "query") {
        if (!value.is_object() || value.members().empty() || value.members().size() > 10)
            return wrong("\"query\" must be an object of 1 to 10 parameters, like {\"ref\": \"clip7\"} or {\"ref\": \"*\"} for any value");
        for (const auto& [name, wanted] : value.members()) {
            if (!wanted.is_text() || name.empty() || !is_query_text(name) || !is_query_text(wanted.text()))
                return wrong("the query parameter \"" + name.substr(0, 40) + "\" must be plain text without spaces, & = and #");
            rule.query.emplace_back(name, wanted.text());
        }
        return {};
    }
    if (condition == "from" || condition == "until") {
        (condition == "from" ? rule.from : rule.until) = TRY(read_time(value, condition));
        return {};
    }
    if (condition == "stage") {
        rule.stage = value.is_text() ? stage_named(value.text()) : std::nullopt;
        if (!rule.stage) return wrong("\"stage\" must be before, live, sold_out or after");
        return {};
    }
    return wrong("there is no condition \"" + condition.substr(0, 40) +
                 "\"; there are device, os, browser, app, country, language, query, from, until and stage");
}

void say(std::string& out, const std::string& part) { out += (out.empty() ? "" : ", ") + part; }

template <class T>
std::string any_of_words(const std::vector<T>& list) {
    std::string out;
    for (const auto& one : list) {
        out += out.empty() ? "" : " or ";
        if constexpr (std::is_same_v<T, std::string>) {
            out += one;
        } else {
            out += telemetry::name(one);
        }
    }
    return out;
}

}  // namespace

wire::Json rule_json(const Rule& rule) {
    auto conditions = wire::Json::object();
    if (!rule.devices.empty()) conditions.set("device", names(rule.devices));
    if (!rule.systems.empty()) conditions.set("os", names(rule.systems));
    if (!rule.browsers.empty()) conditions.set("browser", names(rule.browsers));
    if (rule.any_app || !rule.apps.empty()) {
        auto apps = names(rule.apps);
        if (rule.any_app) apps.push("any");
        conditions.set("app", std::move(apps));
    }
    if (!rule.countries.empty()) conditions.set("country", names(rule.countries));
    if (!rule.languages.empty()) conditions.set("language", names(rule.languages));
    if (!rule.query.empty()) {
        auto query = wire::Json::object();
        for (const auto& [name, value] : rule.query) query.set(name, value);
        conditions.set("query", std::move(query));
    }
    if (rule.from) conditions.set("from", iso(*rule.from));
    if (rule.until) conditions.set("until", iso(*rule.until));
    if (rule.stage) conditions.set("stage", name(*rule.stage));
    return wire::Json::object({{"if", std::move(conditions)}, {"to", rule.target}});
}

Result<Rule> read_rule(const wire::Json& json) {
    if (!json.is_object()) return wrong("it must be an object with \"if\" and \"to\"");
    Rule rule;
    for (const auto& [name, value] : json.members()) {
        if (name == "to" && value.is_text()) {
            TRY(examine_target(value.text()));
            rule.target = value.text();
        } else if (name == "if" && value.is_object()) {
            for (const auto& [condition, wanted] : value.members()) TRY(read_condition(condition, wanted, rule));
        } else {
            return wrong("\"" + name.substr(0, 40) + "\" is not expected; it has \"if\", an object of conditions, and \"to\", a target");
        }
    }
    if (rule.target.empty()) return wrong("it must say in \"to\" where it leads");
    if (rule.from && rule.until && *rule.until <= *rule.from) return wrong("\"until\" must be later than \"from\"");
    return rule;
}

std::string rule_words(const Rule& rule, const Zone& zone) {
    std::string out;
    if (!rule.devices.empty()) say(out, any_of_words(rule.devices));
    if (!rule.systems.empty()) say(out, any_of_words(rule.systems));
    if (!rule.browsers.empty()) say(out, "with " + any_of_words(rule.browsers));
    if (rule.any_app) {
        say(out, "in any app");
    } else if (!rule.apps.empty()) {
        say(out, rule.apps == std::vector{telemetry::App::none} ? "in no app" : "in " + any_of_words(rule.apps));
    }
    if (!rule.countries.empty()) say(out, "from " + any_of_words(rule.countries));
    if (!rule.languages.empty()) say(out, "reading " + any_of_words(rule.languages));
    for (const auto& [name, value] : rule.query) say(out, "with ?" + name + (value == "*" ? "" : "=" + value));
    if (rule.from) say(out, "from " + zone.stamp(*rule.from));
    if (rule.until) say(out, "until " + zone.stamp(*rule.until));
    if (rule.stage)
        say(out, *rule.stage == Stage::sold_out ? "while it is sold out" : "while the stream is " + std::string(name(*rule.stage)));
    return out.empty() ? "everybody" : out;
}

}  // namespace barrow::links
