#include "floor/store/store.hpp"

#include <algorithm>

#include "floor/store/engine.hpp"

namespace barrow::store {

std::int64_t Value::integer() const {
    check(is_integer());
    return std::get<std::int64_t>(held_);
}

const std::string& Value::text() const {
    check(held_.index() == 2);
    return std::get<std::string>(held_);
}

const Value& Row::at(std::string_view column) const {
    const auto found = std::ranges::find(*columns_, column);
    check(found != columns_->end());
    return (*values_)[static_cast<std::size_t>(found - columns_->begin())];
}

std::optional<std::int64_t> Row::maybe_integer(std::string_view column) const {
    const auto& value = at(column);
    return value.is_null() ? std::nullopt : std::optional(value.integer());
}

std::optional<std::string> Row::maybe_text(std::string_view column) const {
    const auto& value = at(column);
    return value.is_null() ? std::nullopt : std::optional(value.text());
}

std::optional<Instant> Row::maybe_instant(std::string_view column) const {
    const auto& value = at(column);
    return value.is_null() ? std::nullopt : std::optional(Instant{value.integer()});
}

Money Row::money(std::string_view amount_column, std::string_view currency_column) const {
    return {integer(amount_column), Currency::read(text(currency_column)).value()};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& url, Options options) {
    std::unique_ptr<Database> database;
    if (url.starts_with("sqlite:")) {
        database = TRY(open_sqlite(url.substr(7), std::move(options)));
    } else if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        database = TRY(open_postgres(url, std::move(options)));
    } else {
        return fail(Fault::bad_input, "\"" + url.substr(0, url.find(':')) + "\" is no database; give sqlite:PATH or postgres://…");
    }
    TRY(refuse_newer(*database, migrations()));
    return database;
}

}  // namespace barrow::store
