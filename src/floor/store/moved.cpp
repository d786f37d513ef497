#include "floor/store/moved.hpp"

#include <algorithm>

#include "floor/store/moved.sql.hpp"

namespace barrow::store {
namespace {

// The table that a statement writes; "" for one that only reads.
std::string_view written_table(std::string_view text) {
    for (const std::string_view verb : {"INSERT INTO ", "UPDATE ", "DELETE FROM "}) {
        if (!text.starts_with(verb)) continue;
        text.remove_prefix(verb.size());
        return text.substr(0, text.find_first_of(" (\n"));
    }
    return {};
}

}  // namespace

void Raised::note(const Query& query, std::span<const Value> values, const Rows& rows) {
    if (watch_.tables.empty() || query.name.empty()) return;
    const auto table = written_table(query.text);
    if (table.empty()) return;
    const auto watched = std::ranges::find(watch_.tables, table, &Watch::Table::name);
    if (watched == watch_.tables.end() || std::ranges::find(watch_.except, query.name) != watch_.except.end()) return;
    if (rows.empty() && query.text.find("RETURNING") != std::string_view::npos) return;  // it found nothing to change
    const bool of_one = !watched->of_every_shop && !values.empty() && values.front().is_text();
    moved_.emplace(of_one ? values.front().text() : std::string(), watched->topic);
}

Status Raised::write(Tx& tx) const {
    for (const auto& [shop, topic] : moved_) TRY(tx.run(moved::sql::raise, {shop, topic, watch_.clock->now()}));
    return {};
}

Result<Risen> risen_since(Tx& tx, Instant since) {
    Risen risen;
    const auto rows = TRY(tx.run(moved::sql::moved_since, {since}));
    for (const auto row : rows) risen.numbers.emplace(std::pair(row.text("shop_id"), row.text("topic")), row.integer("number"));
    risen.cut = rows.size() >= Risen::rows_max;
    return risen;
}

bool Ear::News::about(std::string_view topic) const {
    return everything || std::ranges::any_of(moved, [&](const auto& one) { return one.second == topic; });
}

Instant Ear::since(Instant now) const { return (began_ ? std::min(heard_, now) : now) - late_max; }

Ear::News Ear::compare(const Risen& risen) const {
    News news;
    if (!began_) return news;
    for (const auto& [what, number] : risen.numbers) {
        const auto before = known_.numbers.find(what);
        if (before == known_.numbers.end() || before->second != number) news.moved.push_back(what);
    }
    news.everything = risen.cut && !news.moved.empty();
    return news;
}

void Ear::remember(Risen risen, Instant now) {
    known_ = std::move(risen);
    began_ = true;
    heard_ = now;
}

}  // namespace barrow::store
