// LinkStack: links-HOST-TIME.json of "export links", or user_data-….json: the page's links in their order. They have no short
// addresses there, so their slugs come from their titles.
#include <algorithm>

#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

std::int64_t number_of(const wire::Json& entry, std::string_view name) {
    const auto text = text_of(entry, name);
    if (text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != text.npos) return count_of(entry, name);
    return std::stoll(text);
}

Status read(const Source& source, Intake& intake) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < source.entries.size(); ++i) order.push_back(i);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return number_of(*source.entries[i], "order"); });
    for (const auto i : order) {
        const auto& entry = *source.entries[i];
        Intake::Found found{.where = where_of(i)};
        auto& link = found.link;
        link.target = text_of(entry, "link");
        link.title = text_of(entry, "title");
        link.on_bio = true;
        link.imported_clicks = number_of(entry, "click_number");
        link.created = time_of(entry, "created_at").value_or(Instant());
        if (!examine_target(link.target)) {
            const auto type = text_of(entry, "type");
            intake.count("it is no link to an address on the web (" + (type.empty() ? "no type" : type.substr(0, 40)) + ")", found.where);
            continue;
        }
        link.slug = intake.slug_of(link.title, "link-" + std::to_string(number_of(entry, "id")));
        intake.take(std::move(found));
    }
    return {};
}

}  // namespace

const Service from_linkstack{
    "linkstack",
    [](const Source& source) { return has_members(source, {"link", "title", "order"}) || has_members(source, {"link", "button_id"}); },
    read, "export the links in LinkStack's settings: links-….json"};

}  // namespace barrow::links::import
