// Kutt 3: the answer of GET /api/v2/links?all=true, {total, limit, skip, data: [{address, target, visit_count, …}]}.
#include <algorithm>

#include "floor/wire/json.hpp"
#include "floor/wire/page.hpp"
#include "rooms/links/import/import.hpp"

namespace barrow::links::import {
namespace {

std::string text_of(const wire::Json& entry, std::string_view name) {
    const auto* value = entry.find(name);
    return value != nullptr && value->is_text() ? value->text() : std::string();
}
bool is_true(const wire::Json& entry, std::string_view name) {
    const auto* value = entry.find(name);
    return value != nullptr && value->is_bool() && value->boolean();
}

// Kutt answers a page at a time, whatever it was asked for.
std::string what_is_missing(const wire::Json& json) {
    const auto number = [&](std::string_view name) {
        const auto* value = json.is_object() ? json.find(name) : nullptr;
        return value != nullptr && value->is_integer() && value->integer() > 0 ? value->integer() : 0;
    };
    const auto here = json.is_object() ? static_cast<std::int64_t>(json.find("data")->items().size()) : 0;
    const auto total = number("total");
    if (total <= here) return "";
    const auto next = number("skip") + here;
    const auto held = "this file holds " + wire::grouped(here) + " of " + wire::grouped(total) + " links; ";
    if (next >= total) return held + "the earlier ones are files of their own, import them too";
    return held + "export the rest with ?limit=" + std::to_string(std::max<std::int64_t>(number("limit"), 1)) +
           "&skip=" + std::to_string(next) + " and so on, and import each file";
}

}  // namespace

Result<Batch> read_kutt(std::string_view file, Instant now) {
    const auto json = TRY(wire::read_json(file, {.bytes_max = 256 << 20, .depth_max = 16}));
    const auto* data = json.is_array() ? &json : json.find("data");
    if (data == nullptr || !data->is_array()) {
        return fail(Fault::bad_input,
                    "this is no list of Kutt's links; save the answer of GET /api/v2/links?all=true, which has a member \"data\"");
    }
    Batch batch{.service = "kutt", .links = {}, .refused = {}, .cut = {}, .note = what_is_missing(json)};
    std::size_t number = 0;
    for (const auto& entry : data->items()) {
        const auto where = "entry " + std::to_string(++number);
        Link link{.slug = text_of(entry, "address"), .target = text_of(entry, "target"), .title = text_of(entry, "description")};
        link.imported_from = batch.service;
        const auto refuse = [&](std::string why) { batch.refused.push_back({where, link.slug, std::move(why)}); };
        if (link.slug.empty()) {
            refuse("it has no address");
            continue;
        }
        if (const auto good = examine_slug(link.slug); !good) {
            refuse(good.error().text);
            continue;
        }
        if (const auto good = examine_target(link.target); !good) {
            refuse(good.error().text);
            continue;
        }
        if (is_true(entry, "banned")) {
            refuse("Kutt has banned it");
            continue;
        }
        if (is_true(entry, "password")) {
            refuse("it has a password, which Kutt does not export; make it anew");
            continue;
        }
        if (const auto* clicks = entry.find("visit_count"); clicks != nullptr && clicks->is_integer() && clicks->integer() >= 0)
            link.imported_clicks = clicks->integer();
        if (const auto born = read_iso(text_of(entry, "created_at"))) link.created = *born;
        if (const auto ends = text_of(entry, "expire_in"); !ends.empty()) {
            const auto at = read_iso(ends);
            if (!at) {
                refuse("its end \"" + ends + "\" is no date");
                continue;
            }
            if (*at <= now) {
                refuse("it ended at " + iso(*at));
                continue;
            }
            link.ends = *at;
        }
        link.title = fitting_title(batch, std::move(link.title), where);
        batch.links.push_back(std::move(link));
    }
    return batch;
}

}  // namespace barrow::links::import
