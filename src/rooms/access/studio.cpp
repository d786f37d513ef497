#include "rooms/access/studio.hpp"

#include <algorithm>
#include <array>

#include "floor/sign/sign.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/theme.hpp"

namespace barrow::access {
namespace {

struct Made {
    Session session;
    StudioPage page;
};

http::Response show(Site& site, const Visit& visit, Made made) {
    auto& values = made.page.values;
    for (const auto place : studio_places) values.set("at_" + std::string(place), place == made.page.place);
    values.set("title", made.page.title).set("shop_url", visit.base + "/");
    if (values.find("live_bar") == nullptr) values.set("live_bar", false);
    if (values.find("log_out") == nullptr) values.set("log_out", true);
    const auto& toast = made.page.toast;
    if (toast.text.empty()) {
        values.set("toast", false);
    } else {
        wire::Json::Array fields;
        for (const auto& [name, value] : toast.undo_fields) fields.push_back(wire::Json::object({{"name", name}, {"value", value}}));
        values.set("toast", wire::Json::object({{"text", toast.text},
                                                {"undo_url", toast.undo_url},
                                                {"undo_fields", std::move(fields)},
                                                {"next_url", toast.next_url},
                                                {"next_label", toast.next_label}}));
    }
    auto response = page(site, visit, made.page.template_path, std::move(values), made.session.csrf);
    response.status = made.page.status;
    return response;
}

std::string toast_mac(const Site& site, const Visit& visit, std::string_view text) {
    const auto digest = sign::hmac_sha256(site.secrets.derive(visit.shop().id, "toast"), as_bytes(text));
    return base64url(std::span(digest).first(12));
}

}  // namespace

std::string field(const wire::Json& form, std::string_view name) {
    const auto* value = form.find(name);
    if (value == nullptr || !value->is_text()) return "";
    const auto& text = value->text();
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string at_field(std::string_view problem, std::string_view name) {
    if (problem.starts_with(name) && problem.substr(name.size()).starts_with(": ")) problem.remove_prefix(name.size() + 2);
    if (problem.starts_with(name) && problem.substr(name.size()).starts_with(" "))
        return sentence("it" + std::string(problem.substr(name.size())));
    return sentence(std::string(problem));
}

std::string wrong_at(const Wrongs& wrongs, std::string_view field) {
    const auto found = std::ranges::find(wrongs, field, &Wrong::field);
    return found == wrongs.end() ? "" : sentence(found->text);
}

wire::Json wrongs_json(const Wrongs& wrongs) {
    wire::Json::Array list;
    for (const auto& one : wrongs)
        list.push_back(wire::Json::object({{"field", one.field}, {"label", one.label}, {"text", sentence(one.text)}}));
    return list;
}

std::string with_toast(const Site& site, const Visit& visit, std::string_view path, const Toast& toast) {
    auto json = wire::Json::array({toast.text, toast.undo_url, toast.next_url, toast.next_label});
    for (const auto& [name, value] : toast.undo_fields) json.push(name).push(value);
    const auto text = wire::write_json(json);
    return std::string(path) + (path.find('?') == std::string_view::npos ? "?" : "&") + "done=" + base64url(as_bytes(text)) + "." +
           toast_mac(site, visit, text);
}

Toast read_toast(const Site& site, const Visit& visit) {
    const auto token = visit.request.query_value("done").value_or("");
    const auto dot = token.find('.');
    if (dot == std::string::npos || token.size() > 4'000) return {};
    const auto bytes = read_base64url(token.substr(0, dot));
    if (!bytes) return {};
    const auto text = as_text(*bytes);
    if (!sign::equal(as_bytes(toast_mac(site, visit, text)), as_bytes(token.substr(dot + 1)))) return {};
    const auto json = wire::read_json(text);
    if (!json || json->items().size() < 4) return {};
    const auto& items = json->items();
    Toast toast{.text = items[0].text(),
                .undo_url = items[1].text(),
                .undo_fields = {},
                .next_url = items[2].text(),
                .next_label = items[3].text()};
    for (std::size_t i = 4; i + 1 < items.size(); i += 2) toast.undo_fields.emplace_back(items[i].text(), items[i + 1].text());
    return toast;
}

Task<http::Response> studio_page(Site& site, Visit visit, std::function<Result<StudioPage>(store::Tx&)> make) {
    const auto now = site.clock.now();
    auto made = co_await site.db.read([&](store::Tx& tx) -> Result<Made> {
        auto session = TRY(owner(tx, visit, now));
        auto whole = TRY(make(tx));
        return Made{std::move(session), std::move(whole)};
    });
    if (!made) co_return refusal(site, visit, made.error());
    if (made->page.toast.text.empty()) made->page.toast = read_toast(site, visit);
    co_return show(site, visit, std::move(*made));
}

Task<http::Response> studio_form(Site& site, Visit visit, Act act, Again again) {
    auto sent = form(visit);
    return studio_form(site, std::move(visit), std::move(sent), std::move(act), std::move(again));
}

Task<http::Response> studio_form(Site& site, Visit visit, Result<wire::Json> sent, Act act, Again again) {
    const auto now = site.clock.now();
    if (!sent) co_return refusal(site, visit, sent.error());
    auto done = co_await site.db.write([&](store::Tx& tx) -> Result<std::string> {
        const auto session = TRY(owner(tx, visit, now));
        TRY(same_csrf(session, *sent));
        return act(tx, *sent);
    });
    if (done) co_return see_other(visit, *done);
    const auto fault = done.error().fault;
    if (!again || (fault != Fault::bad_input && fault != Fault::conflict && fault != Fault::too_large))
        co_return refusal(site, visit, done.error());
    auto made = co_await site.db.read([&](store::Tx& tx) -> Result<Made> {
        auto session = TRY(owner(tx, visit, now));
        auto whole = TRY(again(tx, *sent, done.error()));
        return Made{std::move(session), std::move(whole)};
    });
    if (!made) co_return refusal(site, visit, made.error());
    made->page.status = 422;
    co_return show(site, visit, std::move(*made));
}

bool was_done(const http::Response& answer) { return answer.status == 303 && !answer.header("location").ends_with("/studio/login"); }

namespace {
http::Response login_page(Site& site, const Visit& visit, std::string token, std::string problem) {
    auto response = page(site, visit, "studio/login.html",
                         wire::Json::object({{"token", std::move(token)}, {"problem", problem}, {"command", "barrow login"}}));
    if (!problem.empty()) response.status = 401;
    return response;
}
}  // namespace

// The link itself only shows a button: mail scanners and previews that open it do not use it up.
Task<http::Response> get_login(Site& site, Visit visit) {
    co_return login_page(site, visit, visit.request.query_value("token").value_or(""), "");
}

Task<http::Response> post_login(Site& site, Visit visit) {
    const auto now = site.clock.now();
    const auto allowed = same_site(visit);
    if (!allowed) co_return refusal(site, visit, allowed.error());
    const auto sent = form(visit);
    if (!sent) co_return refusal(site, visit, sent.error());
    const auto token = field(*sent, "token");
    auto session = co_await site.db.write([&](store::Tx& tx) { return log_in(tx, visit.shop().id, token, now, site.random); });
    if (!session) {
        if (session.error().fault == Fault::unauthenticated) co_return login_page(site, visit, "", sentence(session.error().text));
        co_return refusal(site, visit, session.error());
    }
    auto response = see_other(visit, "/studio");
    response.headers.emplace_back("set-cookie",
                                  http::host_cookie(session_cookie(visit.shop()), session->token, session_life.us / 1'000'000));
    co_return response;
}

Task<http::Response> post_logout(Site& site, Visit visit) {
    const auto cookie = session_cookie(visit.shop());
    const std::string token(visit.request.cookie("__Host-" + cookie));
    auto response = co_await studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        TRY(log_out(tx, visit.shop().id, token));
        return std::string("/");
    });
    if (response.status == 303) response.headers.emplace_back("set-cookie", http::host_cookie(cookie, "", 0));
    co_return response;
}

namespace {

struct Swatch {
    std::string_view name, accent, paper;
};
constexpr std::array<Swatch, 5> swatches{{{"Harbour green", house_accent, house_paper},
                                          {"Night ferry", "#1d4e89", "#f7f9fc"},
                                          {"Brick", "#9a3412", "#fdf8f4"},
                                          {"Plum", "#7a2e6b", "#fbf7fa"},
                                          {"Slate", "#3b4a54", "#f7f8f8"}}};

// The house's pair is kept as "no own colours", so that both schemes are the house's.
void choose(Shop& shop, std::string accent, std::string paper) {
    const bool house = accent == house_accent && paper == house_paper;
    shop.accent = house ? "" : std::move(accent);
    shop.paper = house ? "" : std::move(paper);
}

}  // namespace

wire::Json shop_values(const Shop& shop, const std::string& problem) {
    const auto accent = shop.accent.empty() ? std::string(house_accent) : shop.accent;
    const auto paper = shop.paper.empty() ? std::string(house_paper) : shop.paper;
    wire::Json::Array colours;
    bool chosen = false;
    for (const auto& swatch : swatches) {
        const bool checked = accent == swatch.accent && paper == swatch.paper;
        chosen = chosen || checked;
        colours.push_back(
            wire::Json::object({{"name", swatch.name}, {"accent", swatch.accent}, {"paper", swatch.paper}, {"checked", checked}}));
    }
    const auto logo_error = problem.starts_with("logo: ") ? at_field(problem, "logo") : std::string();
    const auto language_error = problem.starts_with("language: ") ? at_field(problem, "language") : std::string();
    const auto about = [&](std::string_view word) {
        return !logo_error.empty() || !language_error.empty() || problem.starts_with("there is no time zone") ? std::string()
               : problem.find(word) != std::string::npos                                                      ? sentence(problem)
                                                                                                              : std::string();
    };
    const auto name_error = about("name"), bio_error = about("bio"), colour_error = about("colours");
    const auto legal_name_error = about("who sells"), contact_error = about("e-mail");
    const auto zone_error = problem.starts_with("there is no time zone") ? sentence(problem) : std::string();
    wire::Json::Array zones;
    for (const auto& name : Zone::names()) zones.push_back(wire::Json::object({{"name", name}}));
    wire::Json::Array languages;
    bool has_words = false;
    for (const auto& tag : wire::languages()) {
        if (tag.ends_with("-XB") && tag != shop.language) continue;  // nobody speaks it: tests do
        has_words = has_words || tag == shop.language;
        const auto own_name = wire::Words(tag)(wire::said("English"));
        languages.push_back(wire::Json::object({{"tag", tag}, {"name", own_name}, {"selected", tag == shop.language}}));
    }
    if (!has_words) languages.push_back(wire::Json::object({{"tag", shop.language}, {"name", shop.language}, {"selected", true}}));
    return wire::Json::object({{"name", shop.name},
                               {"name_error", name_error},
                               {"languages", std::move(languages)},
                               {"language_error", language_error},
                               {"logo", shop.logo},
                               {"logo_error", logo_error},
                               {"bio", shop.bio},
                               {"bio_error", bio_error},
                               {"bio_limit", "160"},
                               {"legal_name", shop.legal_name},
                               {"legal_name_error", legal_name_error},
                               {"contact", shop.contact},
                               {"contact_error", contact_error},
                               {"time_zone", shop.time_zone},
                               {"time_zone_error", zone_error},
                               {"zones", std::move(zones)},
                               {"accent", accent},
                               {"accent_error", colour_error},
                               {"paper", paper},
                               {"paper_error", ""},
                               {"mended", problem.empty() ? theme(shop.accent, shop.paper).note : ""},
                               {"swatches", std::move(colours)},
                               {"swatch_chosen", chosen},
                               {"price", display({2'400, shop.currency})},
                               {"initial", first_letter(shop.name)}});
}

Task<http::Response> post_shop(Site& site, Visit visit, Result<wire::Json> sent_before, Status files, ShopAgain again) {
    const auto changed = [&](const wire::Json& sent) {
        Shop shop = visit.shop();
        shop.name = field(sent, "name");
        shop.bio = field(sent, "bio");
        if (sent.find("logo") != nullptr) shop.logo = field(sent, "logo");
        if (sent.find("no_logo") != nullptr) shop.logo.clear();
        if (sent.find("legal_name") != nullptr) shop.legal_name = field(sent, "legal_name");
        if (sent.find("contact") != nullptr) {
            shop.contact = field(sent, "contact");
            std::erase(shop.contact, '\r');  // lines of a form end in two characters
        }
        if (sent.find("language") != nullptr) shop.language = field(sent, "language");
        if (sent.find("time_zone") != nullptr) shop.time_zone = field(sent, "time_zone");
        const auto swatch = field(sent, "swatch");
        const auto space = swatch.find(' ');
        if (space != std::string::npos)
            choose(shop, swatch.substr(0, space), swatch.substr(space + 1));
        else
            choose(shop, field(sent, "accent"), field(sent, "paper"));
        return shop;
    };
    const Act act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        TRY(Status(files));
        TRY(change_shop(tx, changed(sent)));
        TRY(note_audit(tx, visit.shop().id, "owner", "change_page", "", site.clock.now(), site.random));
        return with_toast(site, visit, "/studio/page", {.text = "Saved. Your page shows it now."});
    };
    const Again shown_again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
        return again(tx, shop_values(changed(sent), error.text));
    };
    auto response = co_await studio_form(site, visit, std::move(sent_before), act, shown_again);
    if (response.status == 303) {
        auto reloaded = co_await site.db.read([&](store::Tx& tx) { return site.directory.reload(tx); });
        if (!reloaded) co_return refusal(site, visit, reloaded.error());
    }
    co_return response;
}

}  // namespace barrow::access
