#include "rooms/links/import/kept.hpp"

#include <algorithm>
#include <array>

#include "rooms/links/links.sql.hpp"

namespace barrow::links::import {
namespace {

constexpr std::array<std::string_view, 4> stages{"looked", "going", "done", "stopped"};  // in the order of Stage

Stage stage_named(std::string_view name) {
    const auto found = std::ranges::find(stages, name);
    check(found != stages.end());
    return static_cast<Stage>(found - stages.begin());
}

Status forget(store::Tx& tx, const Id<access::Shop>& shop, const std::string& id) {
    TRY(tx.run(sql::forget_import_file, {shop, id}));
    TRY(tx.run(sql::forget_import, {shop, id}));
    return {};
}

}  // namespace

Result<std::string> keep(store::Tx& tx, const Id<access::Shop>& shop, const Report& report, std::string_view only_domain,
                         std::string_view file, Instant now, Random& random) {
    if (file.size() > kept_bytes_max) return fail(Fault::too_large, "the file is larger than 4 MB; give it to: barrow import links FILE");
    std::size_t there = 0;
    for (const auto row : TRY(tx.run(sql::imports_looked_at, {shop}))) {
        if (++there >= kept_count_max) TRY(forget(tx, shop, row.text("id")));
    }
    auto id = new_id_text(now, random);
    const auto refused = report.refused_by_the_file, links = report.links.size() - refused;
    const auto in_pieces = [](std::size_t n) { return static_cast<std::int64_t>((n + piece_max - 1) / piece_max); };
    TRY(tx.run(sql::keep_import,
               {shop, id, now, report.service, only_domain, static_cast<std::int64_t>(links),
                in_pieces(links) + in_pieces(static_cast<std::size_t>(report.days_in_the_file)), static_cast<std::int64_t>(refused)}));
    TRY(tx.run(sql::keep_import_file, {shop, id, file}));
    return id;
}

Result<Kept> find_kept(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, Instant now) {
    const auto rows = TRY(tx.run(sql::find_import, {shop, id}));
    if (!rows.empty()) {
        const auto row = rows[0];
        Kept kept{.id = row.text("id"),
                  .created = row.instant("created_us"),
                  .service = row.text("service"),
                  .only_domain = row.text("only_domain"),
                  .stage = stage_named(row.text("stage")),
                  .links = row.integer("links"),
                  .pieces = row.integer("pieces"),
                  .pieces_done = row.integer("pieces_done"),
                  .added = row.integer("added"),
                  .same = row.integer("same"),
                  .elsewhere = row.integer("elsewhere"),
                  .refused = row.integer("refused"),
                  .why = row.text("why")};
        if (kept.stage != Stage::looked || kept.created >= now - kept_for) return kept;
    }
    return fail(Fault::not_found, "this file is not kept any more: files wait for an hour, three of them at most; choose it once more");
}

Result<std::string> kept_file(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    const auto rows = TRY(tx.run(sql::import_file, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "this file is not kept any more");
    return rows[0].text("text");
}

Result<bool> begin(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    if (TRY(tx.run(sql::imports_going, {shop, id}))[0].integer("count") >= going_max)
        return fail(Fault::conflict, "three imports go on already; wait until one of them is done");
    return !TRY(tx.run(sql::begin_import, {shop, id})).empty();
}

Status advance(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, std::int64_t piece, const Taken& taken) {
    const auto count = [&](State state) { return static_cast<std::int64_t>(std::ranges::count(taken.links, state, &Told::state)); };
    const auto rows = TRY(tx.run(
        sql::advance_import, {shop, id, piece, count(State::added), count(State::same), count(State::elsewhere), count(State::refused)}));
    if (rows.empty()) return fail(Fault::gone, "this piece is in already");
    return {};
}

Status end(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, std::string_view why) {
    TRY(tx.run(sql::end_import, {shop, id, stages[static_cast<std::size_t>(why.empty() ? Stage::done : Stage::stopped)], why}));
    TRY(tx.run(sql::forget_import_file, {shop, id}));
    return {};
}

Status forget_kept(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    for (const auto row : TRY(tx.run(sql::imports_before, {shop, now - told_for, now - kept_for}))) TRY(forget(tx, shop, row.text("id")));
    return {};
}

}  // namespace barrow::links::import
