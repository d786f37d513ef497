#include "app/desk.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "app/demo.hpp"
#include "app/moved.hpp"
#include "app/operator.hpp"
#include "rooms/access/certificates.hpp"
#include "rooms/access/country.hpp"
#include "rooms/access/domains.hpp"
#include "rooms/access/login.hpp"
#include "rooms/access/quotas.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/links/doubt.hpp"
#include "rooms/links/escapes.hpp"
#include "rooms/links/import/import.hpp"

namespace barrow::app {
namespace {

Result<wire::Json> login(Desk& desk, const access::Tenant& tenant) {
    const auto now = desk.clock.now();
    const auto token = TRY(desk.db.write_now([&](store::Tx& tx) { return access::make_login_link(tx, tenant.shop.id, now, desk.random); }));
    return wire::Json::object({{"shop", tenant.shop.slug},
                               {"url", shop_address(desk, tenant.shop) + "/studio/login?token=" + token},
                               {"valid_until", iso(now + access::login_link_life)}});
}

Result<wire::Json> operator_login(Desk& desk) {
    const auto now = desk.clock.now();
    const auto token = TRY(desk.db.write_now([&](store::Tx& tx) { return access::make_login_link(tx, operators(), now, desk.random); }));
    return wire::Json::object({{"url", (desk.secure ? "https://" : "http://") + desk.authority + "/operator/login?token=" + token},
                               {"valid_until", iso(now + access::login_link_life)}});
}

Result<wire::Json> create_key(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "key");
    const auto name = TRY(fields.text("name", 80));
    const auto now = desk.clock.now();
    const auto key =
        TRY(desk.db.write_now([&](store::Tx& tx) { return access::make_api_key(tx, tenant.shop.id, name, now, desk.random); }));
    return wire::Json::object({{"id", key.id}, {"secret", key.secret}, {"name", name}});
}

Result<wire::Json> revoke_key(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "key");
    const auto id = TRY(fields.text("id", 40));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) { return access::revoke_api_key(tx, tenant.shop.id, id, now); }));
    return wire::Json::object({{"revoked", id}});
}

// One piece of an import: the command has read the file, so that it can say how far it is.
Result<wire::Json> import_links(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    namespace import = links::import;
    wire::Fields fields(arguments, "import");
    const auto service = TRY(fields.text("service", 40));
    const auto how = TRY(fields.boolean_or("dry_run", false)) ? import::Write::no : import::Write::yes;
    const auto batch = TRY(import::read_piece(*TRY(fields.object("piece"))));
    const import::Piece piece{.links = batch.links, .days = batch.days};
    const auto now = desk.clock.now();
    const auto take = [&](store::Tx& tx) { return import::take(tx, tenant.shop.id, piece, how, now, desk.random, desk.deny); };
    if (how == import::Write::no) return import::taken_json(TRY(desk.db.read_now(take)));
    const auto taken = TRY(desk.db.write_now([&](store::Tx& tx) -> Result<import::Taken> {
        TRY(access::note_audit(tx, tenant.shop.id, "command", "import_links", service, now, desk.random));
        return take(tx);
    }));
    desk.changed(tenant.shop.id);
    return import::taken_json(taken);
}

// Who may have a share, by the word of the command.
struct Earner {
    std::string_view word;
    ledger::AccountKind kind;
    bool named;  // partner:NAME
};
constexpr Earner earners[] = {{"creator", ledger::AccountKind::creator_payable, false},
                              {"platform", ledger::AccountKind::platform_revenue, false},
                              {"partner", ledger::AccountKind::partner_payable, true},
                              {"affiliate", ledger::AccountKind::affiliate_payable, true}};

// 9000 → "90", 1050 → "10.5", 1 → "0.01".
std::string percent_text(std::int64_t basis_points) {
    auto text = std::to_string(basis_points / 100);
    const auto rest = basis_points % 100;
    if (rest == 0) return text;
    text += "." + std::to_string(rest / 10);
    return rest % 10 == 0 ? text : text + std::to_string(rest % 10);
}

