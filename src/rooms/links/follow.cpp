#include "rooms/links/follow.hpp"

namespace barrow::links {

Result<Destination> look_up(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug) {
    auto link = TRY(find(tx, shop, slug));
    return Destination{.number = link.number, .target = std::move(link.target), .ends = link.ends};
}

std::string with_context(std::string_view target, std::string_view token) {
    const auto fragment = std::min(target.find('#'), target.size());
    std::string out(target.substr(0, fragment));
    out += out.find('?') == std::string::npos ? "?c=" : "&c=";
    out += token;
    out += target.substr(fragment);
    return out;
}

std::shared_ptr<const Destination> Cache::find(const Id<access::Shop>& shop, std::string_view slug, Instant now) const {
    const Lock lock(mutex_);
    const auto slugs = shops_.find(shop.text);
    if (slugs == shops_.end()) return nullptr;
    const auto entry = slugs->second.find(slug);
    return entry == slugs->second.end() || entry->second.until < now ? nullptr : entry->second.destination;
}

void Cache::keep(const Id<access::Shop>& shop, std::string_view slug, Destination destination, Instant now) {
    const Lock lock(mutex_);
    if (count_ >= entries_max) {
        shops_.clear();
        count_ = 0;
    }
    auto& entry = shops_[shop.text][std::string(slug)];
    if (!entry.destination) ++count_;
    entry = {std::make_shared<const Destination>(std::move(destination)), now + life};
}

void Cache::forget(const Id<access::Shop>& shop) {
    const Lock lock(mutex_);
    const auto slugs = shops_.find(shop.text);
    if (slugs == shops_.end()) return;
    count_ -= slugs->second.size();
    shops_.erase(slugs);
}

namespace {
constexpr std::string_view changed = "links.";  // subject "links.SHOP", no payload
}

void announce_change(bus::Bus& bus, const Id<access::Shop>& shop) { bus.publish(std::string(changed) + shop.text, ""); }

bus::Bus::Ear forget_changed(bus::Bus& bus, Cache& cache) {
    return bus.listen(std::string(changed) + "*", [&cache](const bus::Message& message) {
        const Id<access::Shop> shop{message.subject.substr(changed.size())};
        cache.forget(shop);
    });
}

}  // namespace barrow::links
