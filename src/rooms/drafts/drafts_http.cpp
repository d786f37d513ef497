#include "rooms/drafts/drafts_http.hpp"

#include <algorithm>
#include <map>

#include "rooms/access/studio.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/drafts/draft.hpp"

namespace barrow::drafts {
namespace {

using Have = std::map<std::string, std::string>;  // id → digest

// What the device lacks. One that ended is told to those who have it.
Result<wire::Json> answer(store::Tx& tx, const Id<access::Shop>& shop, const Have& have, Instant now) {
    wire::Json::Array ids, documents;
    std::size_t bytes = 0;
    bool more = false;
    for (const auto& line : TRY(lines(tx, shop))) {
        ids.push_back(line.id);
        const auto known = have.find(line.id);
        const bool wanted = known == have.end() ? line.written_on : known->second != line.digest;
        if (!wanted) continue;
        if (bytes > answer_bytes_max) {
            more = true;
            continue;
        }
        const auto kept = TRY(find(tx, shop, line.id));
        bytes += canonical(kept.document).size();
        documents.push_back(wire::Json::object({{"digest", kept.digest}, {"draft", to_json(kept.document)}}));
    }
    return wire::Json::object({{"now_ms", now.us / 1'000}, {"ids", std::move(ids)}, {"drafts", std::move(documents)}, {"more", more}});
}

struct Sync {
    wire::Json body;
    Have have;
};

Result<Sync> read_sync(const access::Visit& visit) {
    if (!visit.request.header("content-type").starts_with("application/json")) return fail(Fault::bad_input, "send application/json");
    Sync sync{.body = TRY(wire::read_json(visit.request.body, {.bytes_max = sync_body_max, .depth_max = 8})), .have = {}};
    const auto *have = sync.body.find("have"), *sent = sync.body.find("drafts"), *device = sync.body.find("device");
    if (have == nullptr || !have->is_object() || sent == nullptr || !sent->is_array() || device == nullptr || !device->is_text())
        return fail(Fault::bad_input, "send {csrf, device, have, drafts}");
    if (sent->items().size() > sync_drafts_max)
        return fail(Fault::too_large, "at most " + std::to_string(sync_drafts_max) + " drafts at once");
    if (have->members().size() > static_cast<std::size_t>(kept_max)) return fail(Fault::too_large, "have names too many drafts");
    for (const auto& [id, digest] : have->members()) {
        if (!digest.is_text()) return fail(Fault::bad_input, "have: a digest is text");
        sync.have.emplace(id, digest.text());
    }
    return sync;
}

// One that cannot be taken is told of in the answer, so that the others are kept all the same; nothing of it was written.
Status take_all(store::Tx& tx, const access::Site& site, const Id<access::Shop>& shop, const wire::Json& body, Instant now,
                wire::Json::Array& refused) {
    const auto& device = body.find("device")->text();
    const auto seen_of = [&](const Document& document) {
        const auto found = document.context.find(device);
        return found == document.context.end() ? 0 : found->second;
    };
    for (const auto& one : body.find("drafts")->items()) {
        const auto* id = one.find("id");
        const auto refuse = [&](std::string_view code, const Error& error) {
            refused.push_back(wire::Json::object(
                {{"id", id != nullptr && id->is_text() ? id->text() : ""}, {"code", code}, {"why", access::sentence(error.text)}}));
        };
        const auto document = read(one);
        if (!document) {
            refuse("form", document.error());
            continue;
        }
        const auto before = find(tx, shop, document->id);
        if (before && seen_of(before->document) > seen_of(*document)) {
            refuse("put_back", fail(Fault::conflict, "this device was put back from a backup"));
            continue;
        }
        const auto kept = take(tx, shop, *document, now, site.random);
        if (kept) continue;
        if (kept.error().fault == Fault::too_large)
            refuse("bounds", kept.error());
        else if (kept.error().fault == Fault::bad_input)
            refuse("clock", kept.error());
        else
            return kept.error();
    }
    return {};
}

http::Response told(Result<wire::Json> answer) {
    if (!answer) return http::problem(answer.error());
    return http::Response::json(wire::write_json(*answer)).with("cache-control", "no-store");
}

}  // namespace

Task<http::Response> get_drafts(access::Site& site, access::Visit visit) {
    co_return co_await access::studio_page(site, visit, [&](store::Tx&) -> Result<access::StudioPage> {
        return access::StudioPage{.place = "snippets",
                                  .title = "Drafts",
                                  .template_path = "studio/drafts.html",
                                  .values = wire::Json::object({{"shop_id", visit.shop().id.text}, {"log_out", false}}),
                                  .toast = {}};
    });
}

Task<http::Response> get_drafts_json(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    co_return told(co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto session = TRY(access::owner(tx, visit, now));
        wire::Json::Array products;
        for (const auto& product : TRY(catalog::all(tx, visit.shop().id)))
            products.push_back(wire::Json::object({{"id", product.id.text}, {"name", product.name}, {"price", display(product.price)}}));
        return wire::Json::object({{"csrf", session.csrf}, {"now_ms", now.us / 1'000}, {"products", std::move(products)}});
    }));
}

Task<http::Response> post_sync(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto sync = read_sync(visit);
    if (!sync) co_return http::problem(sync.error());
    co_return told(co_await site.db.write([&](store::Tx& tx) -> Result<wire::Json> {
        const auto session = TRY(access::owner(tx, visit, now));
        TRY(access::same_csrf(session, sync->body));
        wire::Json::Array refused;
        TRY(take_all(tx, site, visit.shop().id, sync->body, now, refused));
        auto json = TRY(answer(tx, visit.shop().id, sync->have, now));
        json.set("refused", std::move(refused));
        return json;
    }));
}

}  // namespace barrow::drafts
