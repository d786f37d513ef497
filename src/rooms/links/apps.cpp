#include "rooms/links/apps.hpp"

#include <algorithm>

#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/links/links.sql.hpp"

namespace barrow::links {
namespace {

bool is_upper_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// "com.example.tide": two parts at least, of letters, digits and `more`, each beginning with a letter.
bool is_dotted(std::string_view text, char more) {
    constexpr std::size_t longest = 150;
    if (text.size() > longest) return false;
    std::size_t parts = 0;
    for (std::size_t from = 0; from <= text.size(); ++parts) {
        const auto end = std::min(text.find('.', from), text.size());
        const auto part = text.substr(from, end - from);
        if (part.empty() || !is_letter(part.front())) return false;
        if (!std::ranges::all_of(part, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == more; })) return false;
        from = end + 1;
    }
    return parts > 1;
}

bool is_ios_app(std::string_view id) {
    constexpr std::size_t team = 10;
    return id.size() > team + 1 && id[team] == '.' && std::ranges::all_of(id.substr(0, team), is_upper_or_digit) &&
           is_dotted(id.substr(team + 1), '-');
}

bool is_fingerprint(std::string_view text) {
    constexpr std::size_t bytes = 32;
    if (text.size() != bytes * 3 - 1) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i % 3 == 2 ? text[i] != ':' : !is_hex(text[i])) return false;
    }
    return true;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n', 0), text.size());
        auto line = text.substr(0, end);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
        if (!line.empty()) lines.emplace_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out;
}

wire::Json list(const std::vector<std::string>& texts) { return wire::Json::Array(texts.begin(), texts.end()); }

std::vector<std::string> read_list(const wire::Json& json, std::string_view name) {
    std::vector<std::string> out;
    for (const auto& item : json.find(name)->items()) out.push_back(item.text());
    return out;
}

// A phone asks before the app is there, and again from time to time; it follows no redirect.
http::Response association(const Doors& doors, const access::Visit& visit, bool there, const wire::Json& json) {
    if (!there) return access::refusal(doors.site, visit, fail(Fault::not_found, "No app belongs to this address."));
    return http::Response::json(wire::write_json(json)).with("cache-control", "public, max-age=300");
}

access::StudioPage apps_page(const Doors& doors, const access::Visit& visit, const wire::Json& form, const std::string& problem) {
    const auto text = [&](const char* name) { return access::field(form, name); };
    return {
        .place = "links",
        .title = "Your own apps",
        .template_path = "studio/apps.html",
        .values = wire::Json::object({{"action", visit.base + "/studio/apps"},
                                      {"problem", access::sentence(problem)},
                                      {"ios", text("ios")},
                                      {"paths", text("paths")},
                                      {"android", text("android")},
                                      {"fingerprints", text("fingerprints")},
                                      {"shares_host", !visit.base.empty()},
                                      {"apple_url", access::address(doors.site, visit.shop(), "/.well-known/apple-app-site-association")},
                                      {"android_url", access::address(doors.site, visit.shop(), "/.well-known/assetlinks.json")}}),
        .status = problem.empty() ? 200 : 422};
}

}  // namespace

Status examine(const Apps& apps) {
    if (!apps.ios.empty() && !is_ios_app(apps.ios))
        return fail(Fault::bad_input,
                    "the iPhone app \"" + apps.ios.substr(0, 80) + "\" must be its team and bundle, like 9JA89QQLNQ.com.example.tide");
    if (apps.paths.size() > app_paths_max) return fail(Fault::bad_input, "an app has at most 20 paths");
    for (const auto& one : apps.paths) {
        const bool odd =
            std::ranges::any_of(one, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f; });
        if (!one.starts_with('/') || one.size() > 200 || odd)
            return fail(Fault::bad_input, "the path \"" + one.substr(0, 80) + "\" must begin with / and have no spaces, like /p/*");
    }
    if (!apps.android.empty() && !is_dotted(apps.android, '_'))
        return fail(Fault::bad_input, "the Android app \"" + apps.android.substr(0, 80) + "\" must be its package, like com.example.tide");
    if (apps.fingerprints.size() > app_fingerprints_max) return fail(Fault::bad_input, "an app has at most 10 fingerprints");
    if (apps.android.empty() != apps.fingerprints.empty())
        return fail(Fault::bad_input,
                    "an Android app needs its package and the SHA-256 fingerprint of its certificate; keytool -list -v shows it");
    for (const auto& one : apps.fingerprints) {
        if (!is_fingerprint(one))
            return fail(Fault::bad_input, "the fingerprint \"" + one.substr(0, 100) + "\" must be 32 bytes in capitals, like 14:6D:E9:…");
    }
    return {};
}