// "12.5" or "12.5%" → 1250; nothing for what is no percentage of at most two decimals from 0.01 to 100.
std::optional<int> read_percent(std::string_view text) {
    if (text.ends_with('%')) text.remove_suffix(1);
    const auto point = std::min(text.find('.'), text.size());
    const auto whole = text.substr(0, point), decimals = text.substr(std::min(point + 1, text.size()));
    const auto digits = [](std::string_view part) { return std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; }); };
    if (whole.empty() || whole.size() > 3 || !digits(whole) || decimals.size() > 2 || !digits(decimals)) return std::nullopt;
    if (point < text.size() && decimals.empty()) return std::nullopt;
    int parts = 0;
    for (const char c : std::string(whole) + std::string(decimals) + std::string(2 - decimals.size(), '0')) parts = parts * 10 + (c - '0');
    if (parts < 1 || parts > 10'000) return std::nullopt;
    return parts;
}

Result<ledger::Share> read_share(const std::string& text) {
    const auto wrong = [&](const std::string& why) { return fail(Fault::bad_input, "the share \"" + text.substr(0, 80) + "\" " + why); };
    const auto equals = text.find('=');
    if (equals == std::string::npos) return wrong("is written like creator=90 or partner:glassblower=10");
    const auto who = text.substr(0, equals);
    const auto colon = std::min(who.find(':'), who.size());
    const auto word = who.substr(0, colon), owner = who.substr(std::min(colon + 1, who.size()));
    const auto* earner = std::ranges::find(earners, word, &Earner::word);
    if (earner == std::end(earners)) return wrong("is for nobody known; choose creator, platform, partner:NAME or affiliate:NAME");
    if (!earner->named && colon < who.size()) return wrong("names a " + word + "; there is one only, write " + word + "=…");
    if (earner->named && !access::is_slug(owner, 60))
        return wrong("must say which " + word + ": " + word + ":NAME, a name of 2 to 60 of a-z, 0-9 and inner hyphens");
    const auto parts = read_percent(std::string_view(text).substr(equals + 1));
    if (!parts) return wrong("must give a percentage from 0.01 to 100 with at most two decimals, like 12.5");
    return ledger::Share{{earner->kind, owner}, *parts};
}

Result<wire::Json> set_split(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "split");
    const auto slug = TRY(fields.text("product", 60));
    const auto* given = TRY(fields.array("shares", ledger::shares_max));
    std::vector<ledger::Share> shares;
    std::int64_t sum = 0;
    for (const auto& one : given->items()) {
        if (!one.is_text()) return fail(Fault::bad_input, "split: a share is a text like creator=90");
        auto share = TRY(read_share(one.text()));
        if (std::ranges::find(shares, share.account, &ledger::Share::account) != shares.end())
            return fail(Fault::bad_input, "the share \"" + one.text() + "\" is the second for the same; give each one share");
        sum += share.basis_points;
        shares.push_back(std::move(share));
    }
    if (sum != 10'000) return fail(Fault::bad_input, "the shares sum to " + percent_text(sum) + " %; together they must be 100 %");
    const auto now = desk.clock.now();
    return desk.db.write_now([&](store::Tx& tx) -> Result<wire::Json> {
        const auto product = TRY(catalog::find(tx, tenant.shop.id, std::string_view(slug)));
        TRY(ledger::set_split(tx, tenant.shop.id.text, product.id.text, shares));
        TRY(access::note_audit(tx, tenant.shop.id, "command", "set_split", product.id.text, now, desk.random));
        return split_json(product, shares);
    });
}

Result<wire::Json> add_domain(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "domain");
    const auto name = TRY(access::read_domain(TRY(fields.text("name", 300))));
    const bool ignores_case = TRY(fields.boolean_or("ignores_case", false));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) -> Status {
        // Once more is how the case rule is changed.
        if (!access::set_case_rule(tx, tenant.shop.id, name, ignores_case)) {
            TRY(access::add_domain(tx, tenant.shop.id, name, ignores_case, now));
        }
        return access::note_audit(tx, tenant.shop.id, "command", "add_domain", name, now, desk.random);
    }));
    TRY(desk.directory.reload(desk.db));
    return wire::Json::object({{"domain", name}, {"to", tenant.shop.slug}, {"ignores_case", ignores_case}});
}

