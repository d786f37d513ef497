#include "rooms/snippets/show.hpp"

#include <algorithm>
#include <array>

#include "floor/wire/markup.hpp"
#include "rooms/catalog/quote.hpp"

namespace barrow::snippets {

Result<Shown> show(store::Tx& tx, const access::Shop& shop, Snippet current, std::span<const experiments::Experiment> running,
                   const telemetry::Context& came_with, telemetry::Surface surface, std::string_view unit, Instant now) {
    telemetry::Context context = came_with;
    std::erase_if(context.arms, [&](const telemetry::Arm& arm) {
        return std::ranges::none_of(running, [&](const auto& experiment) { return experiment.number == arm.experiment; });
    });
    for (const auto& experiment : running) {
        if (experiment.snippet_id != current.id.text) continue;
        const auto arm = experiments::arm_of(experiment, came_with, unit);
        if (!arm) continue;
        const auto version = experiment.arms[static_cast<std::size_t>(*arm)].snippet_version;
        if (version != current.version) current = TRY(find_version(tx, shop.id, current.id, version));
        std::erase_if(context.arms, [&](const telemetry::Arm& seen) { return seen.experiment == experiment.number; });
        if (context.arms.size() == 2) context.arms.erase(context.arms.begin());
        context.arms.push_back({.experiment = experiment.number, .arm = *arm});
        break;
    }
    context.surface = surface;
    context.snippet = current.number;
    context.snippet_version = current.version;
    context.day = now.day();
    auto words = on(current.words, surface);
    return Shown{std::move(current), std::move(words), std::move(context)};
}

std::string unit_of(const access::Visit& visit, const telemetry::DaySalt& salt) {
    return salt.unit(visit.shop().id, visit.request.peer, visit.request.header("user-agent"));
}

Result<std::optional<Snippet>> snippet_of(store::Tx& tx, const Id<access::Shop>& shop, const Id<catalog::Product>& product,
                                          telemetry::Surface surface, Instant now) {
    for (auto& snippet : TRY(of_product(tx, shop, product, now))) {
        if (snippet.on(surface)) return std::optional(std::move(snippet));
    }
    return std::optional<Snippet>();
}

telemetry::Context came_with(const access::Visit& visit, Instant now) {
    return telemetry::context_or_none(visit.request.query_value("c").value_or(""), visit.shop().id, visit.tenant->context_key, now);
}

std::string context_token(const access::Tenant& tenant, const telemetry::Context& context) {
    return telemetry::write_context(context, tenant.shop.id, tenant.context_key);
}

std::string document_path(const Snippet& snippet) {
    if (!snippet.digest.empty()) return "/snippets/" + snippet.digest + ".json";
    return "/snippets/" + snippet.slug + ".json?v=" + std::to_string(snippet.version);
}

Result<wire::Json> signed_for(const access::Site& site, const access::Tenant& tenant, const Snippet& snippet) {
    if (seal_of(snippet, tenant.shop.id, site.secrets) == Seal::broken) {
        return fail(Fault::storage,
                    "this document is not what was published: snippet " + snippet.id.text + ", version " + std::to_string(snippet.version));
    }
    return signed_document(snippet, access::address(site, tenant.shop, ""), document_path(snippet), access::proof_key(site, tenant));
}

wire::Json signed_quote(const access::Site& site, const access::Tenant& tenant, const Snippet& snippet, const catalog::Product& product,
                        Instant now) {
    const auto from = Instant{now.seconds() * 1'000'000};
    auto quote = wire::Json::object({{"id", access::address(site, tenant.shop, "/snippets/" + snippet.slug + ".quote.json")},
                                     {"type", "Quote"},
                                     {"shop", tenant.shop.name},
                                     {"product", wire::Json::object({{"slug", product.slug}, {"name", product.name}})},
                                     {"url", "../p/" + product.slug},
                                     {"price_minor", product.price.minor},
                                     {"currency", product.price.currency.code()},
                                     {"price", wire::Words(tenant.shop.language).money(product.price)},
                                     {"valid_from", iso(from)},
                                     {"valid_until", iso(catalog::quote_of(product, now).valid_until)}});
    if (product.tax_behavior == catalog::TaxBehavior::exclusive) quote.set("tax_behavior", catalog::name(product.tax_behavior));
    return sign::with_proof(std::move(quote), access::proof_key(site, tenant), from);
}

wire::Json card(const access::Site& site, const access::Visit& visit, const Snippet& snippet, telemetry::Surface surface,
                const catalog::Product& product, std::string_view state, std::string_view state_kind, std::string href) {
    const auto say = visit.words();
    const auto price = say.money(product.price);
    const auto words = on(snippet.words, surface);
    return wire::Json::object({{"title", words.title},
                               {"how_html", wire::markup_html(words.how)},
                               {"product_name", product.name},
                               {"price", price},
                               {"state", state},
                               {"state_kind", state_kind},
                               {"proof_html", wire::markup_html(words.proof)},
                               {"proof_source", words.proof_source},
                               {"proof_url", words.proof_url},
                               {"href", std::move(href)},
                               {"action", (words.action.empty() ? say("See it") : words.action) + " · " + price},
                               {"image", product.image.empty() ? std::string() : visit.base + product.image},
                               {"image_alt", product.image_alt},
                               {"doc_url", visit.base + document_path(snippet)},
                               {"signer", access::authority(site, visit.shop())},
                               {"signed_on", access::long_date(visit.zone(), snippet.published, say)},
                               {"version", snippet.version},
                               {"key", sign::multikey(visit.tenant->signing_key().keys.public_key)}});
}

}  // namespace barrow::snippets
