#include "rooms/links/link.hpp"

#include <algorithm>
#include <array>

#include "rooms/links/links.sql.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::links {
namespace {

constexpr std::array<std::string_view, 3> states{"before", "live", "after"};

Link read(const store::Row& row) {
    return {.slug = row.text("slug"),
            .number = row.integer("number"),
            .target = row.text("target"),
            .title = row.text("title"),
            .on_bio = row.integer("on_bio") == 1,
            .imported_from = row.text("imported_from"),
            .imported_clicks = row.integer("imported_clicks"),
            .created = row.instant("created_us"),
            .ends = row.maybe_instant("ends_us")};
}

Moment read_moment(const store::Row& row) {
    const auto state = std::ranges::find(states, row.text("state"));
    return {.live_slug = row.text("live_slug"),
            .title = row.text("title"),
            .state = static_cast<Moment::State>(state - states.begin()),
            .starts = row.instant("starts_us")};
}

std::string random_slug(Random& random) {
    constexpr std::string_view letters = "23456789abcdefghjkmnpqrstuvwxyz";  // none that look alike
    std::string slug;
    for (int i = 0; i < 7; ++i) slug += letters[random.below(letters.size())];
    return slug;
}

}  // namespace

Status examine_slug(std::string_view slug) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    if (slug.empty() || slug.size() > slug_max || !std::ranges::all_of(slug, good) || slug == "." || slug == "..") {
        return fail(Fault::bad_input,
                    "the address \"" + std::string(slug.substr(0, 120)) + "\" must be 1 to 100 of letters, digits, - _ and .");
    }
    return {};
}

Status examine_target(std::string_view target) {
    const auto refuse = [&](const std::string& why) {
        return fail(Fault::bad_input, "the target \"" + std::string(target.substr(0, 120)) + "\" " + why);
    };
    if (target.empty()) return fail(Fault::bad_input, "say where the link leads: https://… or a path of this shop like /p/tide-lamp");
    if (target.size() > target_max) return refuse("is longer than 2,048 bytes");
    if (std::ranges::any_of(target, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\'; })) {
        return refuse("holds a space, a control character or a backslash; write them as %20 and so on");
    }
    if (target.starts_with("//")) return refuse("must name its scheme: https:" + std::string(target.substr(0, 80)));
    if (target.starts_with("/")) return {};
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (target.starts_with(scheme) && target.size() > scheme.size() && target[scheme.size()] != '/' && target[scheme.size()] != '?')
            return {};
    }
    return refuse("must begin with https:// or be a path of this shop");
}

Result<Link> add(store::Tx& tx, const Id<access::Shop>& shop, Link link, Instant now, Random& random) {
    const bool any_slug = link.slug.empty();
    if (any_slug) link.slug = random_slug(random);
    TRY(examine_slug(link.slug));
    TRY(examine_target(link.target));
    if (link.title.size() > title_max * 4) return fail(Fault::bad_input, "the title is longer than 120 characters");
    if (link.created == Instant()) link.created = now;
    link.number = TRY(telemetry::next_number(tx, shop, "link"));
    const auto added = tx.run(sql::add_link, {shop, link.slug, link.number, link.target, link.title, link.on_bio ? 1 : 0,
                                              link.imported_from, link.imported_clicks, link.created, link.ends});
    if (!added) {
        if (added.error().fault == Fault::conflict)
            return fail(Fault::conflict, "this shop has a link \"" + link.slug + "\" already; choose another address");
        return added.error();
    }
    return link;
}

Status retarget(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target) {
    TRY(examine_target(target));
    if (TRY(tx.run(sql::retarget, {shop, slug, target})).empty())
        return fail(Fault::not_found, "there is no link \"" + std::string(slug) + "\"");
    return {};
}

Status set_end(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::optional<Instant> at) {
    if (TRY(tx.run(sql::set_end, {shop, slug, at})).empty())
        return fail(Fault::not_found, "there is no link \"" + std::string(slug) + "\"");
    return {};
}

Result<Link> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug) {
    const auto rows = TRY(tx.run(sql::find_link, {shop, slug}));
    if (rows.empty()) return fail(Fault::not_found, "there is no link \"" + std::string(slug) + "\"");
    return read(rows[0]);
}

Result<std::vector<Link>> newest(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t before) {
    std::vector<Link> links;
    for (const auto row : TRY(tx.run(sql::newest_links, {shop, before > 0 ? before : INT64_MAX}))) links.push_back(read(row));
    return links;
}

Result<std::vector<Link>> on_bio(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Link> links;
    for (const auto row : TRY(tx.run(sql::bio_links, {shop}))) links.push_back(read(row));
    return links;
}

Status set_moment(store::Tx& tx, const Id<access::Shop>& shop, const Moment& moment) {
    TRY(tx.run(sql::set_moment, {shop, moment.live_slug, moment.title, states[static_cast<std::size_t>(moment.state)], moment.starts}));
    return {};
}
Result<std::optional<Moment>> next_moment(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    const auto rows = TRY(tx.run(sql::next_moment, {shop, now - hours(12)}));
    return rows.empty() ? std::nullopt : std::optional(read_moment(rows[0]));
}

}  // namespace barrow::links
