#include "rooms/snippets/words.hpp"

#include <algorithm>

#include "floor/wire/form.hpp"
#include "floor/wire/markup.hpp"

namespace barrow::snippets {
namespace {

using telemetry::Surface;
using wire::fits;

Status examine_lengths(const std::string& place, const std::string& title, const std::string& how, const std::string& action) {
    TRY(fits(place + "title", title, title_max));
    TRY(fits(place + "how", wire::markup_text(how), how_max));
    return fits(place + "action", action, action_max);
}

}  // namespace

Words on(const Words& words, Surface surface) {
    auto said = words;
    said.variants.clear();
    const auto wanted = surface == Surface::overlay ? Surface::live : surface;
    const auto found = std::ranges::find(words.variants, wanted, &Variant::surface);
    if (found == words.variants.end()) return said;
    if (!found->title.empty()) said.title = found->title;
    if (!found->how.empty()) said.how = found->how;
    if (!found->action.empty()) said.action = found->action;
    return said;
}

Words cleaned(Words words) {
    for (auto* text : {&words.title, &words.how, &words.proof, &words.proof_source, &words.proof_url, &words.action})
        *text = wire::one_line(*text);
    for (auto& variant : words.variants)
        for (auto* text : {&variant.title, &variant.how, &variant.action}) *text = wire::one_line(*text);
    std::erase_if(words.variants, [](const Variant& one) { return one.title.empty() && one.how.empty() && one.action.empty(); });
    std::ranges::sort(words.variants, {}, &Variant::surface);
    return words;
}

Status examine(const Words& words) {
    if (words.title.empty()) return fail(Fault::bad_input, "title: say what it does, for whom");
    TRY(examine_lengths("", words.title, words.how, words.action));
    TRY(fits("proof", wire::markup_text(words.proof), proof_max));
    TRY(fits("proof_source", words.proof_source, proof_source_max));
    if (!words.proof.empty() && words.proof_source.empty())
        return fail(Fault::bad_input, "proof_source: say whose words or measurement it is");
    if (words.proof_url.size() > proof_url_max) return fail(Fault::bad_input, "proof_url: at most 200 bytes");
    if (!words.proof_url.empty() && !words.proof_url.starts_with("https://"))
        return fail(Fault::bad_input, "proof_url: must begin with https://");
    for (std::size_t i = 0; i < words.variants.size(); ++i) {
        const auto& one = words.variants[i];
        if (std::ranges::find(varied, one.surface) == varied.end())
            return fail(Fault::bad_input, "variants: \"" + std::string(telemetry::name(one.surface)) + "\" has no words of its own");
        if (i > 0 && words.variants[i - 1].surface == one.surface)
            return fail(Fault::bad_input, "variants: \"" + std::string(telemetry::name(one.surface)) + "\" is there twice");
        TRY(examine_lengths(std::string(telemetry::name(one.surface)) + ".", one.title, one.how, one.action));
    }
    return {};
}

wire::Json variants_json(const std::vector<Variant>& variants) {
    auto json = wire::Json::object({});
    for (const auto& one : variants) {
        auto said = wire::Json::object({});
        if (!one.title.empty()) said.set("does", one.title);
        if (!one.how.empty()) said.set("how", one.how);
        if (!one.action.empty()) said.set("action", one.action);
        json.set(std::string(telemetry::name(one.surface)), std::move(said));
    }
    return json;
}

std::vector<Variant> read_variants(const wire::Json& json) {
    std::vector<Variant> variants;
    for (const auto surface : varied) {
        const auto* said = json.is_object() ? json.find(telemetry::name(surface)) : nullptr;
        if (said == nullptr || !said->is_object()) continue;
        const auto text = [&](std::string_view name) {
            const auto* value = said->find(name);
            return value != nullptr && value->is_text() ? value->text() : std::string();
        };
        variants.push_back({.surface = surface, .title = text("does"), .how = text("how"), .action = text("action")});
    }
    return variants;
}

}  // namespace barrow::snippets
