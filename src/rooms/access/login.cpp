#include "rooms/access/login.hpp"

#include "floor/sign/sign.hpp"
#include "rooms/access/access.sql.hpp"
#include "rooms/access/shops.hpp"

namespace barrow::access {

Result<std::string> make_login_link(store::Tx& tx, const Id<Shop>& shop, Instant now, Random& random) {
    const auto token = random.token(24);
    TRY(tx.run(sql::forget_login_links, {shop, now - days(1)}));
    TRY(tx.run(sql::add_login_link, {shop, sign::token_hash(token), now + login_link_life}));
    return token;
}

Result<NewSession> log_in(store::Tx& tx, const Id<Shop>& shop, std::string_view link_token, Instant now, Random& random) {
    const auto used = TRY(tx.run(sql::use_login_link, {shop, sign::token_hash(link_token), now}));
    if (used.empty())
        return fail(Fault::unauthenticated,
                    "this login link was used already or is older than 15 minutes; make a new one with: barrow login");
    NewSession session{.token = random.token(32), .csrf = random.token(16)};
    TRY(tx.run(sql::forget_sessions, {shop, now}));
    TRY(tx.run(sql::add_session, {shop, sign::token_hash(session.token), session.csrf, now, now + session_life}));
    TRY(note_audit(tx, shop, "owner", "log_in", "", now, random));
    return session;
}

Result<Session> find_session(store::Tx& tx, const Id<Shop>& shop, std::string_view token, Instant now) {
    if (token.empty()) return fail(Fault::unauthenticated, "log in first; make a link with: barrow login");
    const auto rows = TRY(tx.run(sql::find_session, {shop, sign::token_hash(token), now}));
    if (rows.empty()) return fail(Fault::unauthenticated, "your login has ended; make a new link with: barrow login");
    return Session{.csrf = rows[0].text("csrf")};
}

Status forget_logins(store::Tx& tx, const Id<Shop>& shop, Instant now) {
    TRY(tx.run(sql::forget_login_links, {shop, now - days(1)}));
    TRY(tx.run(sql::forget_sessions, {shop, now}));
    return {};
}

Status log_out(store::Tx& tx, const Id<Shop>& shop, std::string_view token) {
    TRY(tx.run(sql::end_session, {shop, sign::token_hash(token)}));
    return {};
}

Result<NewApiKey> make_api_key(store::Tx& tx, const Id<Shop>& shop, std::string_view name, Instant now, Random& random) {
    if (name.empty() || name.size() > 80) return fail(Fault::bad_input, "the key needs a name of at most 80 bytes");
    NewApiKey key{.id = new_id_text(now, random), .secret = "bk_" + random.token(32)};
    TRY(tx.run(sql::add_api_key, {shop, key.id, name, sign::token_hash(key.secret), now}));
    TRY(note_audit(tx, shop, "owner", "make_api_key", key.id, now, random));
    return key;
}

Result<std::string> find_api_key(store::Tx& tx, const Id<Shop>& shop, std::string_view secret) {
    const auto rows = TRY(tx.run(sql::find_api_key, {shop, sign::token_hash(secret)}));
    if (rows.empty()) return fail(Fault::unauthenticated, "this API key is not known here; make one with: barrow key create");
    return rows[0].text("id");
}

Result<std::vector<ApiKey>> api_keys(store::Tx& tx, const Id<Shop>& shop) {
    std::vector<ApiKey> keys;
    for (const auto row : TRY(tx.run(sql::list_api_keys, {shop})))
        keys.push_back({row.text("id"), row.text("name"), row.instant("created_us")});
    return keys;
}

Status revoke_api_key(store::Tx& tx, const Id<Shop>& shop, std::string_view id, Instant now) {
    if (TRY(tx.run(sql::revoke_api_key, {shop, id, now})).empty()) return fail(Fault::not_found, "there is no such API key");
    return {};
}

}  // namespace barrow::access
