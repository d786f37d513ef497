// Linktree: the public page as a browser saves it, or the JSON in it (__NEXT_DATA__). Linktree exports nothing; the owner saves the own
// page. They have no short addresses there, so their slugs come from their titles.
#include <algorithm>

#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

const wire::Json* page_of(const Source& source) {
    if (!source.is_json()) return nullptr;
    const auto* props = source.roots[0].find("props");
    const auto* page = props != nullptr ? props->find("pageProps") : &source.roots[0];
    return page != nullptr && page->find("account") != nullptr ? page : nullptr;
}

const wire::Json* list_of(const wire::Json& page, std::string_view name) {
    for (const auto* holder : {&page, page.find("account")}) {
        const auto* list = holder->find(name);
        if (list != nullptr && list->is_array() && !list->items().empty()) return list;
    }
    return nullptr;
}

Status read(const Source& source, Intake& intake) {
    const auto& page = *page_of(source);
    const auto* list = list_of(page, "links");
    if (list == nullptr) return fail(Fault::bad_input, "this page of Linktree has no links");
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < list->items().size(); ++i) order.push_back(i);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return count_of(list->items()[i], "position"); });
    for (const auto i : order) {
        const auto& entry = list->items()[i];
        Intake::Found found{.where = where_of(i)};
        auto& link = found.link;
        link.target = text_of(entry, "url");
        link.title = text_of(entry, "title");
        link.on_bio = true;
        if (const auto type = text_of(entry, "type"); link.target.empty()) {
            intake.count(type == "HEADER" ? "it is a heading, which a bio page here does not have"
                                          : "it leads nowhere by itself (" + type.substr(0, 40) + ")",
                         found.where);
            continue;
        }
        const auto* rules = entry.find("rules");
        const auto* gate = rules != nullptr ? rules->find("gate") : nullptr;
        const auto gated = gate != nullptr && gate->is_object() &&
                           std::ranges::any_of(gate->members(), [](const auto& member) { return !member.second.is_null(); });
        if (gated || is_true(entry, "locked")) intake.count("it was behind a gate (age or code); here it is open", found.where);
        link.slug = intake.slug_of(link.title, "link-" + std::to_string(count_of(entry, "id")));
        intake.take(std::move(found));
    }
    if (const auto* social = list_of(page, "socialLinks"))
        intake.note(std::to_string(social->items().size()) +
                    " social icons are not links there and are left out; add those you want as links");
    return {};
}

}  // namespace

const Service from_linktree{"linktree", [](const Source& source) { return page_of(source) != nullptr; }, read,
                            "open your public page in a browser and save it (Save as, HTML only)"};

}  // namespace barrow::links::import
