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

Error no_time(const std::string& text) {
    return fail(Fault::bad_input, "\"" + text.substr(0, 40) + "\" is no time; write it like 2026-12-24T18:00");
}

Result<std::optional<Instant>> read_minute(const std::string& text, const Zone& zone) {
    if (text.empty()) return std::optional<Instant>();
    const auto at = zone.read(text);
    if (!at) return no_time(text);
    return std::optional(*at);
}

Result<std::optional<std::int64_t>> read_number(const std::string& text) {
    if (text.empty()) return std::optional<std::int64_t>();
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 1)
        return fail(Fault::bad_input, "\"" + text.substr(0, 40) + "\" is no whole number from 1 on");
    return std::optional(number);
}

// Collects what is not right; its value stands where there is one.
class Finder {
public:
    Finder(access::Wrongs& wrongs) : wrongs_(wrongs) {}
    void say(std::string field, std::string label, std::string text) {
        wrongs_.push_back({std::move(field), std::move(label), std::move(text)});
    }
    // False where it is refused.
    bool holds(const Status& status, const std::string& field, const std::string& label) {
        if (!status) say(field, label, status.error().text);
        return status.ok();
    }
    template <class T>
    void take(Result<T> result, T& into, const std::string& field, const std::string& label) {
        if (result)
            into = std::move(*result);
        else
            say(field, label, result.error().text);
    }

private:
    access::Wrongs& wrongs_;
};

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

