#include "rooms/links/conversion.hpp"

#include <algorithm>
#include <array>

#include "floor/wire/form.hpp"
#include "rooms/links/conversion.sql.hpp"
#include "rooms/links/link.hpp"
#include "rooms/telemetry/context.hpp"
#include "rooms/telemetry/counters.hpp"
#include "rooms/webhooks/webhooks.hpp"

namespace barrow::links {
namespace {

namespace query = conversion::sql;

constexpr std::array<std::string_view, 3> kinds{"lead", "sale", "refund"};
constexpr std::array<std::string_view, 3> events{"lead.created", "sale.created", "sale.refunded"};

Conversion conversion_of(const store::Row& row) {
    Conversion made{.kind = *conversion_kind_named(row.text("kind")),
                    .key = row.text("key"),
                    .name = row.text("name"),
                    .sale = row.text("sale"),
                    .occurred = row.instant("occurred_us"),
                    .number = row.integer("number"),
                    .link = row.integer("link"),
                    .refunded = row.integer("refunded_minor"),
                    .received = row.instant("received_us")};
    if (const auto currency = row.text("currency"); !currency.empty())
        made.amount = Money{row.integer("amount_minor"), *Currency::read(currency)};
    return made;
}

// What brought it, as it is written down.
struct Origin {
    std::int64_t link = 0;
    std::string arms;
    std::int64_t day = 0;
};

Result<Origin> origin_of(store::Tx& tx, const access::Tenant& tenant, const Touched& touched, Instant now) {
    if (touched.token.empty() == touched.slug.empty())
        return fail(Fault::bad_input, "say what brought it: either \"context\", as it stood in the address, or \"link\", a link's name");
    if (!touched.slug.empty()) return Origin{.link = TRY(find(tx, tenant.shop.id, touched.slug)).number, .arms = {}, .day = now.day()};
    const auto context = telemetry::read_context(touched.token, tenant.shop.id, tenant.context_key, now);
    if (!context)
        return fail(Fault::bad_input, "the context is not one of this shop's of the last " + std::to_string(telemetry::context_days_max) +
                                          " days; send it back letter by letter as it stood in the address");
    if (context->link == 0) return fail(Fault::bad_input, "the context names no link");
    return Origin{.link = context->link, .arms = telemetry::write_arms(context->arms), .day = context->day};
}

Status examine(const Conversion& wanted, Instant now) {
    const auto refuse = [](const std::string& why) { return fail(Fault::bad_input, why); };
    if (wanted.key.empty() || wire::character_count(wanted.key) > conversion_key_max)
        return refuse("\"key\" must be your own name of it, like an order number, of at most 100 characters");
    if (wanted.key.find('@') != std::string::npos)
        return refuse("\"key\" may not name a person: take your order number, not an e-mail address");
    if (std::ranges::any_of(wanted.key + wanted.name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
        return refuse("\"key\" and \"name\" must be without control characters");
    if (wire::character_count(wanted.name) > conversion_name_max) return refuse("\"name\" is longer than 60 characters");
    if (wanted.occurred && *wanted.occurred > now + minutes(5)) return refuse("\"occurred\" is later than now");
    const bool lead = wanted.kind == ConversionKind::lead;
    if (lead && wanted.amount) return refuse("a lead has no \"amount\"; tell a sale instead");
    if (!lead && (!wanted.amount || wanted.amount->minor <= 0 || wanted.amount->minor > amount_minor_max))
        return refuse("a " + std::string(name(wanted.kind)) +
                      " needs an \"amount\" above 0, like {\"minor\": 2400, \"currency\": \"EUR\"}");
    if ((wanted.kind == ConversionKind::refund) == wanted.sale.empty())
        return refuse(lead || wanted.kind == ConversionKind::sale ? "\"sale\" is for refunds only"
                                                                  : "a refund needs \"sale\", the key of its sale");
    return {};
}

bool same(const Conversion& kept, const Conversion& told) {
    return kept.name == told.name && kept.sale == told.sale && kept.amount == told.amount;
}

Result<std::optional<Conversion>> find_one(store::Tx& tx, const Id<access::Shop>& shop, ConversionKind kind, const std::string& key) {
    const auto rows = TRY(tx.run(query::find, {shop, name(kind), key}));
    return rows.empty() ? std::optional<Conversion>() : conversion_of(rows[0]);
}

// The sale gives so much back, if so much is left of it.
Result<Origin> take_back(store::Tx& tx, const Id<access::Shop>& shop, const Conversion& refund) {
    const auto rows = TRY(tx.run(query::take_back, {shop, refund.sale, refund.amount->minor, refund.amount->currency.code()}));
    if (!rows.empty()) return Origin{.link = rows[0].integer("link"), .arms = rows[0].text("arms"), .day = rows[0].integer("day")};
    const auto sale = TRY(find_one(tx, shop, ConversionKind::sale, refund.sale));
    if (!sale) return fail(Fault::not_found, "there is no sale with the key \"" + refund.sale + "\"");
    return fail(Fault::conflict, "of the sale \"" + refund.sale + "\" there is " +
                                     display({sale->amount->minor - sale->refunded, sale->amount->currency}) + " left to give back");
}

}  // namespace

std::string_view name(ConversionKind kind) { return kinds[static_cast<std::size_t>(kind)]; }
std::optional<ConversionKind> conversion_kind_named(std::string_view word) {
    const auto found = std::ranges::find(kinds, word);
    return found == kinds.end() ? std::nullopt : std::optional(static_cast<ConversionKind>(found - kinds.begin()));
}

wire::Json conversion_json(const Conversion& conversion) {
    auto json = wire::Json::object({{"number", conversion.number},
                                    {"event", name(conversion.kind)},
                                    {"key", conversion.key},
                                    {"name", conversion.name},
                                    {"link", conversion.link},
                                    {"occurred", iso_ms(conversion.occurred.value_or(conversion.received))},
                                    {"received", iso_ms(conversion.received)}});
    if (conversion.amount)
        json.set("amount", wire::Json::object({{"minor", conversion.amount->minor}, {"currency", conversion.amount->currency.code()}}));
    if (!conversion.sale.empty()) json.set("sale", conversion.sale);
    if (conversion.refunded > 0) json.set("refunded_minor", conversion.refunded);
    return json;
}

Result<Recorded> record(store::Tx& tx, const access::Tenant& tenant, const Conversion& wanted, const Touched& touched, Instant now) {
    const auto& shop = tenant.shop.id;
    TRY(examine(wanted, now));
    if (auto kept = TRY(find_one(tx, shop, wanted.kind, wanted.key))) {
        if (!same(*kept, wanted))
            return fail(Fault::conflict, "the key \"" + wanted.key + "\" was told before with other values; a new " +
                                             std::string(name(wanted.kind)) + " needs a key of its own");
        return Recorded{.conversion = std::move(*kept), .is_new = false};
    }
    const bool refund = wanted.kind == ConversionKind::refund;
    const auto origin = refund ? TRY(take_back(tx, shop, wanted)) : TRY(origin_of(tx, tenant, touched, now));
    if (!touched.token.empty() && wanted.occurred && wanted.occurred->day() < origin.day)
        return fail(Fault::bad_input, "\"occurred\" is before the click: that was on " + iso_day(origin.day));
    auto made = wanted;
    made.number = TRY(telemetry::next_number(tx, shop, "conversion"));
    made.link = origin.link;
    made.received = now;
    if (!made.occurred) made.occurred = now;
    const auto rows = TRY(tx.run(query::add, {shop, name(made.kind), made.key, made.number, made.link, origin.arms, origin.day, made.name,
                                              made.sale, made.amount ? made.amount->minor : 0,
                                              made.amount ? made.amount->currency.code() : std::string_view(), *made.occurred, now}));
    if (rows.empty()) return fail(Fault::busy, "the same was told at the same moment; ask again");
    webhooks::Event event{.type = events[static_cast<std::size_t>(made.kind)],
                          .key = std::string(name(made.kind)) + "/" + made.key,
                          .data = conversion_json(made)};
    TRY(webhooks::tell(tx, shop, event, now));
    return Recorded{.conversion = std::move(made), .is_new = true};
}

Result<std::vector<Conversion>> conversions(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t before, std::int64_t count) {
    std::vector<Conversion> found;
    const auto rows = TRY(tx.run(query::newest, {shop, before > 0 ? before : amount_minor_max, count}));
    for (const auto& row : rows) found.push_back(conversion_of(row));
    return found;
}

Result<Brought> brought_by(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link, Instant since) {
    Brought brought;
    const auto rows = TRY(tx.run(query::brought, {shop, link, since}));
    for (const auto& row : rows) {
        brought.leads += row.integer("leads");
        if (const auto currency = row.text("currency"); !currency.empty() && row.integer("sales") > 0)
            brought.sales.push_back({.count = row.integer("sales"), .net = {row.integer("net_minor"), *Currency::read(currency)}});
    }
    return brought;
}

}  // namespace barrow::links
