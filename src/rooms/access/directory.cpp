#include "rooms/access/directory.hpp"

#include "rooms/access/domains.hpp"
#include "rooms/access/shops.hpp"

namespace barrow::access {

const SigningKey& Tenant::signing_key() const {
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
        if (!key->retired) return *key;
    }
    return keys.back();
}

Status Directory::reload(store::Database& db) {
    return db.read_now([this](store::Tx& tx) { return reload(tx); });
}

Status Directory::reload(store::Tx& tx) {
    const Lock one_at_a_time(reloading_);
    auto fresh = std::make_shared<Snapshot>();
    std::unordered_map<std::string, std::shared_ptr<const Tenant>> by_id;
    std::unordered_map<std::string, Zone> zones;  // each file is read once
    for (auto& shop : TRY(all_shops(tx))) {
        auto tenant = std::make_shared<Tenant>();
        tenant->keys = TRY(signing_keys(tx, shop.id, secrets_));
        tenant->quote_key = secrets_.derive(shop.id, "quote");
        tenant->context_key = secrets_.derive(shop.id, "context");
        tenant->unit_key = secrets_.derive(shop.id, "unit");
        const auto [zone, is_new] = zones.try_emplace(shop.time_zone);
        if (is_new) {
            if (auto named = Zone::named(shop.time_zone)) zone->second = std::move(*named);
        }
        tenant->zone = zone->second;
        tenant->shop = std::move(shop);
        if (!tenant->shop.host.empty()) fresh->hosts[tenant->shop.host].tenant = tenant;
        fresh->slugs[tenant->shop.slug] = tenant;
        by_id[tenant->shop.id.text] = tenant;
        fresh->in_order.push_back(std::move(tenant));
    }
    for (const auto& domain : TRY(all_domains(tx))) {
        if (const auto found = by_id.find(domain.shop.text); found != by_id.end())
            fresh->hosts[domain.name] = {.tenant = found->second, .ignores_case = domain.ignores_case};
    }
    const Lock lock(mutex_);
    snapshot_ = std::move(fresh);
    return {};
}

std::shared_ptr<const Directory::Snapshot> Directory::snapshot() const {
    const Lock lock(mutex_);
    return snapshot_;
}

std::shared_ptr<const Tenant> Directory::first() const {
    const auto now = snapshot();
    return now->in_order.empty() ? nullptr : now->in_order.front();
}
bool Directory::is_single() const { return snapshot()->in_order.size() == 1; }
std::shared_ptr<const Tenant> Directory::by_host(std::string_view host) const { return door(host).tenant; }
Directory::Door Directory::door(std::string_view host) const {
    const auto now = snapshot();
    const auto found = now->hosts.find(host);
    return found == now->hosts.end() ? Door{} : found->second;
}
std::shared_ptr<const Tenant> Directory::by_slug(std::string_view slug) const {
    const auto now = snapshot();
    const auto found = now->slugs.find(slug);
    return found == now->slugs.end() ? nullptr : found->second;
}
std::vector<std::shared_ptr<const Tenant>> Directory::all() const { return snapshot()->in_order; }

}  // namespace barrow::access
