#include "floor/wire/assets.hpp"

#include <algorithm>

namespace barrow::wire {

const Asset* find_asset(std::string_view path) {
    const auto all = assets();
    const auto found = std::ranges::lower_bound(all, path, {}, &Asset::path);
    return found != all.end() && found->path == path ? &*found : nullptr;
}

const Asset* find_asset(std::string_view path, std::string_view language) {
    const auto* in_language = find_asset(std::string(language) + "/" + std::string(path));
    return in_language != nullptr ? in_language : find_asset(path);
}

}  // namespace barrow::wire
