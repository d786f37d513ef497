#include "rooms/guard/guard.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "floor/outbox/mail.hpp"
#include "floor/outbox/outbox.hpp"
#include "floor/sign/sign.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/quotas.hpp"
#include "rooms/guard/guard.sql.hpp"
#include "rooms/links/pages/page.hpp"
#include "rooms/webhooks/webhooks.hpp"

namespace barrow::guard {
namespace {

constexpr std::string_view link_kind = "link", block_kind = "block";
constexpr std::int64_t everything = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t uses_noted_max =
    1'000;  // links of one target whose clicks are counted and that are switched; beyond, at the next look

struct Use {
    std::string kind;
    std::int64_t subject = 0, part = 0;
    std::string target;
    std::optional<std::int64_t> clicks_from, clicks_until;
    std::int64_t clicks_led = 0;
    std::string hand;
};
Use read_use(const store::Row& row) {
    return {.kind = row.text("kind"),
            .subject = row.integer("subject"),
            .part = row.integer("part"),
            .target = row.text("target"),
            .clicks_from = row.maybe_integer("clicks_from"),
            .clicks_until = row.maybe_integer("clicks_until"),
            .clicks_led = row.integer("clicks_led"),
            .hand = row.text("hand")};
}

Target read_target(const store::Row& row) {
    const auto state = state_named(row.text("state"));
    const auto finding = finding_named(row.text("finding"));
    check(state && finding);
    return {.target = row.text("target"),
            .standing = {.state = *state,
                         .finding = *finding,
                         .words = row.text("words"),
                         .failed_count = row.integer("failed_count"),
                         .since = row.maybe_instant("since_us"),
                         .known = row.maybe_instant("known_us")},
            .looked = row.maybe_instant("looked_us"),
            .ignored = row.maybe_instant("ignored_us"),
            .next = row.instant("next_us"),
            .clicks = row.integer("clicks"),
            .etag = row.text("etag"),
            .modified = row.text("modified")};
}

bool is_wrong(State state) { return state == State::failing || state == State::warns || state == State::broken; }

Result<std::vector<Use>> uses_of(store::Tx& tx, const Id<access::Shop>& shop, std::string_view target, std::int64_t most) {
    std::vector<Use> uses;
    for (const auto row : TRY(tx.run(sql::uses_of, {shop, target, most}))) uses.push_back(read_use(row));
    return uses;
}

Result<std::int64_t> clicks_since(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link, std::int64_t day) {
    return TRY(tx.run(sql::clicks_since, {shop, link, day}))[0].integer("n");
}

// ---- noting what leads where -----------------------------------------------------------------------------------------------

using Wanted = std::set<std::tuple<std::int64_t, std::int64_t, std::string>>;  // subject, part, target

bool is_ours(std::string_view target) { return target.starts_with('/') || target.starts_with('#'); }

Result<bool> note_uses(store::Tx& tx, const Id<access::Shop>& shop, std::string_view kind, Wanted wanted, std::int64_t after,
                       std::int64_t until, Instant now) {
    std::vector<Use> gone;
    for (const auto row : TRY(tx.run(sql::uses_between, {shop, kind, after, until}))) {
        auto use = read_use(row);
        if (wanted.erase({use.subject, use.part, use.target}) == 0) gone.push_back(std::move(use));
    }
    for (const auto& use : gone) TRY(tx.run(sql::drop_use, {shop, kind, use.subject, use.part, use.target}));
    for (const auto& [subject, part, target] : wanted) {
        TRY(tx.run(sql::add_target, {shop, target, is_ours(target) ? now : now + first_look_after}));
        TRY(tx.run(sql::add_use, {shop, kind, subject, part, target}));
        // To what is known to be dead already: the next look switches this link, too.
        TRY(tx.run(sql::look_again_if_wrong, {shop, target, now}));
    }
    return !gone.empty() || !wanted.empty();
}

std::vector<std::string> looked_at(const links::Link& link, Instant now) {
    if (!link.blocked.empty()) return {};
    if (!link.ends || now < *link.ends) return links::targets_of(link);
    return {link.ended_target.empty() ? "/s/" + link.slug : link.ended_target};
}

// What a field of a block leads to, "" for nothing that the guard looks at.
std::string leads_to(const pages::Field& field, const std::string& value) {
    using pages::Holds;
    if (value.empty()) return "";
    switch (field.holds) {
        case Holds::product:
            return "/p/" + value;
        case Holds::snippet:
            return "/snippets/" + value + ".json";
        case Holds::link:
        case Holds::address:
            return value.starts_with('#') ? value : "";
        default:
            return field.name == "session" ? "/live/" + value : "";
    }
}

// ---- switching -------------------------------------------------------------------------------------------------------------

std::string because(const Target& target, const Look& look) {
    return target.target + " " + std::string(words(look.finding)) + (look.words.empty() ? "" : " (" + look.words + ")");
}

bool leads_away(const Use& use, const links::Link& link, const Target& target, Instant now) {
    if (use.hand == "away") return true;  // by hand: its owner may know before a look does
    if (use.hand == "stay" || !is_wrong(target.standing.state)) return false;
    return target.standing.state == State::broken && !target.is_ignored(now) && !link.keeps_target;
}

Status write_use(store::Tx& tx, const Id<access::Shop>& shop, const Use& use) {
    TRY(tx.run(sql::set_counted, {shop, use.kind, use.subject, use.part, use.target, use.clicks_from, use.clicks_until, use.clicks_led,
                                  std::string_view(use.hand)}));
    return {};
}

// Brings one link in line with how the target stands. True: it switched.
Result<bool> settle(store::Tx& tx, const Id<access::Shop>& shop, Use& use, const Target& target, Instant now) {
    const auto link = TRY(links::find_numbered(tx, shop, use.subject));
    if (!link) return false;
    const bool away = leads_away(use, *link, target, now);
    auto dead = link->dead;
    const auto found = std::ranges::find(dead, target.target);
    if (away == (found != dead.end())) return false;
    const auto counted = TRY(clicks_since(tx, shop, use.subject, 0));
    if (away) {
        dead.push_back(target.target);
        use.clicks_until = counted;
    } else {
        dead.erase(found);
        if (use.clicks_until) use.clicks_led += counted - *use.clicks_until;  // they found something
        use.clicks_until.reset();
    }
    const auto where = link->fallback.empty() ? std::string("the bio page") : link->fallback;
    const auto why =
        is_wrong(target.standing.state) || !away ? because(target, {target.standing.finding, target.standing.words, "", ""}) : "by hand";
    const auto what = away ? "leads to " + where + ": " + why : "leads to its target again: " + why;
    TRY(links::set_dead(tx, shop, use.subject, std::move(dead), {.who = use.hand.empty() ? "guard" : "owner", .what = what, .at = now}));
    return true;
}

Result<bool> settle_all(store::Tx& tx, const Id<access::Shop>& shop, std::vector<Use>& uses, const Target& target, Instant now) {
    bool switched = false;
    for (auto& use : uses) {
        if (use.kind != link_kind) continue;
        if (!TRY(settle(tx, shop, use, target, now))) continue;
        TRY(write_use(tx, shop, use));
        switched = true;
    }
    return switched;
}

Status tell(store::Tx& tx, const Id<access::Shop>& shop, const Target& target, const std::vector<Use>& uses, std::string_view type,
            Instant known, Instant now) {
    wire::Json::Array led;
    for (const auto& use : uses) {
        if (use.kind != link_kind || led.size() >= places_max) continue;
        if (const auto link = TRY(links::find_numbered(tx, shop, use.subject)))
            led.push_back(wire::Json::object({{"slug", link->slug}, {"number", link->number}}));
    }
    auto data = wire::Json::object({{"target", target.target},
                                    {"finding", name(target.standing.finding)},
                                    {"words", target.standing.words},
                                    {"links", std::move(led)}});
    if (target.standing.since) data.set("since", iso_ms(*target.standing.since));
    // One name for each break, however often it is told.
    const auto key = base64url(sign::sha256(as_bytes(target.target))).substr(0, 16) + "." + std::to_string(known.us);
    return webhooks::tell(tx, shop, {.type = type, .key = key, .data = std::move(data)}, now);
}

// ---- money -----------------------------------------------------------------------------------------------------------------

constexpr std::int64_t day_us = days(1).us;

Result<Earned> earned_by(store::Tx& tx, const access::Shop& shop, const Use& use, Instant since, std::int64_t counted) {
    const auto from = since.day() - money_days;
    const auto window = TRY(clicks_since(tx, shop.id, use.subject, from));
    const auto after_break = use.clicks_from ? counted - *use.clicks_from : 0;
    const auto sales = TRY(tx.run(sql::sales_of_link, {shop.id, use.subject, shop.currency, from * day_us, since}));
    const auto told = TRY(tx.run(sql::told_of_link, {shop.id, use.subject, shop.currency, from * day_us, since}));
    return Earned{.minor = sales[0].integer("minor") + told[0].integer("minor"), .clicks = std::max<std::int64_t>(0, window - after_break)};
}

// Of whole days, that of the break with them. A page asks for the same day again and again.
class Averages {
public:
    Averages(store::Tx& tx, const access::Shop& shop) : tx_(tx), shop_(shop) {}
    Result<Earned> before(Instant since) {
        const auto day = since.day(), from = day - money_days;
        if (const auto found = by_day_.find(day); found != by_day_.end()) return found->second;
        const auto sales = TRY(tx_.run(sql::sales_of_links, {shop_.id, shop_.currency, from * day_us, (day + 1) * day_us}));
        const auto clicks = TRY(tx_.run(sql::clicks_of_links, {shop_.id, from, day}));
        const auto told = TRY(tx_.run(sql::told_of_links, {shop_.id, shop_.currency, from * day_us, (day + 1) * day_us}));
        const auto minor = sales[0].integer("minor") + told[0].integer("minor");
        return by_day_.emplace(day, Earned{.minor = minor, .clicks = clicks[0].integer("n")}).first->second;
    }

private:
    store::Tx& tx_;
    const access::Shop& shop_;
    std::map<std::int64_t, Earned> by_day_;
};

std::string role_of(const links::Link& link, const std::string& target) {
    if (target == "/s/" + link.slug && link.target != target) return "the link itself";
    if (target == link.target) return "its target";
    if (std::ranges::find(link.rules, target, &links::Rule::target) != link.rules.end()) return "one of its rules";
    if (std::ranges::find(link.split, target, &links::Share::target) != link.split.end()) return "a part of its split";
    if (target == link.ended_target) return "where it leads after its end";
    if (target == link.fallback) return "its fallback";
    return "";
}

Result<std::optional<Place>> link_place(store::Tx& tx, const access::Shop& shop, const Use& use, const Target& target, Averages& averages,
                                        Instant now) {
    const auto link = TRY(links::find_numbered(tx, shop.id, use.subject));
    if (!link) return std::optional<Place>();
    auto role = role_of(*link, use.target);
    if (role.empty()) return std::optional<Place>();  // it was changed a moment ago
    Place place{.subject = use.subject,
                .slug = link->slug,
                .words = std::move(role),
                .one_of_many = !link->rules.empty() || !link->split.empty(),
                .led_away = std::ranges::find(link->dead, use.target) != link->dead.end(),
                .keeps_target = link->keeps_target,
                .fallback = link->fallback.empty() ? "/" : link->fallback};
    const auto since = target.standing.finding == Finding::expired ? link->ends.value_or(now) : target.standing.since.value_or(now);
    const auto counted = TRY(clicks_since(tx, shop.id, use.subject, 0));
    std::int64_t clicks = use.clicks_from ? use.clicks_until.value_or(counted) - *use.clicks_from - use.clicks_led : 0;
    if (target.standing.finding == Finding::expired)
        clicks = TRY(tx.run(sql::came_too_late, {shop.id, use.subject, since.day()}))[0].integer("n");
    const bool ended = link->ends && *link->ends <= now;
    const bool nobody_goes_there = place.words == "its fallback" || (place.words == "where it leads after its end" && !ended);
    if (nobody_goes_there) clicks = 0;
    place.led_clicks = use.clicks_led + (use.clicks_until ? counted - *use.clicks_until : 0);
    place.lost = lost(std::max<std::int64_t>(0, clicks), TRY(earned_by(tx, shop, use, since, counted)), TRY(averages.before(since)));
    return std::optional(std::move(place));
}

Result<std::optional<Place>> block_place(store::Tx& tx, const access::Shop& shop, const Use& use) {
    for (const auto& page : TRY(pages::all(tx, shop.id))) {
        if (page.number != use.subject || !page.published) continue;
        const auto* block = page.published->find(use.part);
        if (block == nullptr) continue;
        return std::optional(Place{.kind = Place::Kind::block,
                                   .subject = use.subject,
                                   .part = use.part,
                                   .slug = page.is_bio() ? std::string(pages::bio_name) : page.slug,
                                   .words = "block \"" + std::string(block->kind->label) + "\""});
    }
    return std::optional<Place>();
}

Result<Trouble> trouble_of(store::Tx& tx, const access::Shop& shop, Target target, Averages& averages, Instant now) {
    Trouble trouble{.target = std::move(target), .shown = {}, .places = {}};
    trouble.shown = trouble.target.target;
    if (trouble.shown.starts_with('#')) {
        std::int64_t number = 0;
        std::from_chars(trouble.shown.data() + 1, trouble.shown.data() + trouble.shown.size(), number);
        if (const auto link = TRY(links::find_numbered(tx, shop.id, number))) trouble.shown = "/s/" + link->slug;
    }
    for (const auto& use : TRY(uses_of(tx, shop.id, trouble.target.target, places_max))) {
        auto place =
            use.kind == link_kind ? TRY(link_place(tx, shop, use, trouble.target, averages, now)) : TRY(block_place(tx, shop, use));
        if (!place) continue;
        trouble.lost.clicks += place->lost.clicks;
        trouble.lost.minor += place->lost.minor;
        if (trouble.lost.basis == Basis::none) trouble.lost.basis = place->lost.basis;
        trouble.places.push_back(std::move(*place));
    }
    return trouble;
}

}  // namespace

// ---- what leads where ------------------------------------------------------------------------------------------------------

Result<bool> note_links(store::Tx& tx, const Id<access::Shop>& shop, const std::vector<links::Link>& links, std::int64_t after,
                        std::int64_t until, Instant now) {
    Wanted wanted;
    for (const auto& link : links) {
        for (auto& target : looked_at(link, now)) wanted.emplace(link.number, 0, std::move(target));
    }
    return note_uses(tx, shop, link_kind, std::move(wanted), after, until, now);
}

Result<bool> note_pages(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    Wanted wanted;
    for (const auto& page : TRY(pages::all(tx, shop))) {
        if (!page.published) continue;
        for (const auto& block : page.published->blocks) {
            if (block.hidden || (block.until && *block.until <= now)) continue;
            const auto add = [&](std::span<const pages::Field> fields, const pages::Values& values) {
                for (const auto& field : fields) {
                    if (auto target = leads_to(field, pages::value_of(values, field.name)); !target.empty())
                        wanted.emplace(page.number, block.id, std::move(target));
                }
            };
            add(block.kind->fields, block.values);
            for (const auto& item : block.items) add(block.kind->item_fields, item);
        }
    }
    return note_uses(tx, shop, block_kind, std::move(wanted), -1, everything, now);
}

Status drop_unused(store::Tx& tx, const Id<access::Shop>& shop) {
    TRY(tx.run(sql::drop_unused, {shop}));
    return {};
}

Result<Target> find_target(store::Tx& tx, const Id<access::Shop>& shop, std::string_view target) {
    const auto rows = TRY(tx.run(sql::find_target, {shop, target}));
    if (rows.empty()) return fail(Fault::not_found, "nothing of this shop leads to \"" + std::string(target.substr(0, 200)) + "\"");
    return read_target(rows[0]);
}

// ---- judging and noting ----------------------------------------------------------------------------------------------------

Result<bool> note_look(store::Tx& tx, const Id<access::Shop>& shop, const Target& before, const Look& look, bool own, Instant now) {
    const auto standing = after(before.standing, look, own, now);
    auto uses = TRY(uses_of(tx, shop, before.target, uses_noted_max));
    Target target = before;
    target.standing = standing;
    const bool was_wrong = is_wrong(before.standing.state), wrong = is_wrong(standing.state);
    target.clicks = 0;
    for (auto& use : uses) {
        if (use.kind != link_kind) continue;
        target.clicks += TRY(clicks_since(tx, shop, use.subject, now.day() - 6));
        if (wrong && !use.clicks_from) {
            use.clicks_from = TRY(clicks_since(tx, shop, use.subject, 0));
            TRY(write_use(tx, shop, use));
        }
    }
    const bool keeps_tags = grade(look.finding) == Grade::good;
    TRY(tx.run(sql::set_standing, {shop, target.target, name(standing.state), name(standing.finding), standing.words, standing.failed_count,
                                   standing.since, standing.known, now, now + next_look(standing, target.clicks, own, now), target.clicks,
                                   std::string_view(keeps_tags ? look.etag : ""), std::string_view(keeps_tags ? look.modified : "")}));
    if (standing.known && !before.standing.known) TRY(tell(tx, shop, target, uses, "link.broken", *standing.known, now));
    if (!standing.known && before.standing.known) TRY(tell(tx, shop, target, uses, "link.recovered", *before.standing.known, now));
    if (was_wrong && !wrong) {
        for (auto& use : uses) use.hand.clear();  // what was said of a target that was wrong ends with that
    }
    const bool switched = TRY(settle_all(tx, shop, uses, target, now));
    if (was_wrong && !wrong) {
        for (auto& use : uses) {
            if (use.kind != link_kind) continue;
            use.clicks_from.reset();
            use.clicks_until.reset();
            use.clicks_led = 0;
            TRY(write_use(tx, shop, use));
        }
    }
    return switched;
}

// ---- what is wrong ---------------------------------------------------------------------------------------------------------

Result<std::vector<Trouble>> troubles(store::Tx& tx, const access::Shop& shop, Instant now) {
    std::vector<Trouble> all;
    Averages averages(tx, shop);
    for (const auto row : TRY(tx.run(sql::wrong_targets, {shop.id, troubles_max}))) {
        auto trouble = TRY(trouble_of(tx, shop, read_target(row), averages, now));
        if (!trouble.places.empty()) all.push_back(std::move(trouble));
    }
    std::ranges::sort(all, [&](const Trouble& a, const Trouble& b) {
        const auto rank = [&](const Trouble& one) {
            return std::tuple(one.target.is_ignored(now), one.target.standing.state != State::broken, -one.lost.minor, -one.lost.clicks,
                              std::string_view(one.target.target));
        };
        return rank(a) < rank(b);
    });
    return all;
}

Result<Summary> summary(store::Tx& tx, const access::Shop& shop, Instant now) {
    Summary sum;
    for (const auto row : TRY(tx.run(sql::states, {shop.id}))) {
        sum.targets += row.integer("n");
        if (row.text("state") == name(State::fresh)) sum.not_looked = row.integer("n");
    }
    for (const auto& trouble : TRY(troubles(tx, shop, now))) {
        if (!trouble.is_certain() || trouble.target.is_ignored(now)) continue;
        const bool broken = trouble.target.standing.state == State::broken;
        (broken ? sum.broken : sum.warned) += 1;
        if (!broken) continue;
        sum.clicks += trouble.lost.clicks;
        sum.lost_minor += trouble.lost.minor;
        const auto since = trouble.target.standing.since;
        if (since && (!sum.since || *since < *sum.since)) sum.since = since;
    }
    return sum;
}

// ---- the owner's hand ------------------------------------------------------------------------------------------------------

Status look_again(store::Tx& tx, const Id<access::Shop>& shop, std::string_view target, Instant now) {
    TRY(find_target(tx, shop, target));
    TRY(tx.run(sql::look_at, {shop, target, now}));
    return {};
}

Status ignore(store::Tx& tx, const Id<access::Shop>& shop, std::string_view name, std::optional<Instant> until, Instant now) {
    auto target = TRY(find_target(tx, shop, name));
    TRY(tx.run(sql::set_ignored, {shop, name, until}));
    target.ignored = until;
    auto uses = TRY(uses_of(tx, shop, name, uses_noted_max));
    TRY(settle_all(tx, shop, uses, target, now));
    return {};
}

namespace {
Status choose(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target_name, std::string_view hand,
              Instant now) {
    const auto target = TRY(find_target(tx, shop, target_name));
    const auto link = TRY(links::find(tx, shop, slug));
    if (target.standing.finding == Finding::expired)
        return fail(Fault::bad_input, "the link has ended: say where it leads afterwards, or let it go on");
    for (auto& use : TRY(uses_of(tx, shop, target_name, uses_noted_max))) {
        if (use.kind != link_kind || use.subject != link.number) continue;
        auto chosen = use;
        chosen.hand = hand;
        TRY(settle(tx, shop, chosen, target, now));
        return write_use(tx, shop, chosen);
    }
    return fail(Fault::not_found, "the link \"" + link.slug + "\" does not lead there");
}
}  // namespace

Status lead_away(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target, Instant now) {
    return choose(tx, shop, slug, target, "away", now);
}
Status lead_back(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target, Instant now) {
    return choose(tx, shop, slug, target, "stay", now);
}

Status retarget(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, std::string_view target, std::string_view to,
                const links::DenyList& deny, std::string_view who, Instant now) {
    auto link = TRY(links::find(tx, shop, slug));
    const auto swap = [&](std::string& one) {
        if (one == target) one = to;
    };
    swap(link.target);
    for (auto& rule : link.rules) swap(rule.target);
    for (auto& share : link.split) swap(share.target);
    swap(link.ended_target);
    swap(link.fallback);
    if (target == "/s/" + link.slug) link.ended_target = to;  // it has ended
    TRY(links::examine_denied(link, deny));
    const auto changed = TRY(links::change(
        tx, shop, slug, link, {.who = who, .what = "leads to " + std::string(to) + " in place of " + std::string(target), .at = now}));
    TRY(note_links(tx, shop, {changed}, changed.number - 1, changed.number, now));
    return drop_unused(tx, shop);
}

// ---- the digest ------------------------------------------------------------------------------------------------------------

Result<std::string> mail_address(store::Tx& tx, const Id<access::Shop>& shop) {
    const auto rows = TRY(tx.run(sql::find_mail, {shop}));
    return rows.empty() ? std::string() : rows[0].text("address");
}

Status set_mail_address(store::Tx& tx, const Id<access::Shop>& shop, std::string_view typed) {
    std::string address;
    if (!typed.empty()) address = TRY(outbox::read_address(typed));
    TRY(tx.run(sql::set_mail, {shop, address}));
    return {};
}

Status promise_digest(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    const auto rows = TRY(tx.run(sql::find_mail, {shop}));
    if (rows.empty() || rows[0].text("address").empty()) return {};
    const auto mailed = rows[0].maybe_instant("mailed_us").value_or(Instant());
    if (now - mailed < days(1)) return {};
    if (TRY(tx.run(sql::news_since, {shop, mailed, now}))[0].integer("n") == 0) return {};
    const auto may = access::use_mail(tx, shop, now);
    if (!may && may.error().fault == Fault::rate_limited) return {};  // Home says it all the same; the next look asks again
    TRY(may);
    TRY(tx.run(sql::set_mailed, {shop, now}));
    return outbox::promise(tx, shop.text, mail_kind, std::to_string(now.us), "{}", now, outbox::Lane::mails);
}

namespace {
std::string plural(std::int64_t n, std::string_view one, std::string_view many) {
    return wire::grouped(n) + " " + std::string(n == 1 ? one : many);
}
}  // namespace

Digest digest(const access::Shop& shop, const std::vector<Trouble>& troubles, const std::string& health_url, Instant now) {
    constexpr std::size_t told_max = 20;
    const auto named = Zone::named(shop.time_zone);
    const auto zone = named ? *named : Zone();
    std::int64_t count = 0, minor = 0;
    std::string text;
    for (const auto& trouble : troubles) {
        if (!trouble.is_certain() || trouble.target.is_ignored(now)) continue;
        minor += trouble.target.standing.state == State::broken ? trouble.lost.minor : 0;
        if (static_cast<std::size_t>(++count) > told_max) continue;
        text += trouble.shown + " " + std::string(words(trouble.target.standing.finding));
        if (!trouble.target.standing.words.empty()) text += " (" + trouble.target.standing.words + ")";
        if (trouble.target.standing.since) text += ", since " + iso_day(zone.day(*trouble.target.standing.since));
        text += ".\n";
        for (const auto& place : trouble.places) {
            if (place.kind == Place::Kind::block) {
                text += "  " + place.words + " of the page " + place.slug + "\n";
                continue;
            }
            text += "  /s/" + place.slug + ": " + arithmetic(place.lost, shop.currency);
            if (place.lost.basis != Basis::none) text += " = " + display({place.lost.minor, shop.currency});
            text += place.led_away ? "; visitors are led to " + place.fallback + "\n" : "\n";
        }
    }
    if (static_cast<std::size_t>(count) > told_max)
        text += "and " + plural(count - static_cast<std::int64_t>(told_max), "more", "more") + ".\n";
    text += "\nWhat was found, and how to mend it: " + health_url + "\n";
    auto subject = plural(count, "address that your links lead to needs you", "addresses that your links lead to need you");
    if (minor > 0) subject += ": about " + display({minor, shop.currency}) + " lost";
    return {.subject = std::move(subject), .text = std::move(text)};
}

wire::Json json(const Trouble& trouble, const access::Shop& shop) {
    const auto money = [&](const Lost& lost) {
        return lost.basis == Basis::none ? wire::Json() : wire::Json::object({{"minor", lost.minor}, {"currency", shop.currency.code()}});
    };
    wire::Json::Array places;
    for (const auto& place : trouble.places) {
        if (place.kind == Place::Kind::block) {
            places.push_back(wire::Json::object({{"kind", "block"}, {"page", place.slug}, {"block", place.part}, {"role", place.words}}));
            continue;
        }
        places.push_back(wire::Json::object({{"kind", "link"},
                                             {"slug", place.slug},
                                             {"role", place.words},
                                             {"one_of_many", place.one_of_many},
                                             {"led_away", place.led_away},
                                             {"fallback", place.fallback},
                                             {"clicks", place.lost.clicks},
                                             {"led_clicks", place.led_clicks},
                                             {"basis", name(place.lost.basis)},
                                             {"sales_minor", place.lost.sales_minor},
                                             {"sales_clicks", place.lost.sales_clicks},
                                             {"lost", money(place.lost)}}));
    }
    const auto time = [](const std::optional<Instant>& at) { return at ? wire::Json(iso_ms(*at)) : wire::Json(); };
    return wire::Json::object({{"target", trouble.shown},
                               {"state", name(trouble.target.standing.state)},
                               {"finding", name(trouble.target.standing.finding)},
                               {"words", trouble.target.standing.words},
                               {"since", time(trouble.target.standing.since)},
                               {"known", time(trouble.target.standing.known)},
                               {"looked", time(trouble.target.looked)},
                               {"next", time(trouble.target.next)},
                               {"ignored_until", time(trouble.target.ignored)},
                               {"clicks", trouble.lost.clicks},
                               {"lost", money(trouble.lost)},
                               {"places", std::move(places)}});
}

}  // namespace barrow::guard
