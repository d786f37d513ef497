#include "rooms/links/pages/numbers.hpp"

#include <algorithm>
#include <set>

#include "floor/wire/page.hpp"
#include "rooms/catalog/product.hpp"

namespace barrow::pages {
namespace {

void add(Taps& sum, const Taps& one) {
    sum.week += one.week;
    sum.month += one.month;
}

std::int64_t number_in(std::string_view value) { return value.starts_with('#') ? std::atoll(std::string(value.substr(1)).c_str()) : 0; }

// The links that a block leads through by the page's tag, each once; a clip has a tag of its own.
Result<std::set<std::int64_t>> links_of(store::Tx& tx, const Id<Shop>& shop, const Block& block) {
    std::set<std::int64_t> links;
    const auto kind = block.kind->name;
    if (kind == "links") {
        for (const auto& link : TRY(links::on_bio(tx, shop))) links.insert(link.number);
    } else if (kind == "today") {
        const auto link = links::find(tx, shop, "today");
        if (!link && link.error().fault != Fault::not_found) return link.error();
        if (link) links.insert(link->number);
    } else if (kind != "clips") {
        for (const auto& [name, value] : block.values) links.insert(number_in(value));
        for (const auto& item : block.items) {
            for (const auto& [name, value] : item) links.insert(number_in(value));
        }
    }
    links.erase(0);
    return links;
}

}  // namespace

std::int64_t subject_of(const Page& page) { return page.is_bio() ? telemetry::bio_subject : telemetry::page_subject(page.number); }
std::string source_of(const Page& page) { return page.is_bio() ? std::string(bio_name) : page.slug; }
std::string clip_source(const Values& item, const links::Link& link) {
    const auto name = catalog::slug_of(value_of(item, "label"));
    return "clip:" + (name.empty() ? link.slug : name);
}

Result<Numbers> numbers_of(store::Tx& tx, const Id<Shop>& shop, const Page& page, const Content& content, Instant now) {
    Numbers numbers;
    auto views = telemetry::views_of(tx, shop, now.day());
    if (!views) return views.error();
    numbers.views = (*views)[subject_of(page)];
    auto taps = telemetry::taps_from(tx, shop, source_of(page), now.day());
    if (!taps) return taps.error();
    numbers.links = std::move(*taps);
    for (const auto& [link, one] : numbers.links) add(numbers.taps, one);
    for (const auto& block : content.blocks) {
        if (block.kind->name == "clips") {
            auto& sum = numbers.blocks[block.id];
            for (const auto& item : block.items) {
                const auto link = TRY(link_of(tx, shop, value_of(item, "link")));
                if (!link) continue;
                auto of_clip = telemetry::taps_from(tx, shop, clip_source(item, *link), now.day());
                if (!of_clip) return of_clip.error();
                add(sum, (*of_clip)[link->number]);
            }
            add(numbers.taps, sum);
            continue;
        }
        const auto links = TRY(links_of(tx, shop, block));
        if (links.empty()) continue;
        auto& sum = numbers.blocks[block.id];
        for (const auto number : links) {
            if (const auto found = numbers.links.find(number); found != numbers.links.end()) add(sum, found->second);
        }
    }
    return numbers;
}

std::string share_words(std::int64_t taps, std::int64_t views) {
    if (views == 0) return "";
    const auto tenths = portion(taps, 1'000, views);
    return wire::grouped(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

Result<wire::Json> number_rows(store::Tx& tx, const access::Visit& visit, Instant now) {
    wire::Json::Array rows;
    for (const auto& page : TRY(all(tx, visit.shop().id))) {
        if (!page.published) continue;
        const auto numbers = numbers_of(tx, visit.shop().id, page, *page.published, now);
        if (!numbers) return numbers.error();
        rows.push_back(wire::Json::object({{"title", page.is_bio() ? std::string("Bio page") : page.draft.title},
                                           {"href", visit.base + (page.is_bio() ? "/studio/page" : "/studio/pages/" + page.slug)},
                                           {"views", wire::grouped(numbers->views.month)},
                                           {"taps", wire::grouped(numbers->taps.month)},
                                           {"share", share_words(numbers->taps.month, numbers->views.month)},
                                           {"week_views", wire::grouped(numbers->views.week)},
                                           {"week_taps", wire::grouped(numbers->taps.week)},
                                           {"week_share", share_words(numbers->taps.week, numbers->views.week)}}));
    }
    return wire::Json(std::move(rows));
}

}  // namespace barrow::pages