// A rule's fields as the JSON that read_rule reads: one place says what a rule may be. A time that is none stands as it was typed.
wire::Json rule_of(const wire::Json& form, std::size_t n, const Zone& zone) {
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
        const auto typed = text_of(form, rule_field(n, name));
        const auto at = read_minute(typed, zone);
        if (!typed.empty()) conditions.set(std::string(name), at ? iso(**at) : typed);
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

struct ConditionName {
    std::string_view condition, label;
};
// Those that stand in a field of their own; the boxes can only be wrong in a form that is none of ours.
constexpr std::array<ConditionName, 5> condition_names{
    {{"country", "countries"}, {"language", "languages"}, {"query", "with in the address"}, {"from", "from"}, {"until", "until"}}};

// Each condition is read by itself, so that each says what is wrong with it.
void find_in_rule(const wire::Json& json, std::size_t n, const DenyList& deny, Finder& finder) {
    const auto name = "Rule " + std::to_string(n + 1);
    const auto plain = [](const Error& error) { return error.text.starts_with("rule: ") ? error.text.substr(6) : error.text; };
    bool good = true;
    const auto refuse = [&](std::string_view field, std::string_view label, const Error& error) {
        good = false;
        finder.say(rule_field(n, field), name + ", " + std::string(label), plain(error));
    };
    for (const auto& [condition, value] : json.find("if")->members()) {
        auto alone = wire::Json::object();
        alone.set(condition, value);
        const auto read = read_rule(wire::Json::object({{"if", std::move(alone)}, {"to", "/"}}));
        const auto known = std::ranges::find(condition_names, condition, &ConditionName::condition);
        if (read) continue;
        if (known == condition_names.end())
            refuse("to", "goes to", read.error());
        else if (condition == "from" || condition == "until")
            refuse(condition, known->label, no_time(value.text()));
        else
            refuse(condition, known->label, read.error());
    }
    const auto& to = json.find("to")->text();
    const auto allowed = examine_target(to);
    if (!allowed) refuse("to", "goes to", allowed.error());
    if (allowed && good) {
        if (const auto whole = read_rule(json); !whole)
            refuse("until", "until", whole.error());  // what only two conditions together say
        else if (const auto denied = examine_denied({.slug = "x", .target = to}, deny); !denied)
            refuse("to", "goes to", denied.error());
    }
}

std::vector<Rule> rules_of(const wire::Json& form, const Zone& zone, const DenyList& deny, Finder& finder) {
    std::vector<Rule> rules;
    std::vector<std::size_t> places;  // of each kept rule in the form
    for (std::size_t n = 0; n < rules_in(form); ++n) {
        const auto json = rule_of(form, n, zone);
        if (is_empty(json) || is_set(form, rule_field(n, "drop"))) continue;
        find_in_rule(json, n, deny, finder);
        if (auto rule = read_rule(json)) rules.push_back(std::move(*rule)), places.push_back(n);
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

std::string share_field(std::size_t n, std::string_view field) { return "split_" + std::to_string(n) + "_" + std::string(field); }

std::vector<Share> split_of(const wire::Json& form, const DenyList& deny, Finder& finder) {
    std::vector<Share> split;
    std::int64_t sum = 0;
    for (std::size_t n = 0; n < split_max; ++n) {
        auto target = trimmed(text_of(form, share_field(n, "target")));
        if (target.empty()) continue;
        const auto name = "Target " + std::to_string(n + 1);
        const auto percent_field = share_field(n, "percent"), percent_label = name + ", percent";
        if (finder.holds(examine_target(target), share_field(n, "target"), name))
            finder.holds(examine_denied({.slug = "x", .target = target}, deny), share_field(n, "target"), name);
        std::optional<std::int64_t> percent;
        const auto read = read_number(trimmed(text_of(form, percent_field)));
        finder.take(read, percent, percent_field, percent_label);
        if (read && !percent) finder.say(percent_field, percent_label, "say how many percent go there");
        sum += std::min<std::int64_t>(percent.value_or(0), 100);
        if (percent && sum > 99)
            finder.say(percent_field, percent_label, "the targets must have 1 to 99 percent together: the link's own has the rest");
        split.push_back({.target = std::move(target), .percent = percent.value_or(0)});
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
        form.set(share_field(n, "target"), link.split[n].target).set(share_field(n, "percent"), std::to_string(link.split[n].percent));
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
        if (wire::write_json(rule_of(form, n, zone)) != wire::write_json(rule_of(shown, n, zone))) return false;
    }
    return true;
}

// The fields of the page: what each is called, the part it stands in, and how it is looked at alone.
struct Field {
    std::string_view name, label, part;
    void (*copy)(const Link& from, Link& to);
};
constexpr std::array<Field, 20> fields{{
    {"target", "Goes to", "", [](const Link& from, Link& to) { to.target = from.target; }},
    {"title", "What it is called", "", [](const Link& from, Link& to) { to.title = from.title; }},
    {"live", "Follow a live session", "rules", [](const Link& from, Link& to) { to.live = from.live; }},
    {"starts", "Opens", "when", [](const Link& from, Link& to) { to.starts = from.starts; }},
    {"ends", "Ends", "when", [](const Link& from, Link& to) { to.ends = from.ends; }},
    {"clicks_max", "Places", "when", [](const Link& from, Link& to) { to.clicks_max = from.clicks_max; }},
    {"ended_target", "Afterwards it goes to", "when", [](const Link& from, Link& to) { to.ended_target = from.ended_target; }},
    {"password", "Password", "when", [](const Link&, Link&) {}},
    {"fallback", "Lead people to", "dead", [](const Link& from, Link& to) { to.fallback = from.fallback; }},
    {"utm", "UTM values", "utm", [](const Link& from, Link& to) { to.utm = from.utm; }},
    {"preview_title", "Title in previews", "show", [](const Link& from, Link& to) { to.preview_title = from.preview_title; }},
    {"preview_text", "Text in previews", "show", [](const Link& from, Link& to) { to.preview_text = from.preview_text; }},
    {"preview_image", "Picture in previews", "show", [](const Link& from, Link& to) { to.preview_image = from.preview_image; }},
    {"app_ios", "In an app on iPhone", "apps", [](const Link& from, Link& to) { to.apps.ios = from.apps.ios; }},
    // Each of the two needs the other; here it is given one.
    {"app_android", "In an app on Android", "apps",
     [](const Link& from, Link& to) { to.apps.android = from.apps.android, to.apps.package = from.apps.android.empty() ? "" : "a.b"; }},
    {"app_package", "Its Android package", "apps",
     [](const Link& from, Link& to) { to.apps.package = from.apps.package, to.apps.android = from.apps.package.empty() ? "" : "a.b:c"; }},
    {"folder", "Folder", "order", [](const Link& from, Link& to) { to.folder = from.folder; }},
    {"tags", "Tags", "order", [](const Link& from, Link& to) { to.tags = from.tags; }},
    {"note", "Note to yourself", "order", [](const Link& from, Link& to) { to.note = from.note; }},
    {"slug", "Short address", "order", [](const Link& from, Link& to) { to.slug = from.slug; }},
}};
std::string label_of(std::string_view name) { return std::string(std::ranges::find(fields, name, &Field::name)->label); }

// In the order of the page: the rules stand behind the title, the shares behind them.
std::ptrdiff_t place_of(std::string_view field) {
    if (field.starts_with("rule_")) return 2;
    const auto found = std::ranges::find(fields, field, &Field::name) - fields.begin();
    return field.starts_with("split_") ? 4 : found < 2 ? found : field == "live" ? 3 : found + 2;
}

enum class Hash : std::uint8_t { yes, no };
Link read_form(const wire::Json& form, const Link& base, const Zone& zone, const DenyList& deny, Hash hash, access::Wrongs& wrongs) {
    Finder finder(wrongs);
    const auto shown = form_of(base, zone);
    auto link = base;
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
    for (const auto& [name, time] : {std::pair{std::string("starts"), &link.starts}, {"ends", &link.ends}}) {
        if (!is_untouched(form, shown, name)) finder.take(read_minute(text_of(form, name), zone), *time, name, label_of(name));
    }
    finder.take(read_number(trimmed(text_of(form, "clicks_max"))), link.clicks_max, "clicks_max", label_of("clicks_max"));
    if (is_set(form, "password_off")) {
        link.password_hash.clear();
    } else if (const auto password = text_of(form, "password"); !password.empty()) {
        const bool good = finder.holds(examine_password(password), "password", label_of("password"));
        if (good && hash == Hash::yes) finder.holds(set_password(link, password), "password", label_of("password"));
    }
    for (const auto& field : fields) {
        Link alone{.slug = "x", .target = "/"};
        field.copy(link, alone);
        if (finder.holds(examine(alone), std::string(field.name), std::string(field.label)))
            finder.holds(examine_denied(alone, deny), std::string(field.name), std::string(field.label));
    }
    if (!rules_untouched(form, shown, zone)) link.rules = rules_of(form, zone, deny, finder);
    link.split = split_of(form, deny, finder);
    if (link.apps.android.empty() != link.apps.package.empty()) {
        const auto* missing = link.apps.android.empty() ? "app_android" : "app_package";
        finder.say(missing, label_of(missing),
                   "an Android app needs both its address (com.example.tide://lamp) and its package (com.example.tide)");
    }
    if (link.starts && link.ends && *link.ends <= *link.starts) finder.say("ends", label_of("ends"), "it must be later than its start");
    std::ranges::stable_sort(wrongs, {}, [](const access::Wrong& one) { return place_of(one.field); });
    if (!wrongs.empty()) return link;
    // What is left are things that no field of the page can say by itself.
    finder.holds(examine(link), "", "");
    if (wrongs.empty()) finder.holds(examine_denied(link, deny), "", "");
    return link;
}
}  // namespace

Result<Link> link_of_form(const wire::Json& form, Link base, const Zone& zone, const DenyList& deny) {
    access::Wrongs wrongs;
    auto link = read_form(form, base, zone, deny, Hash::yes, wrongs);
    if (wrongs.empty()) return link;
    const auto& first = wrongs.front();
    return fail(Fault::bad_input, (first.label.empty() ? "" : first.label + ": ") + first.text);
}

access::Wrongs wrongs_of_form(const wire::Json& form, const Link& base, const Zone& zone, const DenyList& deny) {
    access::Wrongs wrongs;
    read_form(form, base, zone, deny, Hash::no, wrongs);
    return wrongs;
}

access::Wrong wrong_of(const Error& error) {
    const bool about_slug = error.text.starts_with("the address") || error.text.starts_with("this shop has a ");
    if (about_slug) return {"slug", label_of("slug"), error.text};
    // Files that come with the form: "preview_image: too large".
    if (const auto colon = error.text.find(": "); colon != error.text.npos) {
        const auto field = std::ranges::find(fields, std::string_view(error.text).substr(0, colon), &Field::name);
        if (field != fields.end()) return {std::string(field->name), std::string(field->label), error.text.substr(colon + 2)};
    }
    return {"", "", error.text};
}

std::vector<std::string_view> link_fields() {
    std::vector<std::string_view> names;
    for (const auto& field : fields) names.push_back(field.name);
    return names;
}

std::string_view part_of_page(std::string_view field) {
    if (field.starts_with("rule_")) return "rules";
    if (field.starts_with("split_")) return "split";
    const auto found = std::ranges::find(fields, field, &Field::name);
    return found == fields.end() ? "" : found->part;
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

wire::Json rule_rows(const wire::Json& form, const Zone& zone, const access::Wrongs& wrongs) {
    wire::Json::Array rows;
    const auto filled = rules_in(form);
    const bool has_empty_one = filled > 0 && is_empty(rule_of(form, filled - 1, zone));
    const auto last = has_empty_one ? filled : std::min(filled + 1, rules_max);  // of the rows: an empty one for a new rule
    for (std::size_t n = 0; n < last; ++n) {
        const auto json = rule_of(form, n, zone);
        const auto read = read_rule(json);
        const bool empty_one = n + 1 == last && is_empty(json);
        const bool is_wrong = std::ranges::any_of(wrongs, [&](const auto& one) { return one.field.starts_with(rule_field(n, "")); });
        const auto wrong = [&](std::string_view name) { return access::wrong_at(wrongs, rule_field(n, name)); };
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
                                           {"words", read             ? rule_words(*read, zone)
                                                     : is_empty(json) ? "nothing yet"
                                                                      : "not right yet"},
                                           {"to", field("to")},
                                           {"to_error", wrong("to")},
                                           {"country_error", wrong("country")},
                                           {"language_error", wrong("language")},
                                           {"query_error", wrong("query")},
                                           {"from_error", wrong("from")},
                                           {"until_error", wrong("until")},
                                           {"dropped", is_set(form, rule_field(n, "drop"))},
                                           {"open", (!read && !is_empty(json)) || is_wrong},
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
                                           {"can_down", n + 2 < last || (n + 1 < last && !is_empty(rule_of(form, n + 1, zone)))}}));
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

wire::Json split_rows(const wire::Json& form, const access::Wrongs& wrongs) {
    std::size_t filled = 0;  // up to the last share that says something
    for (std::size_t n = 0; n < split_max; ++n) {
        if (!text_of(form, share_field(n, "target")).empty()) filled = n + 1;
    }
    wire::Json::Array rows;
    for (std::size_t n = 0; n < std::min(filled + 1, split_max); ++n) {
        rows.push_back(wire::Json::object({{"n", n},
                                           {"number", n + 1},
                                           {"name", "split_" + std::to_string(n) + "_"},
                                           {"target", text_of(form, share_field(n, "target"))},
                                           {"target_error", access::wrong_at(wrongs, share_field(n, "target"))},
                                           {"percent", text_of(form, share_field(n, "percent"))},
                                           {"percent_error", access::wrong_at(wrongs, share_field(n, "percent"))}}));
    }
    return rows;
}

}  // namespace barrow::links