Result<Apps> apps_of(store::Tx& tx, const Id<access::Shop>& shop) {
    const auto rows = TRY(tx.run(sql::find_apps, {shop}));
    if (rows.empty()) return Apps();
    const auto json = wire::read_json(rows[0].text("apps"));
    check(json.ok());  // we wrote it
    return Apps{.ios = json->find("ios")->text(),
                .paths = read_list(*json, "paths"),
                .android = json->find("android")->text(),
                .fingerprints = read_list(*json, "fingerprints")};
}

Status set_apps(store::Tx& tx, const Id<access::Shop>& shop, const Apps& apps) {
    TRY(examine(apps));
    const auto json = wire::Json::object(
        {{"ios", apps.ios}, {"paths", list(apps.paths)}, {"android", apps.android}, {"fingerprints", list(apps.fingerprints)}});
    TRY(tx.run(sql::set_apps, {shop, wire::write_json(json)}));
    return {};
}

wire::Json apple_association(const Apps& apps) {
    wire::Json::Array components;
    for (const auto& one : apps.paths) components.push_back(wire::Json::object({{"/", one}}));
    if (components.empty()) components.push_back(wire::Json::object({{"/", "*"}}));
    const auto detail = wire::Json::object({{"appIDs", wire::Json::array({apps.ios})}, {"components", std::move(components)}});
    return wire::Json::object({{"applinks", wire::Json::object({{"details", wire::Json::array({detail})}})}});
}

wire::Json asset_links(const Apps& apps) {
    const auto target = wire::Json::object(
        {{"namespace", "android_app"}, {"package_name", apps.android}, {"sha256_cert_fingerprints", list(apps.fingerprints)}});
    return wire::Json::array(
        {wire::Json::object({{"relation", wire::Json::array({"delegate_permission/common.handle_all_urls"})}, {"target", target}})});
}

Task<http::Response> get_apple_association(Doors& doors, access::Visit visit) {
    const auto apps = co_await doors.site.db.read([&](store::Tx& tx) { return apps_of(tx, visit.shop().id); });
    if (!apps) co_return access::refusal(doors.site, visit, apps.error());
    co_return association(doors, visit, !apps->ios.empty(), apple_association(*apps));
}

Task<http::Response> get_asset_links(Doors& doors, access::Visit visit) {
    const auto apps = co_await doors.site.db.read([&](store::Tx& tx) { return apps_of(tx, visit.shop().id); });
    if (!apps) co_return access::refusal(doors.site, visit, apps.error());
    co_return association(doors, visit, !apps->android.empty(), asset_links(*apps));
}

Task<http::Response> get_apps(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        const auto apps = TRY(apps_of(tx, visit.shop().id));
        const auto form = wire::Json::object(
            {{"ios", apps.ios}, {"paths", joined(apps.paths)}, {"android", apps.android}, {"fingerprints", joined(apps.fingerprints)}});
        return apps_page(doors, visit, form, "");
    });
}

Task<http::Response> post_apps(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    co_return co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            const auto text = [&](const char* name) { return access::field(sent, name); };
            const auto one_line = [&](const char* name) {
                const auto lines = lines_of(text(name));
                return lines.empty() ? std::string() : lines.front();
            };
            const Apps apps{.ios = one_line("ios"),
                            .paths = lines_of(text("paths")),
                            .android = one_line("android"),
                            .fingerprints = lines_of(text("fingerprints"))};
            TRY(set_apps(tx, visit.shop().id, apps));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "change_apps", apps.ios + " " + apps.android, site.clock.now(),
                                   site.random));
            return access::with_toast(site, visit, "/studio/apps", {.text = "Saved. Phones ask again within a day."});
        },
        [&](store::Tx&, const wire::Json& sent, const Error& error) -> Result<access::StudioPage> {
            return apps_page(doors, visit, sent, error.text);
        });
}

}  // namespace barrow::links
