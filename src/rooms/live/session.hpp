// Session: a live show with its products; one of them is pinned: on the overlay, and first on the live page.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/stock/standing.hpp"

namespace barrow::live {

inline constexpr std::size_t products_max = 200, title_max = 80;

struct Session {
    Id<Session> id;
    std::int64_t number = 0;  // its name in context tokens
    std::string slug, title;
    enum class State : std::uint8_t { scheduled, live, ended } state = State::scheduled;
    Instant starts;
    std::optional<Instant> started, ended;
    std::string watch_url;  // where the stream plays, or ""
    std::optional<Id<catalog::Product>> pinned;
    Id<stock::Allotment> drop;  // of the pinned product, or empty
};

struct NewSession {
    std::string title, slug;  // an empty slug is made from the title; the second session of a title gets a number
    Instant starts;
    std::string watch_url;
    std::vector<Id<catalog::Product>> products;
};
// Announces a session; its moment is "before". Refuses (bad_input) a title or slug that is empty or too long, more than 200
// products, unknown ones; (conflict) a slug in use.
Result<Session> schedule(store::Tx& tx, const access::Shop& shop, const NewSession& wanted, Instant now, Random& random);
Status add_product(store::Tx& tx, const Id<access::Shop>& shop, const Session& session, const Id<catalog::Product>& product);

// On air; the moment turns "live". Refuses (conflict) what is not scheduled.
Result<Session> start(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id, Instant now);
// Off air: nothing is pinned, a running drop closes, the moment turns "after". Refuses (conflict) what is not on air.
Result<Session> end(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id, Instant now);
// On screen from now; no product takes it off. Refuses (bad_input) a product that is not of the session, (gone) an ended one.
Result<Session> pin(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id, const std::optional<Id<catalog::Product>>& product,
                    Instant now);
struct NewDrop {
    Id<catalog::Product> product;
    std::int64_t units = 0;
    std::int64_t minutes = 5;  // a real deadline, kept by the server
};
// A drop of the product's units, pinned. A drop that ran before is closed, its rest goes back to plain sale.
Result<Session> drop(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id, const NewDrop& wanted, Instant now,
                     Random& random);

Result<Session> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug);
Result<Session> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id);
// By its name in context tokens.
Result<std::optional<Session>> find_numbered(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t number);
Result<std::vector<Session>> newest(store::Tx& tx, const Id<access::Shop>& shop);  // at most 50
Result<std::vector<catalog::Product>> products(store::Tx& tx, const Id<access::Shop>& shop, const Id<Session>& id);
// The sessions that have the product on screen.
Result<std::vector<Session>> showing(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product);

}  // namespace barrow::live
