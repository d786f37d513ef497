// Import and export over HTTP: what the API and the studio share. A file is read on a reader's thread and written a piece at a time, so
// that nobody waits for it.
#pragma once

#include <functional>

#include "floor/base/task.hpp"
#include "floor/outbox/outbox.hpp"
#include "rooms/access/site.hpp"
#include "rooms/links/export.hpp"
#include "rooms/links/import/import.hpp"
#include "rooms/links/links_http.hpp"

namespace barrow::links {

// In memory at once with what is made of it; larger files go through the command.
inline constexpr std::size_t import_body_max = 16 << 20, studio_import_body_max = 5 << 20;

// Who asks: Ok lets them.
using Door = std::function<Status(store::Tx&)>;

// Refuses what the door, import::read and hash_passwords (more than 200) refuse.
Task<Result<import::Report>> import_file(Doors& doors, const access::Shop& shop, std::string_view file, import::Wanted wanted,
                                         import::Write how, Door door);

// The export as an attachment "links-SHOP.csv". Costs the file in memory: about 30 MB for 100,000 links.
Task<Result<http::Response>> export_file(access::Site& site, const access::Visit& visit, Format format, Door door);

Task<http::Response> get_import(Doors& doors, access::Visit visit);  // GET  /studio/link-import
// POST /studio/link-import: file (multipart), from, only_domain; says what would happen and keeps the file (import/kept.hpp).
Task<http::Response> post_import(Doors& doors, access::Visit visit);
// POST /studio/link-import/:id/take: imports what was kept. Up to pieces_at_once are in when it answers; a larger file goes on by itself.
Task<http::Response> post_import_take(Doors& doors, access::Visit visit);
inline constexpr std::int64_t pieces_at_once = 2;
Task<http::Response> get_import_state(Doors& doors, access::Visit visit);  // GET /studio/link-import/:id: how far it is

// The promise that a file is imported, made when the creator says the word; its key is "ID.PIECE". One try takes pieces_a_try, so that
// others' files have a turn and a server that ends does not wait for long, and promises the rest. What was cut off goes on with the piece
// that is not in yet.
inline constexpr std::int64_t pieces_a_try = 20;
inline constexpr std::string_view import_kind = "links.import";
// After the last of these it is stopped, and its page says why.
inline constexpr Duration import_waits[] = {seconds(10), minutes(1), minutes(5), minutes(30), hours(2)};
Task<Status> keep_import(Doors& doors, const outbox::Promise& promise);
Task<http::Response> get_export(Doors& doors, access::Visit visit);  // GET  /studio/link-export.csv, .json

}  // namespace barrow::links
