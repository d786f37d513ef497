#include "rooms/links/follow.hpp"

#include <algorithm>

#include "rooms/links/escapes.hpp"

namespace barrow::links {

namespace {

bool asks_for_stage(const Link& link) {
    return std::ranges::any_of(link.rules, [](const Rule& rule) { return rule.stage.has_value(); });
}

// Nothing to decide: most links.
bool is_plain(const Choices& choices) {
    const auto& link = choices.link;
    return link.rules.empty() && link.live.empty() && link.split.empty() && link.utm.empty() && link.pass_query && !link.tell_context &&
           !link.starts && !link.ends && !link.clicks_max && !link.removed && link.password_hash.empty() && link.blocked.empty() &&
           link.dead.empty() && link.preview_title.empty() && link.preview_text.empty() && link.preview_image.empty() && !link.no_index &&
           !link.may_index && link.apps == AppTargets() && choices.recipes.none() && choices.doubt.empty();
}

}  // namespace

Destination prepare(Choices choices) {
    Destination destination{.number = choices.link.number, .target = choices.link.target, .choices = nullptr};
    if (!is_plain(choices)) destination.choices = std::make_shared<const Choices>(std::move(choices));
    return destination;
}

Result<Destination> look_up(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Case how, const Lists& lists,
                            const wire::Words& say, Instant now) {
    auto found = TRY(find_any(tx, shop, slug, how));
    if (!found) return fail(Fault::not_found, "there is no such link");
    Choices choices{.link = std::move(*found), .moment = {}, .recipes = {}, .doubt = {}};
    if (choices.link.removed) return prepare(std::move(choices));
    auto& link = choices.link;
    if (link.blocked.empty() && !examine_denied(link, lists.deny)) link.blocked = "its target is on the deny list";
    choices.doubt = doubt_of(link, lists.watch, say);
    if (!link.live.empty() || asks_for_stage(link)) choices.moment = TRY(moment_of(tx, shop, link.live.empty() ? "*" : link.live, now));
    if (link.outside != Outside::never && offers(link, TRY(ask_of(tx, shop)))) choices.recipes = TRY(in_force(tx, shop));
    return prepare(std::move(choices));
}

namespace {
// What the creator's choices come to, whether there is anything at the other end or not.
Outcome choose(const Destination& destination, const Visitor& visitor, std::string_view unit) {
    using Kind = Outcome::Kind;
    const auto& link = destination.choices->link;
    if (link.removed) return {.kind = Kind::removed};
    if (!link.blocked.empty()) return {.kind = Kind::blocked};
    if (link.starts && visitor.now < *link.starts) return {.kind = Kind::early};
    if (link.ends && visitor.now >= *link.ends) return {.kind = Kind::ended, .target = link.ended_target};
    if (link.clicks_max && link.clicks_let >= *link.clicks_max) return {.kind = Kind::full, .target = link.ended_target};
    if (const auto* rule = first_fitting(link.rules, visitor)) return {.target = rule->target};
    if (!link.live.empty() && destination.moment() != nullptr) return {.target = destination.moment()->target};
    if (link.split.empty()) return {.target = link.target};
    const auto branch = branch_of(link.split, link.split_number, unit);
    return {.target = branch == 0 ? link.target : link.split[branch - 1].target, .branch = branch, .split = true};
}
}  // namespace

Outcome decide(const Destination& destination, const Visitor& visitor, std::string_view unit) {
    if (!destination.choices) return {.target = destination.target};
    auto outcome = choose(destination, visitor, unit);
    if (outcome.kind == Outcome::Kind::removed) return outcome;
    const auto& link = destination.choices->link;
    if (std::ranges::find(link.dead, outcome.target) == link.dead.end()) return outcome;
    const bool has_another = !link.fallback.empty() && std::ranges::find(link.dead, link.fallback) == link.dead.end();
    outcome.target = has_another ? std::string_view(link.fallback) : std::string_view("/");
    return outcome;
}

std::optional<Destination> Cache::find(const Id<access::Shop>& shop, std::string_view slug, Instant now) const {
    const Lock lock(mutex_);
    const auto slugs = shops_.find(shop.text);
    if (slugs == shops_.end()) return std::nullopt;
    const auto entry = slugs->second.find(slug);
    return entry == slugs->second.end() || entry->second.until < now ? std::nullopt : std::optional(entry->second.destination);
}

void Cache::keep(const Id<access::Shop>& shop, std::string_view slug, Destination destination, Instant now, std::uint64_t epoch) {
    const Lock lock(mutex_);
    if (epoch != epoch_.load()) return;
    if (count_ >= entries_max) {
        shops_.clear();
        count_ = 0;
    }
    destination.target.shrink_to_fit();
    const auto [entry, is_new] = shops_[shop.text].try_emplace(std::string(slug));
    count_ += is_new ? 1 : 0;
    entry->second = {std::move(destination), now + life};
}

// A large shop takes a tenth of a second to free: that is done behind the lock, while others find theirs.
void Cache::forget(const Id<access::Shop>& shop) {
    decltype(shops_)::node_type freed;
    const Lock lock(mutex_);
    ++epoch_;
    const auto slugs = shops_.find(shop.text);
    if (slugs == shops_.end()) return;
    count_ -= slugs->second.size();
    freed = shops_.extract(slugs);
}

void Cache::forget(const Id<access::Shop>& shop, std::string_view slug) {
    const Lock lock(mutex_);
    const auto slugs = shops_.find(shop.text);
    if (slugs == shops_.end()) return;
    const auto entry = slugs->second.find(slug);
    if (entry == slugs->second.end()) return;  // of thousands who come too late, one
    ++epoch_;
    --count_;
    slugs->second.erase(entry);
}

void Cache::forget_all() {
    decltype(shops_) freed;
    const Lock lock(mutex_);
    ++epoch_;
    freed.swap(shops_);
    count_ = 0;
}

std::size_t Cache::size() const {
    const Lock lock(mutex_);
    return count_;
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