Result<wire::Json> remove_domain(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "domain");
    const auto name = TRY(access::read_domain(TRY(fields.text("name", 300))));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) -> Status {
        TRY(access::remove_domain(tx, tenant.shop.id, name));
        return access::note_audit(tx, tenant.shop.id, "command", "remove_domain", name, now, desk.random);
    }));
    TRY(desk.directory.reload(desk.db));
    return wire::Json::object({{"removed", name}});
}

// Whatever shop the name leads to: certificates are the installation's.
Result<wire::Json> renew_domain(Desk& desk, const wire::Json& arguments) {
    wire::Fields fields(arguments, "domain");
    const auto name = TRY(access::read_domain(TRY(fields.text("name", 300))));
    TRY(desk.db.write_now([&](store::Tx& tx) { return access::ask_for_certificate_again(tx, name, desk.clock.now()); }));
    return wire::Json::object({{"asked", name}});
}

Result<wire::Json> run_judgement(Desk& desk, const access::Tenant& tenant, std::string_view command, const wire::Json& arguments) {
    wire::Fields fields(arguments, "link");
    const auto slug = TRY(fields.text("slug", links::slug_max));
    const auto why = TRY(fields.text_or("why", "", judgement_why_max));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) {
        return judge_link(tx, tenant.shop.id, {.what = command, .slug = slug, .why = why, .who = "command"}, now, desk.random);
    }));
    if (desk.changed) desk.changed(tenant.shop.id);
    return wire::Json::object({{"slug", slug}, {"why", why}});
}

// For every shop.
Result<wire::Json> run_host_judgement(Desk& desk, std::string_view command, const wire::Json& arguments) {
    wire::Fields fields(arguments, "host");
    const auto typed = TRY(fields.text("host", links::target_max));
    const auto why = TRY(fields.text_or("why", "", links::denied_why_max));
    const auto now = desk.clock.now();
    const auto host = TRY(desk.db.write_now([&](store::Tx& tx) {
        return judge_host(tx, {desk.directory, desk.authority}, {.what = command, .host = typed, .why = why, .who = "command"}, now,
                          desk.random);
    }));
    if (desk.deny != nullptr) TRY(desk.db.read_now([&](store::Tx& tx) { return links::read_denied(tx, *desk.deny); }));
    for (const auto& tenant : desk.directory.all()) {
        if (desk.changed) desk.changed(tenant->shop.id);
    }
    return wire::Json::object({{"host", host}, {"why", why}});
}

// "remove_link", and "put_link_back" within thirty days.
Result<wire::Json> remove_link(Desk& desk, const access::Tenant& tenant, std::string_view command, const wire::Json& arguments) {
    wire::Fields fields(arguments, "link");
    const auto slug = TRY(fields.text("slug", links::slug_max));
    const auto now = desk.clock.now();
    const bool removes = command == "remove_link";
    TRY(desk.db.write_now([&](store::Tx& tx) -> Status {
        const auto& shop = tenant.shop.id;
        const links::Change why{.who = "command", .what = removes ? "removed" : "put back", .at = now};
        TRY(removes ? links::remove(tx, shop, slug, why) : links::put_removed_back(tx, shop, slug, why));
        return access::note_audit(tx, shop, "command", command, slug, now, desk.random);
    }));
    if (desk.changed) desk.changed(tenant.shop.id);
    return wire::Json::object({{"slug", slug}});
}

