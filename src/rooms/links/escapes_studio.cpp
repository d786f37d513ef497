#include "rooms/links/escapes_studio.hpp"

#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/links/escapes.hpp"
#include "rooms/links/link_form.hpp"

namespace barrow::links {
namespace {

constexpr std::string_view path = "/studio/escapes", every_recipe = "*", all_word = "all";

std::string percent(const Standing& one) {
    return one.tries == 0 ? "" : std::to_string((one.arrived * 200 + one.tries) / (one.tries * 2)) + " %";
}

Result<access::StudioPage> escapes_page(store::Tx& tx, const Doors& doors, const access::Visit& visit) {
    const auto told = TRY(standings(tx, visit.shop().id, doors.site.clock.now()));
    const auto at = visit.base + std::string(path);
    wire::Json::Array rows;
    for (const auto& one : told.recipes) {
        rows.push_back(
            wire::Json::object({{"name", recipe_words(*one.recipe)},
                                {"id", one.recipe->id},
                                {"tries", wire::grouped(one.tries)},
                                {"arrived", wire::grouped(one.arrived)},
                                {"rate", percent(one)},
                                {"interval", arrived_interval(one.arrived, one.tries)},
                                {"state", one.off_by_operator || told.all_off_by_operator ? "off, by whoever runs this site"
                                          : one.off_by_shop                               ? "off"
                                          : told.all_off_by_shop                          ? "off with all"
                                                                                          : "on"},
                                {"state_kind", one.in_force() && !told.all_off_by_shop && !told.all_off_by_operator ? "good" : "muted"},
                                {"why", access::sentence(one.why)},
                                {"is_off", one.off_by_shop},
                                {"action", at + "/" + std::string(one.recipe->id)}}));
    }
    auto form = wire::Json::object({{"ask", name(TRY(ask_of(tx, visit.shop().id)))}});
    return access::StudioPage{
        .place = "links",
        .title = "Out of the app",
        .template_path = "studio/escapes.html",
        .values = wire::Json::object({{"recipes", std::move(rows)},
                                      {"all_off", told.all_off_by_shop},
                                      {"all_off_by_operator", told.all_off_by_operator},
                                      {"all_action", at + "/" + std::string(all_word)},
                                      {"action", at},
                                      {"asks", options(form, "ask",
                                                       {{"never", "no link, unless it says so itself"},
                                                        {"selling", "links to a product or a live session of this shop"},
                                                        {"all", "every link, unless it says never"}})}})};
}

// Runs `act`, notes it and tells every node.
using ActOnEscapes = std::function<Result<std::string>(store::Tx&, const wire::Json& sent)>;  // what was done, for the toast
Task<http::Response> act_on_escapes(Doors& doors, access::Visit visit, std::string_view verb, std::string subject, ActOnEscapes act) {
    auto& site = doors.site;
    auto response = co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        auto words = TRY(act(tx, sent));
        TRY(access::note_audit(tx, visit.shop().id, "owner", verb, subject, site.clock.now(), site.random));
        return access::with_toast(site, visit, path, {.text = std::move(words)});
    });
    announce_change(site.bus, visit.shop().id);
    co_return response;
}

}  // namespace

Task<http::Response> get_escapes(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) { return escapes_page(tx, doors, visit); });
}

Task<http::Response> post_escapes(Doors& doors, access::Visit visit) {
    const auto shop = visit.shop().id;
    const ActOnEscapes act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        TRY(set_ask(tx, shop, access::field(sent, "ask")));
        return std::string("Saved.");
    };
    std::string subject = "ask";  // named: see ARCHITECTURE.md, g++ 12 and co_await
    co_return co_await act_on_escapes(doors, visit, "change_escapes", std::move(subject), act);
}

Task<http::Response> post_escape_turn(Doors& doors, access::Visit visit) {
    const auto shop = visit.shop().id;
    const auto now = doors.site.clock.now();
    auto recipe = visit.request.parameter("recipe");
    if (recipe == all_word) recipe = every_recipe;
    const ActOnEscapes act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const bool on = access::field(sent, "turn") == "on";
        TRY(turn(tx, shop, recipe, on ? Turn::on : Turn::off, now));
        const auto what = recipe == every_recipe ? std::string("Every way out") : recipe_words(recipes()[TRY(recipe_named(recipe))]);
        return what + (on ? " is on. The count begins anew." : " is off.");
    };
    auto subject = recipe;
    co_return co_await act_on_escapes(doors, visit, "turn_escape", std::move(subject), act);
}

}  // namespace barrow::links
