#include "rooms/links/import/intake.hpp"

#include <algorithm>

#include "floor/http/http.hpp"
#include "floor/wire/page.hpp"
#include "rooms/links/address.hpp"

namespace barrow::links::import {
namespace {

constexpr std::size_t places_named_max = 20;
constexpr std::size_t password_min = 4, password_max = 200;  // as set_password
constexpr std::size_t preview_text_max = 300;                // as read_link

// ---- what kind of file it is -------------------------------------------------------------------------------------------------

std::size_t line_at(std::string_view file, std::size_t byte) {
    return 1 + static_cast<std::size_t>(std::ranges::count(file.substr(0, byte), '\n'));
}

// Both engines and JSON keep UTF-8 alone; other encodings are named where they can be told.
Status examine_text(std::string_view file) {
    if (file.size() > file_bytes_max)
        return fail(Fault::too_large, "the file is larger than " + std::to_string(file_bytes_max >> 20) + " MB; split it");
    if (file.find_first_not_of(" \t\r\n") == file.npos) return fail(Fault::bad_input, "the file is empty");
    const bool marked = file.starts_with("\xff\xfe") || file.starts_with("\xfe\xff");
    const auto zero = file.find('\0');
    if (marked || zero == 0 || zero == 1)
        return fail(Fault::bad_input, "the file is UTF-16; save it as UTF-8 (a spreadsheet calls it \"CSV UTF-8\")");
    if (zero != file.npos)
        return fail(Fault::bad_input, "line " + std::to_string(line_at(file, zero)) + " holds a zero byte; this is no text file");
    for (std::size_t at = 0; at < file.size();) {
        const auto end = std::min(file.find('\n', at), file.size());
        if (!wire::is_text(file.substr(at, end - at)))
            return fail(Fault::bad_input, "line " + std::to_string(line_at(file, at)) +
                                              " is not UTF-8; save the file as UTF-8 (a spreadsheet calls it \"CSV UTF-8\")");
        at = end + 1;
    }
    return {};
}

constexpr wire::JsonLimits limits{.bytes_max = file_bytes_max, .depth_max = 64};

// One value, or one a line.
Result<std::vector<wire::Json>> read_values(std::string_view file) {
    std::vector<wire::Json> values;
    auto whole = wire::read_json(file, limits);
    if (whole) {
        values.push_back(std::move(*whole));
        return values;
    }
    for (std::size_t at = 0; at < file.size();) {
        const auto end = std::min(file.find('\n', at), file.size());
        const auto line = file.substr(at, end - at);
        if (line.find_first_not_of(" \t\r") != line.npos) {
            auto value = wire::read_json(line, limits);
            // A first line that is no value by itself: the file is one value, and that one breaks off.
            if (!value && values.empty()) return whole.error();
            if (!value) return fail(Fault::bad_input, "line " + std::to_string(line_at(file, at)) + ": " + value.error().text);
            values.push_back(std::move(*value));
        }
        at = end + 1;
    }
    if (values.size() < 2) return whole.error();
    return values;
}

// The JSON inside a saved page of a site made with Next.js.
Result<std::string_view> page_data(std::string_view file) {
    auto at = file.find("id=\"__NEXT_DATA__\"");
    if (at != file.npos) at = file.find('>', at);
    const auto end = at == file.npos ? at : file.find("</script>", at);
    if (end == file.npos)
        return fail(Fault::bad_input,
                    "this page holds no data to read; of Linktree's pages save the page itself (in a browser: Save as, HTML only)");
    return file.substr(at + 1, end - at - 1);
}

constexpr std::string_view list_names[] = {"links", "data", "shortUrls", "items"};

const wire::Json* list_in(const wire::Json& value) {
    for (const auto name : list_names) {
        const auto* list = value.find(name);
        if (list == nullptr) continue;
        if (list->is_array()) return list;
        if (list->is_object()) return list->find("data") != nullptr ? list->find("data") : list;
    }
    return nullptr;
}

// The objects of a list, or of the list that stands in each of them (pages of answers, one after another).
void gather(const wire::Json& value, std::vector<const wire::Json*>& out, int depth) {
    if (value.is_array()) {
        for (const auto& item : value.items()) gather(item, out, depth + 1);
        return;
    }
    if (!value.is_object()) return;
    if (depth < 2) {
        if (const auto* list = list_in(value)) {
            if (list->is_array()) return gather(*list, out, 2);
            for (const auto& [name, item] : list->members()) {
                if (item.is_object()) out.push_back(&item);
            }
            return;
        }
        if (const auto* link = value.find("link"); link != nullptr && link->is_object()) {
            out.push_back(link);
            return;
        }
    }
    out.push_back(&value);
}

}  // namespace

Result<Source> understand(std::string_view file) {
    TRY(examine_text(file));
    if (file.starts_with("\xef\xbb\xbf")) file.remove_prefix(3);
    Source source;
    const auto first = file.find_first_not_of(" \t\r\n");
    if (first == file.npos) return fail(Fault::bad_input, "the file is empty");
    if (file[first] == '<') {
        source.roots = TRY(read_values(TRY(page_data(file))));
    } else if (file[first] == '{' || file[first] == '[') {
        source.roots = TRY(read_values(file));
    } else {
        source.table = TRY(wire::read_csv(file));
        return source;
    }
    for (const auto& root : source.roots) gather(root, source.entries, 0);
    if (source.entries.empty()) return fail(Fault::bad_input, "the file holds no links");
    if (source.entries.size() > entries_max) return fail(Fault::too_large, "the file has more than 1,000,000 links; split it");
    return source;
}

// ---- the intake --------------------------------------------------------------------------------------------------------------

namespace {

// The first `most` characters, the last of them "…" when there were more.
bool cut(std::string& text, std::size_t most) {
    std::size_t characters = 0, end = 0;  // where the last character that fits begins
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
        if (++characters == most) end = i;
    }
    if (characters <= most) return false;
    text = text.substr(0, end) + "…";
    return true;
}

}  // namespace

