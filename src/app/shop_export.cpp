#include "app/shop_export.hpp"

#include <algorithm>
#include <array>

#include "floor/store/migrations.hpp"
#include "floor/wire/json.hpp"

namespace barrow::app {
namespace {

constexpr std::int64_t page_size = 1'000;
// Sealed or hashed secrets of this installation: worth nothing elsewhere, and nobody's to take along.
constexpr std::array<std::string_view, 6> secret_columns{"sealed_secret", "secret", "token_hash", "key_hash", "nonce", "sealed_key"};
constexpr std::array<std::string_view, 3> left_out{"login_link", "studio_session", "promise"};

std::string_view first_word(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text.substr(0, text.find_first_of(" ("));
}

std::vector<std::string> in_brackets(std::string_view text) {
    std::vector<std::string> names;
    text = text.substr(text.find('(') + 1);
    text = text.substr(0, text.find(')'));
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        names.emplace_back(first_word(text.substr(0, comma)));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return names;
}

void add_column(ShopTable& table, std::string_view name) {
    if (std::ranges::find(secret_columns, name) == secret_columns.end()) table.columns.emplace_back(name);
}

// The schema's files hold one column a line (tests/house_test.cpp reads them so too).
std::vector<ShopTable> all_tables() {
    std::vector<ShopTable> tables;
    ShopTable* open = nullptr;
    for (const auto& migration : store::migrations()) {
        for (auto text = migration.text; !text.empty();) {
            auto line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            constexpr std::string_view create = "CREATE TABLE ", alter = "ALTER TABLE ", add = " ADD COLUMN ";
            if (line.starts_with(create)) {
                ShopTable table{.name = std::string(first_word(line.substr(create.size()))), .columns = {}, .key = {}};
                std::erase_if(tables, [&](const ShopTable& one) { return one.name == table.name; });  // made anew, with other rules
                open = &tables.emplace_back(std::move(table));
            } else if (line.starts_with(alter) && line.find(add) != line.npos) {
                const auto table = std::ranges::find(tables, first_word(line.substr(alter.size())), &ShopTable::name);
                if (table != tables.end()) add_column(*table, first_word(line.substr(line.find(add) + add.size())));
            } else if (line.starts_with(")")) {
                open = nullptr;
            } else if (open != nullptr) {
                const auto word = first_word(line);
                if (word == "PRIMARY")
                    open->key = in_brackets(line);
                else if (!word.empty() && word != "UNIQUE" && word != "CHECK" && word != "FOREIGN" && !word.starts_with("--"))
                    add_column(*open, word);
            }
        }
    }
    return tables;
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

std::string query_of(const ShopTable& table, bool first) {
    std::string text = "SELECT " + joined(table.columns) + " FROM " + table.name + " WHERE shop_id = $1";
    if (!first) {
        std::string marks;
        for (std::size_t i = 0; i < table.key.size(); ++i) marks += (i == 0 ? "$" : ", $") + std::to_string(i + 2);
        text += " AND (" + joined(table.key) + ") > (" + marks + ")";
    }
    if (!table.key.empty()) text += " ORDER BY " + joined(table.key);  // else the shop has one row
    return text + " LIMIT " + std::to_string(page_size);
}

wire::Json value_json(const store::Value& value) {
    return value.is_null() ? wire::Json() : value.is_integer() ? wire::Json(value.integer()) : wire::Json(value.text());
}

Status export_table(store::Database& db, const access::Shop& shop, const ShopTable& table,
                    const std::function<bool(const std::string&)>& out, std::int64_t& count) {
    for (std::vector<store::Value> after;;) {
        std::vector<store::Value> values{shop.id};
        values.insert(values.end(), after.begin(), after.end());
        const auto text = query_of(table, after.empty());
        const store::Query query{"", text};  // without a name: it is not kept prepared
        const auto rows = TRY(db.read_now([&](store::Tx& tx) { return tx.run(query, values); }));
        std::string lines;
        for (const auto row : rows) {
            auto json = wire::Json::object();
            for (const auto& column : table.columns) json.set(column, value_json(row.at(column)));
            lines += wire::write_json(wire::Json::object({{"table", table.name}, {"row", std::move(json)}})) + "\n";
        }
        if (!lines.empty() && !out(lines)) return fail(Fault::storage, "cannot write all of it; is the disk full?");
        count += static_cast<std::int64_t>(rows.size());
        if (rows.empty() || static_cast<std::int64_t>(rows.size()) < page_size || table.key.empty()) return {};
        after.clear();
        for (const auto& part : table.key) after.push_back(rows[rows.size() - 1].at(part));
    }
}

}  // namespace

std::vector<ShopTable> shop_tables() {
    auto tables = all_tables();
    std::erase_if(tables, [](ShopTable& table) {
        if (table.key.empty() || table.key.front() != "shop_id") return true;
        table.key.erase(table.key.begin());
        // A key that is itself a secret orders nothing that anybody may read.
        const bool readable = std::ranges::all_of(
            table.key, [&](const std::string& part) { return std::ranges::find(table.columns, part) != table.columns.end(); });
        return !readable || std::ranges::find(left_out, table.name) != left_out.end();
    });
    return tables;
}

Status export_shop(store::Database& db, const access::Shop& shop, Instant now, const std::function<bool(const std::string&)>& out,
                   const std::function<void(std::string_view table, std::int64_t rows)>& progress) {
    const auto head = wire::Json::object({{"barrow_shop", 1},
                                          {"at", iso(now)},
                                          {"id", shop.id.text},
                                          {"slug", shop.slug},
                                          {"name", shop.name},
                                          {"host", shop.host},
                                          {"language", shop.language},
                                          {"time_zone", shop.time_zone},
                                          {"currency", shop.currency.code()},
                                          {"accent", shop.accent},
                                          {"paper", shop.paper},
                                          {"bio", shop.bio},
                                          {"legal_name", shop.legal_name},
                                          {"contact", shop.contact}});
    if (!out(wire::write_json(head) + "\n")) return fail(Fault::storage, "cannot write it; is the disk full?");
    for (const auto& table : shop_tables()) {
        std::int64_t count = 0;
        TRY(export_table(db, shop, table, out, count));
        if (progress) progress(table.name, count);
    }
    return {};
}

}  // namespace barrow::app
