#include "rooms/links/import/import.hpp"

#include <array>

namespace barrow::links::import {
namespace {
constexpr std::array<Service, 2> services{{
    {"kutt", read_kutt},
    {"yourls", [](std::string_view file, Instant) { return read_yourls(file); }},
}};
}  // namespace

const Service* find_service(std::string_view name) {
    for (const auto& service : services) {
        if (service.name == name) return &service;
    }
    return nullptr;
}

std::string services_text() {
    std::string text;
    for (const auto& service : services) text += (text.empty() ? "" : ", ") + std::string(service.name);
    return text;
}

Result<Summary> take(store::Tx& tx, const Id<access::Shop>& shop, const Batch& batch, Instant now, Random& random) {
    Summary summary{.refused = batch.refused, .note = batch.note};
    for (const auto& link : batch.links) {
        const auto there = find(tx, shop, link.slug);
        if (there && there->target == link.target) {
            ++summary.same;
        } else if (there) {
            summary.refused.push_back({"", link.slug, "a link of this slug leads elsewhere here: " + there->target});
        } else if (there.error().fault != Fault::not_found) {
            return there.error();
        } else {
            TRY(add(tx, shop, link, now, random));
            ++summary.added;
        }
    }
    return summary;
}

}  // namespace barrow::links::import