void Intake::make_fit(Found& found) {
    auto& link = found.link;
    const auto fit = [&](std::string& text, std::size_t most, std::string_view what) {
        if (cut(text, most))
            count("the " + std::string(what) + " was longer than " + std::to_string(most) + " characters and is cut", found.where);
    };
    fit(link.title, title_max, "title");
    fit(link.note, note_max, "note");
    fit(link.folder, folder_max, "folder's name");
    fit(link.preview_title, title_max, "preview's title");
    fit(link.preview_text, preview_text_max, "preview's text");
    for (auto& tag : link.tags) {
        std::ranges::replace_if(tag, [](char c) { return c == ',' || c == '|'; }, ' ');
        fit(tag, tag_max, "tag");
    }
    std::erase(link.tags, "");
    std::ranges::sort(link.tags);
    link.tags.erase(std::unique(link.tags.begin(), link.tags.end()), link.tags.end());
    if (link.tags.size() > tags_max) {
        count("it had more than 20 tags; the first 20 are kept", found.where);
        link.tags.resize(tags_max);
    }
    if (!link.preview_image.empty() && !examine_target(link.preview_image)) {
        link.preview_image.clear();
        count("the preview's picture is no address on the web", found.where);
    }
    if (!link.utm.empty() && !examine_utm(link.utm)) {
        link.utm.clear();
        count("the UTM values could not be read", found.where);
    }
    const auto left_out = std::erase_if(link.rules, [](const Rule& rule) { return !examine_target(rule.target); });
    if (left_out > 0) count("a rule leads to no address on the web (an app's own scheme, as it may be) and is left out", found.where);
    if (link.rules.size() > rules_max) {
        count("it had more than 50 rules; the first 50 are kept", found.where);
        link.rules.resize(rules_max);
    }
    if (!link.ended_target.empty() && !examine_target(link.ended_target)) {
        link.ended_target.clear();
        count("where it leads after its end is no address on the web", found.where);
    }
    if (link.starts && link.ends && *link.ends <= *link.starts) {
        link.starts.reset();
        count("its end was not later than its start; the end is kept", found.where);
    }
    if (link.clicks_max && *link.clicks_max < 1) link.clicks_max.reset();
    if (batch_.service != from_barrow.name) link.imported_from = batch_.service;  // our own says where it came from
}

void Intake::take(Found found) {
    if (!wanted_.only_domain.empty() && found.domain != wanted_.only_domain) {
        ++other_domains_;
        return;
    }
    auto& link = found.link;
    const auto& slug = link.slug;
    if (slug.empty()) return refuse(found.where, "", "it has no slug");
    make_fit(found);
    if (const auto good = examine(link); !good) return refuse(found.where, slug, good.error().text);
    if (!found.password.empty() && (found.password.size() < password_min || found.password.size() > password_max))
        return refuse(found.where, slug, "its password must have 4 to 200 characters; choose another one there, or make the link anew");
    if (batch_.links.size() == entries_max) return refuse(found.where, slug, "the file has more than 1,000,000 links; split it");
    const auto [first, added] = slugs_.try_emplace(slug, First{found.where, found.domain});
    if (!added) {
        const auto& [where, domain] = first->second;
        if (domain == found.domain) return refuse(found.where, slug, "the file has this slug already in " + where);
        const auto other = found.domain.empty() ? std::string("this one") : found.domain;
        return refuse(found.where, slug,
                      "the file has this slug already, of " + (domain.empty() ? "no domain" : domain) + " in " + where +
                          "; take one domain alone, or rename it there: --only-domain " + other);
    }
    batch_.links.push_back({std::move(found.where), std::move(link), std::move(found.password)});
}

void Intake::count(const std::string& what, const std::string& where) {
    auto& counted = counted_[what];
    if (++counted.n <= static_cast<std::int64_t>(places_named_max))
        counted.places += (counted.n == 1 ? "" : ", ") + where;
    else if (counted.n == static_cast<std::int64_t>(places_named_max) + 1)
        counted.places += " and others";
}

