#include "rooms/links/edge.hpp"

#include <algorithm>

#include "rooms/links/address.hpp"

namespace barrow::links {

Fixed fixed(const Link& link, Ask ask) {
    const auto only_barrow = [](std::string why) { return Fixed{.target = {}, .why_not = std::move(why)}; };
    if (link.removed) return only_barrow("it is removed");
    if (!link.blocked.empty()) return only_barrow("the operator has it off");
    if (!link.warned.empty()) return only_barrow("visitors are warned first");
    if (!link.password_hash.empty()) return only_barrow("it has a password");
    if (link.clicks_max) return only_barrow("its clicks are limited");
    if (link.starts || link.ends) return only_barrow("it begins or ends");
    if (!link.rules.empty()) return only_barrow("it leads by rules");
    if (!link.live.empty()) return only_barrow("it follows the live moment");
    if (!link.split.empty()) return only_barrow("its visitors are split");
    if (!link.dead.empty()) return only_barrow("its target does not answer");
    if (offers(link, ask)) return only_barrow("it offers the way out of apps");
    if (link.apps != AppTargets()) return only_barrow("it opens in an app");
    if (!link.preview_title.empty() || !link.preview_text.empty() || !link.preview_image.empty())
        return only_barrow("it has a preview of its own");
    if (link.no_index) return only_barrow("search engines may not follow it");
    if (link.may_index) return only_barrow("search engines may list it");
    if (link.tell_context || link.target.find("{context}") != link.target.npos) return only_barrow("its target is told of the click");
    return {.target = onward_address(link.target, {.utm = link.utm, .slug = link.slug}), .why_not = {}};
}

namespace {

// What stands between quotes in both languages as it is.
bool is_plain(std::string_view text, std::string_view but) {
    return std::ranges::all_of(text,
                               [&](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '`' && but.find(c) == but.npos; });
}
std::string line(std::string_view path, std::string_view target) { return std::string(path) + " \"" + std::string(target) + "\""; }

}  // namespace

std::string nginx_map_line(std::string_view path, std::string_view target) {
    return is_plain(path, "$;{}") && is_plain(target, "$") ? line(path, target) + ";\n" : "";
}
std::string caddy_map_line(std::string_view path, std::string_view target) {
    return is_plain(path, "{}") && is_plain(target, "{}") ? line(path, target) + "\n" : "";
}

}  // namespace barrow::links
