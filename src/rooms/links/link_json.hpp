// A link as JSON: one form for the API, the export, the history and the database's `settings`.
#pragma once

#include "floor/wire/json.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// All of a link that add takes back: members that say nothing (no rules, no end) are left out. The password is its hash.
wire::Json link_json(const Link& link);

// Who wrote the JSON. A caller says what a link shall be; our own says what it was, too (created, clicks_let, imported_…,
// password_hash).
enum class Writer : std::uint8_t { caller, ours };
// `base` with the members that are there; null empties one. Refuses (bad_input) members that are not known, naming them, and values of
// another kind. What a link may be as a whole is examine's to say. A caller's "password" is taken off `json` first: see set_password.
Result<Link> read_link(const wire::Json& json, Link base, Writer writer);

// "" takes it off. Costs about 30 ms of argon2id; not on an io thread. Refuses fewer than 4 or more than 200 bytes (bad_input).
Status set_password(Link& link, std::string_view password);
// Whether set_password would take it, at no cost.
Status examine_password(std::string_view password);

// What has no column of its own, for the row; and back.
std::string settings_text(const Link& link);
void read_settings(const std::string& text, Link& link);

}  // namespace barrow::links
