#include "rooms/orders/promise.hpp"

#include "floor/wire/assets.hpp"
#include "floor/wire/markup.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/file_page.hpp"
#include "rooms/access/signing_keys.hpp"
#include "rooms/snippets/show.hpp"

namespace barrow::orders {

Result<wire::Json> promise_receipt(store::Tx& tx, const access::Site& site, const access::Tenant& tenant, const Order& order) {
    const auto& shop = tenant.shop;
    const wire::Words say(shop.language);
    if (!order.paid || order.state == State::cancelled) return fail(Fault::conflict, "an order has a receipt once it is paid");
    wire::Json::Array lines;
    for (const auto& line : order.lines) {
        auto one = wire::Json::object({{"pieces", line.pieces},
                                       {"product", line.product_name},
                                       {"price", say.money(line.price)},
                                       {"amount", say.money(line.amount)},
                                       {"amount_minor", line.amount.minor}});
        if (line.discount.minor > 0) one.set("discount", say.money(line.discount)).set("discount_minor", line.discount.minor);
        if (!line.snippet.empty()) {
            const auto seen = snippets::find_version(tx, shop.id, line.snippet, line.context.snippet_version);
            auto document = seen ? snippets::signed_for(site, tenant, *seen) : Result<wire::Json>(seen.error());
            if (document) one.set("surface", telemetry::name(line.context.surface)).set("snippet", std::move(*document));
        }
        lines.push_back(std::move(one));
    }
    wire::Json::Array parts;  // of the total, beside the goods
    if (order.shipping.minor != 0)
        parts.push_back(wire::Json::object(
            {{"what", order.shipping_name.empty() ? say("Shipping") : say("Shipping · {way}", {{"way", order.shipping_name}})},
             {"amount", say.money(order.shipping)},
             {"amount_minor", order.shipping.minor}}));
    const auto second = [](Instant at) { return iso(Instant{at.seconds() * 1'000'000}); };
    auto document = wire::Json::object({{"type", "PromiseReceipt"},
                                        {"shop", shop.name},
                                        {"seller", shop.seller()},
                                        {"address", access::address(site, shop, "/")},
                                        {"order", order.number},
                                        {"placed", second(order.placed)},
                                        {"paid", second(*order.paid)},
                                        {"lines", std::move(lines)},
                                        {"more", std::move(parts)},
                                        {"total", say.money(order.sum)},
                                        {"total_minor", order.sum.minor},
                                        {"tax", say.money(order.tax)},
                                        {"tax_minor", order.tax.minor},
                                        {"currency", order.sum.currency.code()},
                                        {"did", access::did_document(access::did(site, shop), tenant.keys)}});
    if (!order.discount_code.empty())
        document.set("discount_code", order.discount_code)
            .set("discount", say.money(order.discount))
            .set("discount_minor", order.discount.minor);
    return sign::with_proof(std::move(document), access::proof_key(site, tenant), *order.paid);
}

namespace {

// A page that stands alone: style, scripts and the document are in it.
std::string alone(const access::Site& site, const access::Visit& visit, const Order& order, const wire::Json& document) {
    std::string script;
    for (const auto* path : {"shared/verify.js", "viewer/promise.js"}) {
        const auto* asset = wire::find_asset(path, visit.words().language());
        check(asset != nullptr);
        script += asset->plain;
    }
    wire::Json::Array lines, told;
    for (const auto& line : document.find("lines")->items()) {
        lines.push_back(
            wire::Json::object({{"label", std::to_string(line.find("pieces")->integer()) + " × " + line.find("product")->text()},
                                {"amount", line.find("amount")->text()}}));
        if (const auto* snippet = line.find("snippet")) {
            const auto said = [](const wire::Json* where, std::string_view name) {
                const auto* one = where != nullptr ? where->find(name) : nullptr;
                return one != nullptr && one->is_text() ? wire::markup_text(one->text()) : std::string();
            };
            // A surface may have had words of its own.
            const auto *variants = snippet->find("variants"), *surface = line.find("surface");
            const auto* own = variants != nullptr && surface != nullptr ? variants->find(surface->text()) : nullptr;
            const auto here = [&](std::string_view name) {
                auto text = said(own, name);
                return text.empty() ? said(snippet, name) : text;
            };
            const auto* evidence = snippet->find("evidence");
            told.push_back(wire::Json::object(
                {{"does", here("does")}, {"how", here("how")}, {"proof", said(evidence, "text")}, {"source", said(evidence, "source")}}));
        }
    }
    for (const auto& part : document.find("more")->items())
        lines.push_back(wire::Json::object({{"label", part.find("what")->text()}, {"amount", part.find("amount")->text()}}));
    const auto paid = access::time_value(visit.zone(), *order.paid, access::date_and_time(visit.zone(), *order.paid, visit.words()));
    auto page = access::page(site, visit, "viewer/promise.html",
                             wire::Json::object({{"number", order.number},
                                                 {"paid", paid},
                                                 {"lines", std::move(lines)},
                                                 {"total", visit.words().money(order.sum)},
                                                 {"tax", order.tax.minor != 0 ? visit.words().money(order.tax) : ""},
                                                 {"told", std::move(told)},
                                                 {"address", access::address(site, visit.shop(), "/")},
                                                 {"did_url", access::address(site, visit.shop(), "/did.json")},
                                                 {"document_html", wire::json_in_html(document)},
                                                 {"body", wire::write_json_pretty(document)},
                                                 {"script_html", script}}));
    return access::file_page(std::move(page.body));
}

}  // namespace

Task<http::Response> get_promise(access::Site& site, access::Visit visit) {
    const auto token = visit.request.parameter("token");
    const bool as_page = visit.request.path.ends_with(".html");
    std::optional<Order> order;
    const auto document = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        order = TRY(find_by_token(tx, visit.shop().id, token));
        return promise_receipt(tx, site, *visit.tenant, *order);
    });
    if (!document) co_return access::refusal(site, visit, document.error());
    const auto name = "receipt-" + visit.shop().slug + "-" + std::to_string(order->number);
    auto response = as_page ? http::Response::html(alone(site, visit, *order, *document))
                            : http::Response::json(wire::write_json_pretty(*document) + "\n");
    response.headers.emplace_back("content-disposition", "attachment; filename=\"" + name + (as_page ? ".html\"" : ".json\""));
    response.headers.emplace_back("cache-control", "private, no-store");
    // Opened here, it may do no more than from a disk.
    if (as_page) response.headers.emplace_back("content-security-policy", "sandbox allow-scripts; frame-ancestors 'none'");
    co_return response;
}

}  // namespace barrow::orders
