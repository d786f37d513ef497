#include "rooms/links/link_json.hpp"

#include <algorithm>
#include <array>

#include "floor/sign/sign.hpp"
#include "floor/wire/form.hpp"

namespace barrow::links {
namespace {

constexpr std::int64_t count_max = 9'007'199'254'740'991;  // what both engines and JSON keep exactly

Error wrong(std::string_view name, const std::string& should) {
    return fail(Fault::bad_input, "link: \"" + std::string(name.substr(0, 60)) + "\" " + should);
}

// ---- one member each ---------------------------------------------------------------------------------------------------------
// A text member: null and "" are the same.
Status read_text(const wire::Json& json, std::string_view name, std::string& out, std::size_t characters_max) {
    if (!json.is_null() && !json.is_text()) return wrong(name, "must be a text");
    out = json.is_text() ? json.text() : "";
    if (wire::character_count(out) > characters_max) return wrong(name, "is longer than " + std::to_string(characters_max) + " characters");
    return {};
}

Status read_flag(const wire::Json& json, std::string_view name, bool& out) {
    if (!json.is_bool()) return wrong(name, "must be true or false");
    out = json.boolean();
    return {};
}

Status read_time(const wire::Json& json, std::string_view name, std::optional<Instant>& out) {
    out.reset();
    if (json.is_null() || (json.is_text() && json.text().empty())) return {};
    const auto at = json.is_text() ? read_iso(json.text()) : Result<Instant>(wrong(name, ""));
    if (!at) return wrong(name, "must be a time like 2026-12-24T18:00:00Z");
    out = whole_ms(*at);
    return {};
}

Status read_count(const wire::Json& json, std::string_view name, std::int64_t least, std::int64_t& out) {
    if (!json.is_integer() || json.integer() < least || json.integer() > count_max)
        return wrong(name, "must be a whole number of at least " + std::to_string(least));
    out = json.integer();
    return {};
}

// A list of texts: sorted, each once.
Status read_texts(const wire::Json& json, std::string_view name, std::vector<std::string>& out) {
    out.clear();
    if (json.is_null()) return {};
    if (!json.is_array()) return wrong(name, "must be a list of texts");
    for (const auto& item : json.items()) {
        if (!item.is_text()) return wrong(name, "must be a list of texts");
        if (!item.text().empty()) out.push_back(item.text());
    }
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return {};
}

Status read_rules(const wire::Json& json, std::vector<Rule>& out) {
    out.clear();
    if (json.is_null()) return {};
    if (!json.is_array()) return wrong("rules", "must be a list of rules");
    if (json.items().size() > rules_max) return wrong("rules", "has more than " + std::to_string(rules_max) + " rules");
    for (std::size_t i = 0; i < json.items().size(); ++i) {
        auto rule = read_rule(json.items()[i]);
        if (!rule) return fail(Fault::bad_input, std::to_string(i + 1) + ". " + rule.error().text);
        out.push_back(std::move(*rule));
    }
    return {};
}

Status read_split(const wire::Json& json, std::vector<Share>& out) {
    out.clear();
    if (json.is_null()) return {};
    if (!json.is_array()) return wrong("split", "must be a list like [{\"target\": \"/p/lamp\", \"percent\": 50}]");
    for (const auto& item : json.items()) {
        wire::Fields fields(item, "link: split");
        Share share{.target = TRY(fields.text("target", target_max)), .percent = TRY(fields.integer("percent", 1, 99))};
        TRY(fields.done());
        out.push_back(std::move(share));
    }
    return {};
}

Status read_preview(const wire::Json& json, Link& link) {
    link.preview_title = link.preview_text = link.preview_image = "";
    if (json.is_null()) return {};
    if (!json.is_object()) return wrong("preview", "must be an object with title, text and image");
    for (const auto& [name, value] : json.members()) {
        if (name == "title")
            TRY(read_text(value, "preview.title", link.preview_title, title_max));
        else if (name == "text")
            TRY(read_text(value, "preview.text", link.preview_text, 300));
        else if (name == "image")
            TRY(read_text(value, "preview.image", link.preview_image, target_max));
        else
            return wrong("preview." + name, "is not known; there are title, text and image");
    }
    return {};
}

Status read_outside(const wire::Json& json, Outside& out) {
    const auto word = json.is_text() ? json.text() : "";
    if (!json.is_null() && word != "never" && word != "offer" && word != "shop")
        return wrong("outside", "must be \"never\", \"offer\" or \"shop\" (as the shop says)");
    out = word == "never" ? Outside::never : word == "offer" ? Outside::offer : Outside::as_shop;
    return {};
}

Status read_apps(const wire::Json& json, AppTargets& out) {
    out = {};
    if (json.is_null()) return {};
    if (!json.is_object()) return wrong("apps", "must be an object with ios, android and package");
    for (const auto& [name, value] : json.members()) {
        if (name == "ios")
            TRY(read_text(value, "apps.ios", out.ios, target_max));
        else if (name == "android")
            TRY(read_text(value, "apps.android", out.android, target_max));
        else if (name == "package")
            TRY(read_text(value, "apps.package", out.package, 150));
        else
            return wrong("apps." + name, "is not known; there are ios, android and package");
    }
    return {};
}

// ---- the table of members --------------------------------------------------------------------------------------------------
struct Member {
    std::string_view name;
    Writer from;  // ours: only our own JSON holds it
    Status (*read)(const wire::Json&, Link&);
};
constexpr auto caller = Writer::caller, ours = Writer::ours;
constexpr std::array members{
    Member{"slug", caller, [](const wire::Json& json, Link& link) { return read_text(json, "slug", link.slug, slug_max); }},
    Member{"aliases", caller, [](const wire::Json& json, Link& link) { return read_texts(json, "aliases", link.aliases); }},
    Member{"target", caller, [](const wire::Json& json, Link& link) { return read_text(json, "target", link.target, target_max); }},
    Member{"title", caller, [](const wire::Json& json, Link& link) { return read_text(json, "title", link.title, title_max); }},
    Member{"on_bio", caller, [](const wire::Json& json, Link& link) { return read_flag(json, "on_bio", link.on_bio); }},
    Member{"rules", caller, [](const wire::Json& json, Link& link) { return read_rules(json, link.rules); }},
    Member{"live", caller, [](const wire::Json& json, Link& link) { return read_text(json, "live", link.live, slug_max); }},
    Member{"split", caller, [](const wire::Json& json, Link& link) { return read_split(json, link.split); }},
    Member{"utm", caller, [](const wire::Json& json, Link& link) { return read_text(json, "utm", link.utm, target_max); }},
    Member{"pass_query", caller, [](const wire::Json& json, Link& link) { return read_flag(json, "pass_query", link.pass_query); }},
    Member{"tell_context", caller, [](const wire::Json& json, Link& link) { return read_flag(json, "tell_context", link.tell_context); }},
    Member{"starts", caller, [](const wire::Json& json, Link& link) { return read_time(json, "starts", link.starts); }},
    Member{"ends", caller, [](const wire::Json& json, Link& link) { return read_time(json, "ends", link.ends); }},
    Member{"clicks_max", caller,
           [](const wire::Json& json, Link& link) -> Status {
               link.clicks_max.reset();
               if (json.is_null()) return {};
               TRY(read_count(json, "clicks_max", 1, link.clicks_max.emplace()));
               return {};
           }},
    Member{"ended_target", caller,
           [](const wire::Json& json, Link& link) { return read_text(json, "ended_target", link.ended_target, target_max); }},
    Member{"fallback", caller, [](const wire::Json& json, Link& link) { return read_text(json, "fallback", link.fallback, target_max); }},
    Member{"keeps_target", caller, [](const wire::Json& json, Link& link) { return read_flag(json, "keeps_target", link.keeps_target); }},
    Member{"preview", caller, [](const wire::Json& json, Link& link) { return read_preview(json, link); }},
    Member{"no_index", caller, [](const wire::Json& json, Link& link) { return read_flag(json, "no_index", link.no_index); }},
    Member{"may_index", caller, [](const wire::Json& json, Link& link) { return read_flag(json, "may_index", link.may_index); }},
    Member{"outside", caller, [](const wire::Json& json, Link& link) { return read_outside(json, link.outside); }},
    Member{"apps", caller, [](const wire::Json& json, Link& link) { return read_apps(json, link.apps); }},
    Member{"folder", caller, [](const wire::Json& json, Link& link) { return read_text(json, "folder", link.folder, folder_max); }},
    Member{"note", caller, [](const wire::Json& json, Link& link) { return read_text(json, "note", link.note, note_max); }},
    Member{"tags", caller, [](const wire::Json& json, Link& link) { return read_texts(json, "tags", link.tags); }},
    Member{"archived", caller, [](const wire::Json& json, Link& link) { return read_time(json, "archived", link.archived); }},
    Member{"created", ours,
           [](const wire::Json& json, Link& link) -> Status {
               std::optional<Instant> at;
               TRY(read_time(json, "created", at));
               link.created = at.value_or(Instant());
               return {};
           }},
    Member{"imported_from", ours,
           [](const wire::Json& json, Link& link) { return read_text(json, "imported_from", link.imported_from, title_max); }},
    Member{"imported_clicks", ours,
           [](const wire::Json& json, Link& link) { return read_count(json, "imported_clicks", 0, link.imported_clicks); }},
    Member{"clicks_let", ours, [](const wire::Json& json, Link& link) { return read_count(json, "clicks_let", 0, link.clicks_let); }},
    Member{"split_number", ours, [](const wire::Json& json, Link& link) { return read_count(json, "split_number", 0, link.split_number); }},
    Member{"password_hash", ours,
           [](const wire::Json& json, Link& link) { return read_text(json, "password_hash", link.password_hash, 200); }},
};

// ---- writing ---------------------------------------------------------------------------------------------------------------
void put(wire::Json& json, std::string name, const std::string& text) {
    if (!text.empty()) json.set(std::move(name), text);
}
void put(wire::Json& json, std::string name, const std::optional<Instant>& at) {
    if (at) json.set(std::move(name), iso_ms(*at));
}

// What has no column: in `settings` and in link_json alike.
void put_settings(wire::Json& json, const Link& link) {
    if (!link.rules.empty()) {
        wire::Json::Array rules;
        for (const auto& rule : link.rules) rules.push_back(rule_json(rule));
        json.set("rules", std::move(rules));
    }
    put(json, "live", link.live);
    if (!link.split.empty()) {
        wire::Json::Array split;
        for (const auto& share : link.split) split.push_back(wire::Json::object({{"target", share.target}, {"percent", share.percent}}));
        json.set("split", std::move(split));
    }
    if (link.split_number != 0) json.set("split_number", link.split_number);
    put(json, "utm", link.utm);
    if (!link.pass_query) json.set("pass_query", false);
    if (link.tell_context) json.set("tell_context", true);
    put(json, "ended_target", link.ended_target);
    put(json, "fallback", link.fallback);
    if (link.keeps_target) json.set("keeps_target", true);
    put(json, "password_hash", link.password_hash);
    auto preview = wire::Json::object();
    put(preview, "title", link.preview_title);
    put(preview, "text", link.preview_text);
    put(preview, "image", link.preview_image);
    if (!preview.members().empty()) json.set("preview", std::move(preview));
    if (link.no_index) json.set("no_index", true);
    if (link.may_index) json.set("may_index", true);
    if (link.outside != Outside::as_shop) json.set("outside", link.outside == Outside::offer ? "offer" : "never");
    auto apps = wire::Json::object();
    put(apps, "ios", link.apps.ios);
    put(apps, "android", link.apps.android);
    put(apps, "package", link.apps.package);
    if (!apps.members().empty()) json.set("apps", std::move(apps));
    put(json, "note", link.note);
    if (!link.tags.empty()) json.set("tags", wire::Json::Array(link.tags.begin(), link.tags.end()));
    if (!link.aliases.empty()) json.set("aliases", wire::Json::Array(link.aliases.begin(), link.aliases.end()));
}

}  // namespace

wire::Json link_json(const Link& link) {
    auto json = wire::Json::object({{"slug", link.slug}, {"target", link.target}});
    put(json, "title", link.title);
    if (link.on_bio) json.set("on_bio", true);
    put(json, "folder", link.folder);
    put(json, "starts", link.starts);
    put(json, "ends", link.ends);
    if (link.clicks_max) json.set("clicks_max", *link.clicks_max);
    if (link.clicks_let != 0) json.set("clicks_let", link.clicks_let);
    put_settings(json, link);
    put(json, "archived", link.archived);
    put(json, "imported_from", link.imported_from);
    if (link.imported_clicks != 0) json.set("imported_clicks", link.imported_clicks);
    json.set("created", iso_ms(link.created));
    return json;
}

Result<Link> read_link(const wire::Json& json, Link base, Writer writer) {
    if (!json.is_object()) return fail(Fault::bad_input, "a link must be an object like {\"target\": \"https://…\"}");
    for (const auto& [name, value] : json.members()) {
        const auto member = std::ranges::find(members, name, &Member::name);
        if (member == members.end() || (member->from == Writer::ours && writer == Writer::caller))
            return fail(Fault::bad_input, "link: \"" + name.substr(0, 60) + "\" is not expected here; take it out");
        TRY(member->read(value, base));
    }
    return base;
}

Status examine_password(std::string_view password) {
    if (password.empty() || (password.size() >= 4 && password.size() <= 200)) return {};
    return fail(Fault::bad_input, "the password must have 4 to 200 characters");
}

Status set_password(Link& link, std::string_view password) {
    if (password.empty()) {
        link.password_hash.clear();
        return {};
    }
    TRY(examine_password(password));
    link.password_hash = sign::hash_password(password);
    return {};
}

std::string settings_text(const Link& link) {
    auto json = wire::Json::object();
    put_settings(json, link);
    return wire::write_json(json);
}

void read_settings(const std::string& text, Link& link) {
    if (text == "{}") return;  // most links
    const auto json = wire::read_json(text);
    auto read = json ? read_link(*json, link, Writer::ours) : Result<Link>(json.error());
    if (read) {
        link = std::move(*read);
    } else if (link.blocked.empty()) {
        // Without its rules and its password it may lead nowhere; saving it anew mends it.
        link.blocked = "what it says of itself cannot be read; save it anew";
    }
}

}  // namespace barrow::links
