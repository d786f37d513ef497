// Owner login by one-time link; studio sessions; API keys. The database holds hashes of secrets, never secrets.
#pragma once

#include <string>
#include <string_view>

#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::access {

inline constexpr Duration login_link_life = minutes(15);
inline constexpr Duration session_life = days(30);

// A token for /studio/login?token=…, good once and for fifteen minutes.
Result<std::string> make_login_link(store::Tx& tx, const Id<Shop>& shop, Instant now, Random& random);

struct NewSession {
    std::string token;  // for the cookie
    std::string csrf;   // for the forms
};
// Uses the link up. Refuses a link that is unknown, used or too old (unauthenticated), all in the same words.
Result<NewSession> log_in(store::Tx& tx, const Id<Shop>& shop, std::string_view link_token, Instant now, Random& random);

struct Session {
    std::string csrf;
};
Result<Session> find_session(store::Tx& tx, const Id<Shop>& shop, std::string_view token, Instant now);
// Login links a day after their end, sessions at theirs.
Status forget_logins(store::Tx& tx, const Id<Shop>& shop, Instant now);
Status log_out(store::Tx& tx, const Id<Shop>& shop, std::string_view token);

struct NewApiKey {
    std::string id;
    std::string secret;  // "bk_…", shown once
};
Result<NewApiKey> make_api_key(store::Tx& tx, const Id<Shop>& shop, std::string_view name, Instant now, Random& random);
// The key's id. Refuses unknown and revoked keys (unauthenticated).
Result<std::string> find_api_key(store::Tx& tx, const Id<Shop>& shop, std::string_view secret);
struct ApiKey {
    std::string id, name;
    Instant made;
};
// Those in use, newest first; at most 100.
Result<std::vector<ApiKey>> api_keys(store::Tx& tx, const Id<Shop>& shop);
Status revoke_api_key(store::Tx& tx, const Id<Shop>& shop, std::string_view id, Instant now);

}  // namespace barrow::access
