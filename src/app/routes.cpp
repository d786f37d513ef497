// Every URL of Barrow on one page. Below /@slug/ the same routes answer for that shop.
#include "app/api/api.hpp"
#include "app/home.hpp"
#include "app/operator.hpp"
#include "app/rooms.hpp"
#include "rooms/access/domains_http.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/checkout/selling_studio.hpp"
#include "rooms/drafts/drafts_http.hpp"
#include "rooms/guard/guard_http.hpp"
#include "rooms/links/apps.hpp"
#include "rooms/links/bulk_studio.hpp"
#include "rooms/links/escapes_studio.hpp"
#include "rooms/links/import/import_http.hpp"
#include "rooms/links/link_studio.hpp"
#include "rooms/links/links_studio.hpp"
#include "rooms/links/pages/page_http.hpp"
#include "rooms/links/pages/page_studio.hpp"
#include "rooms/orders/order_studio.hpp"
#include "rooms/orders/promise.hpp"
#include "rooms/reports/reports_http.hpp"
#include "rooms/snippets/snippets_http.hpp"
#include "rooms/storefront/products_studio.hpp"
#include "rooms/storefront/snippets_studio.hpp"
#include "rooms/uploads/uploads_http.hpp"
#include "rooms/webhooks/webhooks_studio.hpp"

namespace barrow::app {
namespace {

using http::Method;
using http::Request;
using http::Response;

Task<Response> at_once(Response response) { co_return response; }

class Adder {
public:
    Adder(http::Router& router, Rooms& rooms) : router_(router), rooms_(rooms) {}

    // A handler of one room: Task<Response>(Doors&, Visit).
    template <class Doors>
    void slow(Method method, std::string pattern, Doors& doors, Task<Response> (*handler)(Doors&, access::Visit),
              std::size_t body_max = http::Route::body_max_usual) {
        router_.add({method, std::move(pattern), waiting(doors, handler), body_max});
    }
    // One that mostly has its answer in memory: `in_memory` is asked first.
    template <class Doors>
    void mostly_quick(Method method, std::string pattern, Doors& doors, std::optional<Response> (*in_memory)(Doors&, const access::Visit&),
                      Task<Response> (*handler)(Doors&, access::Visit)) {
        http::Route route{method, std::move(pattern), waiting(doors, handler)};
        route.at_once = [this, &doors, in_memory](Request& request) -> std::optional<Response> {
            const auto visit = access::visit(rooms_.site, request);
            if (!visit.tenant || access::suspended(rooms_.site, visit)) return std::nullopt;
            return in_memory(doors, visit);
        };
        router_.add(std::move(route));
    }
    template <class Doors, class Handler>
    void quick(Method method, std::string pattern, Doors& doors, Handler handler) {
        router_.add({method, std::move(pattern), http::Quick([this, &doors, handler](Request& request) -> Response {
                         const auto visit = access::visit(rooms_.site, request);
                         if (!visit.tenant) return access::no_shop(rooms_.site, visit);
                         if (auto shut = access::suspended(rooms_.site, visit)) return std::move(*shut);
                         return handler(doors, visit);
                     })});
    }

private:
    template <class Doors>
    http::Slow waiting(Doors& doors, Task<Response> (*handler)(Doors&, access::Visit)) {
        return [this, &doors, handler](Request& request) {
            auto visit = access::visit(rooms_.site, request);
            if (!visit.tenant) return at_once(access::no_shop(rooms_.site, visit));
            if (auto shut = access::suspended(rooms_.site, visit)) return at_once(std::move(*shut));
            return handler(doors, std::move(visit));
        };
    }

