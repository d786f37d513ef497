#include "rooms/live/session.hpp"

#include <algorithm>
#include <array>

#include "rooms/access/shops.hpp"
#include "rooms/links/link.hpp"
#include "rooms/live/live.sql.hpp"
#include "rooms/telemetry/counters.hpp"

namespace barrow::live {
namespace {

constexpr std::array<std::string_view, 3> states{"scheduled", "live", "ended"};

Session read(const store::Row& row) {
    Session session{.id = row.id<Session>("id"),
                    .number = row.integer("number"),
                    .slug = row.text("slug"),
                    .title = row.text("title"),
                    .state = static_cast<Session::State>(std::ranges::find(states, row.text("state")) - states.begin()),
                    .starts = row.instant("starts_us"),
                    .started = row.maybe_instant("started_us"),
                    .ended = row.maybe_instant("ended_us"),
                    .watch_url = row.text("watch_url"),
                    .pinned = {},
                    .drop = {row.maybe_text("drop_id").value_or("")}};
    if (const auto pinned = row.maybe_text("pinned_product_id")) session.pinned = Id<catalog::Product>{*pinned};
    return session;
}

Result<Session> one(const store::Rows& rows, std::string_view named) {
    if (rows.empty()) return fail(Fault::not_found, "there is no live session \"" + std::string(named) + "\" in this shop");
    return read(rows[0]);
}

Status set_moment(store::Tx& tx, const Id<access::Shop>& shop, const Session& session) {
    using links::Stage;
    const auto stage = session.state == Session::State::scheduled ? Stage::before
                       : session.state == Session::State::live    ? Stage::live
                                                                  : Stage::after;
    return links::set_moment(tx, shop,
                             {.live_slug = session.slug, .title = session.title, .stage = stage, .starts = session.starts, .target = {}});
}

Status close_running_drop(store::Tx& tx, const Id<access::Shop>& shop, const Session& session, Instant now) {
    if (session.drop.empty()) return {};
    return stock::close_drop(tx, shop, session.drop, now);
}

}  // namespace

Result<Session> schedule(store::Tx& tx, const access::Shop& shop, const NewSession& wanted, Instant now, Random& random) {
    Session session{.id = Id<Session>::make(now, random),
                    .slug = wanted.slug,
                    .title = wanted.title,
                    .starts = wanted.starts,
                    .watch_url = wanted.watch_url};
    if (wanted.title.empty() || wanted.title.size() > title_max * 4)
        return fail(Fault::bad_input, "name: say what the session is called, in at most 80 characters");
    if (wanted.slug.empty()) {
        session.slug = TRY(catalog::free_slug(wanted.title, "live", [&](const std::string& slug) -> Result<bool> {
            return !TRY(tx.run(sql::by_slug, {shop.id, slug})).empty();
        }));
    }
    if (!access::is_slug(session.slug, catalog::slug_max)) return fail(Fault::bad_input, "slug: 2 to 60 of a-z, 0-9 and inner hyphens");
    if (wanted.products.size() > products_max) return fail(Fault::bad_input, "products: at most 200 in one session");
    if (!wanted.watch_url.empty()) TRY(links::examine_target(wanted.watch_url));
    session.number = TRY(telemetry::next_number(tx, shop.id, "live"));
    const auto added =
        tx.run(sql::add_session, {shop.id, session.id, session.number, session.slug, session.title, session.starts, session.watch_url});
    if (!added) {
        if (added.error().fault == Fault::conflict)
            return fail(Fault::conflict, "slug: this shop has a session \"" + session.slug + "\" already; give this one another name");
        return added.error();
    }
    for (const auto& product : wanted.products) TRY(add_product(tx, shop.id, session, product));
    TRY(set_moment(tx, shop.id, session));
    return session;
}

Status add_product(store::Tx& tx, const Id<access::Shop>& shop, const Session& session, const Id<catalog::Product>& product) {
    TRY(catalog::find(tx, shop, product));
    if (!TRY(tx.run(sql::has_product, {shop, session.id, product})).empty()) return {};
    TRY(tx.run(sql::add_product, {shop, session.id, product}));
    return {};
}

Result<Session> start(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id, Instant now) {
    TRY(find(tx, shop, id));
    if (TRY(tx.run(sql::start_session, {shop, id, now})).empty()) return fail(Fault::conflict, "this session has started already");
    auto session = TRY(find(tx, shop, id));
    TRY(set_moment(tx, shop, session));
    return session;
}

Result<Session> end(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id, Instant now) {
    const auto before = TRY(find(tx, shop, id));
    TRY(close_running_drop(tx, shop, before, now));
    if (TRY(tx.run(sql::end_session, {shop, id, now})).empty()) return fail(Fault::conflict, "this session is not on air");
    auto session = TRY(find(tx, shop, id));
    TRY(set_moment(tx, shop, session));
    return session;
}

namespace {
Result<Session> show(store::Tx& tx, const Id<access::Shop>& shop, const Session& before, const std::optional<Id<catalog::Product>>& product,
                     const std::optional<std::string>& drop_id, Instant now) {
    if (product && TRY(tx.run(sql::has_product, {shop, before.id, *product})).empty()) {
        return fail(Fault::bad_input, "this product is not part of the session; add it first");
    }
    TRY(close_running_drop(tx, shop, before, now));
    if (TRY(tx.run(sql::pin, {shop, before.id, product, drop_id})).empty()) return fail(Fault::gone, "this session has ended");
    TRY(tx.run(sql::add_pin, {shop, before.id, now, product}));
    return find(tx, shop, before.id);
}
}  // namespace

Result<Session> pin(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id, const std::optional<Id<catalog::Product>>& product,
                    Instant now) {
    return show(tx, shop, TRY(find(tx, shop, id)), product, std::nullopt, now);
}

Result<Session> drop(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id, const NewDrop& wanted, Instant now,
                     Random& random) {
    const auto before = TRY(find(tx, shop, id));
    if (before.state != Session::State::live) return fail(Fault::conflict, "start the session first: a drop runs while you are on air");
    if (wanted.units < 1 || wanted.units > 100'000) return fail(Fault::bad_input, "units: 1 to 100,000");
    if (wanted.minutes < 1 || wanted.minutes > 24 * 60) return fail(Fault::bad_input, "minutes: 1 to 1,440");
    const auto drop_id = Id<stock::Allotment>::make(now, random);
    auto session = TRY(show(tx, shop, before, wanted.product, drop_id.text, now));
    TRY(stock::open_drop(tx, shop,
                         {.id = drop_id, .product = wanted.product, .units = wanted.units, .closes = now + minutes(wanted.minutes)}, now));
    return session;
}

Result<Session> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug) {
    return one(TRY(tx.run(sql::by_slug, {shop, slug})), slug);
}
Result<Session> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id) {
    return one(TRY(tx.run(sql::by_id, {shop, id})), id.text);
}
Result<std::optional<Session>> find_numbered(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number) {
    const auto rows = TRY(tx.run(sql::by_number, {shop, number}));
    return rows.empty() ? std::optional<Session>() : std::optional(read(rows[0]));
}

Result<std::vector<Session>> newest(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Session> sessions;
    for (const auto row : TRY(tx.run(sql::newest_sessions, {shop}))) sessions.push_back(read(row));
    return sessions;
}

Result<std::vector<catalog::Product>> products(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id) {
    std::vector<catalog::Product> products;
    for (const auto row : TRY(tx.run(sql::session_products, {shop, id})))
        products.push_back(TRY(catalog::find(tx, shop, row.id<catalog::Product>("product_id"))));
    return products;
}

Result<std::vector<Session>> showing(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product) {
    std::vector<Session> sessions;
    for (const auto row : TRY(tx.run(sql::showing, {shop, product}))) sessions.push_back(read(row));
    return sessions;
}

}  // namespace barrow::live
