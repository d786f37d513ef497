// Directory: every shop in memory, found by host or slug. Read on each request, changed rarely.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/base/zone.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/secrets.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/access/signing_keys.hpp"

namespace barrow::access {

// A shop and what is kept ready for it.
struct Tenant {
    Shop shop;
    Zone zone;  // of shop.time_zone; UTC where this machine does not know it
    std::vector<SigningKey> keys;
    std::array<std::uint8_t, 32> quote_key, context_key, unit_key;

    [[nodiscard]] const SigningKey& signing_key() const;  // the newest that is not retired
};

class Directory {
public:
    explicit Directory(const Secrets& secrets) : secrets_(secrets) {}

    // Reads all shops anew; call it after a write to them. Costs a read of every shop. One at a time, and nothing may be read in `tx`
    // before: else an older view could take a newer one's place.
    Status reload(store::Database& db);
    Status reload(store::Tx& tx);

    // nullptr: there is none.
    [[nodiscard]] std::shared_ptr<const Tenant> first() const;
    [[nodiscard]] bool is_single() const;                                              // one shop alone
    [[nodiscard]] std::shared_ptr<const Tenant> by_host(std::string_view host) const;  // its host, or one of its domains
    [[nodiscard]] std::shared_ptr<const Tenant> by_slug(std::string_view slug) const;
    [[nodiscard]] std::vector<std::shared_ptr<const Tenant>> all() const;

    // What a host leads to: as by_host, with the domain's rule for the case of short links.
    struct Door {
        std::shared_ptr<const Tenant> tenant;
        bool ignores_case = false;
    };
    [[nodiscard]] Door door(std::string_view host) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    template <class Thing>
    using Map = std::unordered_map<std::string, Thing, Hash, std::equal_to<>>;
    struct Snapshot {
        std::vector<std::shared_ptr<const Tenant>> in_order;
        Map<Door> hosts;
        Map<std::shared_ptr<const Tenant>> slugs;
    };
    [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const;

    const Secrets& secrets_;
    Mutex reloading_;
    mutable Mutex mutex_;
    std::shared_ptr<const Snapshot> snapshot_ guarded_by(mutex_) = std::make_shared<Snapshot>();
};

}  // namespace barrow::access
