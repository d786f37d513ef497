#include "rooms/drafts/merge.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "floor/base/id.hpp"

namespace barrow::drafts {
namespace {

constexpr std::int64_t number_max = 9'007'199'254'740'991;  // what a browser counts exactly

constexpr std::array<std::string_view, 13> fields{"action",       "ends",      "how",     "life",   "nothing_after", "product", "proof",
                                                  "proof_source", "proof_url", "snippet", "starts", "surface",       "title"};
constexpr std::array<std::string_view, 5> surfaces{"bio", "card", "embed", "live", "product"};
constexpr std::array<std::string_view, 3> of_a_surface{"_action", "_how", "_title"};

bool has_seen(const Document& document, const Dot& dot) {
    const auto found = document.context.find(dot.device);
    return found != document.context.end() && dot.count <= found->second;
}

Error refused(const std::string& why) { return fail(Fault::bad_input, "a draft cannot be read: " + why); }

// [TEXT or number, number]
bool is_pair(const wire::Json* json, bool begins_with_text) {
    if (json == nullptr || !json->is_array() || json->items().size() != 2 || !json->items()[1].is_integer()) return false;
    return begins_with_text ? json->items()[0].is_text() : json->items()[0].is_integer();
}
bool is_count(std::int64_t number, std::int64_t least) { return number >= least && number <= number_max; }

Result<Head> read_head(const wire::Json& json, const std::string& field) {
    const auto *dot = json.find("dot"), *hlc = json.find("hlc"), *by = json.find("by"), *value = json.find("value");
    if (!is_pair(dot, true) || !is_pair(hlc, false) || by == nullptr || !by->is_text() || value == nullptr || !value->is_text() ||
        json.members().size() != 4)
        return refused(field + " has a head of another form");
    Head head{.dot = {dot->items()[0].text(), dot->items()[1].integer()},
              .ms = hlc->items()[0].integer(),
              .turn = hlc->items()[1].integer(),
              .by = by->text(),
              .value = value->text()};
    if (!is_id_text(head.dot.device) || !is_count(head.dot.count, 1) || !is_count(head.ms, 0) || !is_count(head.turn, 0))
        return refused(field + " has a head whose name or time cannot be");
    return head;
}

}  // namespace

bool is_field(std::string_view name) {
    if (std::ranges::binary_search(fields, name)) return true;
    return std::ranges::any_of(surfaces, [&](std::string_view surface) {
        return name.starts_with(surface) && std::ranges::find(of_a_surface, name.substr(surface.size())) != of_a_surface.end();
    });
}

wire::Json to_json(const Document& document) {
    auto context = wire::Json::object(), all = wire::Json::object();
    for (const auto& [device, count] : document.context) context.set(device, count);
    for (const auto& [name, heads] : document.fields) {
        wire::Json::Array list;
        for (const auto& head : heads)
            list.push_back(wire::Json::object({{"by", head.by},
                                               {"dot", wire::Json::array({head.dot.device, head.dot.count})},
                                               {"hlc", wire::Json::array({head.ms, head.turn})},
                                               {"value", head.value}}));
        all.set(name, std::move(list));
    }
    return wire::Json::object({{"context", std::move(context)}, {"fields", std::move(all)}, {"id", document.id}, {"v", 1}});
}

std::string canonical(const Document& document) { return wire::write_canonical(to_json(document)); }

Result<Document> read(const wire::Json& json) {
    const auto *context = json.find("context"), *all = json.find("fields"), *id = json.find("id"), *form = json.find("v");
    if (form != nullptr && form->is_integer() && form->integer() > 1) return refused("it was written by a newer version of this page");
    if (context == nullptr || !context->is_object() || all == nullptr || !all->is_object() || id == nullptr || !id->is_text() ||
        form == nullptr || *form != wire::Json(1) || json.members().size() != 4)
        return refused("it has another form");
    if (!is_id_text(id->text())) return refused("its id is none");
    Document document{.id = id->text(), .context = {}, .fields = {}};
    for (const auto& [device, count] : context->members()) {
        if (!is_id_text(device) || !count.is_integer() || !is_count(count.integer(), 1)) return refused("its context names no device");
        document.context.emplace(device, count.integer());
    }
    for (const auto& [name, list] : all->members()) {
        if (!is_field(name)) return refused("there is no field of that name");
        if (!list.is_array() || list.items().empty()) return refused(name + " has no heads");
        auto& heads = document.fields[name];
        for (const auto& one : list.items()) {
            heads.push_back(TRY(read_head(one, name)));
            if (!has_seen(document, heads.back().dot)) return refused(name + " has a head that its own context has not seen");
            if (name == life_field && heads.back().value != life_draft && heads.back().value != life_removed &&
                heads.back().value != life_published)
                return refused("it has a life that there is not");
        }
        std::ranges::sort(heads);
        heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    }
    return document;
}

Status examine(const Document& document, Instant now) {
    if (document.context.size() > devices_max)
        return fail(Fault::too_large,
                    "this draft was written on more than " + std::to_string(devices_max) + " devices; copy its words into a new one");
    if (std::ranges::any_of(document.context, [](const auto& one) { return one.second > count_max; }))
        return fail(Fault::too_large, "this draft was written more often than there is time for");
    const auto latest = (now + clock_ahead_max).us / 1'000;
    for (const auto& [name, heads] : document.fields) {
        if (heads.size() > heads_max)
            return fail(Fault::too_large, name + ": more than " + std::to_string(heads_max) + " devices wrote it differently; choose one");
        for (const auto& head : heads) {
            if (head.value.size() > value_bytes_max || head.by.size() > by_bytes_max)
                return fail(Fault::too_large, name + ": at most " + std::to_string(value_bytes_max) + " bytes");
            if (head.ms > latest || head.turn > count_max)
                return fail(Fault::bad_input, name + ": the clock of the device that wrote it is ahead; set it right");
        }
    }
    if (canonical(document).size() > document_bytes_max)
        return fail(Fault::too_large, "this draft has more than " + std::to_string(document_bytes_max) + " bytes; shorten it");
    return {};
}

namespace {
// Of one field's heads in `mine`: what the other has, too, under that dot, or has not seen.
void keep_of(const std::vector<Head>& mine, const std::vector<Head>& others, const Document& other, std::vector<Head>& kept) {
    for (const auto& head : mine) {
        const bool stands = std::ranges::find(others, head.dot, &Head::dot) != others.end();
        if (stands || !has_seen(other, head.dot)) kept.push_back(head);
    }
}
}  // namespace

Document merge(const Document& one, const Document& other) {
    check(one.id == other.id);
    Document merged{.id = one.id, .context = one.context, .fields = {}};
    for (const auto& [device, count] : other.context) {
        auto& seen = merged.context[device];
        seen = std::max(seen, count);
    }
    static const std::vector<Head> none;
    const auto heads_of = [](const Document& document, const std::string& name) -> const std::vector<Head>& {
        const auto found = document.fields.find(name);
        return found == document.fields.end() ? none : found->second;
    };
    const auto merge_field = [&](const std::string& name) {
        if (merged.fields.contains(name)) return;
        const auto &mine = heads_of(one, name), &others = heads_of(other, name);
        std::vector<Head> kept;
        keep_of(mine, others, other, kept);
        keep_of(others, mine, one, kept);
        std::ranges::sort(kept);
        kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
        if (!kept.empty()) merged.fields.emplace(name, std::move(kept));
    };
    for (const auto& field : one.fields) merge_field(field.first);
    for (const auto& field : other.fields) merge_field(field.first);
    return merged;
}

void write(Document& document, const Writer& writer, const std::vector<Change>& changes) {
    // The clock never goes back behind what was seen.
    auto ms = writer.ms;
    std::int64_t turn = 0;
    for (const auto& [name, heads] : document.fields) {
        for (const auto& head : heads) {
            if (std::tuple(head.ms, head.turn + 1) > std::tuple(ms, turn)) {
                ms = head.ms;
                turn = head.turn + 1;
            }
        }
    }
    const Dot dot{writer.device, ++document.context[writer.device]};
    for (const auto& change : changes) {
        auto& heads = document.fields[change.field];
        std::erase_if(heads, [&](const Head& head) { return std::ranges::find(change.covers, head.dot) != change.covers.end(); });
        heads.push_back({.dot = dot, .ms = ms, .turn = turn, .by = writer.by, .value = change.value});
        std::ranges::sort(heads);
    }
}

std::string_view life(const Document& document) {
    const auto heads = choices(document, life_field);
    if (heads.empty() || std::ranges::find(heads, life_draft, &Head::value) != heads.end()) return life_draft;
    return heads.front().value == life_removed ? life_removed : life_published;
}

std::vector<Head> choices(const Document& document, std::string_view field) {
    const auto found = document.fields.find(std::string(field));
    if (found == document.fields.end()) return {};
    auto heads = found->second;
    std::ranges::sort(heads, [](const Head& a, const Head& b) { return std::tie(a.ms, a.turn, a) > std::tie(b.ms, b.turn, b); });
    std::vector<Head> once;
    for (auto& head : heads)
        if (std::ranges::find(once, head.value, &Head::value) == once.end()) once.push_back(std::move(head));
    return once;
}

std::string value(const Document& document, std::string_view field) {
    const auto heads = choices(document, field);
    return heads.empty() ? "" : heads.front().value;
}

std::vector<Dot> dots(const Document& document, std::string_view field) {
    std::vector<Dot> all;
    const auto found = document.fields.find(std::string(field));
    if (found == document.fields.end()) return all;
    for (const auto& head : found->second) all.push_back(head.dot);
    return all;
}

std::vector<std::string> conflicts(const Document& document) {
    std::vector<std::string> names;
    for (const auto& [name, heads] : document.fields)
        if (choices(document, name).size() > 1) names.push_back(name);
    return names;
}

}  // namespace barrow::drafts
