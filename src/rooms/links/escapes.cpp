#include "rooms/links/escapes.hpp"

#include <algorithm>
#include <cmath>

#include "rooms/access/shops.hpp"
#include "rooms/links/escape.sql.hpp"

namespace barrow::links {
namespace query = escape::sql;

namespace {

constexpr std::string_view every_recipe = "*";
constexpr Duration tries_kept = hours(1);  // longer than a token lives: a second opening is known as one

Status examine_recipe(std::string_view recipe) {
    if (recipe != every_recipe) TRY(recipe_named(recipe));
    return {};
}

bool sells(std::string_view target) { return target.starts_with("/p/") || target.starts_with("/live/"); }

// A row of a recipe that this program no longer has says nothing.
Standing* standing_of(Standings& standings, std::string_view recipe) {
    const auto found = std::ranges::find_if(standings.recipes, [&](const Standing& one) { return one.recipe->id == recipe; });
    return found == standings.recipes.end() ? nullptr : &*found;
}

Standings with_counts(const store::Rows& rows) {
    Standings standings;
    for (const auto& recipe : recipes()) standings.recipes.push_back({.recipe = &recipe, .why = {}});
    for (const auto row : rows) {
        auto* one = standing_of(standings, row.text("recipe"));
        if (one == nullptr) continue;
        one->tries = row.integer("tries");
        one->arrived = row.integer("arrived");
    }
    return standings;
}

Status add_operators(store::Tx& tx, Standings& standings) {
    for (const auto row : TRY(tx.run(query::off_everywhere))) {
        if (row.text("recipe") == every_recipe) standings.all_off_by_operator = true;
        if (auto* one = standing_of(standings, row.text("recipe"))) one->off_by_operator = true;
    }
    return {};
}

}  // namespace

std::string_view name(Ask ask) { return ask == Ask::selling ? "selling" : ask == Ask::all ? "all" : "never"; }

Result<Ask> ask_of(store::Tx& tx, const Id<access::Shop>& shop) {
    const auto rows = TRY(tx.run(query::find_ask, {shop}));
    if (rows.empty()) return Ask::never;
    const auto& word = rows[0].text("ask");
    return word == "selling" ? Ask::selling : word == "all" ? Ask::all : Ask::never;
}

Status set_ask(store::Tx& tx, const Id<access::Shop>& shop, std::string_view word) {
    if (word != "never" && word != "selling" && word != "all")
        return fail(Fault::bad_input, "say which links open outside the app: never, selling or all");
    TRY(tx.run(query::set_ask, {shop, word}));
    return {};
}

bool offers(const Link& link, Ask ask) {
    if (link.outside != Outside::as_shop) return link.outside == Outside::offer;
    return ask == Ask::all || (ask == Ask::selling && (sells(link.target) || !link.live.empty()));
}

Result<RecipeSet> in_force(store::Tx& tx, const Id<access::Shop>& shop) {
    RecipeSet set;
    for (std::size_t i = 0; i < recipes().size(); ++i) set.set(i);
    const auto take_out = [&](const std::string& recipe) {
        if (recipe == every_recipe) set.reset();
        if (const auto i = recipe_named(recipe)) set.reset(*i);
    };
    for (const auto row : TRY(tx.run(query::off_everywhere))) take_out(row.text("recipe"));
    for (const auto row : TRY(tx.run(query::switches, {shop}))) {
        if (!row.is_null("off_us")) take_out(row.text("recipe"));
    }
    return set;
}

Result<bool> note_tap(store::Tx& tx, const Id<access::Shop>& shop, const Try& tapped, Instant now, Random& random) {
    if (TRY(tx.run(query::add_try, {shop, tapped.nonce, tapped.recipe, now, 0})).empty()) return false;
    TRY(tx.run(query::count_day, {shop, tapped.recipe, now.day(), 1, 0}));
    TRY(tx.run(query::forget_tries, {shop, tapped.recipe, now - tries_kept}));
    TRY(tx.run(query::begin_count, {shop, tapped.recipe}));
    const std::string why = "of its last " + std::to_string(tries_judged) + " tries fewer than half arrived";
    if (TRY(tx.run(query::switch_off_failing, {shop, tapped.recipe, now, why, now - settles})).empty()) return false;
    TRY(access::note_audit(tx, shop, "barrow", "escape_off", tapped.recipe, now, random));
    return true;
}

Result<bool> note_arrival(store::Tx& tx, const Id<access::Shop>& shop, const Try& arrived, Instant now) {
    if (!TRY(tx.run(query::note_arrived, {shop, arrived.nonce})).empty()) {
        TRY(tx.run(query::count_day, {shop, arrived.recipe, now.day(), 0, 1}));
        return true;
    }
    if (TRY(tx.run(query::add_try, {shop, arrived.nonce, arrived.recipe, now, 1})).empty()) return false;
    TRY(tx.run(query::count_day, {shop, arrived.recipe, now.day(), 1, 1}));
    return true;
}

Status turn(store::Tx& tx, const Id<access::Shop>& shop, std::string_view recipe, Turn to, Instant now) {
    TRY(examine_recipe(recipe));
    if (to == Turn::off)
        TRY(tx.run(query::set_switch, {shop, recipe, now, "switched off by hand", now}));
    else
        TRY(tx.run(query::set_switch, {shop, recipe, nullptr, "", now}));
    return {};
}

Status turn_everywhere(store::Tx& tx, std::string_view recipe, Turn to, Instant now) {
    TRY(examine_recipe(recipe));
    if (to == Turn::off)
        TRY(tx.run(query::put_off_everywhere, {recipe, now}));
    else if (recipe == every_recipe)
        TRY(tx.run(query::put_all_on_everywhere));
    else
        TRY(tx.run(query::put_on_everywhere, {recipe}));
    return {};
}

Result<Standings> standings(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    auto standings = with_counts(TRY(tx.run(query::days_of_shop, {shop, now.day() - days_told + 1})));
    TRY(add_operators(tx, standings));
    for (const auto row : TRY(tx.run(query::switches, {shop}))) {
        if (row.is_null("off_us")) continue;
        if (row.text("recipe") == every_recipe) standings.all_off_by_shop = true;
        if (auto* one = standing_of(standings, row.text("recipe"))) {
            one->off_by_shop = true;
            one->why = row.text("why");
        }
    }
    return standings;
}

Result<Standings> standings_everywhere(store::Tx& tx, Instant now) {
    auto standings = with_counts(TRY(tx.run(query::days_of_all, {now.day() - days_told + 1})));
    TRY(add_operators(tx, standings));
    return standings;
}

Status forget_days(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t day) {
    TRY(tx.run(escape::sql::forget_days, {shop, day}));
    return {};
}

std::string arrived_interval(std::int64_t arrived, std::int64_t tries) {
    if (tries == 0) return "";
    constexpr double z = 1.959964;
    const auto n = static_cast<double>(tries), part = static_cast<double>(arrived) / n;
    const auto middle = part + z * z / (2 * n), width = z * std::sqrt(part * (1 - part) / n + z * z / (4 * n * n)), all = 1 + z * z / n;
    const auto percent = [](double share) { return std::to_string(std::lround(std::clamp(share, 0.0, 1.0) * 100)); };
    return percent((middle - width) / all) + "–" + percent((middle + width) / all) + " %";
}

}  // namespace barrow::links
