// Forward only: each migration once, in order, in a transaction of its own together with its row in schema_version.
#include <algorithm>

#include "floor/store/engine.hpp"

namespace barrow::store {
namespace {

// Queries without a name are run once and not kept prepared.
constexpr Query make_versions{"", "CREATE TABLE IF NOT EXISTS schema_version (number BIGINT PRIMARY KEY, name TEXT NOT NULL)"};
constexpr Query add_version{"", "INSERT INTO schema_version (number, name) VALUES ($1, $2)"};
constexpr Query read_version{"", "SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) AS number FROM schema_version"};
constexpr Query sqlite_has_versions{
    "", "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'"};
constexpr Query postgres_has_versions{"",
                                      "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM information_schema.tables "
                                      "WHERE table_schema = current_schema() AND table_name = 'schema_version'"};

// 0 for a database without any schema.
Result<std::int64_t> version(Tx& tx, Database::Engine engine) {
    const auto has = TRY(tx.run(engine == Database::Engine::sqlite ? sqlite_has_versions : postgres_has_versions));
    if (has[0].integer("n") == 0) return 0;
    const auto rows = TRY(tx.run(read_version));
    return rows[0].integer("number");
}

// True if this call applied it; false if another process was quicker.
Result<bool> apply(Tx& tx, Database::Engine engine, const Migration& step) {
    TRY(tx.run(make_versions));
    if (TRY(version(tx, engine)) >= step.number) return false;
    for (const auto& text : statements(step.text)) {
        const auto done = tx.run(Query{"", text});
        if (!done) { return fail(done.error().fault, "the migration " + std::string(step.name) + " failed: " + done.error().text); }
    }
    TRY(tx.run(add_version, {step.number, step.name}));
    return true;
}

}  // namespace

std::vector<std::string> statements(std::string_view text) {
    std::vector<std::string> list;
    std::string statement;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto last = line.find_last_not_of(" \t\r");
        if (last == std::string_view::npos || line.substr(line.find_first_not_of(" \t")).starts_with("--")) continue;
        line = line.substr(0, last + 1);
        const bool ends = line.ends_with(';');
        statement += ends ? line.substr(0, line.size() - 1) : line;
        statement += '\n';
        if (ends) list.push_back(std::exchange(statement, {}));
    }
    if (!statement.empty()) list.push_back(std::move(statement));
    return list;
}

Status refuse_newer(Database& database, std::span<const Migration> steps) {
    const auto found = TRY(database.read_now([&](Tx& tx) { return version(tx, database.engine()); }));
    if (!steps.empty() && found > steps.back().number) {
        return fail(Fault::storage, "the database has schema " + std::to_string(found) + ", this program knows only " +
                                        std::to_string(steps.back().number) + "; start the newer program");
    }
    return {};
}

Result<int> migrate(Database& database, std::span<const Migration> steps) {
    TRY(refuse_newer(database, steps));
    const auto found = TRY(database.read_now([&](Tx& tx) { return version(tx, database.engine()); }));
    int count = 0;
    for (const auto& step : steps) {
        if (step.number <= found) continue;
        if (TRY(database.write_now([&](Tx& tx) { return apply(tx, database.engine(), step); }))) ++count;
    }
    return count;
}

}  // namespace barrow::store