    http::Router& router_;
    Rooms& rooms_;
};

// A file of web/ at a lasting address, readable from every site.
void add_open_asset(http::Router& router, Rooms& rooms, std::string pattern, std::string path) {
    router.add({Method::get, std::move(pattern), http::Quick([&rooms, path = std::move(path)](Request& request) {
                    // In the language of the shop that is asked.
                    const auto visit = access::visit(rooms.site, request);
                    const auto language = visit.tenant ? visit.words().language() : "en";
                    const bool is_said = path.starts_with("viewer/") && language != "en";
                    return rooms.shelf.answer(request, "", is_said ? std::string(language) + "/" + path : path);
                })});
}

}  // namespace

void add_routes(http::Router& router, Rooms& rooms) {
    auto adder = std::make_shared<Adder>(router, rooms);
    auto& add = *adder;
    auto& site = rooms.site;
    const auto get = Method::get, post = Method::post, patch = Method::patch;

    // Viewers
    add.slow(get, "/", rooms.links, pages::get_bio);
    add.mostly_quick(get, "/s/:slug", rooms.links, links::follow_at_once, links::get_follow);
    add.mostly_quick(get, "/:slug", rooms.links, links::follow_at_once,
                     links::get_follow);  // pages, and where other link managers keep their links; any route wins
    add.slow(post, "/s/:slug", rooms.links, links::post_follow);
    add.slow(post, "/:slug", rooms.links, links::post_follow);
    add.slow(post, "/outside/:token", rooms.links, links::post_tap);
    add.slow(get, "/report/:slug", rooms.links, links::get_report);
    add.slow(post, "/report/:slug", rooms.links, links::post_report);
    add.slow(get, "/qr/:file", rooms.links, links::get_qr);
    add.slow(get, "/p/:slug", rooms.storefront, storefront::get_product);
    add.slow(get, "/p/:slug/now", rooms.storefront, storefront::get_product);  // where a file stands at /p/:slug: app/static_site.hpp
    add.slow(post, "/p/:slug/holds", rooms.checkout, checkout::post_hold);
    add.slow(get, "/live/:slug", rooms.live, live::get_live);
    add.quick(get, "/live/:slug/qr.svg", rooms.live, live::get_qr);
    add.slow(post, "/live/:slug/holds", rooms.checkout, checkout::post_hold);
    add.slow(get, "/letters", rooms.letters, letters::get_letters);
    add.slow(post, "/letters", rooms.letters, letters::post_letters);
    add.slow(get, "/letters/:token", rooms.letters, letters::get_token);
    add.slow(post, "/letters/:token", rooms.letters, letters::post_token);
    add.slow(get, "/holds/:token", rooms.orders, orders::get_hold);
    add.slow(post, "/holds/:token", rooms.orders, orders::post_hold_update);
    add.slow(post, "/holds/:token/orders", rooms.orders, orders::post_order);
    add.slow(get, "/orders/:token", rooms.orders, orders::get_receipt);
    add.slow(get, "/orders/:token/promise.json", site, orders::get_promise);
    add.slow(get, "/orders/:token/promise.html", site, orders::get_promise);
    add.slow(get, "/pay/sandbox/:payment", rooms.payments, payments::get_sandbox);
    add.slow(post, "/pay/sandbox/:payment", rooms.payments, payments::post_sandbox);
    add.slow(post, "/webhooks/:provider", rooms.payments, payments::post_webhook);
    add.slow(get, "/overlay/:session", rooms.live, live::get_overlay);
    add.slow(get, "/overlay/:session/events", rooms.live, live::get_events);
    add.slow(get, "/snippets/:file", site, snippets::get_document);
    add.slow(get, "/bundle.json", site, snippets::get_bundle);
    add.slow(get, "/embed/:slug", rooms.storefront, storefront::get_embed);
    add.slow(get, "/feed.json", rooms.storefront, storefront::get_json_feed);
    add.slow(get, "/feed/google.xml", rooms.storefront, storefront::get_google_feed);
    add.slow(get, "/feed/products.jsonl", rooms.storefront, storefront::get_products_jsonl);
    add.quick(get, "/offline", site, storefront::get_offline);
    add.slow(get, "/oembed", rooms.storefront, storefront::get_oembed);
    add.slow(get, "/verify", site, snippets::get_verify);
    add.slow(get, "/.well-known/apple-app-site-association", rooms.links, links::get_apple_association);
    add.slow(get, "/.well-known/assetlinks.json", rooms.links, links::get_asset_links);
    add.quick(get, "/.well-known/did.json", site, snippets::get_did);
    add.quick(get, "/did.json", site, snippets::get_did);

    // Studio
    add.slow(get, "/studio/login", site, access::get_login);
    add.slow(post, "/studio/login", site, access::post_login);
    add.slow(post, "/studio/logout", site, access::post_logout);
    add.slow(get, "/studio", site, get_home);
    add.slow(get, "/studio/domains", site, access::get_domains);
    add.slow(post, "/studio/domains", site, access::post_domain);
    add.slow(post, "/studio/domains/:name/remove", site, access::post_domain_remove);
    add.slow(post, "/studio/domains/:name/case", site, access::post_domain_case);
    add.slow(post, "/studio/domains/:name/again", site, access::post_domain_again);
    add.slow(get, "/studio/page", rooms.links, pages::get_bio_editor);
    add.slow(post, "/studio/page", rooms.links, pages::post_settings, uploads::body_max);
    add.slow(post, "/studio/pages", rooms.links, pages::post_page);
    add.slow(get, "/studio/pages/:slug", rooms.links, pages::get_editor);
    add.slow(get, "/studio/pages/:slug/preview", rooms.links, pages::get_preview);
    add.slow(post, "/studio/pages/:slug/blocks", rooms.links, pages::post_block, uploads::body_max);
    add.slow(post, "/studio/pages/:slug/blocks/:block", rooms.links, pages::post_change_block, uploads::body_max);
    add.slow(post, "/studio/pages/:slug/order", rooms.links, pages::post_order);
    add.slow(post, "/studio/pages/:slug/about", rooms.links, pages::post_about);
    add.slow(post, "/studio/pages/:slug/style", rooms.links, pages::post_style);
    add.slow(post, "/studio/pages/:slug/publish", rooms.links, pages::post_publish);
    add.slow(post, "/studio/pages/:slug/put-back", rooms.links, pages::post_put_page_back);
    add.slow(post, "/studio/pages/:slug/remove", rooms.links, pages::post_remove);
    add.slow(post, "/studio/pages/:slug/restore", rooms.links, pages::post_restore);
    add.slow(get, "/studio/media", rooms.uploads, uploads::get_studio);
    add.slow(post, "/studio/media", rooms.uploads, uploads::post_studio, uploads::body_max);
    add.slow(post, "/studio/media/:id/alt", rooms.uploads, uploads::post_alt);
    add.slow(post, "/studio/media/:id/remove", rooms.uploads, uploads::post_take_away);
    add.slow(get, "/studio/products", rooms.storefront, storefront::get_products);
    add.slow(get, "/studio/products/new", rooms.storefront, storefront::get_new_product);
    add.slow(post, "/studio/products", rooms.storefront, storefront::post_product, uploads::body_max);
    add.slow(get, "/studio/products/:slug", rooms.storefront, storefront::get_edit);
    add.slow(post, "/studio/products/:slug", rooms.storefront, storefront::post_edit, uploads::body_max);
    add.slow(post, "/studio/products/:slug/archive", rooms.storefront, storefront::post_archive);
    add.slow(post, "/studio/products/:slug/show", rooms.storefront, storefront::post_show);
    add.slow(get, "/studio/selling", site, checkout::get_selling);
    add.slow(post, "/studio/selling", site, checkout::post_selling);
    add.slow(get, "/studio/selling/shipping", site, checkout::get_shipping);
    add.slow(post, "/studio/selling/shipping", site, checkout::post_zone);
    add.slow(post, "/studio/selling/shipping/:id/remove", site, checkout::post_zone_remove);
    add.slow(get, "/studio/selling/codes", site, checkout::get_codes);
    add.slow(post, "/studio/selling/codes", site, checkout::post_code);
    add.slow(post, "/studio/selling/codes/:code/off", site, checkout::post_code_off);
    add.slow(post, "/studio/selling/codes/:code/on", site, checkout::post_code_on);
    add.slow(get, "/studio/snippets", rooms.storefront, storefront::get_snippets);
    add.slow(get, "/studio/snippets/new", rooms.storefront, storefront::get_new_snippet);
    add.slow(post, "/studio/snippets", rooms.storefront, storefront::post_snippet);
    add.slow(get, "/studio/snippets/:id", rooms.storefront, storefront::get_snippet_edit);
    add.slow(post, "/studio/snippets/:id", rooms.storefront, storefront::post_snippet_edit);
    add.slow(post, "/studio/snippets/:id/revoke", rooms.storefront, storefront::post_snippet_revoke);
    add.slow(post, "/studio/snippets/:id/restore", rooms.storefront, storefront::post_snippet_restore);
    add.slow(post, "/studio/snippets/:id/versions/:version/show", rooms.storefront, storefront::post_snippet_version_show);
    add.slow(post, "/studio/snippets/:id/versions/:version/call-off", rooms.storefront, storefront::post_snippet_version_call_off);
    add.slow(get, "/studio/drafts", site, drafts::get_drafts);
    add.slow(get, "/studio/drafts.json", site, drafts::get_drafts_json);
    add.slow(post, "/studio/drafts/sync", site, drafts::post_sync, drafts::sync_body_max);
    add.slow(post, "/studio/drafts", rooms.storefront, storefront::post_draft);
    add.slow(get, "/studio/drafts/:id", rooms.storefront, storefront::get_draft);
    add.slow(post, "/studio/drafts/:id/remove", rooms.storefront, storefront::post_draft_remove);
    add.slow(post, "/studio/drafts/:id/restore", rooms.storefront, storefront::post_draft_restore);
    add.slow(get, "/studio/links", rooms.links, links::get_links);
    add.slow(post, "/studio/links", rooms.links, links::post_link);
    add.slow(get, "/studio/link-import", rooms.links, links::get_import);
    add.slow(post, "/studio/link-import", rooms.links, links::post_import, links::studio_import_body_max);
    add.slow(get, "/studio/link-import/:id", rooms.links, links::get_import_state);
    add.slow(post, "/studio/link-import/:id/take", rooms.links, links::post_import_take);
    add.slow(get, "/studio/link-export.csv", rooms.links, links::get_export);
    add.slow(get, "/studio/link-export.json", rooms.links, links::get_export);
    add.slow(post, "/studio/today", rooms.links, links::post_today);
    add.slow(get, "/studio/escapes", rooms.links, links::get_escapes);
    add.slow(post, "/studio/escapes", rooms.links, links::post_escapes);
    add.slow(post, "/studio/escapes/:recipe", rooms.links, links::post_escape_turn);
    add.slow(get, "/studio/apps", rooms.links, links::get_apps);
    add.slow(post, "/studio/apps", rooms.links, links::post_apps);
    add.slow(post, "/studio/link-templates", rooms.links, links::post_templates);
    add.slow(get, "/studio/links/:slug", rooms.links, links::get_link);
    add.slow(post, "/studio/links/:slug", rooms.links, links::post_change, uploads::body_max);
    add.slow(post, "/studio/links/:slug/preview", rooms.links, links::post_preview, uploads::body_max);
    add.slow(post, "/studio/links/:slug/put-back", rooms.links, links::post_put_back);
    add.slow(post, "/studio/links/:slug/aliases", rooms.links, links::post_aliases);
    add.slow(post, "/studio/links/:slug/remove", rooms.links, links::post_remove);
    add.slow(post, "/studio/links/:slug/restore", rooms.links, links::post_restore);
    add.slow(post, "/studio/link-removals", rooms.links, links::post_removals);
    add.slow(post, "/studio/link-removals/undo", rooms.links, links::post_removals_undo);
    add.slow(post, "/studio/link-acts", rooms.links, links::post_acts);
    add.slow(post, "/studio/link-acts/undo", rooms.links, links::post_acts_undo);
    add.slow(get, "/studio/link-bulk", rooms.links, links::get_bulk);
    add.slow(post, "/studio/link-bulk", rooms.links, links::post_bulk, links::bulk_body_max);
    add.slow(post, "/studio/links/:slug/archive", rooms.links, links::post_archive);
    add.slow(post, "/studio/links/:slug/unarchive", rooms.links, links::post_unarchive);
    add.slow(post, "/studio/links/:slug/end", rooms.links, links::post_end);
    add.slow(post, "/studio/links/:slug/resume", rooms.links, links::post_resume);
    add.slow(get, "/studio/letters", rooms.letters, letters::get_studio);
    add.slow(post, "/studio/letters", rooms.letters, letters::post_studio);
    add.slow(post, "/studio/letters/:id/stop", rooms.letters, letters::post_stop);
    add.slow(get, "/studio/export/letters.csv", rooms.letters, letters::get_csv);
    add.slow(get, "/studio/webhooks", site, webhooks::get_studio);
    add.slow(post, "/studio/webhooks", site, webhooks::post_studio);
    add.slow(post, "/studio/webhooks/:id/:act", site, webhooks::post_act);
    add.slow(get, "/studio/linkcheck", rooms.linkcheck, links::linkcheck::get_linkcheck);
    add.slow(post, "/studio/linkcheck", rooms.linkcheck, links::linkcheck::post_linkcheck);
    add.slow(get, "/studio/health", site, guard::get_health);
    add.slow(post, "/studio/health", rooms.links, guard::post_health);
    add.slow(get, "/studio/touchpoints", site, guard::get_touchpoints);
    add.slow(get, "/studio/touchpoints.csv", site, guard::get_touchpoints_csv);
    add.slow(get, "/studio/touchpoints.json", site, guard::get_touchpoints_json);
    add.slow(post, "/studio/touchpoints", site, guard::post_profile);
    add.slow(get, "/studio/touchpoints/:profile", site, guard::get_profile);
    add.slow(post, "/studio/touchpoints/:profile", site, guard::post_profile_change);
    add.slow(post, "/studio/touchpoints/:profile/remove", site, guard::post_profile_remove);
    add.slow(get, "/studio/orders", rooms.orders, orders::get_orders);
    add.slow(get, "/studio/orders/:order", rooms.orders, orders::get_order_page);
    add.slow(post, "/studio/orders/:order/refunds", rooms.orders, orders::post_refund);
    add.slow(post, "/studio/orders/:order/refunds/:refund/undo", rooms.orders, orders::post_refund_undo);
    add.slow(post, "/studio/orders/:order/disputes/:dispute", rooms.orders, orders::post_dispute_answer);
    add.slow(post, "/studio/orders/:order/sent", rooms.orders, orders::post_sent);
    add.slow(post, "/studio/orders/:order/not-sent", rooms.orders, orders::post_not_sent);
    add.slow(get, "/studio/numbers", rooms.report, reports::get_numbers);
    add.slow(get, "/studio/live", rooms.live, live::get_sessions);
    add.slow(post, "/studio/live", rooms.live, live::post_session);
    add.slow(get, "/studio/live/:session", rooms.live, live::get_control_room);
    add.slow(get, "/studio/live/:session/events", rooms.live, live::get_control_events);
    add.slow(post, "/studio/live/:session/:act", rooms.live, live::post_control);

    add_operator_routes(router, rooms);

    // For programs
    add_open_asset(router, rooms, "/api/v1/openapi.json", "openapi.json");
    add.slow(get, "/api/v1/shop", site, api::get_shop);
    add.slow(patch, "/api/v1/shop", site, api::patch_shop);
    add.slow(get, "/api/v1/products", site, api::get_products);
    add.slow(post, "/api/v1/products", site, api::post_product);
    add.slow(get, "/api/v1/products/:slug", site, api::get_product);
    add.slow(patch, "/api/v1/products/:slug", site, api::patch_product);
    add.slow(get, "/api/v1/shipping-zones", site, api::get_zones);
    add.slow(post, "/api/v1/shipping-zones", site, api::post_zone);
    add.slow(Method::put, "/api/v1/shipping-zones/:id", site, api::put_zone);
    add.slow(Method::del, "/api/v1/shipping-zones/:id", site, api::delete_zone);
    add.slow(get, "/api/v1/tax-rates", site, api::get_tax_rates);
    add.slow(Method::put, "/api/v1/tax-rates", site, api::put_tax_rates);
    add.slow(get, "/api/v1/discounts", site, api::get_discounts);
    add.slow(post, "/api/v1/discounts", site, api::post_discount);
    add.slow(get, "/api/v1/discounts/:code", site, api::get_discount);
    add.slow(patch, "/api/v1/discounts/:code", site, api::patch_discount);
    add.slow(get, "/api/v1/snippets", site, api::get_snippets);
    add.slow(post, "/api/v1/snippets", site, api::post_snippet);
    add.slow(get, "/api/v1/snippets/:slug", site, api::get_snippet);
    add.slow(get, "/api/v1/snippets/:slug/versions", site, api::get_snippet_versions);
    add.slow(post, "/api/v1/snippets/:slug/versions", site, api::post_snippet_version);
    add.slow(post, "/api/v1/snippets/:slug/versions/:version/show", site, api::post_snippet_version_show);
    add.slow(post, "/api/v1/snippets/:slug/versions/:version/call-off", site, api::post_snippet_version_call_off);
    add.slow(post, "/api/v1/snippets/:slug/revoke", site, api::post_snippet_revoke);
    add.slow(post, "/api/v1/snippets/:slug/restore", site, api::post_snippet_restore);
    add.slow(get, "/api/v1/links", site, api::get_links);
    add.slow(post, "/api/v1/links", rooms.links, api::post_link);
    add.slow(post, "/api/v1/links/bulk", rooms.links, api::post_links, api::bulk_body_max);
    add.slow(post, "/api/v1/links/import", rooms.links, api::post_links_import, links::import_body_max);
    add.slow(get, "/api/v1/links/export", site, api::get_links_export);
    add.slow(get, "/api/v1/links/:slug/changes", site, api::get_link_changes);
    add.slow(post, "/api/v1/links/:slug/put-back", site, api::post_link_put_back);
    add.slow(get, "/api/v1/links/:slug", site, api::get_link);
    add.slow(patch, "/api/v1/links/:slug", rooms.links, api::patch_link);
    add.slow(Method::del, "/api/v1/links/:slug", rooms.links, api::delete_link);
    add.slow(post, "/api/v1/links/:slug/restore", rooms.links, api::post_link_restore);
    add.slow(get, "/api/v1/linkcheck", rooms.linkcheck, api::get_linkcheck);
    add.slow(get, "/api/v1/conversions", site, api::get_conversions);
    add.slow(post, "/api/v1/conversions", site, api::post_conversion);
    add.slow(get, "/api/v1/letters", site, api::get_letters);
    add.slow(get, "/api/v1/webhooks", site, api::get_webhooks);
    add.slow(post, "/api/v1/webhooks", site, api::post_webhook);
    add.slow(Method::del, "/api/v1/webhooks/:id", site, api::delete_webhook);
    add.slow(post, "/api/v1/webhooks/:id/rotate", site, api::post_webhook_rotate);
    add.slow(post, "/api/v1/webhooks/:id/test", site, api::post_webhook_test);
    add.slow(get, "/api/v1/webhooks/:id/deliveries", site, api::get_deliveries);
    add.slow(post, "/api/v1/webhooks/:id/deliveries/:delivery/again", site, api::post_delivery_again);
    add.slow(post, "/api/v1/webhooks/:id/again", site, api::post_deliveries_again);
    add.slow(get, "/api/v1/health/links", site, api::get_health);
    add.slow(post, "/api/v1/health/links", site, api::post_health);
    add.slow(get, "/api/v1/touchpoints", site, api::get_touchpoints);
    add.slow(get, "/api/v1/touchpoints/outside", site, api::get_profiles);
    add.slow(post, "/api/v1/touchpoints/outside", site, api::post_profile);
    add.slow(patch, "/api/v1/touchpoints/outside/:id", site, api::patch_profile);
    add.slow(Method::del, "/api/v1/touchpoints/outside/:id", site, api::delete_profile);
    add.slow(get, "/api/v1/media", rooms.uploads, api::get_media);
    add.slow(post, "/api/v1/media", rooms.uploads, api::post_media, uploads::body_max);
    add.slow(Method::del, "/api/v1/media/:id", rooms.uploads, api::delete_media);
    add.slow(get, "/api/v1/pages", site, api::get_pages);
    add.slow(get, "/api/v1/pages/:slug", rooms.links, api::get_page);
    add.slow(Method::put, "/api/v1/pages/:slug", rooms.links, api::put_page);
    add.slow(Method::del, "/api/v1/pages/:slug", site, api::delete_page);
    add.slow(get, "/api/v1/orders", site, api::get_orders);
    add.slow(get, "/api/v1/orders/:id", site, api::get_order);
    add.slow(post, "/api/v1/orders/:id/fulfil", site, api::post_fulfil);
    add.slow(get, "/api/v1/orders/:id/refunds", site, api::get_refunds);
    add.slow(post, "/api/v1/orders/:id/refunds", site, api::post_refund);
    add.slow(Method::del, "/api/v1/orders/:id/refunds/:refund", site, api::delete_refund);
    add.slow(get, "/api/v1/disputes", site, api::get_disputes);
    add.slow(post, "/api/v1/disputes/:id/evidence", rooms.orders, api::post_evidence);
    add.slow(get, "/api/v1/sessions", site, api::get_sessions);
    add.slow(post, "/api/v1/sessions", site, api::post_session);
    add.slow(post, "/api/v1/sessions/:id/start", site, api::post_start);
    add.slow(post, "/api/v1/sessions/:id/pin", site, api::post_pin);
    add.slow(post, "/api/v1/sessions/:id/end", site, api::post_end);
    add.slow(get, "/api/v1/domains", site, api::get_domains);
    add.slow(post, "/api/v1/domains", site, api::post_domain);
    add.slow(Method::del, "/api/v1/domains/:name", site, api::delete_domain);
    add.slow(get, "/api/v1/reports/week", site, api::get_week);

    // Files
    // One address for all time, so that pages of others may name it; they come back for it each time.
    add_open_asset(router, rooms, "/embed.js", "viewer/embed.js");
    add_open_asset(router, rooms, "/sw.js", "viewer/sw.js");
    add_open_asset(router, rooms, "/drafts-sw.js", "studio/drafts_sw.js");  // its scope is one page: see web/studio/drafts.js
    add_open_asset(router, rooms, "/favicon.ico", "shared/mark.svg");
    add.slow(get, "/media/:file", rooms.uploads, uploads::get_media);
    add.slow(get, "/robots.txt", rooms.links, pages::get_robots);
    add.slow(get, "/sitemap.xml", rooms.links, pages::get_sitemap);
    rooms.shelf.add_to(router);
    // The adder lives as long as the routes that refer to it.
    router.add({get, "/demo/:file", http::Quick([adder, &rooms](Request& request) {
                    return rooms.shelf.answer(request, wire::assets_hash(), "viewer/demo/" + request.parameter("file"));
                })});
}

}  // namespace barrow::app
