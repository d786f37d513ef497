// The studio's page of drafts and what it sends and asks for; the form of one draft without scripts is storefront's.
#pragma once

#include "rooms/access/site.hpp"

namespace barrow::drafts {

// GET /studio/drafts: a shell without anything of the shop's work in it; web/studio/drafts.js fills it from the device.
Task<http::Response> get_drafts(access::Site& site, access::Visit visit);
// GET /studio/drafts.json → {csrf, now_ms, products: [{id, name, price}]}: what a device needs before it asks for drafts.
Task<http::Response> get_drafts_json(access::Site& site, access::Visit visit);
// POST /studio/drafts/sync: {csrf, device, have: {ID: DIGEST}, drafts: [document]} → {now_ms, ids, drafts, refused: [{id, code, why}],
// more}. Each document is merged into the shop's; one that is refused holds up no other. What differs from what the device has comes back,
// up to a megabyte; `more` says to ask again. A digest is "" where the device has words of a draft and nothing of the shop's. Sent twice it
// does the same once. `code` is "clock", "bounds", "form", or "put_back": the shop has seen more of this device than it knows of itself, so
// its new words have names that are taken.
Task<http::Response> post_sync(access::Site& site, access::Visit visit);

inline constexpr std::size_t sync_body_max = 1 << 20;
inline constexpr std::size_t sync_drafts_max = 20;
inline constexpr std::size_t answer_bytes_max = 1'000'000;

}  // namespace barrow::drafts
