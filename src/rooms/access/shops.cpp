#include "rooms/access/shops.hpp"

#include <algorithm>

#include "floor/base/zone.hpp"
#include "floor/sign/sign.hpp"
#include "rooms/access/access.sql.hpp"
#include "rooms/access/country.hpp"
#include "rooms/access/domains.hpp"
#include "rooms/access/signing_keys.hpp"

namespace barrow::access {
namespace {

bool is_host(std::string_view text) {
    if (text.empty() || text.size() > 253 || text.front() == '.' || text.front() == '-' || text.back() == '.' || text.back() == '-')
        return false;
    return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

bool is_colour(std::string_view text) {
    if (text.empty()) return true;
    return text.size() == 7 && text[0] == '#' &&
           std::ranges::all_of(text.substr(1), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

constexpr std::ptrdiff_t contact_lines_max = 8;  // they stand below every page

// Text without control characters but the ends of at most so many lines.
bool is_plain(std::string_view text, std::ptrdiff_t lines_max) {
    return std::ranges::count(text, '\n') < lines_max &&
           std::ranges::none_of(text, [](char c) { return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f; });
}

// As BCP 47 writes them: a language of two to eight letters, then parts of one to eight letters and digits.
Status examine_language(std::string_view tag) {
    const auto wrong = fail(Fault::bad_input, "language: write it as a tag like en, de or pt-BR");
    if (tag.size() > 35) return wrong;
    bool first = true;
    for (auto rest = tag;; first = false) {
        const auto part = rest.substr(0, rest.find('-'));
        const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        const auto fits = [&](char c) { return is_letter(c) || (!first && c >= '0' && c <= '9'); };
        if (part.size() < (first ? 2U : 1U) || part.size() > 8 || !std::ranges::all_of(part, fits)) return wrong;
        if (part.size() == rest.size()) return {};
        rest.remove_prefix(part.size() + 1);
    }
}

Status examine(const Shop& shop) {
    if (!is_slug(shop.slug))
        return fail(Fault::bad_input, "the shop's slug \"" + shop.slug + "\" must be 2 to 40 of a-z, 0-9 and inner hyphens");
    if (shop.name.empty()) return fail(Fault::bad_input, "the shop needs a name");
    if (shop.name.size() > 200) return fail(Fault::bad_input, "the name is too long; shorten it");
    if (!shop.host.empty() && !is_host(shop.host))
        return fail(Fault::bad_input, "the host \"" + shop.host + "\" is no domain name; write it like mira.example");
    if (!is_colour(shop.accent) || !is_colour(shop.paper)) return fail(Fault::bad_input, "colours are written like #0b6b4b");
    if (shop.bio.size() > 1'000) return fail(Fault::bad_input, "the bio is too long; shorten it");
    if (shop.legal_name.size() > 200 || !is_plain(shop.legal_name, 1))
        return fail(Fault::bad_input, "who sells is one line of at most 200 bytes");
    if (shop.contact.size() > 500 || !is_plain(shop.contact, contact_lines_max))
        return fail(Fault::bad_input, "address and e-mail are at most eight lines and 500 bytes");
    if (!shop.logo.empty() &&
        (!shop.logo.starts_with("/media/") || shop.logo.ends_with(".vtt") || shop.logo.size() > 200 || !is_plain(shop.logo, 1)))
        return fail(Fault::bad_input, "logo: this is one of the shop's own pictures, like /media/…; upload it first");
    TRY(Zone::named(shop.time_zone));
    return examine_language(shop.language);
}

std::optional<std::string> maybe(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

}  // namespace

bool is_slug(std::string_view text, std::size_t length_max) {
    if (text.size() < 2 || text.size() > length_max || text.front() == '-' || text.back() == '-') return false;
    return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Result<Shop> make_shop(store::Tx& tx, Shop shop, const Secrets& secrets, Instant now, Random& random) {
    TRY(examine(shop));
    shop.id = Id<Shop>::make(now, random);
    TRY(host_is_free(tx, shop.id, shop.host));
    const auto added = tx.run(sql::add_shop, {shop.id, shop.slug, shop.name, maybe(shop.host), shop.language, shop.time_zone, shop.currency,
                                              shop.accent, shop.paper, shop.bio, shop.legal_name, shop.contact, shop.logo, now});
    if (!added) {
        if (added.error().fault == Fault::conflict)
            return fail(Fault::conflict, "another shop has the slug \"" + shop.slug + "\" or that host; choose another");
        return added.error();
    }
    TRY(add_signing_key(tx, shop.id, 1, secrets, now, random));
    return shop;
}

Result<Shop> change_shop(store::Tx& tx, Shop shop) {
    TRY(examine(shop));
    TRY(host_is_free(tx, shop.id, shop.host));
    const auto changed = tx.run(sql::change_shop, {shop.id, shop.name, maybe(shop.host), shop.language, shop.time_zone, shop.accent,
                                                   shop.paper, shop.bio, shop.legal_name, shop.contact, shop.logo});
    if (!changed) {
        if (changed.error().fault == Fault::conflict) return fail(Fault::conflict, "another shop has the host \"" + shop.host + "\"");
        return changed.error();
    }
    return shop;
}

Status set_zone(store::Tx& tx, const Id<Shop>& shop, std::string_view name) {
    TRY(Zone::named(name));
    TRY(tx.run(sql::set_zone, {shop, name}));
    return {};
}

Status set_language(store::Tx& tx, const Id<Shop>& shop, std::string_view tag) {
    TRY(examine_language(tag));
    TRY(tx.run(sql::set_language, {shop, tag}));
    return {};
}

Status set_home_country(store::Tx& tx, const Id<Shop>& shop, std::string_view code) {
    const auto country = code.empty() ? std::string() : TRY(read_country(code));
    TRY(tx.run(sql::set_home_country, {shop, country}));
    return {};
}

Status suspend_shop(store::Tx& tx, const Id<Shop>& shop, std::string_view why) {
    if (why.size() > 300) return fail(Fault::bad_input, "the reason is longer than 300 bytes");
    TRY(tx.run(sql::suspend_shop, {shop, why}));
    return {};
}

Result<std::vector<Shop>> all_shops(store::Tx& tx) {
    std::vector<Shop> shops;
    for (const auto row : TRY(tx.run(sql::all_shops))) {
        shops.push_back({.id = row.id<Shop>("id"),
                         .slug = row.text("slug"),
                         .name = row.text("name"),
                         .host = row.maybe_text("host").value_or(""),
                         .language = row.text("language"),
                         .time_zone = row.text("time_zone"),
                         .currency = TRY(Currency::read(row.text("currency"))),
                         .accent = row.text("accent"),
                         .paper = row.text("paper"),
                         .bio = row.text("bio"),
                         .legal_name = row.text("legal_name"),
                         .logo = row.text("logo"),
                         .suspended = row.text("suspended"),
                         .contact = row.text("contact"),
                         .home_country = row.text("home_country")});
    }
    return shops;
}

Status note_audit(store::Tx& tx, const Id<Shop>& shop, std::string_view who, std::string_view act, std::string_view subject, Instant now,
                  Random& random) {
    TRY(tx.run(sql::add_audit, {shop, new_id_text(now, random), now, who, act, subject}));
    return {};
}

Status forget_audit(store::Tx& tx, const Id<Shop>& shop, Instant before) {
    TRY(tx.run(sql::forget_audit, {shop, before, audit_forgotten_max}));
    return {};
}

}  // namespace barrow::access
