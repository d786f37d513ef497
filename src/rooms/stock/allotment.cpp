// Allotments: deliveries, drops, movements and the waitlist. Claims are in claim.cpp.
#include <algorithm>

#include "floor/outbox/outbox.hpp"
#include "floor/wire/json.hpp"
#include "rooms/stock/movement.hpp"
#include "rooms/stock/stock.hpp"
#include "rooms/stock/stock.sql.hpp"

namespace barrow::stock {
namespace {

constexpr int allotments_max = 200;

Allotment read(const store::Row& row) {
    return {.id = row.id<Allotment>("id"),
            .product = row.id<catalog::Product>("product_id"),
            .kind = row.text("kind") == "drop" ? Allotment::Kind::drop : Allotment::Kind::open,
            .left_count = row.integer("left_count"),
            .held_count = row.integer("held_count"),
            .taken_count = row.integer("taken_count"),
            .per_buyer_max = row.maybe_integer("per_buyer_max"),
            .closes = row.maybe_instant("closes_us"),
            .closed = row.maybe_instant("closed_us")};
}

// From one allotment of a product to another, both sides noted under the same subject.
Status move(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, const Id<Allotment>& from,
            const Id<Allotment>& to, std::int64_t pieces, std::string_view subject, Instant now) {
    if (pieces == 0) return {};
    const auto out = TRY(tx.run(sql::take_out, {shop, from, pieces}));
    if (out.empty()) return fail(Fault::sold_out, "fewer than " + std::to_string(pieces) + " pieces are left to put aside");
    TRY(tx.run(sql::put_in, {shop, to, pieces}));
    TRY(note(tx, shop, from, "moved_out", subject, pieces, now));
    TRY(note(tx, shop, to, "moved_in", subject, pieces, now));
    TRY(promise_left(tx, shop, from, product, "moved:" + std::string(subject), now));
    return promise_left(tx, shop, to, product, "moved:" + std::string(subject), now);
}

}  // namespace

Status note(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& allotment, std::string_view kind, std::string_view subject,
            std::int64_t pieces, Instant now) {
    TRY(tx.run(sql::add_movement, {shop, allotment, kind, subject, pieces, now}));
    return {};
}

Status promise_left(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& allotment, const Id<catalog::Product>& product,
                    std::string_view cause, Instant now) {
    const auto payload = wire::write_json(wire::Json::object({{"allotment", allotment.text}, {"product", product.text}}));
    return outbox::promise(tx, shop.text, left_changed_kind, allotment.text + ":" + std::string(cause), payload, now);
}

Status return_leftover(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& closed, const Id<catalog::Product>& product,
                       std::int64_t pieces, std::string_view subject, Instant now) {
    return move(tx, shop, product, closed, open_allotment(product), pieces, subject, now);
}

Result<std::int64_t> receive(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, std::int64_t pieces,
                             std::string_view subject, Instant now) {
    if (pieces == 0 || pieces > pieces_max || pieces < -pieces_max)
        return fail(Fault::bad_input, "give a number of pieces between 1 and a thousand million");
    const auto open = open_allotment(product);
    TRY(tx.run(sql::add_allotment, {shop, open, product, "open", 0, nullptr, nullptr, now}));
    const auto rows = TRY(pieces > 0 ? tx.run(sql::put_in, {shop, open, pieces}) : tx.run(sql::take_out, {shop, open, -pieces}));
    if (rows.empty()) return fail(Fault::sold_out, "fewer than " + std::to_string(-pieces) + " pieces are left");
    TRY(note(tx, shop, open, pieces > 0 ? "received" : "removed", subject, pieces > 0 ? pieces : -pieces, now));
    TRY(promise_left(tx, shop, open, product, "received:" + std::string(subject), now));
    return rows[0].integer("left_count");
}

Result<std::optional<std::int64_t>> received_under(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product,
                                                   std::string_view subject) {
    const auto rows = TRY(tx.run(sql::received_under, {shop, open_allotment(product), subject}));
    return rows.empty() ? std::nullopt : std::optional(rows[0].integer("pieces"));
}

Result<Allotment> find(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id) {
    const auto rows = TRY(tx.run(sql::read_allotment, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no allotment " + id.text);
    return read(rows[0]);
}

Result<std::vector<Allotment>> allotments(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product) {
    const auto rows = TRY(tx.run(sql::allotments_of_product, {shop, product, allotments_max}));
    std::vector<Allotment> list;
    for (const auto row : rows) list.push_back(read(row));
    return list;
}

Result<Allotment> open_drop(store::Tx& tx, const Id<access::Shop>& shop, const Drop& drop, Instant now) {
    if (drop.units < 1 || drop.units > pieces_max) return fail(Fault::bad_input, "a drop has at least one unit");
    if (drop.per_buyer_max && *drop.per_buyer_max < 1) return fail(Fault::bad_input, "each buyer may have at least one");
    if (drop.closes && *drop.closes <= now) return fail(Fault::bad_input, "the drop's deadline is past already");
    TRY(tx.run(sql::add_allotment, {shop, drop.id, drop.product, "drop", 0, drop.per_buyer_max, drop.closes, now}));
    TRY(move(tx, shop, drop.product, open_allotment(drop.product), drop.id, drop.units, drop.id.text, now));
    return find(tx, shop, drop.id);
}

Status close_drop(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id, Instant now) {
    const auto closed = TRY(tx.run(sql::close_allotment, {shop, id, now}));
    if (closed.empty()) {
        const auto found = TRY(find(tx, shop, id));
        if (found.kind != Allotment::Kind::drop) return fail(Fault::bad_input, "plain sale has no end; unpublish the product instead");
        return {};
    }
    return return_leftover(tx, shop, id, closed[0].id<catalog::Product>("product_id"), closed[0].integer("left_count"), "closed:" + id.text,
                           now);
}

Result<int> close_due(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    const auto rows = TRY(tx.run(sql::close_due, {shop, now, close_batch_max}));
    std::vector<std::pair<std::string, std::size_t>> order;  // engines answer an UPDATE in an order of their own
    for (std::size_t i = 0; i < rows.size(); ++i) order.emplace_back(rows[i].text("id"), i);
    std::ranges::sort(order);
    for (const auto& [id, i] : order) {
        const auto product = rows[i].id<catalog::Product>("product_id");
        const auto left = rows[i].integer("left_count");
        TRY(return_leftover(tx, shop, {id}, product, left, "closed:" + id, now));
        // Sold to the last one: nothing moves, and still whoever looks should hear that the drop is over.
        if (left == 0) TRY(promise_left(tx, shop, {id}, product, "closed", now));
    }
    return static_cast<int>(rows.size());
}

Result<std::vector<Id<access::Shop>>> shops_with_due_drops(store::Tx& tx, Instant now, int count_max) {
    const auto rows = TRY(tx.run(sql::shops_with_due_drops, {now, count_max}));
    std::vector<Id<access::Shop>> shops;
    for (const auto row : rows) shops.push_back(row.id<access::Shop>("shop_id"));
    return shops;
}

Result<std::int64_t> version_of(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product) {
    const auto rows = TRY(tx.run(sql::version_of_product, {shop, product}));
    return rows[0].integer("version");
}

Result<std::vector<Movement>> movements(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id, int count_max) {
    const auto rows = TRY(tx.run(sql::movements, {shop, id, count_max}));
    std::vector<Movement> list;
    for (const auto row : rows) list.push_back({row.text("kind"), row.text("subject"), row.integer("pieces"), row.instant("at_us")});
    return list;
}

Result<bool> adds_up(store::Tx& tx, const Id<access::Shop>& shop, const Id<Allotment>& id) {
    const auto found = TRY(find(tx, shop, id));
    const auto rows = TRY(tx.run(sql::recount, {shop, id}));
    return rows[0].integer("left_count") == found.left_count && rows[0].integer("held_count") == found.held_count &&
           rows[0].integer("taken_count") == found.taken_count;
}

Status join_waitlist(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, std::string_view contact,
                     Instant now) {
    if (contact.empty() || contact.size() > contact_length_max) return fail(Fault::bad_input, "give an address to write to");
    TRY(tx.run(sql::join_waitlist, {shop, product, contact, now}));
    return {};
}

Status forget_told(store::Tx& tx, const Id<access::Shop>& shop, Instant before) {
    TRY(tx.run(sql::forget_told, {shop, before}));
    return {};
}

Result<std::int64_t> waiting_count(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product) {
    const auto rows = TRY(tx.run(sql::count_waiting, {shop, product}));
    return rows[0].integer("n");
}

Result<std::vector<std::string>> tell_waiting(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product, int count,
                                              Instant now) {
    const auto rows = TRY(tx.run(sql::tell_waiting, {shop, product, now, count}));
    std::vector<std::pair<std::int64_t, std::string>> waiting;
    for (const auto row : rows) waiting.emplace_back(row.integer("joined_us"), row.text("contact"));
    std::ranges::sort(waiting);
    std::vector<std::string> contacts;
    for (auto& [_, contact] : waiting) contacts.push_back(std::move(contact));
    return contacts;
}

}  // namespace barrow::stock
