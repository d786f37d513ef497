#include "rooms/links/pages/page_form.hpp"

#include <algorithm>
#include <charconv>

#include "rooms/access/studio.hpp"
#include "rooms/uploads/upload.hpp"

namespace barrow::pages {
namespace {

// What a file chooser offers; the server looks at the bytes. A clip may stand for its picture.
constexpr std::string_view captions_accepted = ".vtt,text/vtt";
constexpr std::string_view videos_accepted = "video/mp4,video/webm,video/quicktime";
constexpr std::string_view pictures_accepted = "image/jpeg,image/png,image/webp,image/avif,image/gif,video/mp4,video/webm,video/quicktime";

std::string item_name(std::size_t n, std::string_view field) { return "item_" + std::to_string(n) + "_" + std::string(field); }

std::string minute_of(const std::optional<Instant>& at, const Zone& zone) { return at ? zone.typed(*at) : ""; }

// As a field of the browser has it.
std::string typed(const Field& field, const std::string& value, const Zone& zone) {
    const auto at = field.holds == Holds::time ? read_iso(value) : Result<Instant>(fail(Fault::bad_input, ""));
    return at ? zone.typed(*at) : value;
}

void put(wire::Json& form, const Field& field, const std::string& name, const Values& values, const Zone& zone) {
    if (const auto& value = value_of(values, field.name); !value.empty()) form.set(name, typed(field, value, zone));
}

// The moment that a field means, for read_block. What the form was made with stays the moment that it was: forms know minutes, and an
// hour that comes twice looks the same twice. What is no time stays as it was typed, and read_block says so.
std::string moment_of(const std::string& text, const std::optional<Instant>& was, const Zone& zone) {
    if (was && text == zone.typed(*was)) return iso(*was);
    const auto at = zone.read(text);
    return at ? iso(*at) : text;
}

// How many items the form has fields for; the last one may be the empty one.
std::size_t items_in(const Kind& kind, const wire::Json& form) {
    std::size_t n = 0;
    while (kind.items_max > 0 && n < kind.items_max && form.find(item_name(n, kind.item_fields.front().name)) != nullptr) ++n;
    return n;
}

struct Option {
    std::string value, label;
};
std::vector<Option> options_of(const Field& field, const Choices& choices) {
    std::vector<Option> options{{"", "Choose"}};
    const auto add = [&](const auto& list) {
        for (const auto& [value, label] : list) options.push_back({value, label});
    };
    if (field.holds == Holds::product) add(choices.products);
    if (field.holds == Holds::snippet) add(choices.snippets);
    if (field.holds == Holds::network) {
        for (const auto& network : networks()) options.push_back({std::string(network.name), std::string(network.label)});
    }
    return options;
}

wire::Json field_value(const Field& field, const std::string& id, const std::string& name, const std::string& key, const wire::Json& form,
                       const Choices& choices, const std::string& problem) {
    const auto value = access::field(form, name);
    const bool chosen = field.holds == Holds::product || field.holds == Holds::snippet || field.holds == Holds::network;
    wire::Json::Array options;
    if (chosen) {
        auto all = options_of(field, choices);
        if (std::ranges::find(all, value, &Option::value) == all.end()) all.push_back({value, value});
        for (const auto& option : all)
            options.push_back(wire::Json::object({{"value", option.value}, {"label", option.label}, {"selected", option.value == value}}));
    }
    const bool file = field.holds == Holds::picture || field.holds == Holds::video || field.holds == Holds::captions;
    const bool address = field.holds == Holds::link || file || field.holds == Holds::address;
    // What went wrong with an upload is said of the form's name, the rest of the block's.
    const auto& about = problem.starts_with(name + ": ") ? name : key;
    const auto shown = uploads::shown(value);
    return wire::Json::object({{"id", id + "-" + name},
                               {"name", name},
                               {"label", field.label},
                               {"help", field.help},
                               {"value", value},
                               {"error", problem.starts_with(about + ": ") ? access::at_field(problem, about) : ""},
                               {"max", field.characters_max},
                               {"required", field.required},
                               {"is_lines", field.holds == Holds::lines},
                               {"is_time", field.holds == Holds::time},
                               {"is_choice", chosen},
                               {"is_address", address},
                               {"suggests", file      ? "files"
                                            : address ? "targets"
                                                      : ""},
                               {"upload", file && choices.takes_files ? name + ".file" : ""},
                               {"accepts", field.holds == Holds::video      ? videos_accepted
                                           : field.holds == Holds::captions ? captions_accepted
                                                                            : pictures_accepted},
                               {"now", file && shown ? choices.base + shown->at_least(160) : ""},
                               {"options", std::move(options)}});
}

}  // namespace

wire::Json form_of(const Block& block, const Zone& zone) {
    auto form = wire::Json::object({{"from", minute_of(block.from, zone)}, {"until", minute_of(block.until, zone)}});
    for (const auto& field : block.kind->fields) put(form, field, std::string(field.name), block.values, zone);
    for (std::size_t n = 0; n < block.items.size(); ++n) {
        form.set(item_name(n, block.kind->item_fields.front().name), "");
        for (const auto& field : block.kind->item_fields) put(form, field, item_name(n, field.name), block.items[n], zone);
    }
    return form;
}

Result<Block> block_of_form(const wire::Json& form, const Block& base, const Zone& zone) {
    const auto& kind = *base.kind;
    auto json = wire::Json::object({{"from", moment_of(access::field(form, "from"), base.from, zone)},
                                    {"until", moment_of(access::field(form, "until"), base.until, zone)}});
    for (const auto& field : kind.fields) {
        auto value = access::field(form, field.name);
        if (field.holds == Holds::time) {
            const auto was = read_iso(base.value(field.name));
            value = moment_of(value, was ? std::optional(*was) : std::nullopt, zone);
        }
        json.set(std::string(field.name), std::move(value));
    }
    wire::Json::Array items;
    const auto act = access::field(form, "act");
    for (std::size_t n = 0; n < items_in(kind, form); ++n) {
        auto item = wire::Json::object();
        bool empty = true;
        for (const auto& field : kind.item_fields) {
            auto value = access::field(form, item_name(n, field.name));
            empty = empty && value.empty();
            item.set(std::string(field.name), std::move(value));
        }
        if (empty || form.find(item_name(n, "drop")) != nullptr) continue;
        items.push_back(std::move(item));
        if (act == "item-up-" + std::to_string(n + 1) && items.size() > 1) std::swap(items[items.size() - 1], items[items.size() - 2]);
    }
    if (!items.empty()) json.set("items", std::move(items));
    auto block = TRY(read_block(json, &kind));
    block.id = base.id;
    block.hidden = base.hidden;
    return block;
}

wire::Json field_values(const Kind& kind, const std::string& id, const wire::Json& form, const Choices& choices,
                        const std::string& problem) {
    wire::Json::Array fields, items;
    bool told = problem.empty();
    const auto add = [&](wire::Json::Array& to, const Field& field, const std::string& name, const std::string& key) {
        to.push_back(field_value(field, id, name, key, form, choices, problem));
        told = told || problem.starts_with(key + ": ") || problem.starts_with(name + ": ");
    };
    for (const auto& field : kind.fields) add(fields, field, std::string(field.name), std::string(field.name));
    // An empty item was left out when the form was read: the number in the problem counts those that are filled.
    std::size_t filled = 0;
    const auto there = items_in(kind, form);
    for (std::size_t n = 0; n < std::min(there + 1, kind.items_max); ++n) {
        wire::Json::Array of_item;
        const bool empty = std::ranges::all_of(kind.item_fields,
                                               [&](const Field& field) { return access::field(form, item_name(n, field.name)).empty(); });
        if (n > 0 && empty && n < there) continue;
        filled += empty ? 0 : 1;
        const auto key = empty ? std::string("new.") : "items[" + std::to_string(filled) + "].";
        for (const auto& field : kind.item_fields) add(of_item, field, item_name(n, field.name), key + std::string(field.name));
        items.push_back(wire::Json::object({{"n", n + 1},
                                            {"legend", empty ? (filled == 0 ? std::string(kind.item) : std::string("One more"))
                                                             : std::string(kind.item) + " " + std::to_string(filled)},
                                            {"is_new", empty},
                                            {"drop", item_name(n, "drop")},
                                            {"can_up", !empty && filled > 1},
                                            {"fields", std::move(of_item)}}));
    }
    const bool about_from = problem.starts_with("from: "), about_until = problem.starts_with("until: ");
    return wire::Json::object({{"id", id},
                               {"problem", told || about_from || about_until ? "" : access::sentence(problem)},
                               {"fields", std::move(fields)},
                               {"items", std::move(items)},
                               {"from", access::field(form, "from")},
                               {"from_error", about_from ? access::at_field(problem, "from") : ""},
                               {"until", access::field(form, "until")},
                               {"until_error", about_until ? access::at_field(problem, "until") : ""},
                               {"scheduled", !access::field(form, "from").empty() || !access::field(form, "until").empty()}});
}

std::string words_of(const Block& block) {
    if (!block.items.empty()) {
        const auto n = block.items.size();
        std::string what(block.kind->item);
        for (auto& c : what) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
    }
    for (const auto* name : {"label", "alt"}) {
        if (const auto& words = block.value(name); !words.empty()) return words;
    }
    if (block.kind->fields.empty()) return std::string(block.kind->help);
    const auto& first = block.value(block.kind->fields.front().name);
    return first.empty() ? std::string(block.kind->help) : first.substr(0, first.find('\n'));
}

std::string state_of(const Block& block, const Zone& zone, bool takes_mail, Instant now) {
    if (block.kind->needs_mail && !takes_mail) return "not shown: no mail server is set up";
    if (block.hidden) return "hidden";
    if (block.from && now < *block.from) return "from " + zone.stamp(*block.from);
    if (block.until && *block.until <= now) return "was shown until " + zone.stamp(*block.until);
    return block.until ? "until " + zone.stamp(*block.until) : "";
}

Status reorder(Content& content, std::string_view order) {
    std::vector<Block> sorted;
    while (!order.empty()) {
        const auto end = std::min(order.find(','), order.size());
        std::int64_t id = 0;
        const auto read = std::from_chars(order.data(), order.data() + end, id);
        if (read.ec != std::errc() || read.ptr != order.data() + end)
            return fail(Fault::bad_input, "order: this must be the blocks' numbers, like 3,1,2");
        const auto found = std::ranges::find(content.blocks, id, &Block::id);
        if (found != content.blocks.end()) {
            sorted.push_back(std::move(*found));
            content.blocks.erase(found);
        }
        order.remove_prefix(std::min(end + 1, order.size()));
    }
    std::ranges::move(content.blocks, std::back_inserter(sorted));
    content.blocks = std::move(sorted);
    return {};
}

void move(Content& content, std::int64_t id, Step step) {
    const auto found = std::ranges::find(content.blocks, id, &Block::id);
    if (found == content.blocks.end()) return;
    if (step == Step::up && found != content.blocks.begin()) std::iter_swap(found, found - 1);
    if (step == Step::down && found + 1 != content.blocks.end()) std::iter_swap(found, found + 1);
}

}  // namespace barrow::pages