void Intake::click(const std::string& slug, Instant at, const std::string& where) {
    if (examine_slug(slug))
        ++days_[{slug, at.day()}];
    else
        count("a click of what is no slug", where);
}

std::string Intake::slug_of(std::string_view title, std::string_view other) {
    std::string slug;
    for (const char c : title) {
        const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        if ((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9'))
            slug += low;
        else if (!slug.empty() && slug.back() != '-')
            slug += '-';
        if (slug.size() >= 40) break;
    }
    while (slug.ends_with('-')) slug.pop_back();
    if (slug.empty()) slug = other;
    auto free = slug;
    for (int n = 2; slugs_.contains(free); ++n) free = slug + "-" + std::to_string(n);
    return free;
}

Batch Intake::done() && {
    for (auto& [what, counted] : counted_) {
        note(wire::grouped(counted.n) + (counted.n == 1 ? " link: " : " links: ") + what + " (" + counted.places + ")");
    }
    if (other_domains_ > 0) note(wire::grouped(other_domains_) + " of other domains are left out");
    for (const auto& [key, n] : days_) batch_.days.push_back({key.first, key.second, n});
    return std::move(batch_);
}

// ---- JSON ----------------------------------------------------------------------------------------------------------------

bool has_members(const Source& source, std::initializer_list<std::string_view> names) {
    return !source.entries.empty() && std::ranges::all_of(names, [&](auto name) { return source.entries[0]->find(name) != nullptr; });
}

std::string where_of(std::size_t entry) { return "entry " + std::to_string(entry + 1); }

std::string text_of(const wire::Json& entry, std::string_view name) {
    const auto* value = entry.find(name);
    return value != nullptr && value->is_text() ? value->text() : std::string();
}

bool is_true(const wire::Json& entry, std::string_view name) {
    const auto* value = entry.find(name);
    return value != nullptr && value->is_bool() && value->boolean();
}

std::int64_t count_of(const wire::Json& entry, std::string_view name) {
    constexpr std::int64_t count_max = 9'007'199'254'740'991;
    const auto* value = entry.find(name);
    return value != nullptr && value->is_integer() ? std::clamp<std::int64_t>(value->integer(), 0, count_max) : 0;
}

std::optional<Instant> read_time(std::string_view text) {
    constexpr std::int64_t ms_max = 253'402'300'799'999;  // the year 9999
    if (text.empty()) return std::nullopt;
    Result<Instant> at = read_iso(text);
    if (!at) at = read_iso(std::string(text) + "Z");
    if (!at && text.size() >= 10 && text.size() <= 15 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
        const auto n = std::stoll(std::string(text));
        const auto ms = text.size() == 10 ? n * 1'000 : n;
        if (ms <= ms_max) at = Instant{ms * 1'000};
    }
    if (!at || at->us <= 0) return std::nullopt;
    return *at;
}

std::optional<Instant> time_of(const wire::Json& entry, std::string_view name) {
    const auto* value = entry.find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_text()) return read_time(value->text());
    return value->is_integer() && value->integer() > 0 ? read_time(std::to_string(value->integer())) : std::nullopt;
}

std::vector<std::string> tags_of(const wire::Json& entry, std::string_view name) {
    std::vector<std::string> tags;
    const auto* list = entry.find(name);
    if (list == nullptr || !list->is_array()) return tags;
    for (const auto& item : list->items()) {
        auto tag = item.is_text() ? item.text() : text_of(item, "name");
        if (!tag.empty()) tags.push_back(std::move(tag));
    }
    return tags;
}

std::string utm_of(const wire::Json& entry) {
    std::string utm;
    for (const std::string word : {"source", "medium", "campaign", "term", "content"}) {
        auto value = text_of(entry, "utm_" + word);
        if (value.empty()) value = text_of(entry, "utm" + std::string(1, static_cast<char>(word[0] - 32)) + word.substr(1));
        if (!value.empty()) utm += (utm.empty() ? "utm_" : "&utm_") + word + "=" + http::percent_encode(value);
    }
    return utm;
}

Rule rule_for(telemetry::Os os, std::string target) {
    Rule rule;
    rule.systems = {os};
    rule.target = std::move(target);
    return rule;
}

ShortAddress short_address(std::string_view text) {
    const auto scheme = text.find("://");
    if (scheme != text.npos) text.remove_prefix(scheme + 3);
    const auto slash = text.find('/');
    ShortAddress address;
    if (slash != text.npos && (scheme != text.npos || text.substr(0, slash).find('.') != text.npos)) {
        address.domain = text.substr(0, slash);
        text.remove_prefix(slash + 1);
    } else if (scheme != text.npos) {
        return {.domain = std::string(text), .slug = ""};
    }
    text = text.substr(0, text.find_first_of("?#"));
    while (text.ends_with('/')) text.remove_suffix(1);
    address.slug = http::percent_decode(text);
    return address;
}

}  // namespace barrow::links::import
