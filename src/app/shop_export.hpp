// Everything that a shop has, as its owner may take it along: each row of each of its tables as a line of JSON.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/access/directory.hpp"

namespace barrow::app {

// A table of the schema whose rows are shops'.
struct ShopTable {
    std::string name;
    std::vector<std::string> columns;  // in the order of the schema, without those that hold secrets
    std::vector<std::string> key;      // the primary key behind shop_id
};
// Read from the migrations, so that a new table is in the next export by itself. Without those that hold nothing but secrets or what is
// about to happen (sessions, login links, promises).
std::vector<ShopTable> shop_tables();

// {"barrow_shop":1,"slug":"mira",…} and then {"table":"link","row":{…}} a line, tables in the schema's order, rows in their key's. `out`
// takes each piece and says whether it could; `progress` hears of each table how many rows it had. Memory: one page of 1,000 rows.
Status export_shop(store::Database& db, const access::Shop& shop, Instant now, const std::function<bool(const std::string&)>& out,
                   const std::function<void(std::string_view table, std::int64_t rows)>& progress);

}  // namespace barrow::app
