// The migrations of schema/ and the list of every named query, made by tools/embed.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"

namespace barrow::store {

struct Migration {
    int number;             // rising; the file's first four digits
    std::string_view name;  // "0001_access"
    std::string_view text;  // statements parted by ';' at a line's end; one DDL a statement, the same text for both engines
};

std::span<const Migration> migrations();
std::vector<const Query*> all_queries();

}  // namespace barrow::store
