#include "rooms/letters/letters.hpp"

#include <algorithm>

#include "floor/outbox/outbox.hpp"
#include "floor/sign/sign.hpp"
#include "floor/wire/form.hpp"
#include "floor/wire/words.hpp"
#include "rooms/access/quotas.hpp"
#include "rooms/letters/letters.sql.hpp"
#include "rooms/webhooks/webhooks.hpp"

namespace barrow::letters {
namespace {

constexpr std::array<std::string_view, 4> state_names{"asked", "confirmed", "stopped", "bounced"};
constexpr std::size_t token_length = 22;  // of base64url: 132 bits

State state_named(std::string_view name) {
    const auto found = std::ranges::find(state_names, name);
    check(found != state_names.end());
    return static_cast<State>(found - state_names.begin());
}

List list_of(const store::Row& row) { return {.slug = row.text("slug"), .name = row.text("name"), .words = row.text("words")}; }

List house_list(const access::Shop& shop) {
    const wire::Words say(shop.language);
    return {.slug = std::string(default_list),
            .name = say("Letters from {shop}", {{"shop", shop.name}}),
            .words = say("{shop} may write to me now and then, about what is new. I can stop it with one tap in every letter.",
                         {{"shop", shop.name}})};
}

Subscriber subscriber_of(const store::Row& row) {
    return {.id = row.text("id"),
            .list = row.text("list"),
            .address = row.text("address"),
            .state = state_named(row.text("state")),
            .nonce = row.text("nonce"),
            .words = row.text("words"),
            .link = row.integer("link"),
            .asked = row.instant("asked_us"),
            .confirmed = row.maybe_instant("confirmed_us"),
            .ended = row.maybe_instant("ended_us")};
}

std::vector<Subscriber> subscribers_of(const store::Rows& rows) {
    std::vector<Subscriber> list;
    for (const auto row : rows) list.push_back(subscriber_of(row));
    return list;
}

Status tell(store::Tx& tx, const Id<access::Shop>& shop, const Subscriber& subscriber, std::string_view type, Instant at) {
    auto data = wire::Json::object({{"id", subscriber.id},
                                    {"list", subscriber.list},
                                    {"address", subscriber.address},
                                    {"words", subscriber.words},
                                    {"asked", iso_ms(subscriber.asked)},
                                    {"link", subscriber.link}});
    return webhooks::tell(tx, shop, {.type = type, .key = subscriber.id + "." + std::to_string(at.us), .data = std::move(data)}, at);
}

}  // namespace

std::string_view name(State state) { return state_names[static_cast<std::size_t>(state)]; }

Result<List> find_list(store::Tx& tx, const access::Shop& shop, std::string_view slug) {
    const auto rows = TRY(tx.run(sql::find_list, {shop.id, slug}));
    if (!rows.empty()) return list_of(rows[0]);
    if (slug == default_list) return house_list(shop);
    return fail(Fault::not_found, "there is no such list to sign up for");
}

Result<std::vector<Counted>> lists(store::Tx& tx, const access::Shop& shop) {
    std::vector<Counted> all{{.list = TRY(find_list(tx, shop, default_list))}};
    for (const auto row : TRY(tx.run(sql::lists, {shop.id, lists_max}))) {
        if (row.text("slug") != default_list) all.push_back({.list = list_of(row)});
    }
    for (const auto row : TRY(tx.run(sql::counts, {shop.id}))) {
        const auto found = std::ranges::find_if(all, [&](const Counted& one) { return one.list.slug == row.text("list"); });
        if (found == all.end()) continue;
        std::int64_t* const counts[] = {&found->asked, &found->confirmed, &found->stopped, &found->bounced};
        *counts[static_cast<std::size_t>(state_named(row.text("state")))] = row.integer("n");
    }
    return all;
}

Status put_list(store::Tx& tx, const access::Shop& shop, const List& list) {
    const auto in_slug = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    if (list.slug.empty() || list.slug.size() > 40 || !std::ranges::all_of(list.slug, in_slug))
        return fail(Fault::bad_input, "the list's short name has 1 to 40 of a to z, 0 to 9 and -");
    if (list.name.empty()) return fail(Fault::bad_input, "the list needs a name");
    TRY(wire::fits("the name", list.name, 80));
    if (list.words.empty()) return fail(Fault::bad_input, "say what people agree to");
    TRY(wire::fits("what people agree to", list.words, 600));
    const auto all = TRY(lists(tx, shop));
    const bool known = std::ranges::any_of(all, [&](const Counted& one) { return one.list.slug == list.slug; });
    if (!known && static_cast<int>(all.size()) >= lists_max)
        return fail(Fault::conflict, "a shop has at most " + std::to_string(lists_max) + " lists");
    TRY(tx.run(sql::put_list, {shop.id, list.slug, list.name, list.words}));
    return {};
}

std::string token_of(const Subscriber& subscriber, const Key& key) {
    return base64url(sign::hmac_sha256(key, as_bytes(subscriber.nonce))).substr(0, token_length);
}

Status ask(store::Tx& tx, const access::Shop& shop, const Ask& wish, const Key& key, Instant now, Random& random) {
    const auto list = TRY(find_list(tx, shop, wish.list));
    Subscriber fresh{.id = new_id_text(now, random), .list = {}, .address = {}, .nonce = random.token(16), .words = {}, .asked = now};
    const auto hash = sign::token_hash(token_of(fresh, key));
    auto rows = TRY(tx.run(sql::add_asked, {shop.id, fresh.id, list.slug, wish.address, fresh.nonce, hash, list.words, wish.link, now}));
    if (rows.empty())
        rows = TRY(tx.run(sql::ask_again, {shop.id, list.slug, wish.address, list.words, wish.link, now, now - mail_again_after}));
    if (rows.empty()) return {};
    TRY(access::use_mail(tx, shop.id, now));
    const auto id = rows[0].text("id");
    const auto payload = wire::write_json(wire::Json::object({{"id", id}}));
    return outbox::promise(tx, shop.id.text, mail_kind, id + "." + std::to_string(now.us), payload, now, outbox::Lane::mails);
}

Result<Subscriber> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    const auto rows = TRY(tx.run(sql::find, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "this address is not here any more");
    return subscriber_of(rows[0]);
}

Result<Subscriber> find_by_token(store::Tx& tx, const Id<access::Shop>& shop, std::string_view token) {
    const auto rows = TRY(tx.run(sql::find_by_token, {shop, sign::token_hash(token)}));
    if (rows.empty()) return fail(Fault::not_found, "this link is too old: what nobody confirms is deleted after a week. Sign up again");
    return subscriber_of(rows[0]);
}

Result<Subscriber> confirm(store::Tx& tx, const Id<access::Shop>& shop, Subscriber subscriber, Instant now) {
    if (TRY(tx.run(sql::confirm, {shop, subscriber.id, now})).empty()) return subscriber;
    subscriber.state = State::confirmed;
    subscriber.confirmed = now;
    subscriber.ended = {};
    TRY(tell(tx, shop, subscriber, "letters.confirmed", now));
    return subscriber;
}

Result<Subscriber> stop(store::Tx& tx, const Id<access::Shop>& shop, Subscriber subscriber, Instant now) {
    if (TRY(tx.run(sql::end, {shop, subscriber.id, name(State::stopped), now})).empty()) return subscriber;
    const bool was_on = subscriber.state == State::confirmed;
    subscriber.state = State::stopped;
    subscriber.ended = now;
    if (was_on) TRY(tell(tx, shop, subscriber, "letters.stopped", now));
    return subscriber;
}

Status bounce(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, Instant now) {
    TRY(tx.run(sql::end, {shop, id, name(State::bounced), now}));
    return {};
}

Result<std::vector<Subscriber>> page(store::Tx& tx, const Id<access::Shop>& shop, std::string_view after, std::int64_t count) {
    return subscribers_of(TRY(tx.run(sql::page, {shop, after, std::min<std::int64_t>(count, page_max)})));
}

Result<std::vector<Subscriber>> newest(store::Tx& tx, const Id<access::Shop>& shop, int count) {
    return subscribers_of(TRY(tx.run(sql::newest, {shop, std::min(count, page_max)})));
}

Status forget_unconfirmed(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    TRY(tx.run(sql::forget_unconfirmed, {shop, now - unconfirmed_life}));
    TRY(tx.run(sql::end_unconfirmed, {shop, now - unconfirmed_life}));
    return {};
}

std::string csv_header() { return "list,address,state,asked,confirmed,ended,words,link\r\n"; }

std::string csv_line(const Subscriber& subscriber) {
    const auto time = [](const std::optional<Instant>& at) { return at ? iso(*at) : std::string(); };
    std::string line;
    for (const auto& cell : {subscriber.list, subscriber.address, std::string(name(subscriber.state)), iso(subscriber.asked),
                             time(subscriber.confirmed), time(subscriber.ended), subscriber.words, std::to_string(subscriber.link)}) {
        line += (line.empty() ? "" : ",") + wire::csv_cell(cell);
    }
    return line + "\r\n";
}

}  // namespace barrow::letters
