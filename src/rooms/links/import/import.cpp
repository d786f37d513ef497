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

std::string fitting_title(Batch& batch, std::string title, const std::string& where) {
    std::size_t characters = 0, end = 0;  // where the last character that fits begins
    for (std::size_t i = 0; i < title.size(); ++i) {
        if ((static_cast<unsigned char>(title[i]) & 0xc0) == 0x80) continue;
        if (++characters == title_max) end = i;
    }
    if (characters <= title_max) return title;
    batch.cut.push_back(where);
    return title.substr(0, end) + "…";
}

namespace {

constexpr std::size_t cut_named_max = 20;

std::string with_cut(std::string note, const std::vector<std::string>& cut) {
    if (cut.empty()) return note;
    note += (note.empty() ? "" : "; ") + std::to_string(cut.size()) + (cut.size() == 1 ? " title was" : " titles were") + " longer than " +
            std::to_string(title_max) + " characters and " + (cut.size() == 1 ? "is" : "are") + " cut: ";
    for (std::size_t i = 0; i < cut.size() && i < cut_named_max; ++i) note += (i == 0 ? "" : ", ") + cut[i];
    if (cut.size() > cut_named_max) note += " and others";
    return note;
}

}  // namespace

Result<Summary> take(store::Tx& tx, const Id<access::Shop>& shop, const Batch& batch, Instant now, Random& random) {
    Summary summary{.refused = batch.refused, .note = with_cut(batch.note, batch.cut)};
    for (const auto& link : batch.links) {
        const auto there = find(tx, shop, link.slug);
        if (there && there->target == link.target) {
            ++summary.same;
        } else if (there) {
            summary.refused.push_back({"", link.slug, "a link of this slug leads elsewhere here: " + there->target});
        } else if (there.error().fault != Fault::not_found) {
            return there.error();
        } else {
            const auto added = add(tx, shop, link, now, random);
            if (added) {
                ++summary.added;
            } else if (added.error().fault == Fault::bad_input) {  // said before anything was written
                summary.refused.push_back({"", link.slug, added.error().text});
            } else {
                return added.error();
            }
        }
    }
    return summary;
}

}  // namespace barrow::links::import
