#include "rooms/access/site.hpp"

#include <algorithm>

#include "floor/base/text.hpp"
#include "floor/sign/proof.hpp"
#include "floor/wire/assets.hpp"
#include "floor/wire/form.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/theme.hpp"

namespace barrow::access {
namespace {

// "/@mira/p/lamp" → {"/@mira", "mira"}; empty when the target does not begin with "/@".
struct Prefix {
    std::string_view whole, slug;
};
Prefix shop_prefix(std::string_view target) {
    if (!target.starts_with("/@")) return {};
    const auto end = std::min(target.find_first_of("/?", 2), target.size());
    return {target.substr(0, end), target.substr(2, end - 2)};
}

std::string content_security_policy(const std::string& nonce, Framing framing, bool in_studio) {
    std::string policy =
        "default-src 'none'; style-src 'nonce-" + nonce + "'; script-src 'nonce-" + nonce +
        "' 'strict-dynamic'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "worker-src 'self'; require-trusted-types-for 'script'; trusted-types barrow; ";
    if (in_studio) policy += "frame-src 'self'; ";
    policy += "frame-ancestors ";
    policy += framing == Framing::anybody ? "*" : framing == Framing::itself ? "'self'" : "'none'";
    return policy;
}

bool right_to_left(std::string_view language) {
    const auto primary = lower(language.substr(0, language.find('-')));
    return primary == "ar" || primary == "he" || primary == "fa" || primary == "ur" || primary == "ps" || primary == "ckb" ||
           primary == "yi";
}

}  // namespace

// An address, a name of this machine or of its network, or what the operator calls it: no domain that somebody else could have pointed
// here.
bool is_house_host(const Site& site, std::string_view host) {
    const auto own = std::string_view(site.authority).substr(0, site.authority.find_last_of(':'));
    const bool named = host.find('.') != host.npos && !host.ends_with(".local") && !host.ends_with(".localhost");
    const bool address = host.starts_with('[') || host.find_first_not_of("0123456789.") == host.npos;
    return !named || address || host == own || std::ranges::find(site.operator_hosts, host) != site.operator_hosts.end();
}

Visit visit(const Site& site, http::Request& request) {
    const auto prefix = shop_prefix(request.target);
    auto [tenant, ignores_case] = site.directory.door(request.host);
    if (!prefix.slug.empty()) {
        auto wanted = site.directory.by_slug(prefix.slug);
        // On a shop's own domain there are no others: nobody's links may pass for another's.
        if (tenant && wanted && wanted->shop.id != tenant->shop.id && !is_house_host(site, request.host)) wanted = nullptr;
        return {std::move(wanted), std::string(prefix.whole), request, ignores_case};
    }
    // Where several shops live, a domain that is nobody's (any more) is not the first one's either.
    if (!tenant && (site.directory.is_single() || is_house_host(site, request.host))) tenant = site.directory.first();
    return {std::move(tenant), "", request, ignores_case};
}

void strip_shop(http::Request& request) {
    const auto prefix = shop_prefix(request.path);
    if (prefix.slug.empty()) return;
    request.path.remove_prefix(prefix.whole.size());
    if (request.path.empty()) request.path = "/";
}

std::string authority(const Site& site, const Shop& shop) { return shop.host.empty() ? site.authority : shop.host; }

std::string origin(const Site& site, const Shop& shop) {
    if (!shop.host.empty()) return "https://" + shop.host;
    return (site.secure ? "https://" : "http://") + site.authority;
}

namespace {
bool shares_a_host(const Site& site, const Shop& shop) {
    const auto first = site.directory.first();
    return shop.host.empty() && first && first->shop.id != shop.id;
}
}  // namespace

std::string address(const Site& site, const Shop& shop, std::string_view path) {
    return origin(site, shop) + (shares_a_host(site, shop) ? "/@" + shop.slug : "") + std::string(path);
}

std::string did(const Site& site, const Shop& shop) {
    auto name = sign::did_web(authority(site, shop));
    if (shares_a_host(site, shop)) name += ":%40" + shop.slug;
    return name;
}

sign::ProofKey proof_key(const Site& site, const Tenant& tenant) {
    const auto& key = tenant.signing_key();
    return {key.keys, did(site, tenant.shop) + "#key-" + std::to_string(key.number)};
}

http::Response page(const Site& site, const Visit& visit, std::string_view path, wire::Json values, std::string_view csrf,
                    Framing framing) {
    const auto& shop = visit.shop();
    const auto nonce = site.random.token(16);
    const bool english = !path.starts_with("viewer/") || (path == "viewer/error.html" && visit.request.path.starts_with("/studio"));
    const std::string language = english ? "en" : shop.language;
    values.set("lang", language)
        .set("dir", right_to_left(language) ? "rtl" : "ltr")
        .set("base", visit.base)
        .set("nonce", nonce)
        .set("csrf", csrf)
        .set("shop_name", shop.name)
        .set("zone", visit.zone().name())
        .set("seller", shop.seller())
        .set("seller_contact", shop.contact)
        .set("for_files", site.for_files)
        .set("theme_css", theme(shop.accent, shop.paper).css);
    return http::Response::html(wire::page(path, wire::Words(language).language(), std::move(values)))
        .with("content-security-policy", content_security_policy(nonce, framing, !csrf.empty()))
        .with("cache-control", "no-store")
        .with("referrer-policy", "strict-origin-when-cross-origin")
        .with("cross-origin-opener-policy", "same-origin");
}

namespace {

bool in_studio(const Visit& visit) { return visit.request.path.starts_with("/studio"); }

}  // namespace

http::Response refusal(const Site& site, const Visit& visit, const Error& error) {
    const auto accept = visit.request.header("accept");
    const bool wants_json = visit.request.path.starts_with("/api/") ||
                            (accept.find("json") != std::string_view::npos && accept.find("html") == std::string_view::npos);
    if (error.fault == Fault::storage)
        site.log.error("refused", {{"path", visit.request.path}, {"fault", name(error.fault)}, {"text", error.text}});
    if (wants_json) return http::problem(error);
    const int status = http::status(error.fault);
    if (status == 401 && in_studio(visit) && visit.tenant) return see_other(visit, "/studio/login");
    if (in_studio(visit)) return error_page(site, visit, status, status < 500 ? sentence(error.text) : "");
    const bool told = status < 500 && error.fault != Fault::bad_input;
    // Where the shop's language has no words for it, the page's own words stand.
    const auto words = visit.tenant ? visit.words().known(error.text) : error.text;
    return error_page(site, visit, status, told && words ? sentence(*words) : "");
}

http::Response error_page(const Site& site, const Visit& visit, int status, const std::string& detail) {
    auto house = std::make_shared<Tenant>();  // at no shop the page is the house's own
    house->shop.name = "Barrow";
    const auto at = visit.tenant ? visit : Visit{std::move(house), "", visit.request};
    const bool studio = in_studio(visit);
    const auto say = studio ? wire::Words("en") : at.words();
    auto values = wire::Json::object({{"status", status},
                                      {"detail", detail},
                                      {"next_url", site.directory.first() ? at.base + (studio ? "/studio" : "/") : ""},
                                      {"next_label", studio         ? say("To the studio")
                                                     : visit.tenant ? say("To the stall")
                                                                    : say("To the front page")},
                                      {"again_after", status == 429 ? say("a minute") : ""}});
    bool named = status >= 500;
    for (const int one : {404, 410, 409, 429, 403}) {
        values.set("is_" + std::to_string(one), status == one);
        named = named || status == one;
    }
    values.set("is_500", status >= 500).set("is_other", !named);
    auto response = page(site, at, "viewer/error.html", std::move(values));
    response.status = status;
    return response;
}

http::Response no_shop(const Site& site, const Visit& visit) {
    return refusal(site, visit,
                   fail(Fault::not_found, site.directory.first() ? "There is no such shop here." : "No shop is open here yet."));
}

std::optional<http::Response> suspended(const Site& site, const Visit& visit) {
    if (visit.shop().suspended.empty()) return std::nullopt;
    const auto path = visit.request.path;
    const auto below = [&](std::string_view folder) {
        return path == folder || (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
    };
    const bool reads = visit.request.method == http::Method::get || visit.request.method == http::Method::head;
    const bool desk = below("/studio") || below("/api");
    if (desk && (reads || path == "/studio/login" || path == "/studio/logout")) return std::nullopt;
    if (desk) {
        return refusal(site, visit,
                       fail(Fault::forbidden, "who runs this installation has suspended the shop (" + visit.shop().suspended +
                                                  "); everything can be read and exported, nothing changed"));
    }
    if ((below("/orders") && reads) || path.starts_with("/letters/") || below("/webhooks") || below("/.well-known") ||
        (below("/media") && reads) || path == "/did.json" || path == "/verify")
        return std::nullopt;
    return closed(site, visit);
}

http::Response closed(const Site& site, const Visit& visit) {
    const auto say = visit.words();
    auto answer =
        error_page(site, visit, 403, say("This shop is closed for now. Orders that were paid are kept, and their receipts open."));
    answer.status = 503;
    answer.with("retry-after", "86400").with("x-closed", "1");  // devices that kept its pages let go of them
    return answer;
}

std::string first_letter(std::string_view name) {
    if (name.empty()) return "";
    std::size_t length = 1;
    while (length < name.size() && (static_cast<unsigned char>(name[length]) & 0xc0) == 0x80) ++length;
    return std::string(name.substr(0, length));
}

std::string sentence(std::string text) {
    if (text.empty()) return text;
    if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - ('a' - 'A'));
    if (std::string_view(".!?/").find(text.back()) == std::string_view::npos && !text.ends_with("…")) text += '.';
    return text;
}

std::string told(const Visit& visit, const Error& error) { return sentence(visit.words()(error.text)); }

http::Response see_other(const Visit& visit, std::string_view path) {
    return http::Response::redirect(visit.base + std::string(path), 303).with("cache-control", "no-store");
}

Status same_site(const Visit& visit) {
    const auto& request = visit.request;
    const auto fetch_site = request.header("sec-fetch-site");
    if (!fetch_site.empty()) {
        if (fetch_site == "same-origin" || fetch_site == "none") return {};
        return fail(Fault::forbidden, "this form was sent from another site; open the page here and send it again");
    }
    const auto sent_from = request.header("origin");
    if (sent_from.empty()) return {};
    const auto at = sent_from.find("://");
    if (at != std::string_view::npos && sent_from.substr(at + 3) == request.authority) return {};
    return fail(Fault::forbidden, "this form was sent from another site; open the page here and send it again");
}

Result<wire::Json> form(const Visit& visit) {
    const auto type = visit.request.header("content-type");
    if (type.starts_with("multipart/form-data")) return wire::read_multipart(visit.request.body, type);
    if (!type.starts_with("application/x-www-form-urlencoded"))
        return fail(Fault::bad_input, "send the form as application/x-www-form-urlencoded");
    return wire::read_form(visit.request.body);
}

Result<wire::FormWithFiles> form_with_files(const Visit& visit) {
    const auto type = visit.request.header("content-type");
    if (type.starts_with("multipart/form-data")) return wire::read_multipart_in_place(visit.request.body, type);
    return wire::FormWithFiles{.form = TRY(form(visit)), .files = {}};
}

std::string session_cookie(const Shop& shop) { return "studio-" + shop.slug; }

Result<Session> owner(store::Tx& tx, const Visit& visit, Instant now) {
    return find_session(tx, visit.shop().id, visit.request.cookie("__Host-" + session_cookie(visit.shop())), now);
}

Status same_csrf(const Session& session, const wire::Json& form) {
    const auto* sent = form.find("csrf");
    if (sent == nullptr || !sent->is_text() || !sign::equal(as_bytes(sent->text()), as_bytes(session.csrf))) {
        return fail(Fault::forbidden, "this form is from before your login; reload the page and send it again");
    }
    return {};
}

Result<std::string> api_caller(store::Tx& tx, const Visit& visit, Instant now) {
    const auto authorization = visit.request.header("authorization");
    if (authorization.starts_with("Bearer ")) return "key:" + TRY(find_api_key(tx, visit.shop().id, authorization.substr(7)));
    const auto session = TRY(owner(tx, visit, now));
    if (visit.request.method != http::Method::get && !sign::equal(as_bytes(visit.request.header("x-csrf")), as_bytes(session.csrf))) {
        return fail(Fault::forbidden, "send the session's csrf token in the header x-csrf, or use an API key");
    }
    return std::string("owner");
}

}  // namespace barrow::access
