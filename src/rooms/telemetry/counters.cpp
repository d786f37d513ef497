#include "rooms/telemetry/counters.hpp"

#include "rooms/telemetry/telemetry.sql.hpp"

namespace barrow::telemetry {

std::string_view name(Touch touch) {
    switch (touch) {
        case Touch::impression:
            return "impression";
        case Touch::click:
            return "click";
        case Touch::tap:
            return "tap";
        case Touch::order:
            return "order";
        case Touch::bot:
            return "bot";
    }
    return "";
}

std::size_t Counters::Hash::operator()(const TouchKey& key) const {
    std::size_t hash = std::hash<std::string>()(key.shop.text);
    const auto mix = [&](std::int64_t value) { hash = (hash ^ static_cast<std::size_t>(value)) * 0x9e3779b97f4a7c15U; };
    mix(key.day);
    mix(static_cast<std::int64_t>(key.touch));
    mix(key.context.link);
    mix(static_cast<std::int64_t>(key.context.surface));
    mix(key.context.snippet);
    mix(key.context.snippet_version);
    mix(key.context.live_session);
    for (const auto& arm : key.context.arms) mix(arm.experiment * 31 + arm.arm);
    mix(static_cast<std::int64_t>(std::hash<std::string>()(key.product_id)));
    return hash;
}

void Counters::note(const TouchKey& key) { add(key, 1, true); }

void Counters::add(const TouchKey& key, std::int64_t n, bool anew) {
    auto& stripe = stripes_[(Hash()(key) >> 7) % stripes_.size()];
    const Lock lock(stripe.mutex);
    if (anew) stripe.total += n;
    if (stripe.counts.size() >= keys_max / stripes_.size() && key.touch == Touch::impression) return;
    stripe.counts[key] += n;
}

Later<Status> Counters::flush(store::Database& db) {
    return Later<Status>([this, &db](Later<Status>::Answer answer) {
        auto taken = std::make_shared<std::vector<std::pair<TouchKey, std::int64_t>>>();
        for (auto& stripe : stripes_) {
            const Lock lock(stripe.mutex);
            taken->insert(taken->end(), stripe.counts.begin(), stripe.counts.end());
            stripe.counts.clear();
        }
        if (taken->empty()) return answer(Status());
        db.submit({store::Database::Kind::write,
                   [taken](store::Tx& tx) -> Status {
                       std::vector<std::vector<store::Value>> sets;
                       sets.reserve(taken->size());
                       for (const auto& [key, n] : *taken) {
                           sets.push_back({key.shop, key.day, name(key.touch), key.context.link,
                                           static_cast<std::int64_t>(key.context.surface), key.context.snippet, key.context.snippet_version,
                                           write_arms(key.context.arms), key.context.live_session, key.product_id, n});
                       }
                       TRY(tx.run_many(sql::add_touches, sets));
                       return {};
                   },
                   [this, taken, answer = std::move(answer)](Status status) {
                       if (!status) {
                           for (const auto& [key, n] : *taken) add(key, n, false);
                       }
                       answer(std::move(status));
                   }});
    });
}

std::int64_t Counters::noted_total() const {
    std::int64_t total = 0;
    for (auto& stripe : stripes_) {
        const Lock lock(stripe.mutex);
        total += stripe.total;
    }
    return total;
}

Result<std::int64_t> next_number(store::Tx& tx, const Id<access::Shop>& shop, std::string_view kind) {
    return TRY(tx.run(sql::next_number, {shop, kind}))[0].integer("last");
}

Result<std::int64_t> numbers_given(store::Tx& tx, const Id<access::Shop>& shop, std::string_view kind) {
    const auto rows = TRY(tx.run(sql::numbers_given, {shop, kind}));
    return rows.empty() ? 0 : rows[0].integer("last");
}

Result<std::int64_t> clicks_since(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t since_day) {
    return TRY(tx.run(sql::clicks_since, {shop, since_day}))[0].integer("n");
}

Result<std::unordered_map<std::int64_t, ClickCounts>> clicks_of(store::Tx& tx, const Id<access::Shop>& shop,
                                                                std::span<const std::int64_t> links, std::int64_t since_day) {
    constexpr std::size_t at_a_time = 32;
    constexpr std::int64_t nobody = -1;
    std::unordered_map<std::int64_t, ClickCounts> clicks;
    for (std::size_t from = 0; from < links.size(); from += at_a_time) {
        std::vector<store::Value> values{shop, since_day};
        for (std::size_t i = from; i < from + at_a_time; ++i) values.emplace_back(i < links.size() ? links[i] : nobody);
        for (const auto row : TRY(tx.run(sql::clicks_of, values)))
            clicks[row.integer("link")] = {.all = row.integer("clicks"), .recent = row.integer("recent"), .bots = row.integer("bots")};
    }
    return clicks;
}

}  // namespace barrow::telemetry