// For every shop.
Result<wire::Json> switch_escape(Desk& desk, const wire::Json& arguments) {
    wire::Fields fields(arguments, "escape");
    const auto recipe = TRY(fields.text("recipe", 60));
    const bool on = TRY(fields.boolean_or("on", false));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) -> Status {
        TRY(links::turn_everywhere(tx, recipe, on ? links::Turn::on : links::Turn::off, now));
        for (const auto& tenant : desk.directory.all())
            TRY(access::note_audit(tx, tenant->shop.id, "command", on ? "escape_on" : "escape_off", recipe, now, desk.random));
        return {};
    }));
    for (const auto& tenant : desk.directory.all()) {
        if (desk.changed) desk.changed(tenant->shop.id);
    }
    return wire::Json::object({{"recipe", recipe}, {"on", on}});
}

Result<wire::Json> suspend_shop(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "shop");
    const auto why = TRY(fields.text_or("why", "", 300));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) -> Status {
        TRY(access::suspend_shop(tx, tenant.shop.id, why));
        return access::note_audit(tx, tenant.shop.id, "command", why.empty() ? "resume_shop" : "suspend_shop", why, now, desk.random);
    }));
    TRY(desk.directory.reload(desk.db));
    return wire::Json::object({{"shop", tenant.shop.slug}, {"suspended", why}});
}

Result<wire::Json> set_quota(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "quota");
    const auto what = TRY(fields.text("what", 40));
    const auto most = TRY(fields.integer_or("most", -1, -1, amount_minor_max));
    const auto now = desk.clock.now();
    return desk.db.write_now([&](store::Tx& tx) -> Result<wire::Json> {
        TRY(access::set_quota(tx, tenant.shop.id, what, most < 0 ? std::nullopt : std::optional(most)));
        TRY(access::note_audit(tx, tenant.shop.id, "command", "set_quota", what + "=" + (most < 0 ? "none" : std::to_string(most)), now,
                               desk.random));
        auto all = wire::Json::object({{"shop", tenant.shop.slug}});
        for (const auto& quota : TRY(access::quotas(tx, tenant.shop.id))) all.set(quota.what, quota.most);
        return all;
    });
}

Result<wire::Json> set_zone(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "shop");
    const auto name = TRY(fields.text("zone", 64));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) -> Status {
        TRY(access::set_zone(tx, tenant.shop.id, name));
        return access::note_audit(tx, tenant.shop.id, "command", "set_zone", name, now, desk.random);
    }));
    TRY(desk.directory.reload(desk.db));
    return wire::Json::object({{"shop", tenant.shop.slug}, {"zone", name}});
}

Result<wire::Json> set_language(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "shop");
    const auto tag = TRY(fields.text("language", 35));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) -> Status {
        TRY(access::set_language(tx, tenant.shop.id, tag));
        return access::note_audit(tx, tenant.shop.id, "command", "set_language", tag, now, desk.random);
    }));
    TRY(desk.directory.reload(desk.db));
    return wire::Json::object({{"shop", tenant.shop.slug}, {"language", tag}, {"words", wire::Words(tag).language()}});
}

Result<wire::Json> set_home_country(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "shop");
    const auto country = TRY(access::read_country(TRY(fields.text("country", 2))));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) -> Status {
        TRY(access::set_home_country(tx, tenant.shop.id, country));
        return access::note_audit(tx, tenant.shop.id, "command", "set_home_country", country, now, desk.random);
    }));
    TRY(desk.directory.reload(desk.db));
    return wire::Json::object({{"shop", tenant.shop.slug}, {"country", country}});
}

Result<wire::Json> rotate_signing_key(Desk& desk, const access::Tenant& tenant) {
    const auto now = desk.clock.now();
    std::int64_t number = 0;
    TRY(desk.db.write_now([&](store::Tx& tx) -> Status {
        number = TRY(access::rotate_signing_key(tx, tenant.shop.id, desk.secrets, now, desk.random));
        return access::note_audit(tx, tenant.shop.id, "command", "rotate_signing_key", std::to_string(number), now, desk.random);
    }));
    TRY(desk.directory.reload(desk.db));
    const auto fresh = desk.directory.by_slug(tenant.shop.slug);
    return wire::Json::object({{"shop", tenant.shop.slug},
                               {"key", "key-" + std::to_string(number)},
                               {"public_key", fresh ? sign::multikey(fresh->signing_key().keys.public_key) : std::string()}});
}

