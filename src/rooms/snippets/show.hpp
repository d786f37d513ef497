// Showing a snippet on a surface: which version (the viewer's arm), the context that its links carry, and its card.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/access/site.hpp"
#include "rooms/experiments/experiments.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/telemetry/units.hpp"

namespace barrow::snippets {

// The snippet that this surface shows of the product: the oldest of those that do.
Result<std::optional<Snippet>> snippet_of(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product,
                                          telemetry::Surface surface, Instant now);

struct Shown {
    Snippet snippet;
    Words words;                 // as they stand on the surface
    telemetry::Context context;  // of what follows from here: surface, snippet, version, arm; link and session as before
};
// The version for this viewer: the arm of a running experiment on the snippet, else the current one.
Result<Shown> show(store::Tx& tx, const access::Shop& shop, Snippet current, std::span<const experiments::Experiment> running,
                   const telemetry::Context& came_with, telemetry::Surface surface, std::string_view unit, Instant now);

// The unit of the request: HMAC of the day's salt, the shop, address and agent.
std::string unit_of(const access::Visit& visit, const telemetry::DaySalt& salt);
// What ?c= says, or a form's context.
telemetry::Context came_with(const access::Visit& visit, Instant now);
std::string context_token(const access::Tenant& tenant, const telemetry::Context& context);

// The values of web/viewer/snippet.html. `state` is stock's words, `href` where its one
// action leads.
wire::Json card(const access::Site& site, const access::Visit& visit, const Snippet& snippet, telemetry::Surface surface,
                const catalog::Product& product, std::string_view state, std::string_view state_kind, std::string href);

// Where the signed document of a version is served, the same bytes for ever: "/snippets/sha256-….json", or "/snippets/tide-lamp.json?v=3"
// of a version from before there were digests.
std::string document_path(const Snippet& snippet);
// The same, signed by the shop's key. Refuses (storage) a version whose seal is broken: our key does not stand under words that somebody
// wrote into the database.
Result<wire::Json> signed_for(const access::Site& site, const access::Tenant& tenant, const Snippet& snippet);

// The price beside a snippet, as a document of its own with the same kind of proof ("/snippets/tide-lamp.quote.json"): `id`, `type`
// "Quote", `shop` (its name), `product` {slug, name}, `url` (the product page, the same text as the snippet's `url`: that is how the two
// belong together), `price_minor`, `currency`, `price` ("€24.00"), `valid_from`, `valid_until` (catalog::quote_life later). Whoever shows
// the price checks proof, url and time first. It names the price list's price; a purchase is bound by the hold's own quote.
wire::Json signed_quote(const access::Site& site, const access::Tenant& tenant, const Snippet& snippet, const catalog::Product& product,
                        Instant now);

}  // namespace barrow::snippets
