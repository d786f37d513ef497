// Conversions: what a link brought in somebody else's shop. A link that asks for them hands the click's context to its target (`bw=…`, or
// where the target says {context}); the other shop's server gives it back with a lead, a sale or a refund. The context names a link and a
// day, never a person, and nothing that is kept here does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/money.hpp"
#include "floor/store/store.hpp"
#include "floor/wire/json.hpp"
#include "rooms/access/directory.hpp"

namespace barrow::links {

inline constexpr std::size_t conversion_key_max = 100, conversion_name_max = 60;

enum class ConversionKind : std::uint8_t { lead, sale, refund };
std::string_view name(ConversionKind kind);
std::optional<ConversionKind> conversion_kind_named(std::string_view word);

struct Conversion {
    ConversionKind kind = ConversionKind::lead;
    std::string key;              // the other shop's name of it: an order number, a sign-up's id
    std::string name;             // "newsletter", "trial" …, or ""
    std::string sale;             // of a refund: the key of the sale that it is of
    std::optional<Money> amount;  // none for a lead
    std::optional<Instant> occurred;

    // As it was kept.
    std::int64_t number = 0;    // of the shop, from 1
    std::int64_t link = 0;      // the link's number
    std::int64_t refunded = 0;  // of a sale: how much of it came back, in minor units
    Instant received;
};

// What brought it: a context token as the target got it, or the slug of a link where no token can travel (a spoken code, a phone order).
// A refund needs neither, since its sale says.
struct Touched {
    std::string token, slug;
};

struct Recorded {
    Conversion conversion;
    bool is_new = false;  // false: this key was told before, with the same values
};
// Keeps it, and tells webhooks (lead.created, sale.created, sale.refunded) in the same transaction. Refuses (bad_input) a token that this
// shop did not sign or that is older than telemetry::context_days_max, a key with "@" (it may not name a person) and times that are
// later than now or before the token's day; (not_found) a link, or a refund's sale, that is not there; (conflict) a key that was told
// with other values, and a refund of more than is left of its sale, or in another currency.
Result<Recorded> record(store::Tx& tx, const access::Tenant& tenant, const Conversion& conversion, const Touched& touched, Instant now);

// The form of API and webhooks.
wire::Json conversion_json(const Conversion& conversion);

// Newest first, those with a number below `before` (0: from the newest); at most `count`.
Result<std::vector<Conversion>> conversions(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t before, std::int64_t count);

// What a link brought since a moment; what came back of a sale is taken off.
struct Brought {
    std::int64_t leads = 0;
    struct Sales {
        std::int64_t count = 0;
        Money net;
    };
    std::vector<Sales> sales;  // one a currency
};
Result<Brought> brought_by(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link, Instant since);

}  // namespace barrow::links