Result<wire::Json> create_shop(Desk& desk, const wire::Json& arguments) {
    wire::Fields fields(arguments, "shop");
    access::Shop wanted{.slug = TRY(fields.text("slug", 40)),
                        .name = TRY(fields.text("name", 200)),
                        .host = TRY(fields.text_or("host", "", 253)),
                        .language = TRY(fields.text_or("language", "en", 35)),
                        .time_zone = TRY(fields.text_or("zone", "UTC", 64)),
                        .currency = TRY(Currency::read(TRY(fields.text("currency", 3))))};
    const auto now = desk.clock.now();
    const auto shop = TRY(desk.db.write_now([&](store::Tx& tx) -> Result<access::Shop> {
        auto made = TRY(access::make_shop(tx, wanted, desk.secrets, now, desk.random));
        TRY(access::note_audit(tx, made.id, "command", "create_shop", made.slug, now, desk.random));
        return made;
    }));
    TRY(desk.directory.reload(desk.db));
    const auto tenant = desk.directory.by_slug(shop.slug);
    check(tenant != nullptr);
    const auto link = TRY(login(desk, *tenant));
    return wire::Json::object({{"shop", shop.slug}, {"bio", shop_address(desk, shop) + "/"}, {"studio", link.find("url")->text()}});
}

Result<wire::Json> demo(Desk& desk) {
    if (desk.directory.first() == nullptr) {
        TRY(desk.db.write_now([&](store::Tx& tx) { return make_demo(tx, desk.secrets, desk.clock.now(), desk.random); }));
        TRY(desk.directory.reload(desk.db));
    }
    const auto tenant = desk.directory.first();
    auto addresses =
        TRY(desk.db.read_now([&](store::Tx& tx) { return demo_addresses(tx, tenant->shop, shop_address(desk, tenant->shop)); }));
    const auto link = TRY(login(desk, *tenant));
    addresses.set("studio", *link.find("url"));
    return addresses;
}

}  // namespace

Status judge_link(store::Tx& tx, const Id<access::Shop>& shop, const Judgement& judgement, Instant now, Random& random) {
    const auto& [what, slug, why, who] = judgement;
    TRY(wire::fits("the reason", why, judgement_why_max));
    TRY(what == "warn_link"         ? links::warn(tx, shop, slug, why)
        : what == "unblock_link"    ? links::clear(tx, shop, slug)
        : what == "dismiss_reports" ? links::dismiss_reports(tx, shop, slug)
                                    : links::block(tx, shop, slug, why));
    return access::note_audit(tx, shop, who, what, slug, now, random);
}

Result<std::string> judge_host(store::Tx& tx, const House& house, const HostJudgement& judgement, Instant now, Random& random) {
    const auto& [what, typed, why, who] = judgement;
    const bool denies = what == "deny_host";
    auto host = TRY(denies ? links::deny_host(tx, typed, why, now) : links::allow_host(tx, typed));
    const auto is_own = [&](std::string_view name) { return name == host || name.ends_with("." + host); };  // or above one
    if (denies && (house.directory.by_host(host) != nullptr || is_own(house.authority.substr(0, house.authority.find_last_of(':'))) ||
                   std::ranges::any_of(house.directory.all(), [&](const auto& tenant) { return is_own(tenant->shop.host); })))
        return fail(Fault::bad_input, "the host " + host + " is one of this installation's own");
    TRY(access::note_audit(tx, operators(), who, what, host, now, random));
    return host;
}

std::string shop_address(const Desk& desk, const access::Shop& shop) {
    if (!shop.host.empty()) return "https://" + shop.host;
    const auto first = desk.directory.first();
    const auto origin = (desk.secure ? "https://" : "http://") + desk.authority;
    return first && first->shop.id == shop.id ? origin : origin + "/@" + shop.slug;
}

wire::Json split_json(const catalog::Product& product, const std::vector<ledger::Share>& shares) {
    wire::Json::Array rows;
    for (const auto& share : shares) {
        const auto* earner = std::ranges::find(earners, share.account.kind, &Earner::kind);
        const auto word = earner == std::end(earners) ? ledger::name(share.account.kind) : earner->word;
        rows.push_back(wire::Json::object({{"to", std::string(word) + (share.account.owner.empty() ? "" : ":" + share.account.owner)},
                                           {"percent", percent_text(share.basis_points)},
                                           {"basis_points", share.basis_points}}));
    }
    return wire::Json::object({{"product", product.slug}, {"shares", std::move(rows)}});
}

Result<std::shared_ptr<const access::Tenant>> choose_shop(const access::Directory& directory, std::string_view slug) {
    const auto all = directory.all();
    if (all.empty())
        return fail(Fault::not_found,
                    "there is no shop yet; make one with: barrow shop create SLUG --name NAME, or a demo with: barrow demo");
    if (slug.empty()) {
        if (all.size() == 1) return all.front();
        std::string names;
        for (std::size_t i = 0; i < all.size() && i < 10; ++i) names += (i == 0 ? "" : ", ") + all[i]->shop.slug;
        return fail(Fault::bad_input, "there are several shops (" + names + "); choose one with --shop");
    }
    auto tenant = directory.by_slug(slug);
    if (!tenant) return fail(Fault::not_found, "there is no shop \"" + std::string(slug) + "\" here");
    return tenant;
}

Result<wire::Json> run_command(Desk& desk, std::string_view name, const wire::Json& arguments) {
    if (name == "demo") return demo(desk);
    if (name == "create_shop") return create_shop(desk, arguments);
    if (name == "operator_login") return operator_login(desk);
    if (name == "renew_domain") return renew_domain(desk, arguments);
    if (name == "switch_escape") return switch_escape(desk, arguments);
    if (name == "deny_host" || name == "allow_host") return run_host_judgement(desk, name, arguments);
    const auto* slug = arguments.find("shop");
    const auto tenant = TRY(choose_shop(desk.directory, slug != nullptr && slug->is_text() ? slug->text() : ""));
    if (name == "login") return login(desk, *tenant);
    if (name == "create_key") return create_key(desk, *tenant, arguments);
    if (name == "revoke_key") return revoke_key(desk, *tenant, arguments);
    if (name == "set_split") return set_split(desk, *tenant, arguments);
    if (name == "add_domain") return add_domain(desk, *tenant, arguments);
    if (name == "remove_domain") return remove_domain(desk, *tenant, arguments);
    if (name == "suspend_shop") return suspend_shop(desk, *tenant, arguments);
    if (name == "set_zone") return set_zone(desk, *tenant, arguments);
    if (name == "set_language") return set_language(desk, *tenant, arguments);
    if (name == "set_home_country") return set_home_country(desk, *tenant, arguments);
    if (name == "rotate_signing_key") return rotate_signing_key(desk, *tenant);
    if (name == "set_quota") return set_quota(desk, *tenant, arguments);
    if (name == "block_link" || name == "warn_link" || name == "unblock_link" || name == "dismiss_reports")
        return run_judgement(desk, *tenant, name, arguments);
    if (name == "remove_link" || name == "put_link_back") return remove_link(desk, *tenant, name, arguments);
    if (name == "import_links") return import_links(desk, *tenant, arguments);
    return fail(Fault::not_found, "there is no command \"" + std::string(name) + "\"");
}

Result<std::unique_ptr<Offline>> Offline::open(const Config& config, DataFolder::Missing missing) {
    SystemRandom random;
    auto folder = TRY(DataFolder::open(config, missing, random));
    auto offline = std::unique_ptr<Offline>(new Offline(config, std::move(folder)));
    offline->db().watch(watch(offline->clock_));
    TRY(offline->directory_.reload(offline->db()));
    return offline;
}

Desk Offline::desk() {
    return {.db = db(),
            .secrets = folder_.secrets,
            .directory = directory_,
            .clock = clock_,
            .random = random_,
            .authority = config_.authority(config_.port),
            .secure = config_.secure(),
            .changed = [](const Id<access::Shop>&) {}};
}

}  // namespace barrow::app
